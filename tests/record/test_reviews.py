"""Reviews: the record obeys them at once, keeps them for good, and makes the same of them in any order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec
import pytest

import invented
from homes import Records, unguarded
from tadmor import pipeline
from tadmor.errors import InputError, UsageError
from tadmor.pipeline import read_into, review_into
from tadmor.record import decide, fields, log, queries, reattach, reviews, weight_sets
from tadmor.record.address import Address
from tadmor.record.check import content_hash, faults
from tadmor.record.database import Database, open_record
from tadmor.record.decide import Author
from tadmor.record.questions import questions
from tadmor.records import Reading, Report, Review
from tadmor.run.local import Local
from tadmor.run.stage import Stage
from tadmor.timeline.explain import explain

AMAL, BASIL = Author("Amal", "looked at it"), Author("Basil")
LINES = [
    ["On 2016-05-20 Reds gains Palmyra (observers).", "On 2016-08-27 Blues gains Palmyra."],
    ["On 2016-12-06 Greens gains Sirte (observers)."],
    ["On 2016-12-11 Reds holds Palmyra (witnesses).", "On 2016-12-11 Blues holds Palmyra (officials)."],
]
PALMYRA, SIRTE = "gn:163808", "gn:2210554"


@pytest.fixture
def texts(tmp_path: Path) -> list[str]:
    """Reports with some claims about Palmyra and one about Sirte."""
    paths = [tmp_path / f"{number}.txt" for number in range(len(LINES))]
    for number, (path, some) in enumerate(zip(paths, LINES, strict=True)):
        path.write_text(invented.text(*some, seed=number))
    return [str(path) for path in paths]


@pytest.fixture
def war(records: Records, texts: list[str]) -> Iterator[Database]:
    with read(records.new(), texts) as database:
        yield database


def read(
    path: Address, inputs: Sequence[str], stage: Stage[pipeline.Found, pipeline.Read] = invented.STAGE
) -> Database:
    database = open_record(path, write=True)
    read_into(database, inputs, runner=Local(), stage=stage)
    return database


def keep(database: Database, *made: Review) -> list[str]:
    return review_into(database, made, runner=Local())[0]


def about(database: Database, action: str, words: str, author: Author = AMAL, **fields: str) -> list[str]:
    """Decide about the claims with these words."""
    ids = [row["id"] for row in database.query("SELECT id FROM claims WHERE quote LIKE ? ORDER BY id", (f"%{words}%",))]
    assert ids
    return keep(database, *decide.about_claims(database, action, ids, author, fields=fields))  # type: ignore[arg-type]


def holders(database: Database, place: str = PALMYRA) -> list[str | None]:
    return [spell.holder for spell in queries.spells(database, [place])]


def claim(database: Database, words: str) -> queries.Told:
    (row,) = database.query("SELECT id FROM claims WHERE quote LIKE ?", (f"%{words}%",))
    return queries.told(database, [row["id"]])[row["id"]]


def rebuilt(path: Address, war: Database, inputs: Sequence[str]) -> Database:
    """A new record of the same inputs, with the same reviews brought in first of all."""
    with open_record(path, write=True) as database:
        keep(database, *(kept.review for kept, _ in reversed(list(reviews.entries(war)))))
    return read(path, inputs)


# --- what is decided is obeyed ----------------------------------------------------------------------------------------


def test_what_is_rejected_counts_no_more_and_is_kept(war: Database) -> None:
    assert holders(war) == ["Reds", "Blues"]
    about(war, "reject", "Blues gains Palmyra")
    about(war, "reject", "Blues holds Palmyra")
    assert holders(war) == ["Reds"]
    told = claim(war, "Blues gains Palmyra")
    assert told.review == "rejected" and told.claim.where is not None and told.claim.where.id == PALMYRA
    assert told.claim.id not in {one.claim.id for one in queries.heard(war, PALMYRA)}
    assert not list(faults(war))


def test_a_place_of_which_all_is_rejected_stays_without_a_history(war: Database) -> None:
    about(war, "reject", "Sirte")
    assert queries.places(war)[SIRTE].name == "Sirte" and queries.places(war)[SIRTE].lat is not None
    assert not queries.spells(war, [SIRTE]) and not queries.events(war, [SIRTE])
    assert not list(faults(war))


def test_what_is_accepted_counts_as_read_rightly(war: Database) -> None:
    id = claim(war, "Reds gains Palmyra").claim.id

    def weight() -> dict[str, float]:
        knowledge = weight_sets.knowledge(war)
        heard = queries.heard(war, PALMYRA)
        (found,) = explain(PALMYRA, heard, date(2016, 6, 1), knowledge, lambda one, other: one == other)
        return {**found.weighed[id].weight.factors, "log_odds": found.weighed[id].weight.log_odds}

    before = weight()
    about(war, "accept", "Reds gains Palmyra")
    after = weight()
    assert before["reading"] < 1 == after["reading"]
    assert after["log_odds"] > before["log_odds"]
    assert claim(war, "Reds gains Palmyra").claim.confidence == 0.75  # what the reader said of it stays


def test_a_corrected_place_moves_the_claim_and_both_places_follow(war: Database) -> None:
    about(war, "correct", "Blues gains Palmyra", place="Sirte", **{"from": "2016-09-01", "to": "2016-09-02"})
    assert "Blues" in holders(war, SIRTE)
    told = claim(war, "Blues gains Palmyra")
    assert told.review == "corrected"
    assert told.claim.where is not None and told.claim.where.id == SIRTE and told.claim.where.country == "LY"
    assert (told.claim.days.first, told.claim.days.last) == (date(2016, 9, 1), date(2016, 9, 2))
    assert told.as_read is not None
    assert (told.as_read["place_id"], told.as_read["first_day"]) == (PALMYRA, "2016-08-27")
    assert told.quote == "On 2016-08-27 Blues gains Palmyra."
    about(war, "correct", "Greens gains Sirte", place="Aleppo")
    about(war, "correct", "Blues gains Palmyra", place="Palmyra")
    assert SIRTE not in queries.places(war), "nothing speaks of it any more"
    assert not list(faults(war))


def test_every_field_can_be_corrected(war: Database) -> None:
    wanted = {
        "type": "Armed clash", "actor": "Syrian army", "opponent": "Islamic State", "place": "Aleppo",
        "part": "eastern half", "near": "yes", "from": "2016-07-01", "to": "2016-07-31", "date_precision": "month",
        "modality": "hedged", "sources": "a colonel | Interfax", "verification": "unverified", "killed": "3-5",
        "wounded": "7", "whom": "soldiers", "of": "a convoy",
    }  # fmt: skip
    assert wanted.keys() == fields.FIELDS.keys()
    about(war, "correct", "Reds gains", **wanted)
    changed = claim(war, "Reds gains").claim
    assert fields.said(changed) == {
        **wanted,
        "actor": changed.actor.name if changed.actor else "",
        "opponent": "ISIS",
    } or (fields.said(changed) | {"actor": "", "opponent": ""} == wanted | {"actor": "", "opponent": ""})
    assert changed.actor is not None and changed.actor.id is not None and changed.actor.text == "Syrian army"
    about(war, "correct", "Reds gains", **dict.fromkeys(("opponent", "killed", "wounded", "of", "verification"), "-"))
    changed = claim(war, "Reds gains").claim
    assert (changed.opponent, changed.count, changed.of, changed.verification) == (None, None, None, None)
    assert not list(faults(war))


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"from": "10/12/2016"}, "from: '10/12/2016' is no day"),
        ({"from": "2017-01-01"}, "is after"),
        ({"type": "conquers"}, "type: there is no type 'conquers'"),
        ({"place": "Xyzzyville"}, "place: 'Xyzzyville' is neither in the record nor in the gazetteer"),
        ({"killed": "many"}, "killed: 'many' is no number"),
        ({"killed": "9-2"}, "killed: 9 is more than 2"),
        ({"modality": "sure"}, "modality: 'sure' is none of"),
        ({"colour": "red"}, "'colour' cannot be corrected"),
        ({"place": "-", "part": "east"}, "place: a part needs the place"),
        ({"actor": "Reds"}, "says so already"),
        ({}, "nothing to correct is given"),
    ],
)
def test_a_wrong_correction_is_refused_and_says_why(war: Database, fields: dict[str, str], what: str) -> None:
    before = content_hash(war)
    with pytest.raises(UsageError, match=re.escape(what)):
        about(war, "correct", "Reds gains", **fields)
    assert content_hash(war) == before


def test_to_undo_is_another_entry_and_can_be_undone(war: Database) -> None:
    before, ids = holders(war), about(war, "reject", "Blues")
    assert holders(war) == ["Reds"]
    back = keep(war, *(decide.undo(war, id, BASIL) for id in ids))
    assert holders(war) == before
    assert claim(war, "Blues gains").review is None
    keep(war, *(decide.undo(war, id, AMAL) for id in back))
    assert holders(war) == ["Reds"]
    assert [kept.review.action for kept, _ in reviews.entries(war)] == ["reject"] * 2 + ["undo"] * 4
    assert not list(faults(war))


def test_an_undone_correction_gives_back_what_was_read(war: Database) -> None:
    before = content_hash(war)
    (row,) = war.query("SELECT * FROM claims WHERE quote LIKE '%Blues gains%'")
    about(war, "correct", "Blues gains", place="Sirte", actor="Greens", killed="4")
    keep(war, decide.undo(war, "v", AMAL))
    assert war.query("SELECT * FROM claims WHERE quote LIKE '%Blues gains%'") == [row]
    assert content_hash(war) != before, "the entries stay"


# --- claims by hand ---------------------------------------------------------------------------------------------------


def test_a_claim_by_hand_in_a_report_counts_and_is_marked(war: Database) -> None:
    report = claim(war, "Greens gains Sirte").claim.report_id
    fields = {"type": "holds", "actor": "Reds", "place": "Sirte", "from": "2016-12-20", "to": "2016-12-20",
              "sources": "observers"}  # fmt: skip
    (id,) = keep(war, decide.add(war, fields, "Greens gains Sirte", BASIL, report=report))
    told = queries.told(war, [reattach.claim_by_hand(id)])[reattach.claim_by_hand(id)]
    assert (told.review, told.claim.rule, told.quote) == ("by hand", "by hand", "Greens gains Sirte")
    assert "Reds" in holders(war, SIRTE)
    keep(war, decide.undo(war, id, BASIL))
    assert holders(war, SIRTE) == ["Greens"]
    assert not queries.told(war, [told.claim.id])
    with pytest.raises(UsageError, match="do not stand in the report"):
        decide.add(war, fields, "Reds rule Sirte", BASIL, report=report)


def test_a_claim_heard_elsewhere_hangs_on_a_note_and_pretends_to_no_report(war: Database) -> None:
    fields = {"type": "gains", "actor": "Greens", "place": "Palmyra", "from": "2017-03-02", "to": "2017-03-02",
              "sources": "a resident by phone"}  # fmt: skip
    (id,) = keep(war, decide.add(war, fields, "They are in the citadel.", BASIL, published=date(2017, 3, 3)))
    told = queries.told(war, [reattach.claim_by_hand(id)])[reattach.claim_by_hand(id)]
    assert (told.doc, told.origin, told.review) == ("by hand", "by hand: Basil", "by hand")
    assert told.claim.sources == ("a resident by phone",) and told.published == date(2017, 3, 3)
    report = queries.report(war, told.claim.report_id)
    assert report is not None and report.media_type == queries.NOTE and report.authors == ("Basil",)
    assert holders(war)[-1] == "Greens"
    assert not list(faults(war))
    about(war, "reject", "in the citadel", AMAL)
    assert holders(war)[-1] != "Greens"
    with pytest.raises(UsageError, match="needs its source"):
        decide.add(war, {"type": "gains"}, "so they say", BASIL)


# --- events -----------------------------------------------------------------------------------------------------------


def test_events_are_merged_and_split_as_analysts_say(war: Database, tmp_path: Path, texts: list[str]) -> None:
    first, second = (event for event in queries.events(war, [PALMYRA]) if event.type == "gains")
    (merged,) = keep(war, decide.merge(war, [first.id, second.id], AMAL))
    (event,) = (event for event in queries.events(war, [PALMYRA]) if event.type == "gains")
    assert set(event.claim_ids) == {*first.claim_ids, *second.claim_ids}
    assert event.actors == ("Blues", "Reds") and (event.days.first, event.days.last) == (
        date(2016, 5, 20),
        date(2016, 8, 27),
    )
    keep(war, decide.split(war, first.claim_ids, BASIL))
    assert {e.claim_ids for e in queries.events(war, [PALMYRA])} >= {first.claim_ids, second.claim_ids}
    (conflict, *_) = reviews.conflicts(war)
    assert (conflict.earlier.id, conflict.later.review.action) == (merged, "split")
    with rebuilt(tmp_path / "again.tadmor", war, texts) as again:
        assert content_hash(again) == content_hash(war)
    (elsewhere,) = queries.events(war, [SIRTE])
    with pytest.raises(UsageError, match=r"different places \(Palmyra, Sirte\)"):
        decide.merge(war, [elsewhere.id, second.id], AMAL)


# --- grades -----------------------------------------------------------------------------------------------------------


def test_a_grade_of_a_source_counts_once_it_is_given(war: Database) -> None:
    def sure() -> float:
        return queries.spells(war, [SIRTE])[0].confidence

    before = sure()
    assert weight_sets.knowledge(war).weights.sources == {}
    ids = keep(war, *decide.grade(war, "observers", "A", AMAL))
    assert sure() > before
    keep(war, *decide.grade(war, "observers", "E", BASIL))
    assert sure() < before, "the latest stands"
    found = reviews.conflicts(war)  # observers of whom two outlets tell are two voices
    assert {one.earlier.id for one in found} == set(ids) and {one.later.review.analyst for one in found} == {"Basil"}
    keep(war, *decide.grade(war, "observers", "F", BASIL))
    assert sure() == before, "F says nothing"
    with pytest.raises(UsageError, match="'G' is no grade"):
        decide.grade(war, "observers", "G", AMAL)


def test_a_grade_of_a_claim_multiplies_its_weight(war: Database) -> None:
    told = claim(war, "Greens gains Sirte")
    before = queries.spells(war, [SIRTE])[0].pulls[0].pull
    keep(war, *decide.grade(war, told.claim.id, "4", AMAL))
    assert 0 < queries.spells(war, [SIRTE])[0].pulls[0].pull < before
    assert claim(war, "Greens gains Sirte").credibility == 4


# --- analysts differ --------------------------------------------------------------------------------------------------


def test_the_latest_word_stands_and_the_conflict_is_shown(war: Database) -> None:
    (first,) = about(war, "accept", "Blues gains", AMAL)
    (second,) = about(war, "reject", "Blues gains", BASIL)
    assert claim(war, "Blues gains").review == "rejected"
    assert [(one.earlier.id, one.later.id) for one in reviews.conflicts(war)] == [(first, second)]
    about(war, "accept", "Blues gains", BASIL)
    assert not reviews.conflicts(war), "Basil changed his mind"
    (third,) = about(war, "correct", "Blues gains", BASIL, place="Sirte")
    assert [one.later.id for one in reviews.conflicts(war)] == [third], "Amal had accepted it as it was read"
    about(war, "accept", "Blues gains", AMAL)
    assert not reviews.conflicts(war), "to accept what was corrected is to agree"
    assert claim(war, "Blues gains").review == "corrected"
    keep(war, decide.undo(war, third, AMAL))
    assert [one.earlier.id for one in reviews.conflicts(war)] == [third], "undone by another"


# --- for good ---------------------------------------------------------------------------------------------------------


def test_reviews_are_only_ever_added_to(war: Database) -> None:
    (id,) = about(war, "reject", "Blues gains")
    for change in ("UPDATE reviews SET entry = '{}'", "DELETE FROM reviews", "UPDATE reviews SET id = 'v'"):
        with pytest.raises(Exception, match="only ever added to"), war.transaction():
            war.execute(change)
    assert reviews.find(war, id).review.why == "looked at it"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE reviews SET entry = replace(entry, 'looked', 'glanced')", "has been changed"),
        ("DELETE FROM reviews", "is in the log and no longer there"),
        ("UPDATE claims SET review = NULL", "does not stand as its reviews have it"),
        ("UPDATE claims SET place_id = 'gn:2210554'", "does not stand as its reviews have it"),
    ],
)
def test_a_check_names_what_was_changed_by_hand(war: Database, change: str, fault: str) -> None:
    about(war, "correct", "Blues gains", place="Aleppo")
    with unguarded(war):
        war.execute(change)
    assert any(fault in one for one in faults(war))


def test_a_review_comes_after_what_was_read_before_there_was_a_log(war: Database) -> None:
    with unguarded(war):
        war.execute("DELETE FROM log")
    about(war, "reject", "Blues gains")
    told = [json.loads(entry)["what"] for _, entry, _ in log.entries(war)]
    assert told == ["taken over"] * len(LINES) + ["reviewed"]
    assert not list(faults(war))


def test_an_entry_that_never_came_in_is_named(war: Database) -> None:
    review = Review(at="2016-01-01T00:00:00.000000Z", analyst="X", action="note", place=SIRTE, why="hm")
    with war.transaction():
        entry = reviews.entry_text(review)
        war.execute("INSERT INTO reviews (id, entry) VALUES (?, ?)", (reviews._id(entry), entry))
    assert any("is not in the log" in one for one in faults(war))


def test_updates_and_a_rebuild_agree_to_the_byte(war: Database, tmp_path: Path, texts: list[str]) -> None:
    about(war, "accept", "Reds gains")
    about(war, "correct", "Blues gains", place="Sirte", actor="Greens")
    about(war, "reject", "Greens gains Sirte")
    keep(war, *decide.grade(war, "witnesses", "B", BASIL))
    (note,) = keep(war, decide.add(war, {"type": "holds", "actor": "Blues", "place": "Homs", "from": "2016-12-01"},
                                   "Blues are there.", BASIL, outlet="Gazette"))  # fmt: skip
    (undone,) = about(war, "reject", "Reds holds")
    keep(war, decide.undo(war, undone, BASIL))
    about(war, "accept", "Blues are there", AMAL)
    assert not list(faults(war)) and note
    with rebuilt(tmp_path / "again.tadmor", war, texts) as again:
        assert content_hash(again) == content_hash(war)
        assert not list(faults(again)) and not reviews.loose(again)


def test_the_same_review_twice_is_one(war: Database) -> None:
    about(war, "reject", "Blues gains")
    before = content_hash(war)
    assert keep(war, *(kept.review for kept, _ in reviews.entries(war))) == []
    assert content_hash(war) == before


def test_time_never_runs_backwards(war: Database) -> None:
    late = Review(at="2999-01-01T00:00:00.000000Z", analyst="Amal", action="note", place=SIRTE, why="hm")
    keep(war, late)
    about(war, "reject", "Blues gains")
    assert [kept.review.at for kept, _ in reviews.entries(war)] == [late.at, "2999-01-01T00:00:00.000001Z"]


# --- another version reads again --------------------------------------------------------------------------------------


def _reading_as(change: dict[str, str]) -> Stage[pipeline.Found, pipeline.Read]:
    """The invented reader as a newer version: other ids, and other readings for some words."""

    def claims(reports: Iterable[Report]) -> Iterator[Reading]:
        for reading in invented.claims(reports):
            text = reading.report.text
            found = []
            for one in reading.claims:
                words = text[one.quote.start : one.quote.end]
                if (as_type := change.get(words)) is not None:
                    if not as_type:
                        continue
                    one = msgspec.structs.replace(one, type=as_type)
                found.append(msgspec.structs.replace(one, id="c" + one.id[:10:-1] + "0" * 11))
            yield msgspec.structs.replace(reading, claims=tuple(found))

    return Stage(lambda: lambda found: pipeline.read_documents(found, claims), invented.STAGE.lost, invented.STAGE.size)


def again(database: Database, inputs: Sequence[str], change: dict[str, str]) -> None:
    with database.transaction():
        database.execute("UPDATE reports SET maker = maker, asked_outlet = 'so that it is read again'")
    read_into(database, inputs, runner=Local(), stage=_reading_as(change))


def test_reviews_survive_reading_anew(war: Database, texts: list[str]) -> None:
    about(war, "reject", "Blues holds")
    about(war, "correct", "Blues gains", place="Sirte")
    about(war, "accept", "Reds gains")
    about(war, "accept", "Greens gains")
    old = {row["id"] for row in war.query("SELECT id FROM claims")}
    again(war, texts, {LINES[0][0]: "holds", LINES[1][0]: ""})
    assert not old & {row["id"] for row in war.query("SELECT id FROM claims")}
    assert claim(war, "Blues holds").review == "rejected"
    moved = claim(war, "Blues gains")
    assert moved.review == "corrected" and moved.claim.where is not None and moved.claim.where.id == SIRTE
    assert claim(war, "Reds gains").review == "accepted", "the same words, read as another type of one kind"
    (lost,) = reviews.loose(war)
    assert lost.target.quote == LINES[1][0] and lost.report_read
    assert not list(faults(war))
    again(war, texts, {})
    assert not reviews.loose(war), "it is read again, and found again"


def test_reading_anew_with_the_same_result_changes_nothing(war: Database, texts: list[str]) -> None:
    about(war, "correct", "Blues gains", place="Sirte")
    before = content_hash(war)
    with war.transaction():
        war.execute("UPDATE reports SET asked_outlet = 'so that it is read again'")
    summary = read_into(war, texts, runner=Local(), stage=invented.STAGE)
    assert (summary.same, summary.changed, content_hash(war)) == (3, 0, before)


# --- what comes from elsewhere ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"at": "yesterday"}, "is no time"),
        ({"analyst": " "}, "needs a name"),
        ({"action": "correct", "fields": {"quote": "x"}}, "'quote' cannot be corrected"),
        ({"action": "correct", "fields": {"near": "perhaps"}}, "this makes no claim"),
        (
            {
                "action": "correct",
                "fields": {"place_id": "gn:1", "place": "X", "place_text": "X", "lat": 500.0, "lon": 1.0},
            },
            "lies nowhere on Earth",
        ),
        ({"action": "correct", "fields": {"kind": "event", "type": "gains"}}, "is no type of claim of the kind"),
        ({"action": "grade", "fields": {"credibility": 9}}, "there is no such grade"),
        ({"claims": ()}, "lacks what it is about"),
        ({"undoes": "v1"}, "only a review with the action 'undo'"),
    ],
)
def test_hostile_entries_are_refused(war: Database, change: dict[str, object], what: str) -> None:
    (review,) = decide.about_claims(war, "accept", [claim(war, "Blues gains").claim.id], AMAL)
    review = msgspec.structs.replace(review, at="2016-01-01T00:00:00.000000Z")
    assert decide.checked(review) is review
    with pytest.raises(InputError, match=re.escape(what)):
        decide.checked(msgspec.structs.replace(review, **change))


# --- what to look at first --------------------------------------------------------------------------------------------


def test_the_claim_that_moves_most_is_asked_about_first(war: Database) -> None:
    found = questions(war, limit=10)
    assert [one.moves for one in found] == sorted((one.moves for one in found), reverse=True)
    by_words = {queries.told(war, [one.claim_id])[one.claim_id].quote: one for one in found}
    alone, disputed = by_words[LINES[0][0]], by_words[LINES[2][0]]
    assert alone.if_rejected > disputed.if_rejected, "nobody else says who held Palmyra in summer"
    about(war, "accept", "Reds gains")
    assert LINES[0][0] not in {queries.told(war, [one.claim_id])[one.claim_id].quote for one in questions(war)}
    assert {one.place_id for one in questions(war, [SIRTE])} == {SIRTE}


def test_json_of_an_entry_is_stable() -> None:
    review = Review(at="2016-01-01T00:00:00.000000Z", analyst="\u0623\u0645\u0644", action="note", why="x", place="p")
    entry = reviews.entry_text(review)
    assert reattach.review_of(entry) == review and json.loads(entry)["analyst"] == "\u0623\u0645\u0644"
    assert entry.isascii() and reviews.entry_text(reattach.review_of(entry)) == entry
