"""Text of reports on a terminal: what would steer the terminal, hide or reorder is shown, not obeyed."""

from __future__ import annotations

import re

# C0 and C1 controls, bidirectional overrides and isolates, zero-width and other invisible format characters, lone
# surrogates, tags. Newline and tab are handled by the caller.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffc"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"\s+")


def visible(text: str) -> str:
    """`text` with each unsafe character written as its code, "\\u202e"; line ends stay."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] == "\n" else _code(found[0]), text)


def one_line(text: str) -> str:
    """`text` on one line, spaces joined, unsafe characters written as their codes."""
    return visible(_SPACE.sub(" ", text)).strip()


def safe_json(text: str) -> str:
    """JSON text with the unsafe characters that JSON leaves as they are written as escapes: the same value."""
    return _UNSAFE.sub(lambda found: found[0] if found[0] == "\n" else _json_code(found[0]), text)


def _code(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) > 0xFF else f"\\x{ord(character):02x}"


def _json_code(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
