"""A record on a server: the same content as in a file, several at once, roles that do what they say, clear errors."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import msgspec
import psycopg
import pytest

import invented
from homes import Cluster
from tadmor.errors import InputError, RecordError
from tadmor.pipeline import read_into, review_into
from tadmor.record import decide, maker, migrate, queries, words, write
from tadmor.record.address import Address, Server, address
from tadmor.record.check import content_hash, faults
from tadmor.record.database import Database, open_record
from tadmor.record.decide import Author
from tadmor.record.layout import KEPT_IN_STEP, latest, layouts
from tadmor.record.postgresql import FIRST, MIGRATIONS, spoken
from tadmor.records import Claim, Quote, Reading, Report
from tadmor.run.local import Local

SECONDS = float(os.environ.get("TADMOR_CLIENTS", "8"))  # that the clients are at it
ROOT = Path(__file__).resolve().parents[2]


def read(record: Address, *files: Path) -> None:
    with open_record(record, write=True, wait=60) as database:
        read_into(database, list(map(str, files)), runner=Local(), stage=invented.STAGE, history=invented.history)


def _put(database: Database, number: int, quote: str) -> None:
    """A report with a claim of these words."""
    text = f"{quote}. {number}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    report = Report(
        id="r" + digest[:20],
        sha256=digest,
        doc="d",
        origin=f"o{number}",
        text=text,
        segments=(),
        media_type="text/plain",
        published_by="none",
    )
    claim = Claim(
        id=f"c{number:03}",
        report_id=report.id,
        kind="event",
        type="battle",
        quote=Quote(start=0, end=len(quote)),
        rule="r",
    )
    write.put_maker(database, maker.this())
    write.put_reading(
        database,
        Reading(report=report, claims=(claim,)),
        text.encode(),
        doc="d",
        maker=maker.this(),
        published=None,
        outlet=None,
        read_at=write.now(),
    )


# --- the same as in a file ------------------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_content(server: Cluster, tmp_path: Path) -> None:
    """Reports, claims, stories, spells, reviews: all that the record holds, to the byte."""
    reports = invented.write_reports(tmp_path / "in", 60)
    found = []
    for record in (tmp_path / "war.tadmor", server.new()):
        read(record, reports)
        with open_record(record, write=True) as database:
            ids = [row["id"] for row in database.query("SELECT id FROM claims ORDER BY id LIMIT 3")]
            made = decide.about_claims(database, "reject", ids, Author("Amal"), fields={})
            at = [msgspec.structs.replace(one, at="2020-01-01T00:00:00.000000Z") for one in made]
            review_into(database, at, runner=Local(), history=invented.history)
        with open_record(record) as database, database.snapshot():
            assert not list(faults(database))
            found.append((content_hash(database), queries.stats(database), queries.spells(database, layer=None)))
    assert found[0] == found[1]
    assert found[0][1]["reviews"] == 3


def test_the_tables_are_those_of_a_file(server: Cluster) -> None:
    """By name, columns, types and what may be missing; what refers to what, and with what consequence."""
    with psycopg.connect(server.new().address) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE table_schema = 'tadmor' AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position"
        ).fetchall()
    types = {"text": "TEXT", "bigint": "INTEGER", "integer": "INTEGER", "double precision": "REAL", "bytea": "BLOB"}
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for table, column, kind, nullable in columns:
        if table not in {"version", "report_words", "quote_words", *KEPT_IN_STEP}:
            found.setdefault(table, []).append((column, types[kind], nullable == "NO"))
    assert found == {table.name: [tuple(column) for column in table.columns] for table in layouts(latest())}


def test_each_form_of_a_file_has_its_step_on_a_server() -> None:
    steps = migrate.steps(MIGRATIONS, first=FIRST)
    assert [number for number, _ in steps] == list(range(FIRST, latest() + 1))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("a = ? AND b = ?", "a = $1 AND b = $2"),
        ("a = ?2 OR a = ?1 OR b = ?", "a = $2 OR a = $1 OR b = $3"),
        ("a IS ? AND b IS NOT ?", "a IS NOT DISTINCT FROM $1 AND b IS DISTINCT FROM $2"),
        ("(a, b) IS NOT (?1, ?2)", "(a, b) IS DISTINCT FROM ($1, $2)"),
        ("a IS NOT NULL AND b IS NOT 'x?'", "a IS NOT NULL AND b IS DISTINCT FROM 'x?'"),
        ("a IN () AND b = 'IN ()'", "a IN (NULL) AND b = 'IN ()'"),
        ("main.a CROSS JOIN temp.b ON true", "tadmor.a JOIN pg_temp.b ON true"),
    ],
)
def test_what_is_said_in_another_way(said: str, wanted: str) -> None:
    assert spoken(said) == wanted


@pytest.fixture(scope="module")
def same_quotes(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> list[Address]:
    """A file and a record on a server with the same quotes in the same order."""
    made: list[Address] = [tmp_path_factory.mktemp("quotes") / "war.tadmor", server.new()]
    for record in made:
        with open_record(record, write=True) as database, database.transaction():
            for number, quote in enumerate(QUOTES * 3):
                _put(database, number, quote)
    return made


QUOTES = [
    "Pro-government forces took Palmyra",
    "Government forces, pro and contra",
    "The city of Tádmur; the city again",
    "Within 10km of the city",
    "The palm of his hand",
    "قال العربية",
    "A's b and no more",
]


@pytest.mark.parametrize(
    "text",
    ["Palmyra", "palm", "pro-government", "TÁDMUR", "the city", "10km", "-", "no such words", '"*', "العربية", "a's b"],
)
def test_words_are_found_alike(same_quotes: list[Address], text: str) -> None:
    """Capitals, accents, hyphens, beginnings, signs of query languages; in the same order."""
    found = []
    for record in same_quotes:
        with open_record(record) as database:
            ranked = [(one.number, round(one.rank, 9)) for one in words.best(database, text, limit=5)]
            found.append((ranked, sorted(words.holding(database, "quote_words", text, beginning=True))))
    assert found[0] == found[1]


# --- several at once ------------------------------------------------------------------------------------------------


def _writes(record: Server, folder: Path, own: int) -> int:
    """Read one report after the other into the record; how many."""
    done, end = 0, 0.0
    with open_record(record, write=True, wait=60) as database:
        while not done or time.monotonic() < end:
            file, day = folder / f"{own}-{done}.txt", 1 + done % 28
            file.write_text(invented.text(f"On 2016-03-{day:02} Reds gains Palmyra.", seed=own * 10_000 + done))
            summary = read_into(database, [str(file)], runner=Local(), stage=invented.STAGE, history=invented.history)
            assert (summary.new, summary.failed) == (1, ())
            done += 1
            end = end or time.monotonic() + SECONDS  # the first report waits for what a process has to load
    return done


def _reads(record: Server) -> int:
    """Ask for all that a map asks for, again and again; what one snapshot tells agrees with itself; how often."""
    done = 0
    with open_record(record) as database:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            with database.snapshot():
                counts = queries.stats(database)
                assert counts["claims"] == counts["reports"] == len(list(queries.reports(database)))
                spells = queries.state(database, date(2016, 12, 1))
                assert len(queries.told(database, [one.claim_id for spell in spells for one in spell.pulls])) > 0
                assert queries.search(database, "Palmyra", limit=5)
            done += 1
    return done


def test_eight_clients_at_once_lose_nothing(server: Cluster, tmp_path: Path) -> None:
    """Six read and two write: no error, each sees a whole record, and every report that was acknowledged is there."""
    record = server.new()
    (tmp_path / "first.txt").write_text(invented.text("On 2016-01-01 Blues gains Palmyra."))
    read(record, tmp_path / "first.txt")
    with ProcessPoolExecutor(8, mp_context=get_context("forkserver")) as pool:
        writers = [pool.submit(_writes, record, tmp_path, own) for own in (1, 2)]
        readers = [pool.submit(_reads, record) for _ in range(6)]
        written, asked = sum(one.result() for one in writers), sum(one.result() for one in readers)
    print(f"{written} reports were written and {asked} snapshots read in {SECONDS:g} s")
    assert written > 0 and asked > 0
    with open_record(record) as database:
        assert queries.stats(database)["reports"] == written + 1
        assert queries.stats(database)["pending_places"] == 0
        assert not list(faults(database))


# --- roles ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def team(server: Cluster) -> Server:
    """A database as the how-to has it made, with a member of each role."""
    text = (ROOT / "docs" / "how-to.md").read_text()
    _, _, rest = text.partition("```sql\n")
    server.sql("postgres", *_statements(rest.partition("```")[0]))
    _, _, rest = rest.partition("```sql\n")
    server.sql("war", *_statements(rest.partition("```")[0]))
    return server.at("war", "olga")


def _statements(text: str) -> Sequence[str]:
    return [one for one in (part.strip() for part in text.split(";")) if one]


def as_user(record: Server, name: str) -> Server:
    return Server(record.address.replace("olga", name))


def test_the_owner_makes_the_record_the_analyst_writes_and_the_reader_reads(team: Server, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(invented.text("On 2016-03-27 Blues gains Palmyra."))
    amal, rami = as_user(team, "amal"), as_user(team, "rami")
    for user in (amal, rami):
        with pytest.raises(RecordError, match=r"may not do that"):
            open_record(user, write=True)
    open_record(team, write=True).close()
    read(amal, tmp_path / "a.txt")
    with open_record(amal, write=True) as database:
        (id,) = (row["id"] for row in database.query("SELECT id FROM claims"))
        review_into(database, decide.about_claims(database, "accept", [id], Author("Amal"), fields={}), runner=Local())
    with open_record(rami) as database:
        assert queries.stats(database)["reviews"] == 1
        assert [spell.holder for spell in queries.state(database, date(2016, 12, 1))] == ["Blues"]
    with open_record(rami, write=True) as database:
        with pytest.raises(RecordError, match="may not do that"), database.transaction():
            pass
        with pytest.raises(RecordError, match="may not do that"):
            database.execute("DELETE FROM claims")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log SET hash = hash",
        "DELETE FROM reviews",
        "UPDATE version SET form = 0",
        "TRUNCATE claims CASCADE",
        "DROP TABLE spells",
        "ALTER TABLE log DISABLE TRIGGER USER",
        "CREATE TABLE tadmor.mine (a int)",
    ],
)
def test_what_no_analyst_may_do(team: Server, change: str) -> None:
    open_record(team, write=True).close()
    with (
        open_record(as_user(team, "amal"), write=True) as database,
        pytest.raises(RecordError, match="may not do that"),
    ):
        database.execute(change)


# --- what is wrong is said ------------------------------------------------------------------------------------------


def test_a_writer_that_waits_too_long_is_told_so(server: Cluster) -> None:
    record = server.new()
    with open_record(record, write=True) as one, open_record(record, write=True, wait=0.1) as other, one.transaction():
        with pytest.raises(RecordError, match="is locked by another program"), other.transaction():
            pass
        with open_record(record) as reader:
            assert queries.stats(reader)["claims"] == 0  # readers do not wait


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("postgresql://owner:secret@/none?host={folder}", 'database "none" does not exist'),
        ("postgresql://owner:secret@127.0.0.1:1/war", "cannot be reached"),
        ("postgresql://owner:secret@/postgres?host={folder}", "holds no record"),
    ],
)
def test_what_cannot_be_opened_is_named_without_its_password(server: Cluster, where: str, message: str) -> None:
    with pytest.raises(RecordError, match=message) as raised:
        open_record(where.format(folder=server.folder))
    assert "secret" not in str(raised.value) and "owner@" in str(raised.value)


def test_a_database_without_postgis_is_not_begun(server: Cluster) -> None:
    server.sql("postgres", "CREATE DATABASE plain")
    with pytest.raises(RecordError, match="CREATE EXTENSION postgis"):
        open_record(server.at("plain"), write=True)
    with pytest.raises(RecordError, match="holds no record"):
        open_record(server.at("plain"))


def test_a_newer_record_is_refused(server: Cluster) -> None:
    record = server.new()
    with open_record(record, write=True) as database:
        database.execute("UPDATE version SET form = 999")
    for write_it in (False, True):
        with pytest.raises(RecordError, match="newer version"):
            open_record(record, write=write_it)


def test_a_text_with_nul_is_refused_and_the_rest_is_kept(server: Cluster, tmp_path: Path) -> None:
    with open_record(server.new(), write=True) as database:
        with database.transaction():
            _put(database, 1, "Words")
        with pytest.raises(InputError, match="the character NUL"), database.transaction():
            _put(database, 2, "Words\0")
        assert queries.stats(database)["claims"] == 1
        assert not list(faults(database))


def test_an_address_is_no_path() -> None:
    assert address("postgresql://a:b@host/war") == Server("postgresql://a:b@host/war")
    assert str(address("postgresql://a:b@host/war")) == "postgresql://a@host/war"
    assert address("war.tadmor") == Path("war.tadmor")
