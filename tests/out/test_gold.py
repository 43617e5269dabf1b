from __future__ import annotations

import json
from datetime import date

from tadmor.out import gold
from tadmor.records import Claim, Count, Days, Party, Quote, Reading, Report, Segment, Where

TEXT = "Reds take Ford\nSome said that Reds took the north of Ford on Friday, killing dozens."
REPORT = Report(
    id="r1",
    sha256="0" * 64,
    doc="ford",
    origin="ford.txt",
    media_type="text/plain",
    outlet="Sample Post",
    headline="Reds take Ford",
    published=date(2016, 12, 10),
    text=TEXT,
    segments=(Segment(role="body", start=0, end=len(TEXT)),),
)
CLAIM = Claim(
    id="c1",
    report_id="r1",
    kind="control",
    type="gains_part",
    actor=Party(name="Red Army", id="red", text="Reds"),
    where=Where(
        name="Ford", id="gn:1", text="Ford", part="the north", lat=1.5, lon=2.5, country="XX", precision="part"
    ),
    days=Days(first=date(2016, 12, 9), last=date(2016, 12, 9), precision="day", basis="publication"),
    sources=("some",),
    count=Count(killed=(None, None)),
    quote=Quote(start=15, end=len(TEXT)),
    also=(Quote(start=0, end=14),),
    rule="take",
)
RELATION = Claim(
    id="c2",
    report_id="r1",
    kind="relation",
    type="opposes",
    quote=Quote(start=0, end=4),
    rule="opposes",
    confidence=0.25,
)


def test_every_field_of_the_guide_and_of_the_contract() -> None:
    line = gold.line(Reading(report=REPORT, claims=(CLAIM, RELATION)))
    assert "\n" not in line
    found = json.loads(line)
    claims = found.pop("claims")
    assert found == {
        "doc": "ford",
        "published": "2016-12-10",
        "title": "Reds take Ford",
        "outlet": "Sample Post",
        "original_outlet": None,
        "authors": [],
        "truncated": False,
    }
    assert [claim["id"] for claim in claims] == [1, 2]
    assert claims[1] == {
        "id": 2,
        "kind": "control",
        "type": "gains_part",
        "actor": "Red Army",
        "opponent": None,
        "place": "Ford",
        "part": "the north",
        "near": False,
        "within": None,
        "from": "2016-12-09",
        "to": "2016-12-09",
        "date_precision": "day",
        "modality": "asserted",
        "sources": ["some"],
        "verification": None,
        "count": {"killed": [None, None]},
        "of": None,
        "evidence": TEXT[15:],
        "also": ["Reds take Ford"],
        "actor_text": "Reds",
        "opponent_text": None,
        "place_text": "Ford",
        "lat": 1.5,
        "lon": 2.5,
        "admin1": None,
        "country": "XX",
        "geo_precision": "part",
        "confidence": 0.5,
        "quote": [15, len(TEXT)],
    }
    assert (claims[0]["place"], claims[0]["near"], claims[0]["count"], claims[0]["geo_precision"]) == (
        None,
        False,
        None,
        "unknown",
    )
