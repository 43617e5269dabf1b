"""Letters (`.eml`) and pages saved as one file (MHTML) to what a report needs of them."""

from __future__ import annotations

import re
from datetime import date
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from tadmor.errors import InputError

_PARTS = 1000  # of one letter; more are not looked at
_HEADER = 10_000  # bytes of one header
_NESTED = 100  # parts that have parts
_UNFOLD = re.compile(rb"\n(?![ \t])")
_CONTENT = re.compile(rb"^content-[a-z-]{1,40}:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_HEADER_LINE = re.compile(r"[!-9;-~]+:[^\n]*")
_SURE = ("message-id", "mime-version", "received", "return-path", "delivered-to", "dkim-signature")
_ALSO = ("from", "subject", "date")


class Letter(NamedTuple):
    """One letter or saved page. `page` is its HTML, as bytes in the encoding that it declares or in UTF-8."""

    title: str | None
    sender: str | None
    published: date | None
    text: str
    page: bytes | None
    saved_page: bool  # MHTML: the date is that of saving, and no one sent it


def is_mail(text: str) -> bool:
    """Whether a text begins with the header of a letter. A text may well begin with "Date:" and "Source:"."""
    if text.startswith("From "):  # of a mailbox
        text = text.partition("\n")[2]
    names: list[str] = []
    for line in text.split("\n", 100)[:100]:
        if line[:1] in (" ", "\t") and names:
            continue
        if not _HEADER_LINE.match(line):
            break
        names.append(line.partition(":")[0].lower())
    return any(name in names for name in _SURE) and any(name in names for name in _ALSO)


def read(raw: bytes) -> Letter:
    """The parts of a letter that matter; what hangs on it is left out. Raises `InputError` where there is no text."""
    _require_plain(raw)
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        html, text = _parts(message)
        saved = message.get_content_type() == "multipart/related" and "subject" in message and "to" not in message
        letter = Letter(
            title=_header(message, "subject"),
            sender=_sender(message),
            published=None if saved else _day(_header(message, "date")),
            text=text,
            page=html,
            saved_page=saved,
        )
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(f"this letter is broken ({type(error).__name__}): save its text and give that") from error
    if not letter.text.strip() and not letter.page:
        raise InputError("this letter has no text: save what hangs on it and give that")
    return letter


def _require_plain(raw: bytes) -> None:
    """Refuse what the library takes hours for: long headers, parts within parts within parts."""
    header = raw[:1_000_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    longest = max(map(len, _UNFOLD.split(header)))
    longest = max([longest, *(len(found[0]) for found in _CONTENT.finditer(raw))])
    if longest > _HEADER or raw.lower().count(b"boundary") > _NESTED:
        raise InputError("this letter has huge headers or very many parts: save its text and give that")


def _parts(message: EmailMessage) -> tuple[bytes | None, str]:
    """The first HTML, and all plain text."""
    html, texts = None, []
    for number, part in enumerate(message.walk()):
        if number == _PARTS:
            break
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        kind = part.get_content_type()
        if kind == "text/html" and html is None:
            html = _bytes(part)
        elif kind == "text/plain":
            texts.append(_bytes(part).decode("utf-8", "replace"))
    return html, "\n\n".join(texts)


def _bytes(part: EmailMessage) -> bytes:
    """The content of a part in UTF-8, where its encoding is known; else as it is."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return b""
    named = part.get_content_charset()
    if named:
        try:
            return b"\xef\xbb\xbf" + content.decode(named).removeprefix("\ufeff").encode("utf-8", "replace")
        except (LookupError, UnicodeError):
            pass  # an unknown or lying name: the reader of pages guesses better
    return content


def _header(message: EmailMessage, name: str) -> str | None:
    value = message.get(name)
    return " ".join(str(value).split())[:1000] or None if value else None


def _sender(message: EmailMessage) -> str | None:
    """The name that the letter bears, not the address: a newsletter's is its outlet's."""
    addresses = getattr(message.get("from"), "addresses", ())
    return addresses[0].display_name or None if addresses else None


def _day(value: str | None) -> date | None:
    try:
        return parsedate_to_datetime(value).date() if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
