"""What is done to the tree of a page before its text is taken: captions kept apart, tables of layout undone.

Part of the page worker, as `tadmor.report.extract` is.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from tadmor.report.text import clean
from tadmor.report.wording import phrases

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CAPTIONS = etree.XPath(
    "/descendant::figcaption | /descendant::*/@class[contains(., 'aption')]/.. "
    "| /descendant::text()[contains(., 'Photo')]/.."
)
_TABLES = etree.XPath("//table")
_ROWS = etree.XPath("./tr | ./tbody/tr | ./thead/tr | ./tfoot/tr")

_CAPTION = range(4, 121)  # words
_LONGEST = 1500  # characters, the space between tags among them
_MOST_CAPTIONS, _MOST_MARKED = 30, 300
_AWAY = frozenset(("a", "nav", "aside", "footer", "button"))  # what stands in these belongs to other stories
_BLOCKS = ("p", "article", "h1", "h2", "h3", "table", "ul")
_HIDDEN = re.compile(r"\b(?:visually-?hidden|sr-only|screen-?reader)", re.IGNORECASE)
_LABEL = re.compile(r"^(?:\[?\d{1,2}\s?(?:/|of)\s?\d{1,2}\]?|image caption|caption)\b[,:\]]*\s*", re.IGNORECASE)
_CREDITED = re.compile(r"[.\s(\[](?:[A-Z]+ )?Photo(?:graph)?(?:/| by |: ?)[A-Z][\w .,'’/-]{1,60}[)\]]?$")
_LAYOUT_CELL = 200  # characters; a longer cell is no datum
_LINKS = 0.6  # of the words of a cell: then it is a menu


def take_captions(tree: HtmlElement) -> list[str]:
    """The captions of pictures, in order, each once; they are no longer in the tree then."""
    found: dict[str, None] = {}
    marked = [element for element in _CAPTIONS(tree)[:_MOST_MARKED] if _may_be_caption(element)]
    holders = {parent for element in marked for parent in element.iterancestors()}
    for element in marked:
        if element in holders or len(found) == _MOST_CAPTIONS:
            continue
        if any(parent.tag in _AWAY for parent in element.iterancestors()):
            continue
        for label in element.xpath(".//*[contains(@class, 'idden') or contains(@class, 'sr-') or self::button]"):
            if label.tag == "button" or _HIDDEN.search(label.get("class") or ""):
                label.drop_tree()
        words = " ".join(clean(" ".join(element.itertext())).split())
        words = _LABEL.sub("", words)
        if tail := phrases("caption_tail").found(words):
            words = words[: tail[0][0]].rstrip()
        credit = _CREDITED.search(words)
        if not credit and not _is_marked(element):
            continue
        if credit and len(words[: credit.start()].split()) < _CAPTION.start:
            continue  # a photographer and nothing else
        if len(words.split()) in _CAPTION:
            if not phrases("promotion").any_in(words):
                found[words] = None
            element.drop_tree()
    return list(found)


def undo_layout(tree: HtmlElement) -> None:
    """Make blocks of the tables that lay out a page and hold no data; leave out their menus."""
    for table in _TABLES(tree)[:_MOST_MARKED]:
        rows = _ROWS(table)
        cells = [cell for row in rows for cell in row if cell.tag in ("td", "th")]
        if len(rows) > 1 and len(cells) > len(rows) and not any(_is_layout(cell) for cell in cells):
            continue
        for cell in cells:
            if _is_menu(cell):
                cell.drop_tree()
            else:
                cell.tag = "div"
        for row in rows:
            row.tag = "div"
        for part in table:
            part.tag = "div" if part.tag in ("tbody", "thead", "tfoot") else part.tag
        table.tag = "div"


def headings(tree: HtmlElement, *ranks: str) -> list[str]:
    """The first headings of a page of these ranks ("h1")."""
    found = (" ".join("".join(element.itertext()).split()) for element in islice(tree.iter(*ranks), _MOST_CAPTIONS))
    return [text for text in found if 3 <= len(text.split()) <= 40]


def _may_be_caption(element: HtmlElement) -> bool:
    """Whether an element is small enough: many a class of whole articles has the word in it."""
    if element.tag in ("img", "table", "script", "style"):
        return False
    length = 0
    for text in element.itertext():
        length += len(text)
        if length > _LONGEST:
            return False
    return sum(1 for _ in element.iter(*_BLOCKS)) <= 2


def _is_marked(element: HtmlElement) -> bool:
    return element.tag == "figcaption" or "aption" in (element.get("class") or "")


def _is_layout(cell: HtmlElement) -> bool:
    if cell.find(".//table") is not None:
        return True
    return sum(map(len, cell.itertext())) > _LAYOUT_CELL


def _is_menu(cell: HtmlElement) -> bool:
    linked = sum(len(text.split()) for link in cell.iter("a") for text in link.itertext())
    return linked > 0 and linked >= _LINKS * sum(len(text.split()) for text in cell.itertext())
