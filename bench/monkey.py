"""Clicks, types, drags and steps at random in the application, seeded, and tells what breaks and what memory is kept.

The record is that of an invented war, small, and may be written to: what is drawn by chance is also reviewed and added.
Nothing may fail: no error in the console or out of it, no answer of the server that is a failure. Every so often the
page's garbage is collected, and what is left is counted; memory is flat where the least that is left in the last third
of the time is hardly more than in the one before: in the first, what is kept on purpose fills. What a seed does is the
same each time but for how far the page had come when it was done. Exit code 1 where something failed or memory grew.

python -m bench.monkey [--minutes N] [--seed N] [--record FILE] [--no-webgl]
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, CDPSession, Page
from playwright.sync_api import Error as BrowserError

from bench.chromium import NO_WEBGL, chromium
from bench.speed import resident
from bench.web import make, served

CLAIMS, PLACES = 3_000, 60
EVERY = 30.0  # seconds between two counts of what is kept
GROWTH = 1.25  # of the least heap from the second third of the time to the last
WORDS = ("Palmyra", "Qasr 7", "\u0633\u0648\u0631", "<b>x</b>", '"', "2016-03-01", "%", " ", "0.5", "\U0001f54c")
KEYS = (
    *"[]{}jkmcpare123456789?/ ",
    "Tab",
    "Shift+Tab",
    "Enter",
    "Escape",
    "ArrowLeft",
    "ArrowRight",
    "ArrowDown",
    "End",
)
# All that some selector finds and the eye sees, and one of it by chance.
ONE = """const one = (selector, share) => {
  const all = [...document.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility() && !one.disabled && !/print/i.test(one.textContent));
  return all[Math.floor(share * all.length)];
};
"""
# The middle of something to be clicked, which is scrolled to.
PICK = """(share) => { ONE
  const found = one('button, a, summary, input[type=checkbox], input[type=radio], [role=button]', share);
  if (!found) return null;
  found.scrollIntoView({ block: 'nearest' });
  const box = found.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}""".replace("ONE", ONE)
CLICK = """(share) => { ONE
  one('button, a, summary, [role=button]', share)
    ?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
}""".replace("ONE", ONE)
CHANGE = """([share, to]) => { ONE
  const found = one('select, input[type=range], input[type=date]', share);
  if (!found) return;
  if (found.tagName === 'SELECT') found.selectedIndex = Math.floor(to * found.options.length);
  else if (found.type === 'range') found.value = Number(found.min) + to * (Number(found.max) - Number(found.min));
  else found.value = new Date(Date.UTC(2011, 2, 1 + Math.floor(to * 3700))).toISOString().slice(0, 10);
  for (const name of ['input', 'change']) found.dispatchEvent(new Event(name, { bubbles: true }));
}""".replace("ONE", ONE)
FIELD = """([share, words]) => { ONE
  const found = one('input[type=search], input[type=text], textarea', share);
  if (!found) return;
  found.focus();
  found.value = words;
  for (const name of ['input', 'change']) found.dispatchEvent(new Event(name, { bubbles: true }));
}""".replace("ONE", ONE)


class Kept(NamedTuple):
    """What is left after the garbage was collected: seconds after the start, MB, counts; MB of the server."""

    after: float
    heap: float
    nodes: int
    listeners: int
    server: float


class Monkey:
    """One seeded walk over one page."""

    def __init__(self, page: Page, seed: int) -> None:
        self._page = page
        self._choose = random.Random(seed)
        self._acts: list[tuple[int, Callable[[], None]]] = [
            (30, self._click),
            (10, lambda: page.evaluate(CLICK, self._choose.random())),
            (20, lambda: page.keyboard.press(self._choose.choice(KEYS))),
            (12, lambda: page.evaluate(CHANGE, [self._choose.random(), self._choose.random()])),
            (5, self._write),
            (5, lambda: page.mouse.click(*self._spot())),
            (4, self._drag),
            (4, self._wheel),
            (3, lambda: page.evaluate("(by) => history.go(by)", self._choose.choice((-2, -1, -1, 1)))),
            (1, self._resize),
        ]
        self.done = 0

    def act(self) -> None:
        """One thing, by chance."""
        (act,) = self._choose.choices([act for _, act in self._acts], [weight for weight, _ in self._acts])
        try:
            act()
        except BrowserError as error:
            if "context was destroyed" not in str(error):  # by a page that was loaded anew meanwhile
                raise
        self.done += 1

    def _click(self) -> None:
        if spot := self._page.evaluate(PICK, self._choose.random()):
            self._page.mouse.click(*spot)

    def _write(self) -> None:
        self._page.evaluate(FIELD, [self._choose.random(), self._choose.choice(WORDS)])
        if self._choose.random() < 0.5:
            self._page.keyboard.press("Enter")

    def _spot(self) -> tuple[float, float]:
        size = self._page.viewport_size or {"width": 800, "height": 600}
        return self._choose.random() * size["width"], self._choose.random() * size["height"]

    def _drag(self) -> None:
        self._page.mouse.move(*self._spot())
        self._page.mouse.down()
        self._page.mouse.move(*self._spot(), steps=3)
        self._page.mouse.up()

    def _wheel(self) -> None:
        self._page.mouse.move(*self._spot())
        self._page.mouse.wheel(0, self._choose.choice((-400, -120, 120, 400)))

    def _resize(self) -> None:
        width, height = self._choose.choice(((1300, 820), (1300, 820), (900, 700), (390, 800)))
        self._page.set_viewport_size({"width": width, "height": height})


def faults_of(page: Page) -> list[str]:
    """What fails in a page from now on, in words: added to while it is used."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"error: {error}\n{error.stack or ''}"))
    page.on("console", lambda told: faults.append(f"console: {told.text}") if told.type == "error" else None)
    page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    page.on("crash", lambda _: faults.append("the page crashed"))
    page.on("dialog", lambda dialog: dialog.dismiss())
    return faults


