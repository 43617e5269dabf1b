"""What comes with every export: the data dictionary for people, the description of a CSV file for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tadmor import __version__
from tadmor.out.export.cells import SEPARATOR, plain
from tadmor.out.export.tables import Column, Table

__all__ = ["ALWAYS", "csvw", "dictionary"]

ALWAYS = (
    "Everything here is what reports claim, or what these claims together make likely; nobody has gone to look. A row"
    " tells what is claimed or assessed, never what is so.",
    "A blank means that the record does not know. Nothing was filled in by guess.",
    "Coordinates are WGS 84 degrees of a place as gazetteers have them. They, the names and the country codes show no"
    " position on borders or on the status of any territory.",
    "Quotes belong to those who wrote them and are cited as evidence: ask the publisher before you reprint more."
    " Place names and points come from GeoNames (CC BY 4.0, geonames.org), UCDP (CC BY 4.0), the UNESCO World Heritage"
    " list and others; name them where you publish. `docs/licences.md` of Tadmor has the full list.",
    "Handle with care: names, positions and unverified accusations can put people in danger.",
)
_KINDS = {
    "text": "text",
    "texts": "list of texts",
    "whole": "whole number",
    "number": "number",
    "day": "day, ISO 8601",
    "truth": "true or false",
}
_CSVW = {
    "text": "string",
    "texts": "string",
    "whole": "integer",
    "number": "number",
    "day": "date",
    "truth": "boolean",
}


def dictionary(
    name: str, about: str, table: Table[Any], notes: Sequence[str], asked: Sequence[str], count: int, file: str
) -> str:
    """The data dictionary in Markdown."""
    wanted = "; ".join(map(plain, asked)) or "everything"
    lines = [
        f"# {plain(file)}",
        "",
        f"{table.title}. Format: {name}, {about}.",
        "",
        f"- rows: {count:,}",
        f"- asked for: {wanted}",
        f"- made by: Tadmor {__version__}",
        "",
        "## Columns",
        "",
        "| column | what it holds | kind | unit | codes |",
        "|---|---|---|---|---|",
        *(_row(column) for column in table.columns),
        "",
        "## Notes",
        "",
        *(f"- {note}" for note in (*notes, *ALWAYS)),
    ]
    return "\n".join(lines) + "\n"


def _row(column: Column[Any]) -> str:
    codes = ", ".join(column.codes)
    return f"| `{column.name}` | {column.about} | {_KINDS[column.kind]} | {column.unit or ''} | {codes} |"


def csvw(table: Table[Any], notes: Sequence[str], file: str) -> str:
    """The description of a CSV file as "Metadata Vocabulary for Tabular Data" (W3C, 2015) has it."""
    described: dict[str, object] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": file,
        "dc:title": table.title,
        "dc:description": " ".join((*notes, *ALWAYS)),
        "dialect": {"header": True, "encoding": "utf-8", "lineTerminators": ["\r\n", "\n"]},
        "tableSchema": {"columns": [_described(column) for column in table.columns], "primaryKey": table.key},
    }
    return msgspec.json.format(msgspec.json.encode(described), indent=1).decode() + "\n"


def _described(column: Column[Any]) -> dict[str, object]:
    about = f"{column.about} ({column.unit})" if column.unit else column.about
    found: dict[str, object] = {"name": column.name, "titles": column.name, "dc:description": about}
    found["datatype"] = _CSVW[column.kind]
    if column.kind == "text" and column.codes:
        found["datatype"] = {"base": "string", "format": "|".join(column.codes)}
    if column.kind == "texts":
        found["separator"] = SEPARATOR
    if column.name == "" or column.kind == "truth":
        found["required"] = True
    return found
