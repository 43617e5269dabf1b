"""Addresses are asked safely: only public ones, at every step, within limits. Servers here are on loopback, allowed."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import itertools
import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving import Server, answer, serving
from tadmor.errors import InputError
from tadmor.fetch.address import is_public, target
from tadmor.fetch.get import Getter, Known, Limits, Refused
from tadmor.records import Failure
from tadmor.report.source import Document, open_inputs

PAGE = "<html><body><article><p>Fighters took the village of Tell Karam on Saturday.</p></article></body></html>"
SHORT = Limits(seconds=0.6, size=100_000)


def getter(server: Server, **options: object) -> Getter:
    return Getter(**{"allowed": server.allowed, "limits": SHORT, **options})  # type: ignore[arg-type]


# --- where to ---


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 0.0.0.0 10.0.0.1 172.16.5.5 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1
    224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 fe80::1 fc00::1 fd12::1 fec0::1 ff02::1 ::ffff:127.0.0.1
    ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a9fe:a9fe:: 2001:db8::1
    2001:0:7f00:1:: 100::1""".split(),
)
def test_what_is_no_address_of_the_open_internet(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    name = f"[{address}]" if ":" in address else address
    with pytest.raises(InputError, match="refused"):
        Getter().fetch(f"http://{name}/")
    with pytest.raises(InputError, match=r"refused: news\.example is"):
        Getter(resolve=lambda host, port: ["93.184.215.14", address]).fetch("https://news.example/")


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_what_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/x",
        "ftp://news.example/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://1.2.3.4.5/",
        "http://user:word@news.example/",
        "http://news.example@127.0.0.1/",
        "http://127.0.0.1\\@news.example/",
        "http://news.example/\r\nHost: x",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http:///path",
        "http://news.example:99999/",
        "http://" + "a" * 300 + ".example/",
        "https://①②⑦.⓪.⓪.①/",
    ],
)
def test_addresses_that_are_refused_for_their_form_or_for_where_they_lead(url: str) -> None:
    with pytest.raises(InputError):
        Getter(resolve=lambda host, port: [host] if host[:1].isdigit() else []).fetch(url)


def test_an_address_in_other_scripts_is_asked_as_it_goes_over_the_line() -> None:
    asked = target("https://BÜCHER.example/straße?q=ü")
    assert (asked.host, asked.path) == ("xn--bcher-kva.example", "/stra%C3%9Fe?q=%C3%BC")


@settings(max_examples=40)
@given(st.text(max_size=60))
def test_whatever_is_asked_is_an_error_or_an_address(text: str) -> None:
    for url in (text, f"http://{text}/", f"https://news.example/{text}"):
        with suppress(InputError):
            assert target(url).host


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked() -> None:
    answers = itertools.chain([["127.0.0.1"]], itertools.repeat(["127.0.0.2"]))
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    with serving(lambda plug, _: plug.sendall(answer(PAGE))) as server:
        found = getter(server, resolve=resolve).fetch(f"http://news.example:{server.port}/a?b=c")
    assert (found.raw, asked) == (PAGE.encode(), ["news.example"])
    assert f"Host: news.example:{server.port}\r\n" in server.requests[0]
    assert server.paths == ["/a?b=c"]


# --- redirects ---


@pytest.mark.parametrize(
    "onward",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:1/",
        "http://[::ffff:127.0.0.1]:1/",
        "http://2852039166/",
        "file:///etc/passwd",
        "gopher://news.example/",
        "//127.0.0.1:1/",
        "http://user:word@news.example/",
    ],
)
def test_every_step_is_checked(onward: str) -> None:
    with serving(lambda plug, _: plug.sendall(answer(status="302 Found", headers=f"Location: {onward}\r\n"))) as server:
        with pytest.raises(InputError):
            getter(server).fetch(server.url())
        assert len(server.requests) == 1


def test_redirects_are_followed_and_kept_and_end() -> None:
    def serve(plug: socket.socket, request: str) -> None:
        step = int(request.split("/")[1].split(" ")[0])
        headers = f"Location: /{step + 1}\r\nSet-Cookie: a=b\r\n"
        plug.sendall(answer(PAGE) if step == 3 else answer(status="301 Moved", headers=headers))

    with serving(serve) as server:
        found = getter(server).fetch(server.url("/0"))
        assert found.capture.url == server.url("/3")
        assert found.capture.redirects == tuple(server.url(f"/{step}") for step in range(3))
        assert not any("cookie" in request.lower() for request in server.requests)
        with pytest.raises(InputError, match="leads on more than 5 times"):
            getter(server).fetch(server.url("/4"))


# --- limits ---


def drip(piece: bytes, first: bytes = b"") -> object:
    def serve(plug: socket.socket, _: str) -> None:
        plug.sendall(first)
        for _ in range(200):
            plug.sendall(piece)
            time.sleep(0.02)

    return serve


