"""What the served record of the browser tests holds, and where it is served."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import uvicorn

import invented
from tadmor.timeline.unit import TellHistory
from tadmor.web.app import application
from tadmor.web.backdrop import NOTHING, Backdrop
from tadmor.web.serve import listen

TOKEN = "a-token-for-tests"
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script> \u202egnitirw\u202c {{7*7}}"
)
REPORTS = {
    "first": ("Reds take Palmyra", ["On 2015-05-20 Reds gains Palmyra (agency)."]),
    "second": (
        "Blues come back",
        ["On 2016-03-27 Blues gains Palmyra (monitor).", "On 2016-04-02 Blues holds Palmyra."],
    ),
    "third": (
        "Reds again",
        ["On 2016-12-11 Reds gains Palmyra (observers).", "On 2016-12-06 Greens gains Sirte (agency)."],
    ),
    "fourth": ("Blues deny it", ["On 2016-12-11 Blues holds Palmyra (ministry)."]),
    "hostile": (HOSTILE, ["On 2016-12-01 Greens holds Syria.", f"{HOSTILE} On 2016-12-09 Reds gains Nowhere Hill."]),
}


class Served(NamedTuple):
    address: str
    record: Path

    @property
    def with_token(self) -> str:
        return f"{self.address}#token={TOKEN}"


def serving(
    record: Path,
    read_only: bool,
    history: TellHistory | None = invented.history,
    backdrop: Backdrop = NOTHING,
) -> Iterator[Served]:
    """The record, served until the test is done."""
    with listen(0) as listening:
        port = listening.getsockname()[1]
        app = application(
            record,
            port=port,
            token=TOKEN,
            read_only=read_only,
            stage=invented.STAGE,
            history=history,
            backdrop=backdrop,
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield Served(f"http://127.0.0.1:{port}/", record)
        server.should_exit = True
        thread.join(10)
