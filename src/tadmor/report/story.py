"""Which reports tell one story: the same text, or one text inside another, however it is re-headed, cut or embedded.

A report's signature is a sample of its four-word shingles: those whose hash is below a quarter of all hashes, in the
order of the text (FracMinHash: Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash and
minimum metagenome covers", bioRxiv 2022; the mod-m sampling of Broder, "On the resemblance and containment of
documents", 1997). The same words are sampled wherever they stand, so the share of one signature that is in another
estimates the share of its text, however long the other is. Samples of a fixed size (MinHash) would lose a short wire
story inside a long article.

Two reports tell one story (`same_story`) if most of the shorter is in the other, or if the other holds a good part of
one's *lead*, its first eighty words or so: news comes first, and what reports share further down is often background
that an outlet prints under all its reports. What is shorter than a lead has none, and tells one story with another only
as a whole: two fifths of a bulletin of forty words are a stock phrase. Whether two reports are linked thus depends on
these two alone, never on what else is in the record or what came first; a story is whatever is joined by such links. So
a report that arrives can only join stories, never part them, and the order of arrival does not matter.

Linked reports are found by a join on equal hashes, without comparing all with all: `sought` says which hashes of
reports have to be looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tadmor.records import Segment

# Swept on pairs made of a thousand reports, and on 87 pairs judged by hand (`python -m bench.stories --sweep`).
# Precision and recall as set: .998, .974 of pairs made, 1.00, .86 of those judged. With one thing changed:
#   shingles of 3 words   .998, .976   .89, .86          share of the lead 0.3   .997, .982   .87, .92
#   shingles of 5 words   .999, .968   .97, .81          share of the lead 0.5   .998, .960   1.00, .78
#   a lead of 16 hashes   .998, .977   .97, .86          of the whole 0.5        .974, .974   .97, .86
#   a lead of 24 hashes   .998, .958   1.00, .83         of the whole 0.7        .999, .971   1.00, .86
#   one hash in 8 kept, a lead of 10   .996, .912   .96, .75
#   4 hashes in common    .998, .977   1.00, .86         8 hashes in common      .998, .970   1.00, .86
# Half of the shorter report's shingles of 5 words, without a look at its lead: .977, .816 and .96, .75.
SHINGLE = 4  # words
LEAD = 20  # hashes: about the first eighty words
LEAD_SHARE = 0.4
WHOLE_SHARE = 0.6
# Of 12,000 bulletins made of stock phrases (`bench.invented_war`), 0.97 of the pairs found are of one story. Were four
# hashes in common enough, it would be 0.76, and links would join more and more of them; with leads of any length, too,
# 0.22, and half of the bulletins would be one story.
FEWEST = 6  # hashes to have in common, or all of a report that has fewer
HITS = 3  # hashes that a search by `sought` finds of every report of the same story, at least

WORDS = 4  # of 64 bits, for the set of hashes that a report has
_APART = 27  # bits of a hash that say nothing of its place in a set
_KEPT = 4  # hashes of a report at least; what has fewer tells no story that could be known again
_BITS = 53  # of a hash: fits a JSON number and an SQLite integer
_SAMPLED = 1 << (_BITS - 2)  # hashes below are kept: one in four

_WORD = re.compile(r"\w+")

Signature = Sequence[int]
Column = npt.NDArray[Any]


def body(text: str, segments: Iterable[Segment]) -> str:
    """The words that a report is known by: its body, or all of it where nothing is marked as body."""
    return " ".join(text[part.start : part.end] for part in segments if part.role == "body") or text


def signature(text: str) -> tuple[int, ...]:
    """The sampled hashes of `text` in its order; case and punctuation do not count. Empty for a few words."""
    words = _WORD.findall(text.lower())
    if len(words) < SHINGLE:
        return ()
    codes = np.fromiter(map(_code, words), dtype=np.uint64, count=len(words))
    width = len(codes) - SHINGLE + 1
    shingles = np.zeros(width, dtype=np.uint64)
    for offset in range(SHINGLE):
        shingles = _mixed(shingles + codes[offset : offset + width])
    hashes = list(dict.fromkeys((shingles >> np.uint64(64 - _BITS)).tolist()))
    if len(hashes) < _KEPT:
        return ()
    limit = max(_SAMPLED, sorted(hashes)[_KEPT - 1] + 1)
    return tuple(value for value in hashes if value < limit)


def same_story(one: Signature, other: Signature) -> bool:
    """Do two reports tell one story? Which is named first does not matter."""
    common = set(one).intersection(other)
    shorter = min(len(one), len(other))
    if not shorter or len(common) < min(shorter, FEWEST):
        return False
    return len(common) >= _needed(shorter, WHOLE_SHARE) or any(
        sum(value in common for value in lead) >= _needed(len(lead), LEAD_SHARE)
        for lead in (_lead(one), _lead(other))
        if lead
    )


def fewest_common(shorter: Column, longer: Column) -> Column:
    """How many hashes two reports of one story have in common at least, by how many each has."""
    whole = _needed_of(shorter)
    return np.where(longer < LEAD, whole, np.minimum(whole, _needed(LEAD, LEAD_SHARE)))


def bits(sizes: Column, hashes: Column) -> Column:
    """What reports have as sets of 256 bits, four words a row: of two reports no more hashes are common than bits, and
    those by which one has more hashes than bits. Each has so many as `sizes` says, at least one, and they stand one
    report after the other."""
    bit = np.uint64(1) << ((hashes >> _APART) & 63).astype(np.uint64)
    word = (hashes >> _APART + 6) % WORDS
    each = np.where(word[:, None] == np.arange(WORDS), bit[:, None], np.uint64(0))
    found: Column = np.bitwise_or.reduceat(each, np.cumsum(sizes) - sizes, axis=0)
    return found


def counted(bits: Column) -> Column:
    """How many bits there are in each row."""
    counts: Column = np.bitwise_count(bits)
    total = counts[:, 0].astype(np.int16)
    for at in range(1, counts.shape[1]):  # which is faster than to sum short rows
        total += counts[:, at]
    return total


class Sought(NamedTuple):
    """Which hashes of some reports are sought, a row for each hash.

    `hits`: the fewest hits for which it is, up to `HITS`; 0: it is not. `least`: where one hit is enough, how many
    hashes another report has at least that has to be found by it.
    """

    hits: Column
    least: Column


def sought(sizes: Column, hashes: Column, held: Column) -> Sought:
    """The hashes that find all reports of a story; `held` says by how many reports each is held. The reports have so
    many hashes as `sizes` says, and these stand one report after the other.

    If a search finds the reports that hold what one report seeks, and those that seek what it holds, it meets every
    report of the same story in at least `HITS` hashes. That is the prefix filter of set joins (Chaudhuri, Ganti and
    Kaushik, "A primitive operator for similarity joins in data cleaning", ICDE 2006): where k of n hashes have to be
    common, any n - k + 1 of them hold one that is. It holds for any choice, so the rarest are chosen, and stock phrases
    are looked up by none but reports that hardly consist of anything else. How often a hash was held when it was chosen
    changes how much is searched, but never what is found.
    """
    begin = np.cumsum(sizes) - sizes
    report = np.repeat(np.arange(len(sizes)), sizes)
    size = sizes[report]
    whole = _fewest_hits(report, held, hashes, size - _needed_of(size))
    lead = np.full(len(hashes), HITS + 1)
    led = np.flatnonzero((size >= LEAD) & (np.arange(len(hashes)) - begin[report] < LEAD))
    lead[led] = _fewest_hits(report[led], held[led], hashes[led], np.full(len(led), LEAD - _needed(LEAD, LEAD_SHARE)))
    hits = np.minimum(whole, lead)
    return Sought(np.where(hits > HITS, 0, hits), np.where(lead == 1, 0, size))


def _fewest_hits(report: Column, held: Column, hashes: Column, spare: Column) -> Column:
    """For how many hits each hash is sought, if `spare` of those of its report may be missing in another."""
    order = np.lexsort((hashes, held, report))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    first = np.flatnonzero(np.diff(report, prepend=-1))  # of each report; the rows of each stand together
    counts = np.diff(first, append=len(report))
    return np.maximum(rank - np.repeat(first, counts) - spare + 1, 1)


def _lead(one: Signature) -> Signature:
    """What a report begins with; nothing of what is shorter than a lead."""
    return one[:LEAD] if len(one) >= LEAD else ()


def _needed(count: int, share: float) -> int:
    """Of so many hashes, how many have to be common."""
    return max(ceil(share * count), min(count, FEWEST))


def _needed_of(counts: Column) -> Column:
    """`_needed` of each of some counts, for a whole report."""
    return np.maximum(np.ceil(WHOLE_SHARE * counts), np.minimum(counts, FEWEST)).astype(np.int64)


@lru_cache(maxsize=1 << 17)
def _code(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def _mixed(values: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """SplitMix64's finalizer (Steele, Lea and Flood 2014): every input bit moves every output bit."""
    values = (values + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
