"""Trains the learned reading of claims (`tadmor.claim.learned`) on the annotated reports of ``training/claims``.

    OMP_NUM_THREADS=1 PYTHONPATH=src python training/reader.py [--out src/tadmor/data/reader/weights.npz]

Seeded; takes a few minutes on one core. Reports whose number ends in 0 are held out; figures are printed for them.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).parent))
import annotated
from tadmor.claim import candidates, learned, parse
from tadmor.claim.choose import features
from tadmor.claim.match import drafts
from tadmor.claim.paths import Paths
from tadmor.claim.ranker import Ranker
from tadmor.claim.read import READ_ROLES, _remember
from tadmor.claim.said import speeches
from tadmor.claim.scene import Scene
from tadmor.claim.told import Told
from tadmor.lexicon.placename import key
from tadmor.records import Report
from tadmor.report.read import read as read_report
from tadmor.report.source import Document

HERE = Path(__file__).parent
HIDDEN = 96


class Words(NamedTuple):
    """The content words of one sentence: vectors, features, types (1 set off, 0 not, -1 not known), words x types."""

    doc: str
    inputs: Any
    features: list[list[str]]
    labels: Any


class Choice(NamedTuple):
    """One role of one claim: the features of each candidate, the last of them nobody, and which are right."""

    doc: str
    role: str
    candidates: list[list[str]]
    right: list[int]


def held_out(doc: str) -> bool:
    return doc[-1] == "0"


def reports(paths: Sequence[Path]) -> Iterator[tuple[annotated.Annotated, Report]]:
    """Each annotated report as Tadmor reads it, so that spans are offsets into the report's text."""
    for told in both(annotated.read(paths)):
        row = {"doc": told.doc, "published": told.published, "outlet": told.outlet, "text": told.text}
        raw = json.dumps(row).encode()
        report = read_report(Document(doc=told.doc, origin=told.doc, raw=raw, media_type="application/json"))
        if told.published and report.published is None:
            report = msgspec.structs.replace(report, published=date.fromisoformat(told.published))
        yield told._replace(text=report.text), report


def both(told: Iterable[annotated.Annotated]) -> Iterator[annotated.Annotated]:
    """Each report as written, and those trained on once more as texts arrive that lost commas and apostrophes."""
    for report in told:
        yield report
        if not held_out(report.doc) and "," in report.text:
            claims = [{key: damaged(value) for key, value in claim.items()} for claim in report.claims]
            yield report._replace(text=damaged(report.text), claims=claims)


def damaged(value: Any) -> Any:
    if isinstance(value, list):
        return [damaged(item) for item in value]
    return re.sub(r"(?<!\d),|[’']", "", value) if isinstance(value, str) else value


