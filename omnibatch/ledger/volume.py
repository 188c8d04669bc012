"""Whether a folder lies on a network file system, where that is cheap to know: on Linux."""

import re
from pathlib import Path

__all__ = ["network_volume_of"]

_MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(r"\\([0-7]{3})")
# Where another machine, or the other side of a virtual one, may open the same file, and a
# lock taken here may not be seen there.
_SHARED = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "glusterfs", "gpfs", "lustre"),
        *("ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "prl_fs", "smb3", "smbfs", "vboxsf"),
        *("virtiofs", "vmhgfs"),
    }
)
# FUSE that stays on this machine.
_LOCAL_FUSE = frozenset(
    {
        *("bindfs", "cryfs", "encfs", "exfat", "fuse-overlayfs", "gocryptfs", "mergerfs"),
        *("ntfs-3g", "portal", "securefs", "snapfuse", "squashfuse"),
    }
)


def network_volume_of(folder: Path, mounts: Path = _MOUNTS) -> str | None:
    """The kind of network file system that `folder` lies on, such as `nfs4`, or None.

    None also where nobody tells: that is no promise. `mounts` is in the form of
    proc_pid_mountinfo(5), where the last of several mounts at one place is the one seen.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        folder = folder.resolve()
    except (OSError, RuntimeError):
        return None
    deepest, kind = -1, ""
    for line in lines:
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[4]))
        depth = len(point.parts)
        if depth >= deepest and folder.is_relative_to(point):
            deepest, kind = depth, after.split(" ")[0]
    return kind if _is_shared(kind) else None


def _is_shared(kind: str) -> bool:
    family, _, member = kind.partition(".")
    if family == "fuse":
        return member not in _LOCAL_FUSE
    return kind in _SHARED
