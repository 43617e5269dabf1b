"""Keeps the application to the machine and the user it is for.

Any page of the web can make a browser send requests to a port of this machine. So a request must name this server as
its host (which a page that has its own name point here cannot), may not come from another origin, and to change
anything must carry the token that was printed at the start. Every answer forbids scripts and styles that are not files
of this server, frames, and connections to anywhere else.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["POLICY", "Guard", "may_write"]

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",  # asked for again each time, so that a newer version is not missed
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
NAMES = ("127.0.0.1", "localhost", "[::1]")
SAME = frozenset({"same-origin", "none"})  # Sec-Fetch-Site


def may_write(headers: Mapping[str, str], token: str) -> bool:
    """Whether a request carries the token."""
    kind, _, given = headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


class Guard:
    """Stands before the application. `port` is the one it is reached at."""

    def __init__(self, app: ASGIApp, *, port: int) -> None:
        self._app = app
        self._hosts = frozenset(f"{name}:{port}" for name in NAMES) | (frozenset(NAMES) if port == 80 else frozenset())
        self._origins = frozenset(f"http://{host}" for host in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, guarded)
            return
        body = msgspec.json.encode({"error": refusal})
        await Response(body, 403, media_type="application/json")(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return "this server answers only under its own address; open the one that it printed at the start"
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in self._origins:
            return "requests from other pages are not answered"
        # A link from elsewhere may open the page itself, nothing more.
        if headers.get("sec-fetch-site", "none") not in SAME and scope["path"] != "/":
            return "requests from other pages are not answered"
        if scope["method"] not in ("GET", "HEAD") and origin is None and "authorization" not in headers:
            return "requests from other pages are not answered"
        return None
