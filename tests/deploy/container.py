"""The steps of the Dockerfile on this machine, in namespaces and without a Docker daemon.

An overlay over this machine's own root stands for the base image: what a step writes goes to a tmpfs and is gone
afterwards. The first stage has the network, to install the pins; the second, and all that runs in it, has none. What
runs has uid 1000, is process 1 of its own, and sees a read-only root, an own /tmp, and the volume.
"""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from tests.deploy.dockerfile import Stage, Step, stages

ROOT = Path(__file__).resolve().parents[2]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TOOLS = ("unshare", "nsenter", "setpriv", "chroot", "mount", "ip", "useradd")


def missing() -> str:
    """Why the steps cannot be run here, or ""."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "namespaces need Linux and root"
    lacking = [tool for tool in TOOLS if shutil.which(tool, path=PATH) is None]
    if lacking:
        return f"not found: {', '.join(lacking)}"
    if subprocess.run(["unshare", "--mount", "--net", "--pid", "--fork", "true"], capture_output=True).returncode:
        return "this machine allows no new namespaces"
    return ""


class Container:
    """Built by `build`, started by `start`; all of it ends with `close`."""

    def __init__(self, folder: Path) -> None:
        self.stages = {stage.name: stage for stage in stages((ROOT / "Dockerfile").read_text("utf-8"))}
        self.image = folder / "image"
        self.volume = folder / "volume"
        self.log = folder / "log"
        self.image.mkdir()
        self.volume.mkdir()
        self.env: dict[str, dict[str, str]] = {}
        self.user: dict[str, str] = {}
        self.online = _holder(["unshare", "--mount", "--propagation", "private", "sleep", "infinity"], "mnt")
        self.offline = _holder([*self._inside(net=True), "unshare", "--net", "sleep", "infinity"], "net")

    def close(self) -> None:
        for holder in (self.offline, self.online):
            holder.kill()
            holder.wait()

    def build(self) -> None:
        self.shell(f"mount -t tmpfs -o size=6g none {self.image}", net=True)
        self.shell("ip link set lo up")
        for name, stage in self.stages.items():
            self._base(name)
            for step in stage.steps:
                self._step(stage, step)

    def start(self) -> subprocess.Popen[bytes]:
        """CMD as `docker run --read-only --tmpfs /tmp --network none -v …` would start it."""
        root, (final,) = self.root(""), self.stages[""].of("VOLUME")
        self.shell(
            f"mountpoint -q {root}{final.argument} || {{"
            f" chown --reference={root}{final.argument} {self.volume};"
            f" mount --bind {self.volume} {root}{final.argument};"
            f" mount -o remount,ro {root}; }}"
        )
        command = self._as_user("", self.stages[""].of("CMD")[0].parts)
        own = ["unshare", "--pid", "--fork", "--kill-child", f"--mount-proc={root}/proc"]
        with self.log.open("wb") as log:
            return subprocess.Popen([*self._inside(), *own, *command], stdout=log, stderr=log)

    def healthy(self) -> bool:
        """What Docker asks every half minute."""
        (check,) = self.stages[""].of("HEALTHCHECK")
        parts = Step("CMD", check.argument.partition("CMD ")[2]).parts
        return self.run(parts).returncode == 0

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """A command beside the app, as its user: `docker exec`."""
        return subprocess.run([*self._inside(), *self._as_user("", command)], capture_output=True, text=True)

    def shell(self, command: str, *, net: bool = False) -> None:
        """A command of the machine around it; raises with what it said."""
        done = subprocess.run([*self._inside(net=net), "sh", "-ec", command], capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"{command}: {done.stdout}{done.stderr}")

    def root(self, name: str) -> Path:
        return self.image / (name or "final") / "root"

    def _inside(self, *, net: bool = False) -> list[str]:
        holder = self.online.pid if net else self.offline.pid
        return ["nsenter", f"--target={holder}", "--mount", *([] if net else ["--net"])]

    def _base(self, name: str) -> None:
        """This machine's root, with its own Python first on the path, and nobody who has uid 1000."""
        root = self.root(name)
        at = root.parent
        python = Path(sys.base_prefix) / "bin"
        opened = " ".join(f"{root}{folder}" for folder in (python, *python.parents))
        self.env[name], self.user[name] = {"PATH": f"{python}:{PATH}", "HOME": "/root"}, ""
        self.shell(
            f"mkdir -p {at}/up {at}/work {root};"
            f"mount -t overlay overlay -o lowerdir=/,upperdir={at}/up,workdir={at}/work {root};"
            f"mount -t proc proc {root}/proc; mount --rbind /dev {root}/dev;"
            f"mount -t tmpfs -o mode=1777 none {root}/tmp;"
            f"sed -i -E '/^[^:]*:[^:]*:1000:/d; /^user:/d' {root}/etc/passwd {root}/etc/group;"
            f"sed -i -E '/^user:/d' {root}/etc/shadow;"
            f"chmod a+rx {opened}",
            net=True,
        )

    def _step(self, stage: Stage, step: Step) -> None:
        name, root = stage.name, self.root(stage.name)
        match step.word:
            case "WORKDIR":
                self.shell(f"mkdir -p {root}{step.argument}")
                self.env[name]["PWD"] = step.argument
            case "ENV":
                given = dict(part.split("=", 1) for part in step.parts)
                self.env[name] |= {key: Template(text).substitute(self.env[name]) for key, text in given.items()}
            case "USER":
                self.user[name] = step.argument
            case "COPY":
                self._copy(name, step.parts)
            case "RUN":
                more = {key: text for key, text in os.environ.items() if key.startswith(("PIP_", "SSL_"))}
                command = self._as_user(name, ["sh", "-ec", step.argument], more if name else {})
                done = subprocess.run([*self._inside(net=bool(name)), *command], capture_output=True, text=True)
                if done.returncode:
                    raise AssertionError(f"RUN {step.argument}: {done.stdout}{done.stderr}")

    def _copy(self, name: str, parts: Sequence[str]) -> None:
        """A folder's content goes into the target, a file under its own name."""
        *sources, target = parts
        base = ROOT
        if sources[0].startswith("--from="):
            base = self.root(sources.pop(0).partition("=")[2])
        into = self.root(name) / (Path(self.env[name].get("PWD", "/")) / target).relative_to("/")
        for source in sources:
            path = shlex.quote(f"{base}/{source.lstrip('/')}")
            self.shell(f"if [ -d {path} ]; then mkdir -p {into}; cp -a {path}/. {into}; else cp {path} {into}; fi")

    def _as_user(self, name: str, command: Sequence[str], more: Mapping[str, str] | None = None) -> list[str]:
        env = self.env[name] | (more or {})
        folder = env.get("PWD", "/")
        variables = [f"{key}={text}" for key, text in env.items()]
        person = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
        entered = ["chroot", str(self.root(name)), *(person if self.user[name] else [])]
        return [*entered, "env", "-i", "-C", folder, *variables, *command]


def _holder(command: Sequence[str], space: str) -> subprocess.Popen[bytes]:
    """A process that keeps a namespace, once it has one that is not ours: who enters earlier would enter ours."""
    process = subprocess.Popen(command)
    until = time.monotonic() + 10
    while Path(f"/proc/{process.pid}/ns/{space}").readlink() == Path(f"/proc/self/ns/{space}").readlink():
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"{shlex.join(command)} made no namespace")
        time.sleep(0.01)
    return process
