"""What stands around a text in the source of its page, and which of its lines are links and nothing else.

The library that takes the text leaves out what it holds for furniture: bylines, source lines, the beginning of a
paywall. Here the source is searched for the text's first and last lines, and what stands next to them is read as plain
text: some kilobytes of a page, whatever its length. Part of the page worker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tadmor.report import markup
from tadmor.report.text import clean

ABOVE, BELOW = 14, 8  # lines at most
_BEFORE, _AFTER = 5_000, 2_500  # characters of source
_BODY = re.compile("<body", re.IGNORECASE)
_SENTENCE = 60  # characters: a shorter line may stand anywhere
_LONGEST = 200  # characters of a line of furniture
_PROBE = re.compile(r"(?=(?<!\S)(\S+ \S+ \S+ \S+)(?!\S))")  # words that mostly stand in source as they do in text
_PROBES = 8  # tried: markup may stand between words, and signs be written as entities
_LABELLED = re.compile(r"^[-\s]*(?:[\w ]{2,20}:\s+)?")
_ARROWS = " →»›>"
_LINK_WORDS, _SHORT = range(2, 26), 12  # a longer one with a full stop is a paragraph
_REPEATS = 20  # times that the words of a text may stand in scripts before it
_LINES = 500  # of a text that are looked at
_WITHIN = 2_000  # characters between a tag and the text in it
_LABEL = re.compile(
    r"(?:source|by|written by|author|reporter|published|posted|published on|posted on|originally published):?",
    re.IGNORECASE,
)


def around(source: str, lines: Sequence[str], title: str | None) -> tuple[list[str], list[str]]:
    """Lines of a page above its text, from the headline on where it is among them, and below it."""
    sentences = [line for line in lines if len(line) >= _SENTENCE and line != title]
    if not sentences:
        return [], []
    found = _BODY.search(source)
    body = found.start() if found else 0
    # The first sentence may be a standfirst with the byline below it.
    start = _place(source, body, sentences[min(1, len(sentences) - 1)])
    stop = _place(source, body, sentences[-1], last=True)
    above: list[str] = []
    if start is not None:
        # From a tag on, and from none within a script; the tag that the text stands in says nothing.
        begin = source.find("<", max(0, start - _BEFORE))
        begin = source.find("</script", begin, start) if _in_script(source, begin) else begin
        above = _plain(source[begin : source.rfind("<", begin, start)]) if 0 <= begin < start else []
        if title:
            at = next((place for place, line in enumerate(reversed(above)) if _same(line, title)), None)
            above = above[len(above) - at :] if at is not None else above[-ABOVE // 2 :]
    below: list[str] = []
    if stop is not None:
        tail = source[stop : stop + _AFTER]
        below = _plain(tail[tail.find("<") :])
    return above[-ABOVE:], below[:BELOW]


def links(source: str, lines: Sequence[str]) -> list[str]:
    """Those of the lines that are one link, with or without a label before it: "Read more: Rebels ask for truce"."""
    found = []
    for line in lines[:_LINES]:
        match = _LABELLED.match(line)
        linked = line[match.end() :] if match else line
        words = len(linked.split())
        if words in _LINK_WORDS and (words <= _SHORT or linked[-1] not in ".!?") and _is_link(source, linked):
            found.append(line)
    return found


def _is_link(source: str, linked: str) -> bool:
    words = linked.strip(_ARROWS)
    probe = _PROBE.search(words)
    at = source.find(words)
    at = source.find(probe.group(1)) if at < 0 and probe else at
    opened = max(source.rfind(tag, max(0, at - _WITHIN), at) for tag in ("<a ", "<a>", "<A "))
    closed = next((place for tag in ("</a", "</A") if (place := source.find(tag, at, at + _WITHIN)) >= 0), -1)
    if at < 0 or opened < 0 or closed < 0 or "</" + source[opened + 1] in source[opened:at]:
        return False
    inside = markup.plain(source[opened:closed])
    return " ".join(clean(inside).split()).strip(_ARROWS) == words


def _place(source: str, body: int, line: str, *, last: bool = False) -> int | None:
    """Where a line stands in the source, from its body on and outside scripts: about where it begins, or ends."""
    probes = [match.group(1) for match in _PROBE.finditer(line[-400:] if last else line[:400])]
    for probe in (probes[::-2] if last else probes[::2])[:_PROBES]:
        at = source.find(probe, body)
        for _ in range(_REPEATS):
            if at < 0 or not _in_script(source, at):
                break
            at = source.find(probe, at + 1)
        else:
            return None
        if at >= 0:
            return at + len(probe) if last else at
    return None


def _in_script(source: str, at: int) -> bool:
    return source.rfind("<script", 0, at) > source.rfind("</script", 0, at)


def _plain(source: str) -> list[str]:
    """The short lines of a piece of source; a label alone ("Source") is joined with what follows it."""
    return list(_joined(line for line in clean(markup.plain(source)).split("\n") if line.strip()))


def _joined(lines: Iterator[str]) -> Iterator[str]:
    label = ""
    for line in lines:
        if label:
            line, label = f"{label} {line}", ""
        elif _LABEL.fullmatch(line.strip()):
            label = line.strip().rstrip(":") + ":"
            continue
        if len(line) <= _LONGEST:
            yield line.strip()


def _same(line: str, title: str) -> bool:
    return re.findall(r"\w+", line.casefold()) == re.findall(r"\w+", title.casefold())
