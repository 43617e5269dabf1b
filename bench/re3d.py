"""re3d: names and relations in reports on Syria and Iraq (UK government, Wikipedia, BBC), annotated by experts.

What is annotated differs from what Tadmor reads, so that both figures are shares found (recall), printed and not
bounded; what Tadmor finds beyond the annotation is not counted as wrong.

*Names.* Of re3d's kinds `Organisation` and `Location` (it has no kind of its own for military units), those spans that
crowd workers confirmed (`confidence` of at least 0.5) and that hold a proper name: a word with a capital letter that
either is not the first of the span or is never written small in these documents, and is no pronoun. So "the Asad
regime" and "west of Damascus" count, "rebels", "The city" and "We" do not. A span is found if one of these capital
words lies in a mention by dictionary of an actor, a source or a place; mentions of another kind than re3d's count,
since "Syria" is either.

*Relations.* Confirmed ones between two such names, each wording once a document, a symmetric one in one direction.
Any claim of the document may tell it:

- `FightingAgainst`, two organisations: `opposes`, or a claim of control or an event with one as actor and the other as
  opponent;
- `AlliesOf`, two organisations: `allied_with`, `backs`;
- `BelongsTo`, two organisations: `part_of`; re3d uses it for weapons and staff, too, which these kinds leave out;
- `IsSynonymOf`, two organisations: `also_known_as`, which Tadmor claims only where a report says so;
- `InChargeOf`, an organisation and a location: a claim of control by the one over the other; "Iraqi territory" is none.

Parties are compared as the scorer of the claims does it, by words and aliases. The rest of re3d's relations (being in
one place, speaking with, liking, having an attribute) have nothing that corresponds to them. Few are left: 1 more or
less moves a share by several hundredths.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tadmor.claim.parse import parse
from tadmor.claim.scene import Scene

PARTS = ("BBC_Online", "UK_Government", "Wikipedia")
CONFIRMED = 0.5
KINDS = {"Organisation": "organisations", "Location": "places"}
PRONOUNS = frozenset("I We They It He She You Our Their His Her Its My This These Those That Us".split())
WORD = re.compile(r"[^\W\d_][\w.’'-]*")
SAME = 0.75  # the scorer's least likeness of the names of one party
# re3d's relation, the kinds of its ends, and how it is called here.
RELATIONS = {
    "FightingAgainst": ("Organisation", "Organisation", "fighting against"),
    "AlliesOf": ("Organisation", "Organisation", "allied"),
    "BelongsTo": ("Organisation", "Organisation", "part of"),
    "IsSynonymOf": ("Organisation", "Organisation", "also known as"),
    "InChargeOf": ("Organisation", "Location", "in control of"),
}
SYMMETRIC = ("FightingAgainst", "AlliesOf", "IsSynonymOf")
OURS = {"AlliesOf": ("allied_with", "backs"), "BelongsTo": ("part_of",), "IsSynonymOf": ("also_known_as",)}


class Name(NamedTuple):
    """A proper name in a document; `at` are the offsets of its capital words."""

    doc: str
    kind: str
    at: tuple[int, ...]


class Relation(NamedTuple):
    """A relation between two names of one document."""

    doc: str
    type: str
    source: str
    target: str


class Corpus(NamedTuple):
    """Texts by id, the names in them and the relations between these."""

    texts: dict[str, str]
    names: list[Name]
    relations: list[Relation]


def files(folder: Path) -> list[Path]:
    """The files that the measure reads."""
    return [folder / part / f"{what}.json" for part in PARTS for what in ("documents", "entities", "relations")]


def corpus(folder: Path) -> Corpus:
    """The documents of all parts with what is confirmed in them."""
    texts: dict[str, str] = {}
    entities: list[dict[str, Any]] = []
    between: list[dict[str, Any]] = []
    for part in PARTS:
        texts |= {row["_id"]: row["text"] for row in _rows(folder / part / "documents.json")}
        entities += _confirmed(folder / part / "entities.json")
        between += _confirmed(folder / part / "relations.json")
    small = {word for text in texts.values() for word in WORD.findall(text) if word[0].islower()}
    kinds: dict[tuple[str, int, int], set[str]] = {}
    for row in entities:
        kinds.setdefault((row["documentId"], row["begin"], row["end"]), set()).add(row["type"])
    names = []
    for (doc, begin, end), found in sorted(kinds.items()):
        at = tuple(begin + offset for offset in capitals(texts[doc][begin:end], small))
        names += [Name(doc, kind, at) for kind in sorted(found & KINDS.keys()) if at]
    return Corpus(texts, names, list(_between(between, texts, kinds, small)))


def _between(
    rows: Sequence[Mapping[str, Any]],
    texts: Mapping[str, str],
    kinds: Mapping[tuple[str, int, int], set[str]],
    small: set[str],
) -> Iterator[Relation]:
    seen = set()
    for row in rows:
        doc, type = row["documentId"], row["type"]
        spans = [(row[f"{end}Begin"], row[f"{end}End"]) for end in ("source", "target")]
        source, target = (texts[doc][first:last].strip() for first, last in spans)
        wanted = RELATIONS.get(type, ("", "", ""))[:2]
        fitting = all(kind in kinds.get((doc, *span), ()) for kind, span in zip(wanted, spans, strict=True))
        if fitting and capitals(source, small) and capitals(target, small):
            ends = [source.lower(), target.lower()]
            key = (doc, type, *(sorted(ends) if type in SYMMETRIC else ends))
            if key not in seen and ends[0] != ends[1]:
                seen.add(key)
                yield Relation(doc, type, source, target)


def capitals(span: str, small: set[str]) -> list[int]:
    """The offsets of the words that make a span a proper name."""
    words = [word for word in WORD.finditer(span) if word[0][0].isupper() and word[0] not in PRONOUNS]
    return [word.start() for word in words if word.start() or word[0].lower() not in small]


def found(corpus: Corpus) -> dict[str, float]:
    """The shares of organisations and of places that a dictionary knows."""
    covered: set[tuple[str, int]] = set()
    for id, doc in zip(corpus.texts, parse(corpus.texts.values()), strict=True):
        scene = Scene([doc], published=None, dateline=None)
        for token in doc:
            if scene.mention(token) is not None:
                covered |= {(id, at) for at in range(token.idx, token.idx + len(token.text))}
    total, right = Counter[str](), Counter[str]()
    for name in corpus.names:
        total[name.kind] += 1
        right[name.kind] += any((name.doc, at) in covered for at in name.at)
    return {f"{KINDS[kind]} found": right[kind] / total[kind] for kind in KINDS if total[kind]}


def write_lines(corpus: Corpus, path: Path) -> None:
    """The documents as JSON lines that Tadmor reads."""
    lines = ({"doc": id, "text": text} for id, text in corpus.texts.items())
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def related(
    relations: Iterable[Relation], claims: Mapping[str, Sequence[Mapping[str, Any]]], scorer: Any
) -> dict[str, float]:
    """The share of the relations of each type that a claim of the same document tells."""
    total, right = Counter[str](), Counter[str]()
    for relation in relations:
        total[relation.type] += 1
        right[relation.type] += any(tells(claim, relation, scorer) for claim in claims.get(relation.doc, ()))
    shares = {
        f"{RELATIONS[type][2]} (of {total[type]})": right[type] / total[type] for type in RELATIONS if total[type]
    }
    return shares | {"relations found": sum(right.values()) / max(1, sum(total.values()))}


def tells(claim: Mapping[str, Any], relation: Relation, scorer: Any) -> bool:
    """Whether a claim says what a relation says."""
    if relation.type == "InChargeOf":
        return (
            claim["kind"] == "control"
            and _same(relation.source, claim, "actor", scorer.same_actor)
            and _same(relation.target, claim, "place", scorer.same_name)
        )
    if relation.type == "FightingAgainst":
        if claim["kind"] == "relation" and claim["type"] != "opposes":
            return False
    elif claim["type"] not in OURS[relation.type]:
        return False
    ends = [(relation.source, relation.target)]
    if relation.type in SYMMETRIC:
        ends.append((relation.target, relation.source))
    return any(
        _same(first, claim, "actor", scorer.same_actor) and _same(second, claim, "opponent", scorer.same_actor)
        for first, second in ends
    )


def _same(name: str, claim: Mapping[str, Any], field: str, likeness: Any) -> bool:
    return bool(claim.get(field)) and likeness(name, claim[field], claim.get(f"{field}_text")) >= SAME


def _confirmed(path: Path) -> list[dict[str, Any]]:
    return [row for row in _rows(path) if row["confidence"] >= CONFIRMED]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
