"""trafilatura, asked sooner: the same text, writer and title, in half the time.

What the library looks for in a page is written as XPath, with regular expressions for which lxml calls Python at each
element: most of the time that a page takes. Here each attribute of a page is looked at once: an element is *marked*
with the predicates that hold of its attributes, and the XPath asks for the mark, or is not asked where no element of
the page has it. Marks are attributes with a capital letter, which the parser of HTML makes none of.

This is done to copies of the library's modules that nobody else sees. Part of the page worker.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import lxml.html
from lxml import etree
from trafilatura.settings import Extractor

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_AT = r"(@[\w-]+(?:\|@[\w-]+)*)"
_TEST = re.compile(
    rf"re:test\(\s*{_AT}\s*,\s*'([^']*)'\s*(?:,\s*'(i)'\s*)?\)"
    rf"|(contains|starts-with)\(\s*{_AT}\s*,\s*'([^']*)'\s*\)"
    rf"|contains\(translate\(\s*{_AT}\s*,\s*'([^']*)'\s*,\s*'([^']*)'\s*\)\s*,\s*'([^']*)'\s*\)"
    rf"|{_AT}\s*=\s*'([^']*)'"
    rf"|{_AT}(?=\s+or\b|\s*\])"
)
_TESTS = re.compile(rf"(?:{_TEST.pattern})(?:\s+or\s+(?:{_TEST.pattern}))*")
_KINDS = re.compile(r"\[((?:self::\w+ or )+self::\w+)\](\s*\[\s*@M\d+\s*\])?")
_NEEDED = re.compile(r"\(?\.?//\*\[\s*@(M\d+)\s*\][^|]*")
_QUOTED = re.compile(r"'[^']*'")
_REGEX = {"re": "http://exslt.org/regular-expressions"}
_LONGEST = 300  # characters of a value that is remembered
_ALL = "M"  # the attribute of a tree's root that names all its marks


class _Test(NamedTuple):
    """What a mark says of an attribute, or of that of several which comes first."""

    mark: str
    attributes: tuple[str, ...]
    pattern: re.Pattern[str]


_tests: list[_Test] = []
_asked: set[str] = set()  # the names of all attributes that are tested


def parse(page: str) -> HtmlElement | None:
    """The tree of a page's source, marked; None where that is no page."""
    tree = library().utils.load_html(page)
    if tree is not None:
        _mark(tree)
    return tree


def article(tree: HtmlElement) -> str:
    """The text of the article in a tree that `parse` made and that is used up; empty where there is none."""
    found = library().core.bare_extraction((tree,), options=library().options)
    return (found.text or "") if found is not None else ""


def _mark(tree: HtmlElement) -> None:
    there: set[str] = set()
    for element in tree.iter():
        for name, value in element.items():
            if name in _asked:
                marks = _marks if len(value) <= _LONGEST else _marks.__wrapped__
                for mark, several in marks(name, value):
                    if not several or next(filter(several.__contains__, element.keys())) == name:
                        element.set(mark, "")
                        there.add(mark)
    tree.getroottree().getroot().set(_ALL, " ".join(sorted(there)))


