"""Where the sample reports are: they come with the source of Tadmor, not with the installed package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["folder"]


def folder() -> Path | None:
    """The folder ``samples/reports`` of the working directory, else of the checkout that this package runs from."""
    for top in (Path.cwd(), Path(__file__).resolve().parents[2]):
        if (top / "samples" / "reports").is_dir():
            return top / "samples" / "reports"
    return None
