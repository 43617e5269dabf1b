"""The archive that reading is timed on holds the pages that it says."""

from __future__ import annotations

import gzip
from pathlib import Path

from bench import webarchive
from tadmor.report.source import Document, open_inputs


def test_the_archive_holds_pages_of_40_kb_no_two_alike(tmp_path: Path) -> None:
    archive = tmp_path / "a.warc.gz"
    archive.write_bytes(b"".join(map(gzip.compress, webarchive.records(200))))
    found = [item for item in open_inputs([str(archive)]) if isinstance(item, Document)]
    assert len(found) == 200 and len({item.raw for item in found}) == 200
    assert all(39_000 < len(item.raw) < 41_000 and item.media_type == "text/html" for item in found)
