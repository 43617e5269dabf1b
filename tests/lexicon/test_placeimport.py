"""The user's own places: dumps and tables are read row by row, joined with the gazetteer, and change nothing else."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.errors import InputError, LexiconError
from tadmor.lexicon import gazetteer, ownplaces, placeimport
from tadmor.lexicon.gazetteer import Gazetteer
from tadmor.lexicon.ownplaces import OwnPlace
from tadmor.record import maker

PLACES = files("tadmor") / "data" / "places" / "places.npz"


def dump(*rows: Sequence[object]) -> str:
    """Lines of a GeoNames dump: number, name, other names, lat, lon, class, code, admin1, admin2, population."""
    lines = []
    for number, name, others, lat, lon, group, code, admin1, admin2, people in rows:
        cells = [number, name, name, others, lat, lon, group, code, "SY", "", admin1, admin2, "", "", people]
        lines.append("\t".join(map(str, [*cells, "", 300, "Asia/Damascus", "2020-01-01"])))
    return "\n".join(lines) + "\n"


DUMP = dump(
    (9001, "Muḩāfaz̧at Qalb", "Qalb Governorate,محافظة", 35.0, 38.0, "A", "ADM1", "77", "", 0),
    (9002, "Qalb District", "", 35.1, 38.1, "A", "ADM2", "77", "7701", 0),
    (9003, "Ayn Tinah Tahta", "Ain Tineh,عين", 35.2, 38.2, "P", "PPL", "77", "7701", 0),
    (9004, "Sadd Qalb", "Qalb Dam", 35.3, 38.3, "S", "DAM", "77", "", 0),
    (9005, "Qalb Spring", "", 35.3, 38.3, "H", "SPNG", "77", "", 0),
    (163808, "Tadmur", "Palmira", 34.55, 38.28, "P", "PPL", "11", "", 51_000),
)
TABLE = """ADM0_EN,ADM0_PCODE,ADM1_EN,ADM1_AR,ADM1_PCODE,ADM2_EN,ADM2_PCODE,lat,lon
#country+name,#country+code,#adm1+name,,#adm1+code,#adm2+name,#adm2+code,#geo+lat,#geo+lon
Yemen,YE,Ta'iz,تعز,YE15,Al Qubbaytah Test,YE1599,13.3,44.2
Yemen,YE,Ta'iz,تعز,YE15,Wazi Test,YE1598,13.5,44.4
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def joined(*rows: OwnPlace) -> Gazetteer:
    return gazetteer.read(PLACES, own=rows)


def test_a_dump_gives_settlements_divisions_and_facilities(tmp_path: Path) -> None:
    found = placeimport.read(written(tmp_path, "SY.txt", DUMP))
    assert (found.format, found.bad) == ("GeoNames", [])
    by_id = {place.id: place for place in found.places}
    assert {id: place.kind for id, place in by_id.items()} == {
        "gn:9001": "governorate",
        "gn:9002": "district",
        "gn:9003": "village",
        "gn:9004": "dam",
        "gn:163808": "town",
    }
    assert by_id["gn:9003"].within == "gn:9002" and by_id["gn:9002"].within == "gn:9001"
    assert by_id["gn:9001"].within == "" and by_id["gn:9004"].within == "gn:9001"
    assert by_id["gn:9003"].aliases == ("Ain Tineh",)


def test_a_zipped_dump_is_the_dump(tmp_path: Path) -> None:
    plain = placeimport.read(written(tmp_path, "SY.txt", DUMP))
    with zipfile.ZipFile(tmp_path / "SY.zip", "w") as archive:
        archive.writestr("readme.txt", "read me")
        archive.writestr("SY.txt", DUMP)
    assert placeimport.read(tmp_path / "SY.zip") == plain


def test_bad_rows_are_named_with_their_line_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = DUMP.splitlines()
    lines[1:1] = ["9100\ttoo short", lines[2].replace("35.2", "north"), lines[2].replace("35.2", "135.2"), ""]
    found = placeimport.read(written(tmp_path, "SY.txt", "\n".join(lines)))
    assert [bad.line for bad in found.bad] == [2, 3, 4]
    assert "19" in found.bad[0].why and "no point" in found.bad[1].why
    assert len(found.places) == 5


