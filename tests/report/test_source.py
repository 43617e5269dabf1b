"""Inputs are told apart by content; whatever is wrong with one of them is a `Failure` that names it."""

from __future__ import annotations

import io
import json
import os
import socket
import sys
from datetime import date
from pathlib import Path

import pytest

from tadmor.records import Failure
from tadmor.report.read import read
from tadmor.report.source import Document, kind, open_inputs

TEXT = "Fighters took the village of Tell Abyad on Monday, residents said.\n"


def documents(*inputs: str | Path, **options: int) -> list[Document]:
    found = list(open_inputs([str(name) for name in inputs], **options))
    assert all(isinstance(item, Document) for item in found), found
    return [item for item in found if isinstance(item, Document)]


def failure(*inputs: str | Path, **options: int) -> Failure:
    (found,) = open_inputs([str(name) for name in inputs], **options)
    assert isinstance(found, Failure), found
    assert found.stage == "source"
    return found


def test_a_text_file_is_one_document_named_after_the_file(tmp_path: Path) -> None:
    path = tmp_path / "azaz-2016-02-03.txt"
    path.write_text(TEXT)
    (document,) = documents(path)
    assert document == Document(
        raw=TEXT.encode(), origin=str(path), doc="azaz-2016-02-03", media_type="text/plain", published=None, outlet=None
    )


def test_what_the_user_says_of_all_inputs_goes_with_each(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (found,) = open_inputs([str(tmp_path)], published=date(2016, 2, 3), outlet="The Star")
    assert isinstance(found, Document)
    assert (found.published, found.outlet) == (date(2016, 2, 3), "The Star")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"<!DOCTYPE html><html><body><p>Text</p>", "text/html"),
        (b"\xef\xbb\xbf  <!-- saved page -->\n<HTML lang=en>", "text/html"),
        ("<html><body><p>Text</p>".encode("utf-16"), "text/html"),
        (b"<p>A fragment</p>", "text/html"),
        (b'{"doc": "a", "text": "Text"}', "application/json"),
        (b'\n  {"text": "Text"}\n', "application/json"),
        (b'{"text": "Text\n', "application/json"),
        (b'{broken\n{"text": "Text"}\n', "application/json"),
        (b"A text that speaks of <html> and {} only.", "text/plain"),
        (b"<3 is no tag", "text/plain"),
        (b"[Editor's note] A text in brackets.", "text/plain"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a", "a.jsonl"])
def test_content_decides_what_a_file_is_and_its_name_does_not(
    tmp_path: Path, content: bytes, media_type: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert {document.media_type for document in documents(path)} == {media_type}


def test_a_folder_is_walked_in_sorted_order_all_levels_deep(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/y.txt", "c/d/e.txt", ".hidden/x.txt", ".DS_Store"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    assert [document.doc for document in documents(tmp_path)] == ["y", "z", "b", "e"]


def test_links_pipes_and_sockets_in_a_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").symlink_to("/etc/hostname")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        found = list(open_inputs([str(tmp_path)]))
    assert [type(item) for item in found] == [Document, Failure, Failure, Failure, Failure]
    assert [Path(item.origin).name for item in found] == ["a.txt", "b.txt", "loop", "pipe", "socket"]
    assert all("skipped" in item.message for item in found if isinstance(item, Failure))


def test_a_link_that_the_user_names_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert [document.doc for document in documents(tmp_path / "b.txt")] == ["b"]


def test_a_pipe_given_by_name_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "-" in failure(tmp_path / "pipe").message


@pytest.mark.parametrize(
    "head", ["<html>", "<!DOCTYPE html>\n<html lang=en>", ' <!doctype HTML PUBLIC "-//W3C//DTD">\n<HTML\n>']
)
def test_a_page_is_one_whatever_stands_in_it(head: str) -> None:
    objects = '{"@type": "WebPage"}\n' * 30
    for inside in (objects, "<rss>", "<urlset>", "<opml>"):
        assert kind(f"{head}\n{inside}".encode()) == "text/html"
    assert kind(f"{head}\n<p>A</p>".encode("utf-16")) == "text/html"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "nothing in it"),
        (b" \r\n\t", "nothing in it"),
        (b"\xef\xbb\xbf", "nothing in it"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"PK\x03\x04office", "ZIP"),
        (b"\x1f\x8b\x08\x00", "cut short"),
        (b"BZhxxxx", "damaged"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "cut short"),
        (b"<urlset><url></url></urlset>", "site map"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x00" * 5000, "nothing in it"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel>', "feed"),
        (b'{\n  "text": "One"\n}', "one object a line"),
        (b'[{"text": "One"},\n{"text": "Two"}]', "one object a line"),
    ],
)
def test_what_is_no_report_is_said_to_be_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "odd.txt"
    path.write_bytes(content)
    message = failure(path).message
    assert says in message
    assert message.startswith(str(path))


def test_a_missing_file_and_a_folder_without_reports_are_failures(tmp_path: Path) -> None:
    assert "no such file" in failure(tmp_path / "none.txt").message
    assert "empty" in failure(tmp_path).message
    assert failure("a\0b").error == "ValueError"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "a.txt").chmod(0)
    assert failure(tmp_path / "a.txt").error == "PermissionError"


