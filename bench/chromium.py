"""Debian's Chromium, as measures and tests drive it: without a window, graphics drawn by the processor."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

__all__ = ["NO_WEBGL", "START_MS", "chromium", "installed"]

SOFTWARE = ("--disable-gpu", "--enable-unsafe-swiftshader", "--disable-dev-shm-usage")
NO_WEBGL = (
    "const own = HTMLCanvasElement.prototype.getContext;"
    "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
    " return /webgl/.test(kind) ? null : own.call(this, kind, ...rest); };"
)  # put into a page before all else, it has none
START_MS = 90_000  # the first start on a busy machine takes long


def installed() -> str | None:
    """Where it is, or None where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A browser for the time of the block; `more` are options of its command line."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=installed(), args=[*sandbox, *SOFTWARE, *more], timeout=START_MS
        )
        try:
            yield browser
        finally:
            browser.close()
