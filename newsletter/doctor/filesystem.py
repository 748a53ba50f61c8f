"""Which file system a folder is on: SQLite's write-ahead log shares memory, which no network file system does."""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")

REMOTE = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone",
        "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3",
        "smbfs", "vboxsf", "virtiofs",
    }
)  # fmt: skip
"""File systems on which several machines, or a host and its guest, see the same files."""


def mount_of(folder: Path, mounts: str) -> tuple[str, str] | None:
    """Return mount point and file system type of a folder, from the text of /proc/self/mounts (proc(5)).

    None when no mount holds it.
    """
    best: tuple[str, str] | None = None
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1])
        # a later line of the same point hides the earlier one
        if folder.is_relative_to(point) and (best is None or len(point) >= len(best[0])):
            best = (point, fields[2])
    return best
