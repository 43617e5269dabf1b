from __future__ import annotations

import pytest

from tadmor.errors import UsageError
from tadmor.record.database import Database
from tadmor.record.names import find_place


@pytest.mark.parametrize("name", ["Palmyra", "palmyra", "Tadmur", "Tadmor", "Palmyrra", "gn:163808"])
def test_any_name_of_a_place(database: Database, name: str) -> None:
    assert find_place(database, name).place.id == "gn:163808"


def test_a_place_that_no_gazetteer_knows(database: Database) -> None:
    assert find_place(database, "nowhere hill").place.name == "Nowhere Hill"


def test_unknown_names_get_a_suggestion(database: Database) -> None:
    with pytest.raises(UsageError, match="did you mean Palmyra"):
        find_place(database, "Pamlyra")
    for name in ("Xyzzy", "", "%", "东"):
        with pytest.raises(UsageError, match="knows no place"):
            find_place(database, name)
