"""What is not heard when some sources or kinds are left out."""

from __future__ import annotations

import msgspec
import pytest
from told import KNOWLEDGE, told

from tadmor.errors import UsageError
from tadmor.timeline.whatif import WhatIf, chains, kinds, source

HEARD = [
    told("outlet", "holds", "South", "2020-01-01", outlet="Gazette"),
    told("quoted", "holds", "South", "2020-01-02", by=("Observatory",), outlet="Gazette"),
    told("carried", "holds", "South", "2020-01-03", by=("Observatory", "Wire"), outlet="Courier"),
    told("locals", "holds", "South", "2020-01-04", by=("residents",), outlet="Courier"),
    told("nobody", "holds", "South", "2020-01-05", outlet=None, story="s1"),
]
chain = chains(KNOWLEDGE)
KNOWN = [chain(one) for one in HEARD]


def left(whatif: WhatIf) -> list[str]:
    return [one.claim.id for one in HEARD if whatif.hears(chain(one))]


def without(*names: str) -> list[str]:
    return left(WhatIf(without=frozenset().union(*(source(name, KNOWN, KNOWLEDGE) for name in names))))


def test_a_source_is_left_out_where_it_speaks_and_where_it_carries() -> None:
    assert without("Observatory") == ["outlet", "locals", "nobody"]
    assert without("Wire") == ["outlet", "quoted", "locals", "nobody"]
    assert without("gazette") == ["carried", "locals", "nobody"]
    assert without("Observatory", "Courier") == ["outlet", "nobody"]


def test_a_source_goes_by_its_name_its_id_and_what_describes_it() -> None:
    assert without("observatory") == without("Observatory")
    assert without("residents") == without("~resident") == without("~resident via courier")
    assert "locals" not in without("residents")
    assert without("story s1") == ["outlet", "quoted", "carried", "locals"]


def test_only_claims_of_the_kinds_asked_for_are_heard() -> None:
    only = kinds(["monitor", "resident"], KNOWLEDGE.weights)
    assert left(WhatIf(only_kinds=only)) == ["quoted", "carried", "locals"]
    assert left(WhatIf(without=frozenset({"wire"}), only_kinds=only)) == ["quoted", "locals"]
    assert left(WhatIf()) == [one.claim.id for one in HEARD]


def test_what_is_unknown_is_answered_with_what_is_close() -> None:
    with pytest.raises(UsageError, match=r"called 'Observatori'; did you mean Observatory\?"):
        source("Observatori", KNOWN, KNOWLEDGE)
    with pytest.raises(UsageError, match=r"no claim comes from or through a source called 'Xyzzy'$"):
        source("Xyzzy", KNOWN, KNOWLEDGE)
    with pytest.raises(UsageError, match=r"did you mean monitor\?"):
        kinds(["monitors"], KNOWLEDGE.weights)
    with pytest.raises(UsageError, match="'xyzzy' is no kind of source; there are outlet, wire"):
        kinds(["xyzzy"], KNOWLEDGE.weights)


def test_supposed_weights_replace_those_in_force() -> None:
    other = msgspec.structs.replace(KNOWLEDGE.weights, version="other")
    assert WhatIf(weights=other).knowing(KNOWLEDGE, []).weights.version == "other"
    assert WhatIf().knowing(KNOWLEDGE, []) == KNOWLEDGE
