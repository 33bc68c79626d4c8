"""Whether a folder lies on a disk that keeps a database: network and bucket mounts lose saved grades."""

from pathlib import Path

from core.errors import BadInput

MOUNTS = Path("/proc/mounts")
REMOTE = ("nfs", "cifs", "smb", "afs", "fuse")
LOCAL_ALL_THE_SAME = ("fuseblk", "fuse.fuse-overlayfs")  # NTFS disks and rootless containers


def check_place(path: Path, mounts: Path = MOUNTS) -> None:
    """Raises BadInput for a path on a network or bucket mount; where the system does not list its mounts, nothing."""
    if not mounts.exists():
        return
    kind = file_system(path.resolve(), mounts.read_text("utf-8", "replace"))
    if kind.startswith(REMOTE) and kind not in LOCAL_ALL_THE_SAME:
        raise BadInput(
            f"'{path.parent}' is on a '{kind}' mount, which can lose grades: set BABELSCOPE_HOME to a local folder."
        )


def file_system(path: Path, mounts: str) -> str:
    """The kind of the mount that holds the path, or ""; `mounts` has a line "device folder kind …" for each."""
    found, deepest = "", -1
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        folder = Path(fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if path.is_relative_to(folder) and len(folder.parts) >= deepest:  # the later of two hides the earlier
            found, deepest = fields[2], len(folder.parts)
    return found
