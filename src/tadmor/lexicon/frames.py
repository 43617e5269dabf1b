"""Frames: which words speak of control, events and relations, and where their parties and places stand.

Typed view of ``data/frames/*.toml``; the format is described in ``data/frames/README.md``. Each frame carries sentences
that it must read and sentences that it must not, and the tests run both through the whole reader.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from importlib.resources import files
from typing import get_args

import msgspec

from tadmor.errors import LexiconError
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, RELATION_TYPES, Kind


class Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way of saying one type of claim.

    `actor`, `object`, `place` and `opponent` list where each is looked for, in order: "subj", "obj", "mod" (a modifier
    of the noun), "poss", or a preposition. What stands at `object` becomes the place, the opponent or the thing hit,
    by its nature. `needs` are the fields without which the frame says nothing.
    """

    id: str
    kind: Kind = "event"
    type: str
    partial: str | None = None  # the type where only a part of the place is spoken of
    verbs: tuple[str, ...] = ()  # lemma, or lemma and particle ("pull out")
    nouns: tuple[str, ...] = ()  # lemma, or modifier and lemma ("air strike")
    adjectives: tuple[str, ...] = ()
    actor: tuple[str, ...] = ("subj",)
    object: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    opponent: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()  # lemmas beside the trigger that mean something else ("take place")
    by_verb: dict[str, str] = {}  # governing verb -> type ("lose" control: loses)
    only_by_verb: bool = False  # says nothing unless a verb of `by_verb` governs it
    weapon: bool = False  # the type follows the weapon that is named, `type` is the fallback
    means: bool = False  # the type follows what is said to have done it, a weapon or a deed
    anywhere: bool = False  # the place may come from the rest of the sentence or the report
    attributive: bool = False  # describes in passing, so that it is the report's own word and not its source's
    state: bool = False  # speaks of a state (it lasts) and not of a happening
    confidence: float = 0.8
    yes: tuple[str, ...]
    no: tuple[str, ...]


class FrameFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one file of ``data/frames`` holds."""

    frame: tuple[Frame, ...]
    weapons: dict[str, tuple[str, ...]] = {}


class Frames(msgspec.Struct, frozen=True, kw_only=True):
    """All frames, by the lemma that sets them off."""

    frames: tuple[Frame, ...]
    verbs: dict[str, tuple[tuple[str, Frame], ...]]  # lemma -> (particle or "", frame)
    nouns: dict[str, tuple[tuple[str, Frame], ...]]  # lemma -> (modifier or "", frame)
    adjectives: dict[str, tuple[Frame, ...]]
    weapons: dict[str, str]  # word -> event type
    plurals: dict[str, str]  # plural of a trigger noun -> its lemma
    forms: dict[str, str]  # inflected form of a trigger verb -> its lemma: taggers stumble over "retook", "overran"


_TYPES = {"control": CONTROL_TYPES, "event": EVENT_TYPES, "relation": RELATION_TYPES}


@cache
def load() -> Frames:
    """The frames shipped with the package. Raises `LexiconError` naming file and frame where one is malformed."""
    frames: list[Frame] = []
    weapons: dict[str, str] = {}
    folder = files("tadmor") / "data" / "frames"
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name):
        try:
            loaded = msgspec.toml.decode(path.read_bytes(), type=FrameFile)
        except msgspec.ValidationError as error:
            raise LexiconError(f"{path}: {error}") from error
        for frame in loaded.frame:
            wanted = {frame.type, *filter(None, [frame.partial]), *frame.by_verb.values()}
            if frame.kind not in get_args(Kind) or not wanted <= set(_TYPES[frame.kind]):
                raise LexiconError(f"{path}: frame {frame.id}: no such type of {frame.kind}: {sorted(wanted)}")
            if not (frame.yes and frame.no):
                raise LexiconError(f"{path}: frame {frame.id}: needs a sentence to match and one not to match")
            frames.append(frame)
        for kind, words in loaded.weapons.items():
            weapons.update(dict.fromkeys(words, kind))
    forms = _forms({w.split(" ")[0] for f in frames for w in f.verbs}, (folder / "irregular.csv").read_text("utf-8"))
    double = {f.id for f in frames if sum(f.id == g.id for g in frames) > 1}
    if double:
        raise LexiconError(f"{folder}: frame ids used twice: {sorted(double)}")
    return Frames(
        frames=tuple(frames),
        verbs=_index((w, f) for f in frames for w in f.verbs),
        nouns=_index((" ".join(reversed(w.split(" ", 1))), f) for f in frames for w in f.nouns),
        adjectives={
            w: tuple(f for f in frames if w in f.adjectives) for w in {a for f in frames for a in f.adjectives}
        },
        weapons=weapons,
        forms=forms,
        plurals={f"{noun}s": noun for f in frames for w in f.nouns for noun in [w.split(" ")[-1]]},
    )


def _forms(lemmas: set[str], irregular: str) -> dict[str, str]:
    """Every inflected form of the verbs, by the rules of English spelling and the table of irregular ones."""
    out: dict[str, str] = {}
    special = {row["lemma"]: (row["past"], row["participle"]) for row in csv.DictReader(io.StringIO(irregular))}
    for lemma in sorted(lemmas):
        stem = lemma[:-1] if lemma.endswith("e") else lemma
        if (re.fullmatch(r"[a-z]*[^aeiou][aeiou][bdgklmnprt]", lemma) and len(lemma) <= 4) or lemma.endswith(
            ("repel", "expel")
        ):
            stem += lemma[-1]
        past = f"{lemma[:-1]}ied" if re.search(r"[^aeiou]y$", lemma) else f"{stem}ed"
        third = (
            f"{lemma[:-1]}ies"
            if re.search(r"[^aeiou]y$", lemma)
            else lemma + ("es" if re.search(r"(s|x|z|ch|sh)$", lemma) else "s")
        )
        for form in {*special.get(lemma, (past,)), f"{stem}ing", third, lemma}:
            out.setdefault(form, lemma)
    return out


def _index(pairs: object) -> dict[str, tuple[tuple[str, Frame], ...]]:
    """lemma -> (companion, frame), those with a companion first: the more specific reading wins."""
    out: dict[str, list[tuple[str, Frame]]] = {}
    for words, frame in pairs:  # type: ignore[attr-defined]
        lemma, _, companion = words.partition(" ")
        out.setdefault(lemma, []).append((companion, frame))
    return {lemma: tuple(sorted(found, key=lambda x: (not x[0], x[1].id))) for lemma, found in out.items()}
