"""A timestamp of a hash by an authority on the net (RFC 3161): proof, by somebody else's word, that it was there then.

The answer is looked over for what a wrong or broken server would get wrong: that it says yes, and that it is about this
very hash and question. Whether its signature is good is for tools that know certificates, such as `openssl ts -verify`.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import NamedTuple

from tadmor.errors import InputError
from tadmor.fetch.get import Getter

_SHA256 = bytes.fromhex("0609608648016503040201")  # the object identifiers as DER
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
_INTEGER, _OCTETS, _SEQUENCE, _TIME = 0x02, 0x04, 0x30, 0x18
_WORDS = {2: "rejection", 3: "waiting", 4: "revocation warning", 5: "revocation notice"}


class Stamp(NamedTuple):
    """What an authority answered: the whole response, and the time that it says."""

    response: bytes
    time: str  # UTC, ISO 8601


def ask(getter: Getter, url: str, digest: bytes) -> Stamp:
    """Have a SHA-256 timestamped. Raises `InputError` (without naming the address) where that fails."""
    nonce = secrets.randbits(63) | 1 << 62
    response = getter.post(
        url, request(digest, nonce), kind="application/timestamp-query", wanted="application/timestamp-reply"
    )
    return Stamp(response, checked(response, digest, nonce))


def request(digest: bytes, nonce: int) -> bytes:
    """A TimeStampReq for a SHA-256, which asks for the authority's certificate, too."""
    imprint = der(_SEQUENCE, der(_SEQUENCE, _SHA256 + b"\x05\x00") + der(_OCTETS, digest))
    number = der(_INTEGER, nonce.to_bytes(nonce.bit_length() // 8 + 1, "big"))
    return der(_SEQUENCE, b"\x02\x01\x01" + imprint + number + b"\x01\x01\xff")


def checked(response: bytes, digest: bytes, nonce: int) -> str:
    """The time that a TimeStampResp says. Raises `InputError` where it is no answer to that question."""
    try:
        status, *token = _inside(_one(response, _SEQUENCE))
        answer = int.from_bytes(_inside(status)[0].body, "big")
        if answer not in (0, 1):
            raise InputError(f"the authority does not give a timestamp: {_WORDS.get(answer, answer)}")
        kind, signed = _inside(token[0])
        data = _inside(_inside(signed)[0])
        info_kind, info = _inside(data[2])
        if kind.whole != _SIGNED_DATA or info_kind.whole != _TST_INFO:
            raise InputError("the authority's answer holds no timestamp")
        told = _inside(_one(_one(info.body, _OCTETS).body, _SEQUENCE))
        algorithm, imprint = _inside(told[2])
        said = next(part.body for part in told if part.tag == _TIME)
        numbers = [int.from_bytes(part.body, "big") for part in told[4:] if part.tag == _INTEGER]
        moment = datetime.strptime(said.decode("ascii").partition(".")[0].rstrip("Z"), "%Y%m%d%H%M%S")
    except (IndexError, ValueError, StopIteration) as error:
        raise InputError(f"the authority's answer cannot be read ({error})") from error
    if not algorithm.body.startswith(_SHA256) or imprint.body != digest or numbers != [nonce]:
        raise InputError("the authority's answer is about something else")
    return moment.replace(tzinfo=UTC).isoformat()


class _Part(NamedTuple):
    tag: int
    body: bytes
    whole: bytes


def der(tag: int, body: bytes) -> bytes:
    """One value in the distinguished encoding (X.690)."""
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def _parts(data: bytes) -> list[_Part]:
    found, at = [], 0
    while at < len(data):
        tag, size, start = data[at], data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            if not 0 < count <= 4:
                raise ValueError("a length of a form that is not allowed")
            size = int.from_bytes(data[start : start + count], "big")
            start += count
        if start + size > len(data):
            raise ValueError("it is cut short")
        found.append(_Part(tag, data[start : start + size], data[at : start + size]))
        at = start + size
    return found


def _inside(part: _Part) -> list[_Part]:
    return _parts(part.body)


def _one(data: bytes, tag: int) -> _Part:
    part = _parts(data)[0]
    if part.tag != tag:
        raise ValueError("it is of another form")
    return part
