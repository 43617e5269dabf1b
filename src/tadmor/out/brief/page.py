"""A briefing as one file: HTML that needs neither network nor script, Markdown, or PDF made from the HTML."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tadmor.errors import UsageError
from tadmor.lexicon import actors
from tadmor.out import wording
from tadmor.out.brief.drawing import COLOURS, SHAPES
from tadmor.out.brief.view import Brief
from tadmor.out.page import visible
from tadmor.timeline.weigh import Voice

__all__ = ["ENDINGS", "html", "markdown", "pdf", "write"]

T = TypeVar("T")

# What Markdown and HTML in it would take for more than text.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+!|~&^$-])")


def html(brief: Brief) -> str:
    """The briefing as HTML; all text of reports is escaped, and nothing is fetched."""
    environment = _environment(autoescape=True)
    assert environment.loader is not None
    style = environment.loader.get_source(environment, "brief.css")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return environment.get_template("brief.html.j2").render(
        **_shared(brief), style=Markup(style), policy=policy, shapes=SHAPES, colours=COLOURS
    )


def markdown(brief: Brief) -> str:
    """The briefing as Markdown with footnotes, without its drawings."""
    text = _environment(autoescape=False).get_template("brief.md.j2").render(**_shared(_as_markdown(brief)))
    return re.sub(r"\n{3,}", "\n\n", text)


def pdf(brief: Brief) -> bytes:
    """The briefing as PDF. Raises `UsageError` where WeasyPrint or a library that it needs is not installed."""
    try:
        import weasyprint
    except ImportError as error:
        raise UsageError(
            "PDF needs the package weasyprint, which is not installed: pip install 'tadmor[pdf]'; or write .html and"
            " print it from a browser"
        ) from error
    except OSError as error:
        raise UsageError(
            f"PDF needs Pango, a library of the system (Debian and Ubuntu: apt-get install libpangoft2-1.0-0"
            f" libharfbuzz-subset0): {error}"
        ) from error
    document = weasyprint.HTML(string=html(brief), url_fetcher=_fetch_nothing)
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")  # tagged, so that it can be read aloud in order
    return made


ENDINGS = {
    ".html": lambda brief: html(brief).encode("utf-8", "replace"),
    ".md": lambda brief: markdown(brief).encode("utf-8", "replace"),
    ".pdf": pdf,
}


def write(brief: Brief, out: Path) -> None:
    """Write a briefing in the format of the ending of `out`, all of it or nothing.

    Raises `UsageError` for another ending or a missing extra, `OSError` where `out` cannot be written.
    """
    render = ENDINGS.get(out.suffix.lower())
    if render is None:
        raise UsageError(f"{out}: the ending says what to write: {', '.join(ENDINGS)}")
    content = render(brief)
    unfinished = out.with_name(out.name + ".part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("tadmor.out"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=_shown if autoescape else None,
        trim_blocks=True,
        lstrip_blocks=not autoescape,
    )
    environment.globals.update(day=wording.day, percent=wording.percent, party=_party)
    return environment


def _shared(brief: Brief) -> dict[str, Any]:
    period = wording.day(brief.first)
    if brief.last != brief.first:
        period = f"{period} to {wording.day(brief.last)}"
    return {"brief": brief, "period": Markup(period)}


def _shown(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _as_markdown(value: T) -> T:
    """A value with every text in it as Markdown that shows it as it is."""
    if isinstance(value, str):
        return _SIGNS.sub(r"\\\1", visible(wording.squeeze(value)))  # type: ignore[return-value]
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        return msgspec.structs.replace(value, **{name: _as_markdown(getattr(value, name)) for name in names})
    if isinstance(value, tuple):
        parts = map(_as_markdown, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)  # type: ignore[return-value]
    return value


def _party(voice: Voice) -> str:
    """The name of the party that a voice speaks for."""
    if voice.speaks_for is None:
        return ""
    try:
        return actors.load().get(voice.speaks_for).name
    except KeyError:
        return voice.speaks_for


def _fetch_nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"a briefing fetches nothing: {url}")