def kept(page: Page, meter: CDPSession, after: float, server: int = 0) -> Kept:
    for _ in range(2):
        meter.send("HeapProfiler.collectGarbage")
    meter.send("Performance.enable")
    found = {one["name"]: one["value"] for one in meter.send("Performance.getMetrics")["metrics"]}
    return Kept(
        after,
        found["JSHeapUsedSize"] / 1e6,
        int(found["Nodes"]),
        int(found["JSEventListeners"]),
        resident(server) / 1e6 if server else 0.0,
    )


def flat(found: list[Kept], growth: float = GROWTH) -> bool:
    """Whether the least heap of the last third is hardly more than that of the one before; tiles, signs and claims that
    are kept on purpose fill in the first."""
    heaps = [one.heap for one in found]
    third = len(heaps) // 3
    return third == 0 or min(heaps[-third:]) <= growth * min(heaps[third:-third])


@contextmanager
def opened(browser: Browser, address: str, *, webgl: bool) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1300, "height": 820}, reduced_motion="reduce", accept_downloads=False
    )
    if not webgl:
        context.add_init_script(NO_WEBGL)
    try:
        yield context.new_page()
    finally:
        context.close()


def walk(page: Page, address: str, seconds: float, seed: int, server: int = 0) -> tuple[list[str], list[Kept], int]:
    """What failed, what was kept, and how much was done."""
    faults: list[str] = faults_of(page)
    found: list[Kept] = []
    meter = page.context.new_cdp_session(page)
    page.goto(address)
    page.wait_for_selector("#top[data-ready]")
    monkey, begun = Monkey(page, seed), time.monotonic()
    while (after := time.monotonic() - begun) < seconds:
        if after >= len(found) * EVERY:
            found.append(kept(page, meter, after, server))
            print(f"{after:6.0f} s {monkey.done:6} done  heap {found[-1].heap:6.1f} MB  {found[-1].nodes:6} nodes "
                  f" {found[-1].listeners:6} listeners  server {found[-1].server:6.0f} MB  {len(faults)} faults",
                  flush=True)  # fmt: skip
        monkey.act()
    page.evaluate("() => tadmor.settled()")
    return faults, found, monkey.done


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.monkey", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path, help="a record to copy, instead of an invented one")
    parser.add_argument("--no-webgl", dest="webgl", action="store_false")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "war.tadmor"
        if options.record:
            shutil.copy(options.record, path)
        else:
            make(path, CLAIMS, PLACES)
        with (
            served(path, write=True) as (address, server),
            chromium() as browser,
            opened(browser, address, webgl=options.webgl) as page,
        ):
            faults, found, done = walk(page, address, options.minutes * 60, options.seed, server)
    for fault in dict.fromkeys(faults):
        print(f"{faults.count(fault):4} x {fault}")
    print(f"{done:,} done, {len(faults)} faults, memory {'flat' if flat(found) else 'grew'}")
    return 1 if faults or not flat(found) else 0


if __name__ == "__main__":
    sys.exit(main())
