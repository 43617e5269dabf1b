"""Bytes to clean text: which encoding, which characters stay.

Offsets of quotes refer to the text made here, so it is changed as little as reading needs: a text that is already
clean comes out character for character.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from tadmor.errors import InputError

MAX_BYTES = 20_000_000  # of one document; pages carry scripts and pictures around their text
MAX_CHARACTERS = 1_000_000  # of one text: a thick book, far above any report, and the most that spaCy parses at once

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its first two bytes are the same
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "a PDF file: extract its text first"),
    (b"\x89PNG", "a PNG image: extract its text first"),
    (b"\xff\xd8\xff", "a JPEG image: extract its text first"),
    (b"GIF8", "a GIF image: extract its text first"),
    (b"RIFF", "a media file, not text"),
    (b"OggS", "a media file, not text"),
    (b"PK\x03\x04", "a ZIP archive or an office document: unpack it or save it as text first"),
    (b"\xd0\xcf\x11\xe0", "an office document: save it as text first"),
    (b"{\\rtf", "an RTF document: save it as text first"),
    (b"\x1f\x8b", "a gzip archive: unpack it first"),
    (b"BZh", "a bzip2 archive: unpack it first"),
    (b"\xfd7zXZ", "an xz archive: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"SQLite format 3\x00", "a database, not a report: give it as --record"),
    (b"\x7fELF", "a program, not text"),
)
_PROBE = 65_536  # bytes looked at to tell text from other things
_BINARY_SHARE = 0.05  # control characters above this are no text; random bytes have 0.11, texts with stray NULs < 0.01

# Characters 0x80 to 0x9f are controls that no text uses: Windows-1252 taken for Latin-1. HTML5 reads them so too.
_MISREAD = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_MISREAD_ANY = re.compile("[\x80-\x9f]")
# C0 controls but tab and line feed; soft hyphen; zero-width and bidi controls; lone surrogates; non-characters.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1b")) + b"\x7f"


def bom(raw: bytes) -> str | None:
    """Name of the Unicode encoding that the byte order mark of `raw` announces."""
    return next((encoding for mark, encoding in _BOMS if raw.startswith(mark)), None)


def binary_reason(head: bytes) -> str | None:
    """Why the bytes are no text and what to do about it; None where they may be text."""
    for magic, reason in _MAGIC:
        if head.startswith(magic):
            return reason
    probe = head[:_PROBE]
    if not probe or bom(head) or _wide(probe):
        return None
    controls = len(probe) - len(probe.translate(None, _CONTROL_BYTES))
    return "binary data, not text" if controls > _BINARY_SHARE * len(probe) else None


def decode(raw: bytes, origin: str, *, declared: str | None = None) -> str:
    """The characters of `raw`: byte order mark, else UTF-8, else what the document declares, else Windows-1252.

    A few bytes that break otherwise good UTF-8 become U+FFFD rather than garbling all the rest.

    Raises `InputError` where the bytes are no text.
    """
    if reason := binary_reason(raw):
        raise InputError(f"{origin}: this is {reason}")
    if encoding := bom(raw):
        return raw.decode(encoding, "replace").removeprefix("\ufeff")
    if encoding := _wide(raw[:_PROBE]):
        return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared:
        try:
            return raw.decode(declared)
        except (LookupError, UnicodeError, ValueError):
            pass  # unknown or lying declaration: go on guessing
    patched = raw.decode("utf-8", "replace")
    broken = patched.count("\ufffd")
    # Four whole multi-byte characters for one broken byte do not happen by chance in a single-byte encoding.
    if len(raw) - len(patched) > 4 * broken:
        return patched
    return "".join(_cp1252(raw))


def clean(text: str) -> str:
    """Normalise once: NFC, line feeds, plain spaces; no controls, zero-width or bidi characters, lone surrogates."""
    text = _BREAKS.sub("\n", text)
    if text.isascii():
        return _DROPPED.sub("", text)
    if _MISREAD_ANY.search(text):
        text = text.translate(_MISREAD)
    text = _DROPPED.sub("", _SPACES.sub(" ", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _wide(probe: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every other byte is NUL."""
    even, odd = probe[::2], probe[1::2]
    if len(odd) < 4:
        return None
    low, high = even.count(0) / len(even), odd.count(0) / len(odd)
    if high > 0.4 and low < 0.05:
        return "utf-16-le"
    return "utf-16-be" if low > 0.4 and high < 0.05 else None


def _cp1252(raw: bytes) -> list[str]:
    """Windows-1252; its five undefined bytes are read as Latin-1 controls, which cleaning drops."""
    try:
        return [raw.decode("cp1252")]
    except UnicodeDecodeError:
        return [raw.decode("cp1252", "latin-1-rest")]


def _latin1_rest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("latin-1-rest", _latin1_rest)
