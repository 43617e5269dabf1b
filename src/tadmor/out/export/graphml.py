"""GraphML: parties as nodes, and as edges how they stood to each other and between which days that was said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.out.export import xml
from tadmor.out.export.tables import QUOTES, Column, Table
from tadmor.out.export.xml import Xml
from tadmor.record import queries, weight_sets
from tadmor.record.database import Database
from tadmor.record.select import Filters
from tadmor.records import Record
from tadmor.timeline.relation import Relation, relations

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "A directed graph in which two parties may have several edges. Relations that hold both ways (allied with, opposes,"
    " also known as) stand once.",
    "Relations are not about places: filters by place, area and layer do not apply.",
    "What the dictionary of actors says of the two is in `dictionary`, apart from what is claimed.",
)
NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
DICTIONARY = {True: "on one side", False: "enemies", None: None}
TYPES = {"whole": "int", "number": "double"}


class Edge(Record, frozen=True):
    """A relation with the words of its first claims."""

    relation: Relation
    quotes: tuple[str, ...]


EDGE: tuple[Column[Edge], ...] = (
    Column("type", "text", "How they stand to each other", lambda edge: edge.relation.type,
           codes=("backs", "allied_with", "opposes", "part_of", "also_known_as")),
    Column("first", "day", "First day for which it is said", lambda edge: edge.relation.first),
    Column("last", "day", "Last day for which it is said", lambda edge: edge.relation.last),
    Column("voices", "whole", "Independent voices", lambda edge: edge.relation.voices, "voices"),
    Column("probability", "number", "How sure it is", lambda edge: edge.relation.confidence, "0 to 1"),
    Column("dictionary", "text", "What the dictionary of actors says of the two",
           lambda edge: DICTIONARY[edge.relation.dictionary], codes=("on one side", "enemies")),
    Column("claims", "texts", "Ids of the claims that say so", lambda edge: edge.relation.claim_ids),
    Column("denials", "texts", "Ids of the claims that deny it", lambda edge: edge.relation.denials),
    Column("quotes", "texts", f"Words of the first {QUOTES} claims", lambda edge: edge.quotes),
)  # fmt: skip


def table(job: Job) -> Table[Any]:
    return Table("claims", "How parties stand to each other, as claims have it", "type", EDGE, read, lambda row: None)


def read(database: Database, filters: Filters) -> Iterator[Edge]:
    found = relations(queries.heard_relations(database), weight_sets.knowledge(database))
    wanted = [one for one in found if _wanted(one, filters)]
    told = queries.told(database, [id for one in wanted for id in one.claim_ids[:QUOTES]])
    for one in wanted:
        yield Edge(one, tuple(dict.fromkeys(told[id].quote for id in one.claim_ids[:QUOTES])))


def _wanted(one: Relation, filters: Filters) -> bool:
    return (
        (filters.actors is None or bool(filters.actors & {one.actor, one.opponent}))
        and (filters.type is None or filters.type == one.type)
        and (filters.confidence is None or one.confidence >= filters.confidence)
        and (filters.first is None or one.last is None or one.last >= filters.first)
        and (filters.last is None or one.first is None or one.first <= filters.last)
    )


def write(job: Job, table: Table[Any], out: Path) -> int:
    edges = list(table.read(job.database, job.filters))
    parties = {
        key: name
        for edge in edges
        for key, name in zip(edge.relation.keys, (edge.relation.actor, edge.relation.opponent), strict=True)
    }
    with xml.writing(out) as stream, stream.element("graphml", xmlns=NAMESPACE):
        stream.write(_key("name", "node", "string", "name"))
        for column in table.columns:
            stream.write(_key(column.name, "edge", TYPES.get(column.kind, "string"), column.name))
        with stream.element("graph", edgedefault="directed"):
            for key in sorted(parties):
                stream.write(xml.element("node", None, xml.element("data", parties[key], key="name"), id=key))
            for number, edge in enumerate(edges):
                source, target = edge.relation.keys
                data = [
                    xml.element("data", value, key=column.name)
                    for column in table.columns
                    if (value := column.get(edge)) not in (None, ())
                ]
                stream.write(xml.element("edge", None, *data, id=f"r{number}", source=source, target=target))
    return len(edges)


def _key(id: str, of: str, kind: str, name: str) -> Xml:
    return xml.element("key", id=id, **{"for": of, "attr.name": name, "attr.type": kind})