def examples(paths: Sequence[Path]) -> tuple[list[Words], list[Choice], Counter[str]]:
    words: list[Words] = []
    choices: list[Choice] = []
    lost: Counter[str] = Counter()
    for told, report in reports(paths):
        segments = [s for s in report.segments if s.role in READ_ROLES]
        docs = list(parse.parse(report.text[s.start : s.end] for s in segments))
        scene = Scene(docs, published=report.published, dateline=report.dateline)
        spans = [(claim, told.span(claim, "w")) for claim in told.claims]
        also = [
            (start, start + len(again))
            for claim in told.claims
            for again in claim.get("also", [])
            if (start := told.text.find(again)) >= 0
        ]
        placed = 0
        told_so_far = Told()
        course = learned.Course()
        for segment, doc in zip(segments, docs, strict=True):
            static = learned.vectors(doc)
            for sentence in doc.sents:
                _remember(sentence, scene)
                speeches(sentence, scene)
                found = drafts(sentence, scene)
                tokens = learned.content(sentence, scene)
                if not tokens:
                    continue
                first, last = segment.start + sentence.start_char, segment.start + sentence.end_char
                around = [*learned.sentence_traits(sentence, found, scene), *course.traits()]
                course.add(found)
                features = [learned.traits(t, found, scene, segment.role, around) for t in tokens]
                labels = np.zeros((len(tokens), len(learned.TYPES)), dtype=np.float32)
                for row, token in enumerate(tokens):
                    at = segment.start + token.idx
                    if any(start <= at < end for start, end in also):
                        labels[row] = -1
                row_of = {t.i: row for row, t in enumerate(tokens)}
                here = [(c, s) for c, s in spans if s is not None and first <= s[0] < last]
                triggers = []
                for claim, (start, end) in here:
                    span = doc.char_span(start - segment.start, end - segment.start)
                    token = None
                    if span is not None:
                        own = [t for t in span if t.i in row_of]
                        token = span.root if span.root.i in row_of else (own[-1] if own else None)
                        if "-" in claim["w"] and own:
                            token = own[-1]
                    if token is None:
                        lost["trigger is no content word"] += 1
                        continue
                    placed += 1
                    triggers.append((claim, token))
                for claim, token in triggers:  # took/control: either word may be the trigger
                    column = learned.TYPES.index(claim["t"])
                    for near in [token.head, *token.children]:
                        if near.i in row_of and any(
                            d.trigger.i == near.i and d.kind == learned.KINDS[claim["t"]] for d in found
                        ):
                            labels[row_of[near.i], column] = -1
                for claim, token in triggers:
                    labels[row_of[token.i], learned.TYPES.index(claim["t"])] = 1
                words.append(Words(told.doc, learned.inputs(doc, tokens, static), features, labels))
                if triggers:
                    parties = candidates.parties(sentence, scene)
                    places = candidates.places(sentence, scene)
                for claim, token in sorted(triggers, key=lambda pair: pair[1].i):
                    own = learned.own(token, claim["t"], found)
                    kin = learned.kin(token, claim["t"], found)
                    names = {}
                    actor = None
                    for role in learned.ROLES:
                        if role == "place" and learned.KINDS[claim["t"]] == "relation":
                            continue
                        among = parties if role != "place" else places
                        choice, right = choose(
                            told, claim, token, role, among, own, kin, segment.start, actor, told_so_far, scene
                        )
                        names[role] = right.name if right is not None else (claim.get(SHORT[role][0]) or "")
                        if role == "actor":
                            actor = right
                        if choice is None:
                            lost[f"{role} is no candidate"] += 1
                        else:
                            choices.append(choice)
                    told_so_far.add(names["actor"], names["opponent"], names.get("place"))
        lost["trigger not in a sentence"] += len(spans) - placed
        lost["claims"] += len(spans)
    return words, choices, lost


SHORT = {"actor": ("a", "at"), "opponent": ("o", "ot"), "place": ("p", "pt")}


def choose(
    report: annotated.Annotated,
    claim: dict[str, Any],
    trigger: Any,
    role: learned.Role,
    found: Sequence[candidates.Candidate],
    own: Sequence[Any],
    kin: Sequence[Any],
    offset: int,
    actor: candidates.Candidate | None,
    told: Told,
    scene: Scene,
) -> tuple[Choice | None, candidates.Candidate | None]:
    """The choice of one role, if the right one is among the candidates, and the right one."""
    name_key, text_key = SHORT[role]
    wanted = claim.get(name_key)
    span = report.span(claim, text_key) if claim.get(text_key) else None
    options = [c for c in found if role != "opponent" or actor is None or c.name != actor.name]
    right: list[int] = []
    if not wanted:
        right = [len(options)]
    else:
        said = [name for name in (wanted, claim.get(text_key)) if name]
        names = {fold(name) for name in said}
        ids = {id for name in said for id in meant(name, role, scene)}
        stand = {
            c.name
            for c in options
            if c.token is not None and span is not None and span[0] <= offset + c.token.idx < span[1]
        }
        right = [
            n
            for n, c in enumerate(options)
            if c.name in stand or (not stand and (fold(c.name) in names or id_of(c) in ids))
        ]
    if not right:
        return None, None
    chosen, near = learned.chosen(own, role), learned.chosen(kin, role)
    paths = Paths(trigger)
    kind = learned.KINDS[claim["t"]]
    by = actor.named if actor is not None else None
    rows = [
        [
            f"{group}\t{trait}"
            for groups, traits in features(
                *(claim["t"], kind, paths, c, chosen, near),
                told.of(role, c.name if c else "", by, c.named if c else None, scene),
            )
            for group in groups
            for trait in traits
        ]
        for c in [*options, None]
    ]
    best = options[right[0]] if right[0] < len(options) else None
    return Choice(report.doc, role, rows, right), best


