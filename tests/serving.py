"""Servers on the loopback address for the tests of fetching: each connection is given to a function."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Serve = Callable[[socket.socket, str], None]  # the connection, and the request's first line and header


class Server:
    """Where a server listens, and what it was asked."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port, self.scheme = port, scheme
        self.requests: list[str] = []

    @property
    def allowed(self) -> frozenset[tuple[str, int]]:
        return frozenset({("127.0.0.1", self.port)})

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [request.split(" ")[1] for request in self.requests]


@contextmanager
def serving(serve: Serve, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for the time of the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], "https" if tls else "http")

    def one(connection: socket.socket) -> None:
        plug = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) if tls else connection
        with suppress(OSError), plug:
            request = b""
            while b"\r\n\r\n" not in request and (piece := plug.recv(65_536)):
                request += piece
            server.requests.append(request.decode("latin-1"))
            serve(plug, server.requests[-1])
            with suppress(OSError):
                plug.shutdown(socket.SHUT_WR)

    def listen() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)


def answer(body: bytes | str = b"", *, status: str = "200 OK", headers: str = "") -> bytes:
    raw = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\n{headers}\r\n".encode() + raw
