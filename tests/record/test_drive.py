from __future__ import annotations

from pathlib import Path

from tadmor.record.drive import network_type

MOUNTS = r"""
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
35 21 0:40 / /srv rw shared:2 - nfs4 server:/srv rw
36 35 0:41 / /srv/local rw - xfs /dev/sdb1 rw
37 21 0:42 / /my\040share rw - cifs //server/share rw
broken line
"""


def test_the_innermost_mount_decides(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert network_type(Path("/srv/war.tadmor"), mounts) == "nfs4"
    assert network_type(Path("/srv/local/war.tadmor"), mounts) is None
    assert network_type(Path("/my share/war.tadmor"), mounts) == "cifs"
    assert network_type(Path("/srvother/war.tadmor"), mounts) is None


def test_unknown_where_the_system_does_not_tell(tmp_path: Path) -> None:
    assert network_type(Path("/srv/war.tadmor"), tmp_path / "none") is None
