"""Codes of countries: typed view of ``data/countries/``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tadmor.lexicon import table
from tadmor.records import Record

__all__ = ["Country", "load"]


class Country(Record, frozen=True, kw_only=True):
    """A country's codes in ISO 3166-1: two letters, three letters, three digits."""

    code: str
    alpha3: str
    numeric: str | None = None


@cache
def load() -> Mapping[str, Country]:
    """Every country, by its two letters. Raises `LexiconError` where the table is not as its README says."""
    return {country.code: country for _, country in table.read(table.data("countries") / "countries.csv", Country)}
