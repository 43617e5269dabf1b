"""Own sentences and short passages, by phenomenon: the claims of each are found and, where asked, no others.

The cases lie in `tests/cases/*.toml`, in the form that `Case` describes. Whom or what a name means is compared through
the dictionaries ("Ukrainian troops" is the Ukrainian government), so a case fails for its reading and not its spelling.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest

from tadmor.claim.read import read
from tadmor.lexicon import actors
from tadmor.lexicon.placename import key
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, RELATION_TYPES, Claim, Modality, Report, Segment

FOLDER = Path(__file__).resolve().parents[1] / "cases"
LEAST_CASES = 160
MOST_FAILING = 0.45
FILLERS = frozenset("the a an of al el city town village province governorate district region in near".split())


class Toll(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A band is [low, high]; -1 stands for an open end, which TOML cannot write."""

    killed: tuple[int, int] | None = None
    wounded: tuple[int, int] | None = None


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A claim that the text makes. Only the fields that are given are compared.

    An empty string asks for none, as `undated` does for days.
    """

    kind: str
    type: str
    actor: str | None = None
    opponent: str | None = None
    place: str | None = None
    part: str | None = None
    near: bool | None = None
    first: date | None = msgspec.field(name="from", default=None)
    last: date | None = msgspec.field(name="to", default=None)
    undated: bool = False
    modality: Modality | None = None
    sources: tuple[str, ...] | None = None
    verification: str | None = None
    count: Toll | None = None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text with the claims that a careful reader finds in it.

    With `exactly` it makes no other claims. `expected_failure` names the cause for which the reader is known to miss
    something; once it misses nothing, the mark must go.
    """

    name: str
    text: str
    claims: tuple[Expected, ...]
    title: str | None = None
    published: date | None = None
    dateline: str | None = None
    exactly: bool = False
    expected_failure: str | None = None


def load() -> dict[str, Case]:
    """All cases by "file: name". Raises where a file does not hold what `Case` promises, or a name comes twice."""
    found: dict[str, Case] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        try:
            cases = msgspec.convert(table, type=dict[str, list[Case]])["case"]
        except (KeyError, msgspec.ValidationError) as error:
            raise ValueError(f"{path.name}: {error}") from error
        for case in cases:
            name = f"{path.stem}: {case.name}"
            if name in found:
                raise ValueError(f"{name}: the name comes twice")
            found[name] = case
    return found


CASES = load()


@cache
def readings() -> Mapping[str, tuple[Claim, ...]]:
    """What the reader makes of every case, all read in one go."""
    return {reading.report.doc: reading.claims for reading in read([report(n, c) for n, c in CASES.items()])}


def report(name: str, case: Case) -> Report:
    """The case as a report: its title as headline, its text as body."""
    text, segments = case.text, []
    if case.title:
        text = f"{case.title}\n\n{case.text}"
        segments.append(Segment(role="headline", start=0, end=len(case.title)))
    segments.append(Segment(role="body", start=len(text) - len(case.text), end=len(text)))
    return Report(
        id=f"r{name}",
        sha256="0" * 64,
        doc=name,
        origin="-",
        media_type="text/plain",
        headline=case.title,
        dateline=case.dateline,
        published=case.published,
        text=text,
        segments=tuple(segments),
    )


def stands_for(claim: Claim, expected: Expected) -> bool:
    """Whether the claim says all that the expected one asks for."""
    return not differences(claim, expected)


def differences(claim: Claim, expected: Expected) -> list[str]:
    """The fields in which the claim differs from the expected one."""
    where, count = claim.where, claim.count
    parties = {"actor": (expected.actor, claim.actor), "opponent": (expected.opponent, claim.opponent)}
    same = {"kind": claim.kind == expected.kind, "type": claim.type == expected.type}
    for field, (wanted, party) in parties.items():
        same[field] = wanted is None or (
            party is None if not wanted else party is not None and named(wanted, party.name)
        )
    same["place"] = expected.place is None or (
        where is None if not expected.place else where is not None and alike(expected.place, where.name, where.text)
    )
    part = where.part if where else None
    same["part"] = expected.part is None or (
        not part if not expected.part else part is not None and overlap(expected.part, part)
    )
    same["near"] = expected.near is None or (where is not None and where.near is expected.near)
    same["from"] = claim.days.first == expected.first if expected.first else not (expected.undated and claim.days.first)
    same["to"] = claim.days.last == expected.last if expected.last else not (expected.undated and claim.days.last)
    same["modality"] = expected.modality is None or claim.modality == expected.modality
    same["sources"] = expected.sources is None or (
        len(expected.sources) == len(claim.sources)
        and all(speaks(a, b) for a, b in zip(expected.sources, claim.sources, strict=True))
    )
    same["verification"] = expected.verification is None or (claim.verification or "") == expected.verification
    if expected.count is not None:
        found = Toll(band(count.killed), band(count.wounded)) if count else Toll()
        same["count"] = all(
            wanted is None or wanted == got
            for wanted, got in (
                (expected.count.killed, found.killed),
                (expected.count.wounded, found.wounded),
            )
        )
    return [field for field, right in same.items() if not right]


