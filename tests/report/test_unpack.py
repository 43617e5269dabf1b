"""Archives are walked safely: nothing is written, nothing leads out, bombs are given up, damage is named."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tadmor.records import Failure
from tadmor.report.source import Document, open_inputs
from tadmor.report.unpack import CutShort, Member, tar_members

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

TEXT = "Fighters took the village of Tell Abyad on Monday, residents said.\n"


def zipped(members: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return data.getvalue()


def tarred(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=form) as archive:
        for name, body in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return data.getvalue()


def opened(path: Path, data: bytes) -> tuple[list[Document], list[Failure]]:
    path.write_bytes(data)
    found = list(open_inputs([str(path)]))
    return [item for item in found if isinstance(item, Document)], [i for i in found if isinstance(i, Failure)]


@pytest.mark.parametrize("pack", [zipped, tarred, lambda members: gzip.compress(tarred(members))])
def test_members_are_documents_named_after_archive_and_member(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    members = {
        "a/azaz.txt": TEXT.encode(),
        "b.html": b"<html><p>Text</p>",
        "__MACOSX/._b.html": b"x",
        ".hidden": b"x",
        "lines": b'{"text": "One"}\n{"text": "Two"}\n',
        "long/" + "n" * 200 + ".txt": TEXT.encode(),
    }
    found, failed = opened(tmp_path / "odd.name", pack(members))
    assert failed == []
    assert [item.doc for item in found] == ["azaz", "b", "lines:1", "lines:2", "n" * 200]
    assert found[0].origin == f"{tmp_path}/odd.name!a/azaz.txt" and found[0].raw == TEXT.encode()
    assert found[0].capture.holder is not None


PACKINGS = [gzip.compress, bz2.compress, lzma.compress, zstd.compress]


@pytest.mark.parametrize("pack", PACKINGS)
def test_a_packed_file_is_what_is_in_it(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (document,), _ = opened(tmp_path / "report.txt.gz", pack(TEXT.encode()))
    assert (document.raw, document.doc) == (TEXT.encode(), "report")


@pytest.mark.parametrize("pack", PACKINGS)
def test_packed_streams_follow_one_another_and_say_where_they_break_off(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    lines = [b'{"text": "%s"}\n' % os.urandom(1000).hex().encode() for _ in range(300)]
    whole = b"".join(map(pack, (b"".join(lines[:150]), b"".join(lines[150:]))))
    found, failed = opened(tmp_path / "a", whole)
    assert (b"\n".join(item.raw for item in found) + b"\n", failed) == (b"".join(lines), [])
    found, failed = opened(tmp_path / "a", whole[:-200])
    assert len(found) >= 150 and f"cut short: it ends at byte {len(whole) - 200:,}" in failed[-1].message


@pytest.mark.parametrize("pack", PACKINGS[1:3])  # the others show damage at the end of a stream, or do not
def test_damaged_blocks_give_nothing(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    lines = [b'{"text": "%s"}\n' % os.urandom(1000).hex().encode() for _ in range(300)]
    damaged = bytearray(pack(b"".join(lines)))
    damaged[len(damaged) // 4 : len(damaged) // 4 + 40] = bytes(40)
    found, failed = opened(tmp_path / "a", bytes(damaged))
    assert {item.raw for item in found} <= {line.rstrip() for line in lines}
    assert "damaged" in failed[-1].message


def test_an_xz_file_that_asks_for_all_memory_is_refused(tmp_path: Path) -> None:
    greedy = lzma.compress(TEXT.encode(), filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 512 * 1024 * 1024}])
    found, failed = opened(tmp_path / "a.xz", greedy)
    assert found == [] and "damaged" in failed[0].message


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x.txt", "..\\x.txt"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_out_are_refused_and_the_rest_is_read(
    tmp_path: Path, name: str, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    found, failed = opened(tmp_path / "a", pack({name: b"root:x", "good.txt": TEXT.encode()}))
    assert [item.doc for item in found] == ["good"]
    assert len(failed) == 1 and "leads out of the archive" in failed[0].message


def test_links_and_devices_in_archives_are_refused(tmp_path: Path) -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, kind in (
            ("link", tarfile.SYMTYPE),
            ("hard", tarfile.LNKTYPE),
            ("pipe", tarfile.FIFOTYPE),
            ("dev", tarfile.CHRTYPE),
        ):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        entry = tarfile.TarInfo("good.txt")
        entry.size = len(TEXT)
        archive.addfile(entry, io.BytesIO(TEXT.encode()))
    found, failed = opened(tmp_path / "a.tar", data.getvalue())
    assert [item.doc for item in found] == ["good"]
    assert [item.origin.rpartition("!")[2] for item in failed] == ["link", "hard", "pipe", "dev"]
    linked = io.BytesIO()
    with zipfile.ZipFile(linked, "w") as zip_archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = 0o120777 << 16
        zip_archive.writestr(info, "/etc/passwd")
        zip_archive.writestr("good.txt", TEXT)
    found, failed = opened(tmp_path / "a.zip", linked.getvalue())
    assert [item.doc for item in found] == ["good"] and "a link" in failed[0].message


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_damaged_header_of_a_tar_costs_its_member_only(tmp_path: Path, form: int) -> None:
    data = bytearray(tarred({f"{n}.txt": TEXT.encode() for n in range(5)}, form))
    at = data.index(b"2.txt")
    data[at : at + 40] = os.urandom(40)
    found, failed = opened(tmp_path / "a.tar", bytes(data))
    assert [item.doc for item in found] == ["0", "1", "3", "4"]
    assert "damaged between byte" in failed[0].message


def test_cut_archives_say_so_and_what_came_before_is_read(tmp_path: Path) -> None:
    whole = tarred({f"{n}.txt": os.urandom(1000).hex().encode() for n in range(5)})
    found, failed = opened(tmp_path / "a.tar", whole[:6000])
    assert [item.doc for item in found] == ["0", "1"] and "cut short" in failed[0].message
    _, failed = opened(tmp_path / "a.zip", zipped({"a.txt": TEXT.encode()})[:-10])
    assert "cut short" in failed[0].message
    _, failed = opened(tmp_path / "a.gz", gzip.compress(TEXT.encode())[:-10])
    assert "cut short: it ends at byte" in failed[0].message
    with pytest.raises(CutShort):
        list(tar_members(io.BytesIO(whole[:300])))


def test_a_damaged_member_of_a_zip_costs_itself_only(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": TEXT.encode() * 50, "b.txt": TEXT.encode()}))
    data[45] ^= 0xFF
    found, failed = opened(tmp_path / "a.zip", bytes(data))
    assert [item.doc for item in found] == ["b"]
    assert "a.zip!a.txt" in failed[0].origin


def gzip_bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(b"a" * 1_000_000) for _ in range(size // 1_000_000)] + [packer.flush()])


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: gzip.compress(gzip_bomb(300_000_000)),
        lambda: gzip_bomb(100_000_000),
        lambda: bz2.compress(b"a" * 150_000_000),
        lambda: lzma.compress(b"a" * 150_000_000),
        lambda: zstd.compress(b"a" * 150_000_000),
        lambda: zipped({"lines.jsonl": b'{"text": "x"}\n' + b" " * 150_000_000}),
        lambda: zipped({"a.zip": zipped({"a.tar": gzip_bomb(200_000_000)})}),
    ],
)
def test_bombs_are_given_up(tmp_path: Path, bomb: Callable[[], bytes]) -> None:
    (tmp_path / "bomb").write_bytes(bomb())
    (tmp_path / "good.txt").write_text(TEXT)
    found = list(open_inputs([str(tmp_path)]))
    assert [item.doc for item in found if isinstance(item, Document)][-1] == "good"
    assert any(
        "times its size" in item.message or "larger than" in item.message for item in found if isinstance(item, Failure)
    )


def test_archives_within_archives_are_read_to_a_depth(tmp_path: Path) -> None:
    data = TEXT.encode()
    for depth in range(1, 7):
        data = zipped({"in.txt": data})
        found, failed = opened(tmp_path / "a", data)
        assert (len(found), len(failed)) == ((1, 0) if depth <= 4 else (0, 1))
    assert "unpack it yourself" in failed[0].message


def test_a_tar_header_that_takes_all_memory_is_refused() -> None:
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, 3_000_000_000
    with pytest.raises(Exception, match="a header of 3,000,000,000 bytes"):
        list(tar_members(io.BytesIO(entry.tobuf() + bytes(1024))))


def test_office_documents_encrypted_and_empty_archives_are_named(tmp_path: Path) -> None:
    _, failed = opened(tmp_path / "a", zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}))
    assert "office document" in failed[0].message
    data = bytearray(zipped({"a.txt": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in opened(tmp_path / "b", bytes(data))[1][0].message
    assert "no file in this archive" in opened(tmp_path / "c", zipped({}))[1][0].message


def test_members_without_a_stream_are_folders() -> None:
    assert Member("a/", None).refused is None
