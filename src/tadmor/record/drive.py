"""Is a file on a drive where SQLite's write-ahead log cannot work?"""

from __future__ import annotations

import re
from pathlib import Path

# The log's index is shared memory, which network file systems do not share between machines (sqlite.org/wal.html).
NETWORK = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.ceph",
        "fuse.davfs",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)
MOUNTS = Path("/proc/self/mountinfo")


def network_type(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The type of the network file system that holds `path`, or None where it is none or cannot be told (no Linux)."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    target = path.resolve()
    best, kind = -1, ""
    for line in lines:
        left, dash, right = line.partition(" - ")
        fields, source = left.split(" "), right.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))
        # The last mount on a point covers those before it.
        if target.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), source[0]
    return kind if kind in NETWORK else None