def band(bounds: tuple[int | None, int | None] | None) -> tuple[int, int] | None:
    return None if bounds is None else (-1 if bounds[0] is None else bounds[0], -1 if bounds[1] is None else bounds[1])


def words(name: str) -> frozenset[str]:
    return frozenset(name.lower().replace("-", " ").replace("’", "'").split()) - FILLERS


def alike(wanted: str, *found: str) -> bool:
    """Whether a name is the wanted one but for case, articles, transliteration and the word for its kind."""
    return any(key(wanted) == key(name) or words(wanted) == words(name) for name in found)


def named(wanted: str, found: str) -> bool:
    """Whether two names mean one party."""
    known, other = actors.load().by_name(wanted), actors.load().by_name(found)
    if known is not None and other is not None:
        return known.id == other.id
    return alike(wanted, found) or (known is None and overlap(wanted, found))


def speaks(wanted: str, found: str) -> bool:
    return named(wanted, found) or overlap(wanted, found)


def overlap(wanted: str, found: str) -> bool:
    """Whether one description holds all words of the other."""
    a, b = words(wanted), words(found)
    return bool(a and b) and (a <= b or b <= a)


def judge(case: Case, claims: tuple[Claim, ...]) -> list[str]:
    """What is wrong with the claims of a case, a line each; empty where all is right."""
    free = list(claims)
    wrong: list[str] = []
    for expected in case.claims:
        match = next((c for c in free if stands_for(c, expected)), None)
        if match is not None:
            free.remove(match)
            continue
        nearest = min(free, key=lambda c: len(differences(c, expected)), default=None)
        off = f"nearest differs in {', '.join(differences(nearest, expected))}: {brief(nearest)}" if nearest else "none"
        wrong.append(f"not found: {wish(expected)} | {off}")
    if case.exactly:
        wrong += [f"not said: {brief(claim)}" for claim in free]
    return wrong


def wish(expected: Expected) -> str:
    given = {f: v for f in expected.__struct_fields__ if (v := getattr(expected, f)) not in (None, False)}
    return ", ".join(f"{field} {value}" for field, value in given.items())


def brief(claim: Claim) -> str:
    """The claim in one line."""
    where = claim.where
    place = f"{where.name}{f' [{where.part}]' if where.part else ''}{' (near)' if where.near else ''}" if where else "-"
    return (
        f"{claim.type}: {claim.actor.name if claim.actor else '-'} > {claim.opponent.name if claim.opponent else '-'}"
        f" @ {place} {claim.days.first}..{claim.days.last} {claim.modality} {list(claim.sources)}"
        f" {claim.verification or ''} {claim.count or ''} <{claim.rule}>"
    )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=pytest.mark.xfail(reason=c.expected_failure, strict=True)) if c.expected_failure else n
        for n, c in CASES.items()
    ],
)
def test_a_case_is_read_as_a_careful_reader_reads_it(name: str) -> None:
    wrong = judge(CASES[name], readings()[name])
    assert not wrong, "\n".join([CASES[name].text, *wrong])


def test_the_cases_are_many_and_most_are_read_rightly() -> None:
    failing = [n for n, c in CASES.items() if c.expected_failure]
    assert len(CASES) >= LEAST_CASES
    assert len(failing) <= MOST_FAILING * len(CASES), Counter(CASES[n].expected_failure for n in failing)


def test_every_expected_claim_has_a_type_of_its_kind() -> None:
    types = {"control": CONTROL_TYPES, "event": EVENT_TYPES, "relation": RELATION_TYPES}
    assert [(n, e.kind, e.type) for n, c in CASES.items() for e in c.claims if e.type not in types[e.kind]] == []


def test_every_case_can_fail() -> None:
    assert [n for n, c in CASES.items() if not (c.claims or c.exactly)] == []


def test_the_comparison_tells_names_apart() -> None:
    assert named("Ukraine", "Ukrainian government")
    assert not named("Russia", "Ukrainian government")
    assert alike("Deir ez-Zor", "Dayr az Zawr", "Deir al-Zour")
    assert not alike("Aleppo", "Idlib")
    assert overlap("eastern half", "the eastern half")
    assert not overlap("eastern half", "western half")
