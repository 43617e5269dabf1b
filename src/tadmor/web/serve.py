"""Runs the application on this machine's loopback address."""

from __future__ import annotations

import gc
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from tadmor.errors import UsageError
from tadmor.record.address import Address, Server
from tadmor.record.database import open_record
from tadmor.web import ahead
from tadmor.web.app import application
from tadmor.web.backdrop import NOTHING, Backdrop
from tadmor.web.places import warm

__all__ = ["HOST", "listen", "serve"]

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A socket on the loopback address; port 0 takes any that is free. Raises `UsageError` where it is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(128)  # so that whoever opens the printed link at once has not come too early
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} cannot be had ({error.strerror or error}); give another with --port, or 0 for any"
        ) from error
    return listening


def serve(
    record: Address,
    *,
    port: int,
    read_only: bool,
    started: Callable[[str, str | None], None],
    new: bool = False,
    backdrop: Backdrop = NOTHING,
) -> None:
    """Serve a record until it is stopped (Ctrl-C). `started` is told the address and, unless `read_only`, the token.
    With `new` an empty record is begun where there is none.

    Raises `RecordError` where the record cannot be read, `UsageError` where the port is taken.
    """
    begin = new and (isinstance(record, Server) or not record.exists())
    with open_record(record, write=begin):  # so that what is wrong with it is said before anything is served
        pass
    with listen(port) as listening:
        own = listening.getsockname()[1]
        token = secrets.token_urlsafe(24)
        app = application(record, port=own, token=token, read_only=read_only, backdrop=backdrop)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            server_header=False,
            ws="none",
            proxy_headers=False,
        )
        warm(app.state.shelf)
        gc.collect()
        gc.freeze()  # what is there now stays: it need not be looked through again and again
        ahead.start(app.state.shelf)
        started(f"http://{HOST}:{own}/", None if read_only else token)
        with suppress(KeyboardInterrupt):  # the way to end it
            uvicorn.Server(config).run(sockets=[listening])
