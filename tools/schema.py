"""Writes docs/schema.md, and in one what all migrations of the record make, from these: `python tools/schema.py`; a
test says when to.

What the page says of a table, view or column is the comment that stands with it in the SQL.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tadmor.record import migrate

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "schema.md"
MADE = ROOT / "src" / "tadmor" / "record" / "migrations" / "made"
HEAD = """# The schema of a record

<!-- Written by tools/schema.py from the migrations in src/tadmor/record/migrations. -->

A record is one SQLite file, form {form} (`PRAGMA user_version`). Any program that reads SQLite reads it; write to it
with Tadmor only. Days are ISO 8601 texts, so that they can be compared; lists are JSON; 0 and 1 stand for no and yes.
Ids are hashes of content and are the same in every record; the `number` of a row is not.

- **A browser:** `datasette war.tadmor` (from the package of that name) shows tables and views, filters them, and
  searches the words of `reports` and of `claims`. Begin with the views below.
- **A map:** QGIS (drag the file into it) and everything that uses GDAL find the views with a `geometry` as layers of
  points, WGS 84. Only a place has a point: what is known of a district, governorate or country only has none.
- **A server:** a record in PostgreSQL has the same tables and views in the schema `tadmor`, with points of PostGIS.
- **A notebook:** `sqlite3` of Python or R, DuckDB (`ATTACH 'war.tadmor' (TYPE sqlite)`), or the Parquet files that
  `tadmor copy` writes, which have these tables and columns.
"""
_OBJECT = re.compile(r"^(CREATE (?:VIRTUAL )?(?:TABLE|VIEW)|DROP VIEW) (\w+)", re.M)
_RENAMED = re.compile(r"^ALTER TABLE (\w+) RENAME TO (\w+)", re.M)
_ADDED = re.compile(r"^ALTER TABLE (\w+) ADD COLUMN (\w+)", re.M)
_COLUMN = re.compile(r"^  (\w+) +[A-Z].*?--(.*)$", re.M)


def page() -> str:
    """The page as it should be."""
    notes: dict[str, str] = {}
    columns: dict[str, dict[str, str]] = {}
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in migrate.making():
            connection.execute(statement)
            _read(statement, notes, columns)
        return HEAD.format(form=len(migrate.steps())) + "".join(_sections(connection, notes, columns))


def _read(statement: str, notes: dict[str, str], columns: dict[str, dict[str, str]]) -> None:
    """Take what a statement says about what it makes."""
    note = _note(statement)
    if found := _OBJECT.search(statement):
        if note or not found[1].startswith("DROP"):
            notes[found[2]] = note or notes.get(found[2], "")
        if not found[1].startswith("DROP"):
            columns[found[2]] = {name: about.strip() for name, about in _COLUMN.findall(statement)}
    elif found := _RENAMED.search(statement):
        notes[found[2]], columns[found[2]] = notes.pop(found[1]), columns.pop(found[1])
    elif found := _ADDED.search(statement):
        columns[found[1]][found[2]] = note


def _note(statement: str) -> str:
    """The last paragraph of comments before a statement."""
    paragraphs: list[list[str]] = [[]]
    for line in statement.splitlines():
        if line.startswith("--"):
            if not line.endswith("---"):  # a heading
                paragraphs[-1].append(line.removeprefix("--").strip())
        elif line.strip():
            break
        else:
            paragraphs.append([])
    return " ".join(next((lines for lines in reversed(paragraphs) if lines), []))


def _sections(
    connection: sqlite3.Connection, notes: dict[str, str], columns: dict[str, dict[str, str]]
) -> Iterator[str]:
    listed = connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall()
    kinds = {name: kind for name, kind in listed if not name.startswith("sqlite_")}
    ordered = [name for name in notes if name in kinds]
    yield "\n## Views\n\n| view | what | columns |\n|---|---|---|\n"
    for name in ordered:
        if kinds[name] == "view":
            listed = connection.execute(f"PRAGMA table_info({name})").fetchall()
            yield f"| `{name}` | {notes[name]} | {', '.join(column[1] for column in listed)} |\n"
    yield "\n## Indexes of words and of points\n\n| table | what |\n|---|---|\n"
    for name in ordered:
        if kinds[name] == "virtual":
            yield f"| `{name}` | {notes[name]} |\n"
    yield "\n## Tables\n"
    for name in ordered:
        if kinds[name] == "table":
            yield from _table(connection, name, notes[name], columns[name])


def _table(connection: sqlite3.Connection, name: str, note: str, about: dict[str, str]) -> Iterator[str]:
    yield f"\n### {name}\n\n{note}\n\n| column | type | | what |\n|---|---|---|---|\n"
    points = {row[3]: f"`{row[2]}.{row[4]}`" for row in connection.execute(f"PRAGMA foreign_key_list({name})")}
    for _, column, type, required, _, key in connection.execute(f"PRAGMA table_info({name})").fetchall():
        marks = ["key"] if key else [] if required else ["may be null"]
        if column in points:
            marks.append(f"refers to {points[column]}")
        yield f"| `{column}` | {type} | {', '.join(marks)} | {_cell(about.get(column, ''))} |\n"
    found = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name",
        (name,),
    ).fetchall()
    if found:
        yield "\nIndexes: " + "; ".join(f"`{_indexed(sql)}`" for _, sql in found) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _indexed(sql: str) -> str:
    """What an index is over."""
    return " ".join(sql.partition("(")[2].split()).removesuffix(")")


def made() -> dict[str, str]:
    """What should be in the folder of forms that are made in one."""
    number = len(migrate.steps())
    return {migrate.made(number).name: migrate.whole(number)}


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    MADE.mkdir(exist_ok=True)
    for old in MADE.iterdir():
        old.unlink()
    for name, sql in made().items():
        (MADE / name).write_text(sql, encoding="utf-8")