def test_an_admin_table_gives_its_divisions_and_the_middle_of_larger_ones(tmp_path: Path) -> None:
    found = placeimport.read(written(tmp_path, "yem.csv", TABLE))
    assert (found.format, found.bad) == ("COD-AB", [])
    by_id = {place.id: place for place in found.places}
    assert by_id["ocha:YE1599"].kind == "district" and by_id["ocha:YE1599"].within == "ocha:YE15"
    taiz = by_id["ocha:YE15"]
    assert (taiz.kind, taiz.country, taiz.lat, taiz.lon, taiz.admin1) == ("governorate", "YE", 13.4, 44.3, "YE15")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("Yemen,YE,Ta'iz,,YE15,Nowhere,YE1501,,", "point is missing"),
        ("Yemen,YE,Ta'iz,,YE15,Nowhere,YE1501,13.3", "cells"),
        ("Yemen,YE,,,,,,13.3,44.2", "no level has a name"),
        ("Yemen,YE,Ta'iz,,YE15,Wazi Test,YE1598,13.5,44.4", "twice"),
    ],
)
def test_bad_rows_of_a_table_are_named(tmp_path: Path, row: str, why: str) -> None:
    found = placeimport.read(written(tmp_path, "yem.csv", TABLE + row + "\n"))
    assert [bad.line for bad in found.bad] == [5] and why in found.bad[0].why
    assert len(found.places) == 3


def test_settlements_of_a_table_lie_in_their_divisions(tmp_path: Path) -> None:
    text = "adm1_name,adm1_pcode,village_en,village_pcode,latitude,longitude\nGedo,SO26,Testville,SO26-1,3.1,42.1\n"
    found = placeimport.read(written(tmp_path, "som.csv", text))
    village, region = sorted(found.places, key=lambda place: place.kind, reverse=True)
    assert (village.name, village.kind, village.within) == ("Testville", "village", region.id)
    assert (region.kind, region.country) == ("governorate", "SO")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.csv", b"", "empty"),
        ("other.csv", b"a,b,c\n1,2,3\n", "ADM1_EN"),
        ("pointless.csv", b"ADM1_EN,ADM1_PCODE\nGedo,SO26\n", "lat and lon"),
        ("broken.zip", b"PK\x03\x04 nothing", "download it again"),
    ],
)
def test_what_is_no_gazetteer_is_named_with_what_to_do(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=says) as error:
        placeimport.read(tmp_path / name)
    assert name in str(error.value)


def test_a_spreadsheet_is_to_be_saved_as_csv(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "cod.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(InputError, match="CSV"):
        placeimport.read(tmp_path / "cod.xlsx")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none"):
        placeimport.read(tmp_path / "none.txt")


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=60), max_size=6))
def test_no_line_stops_an_import(lines: list[str]) -> None:
    found = placeimport.geonames(lines)
    assert len(found.places) + len(found.bad) <= len(lines)


# --- keeping ----------------------------------------------------------------------------------------------------------


def test_importing_again_changes_nothing(tmp_path: Path) -> None:
    rows = placeimport.read(written(tmp_path, "SY.txt", DUMP)).places
    assert ownplaces.write(rows, tmp_path / "own" / "geonames-sy.csv")
    before = (tmp_path / "own" / "geonames-sy.csv").read_bytes()
    assert not ownplaces.write(rows[::-1], tmp_path / "own" / "geonames-sy.csv")
    assert (tmp_path / "own" / "geonames-sy.csv").read_bytes() == before


_WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(lambda t: "|" not in t)


@given(st.lists(st.tuples(_WORDS, _WORDS), min_size=1, max_size=5, unique_by=lambda pair: pair[0]))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]) -> None:
    rows = [
        OwnPlace(id=f"x:{id}", name=name, kind="town", country="SY", lat=1.5, lon=-2.25, names=(name,))
        for id, name in pairs
    ]
    path = tmp_path_factory.mktemp("own") / "x.csv"
    ownplaces.write(rows, path)
    assert sorted(ownplaces.read([path]), key=lambda row: row.id) == sorted(rows, key=lambda row: row.id)


@pytest.mark.parametrize(("line", "says"), [("x:1,A,town,SY,99,0", "no point"), ("x:1,A,town,SY,north,0", "row 2")])
def test_a_wrong_row_is_named_with_its_file(tmp_path: Path, line: str, says: str) -> None:
    path = written(tmp_path, "mine.csv", f"id,name,kind,country,lat,lon\n{line}\n")
    with pytest.raises(LexiconError, match=says) as error:
        list(ownplaces.read([path]))
    assert "mine.csv" in str(error.value)


def test_the_folder_is_the_one_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TADMOR_PLACES", str(tmp_path / "here"))
    assert ownplaces.folder() == tmp_path / "here"
    monkeypatch.delenv("TADMOR_PLACES")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert ownplaces.folder() == tmp_path / "tadmor" / "places"