def test_one_bad_input_does_not_cost_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    found = list(open_inputs([str(tmp_path / "none"), str(tmp_path / "a.txt")]))
    assert [type(item) for item in found] == [Failure, Document]


def test_a_file_over_the_limit_is_a_failure_that_names_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_bytes(b"a" * 5_000_001)
    assert "larger than 5 MB" in failure(path, max_bytes=5_000_000).message
    path.write_bytes(b"a" * 5_000_000)
    assert len(documents(path, max_bytes=5_000_000)[0].raw) == 5_000_000


def test_each_json_line_is_a_document_whose_bytes_are_the_line(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"text": "One"}\r\n\n{"text": "Two"}')
    first, second = documents(path)
    assert (first.raw, first.origin, first.doc) == (b'{"text": "One"}', f"{path}:1", "lines:1")
    assert (second.raw, second.origin, second.doc) == (b'{"text": "Two"}', f"{path}:3", "lines:3")


def test_an_overlong_line_is_one_failed_row_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    good = json.dumps({"text": TEXT})
    with path.open("w") as stream:
        stream.write(good + "\n")
        stream.write('{"text": "' + "a" * 50_000_000 + '"}\n')
        stream.write(good + "\n")
        stream.write('{"text": "' + "b" * 3_000_000 + '"}')
    first, second, third, fourth = open_inputs([str(path)], max_bytes=2_000_000)
    assert isinstance(first, Document) and isinstance(third, Document)
    assert isinstance(second, Failure) and second.origin == f"{path}:2" and "larger than 2 MB" in second.message
    assert isinstance(fourth, Failure) and fourth.origin == f"{path}:4"


@pytest.mark.parametrize("excess", [-1, 0, 1, 2, 3])
def test_the_limit_of_a_line_does_not_count_its_end(tmp_path: Path, excess: int) -> None:
    path = tmp_path / "lines.jsonl"
    line = b'{"text": "' + b"a" * 100 + b'"}'
    path.write_bytes(line + b"\r\n" + line + b"\n" + line)
    found = list(open_inputs([str(path)], max_bytes=len(line) - excess))
    assert [isinstance(item, Document) for item in found] == [excess <= 0] * 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be-mark", "utf-32"])
def test_json_lines_may_be_in_any_unicode_encoding_with_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "lines.jsonl"
    text = '{"text": "Café"}\n{"text": "Two"}\n'
    path.write_bytes(b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-mark" else text.encode(encoding))
    assert [read(document).text for document in documents(path)] == ["Café", "Two"]


def test_standard_input_is_read_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = io.BytesIO(b'{"text": "One"}\n{"text": "Two"}\n')

    monkeypatch.setattr(sys, "stdin", Stream)
    assert [document.origin for document in documents("-")] == ["-:1", "-:2"]


def test_a_name_that_is_no_unicode_is_escaped(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    Path(os.fsdecode(path)).write_text(TEXT)
    (document,) = documents(os.fsdecode(path))
    assert document.doc == "caf\\xe9"
    document.origin.encode()
