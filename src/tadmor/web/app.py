"""The application: the API, the files of the front end, and the guard before both."""

from __future__ import annotations

import mimetypes
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tadmor import pipeline
from tadmor.pipeline import Found, Read
from tadmor.record.address import Address
from tadmor.run.stage import Stage
from tadmor.timeline.unit import TellHistory
from tadmor.web.api import routes
from tadmor.web.atlas import Shelf
from tadmor.web.backdrop import NOTHING, Backdrop
from tadmor.web.guard import Guard
from tadmor.web.reading import Desk

__all__ = ["application"]

STATIC = Path(str(files("tadmor.web") / "static"))

# The system's own table may lack them, and a script of another type is not run.
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("text/javascript", ".js")


def application(
    record: Address,
    *,
    port: int,
    token: str,
    read_only: bool = False,
    stage: Stage[Found, Read] = pipeline.READ,
    history: TellHistory | None = None,
    backdrop: Backdrop = NOTHING,
) -> Starlette:
    """The application over one record, reached at `port` of this machine.

    With `read_only` nothing is ever written; without it, only requests that carry `token` may add reports and review.
    """
    shelf = Shelf(record, backdrop)
    desk = Desk(shelf, stage, history)

    async def page(request: Request) -> Response:
        return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})

    app = Starlette(
        routes=[
            Route("/", page, methods=["GET"]),
            *routes(shelf, desk, token=token, read_only=read_only),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guard, port=port)],
    )
    app.state.shelf = shelf
    return app
