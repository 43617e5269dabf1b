"""Ask an address for what it holds: to a checked address, within limits of time, size and redirects."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar
from urllib.parse import urljoin

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from tadmor import __version__
from tadmor.errors import InputError
from tadmor.fetch.address import Resolve, Target, checked, look_up, target
from tadmor.report.source import Capture, Fetched
from tadmor.report.text import MAX_BYTES

_T = TypeVar("_T")

AGENT = f"tadmor/{__version__} (reads news reports about wars)"
ROBOT = "tadmor"  # the name that a site's rules may give
_REDIRECTS = (301, 302, 303, 307, 308)
_SHOWN = 100  # headers kept, and characters of each name; of values, ten times as many


class Limits(NamedTuple):
    """How much one address may take, redirects included."""

    seconds: float = 30.0
    size: int = MAX_BYTES
    redirects: int = 5


class Refused(InputError):
    """The server answered, but not with what was asked for."""

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(
            f"the server answers {status} ({http.client.responses.get(status, 'unknown')}): try again later"
        )
        self.status, self.retry_after = status, retry_after


class Known(NamedTuple):
    """What a server said about what it gave the last time, so that it need not give the same again."""

    etag: str | None = None
    modified: str | None = None


def _now() -> datetime:
    return datetime.now(UTC)


class Getter:
    """Asks addresses. It keeps and sends no cookies, passwords or referrers.

    `allowed` are pairs of address and port that may be asked although they are not public; no command sets them.
    """

    def __init__(
        self,
        *,
        limits: Limits = Limits(),  # noqa: B008  # a tuple, which nothing can change
        allowed: frozenset[tuple[str, int]] = frozenset(),
        resolve: Resolve = look_up,
        trust: str | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._limits, self._allowed, self._resolve, self._clock = limits, allowed, resolve, clock
        self._tls: ssl.SSLContext | None = None
        self._trust = trust  # a file of certificates beside those of the system

    def fetch(self, url: str, *, known: Known | None = None) -> Fetched:
        """What an address holds, after redirects. With `known`, `Fetched.raw` is empty where it is still the same.

        Raises `InputError` (without naming the address) where it may not be asked, cannot be reached, or gives nothing
        within the limits; `Refused` where the server says no.
        """
        deadline = time.monotonic() + self._limits.seconds
        at = target(url)
        passed: list[str] = []
        fetched = self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        while True:
            with _Call(self, at, deadline) as call:
                answer = call.ask(known if not passed else None)
                if answer.status in _REDIRECTS and (onward := answer.headers.get("location")):
                    passed.append(at.url)
                    if len(passed) > self._limits.redirects:
                        raise InputError(f"it leads on more than {self._limits.redirects} times: give the last address")
                    at = target(urljoin(at.url, onward))
                    continue
                if answer.status == 304 and known and not passed:
                    raw = b""
                elif answer.status == 200:
                    raw = call.body(answer, self._limits.size)
                else:
                    raise Refused(answer.status, _seconds(answer.headers.get("retry-after"), self._clock()))
                headers = tuple((key[:_SHOWN].lower(), value[: 10 * _SHOWN]) for key, value in answer.headers.items())
                return Fetched(
                    raw,
                    Capture(
                        url=at.url,
                        fetched=fetched,
                        redirects=tuple(passed),
                        status=answer.status,
                        headers=headers[:_SHOWN],
                    ),
                )

    def post(self, url: str, body: bytes, *, kind: str, wanted: str) -> bytes:
        """What an address answers to `body`, a document of the media type `kind`; redirects are not followed.

        Raises `InputError` as `fetch` does.
        """
        with _Call(self, target(url), time.monotonic() + self._limits.seconds) as call:
            answer = call.ask(None, body=body, headers={"Content-Type": kind, "Accept": wanted})
            if answer.status != 200:
                raise Refused(answer.status, _seconds(answer.headers.get("retry-after"), self._clock()))
            return call.body(answer, self._limits.size)

    def context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            if self._trust:
                self._tls.load_verify_locations(self._trust)
        return self._tls

    def addresses(self, asked: Target) -> list[str]:
        return checked(asked, self._resolve, self._allowed)


class _Call:
    """One request to one address, ended from outside when its time is over: each step may be slow by itself."""

    def __init__(self, getter: Getter, asked: Target, deadline: float) -> None:
        self._getter, self._asked, self._deadline = getter, asked, deadline
        self._connection: HTTPConnection | None = None
        self._late = threading.Event()
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._end)
        self._timer.daemon = True

    def __enter__(self) -> _Call:
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()
        if self._connection:
            self._connection.close()

    def _end(self) -> None:
        self._late.set()
        plug = getattr(self._connection, "sock", None)
        if isinstance(plug, socket.socket):
            with suppress(OSError):  # it may be closed already
                # Of the plain socket: TLS would wait for the other side to say goodbye.
                socket.socket.shutdown(plug, socket.SHUT_RDWR)

    def ask(
        self, known: Known | None, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        """The header of the answer; with `body`, to that."""
        addresses = self._getter.addresses(self._asked)
        sent = {
            "Host": self._asked.named,
            "User-Agent": AGENT,
            "Accept": "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, */*;q=0.5",
            "Accept-Encoding": "identity",  # the bytes as received are those of the page, and there are no bombs
            "Connection": "close",
            **(headers or {}),
        }
        if known and known.etag:
            sent["If-None-Match"] = known.etag
        if known and known.modified:
            sent["If-Modified-Since"] = known.modified
        return self._guarded(lambda: self._answer(addresses, sent, body))

    def _answer(self, addresses: list[str], headers: dict[str, str], body: bytes | None) -> HTTPResponse:
        for number, address in enumerate(addresses, 1):
            self._connection = self._connect_to(address)
            try:
                self._connection.connect()
                break
            except (OSError, urllib3.exceptions.HTTPError):
                self._connection.close()
                if number == len(addresses) or self._late.is_set():
                    raise
        assert self._connection
        self._connection.request(
            "GET" if body is None else "POST",
            self._asked.path,
            body=body,
            headers=headers,
            preload_content=False,
            decode_content=False,
        )
        return self._connection.getresponse()

    def _connect_to(self, address: str) -> HTTPConnection:
        left = max(0.1, self._deadline - time.monotonic())
        if self._asked.scheme == "http":
            return HTTPConnection(address, self._asked.port, timeout=left)
        return HTTPSConnection(
            address,
            self._asked.port,
            timeout=left,
            ssl_context=self._getter.context(),
            server_hostname=self._asked.host,
            assert_hostname=self._asked.host,
        )

    def body(self, answer: HTTPResponse, limit: int) -> bytes:
        """What follows the header. Raises `InputError` where it is too long or cut short."""
        said = answer.headers.get("content-length", "")
        if said.isdigit() and len(said) < 19 and int(said) > limit:
            raise InputError(f"it is said to be {int(said):,} bytes long, and {limit:,} are read at most")

        def read() -> bytes:
            pieces, size = [], 0
            while piece := answer.read1(65_536, decode_content=False):
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    raise InputError(f"it is longer than {limit:,} bytes, which are read at most")
            return b"".join(pieces)

        raw = self._guarded(read)
        if said.isdigit() and len(said) < 19 and len(raw) != int(said):
            raise InputError(f"it was cut short: {len(raw):,} of {int(said):,} bytes came; try again")
        return raw

    def _guarded(self, step: Callable[[], _T]) -> _T:
        try:
            result = step()
        except InputError:
            raise
        except (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException, ValueError, AttributeError) as error:
            # AttributeError: the connection was closed under the library's hands.
            self._require_time(error)
            raise InputError(f"it cannot be fetched: {type(error).__name__}: {str(error)[:300]}") from error
        self._require_time(None)
        return result

    def _require_time(self, cause: Exception | None) -> None:
        if self._late.is_set() or time.monotonic() >= self._deadline:
            raise InputError(f"it takes longer than {self._getter._limits.seconds:g} s: try again later") from cause


def _seconds(value: str | None, now: datetime) -> float | None:
    """What a Retry-After header asks for: seconds, or a moment."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value.strip()[:9])
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
