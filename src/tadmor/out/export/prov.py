"""PROV-JSON (W3C member submission, 2013): the way from the bytes of reports through claims to spells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import msgspec

from tadmor.out import wording
from tadmor.out.export.tables import Column, Table
from tadmor.record import queries, select
from tadmor.record.database import Database
from tadmor.record.rows import json_text
from tadmor.record.select import SpellRow

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "Of each spell there are all claims for and against it, the reports that these stand in, the bytes that were"
    " read, and"
    " the versions of the program and its dictionaries that read them and decided.",
    "Names begin with `tadmor:`: bytes- and their SHA-256, report-, claim-, spell- and their ids, reading- and history-"
    " for the work of a version.",
)
SPACE = "urn:tadmor:"
MANY = 500


def table(job: Job) -> Table[Any]:
    columns: tuple[Column[SpellRow], ...] = (
        Column("entity", "texts", "Bytes, reports, claims and spells, with what they say in words"),
        Column("activity", "texts", "The reading of reports, and the working out of histories, by each version"),
        Column("agent", "texts", "The versions of Tadmor"),
        Column("wasAttributedTo", "texts", "Which version read a report"),
        Column("wasGeneratedBy", "texts", "Which work made a report or spell"),
        Column("wasAssociatedWith", "texts", "Which version did which work"),
        Column("wasDerivedFrom", "texts", "Report from bytes, claim from report, spell from claims; of the last"
               " `tadmor:pull` is how far the claim moved the decision, in log-odds", unit="log-odds"),
    )  # fmt: skip
    return Table("spells", "The way from bytes to spells", "entity", columns, select.spells, lambda row: None)


def write(job: Job, table: Table[Any], out: Path) -> int:
    database = job.database
    claim_ids: dict[str, None] = {}
    report_ids: dict[str, None] = {}
    makers: dict[str, None] = {}
    count = 0
    with out.open("wb") as stream:
        stream.write(b'{"prefix":{"tadmor":"' + SPACE.encode() + b'"},\n')
        with _section(stream, "entity") as put:
            for row in table.read(database, job.filters):
                put(f"spell-{row.spell.id}", _spell(row))
                claim_ids.update((one.claim_id, None) for one in (*row.for_it, *row.against))
                count += 1
            for id, text, quote, report_id in _claims(database, claim_ids):
                put(f"claim-{id}", {"prov:type": "tadmor:Claim", "prov:label": text, "prov:value": quote})
                report_ids[report_id] = None
            for report in _reports(database, report_ids):
                put(f"report-{report['id']}", _report(report))
                put(
                    f"bytes-{report['sha256']}",
                    {
                        "prov:type": "tadmor:Bytes",
                        "tadmor:mediaType": report["media_type"],
                        "tadmor:sha256": report["sha256"],
                    },
                )
                makers[report["maker"]] = None
        stream.write(b",\n")
        histories = {row["place_id"]: row["maker"] for row in database.query("SELECT place_id, maker FROM histories")}
        makers.update((maker, None) for maker in sorted(set(histories.values())))
        with _section(stream, "activity") as put:
            for maker in makers:
                put(f"reading-{maker}", {"prov:type": "tadmor:Reading"})
                put(f"history-{maker}", {"prov:type": "tadmor:History"})
        stream.write(b",\n")
        with _section(stream, "agent") as put:
            for maker in makers:
                put(maker, {"prov:type": "prov:SoftwareAgent", "prov:label": f"Tadmor {maker}"})
        stream.write(b",\n")
        with _section(stream, "wasAssociatedWith", blank=True) as put:
            for maker in makers:
                for work in ("reading", "history"):
                    put(f"{work}-{maker}", {"prov:activity": f"tadmor:{work}-{maker}", "prov:agent": f"tadmor:{maker}"})
        stream.write(b",\n")
        with _section(stream, "wasGeneratedBy", blank=True) as put:
            for report in _reports(database, report_ids):
                put(f"g-{report['id']}", _generated(f"report-{report['id']}", f"reading-{report['maker']}"))
            for row in table.read(database, job.filters):
                if by := histories.get(row.place.id):
                    put(f"g-{row.spell.id}", _generated(f"spell-{row.spell.id}", f"history-{by}"))
        stream.write(b",\n")
        with _section(stream, "wasDerivedFrom", blank=True) as put:
            for report in _reports(database, report_ids):
                put(f"d-{report['id']}", _derived(f"report-{report['id']}", f"bytes-{report['sha256']}"))
            for id, _, _, report_id in _claims(database, claim_ids):
                put(f"d-{id}", _derived(f"claim-{id}", f"report-{report_id}"))
            for row in table.read(database, job.filters):
                for one in (*row.for_it, *row.against):
                    derived = _derived(f"spell-{row.spell.id}", f"claim-{one.claim_id}")
                    put(f"d-{row.spell.id}-{one.claim_id}", {**derived, "tadmor:pull": one.pull or 0.0})
        stream.write(b"}\n")
    return count


class _Section:
    """The members of one object, written as they come."""

    def __init__(self, stream: IO[bytes], *, blank: bool) -> None:
        self.stream = stream
        self.prefix = "_:" if blank else "tadmor:"
        self.encode = msgspec.json.Encoder().encode
        self.between = b"\n"

    def __call__(self, name: str, value: dict[str, object]) -> None:
        self.stream.write(self.between + self.encode(self.prefix + name) + b":" + self.encode(value))
        self.between = b",\n"


@contextmanager
def _section(stream: IO[bytes], name: str, *, blank: bool = False) -> Iterator[_Section]:
    stream.write(f'"{name}":{{'.encode())
    yield _Section(stream, blank=blank)
    stream.write(b"}")


def _spell(row: SpellRow) -> dict[str, object]:
    spell = row.spell
    where = wording.where(row.place.name, spell.part)
    said = f"claimed by {spell.claimed_by}" if spell.layer == "claimed" else "assessed"
    return {
        "prov:type": "tadmor:Spell",
        "prov:label": f"{where}: {wording.state(spell)}, {wording.since(spell)} {wording.until(spell)}, {said}",
        "tadmor:probability": spell.confidence,
    }


def _report(row: Any) -> dict[str, object]:
    found = {
        "prov:type": "tadmor:Report",
        "prov:label": row["headline"] or row["origin"] or row["id"],
        "tadmor:origin": row["origin"],
        "tadmor:outlet": row["outlet"],
        "tadmor:published": row["published"],
    }
    return {name: value for name, value in found.items() if value is not None}


def _generated(entity: str, activity: str) -> dict[str, object]:
    return {"prov:entity": f"tadmor:{entity}", "prov:activity": f"tadmor:{activity}"}


def _derived(made: str, of: str) -> dict[str, object]:
    return {"prov:generatedEntity": f"tadmor:{made}", "prov:usedEntity": f"tadmor:{of}"}


def _claims(database: Database, ids: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """Id, what it says, words and report of each claim."""
    for some in _some(ids):
        found = queries.told(database, some)
        for id in some:
            if told := found.get(id):
                yield id, wording.says(told.claim), told.quote, told.claim.report_id


def _reports(database: Database, ids: Iterable[str]) -> Iterator[Any]:
    for some in _some(ids):
        yield from database.stream(
            "SELECT r.id, r.sha256, r.media_type, r.outlet, r.headline, r.published, r.maker,"
            " (SELECT min(origin) FROM receipts WHERE report_id = r.id) AS origin"
            " FROM reports r WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id",
            [json_text(some)],
        )


def _some(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while some := list(islice(rest, MANY)):
        yield some
