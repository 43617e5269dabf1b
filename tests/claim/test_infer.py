"""Who is meant where a report leaves it unsaid: from the report itself, and less surely."""

from spoken import claims, doc, scene, word
from tadmor.claim import infer
from tadmor.claim.draft import Draft
from tadmor.claim.site import site


def test_the_opponent_is_who_was_said_to_hold_the_place() -> None:
    text = "Islamic State holds Raqqa. The Syrian Democratic Forces entered Raqqa."
    (entry,) = [c for c in claims(text) if c.type == "contests"]
    assert entry.opponent is not None
    assert entry.opponent.name == "Islamic State"


def test_an_ally_is_no_opponent() -> None:
    text = "The Syrian government holds Damascus. Russia entered Damascus."
    found = [c for c in claims(text) if c.type == "contests"]
    assert all(c.opponent is None for c in found)


def test_what_is_inferred_is_less_sure_than_what_is_said() -> None:
    (said,) = claims("Islamic State fighters seized the town of Azaz.")
    inferred = [
        c for c in claims("Islamic State fighters came. The town of Azaz was seized on Friday.") if c.type == "gains"
    ]
    assert inferred
    assert all(c.confidence < said.confidence for c in inferred)


def test_nobody_is_inferred_where_nobody_was_spoken_of() -> None:
    parsed = doc("Azaz was seized.")
    made = scene(parsed)
    draft = Draft(rule="capture", kind="control", type="gains", trigger=word(parsed, "seized"))
    assert infer.actor(draft, made, [], made.position(parsed[-1]) + 1) is None


def test_only_states_and_coalitions_are_inferred_for_what_comes_from_the_air() -> None:
    parsed = doc("Islamic State fled. An air strike hit Mosul.")
    made = scene(parsed)
    draft = Draft(
        rule="airstrike-noun",
        kind="event",
        type="Air/drone strike",
        trigger=word(parsed, "strike"),
        place=site(word(parsed, "Mosul"), made),
    )
    assert infer.actor(draft, made, [], made.position(parsed[-1]) + 1) is None


def test_a_holder_is_not_taken_for_the_one_who_takes() -> None:
    text = "Islamic State holds the town of Azaz. Azaz was seized on Friday."
    assert [c.actor.name for c in claims(text) if c.type == "gains" and c.actor is not None] == []