def test_own_places_are_part_of_the_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Reports read without them are read again; without any the version is that of the package."""

    def version() -> str:
        maker.this.cache_clear()
        return maker.this().id

    try:
        before = version()
        monkeypatch.setenv("TADMOR_PLACES", str(tmp_path))
        assert version() == before
        rows = [OwnPlace(id="x:1", name="Testville", kind="town", country="SY", lat=35.0, lon=38.0)]
        ownplaces.write(rows, tmp_path / "mine.csv")
        after = version()
        assert after != before == version().replace(after, before)
        (tmp_path / "mine.csv").unlink()
        assert version() == before
    finally:
        maker.this.cache_clear()


# --- joining ----------------------------------------------------------------------------------------------------------


def test_new_places_are_found_in_their_larger_places(tmp_path: Path) -> None:
    places = joined(*placeimport.read(written(tmp_path, "SY.txt", DUMP)).places)
    (village,) = places.lookup("Ayn Tinah Tahta")
    assert [p.id for p in places.ancestors(village.id)][:2] == ["gn:9002", "gn:9001"]
    assert places.ancestors(village.id)[-1].kind == "country"
    assert places.lookup("Ain Tineh")[0].id == village.id
    assert places.lookup("Qalb Dam")[0].kind == "dam"
    assert places.get("gn:9004").admin1_name == "Muhafazat Qalb"
    assert places.lookup("Ein Tinah Tahta")[0].id == village.id  # by transliteration, too


def test_places_are_joined_once_and_again_when_a_table_changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TADMOR_PLACES", str(tmp_path))
    try:
        for name in ("Testville", "Otherville"):
            rows = [OwnPlace(id="x:1", name=name, kind="town", country="SY", lat=35.0, lon=38.0)]
            ownplaces.write(rows, tmp_path / "mine.csv")
            for _ in range(2):
                gazetteer.load.cache_clear()
                assert [place.id for place in gazetteer.load().lookup(name)] == ["x:1"]
            assert len(list(tmp_path.glob(".joined-*.npz"))) == 1
        next(tmp_path.glob(".joined-*.npz")).write_bytes(b"damaged")
        gazetteer.load.cache_clear()
        assert gazetteer.load().lookup("Otherville")
    finally:
        gazetteer.load.cache_clear()


def test_a_place_that_is_known_only_gains_names(tmp_path: Path) -> None:
    shipped = gazetteer.read(PLACES)
    palmyra = shipped.lookup("Palmyra")[0]
    row = OwnPlace(
        id="x:1",
        name="Palmyra",
        kind="town",
        country="SY",
        lat=palmyra.lat,
        lon=palmyra.lon,
        aliases=("Bride of Sands",),
    )
    places = joined(row)
    assert len(places) == len(shipped)
    assert places.lookup("Bride of Sands")[0].id == palmyra.id
    again = places.get(palmyra.id)
    assert (again.name, again.prior, again.lat) == (palmyra.name, palmyra.prior, palmyra.lat)
    assert set(again.aliases) == {*palmyra.aliases, "Bride of Sands"}


def test_a_division_that_is_known_is_joined(tmp_path: Path) -> None:
    row = OwnPlace(id="ocha:SY02", name="Halab Test", kind="governorate", country="SY", lat=36.1, lon=37.5, admin1="09")
    places = joined(row)
    assert places.lookup("Halab Test")[0].id == "th:sy-aleppo-governorate"


def test_parts_of_a_division_that_is_known_lie_in_it(tmp_path: Path) -> None:
    """A COD-AB table calls Ta'iz YE15; the gazetteer has it under another code."""
    places = joined(*placeimport.read(written(tmp_path, "yem.csv", TABLE)).places)
    place = places.get("ocha:YE1599")
    assert place.admin1_name == "Taiz Governorate"
    assert [holder.name for holder in places.ancestors(place.id)] == ["Taiz Governorate", "Yemen"]


def test_all_else_stays_as_it_is(tmp_path: Path) -> None:
    """Every id, place and chain of the shipped gazetteer is the same with own places in it."""
    shipped = gazetteer.read(PLACES)
    places = joined(*placeimport.read(written(tmp_path, "SY.txt", DUMP)).places)
    for row in [*range(0, 3000, 61), *range(3000, len(shipped), 3001)]:
        id = shipped.id(row)
        before, after = shipped.get(id), places.get(id)
        assert after == before or set(after.aliases) > set(before.aliases)
        assert places.ancestors(id) == shipped.ancestors(id)
        assert before.name in {place.name for place in places.lookup(before.name)}


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    rows = placeimport.read(written(tmp_path, "SY.txt", DUMP)).places
    one, other = joined(*rows), joined(*rows[::-1])
    assert [one.id(row) for row in range(0, len(one), 199)] == [other.id(row) for row in range(0, len(one), 199)]
    assert one.lookup("Qalb Dam") == other.lookup("Qalb Dam")


def test_places_within_each_other_make_no_circle() -> None:
    rows = [
        OwnPlace(id=f"x:{a}", name=f"Circle {a}", kind="district", country="SY", lat=35.0, lon=38.0, within=f"x:{b}")
        for a, b in (("a", "b"), ("b", "a"))
    ]
    places = joined(*rows)
    assert [len(places.ancestors(f"x:{a}")) <= 3 for a in "ab"] == [True, True]