def meant(name: str, role: learned.Role, scene: Scene) -> set[str]:
    """The ids of what a name may mean in the report."""
    if role == "place":
        return {place.id for place in scene.places.lookup(name)}
    country = (scene.country,) if scene.country else ()
    found = [
        scene.actors.by_name(name, country),
        scene.actors.side(name.split(), scene.country, scene.published),
        scene.actors.generic(name.lower(), scene.country, scene.published),
    ]
    land = scene.actors.adjective(name)
    found.append(scene.actors.government(land, scene.published) if land else None)
    return {scene.actors.on(actor.id, scene.published).id for actor in found if actor is not None}


def id_of(candidate: candidates.Candidate) -> str | None:
    if candidate.named is not None:
        return candidate.named.party.id
    return candidate.site.where.id if candidate.site is not None else None


def fold(name: str) -> str:
    return key(name) or name.lower()


# --- the network over words -----------------------------------------------------------------------------------------


def train_words(
    data: Sequence[Words],
    *,
    epochs: int,
    seed: int,
    least: int = 7,
    hidden: int = HIDDEN,
    drop: tuple[float, float] = (0.3, 0.4),
    rate: float = 0.003,
    decay: float = 0.02,
    rows: int = 1024,
    kept: float = 0.865,
) -> dict[str, Any]:
    """The network, by Adam with decoupled decay (Loshchilov and Hutter 2019) and a rate that falls to nought.

    Of the features seen `least` times the share `kept` stays that weighs most.
    """
    rng = np.random.default_rng(seed)
    counts = Counter(name for w in data for names in w.features for name in names)
    vocabulary = {name: i for i, name in enumerate(sorted(n for n, c in counts.items() if c >= least))}
    X = np.concatenate([w.inputs for w in data])
    Y = np.concatenate([w.labels for w in data])
    F = presence([names for w in data for names in w.features], vocabulary)
    P = {
        "dense": rng.normal(0, 0.03, (X.shape[1], hidden)).astype(np.float32),
        "sparse": rng.normal(0, 0.05, (len(vocabulary), hidden)).astype(np.float32),
        "bias": np.zeros(hidden, np.float32),
        "out": rng.normal(0, 0.1, (hidden, Y.shape[1])).astype(np.float32),
        "out_bias": np.full(Y.shape[1], -4.0, np.float32),
    }
    moments = {k: (np.zeros_like(v), np.zeros_like(v)) for k, v in P.items()}
    step, total = 0, epochs * -(-len(X) // rows)
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for at in range(0, len(order), rows):
            batch = order[at : at + rows]
            step += 1
            now = np.float32(rate * (1 - (step - 1) / total))
            x = X[batch] * (
                (rng.random((len(batch), X.shape[1]), dtype=np.float32) > drop[0]) / np.float32(1 - drop[0])
            )
            f = F[batch]
            f.data = (rng.random(len(f.data), dtype=np.float32) > drop[0]) / np.float32(1 - drop[0])
            h = x @ P["dense"] + f @ P["sparse"] + P["bias"]
            mask = (h > 0) * ((rng.random(h.shape, dtype=np.float32) > drop[1]) / np.float32(1 - drop[1]))
            h = h * mask
            p = 1 / (1 + np.exp(-np.clip(h @ P["out"] + P["out_bias"], -30, 30)))
            y = Y[batch]
            error = np.where(y >= 0, p - np.maximum(y, 0), 0).astype(np.float32) / 64
            back = (error @ P["out"].T) * mask
            grads = {
                "out": h.T @ error,
                "out_bias": error.sum(0),
                "dense": x.T @ back,
                "bias": back.sum(0),
                "sparse": f.T.tocsr() @ back,
            }
            update(P, grads, moments, now, decay)
    size = np.linalg.norm(P["sparse"], axis=1)
    keep = size >= np.quantile(size, 1 - kept)
    P["sparse"] = P["sparse"][keep]
    names = [name for name, i in vocabulary.items() if keep[i]]
    vocabulary = {name: i for i, name in enumerate(names)}
    return {**P, "features": vocabulary, "seen": (Y > 0).sum(axis=0).astype(np.float32)}


def presence(rows: Sequence[Sequence[str]], vocabulary: dict[str, int]) -> Any:
    """Rows x features, 1 where a row has the feature."""
    ids = [sorted({i for name in names if (i := vocabulary.get(name)) is not None}) for names in rows]
    flat = np.array([i for row in ids for i in row], dtype=np.int32)
    ends = np.cumsum([0, *(len(row) for row in ids)])
    return sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape=(len(rows), len(vocabulary)))


