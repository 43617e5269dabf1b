"""Reports written for Tadmor with their claims marked, in the compact notation of `training/claims/README.md`.

python training/annotated.py FILE...                       check; exit 1 where a claim does not hold together
python training/annotated.py FILE... --gold G --texts T    write them in the form that gold/score.py reads
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, get_args

from tadmor.records import CONTROL_TYPES, EVENT_TYPES, RELATION_TYPES, DatePrecision, Modality, Verification

HEADER = re.compile(r"## (?P<doc>\S+) (?P<published>\d{4}-\d{2}-\d{2}|-) \| (?P<outlet>.+)")
KINDS = {
    **dict.fromkeys(CONTROL_TYPES, "control"),
    **dict.fromkeys(EVENT_TYPES, "event"),
    **dict.fromkeys(RELATION_TYPES, "relation"),
}
KEYS = frozenset("t w a at o ot p pt part near within d m s v k wd whom of e also".split())


class Annotated(NamedTuple):
    """One report with its claims; `spans` gives for each the offsets of its trigger and of its mentions in `text`."""

    doc: str
    published: str | None
    outlet: str
    text: str
    claims: list[dict[str, Any]]

    def span(self, claim: dict[str, Any], key: str) -> tuple[int, int] | None:
        """Where ``claim[key]`` (w, at, ot or pt) stands: inside its evidence, else nearest before it, else after it."""
        words, evidence = claim.get(key), claim["e"]
        start = self.text.find(evidence)
        if not words or start < 0:
            return None
        inside = _find(words, evidence)
        if inside >= 0:
            return start + inside, start + inside + len(words)
        before = [m.start() for m in _whole(words).finditer(self.text[:start])]
        after = _find(words, self.text[start:])
        at = before[-1] if before else (start + after if after >= 0 else -1)
        return (at, at + len(words)) if at >= 0 else None


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")


def _find(words: str, text: str) -> int:
    found = _whole(words).search(text)
    return found.start() if found else -1


def read(paths: Iterable[Path]) -> Iterator[Annotated]:
    """Every report of the files. Raises `ValueError` naming file and line where the notation is broken."""
    for path in paths:
        header: re.Match[str] | None = None
        lines: list[str] = []
        claims: list[dict[str, Any]] = []
        for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), "## end"], 1):
            if line.startswith("## "):
                if header is not None:
                    day = header["published"] if header["published"] != "-" else None
                    yield Annotated(header["doc"], day, header["outlet"], "\n".join(lines).strip(), claims)
                header, lines, claims = HEADER.fullmatch(line.rstrip()), [], []
                if header is None and line != "## end":
                    raise ValueError(f"{path}:{number}: a header reads '## ID YYYY-MM-DD | OUTLET'")
            elif line.startswith('{"'):
                try:
                    claims.append(json.loads(line))
                except json.JSONDecodeError as error:
                    raise ValueError(f"{path}:{number}: {error}") from error
            elif header is not None:
                lines.append(line.rstrip())


def faults(report: Annotated, claim: dict[str, Any]) -> Iterator[str]:
    """What does not hold together in a claim."""
    if unknown := set(claim) - KEYS:
        yield f"keys {sorted(unknown)}"
    kind = KINDS.get(claim.get("t", ""))
    if kind is None:
        yield f"type {claim.get('t')}"
    evidence = claim.get("e")
    if not evidence or evidence not in report.text:
        yield f"evidence is not in the text: {evidence}"
        return
    if not claim.get("w") or _find(claim["w"], evidence) < 0:
        yield f"w is not in the evidence: {claim.get('w')}"
    for key in ("at", "ot", "pt"):
        if claim.get(key) and report.span(claim, key) is None:
            yield f"{key} is not in the text: {claim[key]}"
    if claim.get("m", "asserted") not in get_args(Modality):
        yield f"modality {claim['m']}"
    if claim.get("v") not in (None, *get_args(Verification)):
        yield f"verification {claim['v']}"
    if kind == "relation":
        if not (claim.get("a") and claim.get("o")):
            yield "a relation needs a and o"
    else:
        first, last, precision = (*claim.get("d", [None, None, "unknown"]), None, None, None)[:3]
        if precision not in get_args(DatePrecision):
            yield f"precision {precision}"
        try:
            days = [date.fromisoformat(day) for day in (first, last) if day]
            if len(days) == 2 and days[0] > days[1]:
                yield f"d runs backwards: {first} {last}"
        except (ValueError, TypeError):
            yield f"d is no pair of days: {first} {last}"
    for key in ("k", "wd"):
        if key in claim and not (isinstance(claim[key], list) and len(claim[key]) == 2):
            yield f"{key} is [low, high]: {claim[key]}"
    for again in claim.get("also", []):
        if again not in report.text:
            yield f"also is not in the text: {again}"


def gold(report: Annotated) -> dict[str, Any]:
    """The report in the form of gold/GUIDE.md."""
    claims = []
    for number, claim in enumerate(report.claims, 1):
        first, last, precision = claim.get("d", [None, None, "unknown"])
        count = {key: claim[short] for key, short in (("killed", "k"), ("wounded", "wd")) if short in claim}
        if count and claim.get("whom"):
            count["whom"] = claim["whom"]
        claims.append(
            {
                **{"id": number, "kind": KINDS[claim["t"]], "type": claim["t"]},
                **{"actor": claim.get("a"), "opponent": claim.get("o"), "place": claim.get("p")},
                **{"part": claim.get("part"), "near": bool(claim.get("near")), "within": claim.get("within")},
                **{"from": first, "to": last, "date_precision": precision},
                **{"modality": claim.get("m", "asserted"), "sources": claim.get("s", [])},
                **{"verification": claim.get("v"), "count": count or None},
                **{"evidence": claim["e"], "also": claim.get("also", [])},
            }
        )
    return {"doc": report.doc, "published": report.published, "outlet": report.outlet, "claims": claims}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="+", type=Path)
    options.add_argument("--gold", type=Path)
    options.add_argument("--texts", type=Path)
    given = options.parse_args()
    reports = list(read(given.files))
    bad = 0
    seen: set[str] = set()
    for report in reports:
        if report.doc in seen:
            print(f"{report.doc}: stands twice")
            bad += 1
        seen.add(report.doc)
        for number, claim in enumerate(report.claims, 1):
            for fault in faults(report, claim):
                print(f"{report.doc} claim {number}: {fault}")
                bad += 1
    words = sum(len(report.text.split()) for report in reports)
    print(f"{len(reports)} reports, {words} words, {sum(len(r.claims) for r in reports)} claims, {bad} faults")
    if given.gold:
        given.gold.write_text("".join(json.dumps(gold(r)) + "\n" for r in reports), encoding="utf-8")
    if given.texts:
        rows = (
            {"doc": r.doc, "published": r.published, "title": "", "outlet": r.outlet, "text": r.text} for r in reports
        )
        given.texts.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
