"""What a site lets programs read, and how often: its robots.txt, as RFC 9309 has it."""

from __future__ import annotations

import time
from collections.abc import Callable

from protego import Protego

from tadmor.errors import InputError
from tadmor.fetch.address import target
from tadmor.fetch.get import ROBOT, Getter, Refused

_READ = 512_000  # bytes of a robots.txt that are read
_KEPT, _KEPT_FAILED = 86_400.0, 3_600.0  # seconds
_LONGEST_DELAY = 300.0  # seconds that a site may ask to be left alone between two addresses


class Robots:
    """The rules of sites, each asked once a day."""

    def __init__(self, getter: Getter, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._getter, self._clock = getter, clock
        self._rules: dict[str, tuple[float, Protego | None]] = {}  # until when they hold; None: nothing may be read

    def allows(self, url: str) -> bool:
        """Whether the site lets this address be read. Raises `InputError` where it is no address."""
        rules = self._of(target(url).site)
        return rules is not None and bool(rules.can_fetch(url, ROBOT))

    def delay(self, url: str) -> float:
        """Seconds that the site wants between two addresses; 0 where it does not say."""
        rules = self._of(target(url).site)
        said = rules.crawl_delay(ROBOT) if rules else None
        return min(float(said or 0), _LONGEST_DELAY)

    def _of(self, site: str) -> Protego | None:
        until, rules = self._rules.get(site, (float("-inf"), None))
        if until > self._clock():
            return rules
        kept = _KEPT
        try:
            text = self._getter.fetch(f"{site}/robots.txt").raw[:_READ].decode("utf-8", "replace")
            rules = Protego.parse(text)
        except Refused as error:
            # There is none where the answer is 400 to 499; a server in trouble may have one that cannot be known.
            rules = Protego.parse("") if 400 <= error.status < 500 and error.status != 429 else None
            kept = _KEPT if rules else _KEPT_FAILED
        except InputError:
            rules, kept = None, _KEPT_FAILED
        self._rules[site] = (self._clock() + kept, rules)
        return rules