# --- the rankers of candidates --------------------------------------------------------------------------------------


def train_ranker(
    data: Sequence[Choice],
    *,
    epochs: int,
    seed: int,
    least: int = 9,
    hidden: int = 32,
    drop: tuple[float, float] = (0.4, 0.3),
    rate: float = 0.004,
    decay: float = 0.05,
    batch: int = 256,
    kept: float = 0.4,
) -> Ranker:
    """Traits summed into a score and a hidden layer, softmax over candidates, by Adam as `train_words`.

    Of the traits seen `least` times the share `kept` that says most to the hidden layer stays; the others keep their
    weight in the score alone, where it is worth keeping.
    """
    rng = np.random.default_rng(seed)
    counts = Counter(f for c in data for names in c.candidates for f in set(names))
    vocabulary = {name: i for i, name in enumerate(sorted(n for n, c in counts.items() if c >= least))}
    X = presence([names for c in data for names in c.candidates], vocabulary)
    ends = np.cumsum([0, *(len(c.candidates) for c in data)])
    right = np.zeros(X.shape[0], dtype=bool)
    for start, choice in zip(ends, data, strict=False):
        right[start + np.array(choice.right)] = True
    P = {
        "weights": np.zeros(len(vocabulary), np.float32),
        "inner": rng.normal(0, 0.05, (len(vocabulary), hidden)).astype(np.float32),
        "bias": np.zeros(hidden, np.float32),
        "out": rng.normal(0, 0.1, hidden).astype(np.float32),
    }
    moments = {k: (np.zeros_like(v), np.zeros_like(v)) for k, v in P.items()}
    step, total = 0, epochs * -(-len(data) // batch)
    for _ in range(epochs):
        order = rng.permutation(len(data))
        for at in range(0, len(order), batch):
            some = order[at : at + batch]
            step += 1
            now = np.float32(rate * (1 - (step - 1) / total))
            rows = np.concatenate([np.arange(ends[i], ends[i + 1]) for i in some])
            starts = np.cumsum([0, *(ends[i + 1] - ends[i] for i in some)])[:-1]
            x = X[rows]
            x.data = (rng.random(len(x.data), dtype=np.float32) > drop[0]) / np.float32(1 - drop[0])
            h = x @ P["inner"] + P["bias"]
            mask = (h > 0) * ((rng.random(h.shape, dtype=np.float32) > drop[1]) / np.float32(1 - drop[1]))
            h = h * mask
            p = softmax(x @ P["weights"] + h @ P["out"], starts)
            wanted = np.where(right[rows], p, 0)
            of = np.repeat(np.add.reduceat(wanted, starts), np.diff([*starts, len(rows)]))
            error = ((p - wanted / np.maximum(of, 1e-9)) * 8 / len(some)).astype(np.float32)
            back = np.outer(error, P["out"]) * mask
            turned = x.T.tocsr()
            grads = {"weights": turned @ error, "inner": turned @ back, "bias": back.sum(0), "out": h.T @ error}
            update(P, grads, moments, now, decay)
    size = np.sqrt((P["inner"] ** 2).sum(axis=1))
    P["inner"][size < np.quantile(size, 1 - kept)] = 0
    inner = P["inner"].any(axis=1)
    keep = [(name, i) for name, i in vocabulary.items() if inner[i] or abs(P["weights"][i]) > 0.02]
    ids = [i for _, i in keep]
    table = np.vstack([np.append(0, P["bias"])[None], np.column_stack([P["weights"][ids], P["inner"][ids]])])
    return Ranker.of((name for name, _ in keep), table.astype(np.float32), P["out"])


def softmax(scores: Any, starts: Any) -> Any:
    """Within each stretch of `scores` that begins at one of `starts`."""
    counts = np.diff([*starts, len(scores)])
    e = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), counts))
    return e / np.repeat(np.add.reduceat(e, starts), counts)


