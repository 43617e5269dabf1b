"""The sample reports (CC BY 4.0, "Tadmor sample reports"): ``samples/README.md`` of the source tells of them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["folder"]


def folder() -> Path:
    """The folder ``samples/reports`` of the working directory, else that of the package."""
    here = Path.cwd() / "samples" / "reports"
    return here if here.is_dir() else Path(str(files("tadmor.samples") / "reports"))
