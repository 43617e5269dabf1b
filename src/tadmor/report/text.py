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

# Words of Latin letters with letters of Cyrillic, Arabic, Greek or Hebrew among them, and words without Latin letters.
_MIXED = re.compile("(?:[A-Za-z\xc0-\xff][\u0370-\u06ff]|[\u0370-\u06ff][A-Za-z\xc0-\xff])")
_UNMIXED = re.compile("(?<![A-Za-z])[\u0370-\u06ff]{2,}(?![A-Za-z])")
_HIGH_WORDS = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{3,}(?![A-Za-z\x80-\xff])")
_LATIN_HIGH_WORDS = re.compile(rb"[A-Za-z][\xc0-\xff]|[\xc0-\xff][A-Za-z]")
_LATIN_ONLY = re.compile("[\x00-\u024f\u2000-\u2122]*")
_CYRILLIC_WORDS = re.compile("[\u0400-\u045f]{3,}")
_WILD_CASE = re.compile("[\u0430-\u045f][\u0400-\u042f]")
_FEW_WORDS = 4  # fewer say nothing
_ONE_BYTE = ("cp1256", "cp1251", "koi8_r", "iso8859_6")

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
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
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
    """The characters of `raw`: byte order mark, else UTF-8, else what the document declares, else what fits best.

    A few bytes that break otherwise good UTF-8 become U+FFFD rather than garbling all the rest. A declaration is a
    lie by which scripts mix within words ("cafй"), a Western one by which whole words have no plain letters, or a
    Cyrillic one by which capitals follow small letters ("ЗбЮСЗС"). Of the encodings with a byte a character, those of
    Arabic and Cyrillic are told by such words; all else is Windows-1252.

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
            text = raw.decode(declared)
        except (LookupError, UnicodeError, ValueError):
            pass  # unknown or lying declaration: go on guessing
        else:
            western = _LATIN_ONLY.fullmatch(text[:_PROBE]) and _is_other_script(raw)
            if not (_mixes_scripts(text) or western or _in_wild_case(text)):
                return text
    patched = raw.decode("utf-8", "replace")
    broken = patched.count("\ufffd")
    # Four whole multi-byte characters for one broken byte do not happen by chance in a single-byte encoding.
    if len(raw) - len(patched) > 4 * broken:
        return patched
    return _other_script(raw) or "".join(_cp1252(raw))


def decode_page(raw: bytes, origin: str) -> str:
    """The characters of an HTML page, as `decode`; what it declares stands in its head."""
    declared = _CHARSET.search(raw[:4096])
    return decode(raw, origin, declared=declared.group(1).decode("ascii") if declared else None)


def clean(text: str) -> str:
    """Normalise once: NFC, line feeds, plain spaces; no controls, zero-width or bidi characters, lone surrogates."""
    if not text.replace("\n", " ").isprintable():  # nothing of what follows is: most texts are clean
        text = _BREAKS.sub("\n", text)
        if _MISREAD_ANY.search(text):
            text = text.translate(_MISREAD)
        text = _DROPPED.sub("", _SPACES.sub(" ", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def _mixes_scripts(text: str) -> bool:
    """Whether words with Latin and other letters are more than those of other letters alone."""
    mixed = len(_MIXED.findall(text[:_PROBE]))
    return mixed > 0 and mixed >= len(_UNMIXED.findall(text[:_PROBE]))


def _in_wild_case(text: str) -> bool:
    """Whether most words of Cyrillic letters have a capital after a small one: Arabic, misread."""
    words = _CYRILLIC_WORDS.findall(text[:_PROBE])
    return len(words) >= _FEW_WORDS and 2 * sum(bool(_WILD_CASE.search(word)) for word in words) > len(words)


def _is_other_script(raw: bytes) -> bool:
    """Whether most words with bytes above 127 have no others: no Western language writes so."""
    words = len(_HIGH_WORDS.findall(raw[:_PROBE]))
    return words >= _FEW_WORDS and words >= len(_LATIN_HIGH_WORDS.findall(raw[:_PROBE]))


def _other_script(raw: bytes) -> str | None:
    """The text where it is in Arabic or Cyrillic letters of one byte each, by how often which stand together."""
    if not _is_other_script(raw):
        return None
    from charset_normalizer import from_bytes

    words = b" ".join(_HIGH_WORDS.findall(raw[:_PROBE]))
    found = from_bytes(words, cp_isolation=list(_ONE_BYTE), enable_fallback=False).best()
    return raw.decode(found.encoding, "replace") if found else None


def _wide(probe: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every other byte is NUL."""
    if 0 not in probe:
        return None
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