def update(P: dict[str, Any], grads: dict[str, Any], moments: dict[str, Any], rate: Any, decay: float) -> None:
    """One step of Adam with decoupled decay, in place."""
    for name, g in grads.items():
        m, v = moments[name]
        m += np.float32(0.1) * (g - m)
        v += np.float32(0.01) * (g * g - v)
        P[name] -= rate * m / (np.sqrt(v) + np.float32(1e-6))
        if not name.endswith("bias"):
            P[name] *= np.float32(1 - rate * decay)


# --- figures --------------------------------------------------------------------------------------------------------


def report_words(reader: learned.Reader, data: Sequence[Words]) -> None:
    P = np.concatenate([reader.probabilities(reader.encoded(w.inputs), w.features) for w in data])
    Y = np.concatenate([w.labels for w in data])
    for kind in ("control", "event", "relation"):
        columns = [n for n, t in enumerate(learned.TYPES) if learned.KINDS[t] == kind]
        line = []
        for threshold in (0.15, 0.25, 0.35, 0.5):
            said = (P[:, columns] >= threshold) & (Y[:, columns] >= 0)
            true = Y[:, columns] == 1
            hit = (said & true).sum()
            precision, recall = hit / max(1, said.sum()), hit / max(1, true.sum())
            f1 = 2 * precision * recall / max(1e-9, precision + recall)
            line.append(f"{threshold}: P {precision:.3f} R {recall:.3f} F {f1:.3f}")
        print(f"words, {kind:9}", " | ".join(line), f"({int((Y[:, columns] == 1).sum())})")


def tuple_of(name: str) -> tuple[tuple[str], tuple[str]]:
    group, _, trait = name.partition("\t")
    return (group,), (trait,)


def report_choices(reader: learned.Reader, data: Sequence[Choice]) -> None:
    for role in learned.ROLES:
        mine = [c for c in data if c.role == role]
        hits = named = named_hit = 0
        for c in mine:
            p = reader.rankers[role].probabilities([[tuple_of(name) for name in names] for names in c.candidates])
            best = int(np.argmax(p))
            hits += best in c.right
            if len(c.candidates) - 1 not in c.right:
                named += 1
                named_hit += best in c.right
        print(
            f"{role:9} right {hits / max(1, len(mine)):.3f} of {len(mine)}; "
            f"where there is one {named_hit / max(1, named):.3f} of {named}"
        )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--claims", type=Path, default=HERE / "claims")
    options.add_argument("--out", type=Path)
    options.add_argument("--epochs", type=int, default=12)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    paths = sorted(given.claims.glob("*.txt"))
    words, choices, lost = examples(paths)
    print(dict(lost))
    train = [w for w in words if not held_out(w.doc)]
    table = train_words(train, epochs=given.epochs, seed=given.seed)
    rankers = {
        role: train_ranker([c for c in choices if c.role == role and not held_out(c.doc)], epochs=4, seed=given.seed)
        for role in learned.ROLES
    }
    reader = learned.Reader(**table, rankers=rankers)
    for name, held in (("trained on", False), ("held out", True)):
        mine = [w for w in words if held_out(w.doc) == held]
        if not mine:
            continue
        print(name)
        report_words(reader, mine)
        report_choices(reader, [c for c in choices if held_out(c.doc) == held])
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(given.out, **learned.packed(reader))
        print(given.out.stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
