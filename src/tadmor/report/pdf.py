"""PDF files to text, where `pdfminer.six` is installed (the extra `pdf`).

Hostile files keep such readers busy for hours or take all memory, so each is read in a process of its own with limits.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import subprocess
import sys
from pathlib import Path

from tadmor.errors import InputError

WALL_LIMIT = 60.0  # seconds for one file; a report of 50 pages takes 5
MAX_MEMORY = 2_000_000_000  # bytes of address space
_PAGES = 500
_HERE = str(Path(__file__).resolve().parents[2])


def read(raw: bytes, *, wall_limit: float = WALL_LIMIT) -> str:
    """The text of a PDF file. Raises `InputError` (without naming the input) where there is none."""
    if importlib.util.find_spec("pdfminer") is None:
        raise InputError("this is a PDF file: install tadmor[pdf] to read it, or extract its text first")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tadmor.report.pdf"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([_HERE, *filter(None, [os.environ.get("PYTHONPATH")])])},
            input=raw,
            capture_output=True,
            timeout=wall_limit,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"reading this PDF file takes longer than {wall_limit:g} s: extract its text first") from error
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
        raise InputError(f"this PDF file cannot be read ({why or 'its reader was ended'}): extract its text first")
    text = done.stdout.decode("utf-8", "replace")
    if not text.strip():
        raise InputError("this PDF file holds no text, perhaps pictures of pages: have its text recognised first")
    return text


def main() -> None:
    """The inside of the process: a PDF file on standard input, its text on standard output."""
    import io

    from pdfminer.high_level import extract_text

    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    text = extract_text(io.BytesIO(sys.stdin.buffer.read()), maxpages=_PAGES)
    sys.stdout.buffer.write(text.replace("\f", "\n\n").encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
