"""Tolls: how many a report says were killed or wounded, as a band, and whom.

A toll is a group of people tied to a word of harm: as its object ("killed at least 22 people"), its subject ("24 people
were killed") or its measure ("49 civilian deaths", "the death toll rose to 40"). Groups that only break a total down
("11 of them children") go into `whom`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from tadmor.claim.group import Band, Group, Lexicon, counts_people, find_groups, lexicon


class Toll(NamedTuple):
    """A stretch ``text[start:end]`` that says how many were killed or wounded.

    Bands are (low, high), None an open or unsaid bound: "at least 24" is (24, None), "dozens" (None, None). A band that
    is itself None: nothing said of that harm.
    """

    start: int
    end: int
    killed: Band | None
    wounded: Band | None
    whom: str | None


def find_tolls(text: str) -> list[Toll]:
    """All tolls of `text`, in order. Offsets are characters of `text` and cover number and word of harm.

    A killed and a wounded figure of one breath make one toll; a total beats its parts; tolls joined by "and" add up.
    """
    words = lexicon()
    cues = _cues(text, words)
    if not (cues or _TOLL.search(text)):
        return []
    groups = _Groups(find_groups(text, words))
    if not groups.all:
        return []
    tolls = {*_told(text, groups), *_counted(text, groups), *_tied(text, groups, cues)}
    return _joined(text, sorted(tolls, key=lambda toll: (toll.start, -toll.end)))


class _Groups:
    """Groups of a text in order, with those that stand in a stretch of it."""

    def __init__(self, groups: list[Group]) -> None:
        self.all = groups
        self._starts = [group.start for group in groups]

    def within(self, start: int, end: int) -> list[Group]:
        """Groups that begin in ``text[start:end]``."""
        return self.all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]


# --- words of harm --------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[A-Za-z]+")
_SHOT = re.compile(r"\b(?:shot|shoot|shooting|shoots|gunned)\s$")
_LIVES = re.compile(r" (?:their|his|her) (?:own )?li(?:ves|fe)\b")  # "lost their lives"
_TO_DEATH = re.compile(r"\b(?!sentenced|condemned)[a-z]+ to\s$")
_BOTH = (" and ", " or ", " ", "/", ", ")  # between two words of harm that share their number: "killed or wounded 30"


class _Cue(NamedTuple):
    start: int
    end: int
    word: str
    killed: bool
    wounded: bool
    shapes: frozenset[str]


def _cues(text: str, words: Lexicon) -> list[_Cue]:
    found: list[_Cue] = []
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word not in words.harm:
            continue
        uses = words.harm[word]
        shapes = frozenset(shape for _, shape in uses)
        before = text[max(0, match.start() - 20) : match.start()]
        if word == "dead" and _SHOT.search(before):
            shapes = frozenset({"verb"})
        elif (word == "death" and _TO_DEATH.search(before)) or _LIVES.match(text, match.end()):
            shapes = frozenset({"state"})
        cue = _Cue(
            match.start(),
            match.end(),
            word,
            killed=any(harm != "wounded" for harm, _ in uses),
            wounded=any(harm != "killed" for harm, _ in uses),
            shapes=shapes,
        )
        last = found[-1] if found else None
        if last and "verb" in shapes & last.shapes and text[last.end : cue.start] in _BOTH:
            found[-1] = cue._replace(
                start=last.start,
                killed=cue.killed or last.killed,
                wounded=cue.wounded or last.wounded,
                shapes=shapes & last.shapes,
            )
        else:
            found.append(cue)
    return found


# --- tolls that are told as such ------------------------------------------------------------------------------------

_TOLL = re.compile(
    r"\b(?:tolls?|death counts?|number of (?:the )?(?:victims|dead|deaths|fatalities|people killed|those killed|killed|"
    r"casualties))\b",
    re.IGNORECASE,
)
_STANDS_AT = re.compile(
    r"(?:\b(?:to|at|was|were|of|is|are|as|reach|reached|reaches|reaching|be|hit|stood|stands|over|exceed|exceeds|exceeded|"
    r"top|topped|tops|surpassed|passed|include|includes|included)|:)(?: (?:over|around|about))? ?$",
    re.IGNORECASE,
)
_TOLL_REACH = 140  # characters from "death toll" to its figure
_TAKEN = re.compile(r"\b(?:claim|tak|cost|los)(?:s|es|ed|ing|e|t|en)?\s$|\btook\s$")
_AMONG_DEAD = re.compile(r" (?:was|were) (?:also )?among (?:the (?:dead|killed|victims)|those killed)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;](?:\s|$)")


def _told(text: str, groups: _Groups) -> Iterator[Toll]:
    """ "The death toll rose to 40"."""
    for match in _TOLL.finditer(text):
        for group in groups.within(match.end(), match.end() + _TOLL_REACH):
            gap = text[match.end() : group.start]
            if _SENTENCE_END.search(gap):
                break
            if not (group.harm or group.part) and _STANDS_AT.search(gap) and counts_people(text, group):
                yield Toll(match.start(), group.end, group.band, None, _whom(text, [group]))
                break


def _counted(text: str, groups: _Groups) -> Iterator[Toll]:
    """ "49 civilian deaths", "no casualties"; and "a child was among the dead": there was at least one."""
    for group in groups.all:
        if group.part:
            if among := _AMONG_DEAD.match(text, group.end):
                yield Toll(group.start, among.end(), (group.band[0], None), None, group.whom)
            continue
        saved = (group.whom or "").endswith("lives") and not _TAKEN.search(text[max(0, group.start - 12) : group.start])
        if group.harm is None or saved:
            continue
        band = _open(group.band) if group.harm == "both" else group.band
        killed, wounded = group.harm != "wounded", group.harm != "killed"
        yield Toll(group.start, group.end, band if killed else None, band if wounded else None, group.whom)


# --- groups tied to a word of harm ----------------------------------------------------------------------------------

_REACH = 200  # characters between a word of harm and its group
_AUXILIARY = re.compile(
    r"\b(?:[Ww]as|[Ww]ere|been|being|be|is|are|get|got|getting)(?: (?:also|all|reportedly|reported|confirmed|later|"
    r"then|summarily|shot|found|feared|believed|either|subsequently|instantly|immediately))*\s$"
)
_AUXILIARY_REACH = 40
_FILLER = re.compile(
    r"(?:[\s,]*\b(?:who|that|have|has|had|been|be|were|was|are|is|being|also|reportedly|reported|reports|confirmed|believed|"
    r"feared|thought|known|said|to|all|later|then|already|summarily|shot|found|left|burned|alive|instantly|immediately|"
    r"subsequently|more|others?|including|critically|seriously|badly|severely|lightly|slightly|fatally|either|could|may|"
    r"might|would|will|still|now)\b)*[\s,]*",
    re.IGNORECASE,
)
_OBJECT_GAP = re.compile(r" [\"\u201c\u2018']?(?:(?:at|off|to|also|as many as|a total of|some of|the lives of|the) ?)?")
_OF = (" of ", " of the ")
_OBLIQUE = re.compile(r"\b(?:from|by|in|at|near|with|to|on|of)\s$", re.IGNORECASE)
_ALONG = re.compile(r" (?:along with|together with|as well as|alongside) ")
_SERIES = re.compile(r",? (?:and|plus|with|along with|together with|as well as)(?: (?:also|their|his|her|its))? |, ")
_WHOSE = re.compile(r"\bwhose\b")
_THE = re.compile(r"\bthe $")
_TAIL = re.compile(
    r",? ?(?:(?:including|mostly|mainly|among them)|(?:\w+ (?:than )?){0,3}of (?:them|whom))"
    r"((?: (?!(?:were|was|have|has|had|in|on|at|by|when|after|during|while|near|as|said|from|according|perished|died|"
    r"killed|dead|wounded|injured)\b)[\w'\u2019-]+){1,7})",
    re.IGNORECASE,
)
_OF_PARTY = re.compile(  # "members of the Islamic State", "fighters from Jaish al-Islam"
    r" (?:of|from|belonging to|loyal to) (?:the |a )?(?:so-called |terrorist |militant |rebel )*[\"\u201c]?"
    r"(?:(?:al-|an-|ash-)?[A-Z][\w'\u2019-]*)(?: (?:(?:al-|an-|ash-)?[A-Z][\w'\u2019-]*|of|the|al|for)\b){0,5}"
)
_FAR_WORDS = 14  # between a subject and its passive: "24 people, five of them children, from two villages were killed"


def _tied(text: str, groups: _Groups, cues: list[_Cue]) -> Iterator[Toll]:
    for index, cue in enumerate(cues):
        following = cues[index + 1] if index + 1 < len(cues) else None
        passive = bool(_AUXILIARY.search(text[max(0, cue.start - _AUXILIARY_REACH) : cue.start]))
        members: list[Group] = []
        if not passive and not ("verb" in cue.shapes and _stands_between(text, groups, cue, following)):
            members = _objects(text, groups, cue, following)
        if not members and cue.shapes & {"verb", "verb of people", "state"}:
            members = _subjects(text, groups, cue, cues[index - 1].end if index else 0, passive)
        if not members:
            continue
        band = _sum([member.band for member in members])
        if cue.killed and cue.wounded:
            band = _open(band)
        start, end = min(cue.start, members[0].start), max(cue.end, members[-1].end)
        yield Toll(start, end, band if cue.killed else None, band if cue.wounded else None, _whom(text, members))


def _stands_between(text: str, groups: _Groups, cue: _Cue, following: _Cue | None) -> bool:
    """Whether both neighbours are subjects: in "4 killed over 43 injured" the 43 are not killed."""
    if following is None or not any(
        text[g.end : cue.start] == " " for g in groups.within(cue.start - _REACH, cue.start)
    ):
        return False
    after = groups.within(cue.end, cue.end + _REACH)
    return any(text[cue.end : group.start] == " " == text[group.end : following.start] for group in after)


def _objects(text: str, groups: _Groups, cue: _Cue, following: _Cue | None) -> list[Group]:
    """The group right after a word of harm, with those joined to it: "killed two women and their seven children"."""
    members: list[Group] = []
    for group in groups.within(cue.end, cue.end + _REACH):
        if group.harm or (members and group.part):
            continue
        gap = text[(members[-1].end if members else cue.end) : group.start]
        if not members:
            if not _is_object(text, group, cue, gap):
                return []
        elif not (group.named and _SERIES.fullmatch(gap)) or _has_own_cue(text, group, following):
            break
        members.append(group)
    return members


def _is_object(text: str, group: Group, cue: _Cue, gap: str) -> bool:
    takes_object = bool(cue.shapes & {"verb", "verb of people", "loss"})
    if gap in _OF:
        if takes_object and "of" not in cue.shapes:
            return False
    elif not (takes_object and _OBJECT_GAP.fullmatch(gap)):
        return False
    if group.named:
        return True
    if group.definite or not counts_people(text, group):
        return False
    # "killed 22" needs no word for people; "lost at least 89" may do without, "destroyed 60" may not
    return bool(cue.shapes & {"verb", "of", "noun"}) or ("loss" in cue.shapes and bool(group.band[0]))


def _has_own_cue(text: str, group: Group, following: _Cue | None) -> bool:
    return (
        following is not None
        and following.start >= group.end
        and bool(_FILLER.fullmatch(text[group.end : min(following.start, group.end + _REACH)]))
    )


def _subjects(text: str, groups: _Groups, cue: _Cue, since: int, passive: bool) -> list[Group]:
    """The group that a word of harm is said of, with those joined to it: "24 people, two of them women, died"."""
    if cue.word == "dead" and _THE.search(text[max(0, cue.start - 4) : cue.start]):
        return []
    before = [group for group in groups.within(max(since, cue.start - _REACH), cue.start) if group.end <= cue.start]
    fit = [i for i, group in enumerate(before) if not (group.part or group.harm)]
    straight = [i for i in fit if not _is_oblique(text, before[i])]
    at = max(straight if passive and straight else fit, default=None)
    if at is None or not _is_subject(text, before[at], before[-1], cue, passive):
        return []
    members = [before[at]]
    while at > 0 and members[0].named and before[at - 1].named and not before[at - 1].part:
        if not _SERIES.fullmatch(text[before[at - 1].end : before[at].start]):
            break
        at -= 1
        members.insert(0, before[at])
    after = groups.within(cue.end, cue.end + _REACH)[:1]
    return members + [group for group in after if group.named and _ALONG.fullmatch(text[cue.end : group.start])]


def _is_subject(text: str, head: Group, nearest: Group, cue: _Cue, passive: bool) -> bool:
    gap = text[head.end : cue.start]
    if _SENTENCE_END.search(gap) or _WHOSE.search(gap) or ("verb of people" in cue.shapes and not head.named):
        return False
    tail = _TAIL.match(text, head.end)
    said = max(
        nearest.end, tail.end() if tail and tail.end() <= cue.start else 0
    )  # the parts of a total may stand between
    if _FILLER.fullmatch(text[said : cue.start]) or _FILLER.fullmatch(gap):
        return True
    may_be_far = (passive or cue.shapes == {"state"}) and head.named and not head.definite
    return may_be_far and not _is_oblique(text, head) and len(gap.split()) <= _FAR_WORDS


def _is_oblique(text: str, group: Group) -> bool:
    return bool(_OBLIQUE.search(text[max(0, group.start - 8) : group.start]))


# --- bands ----------------------------------------------------------------------------------------------------------

_BREATH = 48  # characters between a killed and a wounded figure of one breath


def _sum(bands: list[Band]) -> Band:
    """Sum of bands: the low bounds that are said; a high bound only where every part has one."""
    lows = [low for low, _ in bands if low is not None]
    highs = [high for _, high in bands if high is not None]
    return (sum(lows) if lows else None), (sum(highs) if len(highs) == len(bands) else None)


def _open(band: Band) -> Band:
    """Band of one harm where the number covers two: "30 killed and wounded" says up to 30 of each."""
    return band if band == (0, 0) else (None, band[1])


def _whom(text: str, members: list[Group]) -> str | None:
    if len(members) > 1:
        return text[members[0].start : members[-1].end]
    whom = members[0].whom
    if whom and (owner := _OF_PARTY.match(text, members[0].end)):
        whom += owner[0].rstrip()
    tail = _TAIL.match(text, members[0].end)
    return f"{whom}, {tail[0].strip(' ,')}" if whom and tail else whom


def _joined(text: str, tolls: list[Toll]) -> list[Toll]:
    """One toll for a killed and a wounded figure of one breath; of two readings of one stretch the first and widest."""
    found: list[Toll] = []
    for toll in tolls:
        last = found[-1] if found else None
        if last is None:
            found.append(toll)
        elif _completes(text, last, toll):
            found[-1] = Toll(
                last.start,
                max(last.end, toll.end),
                last.killed or toll.killed,
                last.wounded or toll.wounded,
                last.whom or toll.whom,
            )
        elif toll.start >= last.end:
            found.append(toll)
    return found


def _completes(text: str, last: Toll, toll: Toll) -> bool:
    """Whether one of two tolls says how many were killed and the other how many were wounded, in one breath."""
    halves = (last.killed is None) != (toll.killed is None) and (last.wounded is None) != (toll.wounded is None)
    gap = text[last.end : toll.start]
    return halves and len(gap) <= _BREATH and not _SENTENCE_END.search(gap)
