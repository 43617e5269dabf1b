"""What has been found out about one text so far: its parts, and what its furniture tells about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tadmor.records import Record, Role, Segment
from tadmor.report import day
from tadmor.report.dateline import Dateline
from tadmor.report.wording import is_medium, is_titled, outlets

T = TypeVar("T")

NAME = (
    r"(?:[A-Z] ){1,2}[A-Z][\w'’-]+|[A-Z][\w'’.-]+(?:[ -](?:al-|el-|de |van |von |bin |ben |abu )?[A-Z][\w'’.-]*){1,3}"
)

_NAME = re.compile(NAME)
_NO_PERSON = re.compile(
    r"\b(?:Press|News|Staff|Times|Agency|Correspondent|Reporter|Editor|Writers?|Desk|Bureau|Service|Network|Office)\b",
    re.I,
)
_EDITED = re.compile(r"[;,.]?\s*\(?\b(?:editing|edited)\b[^;]*", re.IGNORECASE)
_CREDITED = re.compile(r"\b(?:additional |and )?(?:reporting|writing|compiled|written) by\b", re.IGNORECASE)
_FOR = re.compile(r"\s+(?:for|FOR)\s+(?:the |THE )?(?=[A-Z])")
_BETWEEN_NAMES = re.compile(
    r"[,;|&/·•]|\b(?:and|AND)\b|\b(?:in|at|IN|AT) (?=[A-Z])|\b(?:with|WITH)\b|\s[-–—]\s|\bcontributed\b|"
    r"\b(?:writers?|reporters?)\b"
)
_BETWEEN_SOURCES = re.compile(r"[,/;|]|\s[-–—]\s|\band\b")
_WEEKDAY = re.compile(r"^(?:by|BY|By) |\s+(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$")  # around a name
_COMPANY = re.compile(r"\b(?:Ltd|Limited|Inc|LLC|GmbH|Corp|Corporation|Company|Co|Plc|PLC|Group|Holdings|All Rights)\b")
_GOES_ON = 2  # paragraphs of body after "Read more": it belonged to a link or an advertisement
_ADDRESS = re.compile(r"https?://(?:www\.)?([^/\s]+)")
# Names of media in capitals inside a promotion: "supports the NORTH COAST NEWS NETWORK".
_CAPITALS = re.compile(r"\b[A-Z][A-Z'&]+(?: (?:OF |AND |& )?[A-Z][A-Z'&]+){2,7}\b")
_COMMAND = re.compile(
    r"\b(?:GET|MORE|LATEST|BREAKING|OUR|YOUR|FROM|SIGN|SUBSCRIBE|FOLLOW|READ|TO|US|FOR|FREE|ALERTS)\b"
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|\bcopyright\b)\W*(?:\d{4}(?:\s*[-–]\s*\d{4})?)?\W*(?:by )?([A-Z][^.,|©\n]{2,60})", re.I
)


class Layout(Record, frozen=True, kw_only=True):
    """The parts of a text in order, and what its furniture tells about it."""

    segments: tuple[Segment, ...]
    headline: str | None = None
    dateline: str | None = None
    dateline_day: day.Written | None = None  # may lack its year
    published: day.Written | None = None
    updated: day.Written | None = None
    authors: tuple[str, ...] = ()
    original_outlet: str | None = None
    outlet: str | None = None
    truncated: bool = False
    # What lines beside the text say, in its page; worth less than what the text says.
    beside_published: day.Written | None = None
    beside_outlet: str | None = None
    credited: str | None = None  # an outlet behind the name of a writer


class Findings:
    """Collects a `Layout` while a text is gone through; the first finding of a kind stands."""

    def __init__(self, text: str, title: str | None = None) -> None:
        self.text = text
        self.title = words(title) if title else []
        self.segments: list[Segment] = []
        self.headline: str | None = None
        self.dateline: str | None = None
        self.dateline_day: day.Written | None = None
        self.published: day.Written | None = None
        self.updated: day.Written | None = None
        self.original: str | None = None
        self.outlet: str | None = None
        self.carrier: str | None = None  # the agency in the dateline
        self.credited: str | None = None
        self.cut_after: int | None = (
            None  # paragraphs of body before the last line that says that the rest is elsewhere
        )
        self.body_seen = 0  # paragraphs
        self.authors: dict[str, None] = {}
        self.helpers: dict[str, None] = {}  # who contributed
        self.signers: list[str] = []  # names at the end of the text: its writers' where nothing else says so

    def add(self, role: Role, start: int, end: int) -> None:
        """Note a part; white space at its ends does not belong to it, and an empty part is none."""
        part = self.text[start:end]
        start, end = end - len(part.lstrip()), start + len(part.rstrip())
        if start < end:
            self.segments.append(Segment(role=role, start=start, end=end))

    def dated(self, kind: str, written: day.Written) -> None:
        """Note a date of publication, or of a change where `kind` is "updated"."""
        if kind == "updated":
            self.updated = self.updated or written
        else:
            self.published = self.published or written

    def placed(self, line: Dateline) -> None:
        """Note what a dateline says."""
        if self.dateline is None:
            self.dateline, self.dateline_day = line.place, line.day
        if line.agency:
            self.carrier = self.carrier or line.agency.name
            if line.agency.wire:
                self.original = self.original or line.agency.name

    @property
    def truncated(self) -> bool:
        """Whether a line says that the rest is elsewhere, and hardly anything follows it."""
        return self.cut_after is not None and self.body_seen - self.cut_after < _GOES_ON

    def cut(self) -> None:
        """Note that a line says that the rest of the text is elsewhere."""
        self.cut_after = self.body_seen

    def name_authors(self, named: str, *, helped: bool = False) -> None:
        """Note the people in a byline or credit; who edited is no author. An agency among them is the origin."""
        named = _CREDITED.sub(",", _EDITED.sub("", named).strip(" ().;"))
        named, _, client = _FOR.sub("\n", named, count=1).partition("\n")  # "Anna Miller for the Gulf Post"
        if client and not self.credited:
            found = outlets().by_name(client)
            self.credited = found.name if found else client.strip()
        for name in _BETWEEN_NAMES.split(named):
            self._name(_WEEKDAY.sub("", name.strip(" ().;:")), helped=helped)

    def name_source(self, named: str) -> None:
        """Note the origin in a source line: "NY Times, Anne Barnard", "AFP and agencies", "https://example.org/a"."""
        parts = [part for piece in _BETWEEN_SOURCES.split(named) if (part := piece.strip(" .()"))]
        found = [outlet for part in parts if (outlet := outlets().by_name(part))]
        if not self.original and parts:
            wires = [outlet for outlet in found if outlet.wire]
            address = _ADDRESS.match(named)
            self.original = (wires or found)[0].name if found else address.group(1) if address else parts[0]
        for part in parts[1:]:
            self._name(part)

    def name_owner(self, named: str) -> None:
        """Note the agency whose own footer this is: "Our Standards: The Thomson Reuters Trust Principles"."""
        found = outlets().by_name(named)
        if found and found.wire:
            self.original = self.original or found.name

    def owner(self) -> str | None:
        """Who holds the copyright, where that is one name and not that of a company or an agency."""
        named = {match.group(1).strip() for match in _COPYRIGHT.finditer(self.text)}
        name = named.pop() if len(named) == 1 else ""
        known = outlets().by_name(name)
        if not is_titled(name) or len(name.split()) > 6 or _COMPANY.search(name) or (known and known.wire):
            return None
        return known.name if known else name

    def layout(self, *, truncated: bool, beside: Sequence[Findings] = ()) -> Layout:
        """All that was found, in the text and beside it."""
        self._outlet_in_promotion()
        return Layout(
            segments=tuple(self.segments),
            headline=self.headline,
            dateline=self.dateline,
            dateline_day=self.dateline_day,
            published=self.published,
            updated=self.updated,
            authors=tuple(self.authors | self.helpers),
            original_outlet=self.original or _first(found.original for found in beside),
            outlet=self.outlet or self.carrier,
            truncated=truncated or self.truncated,
            beside_published=_first(found.published for found in beside),
            beside_outlet=_first(found.outlet or found.owner() for found in beside),
            credited=_first(found.credited for found in (self, *beside)),
        )

    def _name(self, name: str, *, helped: bool = False) -> None:
        if outlet := outlets().by_name(name):
            self.original = self.original or (outlet.name if outlet.wire else None)
        elif _NAME.fullmatch(name_and_outlet(name)[0]):
            name, credited = name_and_outlet(name)
            self.credited = self.credited or credited
            if _NO_PERSON.search(name):
                return
            if name.startswith("The "):
                self.credited = self.credited or name
                return
            (self.helpers if helped else self.authors)[name.title() if name.isupper() else name] = None

    def _outlet_in_promotion(self) -> None:
        """The outlet that promotes itself, where that is one: in capitals, or as holder of the copyright."""
        names = set()
        for segment in self.segments:
            if segment.role != "promotion" or segment.end - segment.start > 1000:
                continue
            line = self.text[segment.start : segment.end]
            for match in _CAPITALS.finditer(line):
                if is_medium(match.group()) and not _COMMAND.search(match.group()) and not line.isupper():
                    names.add(match.group().title())
            for match in _COPYRIGHT.finditer(line):
                if not (found := outlets().by_name(match.group(1).strip())):
                    continue
                if found.wire:
                    self.original = self.original or found.name
                else:
                    names.add(found.name)
        if len(names) == 1 and not self.outlet:
            self.outlet = names.pop()


def name_and_outlet(name: str) -> tuple[str, str | None]:
    """A writer's name and the known outlet behind it: "Anna Miller The Associated Press"."""
    parts = name.split()
    for at in range(2, min(len(parts), 5)):
        if found := outlets().by_name(" ".join(parts[at:])):
            return " ".join(parts[:at]), found.name
    return name, None


def is_person(name: str) -> bool:
    """Whether `name` looks like the name of a person and holds no word that only media and their staff bear."""
    return _NAME.fullmatch(name) is not None and not _NO_PERSON.search(name)


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def words(text: str) -> list[str]:
    """The words of a text, ready to be compared."""
    return [word.casefold() for word in re.findall(r"\w+", text)]