@pytest.mark.parametrize(
    "serve",
    [
        drip(b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n"),
        drip(b"x", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n"),
        drip(b"1\r\na\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        drip(b"x", b"HTTP/1.1 200 OK\r\nX: "),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n"),
        drip(b"H"),
        lambda plug, _: time.sleep(3),
    ],
)
def test_slow_servers_are_given_up_in_time(serve: object) -> None:
    with serving(serve) as server:  # type: ignore[arg-type]
        begun = time.monotonic()
        with pytest.raises(InputError, match=r"longer than 0\.6 s"):
            getter(server).fetch(server.url())
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 200_000, "longer than 100,000"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\nx", "said to be"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nx", "cut short|cannot be fetched"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nx", "cannot be fetched"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx", "cannot be fetched"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "cannot be fetched"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n", "cannot be fetched"),
        (b"not HTTP at all", "cannot be fetched"),
        (b"", "cannot be fetched"),
        (b"HTTP/1.1 99999 OK\r\n\r\n", "cannot be fetched"),
    ],
)
def test_answers_that_are_too_long_or_broken(raw: bytes, says: str) -> None:
    with serving(lambda plug, _: plug.sendall(raw)) as server, pytest.raises(InputError, match=says):
        getter(server, limits=Limits(seconds=5, size=100_000)).fetch(server.url())


def test_refusals_say_when_to_come_again_and_what_is_the_same_is_not_sent_again() -> None:
    def serve(plug: socket.socket, request: str) -> None:
        if 'If-None-Match: "1"' in request and "If-Modified-Since: Sat" in request:
            plug.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        else:
            plug.sendall(answer(status="429 Too Many", headers="Retry-After: 120\r\n"))

    with serving(serve) as server:
        with pytest.raises(Refused) as refused:
            getter(server).fetch(server.url())
        assert (refused.value.status, refused.value.retry_after) == (429, 120)
        same = getter(server).fetch(server.url(), known=Known('"1"', "Sat, 10 Dec 2016 08:00:00 GMT"))
        assert (same.raw, same.capture.status) == (b"", 304)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, str]:
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, str(file)


def test_tls_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    context, trust = certificate(tmp_path, "news.example")
    resolve = lambda host, port: ["127.0.0.1"]  # noqa: E731
    with serving(lambda plug, _: plug.sendall(answer(PAGE)), tls=context) as server:
        limits = Limits(seconds=5)
        good = getter(server, resolve=resolve, trust=trust, limits=limits)
        assert good.fetch(f"https://news.example:{server.port}/").raw == PAGE.encode()
        with pytest.raises(InputError, match=r"cannot be fetched: .*(ertificate|SSL)"):
            good.fetch(f"https://other.example:{server.port}/")
        with pytest.raises(InputError, match=r"cannot be fetched: .*(ertificate|SSL)"):
            getter(server, resolve=resolve, limits=limits).fetch(f"https://news.example:{server.port}/")


# --- as inputs ---


def test_what_an_address_holds_is_told_by_its_content(tmp_path: Path) -> None:
    def serve(plug: socket.socket, request: str) -> None:
        lying = "Content-Type: image/png\r\n"
        plug.sendall(answer(PAGE if "page" in request.split(" ")[1] else b"\x89PNG", headers=lying))

    with serving(serve) as server:
        inputs = [
            server.url("/2016/page-one.html?x=1"),
            server.url("/picture"),
            "http://127.0.0.1:9/",
            "file:///etc/passwd",
        ]
        found = list(open_inputs(inputs, fetch=getter(server, limits=Limits(seconds=5)).fetch))
    assert [type(item) for item in found] == [Document, Failure, Failure, Failure]
    page = found[0]
    assert isinstance(page, Document)
    assert (page.doc, page.media_type, page.origin) == ("page-one", "text/html", inputs[0])
    assert (page.capture.url, page.capture.status) == (inputs[0], 200)
    assert ("content-type", "image/png") in page.capture.headers
    assert all(item.origin in item.message for item in found if isinstance(item, Failure))


def test_items_of_a_fetched_feed_name_the_hash_of_the_feed() -> None:
    feed = "<rss><channel><item><description>Text of it</description></item></channel></rss>"
    with serving(lambda plug, _: plug.sendall(answer(feed))) as server:
        (found,) = open_inputs([server.url()], fetch=getter(server, limits=Limits(seconds=5)).fetch)
    assert isinstance(found, Document)
    assert found.capture.holder == hashlib.sha256(feed.encode()).hexdigest()


def test_lists_of_feeds_that_name_each_other_end(tmp_path: Path) -> None:
    outlines = "".join(f'<outline xmlUrl="http://127.0.0.1:PORT/{number}"/>' for number in range(20))
    opml = f"<opml><body>{outlines}</body></opml>"
    with serving(lambda plug, _: plug.sendall(answer(opml.replace("PORT", str(server.port))))) as server:
        (tmp_path / "list").write_text(opml.replace("PORT", str(server.port)))
        found = list(open_inputs([str(tmp_path / "list")], fetch=getter(server, limits=Limits(seconds=5)).fetch))
        assert len(found) == len(server.requests) == 20
        (in_folder,) = open_inputs([str(tmp_path)], fetch=getter(server).fetch)
        assert isinstance(in_folder, Failure) and "given by name" in in_folder.message
        assert len(server.requests) == 20
    assert all(isinstance(item, Failure) and "a list of feeds" in item.message for item in found)


def test_no_command_asks_this_machine() -> None:
    with serving(lambda plug, _: plug.sendall(answer(PAGE))) as server:
        (found,) = open_inputs([server.url()])
        assert isinstance(found, Failure) and "refused" in found.message
        assert server.requests == []
