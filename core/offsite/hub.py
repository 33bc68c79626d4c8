"""The shelf on the Hugging Face Hub: a private bucket, or a private dataset."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal

from core.errors import AppError, BadInput, Forbidden, Unreachable, shortened

Kind = Literal["bucket", "dataset"]
PLACE = re.compile(r"(?:hf://)?(?:(buckets|datasets)/)?([\w.-]{1,96}/[\w.-]{1,96})/?", re.ASCII)
CONNECT_SECONDS, ANSWER_SECONDS, IN_ALL_SECONDS = 10.0, 30.0, 60.0
BUSY = (429, 500, 502, 503, 504)

_until: ContextVar[float | None] = ContextVar("until", default=None)
"""When a call of ours gives up, by time.monotonic; None in calls of others."""


class HubShelf:
    """Files in a private repository of the Hub. `endpoint`: another Hub than huggingface.co."""

    def __init__(self, place: str, token: str, *, endpoint: str | None = None) -> None:
        from huggingface_hub import HfApi

        self.kind, self.id = parsed(place)
        self.name = f"hf://{self.kind}s/{self.id}"
        _with_time_outs()
        self._api = HfApi(endpoint=endpoint or os.environ.get("HF_ENDPOINT"), token=token)

    def ready(self) -> None:
        """Makes it, private, where it is missing. Raises Forbidden when it is public."""
        with self._told():
            private = self._is_private()
            if private is None:
                if self.kind == "bucket":
                    self._api.create_bucket(self.id, private=True)
                else:
                    self._api.create_repo(self.id, repo_type="dataset", private=True)
                private = self._is_private()
        self._check(private)

    def files(self) -> dict[str, int]:
        """Every file's path and size."""
        from huggingface_hub.errors import EntryNotFoundError

        with self._told():
            try:
                if self.kind == "bucket":
                    found: Any = self._api.list_bucket_tree(self.id, recursive=True)
                else:
                    found = self._api.list_repo_tree(self.id, recursive=True, repo_type="dataset")
                return {file.path: file.size for file in found if hasattr(file, "size")}
            except EntryNotFoundError:
                return {}

    def push(self, path: str, content: bytes | Path) -> None:
        """Puts a file there, and looks that all of it arrived; the same file again changes nothing."""
        from huggingface_hub import CommitOperationAdd

        size = content.stat().st_size if isinstance(content, Path) else len(content)
        with self._told():
            self._check(self._is_private())  # asked here, a refusal has a status; within an upload it has none
            if self.kind == "bucket":
                self._api.batch_bucket_files(self.id, add=[(content, path)])
                arrived = [file.size for file in self._api.get_bucket_paths_info(self.id, [path])]
            else:
                added = CommitOperationAdd(path, content)
                self._api.create_commit(self.id, [added], commit_message=f"Add {path}", repo_type="dataset")
                arrived = [
                    getattr(file, "size", -1)
                    for file in self._api.get_paths_info(self.id, [path], repo_type="dataset")
                ]  # fmt: skip
        if arrived != [size]:
            raise Unreachable(f"{self.name} took only a part of a file; it is sent again.")

    def fetch(self, path: str, into: Path) -> None:
        """Writes one of its files to that path."""
        with self._told():
            if self.kind == "bucket":
                self._api.download_bucket_files(self.id, [(path, into)], raise_on_missing_files=True)
            else:
                with tempfile.TemporaryDirectory(dir=into.parent) as folder:
                    found = self._api.hf_hub_download(self.id, path, repo_type="dataset", local_dir=folder)
                    shutil.move(found, into)

    def _check(self, private: bool | None) -> None:
        if private is None:
            raise AppError(f"{self.name} is not there, or this token may not see it.")
        if not private:
            raise Forbidden(f"{self.name} is public, and grades are not: make it private, or name another one.")

    def _is_private(self) -> bool | None:
        """None where there is none, or none that this token may see."""
        from huggingface_hub.errors import BucketNotFoundError, RepositoryNotFoundError

        try:
            if self.kind == "bucket":
                return bool(self._api.bucket_info(self.id).private)
            return bool(self._api.repo_info(self.id, repo_type="dataset").private)
        except (BucketNotFoundError, RepositoryNotFoundError):
            return None

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the client and the network raise, as a sentence; never with what was sent, where the token is."""
        import httpx2
        from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, HFValidationError, XetDownloadError

        mark = _until.set(time.monotonic() + IN_ALL_SECONDS)
        try:
            yield
        except HfHubHTTPError as error:
            raise self._refused(error.response.status_code) from error
        except EntryNotFoundError as error:
            raise AppError(f"A file that {self.name} listed is not there any more.") from error
        except HFValidationError as error:
            raise BadInput(f"'{shortened(self.id)}' is not the name of a {self.kind} on the Hub.") from error
        except (httpx2.HTTPError, XetDownloadError, OSError, RuntimeError, ValueError) as error:
            raise Unreachable(f"{self.name} cannot be reached ({type(error).__name__}).") from error
        finally:
            _until.reset(mark)

    def _refused(self, status: int) -> AppError:
        if status in (401, 403):
            return Forbidden(
                f"{self.name} refuses the token ({status}): set BABELSCOPE_LABELS_TOKEN to one that may write there."
            )
        if status == 404:
            return AppError(f"{self.name} is not there any more: make it again, or name another one.")
        return Unreachable(f"{self.name} does not take it now (status {status}).")


def parsed(place: str) -> tuple[Kind, str]:
    """`ada/grades` and `hf://buckets/ada/grades` are a bucket, `datasets/ada/grades` is a dataset."""
    found = PLACE.fullmatch(place.strip())
    if found is None:
        raise BadInput(
            f"'{shortened(place)}' is no place for grades: write owner/name for a bucket, or datasets/owner/name."
        )
    return ("dataset" if found[1] == "datasets" else "bucket"), found[2]


def _with_time_outs() -> None:
    """The client waits for ever, and retries and sleeps through a 429; here both come back to who can wait better."""
    import httpx2
    from huggingface_hub import set_client_factory
    from huggingface_hub.utils._http import default_client_factory
    from huggingface_hub.utils.tqdm import disable_progress_bars

    def client() -> httpx2.Client:
        made = default_client_factory()
        made.event_hooks["request"].append(_in_time)
        made.event_hooks["response"].append(_busy)
        return made

    disable_progress_bars()
    set_client_factory(client)


def _in_time(request: Any) -> None:
    """Every request gets a time-out, and none is begun after the time of the whole call."""
    until = _until.get()
    if until is not None and time.monotonic() > until:
        raise Unreachable("The Hub does not answer in time.")
    limits = {"connect": CONNECT_SECONDS, "read": ANSWER_SECONDS, "write": ANSWER_SECONDS, "pool": CONNECT_SECONDS}
    request.extensions["timeout"] = limits


def _busy(response: Any) -> None:
    """Raised through the client's own retries, which would sleep in the way of everything else."""
    if _until.get() is not None and response.status_code in BUSY:
        after = str(response.headers.get("Retry-After", "")).strip()
        raise Unreachable(
            f"The Hub does not take anything now (status {response.status_code}).",
            retry_seconds=float(after) if re.fullmatch(r"\d{1,6}", after) else None,
        )
