"""Short pieces of HTML, as feeds and letters hold them, to plain text: in linear time, whatever they hold."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>")
_BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main"
    " nav ol p pre section table td th title tr ul".split()
)
_HIDDEN = frozenset("head iframe noscript script style svg template textarea".split())
_SPACE = re.compile(r"[ \t\r\n\f]+")


def is_markup(text: str) -> bool:
    """Whether a text has tags in it."""
    return _TAG.search(text) is not None


def plain(markup: str) -> str:
    """The words, a paragraph for each block; nothing of scripts, styles and comments. Tags are never obeyed."""
    pieces: list[str] = []
    at = 0
    while (found := markup.find("<", at)) >= 0:
        pieces.append(_SPACE.sub(" ", markup[at:found]))
        if markup.startswith("<!--", found):
            at = _after(markup, "-->", found)
            continue
        tag = _TAG.match(markup, found)
        if not tag:
            if markup.startswith(("<!", "<?"), found):
                at = _after(markup, ">", found)
            else:
                pieces.append("<")
                at = found + 1
            continue
        name, at = tag[2].lower(), tag.end()
        if name in _HIDDEN and not tag[1]:
            end = re.compile(f"</{name}", re.IGNORECASE).search(markup, at)
            at = end.start() if end else len(markup)
        elif name == "br":
            pieces.append("\n")
        elif name in _BLOCKS:
            pieces.append("\n\n")
    pieces.append(_SPACE.sub(" ", markup[at:]))
    text = html.unescape("".join(pieces))
    paragraphs = (
        "\n".join(filter(None, (line.strip() for line in part.split("\n")))) for part in re.split(r"\n\n+", text)
    )
    return "\n\n".join(filter(None, paragraphs))


def _after(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return found + len(mark) if found >= 0 else len(text)
