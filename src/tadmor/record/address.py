"""Where a record is: in a file, or on a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

SCHEMES = ("postgresql://", "postgres://")


class Server(NamedTuple):
    """The address of a database on a server, as libpq takes it. As text it is without the password."""

    address: str

    @property
    def name(self) -> str:
        """That of the database."""
        return urlsplit(self.address).path.strip("/")

    def __str__(self) -> str:
        parts = urlsplit(self.address)
        who, _, host = parts.netloc.rpartition("@")
        return urlunsplit(parts._replace(netloc=f"{who.partition(':')[0]}@{host}")) if ":" in who else self.address


Address = Path | Server


def address(text: str | os.PathLike[str] | Server) -> Address:
    """What a user means who names a record."""
    if isinstance(text, Server):
        return text
    return Server(text) if isinstance(text, str) and text.startswith(SCHEMES) else Path(text)
