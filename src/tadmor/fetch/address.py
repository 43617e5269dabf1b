"""Which addresses may be asked: public ones only, whatever a name is made to mean.

A feed, a redirect or a name server of somebody else's decides which address is asked next. Without a check it could be
a service of this machine or of its network that trusts whoever reaches it (a cloud's metadata, a printer, a database).
So each name is looked up once, all that it means must be public, and the connection goes to what was checked.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from tadmor.errors import InputError

PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Iterable[str]]


class Target(NamedTuple):
    """An address as it is asked: checked for its form, not yet for where it leads."""

    scheme: str
    host: str  # in small letters and ASCII, without brackets
    port: int
    path: str  # with the query

    @property
    def named(self) -> str:
        """Host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def site(self) -> str:
        """What is common to all addresses of the site."""
        return f"{self.scheme}://{self.named}"

    @property
    def url(self) -> str:
        return self.site + self.path


def target(url: str) -> Target:
    """The parts of an address. Raises `InputError` where it is none that may be asked."""
    if _UNSAFE.search(url) or len(url) > 4000:
        raise InputError("the address holds spaces, control characters or backslashes, or is too long: write it anew")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError(f"the address is broken ({error})") from error
    if parts.scheme not in PORTS:
        raise InputError(f"{parts.scheme or 'this'}: is not read; give an address that begins with https: or http:")
    if parts.username is not None or parts.password is not None:
        raise InputError("the address holds a user's name or password, which would be kept: fetch the page yourself")
    host = _host(parts.hostname or "")
    path = urlunsplit(("", "", _ascii(parts.path) or "/", _ascii(parts.query), ""))
    return Target(parts.scheme, host, port or PORTS[parts.scheme], path)


def _host(name: str) -> str:
    if ":" in name:
        try:
            return str(ipaddress.IPv6Address(name))
        except ValueError as error:
            raise InputError(f"the address is broken ({error})") from error
    try:
        host = name.encode("idna").decode("ascii").lower().removesuffix(".") if name else ""
    except UnicodeError as error:
        raise InputError("the address has no valid name of a host") from error
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(host) > 253:
        raise InputError("the address has no valid name of a host")
    if _NUMBER.fullmatch(labels[-1]):
        # 2130706433, 0x7f.1 and 0177.0.0.1 are all 127.0.0.1 to a system's resolver.
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise InputError("the address has a host in numbers that is no plain IPv4 address") from error
    return host


def _ascii(text: str) -> str:
    """Characters beyond ASCII as they go over the line; the rest is as it was."""
    return "".join(c if c.isascii() else "".join(f"%{b:02X}" for b in c.encode("utf-8", "replace")) for c in text)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, and no IPv4 address hidden in it is another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64 or address in _COMPATIBLE:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(found is not None and not is_public(found) for found in inner):
            return False
        if address.ipv4_mapped is not None:
            return True
        if address.is_site_local or address in _COMPATIBLE:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_link_local or address.is_unspecified
    )


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


def look_up(host: str, port: int) -> list[str]:
    """What the system's resolver says a name means. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def checked(asked: Target, resolve: Resolve, allowed: frozenset[tuple[str, int]]) -> list[str]:
    """The addresses that a host means, all of which may be asked. Raises `InputError` where one may not.

    `allowed` are pairs of address and port that may be asked although they are not public.
    """
    try:
        found = list(resolve(asked.host, asked.port))
    except (OSError, UnicodeError) as error:
        raise InputError(f"there is no host {asked.host}: check the address ({error})") from error
    if not found:
        raise InputError(f"there is no host {asked.host}: check the address")
    for text in found:
        if (text, asked.port) in allowed:
            continue
        try:
            public = is_public(ipaddress.ip_address(text))
        except ValueError:
            public = False
        if not public:
            meant = "" if text == asked.host else f" is {text}, which"
            raise InputError(f"refused: {asked.host}{meant} is no address of the open internet")
    return found
