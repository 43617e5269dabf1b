"""Words that steer the reading of a claim: typed view of ``data/cues/cues.toml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from tadmor.errors import LexiconError
from tadmor.records import ControlType, RelationType


class Cues(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sets of lower-case lemmas (single words) or phrases, each named for what it signals."""

    # how sure
    plan_verbs: frozenset[str]
    plan_nouns: frozenset[str]
    try_verbs: frozenset[str]
    fail_verbs: frozenset[str]
    manage_verbs: frozenset[str]
    hedge_verbs: frozenset[str]
    hedge_words: frozenset[str]
    near_phrases: frozenset[str]
    concede_verbs: frozenset[str]
    deny_verbs: frozenset[str]
    possible_words: frozenset[str]
    possible_marks: frozenset[str]
    negations: frozenset[str]
    doubt_words: frozenset[str]
    report_verbs: frozenset[str]
    feign_verbs: frozenset[str]
    enable_verbs: frozenset[str]
    ranking: frozenset[str]
    hearsay_nouns: frozenset[str]
    evidence_nouns: frozenset[str]
    # who says so
    say_verbs: frozenset[str]
    weak_say_verbs: frozenset[str]
    source_nouns: frozenset[str]
    speaking_nouns: frozenset[str]
    judging: frozenset[str]
    say_nouns: frozenset[str]
    accuse_verbs: frozenset[str]
    according: frozenset[str]
    # whether it was borne out
    unverified: frozenset[str]
    verify_verbs: frozenset[str]
    verify_nouns: frozenset[str]
    confirm_verbs: frozenset[str]
    seeing_verbs: frozenset[str]
    reporter_nouns: frozenset[str]
    told_nouns: frozenset[str]
    told_events: frozenset[str]
    casualty_words: frozenset[str]
    toll_nouns: frozenset[str]
    guilt_nouns: frozenset[str]
    # syntax
    light_verbs: frozenset[str]
    phase_verbs: frozenset[str]
    phase_nouns: frozenset[str]
    end_verbs: frozenset[str]
    pointing: frozenset[str]
    quantifiers: frozenset[str]
    weighing: frozenset[str]
    member_nouns: frozenset[str]
    branding: frozenset[str]
    naming_verbs: frozenset[str]
    pronouns: frozenset[str]
    amounts: frozenset[str]
    time_words: frozenset[str]
    calendar_words: frozenset[str]
    # places
    place_nouns: dict[str, str]
    part_nouns: frozenset[str]
    feature_nouns: frozenset[str]
    partial_words: frozenset[str]
    mostly: frozenset[str]
    linking: frozenset[str]
    entering: frozenset[str]
    unresisted: frozenset[str]
    resistance: frozenset[str]
    yielding: frozenset[str]
    nearly: frozenset[str]
    entirely: frozenset[str]
    near_prepositions: frozenset[str]
    directions: frozenset[str]
    toponym_heads: frozenset[str]
    toponym_qualifiers: frozenset[str]
    stationed: frozenset[str]
    barring: frozenset[str]
    addressing: frozenset[str]
    bordering: frozenset[str]
    former: frozenset[str]
    affairs: frozenset[str]
    asking: frozenset[str]
    strife: frozenset[str]
    uprooting: frozenset[str]
    leaving: frozenset[str]
    dividing: frozenset[str]
    freeing: frozenset[str]
    encircling: frozenset[str]
    relieving: frozenset[str]
    asking_words: frozenset[str]
    airless: frozenset[str]
    led_words: frozenset[str]
    oaths: frozenset[str]
    whole_nouns: frozenset[str]
    # people
    group_nouns: frozenset[str]
    armed_nouns: frozenset[str]
    insurgent_nouns: frozenset[str]
    weapon_nouns: frozenset[str]
    civilian_nouns: frozenset[str]
    acting_nouns: frozenset[str]
    leader_nouns: frozenset[str]
    office_nouns: frozenset[str]
    addresses: frozenset[str]
    titles: frozenset[str]
    # pairs of words that tell of nothing warlike
    idioms: frozenset[str]
    # compounds and names: word -> type of claim
    held_words: dict[str, ControlType]
    backed_words: dict[str, RelationType]
    accords: frozenset[str]
    owned_nouns: frozenset[str]
    between_words: dict[str, RelationType]
    blocs: dict[str, str]
    leanings: dict[str, RelationType]
    # things: class -> nouns
    classes: dict[str, frozenset[str]]


@cache
def load() -> Cues:
    """The cues shipped with the package. Raises `LexiconError` where the file does not hold what `Cues` asks for."""
    path = files("tadmor") / "data" / "cues" / "cues.toml"
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Cues)
    except msgspec.ValidationError as error:
        raise LexiconError(f"{path}: {error}") from error
