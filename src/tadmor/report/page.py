"""HTML pages to text, in a worker process that can be killed.

Page libraries run for minutes, or without end, on some hostile pages (200,000 attributes on one tag; see trafilatura's
issue 704), and a thread cannot be stopped. One worker is kept for each reading process, because importing the
libraries costs half a second; it is killed and replaced when a page takes too long or takes the worker down.
"""

from __future__ import annotations

import atexit
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from tadmor.errors import InputError
from tadmor.report.extract import receive, send
from tadmor.report.found import Page
from tadmor.report.text import binary_reason

_HERE = str(Path(__file__).resolve().parents[2])  # the worker finds the package where this process found it
WALL_LIMIT = 20.0  # seconds for one page; ordinary ones take 0.015
_LONG = 100_000  # bytes of a tag
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{%d,}" % _LONG)
_ATTRIBUTES = (
    5_000  # of such a tag; each is compared with all before it. Pictures within a page are one long attribute.
)


class PageReader:
    """Reads pages one after the other in its worker. Not for use by several threads at once."""

    def __init__(self, *, wall_limit: float = WALL_LIMIT) -> None:
        self._wall_limit = wall_limit
        self._worker: subprocess.Popen[bytes] | None = None

    def read(self, raw: bytes, origin: str) -> Page:
        """Text and metadata of one page. Raises `InputError` naming it where there are none."""
        if reason := binary_reason(raw):
            raise InputError(f"{origin}: this is {reason}")
        if _may_have_long_tag(raw) and any(tag[0].count(b"=") > _ATTRIBUTES for tag in _LONG_TAG.finditer(raw)):
            raise InputError(
                f"{origin}: it has a tag with thousands of attributes: save the article's text and give that"
            )
        answer = self._ask(raw, origin)
        page = msgspec.msgpack.decode(answer, type=Page)
        if page.error:
            raise InputError(f"{origin}: {page.error}: save the article's text and give that")
        return page

    def close(self) -> None:
        """End the worker; the next page starts another."""
        if self._worker:
            self._worker.kill()
            self._worker.wait()
            for stream in (self._worker.stdin, self._worker.stdout):
                if stream:
                    stream.close()
            self._worker = None

    def _ask(self, raw: bytes, origin: str) -> bytes:
        worker = self._worker if self._worker and self._worker.poll() is None else self._start()
        assert worker.stdin and worker.stdout
        killed = threading.Event()

        def kill() -> None:
            killed.set()
            worker.kill()

        timer = threading.Timer(self._wall_limit, kill)
        timer.daemon = True
        timer.start()
        try:
            send(worker.stdin, raw)
            answer = receive(worker.stdout)
        except OSError:
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self.close()
            why = f"takes longer than {self._wall_limit:g} s" if killed.is_set() else "brought its reader down"
            raise InputError(f"{origin}: reading this page {why}: save the article's text and give that")
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        self.close()
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "tadmor.report.extract"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([_HERE, *filter(None, [os.environ.get("PYTHONPATH")])])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._worker


def _may_have_long_tag(raw: bytes) -> bool:
    """Whether there are so many bytes without the end of a tag: where there are, some part half as long has none."""
    half = _LONG // 2
    return any(raw.find(b">", at, at + half) < 0 for at in range(0, len(raw) - half + 1, half))


_readers: dict[int, PageReader] = {}


def page_reader() -> PageReader:
    """The reader of this process; a forked process gets one of its own."""
    reader = _readers.get(os.getpid())
    if reader is None:
        reader = _readers[os.getpid()] = PageReader()
        atexit.register(reader.close)
    return reader
