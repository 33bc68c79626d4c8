# Babelscope in a container: docker build -t babelscope . (docs/deployment.md says how to run it)
#
# The base has a tag, not a digest, because a digest ends the security updates of the tag; to build the same image
# twice, put the one that `docker buildx imagetools inspect python:3.11-slim-bookworm` prints behind both names.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /venv
# What is needed changes less often than the code: a layer of its own, from the pins.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > wanted.txt \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt -r wanted.txt
COPY README.md LICENSE app.py ./
COPY core core
COPY ui ui
COPY data data
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.11-slim-bookworm
# The folder is made here, because a new volume takes its owner from what it is mounted on.
RUN useradd --create-home --uid 1000 user \
 && install --directory --owner=user --group=user /home/user/babelscope
COPY --from=build /venv /venv
# All that is written is in the home, one volume; not /data, which is a bucket mount on a Hugging Face Space, where a
# database loses what was saved. What Gradio keeps for a moment is in /tmp, in a folder that serves nothing else.
# Nothing is asked of the network while it runs.
ENV PATH=/venv/bin:$PATH \
    HOME=/home/user \
    BABELSCOPE_HOME=/home/user/babelscope \
    BABELSCOPE_HOST=0.0.0.0 \
    GRADIO_TEMP_DIR=/tmp/babelscope \
    GRADIO_ANALYTICS_ENABLED=False \
    HF_HUB_OFFLINE=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER user
WORKDIR /home/user
VOLUME /home/user/babelscope
EXPOSE 7860
# The index of the demo is built at the first start, into the volume, where a newer image finds and renews it; five
# seconds, so an index in the image would save little and be hidden by any volume that is not new.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/health', timeout=8)"]
# SIGTERM closes the grades; no shell stands between.
CMD ["babelscope", "app"]
