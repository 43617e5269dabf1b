"""Asks the application in this process, as a browser on this machine would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import invented
from tadmor.record.address import Address
from tadmor.web.app import application
from tadmor.web.backdrop import NOTHING, Backdrop

PORT = 8337
TOKEN = "a-token-for-tests"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Asks one application. Its own requests come from the page itself."""

    def __init__(self, record: Address, *, read_only: bool = False, backdrop: Backdrop = NOTHING) -> None:
        self.app = application(
            record,
            port=PORT,
            token=TOKEN,
            read_only=read_only,
            stage=invented.STAGE,
            history=invented.history,
            backdrop=backdrop,
        )

    def get(self, path: str, headers: Mapping[str, str] | None = None, **params: object) -> Answer:
        return self.ask("GET", path, headers or {}, params=params)

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"content-type": "application/json", "origin": f"http://127.0.0.1:{PORT}", **(headers or {})}
        return self.ask("POST", path, sent, raw)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        params: Mapping[str, object] | None = None,
    ) -> Answer:
        shown = {name: value for name, value in (params or {}).items() if value is not None}
        sent = {"host": f"127.0.0.1:{PORT}", **headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(shown, doseq=True).encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
            "server": ("127.0.0.1", PORT),
            "client": ("127.0.0.1", 50_000),
        }
        return asyncio.run(self._ask(scope, body))

    async def _ask(self, scope: dict[str, Any], body: bytes) -> Answer:
        messages: list[dict[str, Any]] = []
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if not parts:
                await asyncio.Event().wait()  # the browser stays until it has the answer
            return parts.pop(0)

        async def send(message: Any) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        start = next(message for message in messages if message["type"] == "http.response.start")
        whole = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
        headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return Answer(start["status"], headers, whole)