@lru_cache(maxsize=1 << 13)
def _marks(name: str, value: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The marks of an element with such an attribute, each with the names among which it has to be the first."""
    found = (test for test in _tests if name in test.attributes and test.pattern.search(value))
    return tuple((test.mark, test.attributes if len(test.attributes) > 1 else ()) for test in found)


class _Path:
    """Finds in a marked tree what `path` finds."""

    def __init__(self, path: etree.XPath) -> None:
        asked = _TESTS.sub(_by_mark, path.path) if " and " not in path.path else path.path
        self.path = _KINDS.sub(_by_name, asked.strip())
        self._find = etree.XPath(self.path, namespaces=_REGEX)
        needed = _NEEDED.fullmatch(_QUOTED.sub("''", self.path))
        self._needed = needed[1] if needed else None

    def __call__(self, tree: HtmlElement) -> Any:
        if self._needed is not None:
            marks = tree.getroottree().getroot().get(_ALL)
            if marks is not None and self._needed not in marks.split():
                return []
        return self._find(tree)


def _by_name(found: re.Match[str]) -> str:
    """One comparison of names instead of one look at the element for each kind, and none where a mark is wanting."""
    kinds = found[1].replace(" or ", "|").replace("self::", "")
    return f"{found[2] or ''}[contains('|{kinds}|', concat('|', name(), '|'))]"


def _by_mark(found: re.Match[str]) -> str:
    """One mark for tests of which one has to hold."""
    mark = f"M{len({test.mark for test in _tests})}"
    tests = [_Test(mark, *_pattern(test)) for test in _TEST.finditer(found[0])]
    _tests.extend(tests)
    _asked.update(name for test in tests for name in test.attributes)
    return f"@{mark}"


def _pattern(test: re.Match[str]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Which attributes are asked for, and for what."""
    of_regex, regex, ignoring, how, of_part, part, of_either, capitals, small, either, of_value, value, there = (
        test.groups()
    )
    if regex:
        pattern = regex
    elif part:
        pattern = (r"\A" if how == "starts-with" else "") + re.escape(part)
    elif either:
        signs = {sign: f"[{sign}{capital}]" for capital, sign in zip(capitals, small, strict=True)}
        pattern = "".join(signs.get(sign, re.escape(sign)) for sign in either)
    else:
        pattern = rf"\A{re.escape(value)}\Z" if value else ""
    names = of_regex or of_part or of_either or of_value or there
    return tuple(names.replace("@", "").split("|")), re.compile(pattern, re.IGNORECASE if ignoring else 0)


# --- the library ----------------------------------------------------------------------------------------------------


class Library(NamedTuple):
    """Copies of modules of trafilatura whose XPath asks for marks, and how an article is to be extracted."""

    core: ModuleType
    metadata: ModuleType
    utils: ModuleType
    options: Extractor


@cache
def library() -> Library:
    """The library as it is used here; made once."""
    parser = lxml.html.HTMLParser(
        collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    # Else a class is chosen in Python for each element; all that is asked of forms here any element can answer.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement))
    baseline = _own("baseline", "BASIC_CLEAN_XPATH")
    core = _own(
        "core",
        "RAW_TREE_PRUNE_XPATH",
        "REMOVE_COMMENTS_AND_LISTS_XPATH",
        extract_content=_own(
            "main_extractor",
            "BODY_XPATH",
            "OVERALL_DISCARD_XPATH",
            "TEASER_DISCARD_XPATH",
            "DISCARD_IMAGE_ELEMENTS",
        ).extract_content,
        baseline=baseline.baseline,
        html2txt=_shown(baseline),
        load_html=_given,
        _prepare_tree=_prepared,
    )
    return Library(
        core=core,
        metadata=_own("metadata", "AUTHOR_XPATHS", "AUTHOR_DISCARD_XPATHS", "TITLE_XPATHS", JSON_MINIFY=_Minified),
        utils=_own("utils", HTML_PARSER=parser, INVALID_XML_CHARS=_Forbidden),
        options=Extractor(output_format="python", fast=True, comments=False),
    )


def _own(name: str, *paths: str, **instead: object) -> ModuleType:
    """A copy of a module of the library in which some XPath asks for marks, and some functions are replaced."""
    spec = find_spec(f"trafilatura.{name}")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    for path in paths:
        asked = getattr(module, path)
        instead[path] = [_Path(each) for each in asked] if isinstance(asked, list) else _Path(asked)
    vars(module).update(instead)
    return module


_SHOWN = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/>
<xsl:template match="{left_out}" priority="2"/>
<xsl:template match="{blocks}" priority="1"><xsl:text> </xsl:text><xsl:apply-templates/><xsl:text> </xsl:text>
</xsl:template>
</xsl:stylesheet>"""


def _shown(baseline: ModuleType) -> Callable[[HtmlElement], str]:
    """The library's function for all words of a page, in a fifth of its time; it only counts what that gives. Beside
    the words, characters that cannot be printed are counted, too."""
    left_out = baseline.BASIC_CLEAN_XPATH.path.replace(".//", "")
    blocks = "|".join(sorted(baseline._BLOCK_ELEMS))
    sheet = etree.XSLT(etree.fromstring(_SHOWN.format(left_out=left_out, blocks=blocks)))

    def shown(tree: HtmlElement) -> str:
        body = tree.find(".//body")
        try:
            return " ".join(str(sheet(tree if body is None else body)).split())
        except etree.XSLTApplyError:  # elements that are nested too deeply for it
            return str(baseline.html2txt(tree))

    return shown


class _Forbidden:
    """The characters that XML forbids. The library's expression for them goes through each page, which none of them is
    in, three times as long."""

    _controls = bytes(set(range(0x20)) - set(b"\t\n\r"))
    _all = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

    @classmethod
    def sub(cls, instead: str, page: str) -> str:
        raw = page.encode("utf-8", "surrogatepass")
        clean = len(raw.translate(None, cls._controls)) == len(raw) and "\ufffe" not in page and "\uffff" not in page
        return page if clean else cls._all.sub(instead, page)


class _Minified:
    """JSON without the space between its values; the library's expression makes something of each value."""

    _kept = re.compile(r'"(?:\\.|[^"\\])*"|[^\s"]+|"')

    @classmethod
    def sub(cls, _: str, text: str) -> str:
        return "".join(cls._kept.findall(text))


def _given(held: tuple[HtmlElement], _: int | None) -> HtmlElement:
    """The tree itself: of one that it is given the library would make a copy."""
    return held[0]


def _prepared(tree: HtmlElement, options: Any, url: str | None) -> tuple[HtmlElement, None]:
    """As the library's, without the copy that only its slower ways look at."""
    core = library().core
    return core.convert_tags(core.tree_cleaning(copy(tree), options), options, url), None
