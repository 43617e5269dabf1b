"""PROV-JSON (W3C member submission, 2013): the way from the bytes of reports through claims to spells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

import msgspec

from tadmor.out import wording
from tadmor.out.export.tables import Column, Table
from tadmor.record import queries, reattach, select
from tadmor.record.database import Database
from tadmor.record.queries import NOTE, Told
from tadmor.record.rows import json_text
from tadmor.record.select import SpellRow
from tadmor.records import Review

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "Of each spell there are all claims for and against it, the reports that these stand in, the bytes that were"
    " read, and the versions of the program and its dictionaries that read them and decided.",
    "Names begin with `tadmor:`: bytes- and their SHA-256, report-, claim-, review-, spell- and their ids, reading- and"
    " history- for the work of a version, analyst- for who reviewed.",
    "A claim that was reviewed is derived from the reviews in force as well; what an analyst wrote down is a"
    " `tadmor:Note`, and no report that was read.",
)
SPACE = "urn:tadmor:"
MANY = 500
SECTIONS = (
    "entity", "wasGeneratedBy", "wasDerivedFrom", "activity", "agent", "wasAssociatedWith", "wasAttributedTo",
)  # fmt: skip


def table(job: Job) -> Table[Any]:
    columns: tuple[Column[SpellRow], ...] = (
        Column("entity", "texts", "Bytes, reports, claims and spells, with what they say in words"),
        Column("activity", "texts", "The reading of reports, and the working out of histories, by each version"),
        Column("agent", "texts", "The versions of Tadmor, and the analysts who reviewed"),
        Column("wasGeneratedBy", "texts", "Which work made a report or spell"),
        Column("wasAssociatedWith", "texts", "Which version did which work"),
        Column("wasAttributedTo", "texts", "Whose a review is"),
        Column("wasDerivedFrom", "texts", "Report from bytes, claim from report and reviews, spell from claims; of the"
               " last `tadmor:pull` is how far the claim moved the decision, in log-odds", unit="log-odds"),
    )  # fmt: skip
    return Table("spells", "The way from bytes to spells", "entity", columns, select.spells, lambda row: None)


def write(job: Job, table: Table[Any], out: Path) -> int:
    database = job.database
    histories = {row["place_id"]: row["maker"] for row in database.query("SELECT place_id, maker FROM histories")}
    claim_ids: dict[str, None] = {}
    report_ids: dict[str, None] = {}
    reviews: dict[str, Review] = {}
    analysts: dict[str, str] = {}
    makers = dict.fromkeys(sorted(set(histories.values())))
    count = 0
    with ExitStack() as open_files:
        entity, generated, derived, activity, agent, associated, attributed = (
            open_files.enter_context(_Section(name)) for name in SECTIONS
        )
        for row in table.read(database, job.filters):
            spell = f"spell-{row.spell.id}"
            entity(spell, _spell(row))
            if by := histories.get(row.place.id):
                generated(f"g-{spell}", _generated(spell, f"history-{by}"))
            for one in (*row.for_it, *row.against):
                link = _derived(spell, f"claim-{one.claim_id}")
                derived(f"d-{spell}-{one.claim_id}", {**link, "tadmor:pull": one.pull or 0.0})
                claim_ids[one.claim_id] = None
            count += 1
        for told in _claims(database, claim_ids):
            id, report_id = told.claim.id, told.claim.report_id
            label = wording.says(told.claim)
            entity(f"claim-{id}", {"prov:type": "tadmor:Claim", "prov:label": label, "prov:value": told.quote})
            derived(f"d-claim-{id}", _derived(f"claim-{id}", f"report-{report_id}"))
            report_ids[report_id] = None
            for kept in reattach.in_force(database, id) if told.reviewed else ():
                derived(f"d-claim-{id}-{kept.id}", _derived(f"claim-{id}", f"review-{kept.id}"))
                reviews[kept.id] = kept.review
        for id, review in reviews.items():
            analyst = "analyst-" + hashlib.sha256(review.analyst.encode()).hexdigest()[:12]
            entity(f"review-{id}", _review(review))
            attributed(f"a-{id}", {"prov:entity": f"tadmor:review-{id}", "prov:agent": f"tadmor:{analyst}"})
            analysts[analyst] = review.analyst
        for analyst, name in analysts.items():
            agent(analyst, {"prov:type": "prov:Person", "prov:label": name})
        for report in _reports(database, report_ids):
            name, sha256, media_type = f"report-{report['id']}", report["sha256"], report["media_type"]
            entity(name, _report(report))
            entity(
                f"bytes-{sha256}",
                {"prov:type": "tadmor:Bytes", "tadmor:mediaType": media_type, "tadmor:sha256": sha256},
            )
            derived(f"d-{name}", _derived(name, f"bytes-{sha256}"))
            if media_type != NOTE:
                generated(f"g-{name}", _generated(name, f"reading-{report['maker']}"))
                makers[report["maker"]] = None
        for maker in makers:
            agent(maker, {"prov:type": "prov:SoftwareAgent", "prov:label": f"Tadmor {maker}"})
            for work, kind in (("reading", "Reading"), ("history", "History")):
                activity(f"{work}-{maker}", {"prov:type": f"tadmor:{kind}"})
                link = {"prov:activity": f"tadmor:{work}-{maker}", "prov:agent": f"tadmor:{maker}"}
                associated(f"{work}-{maker}", link)
        with out.open("wb") as stream:
            stream.write(b'{"prefix":{"tadmor":"' + SPACE.encode() + b'"}')
            for section in (entity, generated, derived, activity, agent, associated, attributed):
                section.copy(stream)
            stream.write(b"}\n")
    return count


class _Section:
    """An object of the file. Its members are kept in a file of their own, as those of all sections come at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        # What relates entities has no name of its own.
        self.prefix = "_:" if name.startswith("was") else "tadmor:"
        self.encode = msgspec.json.Encoder().encode
        self.empty = True

    def __enter__(self) -> _Section:
        self.file = TemporaryFile()
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __call__(self, name: str, value: dict[str, object]) -> None:
        between = b"\n" if self.empty else b",\n"
        self.file.write(between + self.encode(self.prefix + name) + b":" + self.encode(value))
        self.empty = False

    def copy(self, stream: IO[bytes]) -> None:
        stream.write(f',\n"{self.name}":{{'.encode())
        self.file.seek(0)
        copyfileobj(self.file, stream)
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
        "prov:type": "tadmor:Note" if row["media_type"] == NOTE else "tadmor:Report",
        "prov:label": row["headline"] or row["origin"] or row["id"],
        "tadmor:origin": row["origin"],
        "tadmor:outlet": row["outlet"],
        "tadmor:published": row["published"],
    }
    return {name: value for name, value in found.items() if value is not None}


def _review(review: Review) -> dict[str, object]:
    return {
        "prov:type": "tadmor:Review",
        "prov:label": f"{review.action}: {review.why}" if review.why else review.action,
        "tadmor:at": review.at,
    }


def _generated(entity: str, activity: str) -> dict[str, object]:
    return {"prov:entity": f"tadmor:{entity}", "prov:activity": f"tadmor:{activity}"}


def _derived(made: str, of: str) -> dict[str, object]:
    return {"prov:generatedEntity": f"tadmor:{made}", "prov:usedEntity": f"tadmor:{of}"}


def _claims(database: Database, ids: Iterable[str]) -> Iterator[Told]:
    for some in _some(ids):
        found = queries.told(database, some)
        yield from (found[id] for id in some if id in found)


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
