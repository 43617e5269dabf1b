"""One result an input, in the order of the inputs, whatever becomes of the workers."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from fake_stages import BROKEN, DYING, ODD, SQUARES, THREADS, noting, square_of_even

from tadmor.run import stage
from tadmor.run.local import Local
from tadmor.run.pool import Pool
from tadmor.run.stage import Runner, chunks

RUNNERS = [Local(), Pool(1), Pool(3)]


@pytest.mark.parametrize("runner", RUNNERS, ids=["local", "pool of 1", "pool of 3"])
@pytest.mark.parametrize("many", [0, 1, 100])
def test_results_come_with_their_inputs_in_order(runner: Runner, many: int) -> None:
    assert list(runner.map(SQUARES, range(many))) == [(number, number * number) for number in range(many)]


@pytest.mark.parametrize(("deadly", "cause"), [(-1, "SIGKILL"), (-2, "ended (3)")])
def test_a_dead_worker_costs_one_input(deadly: int, cause: str) -> None:
    numbers = [*range(30), deadly, *range(30, 40), deadly, *range(40, 60)]
    found = dict(enumerate(result for _, result in Pool(2).map(SQUARES, numbers)))
    for at, number in enumerate(numbers):
        if number == deadly:
            assert cause in str(found[at])
        else:
            assert found[at] == number * number


def test_an_input_that_hangs_is_given_up() -> None:
    found = [result for _, result in Pool(2, limit=0.3).map(SQUARES, [1, 2, -3, 4])]
    assert found[:2] + found[3:] == [1, 4, 16]
    assert "longer than 0.3 s" in str(found[2])


@pytest.mark.parametrize("runner", RUNNERS[:2], ids=["local", "pool"])
def test_a_bug_stops_the_run(runner: Runner) -> None:
    """What a stage does not turn into a result is a bug and is not hidden."""
    with pytest.raises(LookupError, match="an invented bug"):
        list(runner.map(SQUARES, [1, -4]))
    with pytest.raises(LookupError, match="cannot be opened"):
        list(runner.map(BROKEN, [1]))


def test_workers_that_cannot_start_are_not_tried_for_ever() -> None:
    with pytest.raises(RuntimeError, match="workers cannot be started"):
        list(Pool(1).map(DYING, [1]))


def test_inputs_are_not_taken_far_ahead_of_results() -> None:
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    results = Pool(2).map(SQUARES, endless())
    for _ in range(100):
        next(results)
        assert taken <= 100 + (stage.AHEAD * 2 + 2) * stage.CHUNK
    results.close()  # type: ignore[attr-defined]


def test_workers_go_on_while_results_are_made_use_of(tmp_path: Path) -> None:
    results = Pool(2).map(noting(tmp_path, ahead=4), range(1_000))
    assert next(results) == (0, 0)
    until = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 8 and time.monotonic() < until:
        time.sleep(0.01)
    assert len(list(tmp_path.iterdir())) == 8
    assert list(results) == [(number, number) for number in range(1, 1_000)]


def test_a_pool_that_is_left_ends_its_workers() -> None:
    results = Pool(2).map(SQUARES, range(1_000))
    next(results)
    assert multiprocessing.active_children()
    results.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


def test_workers_use_one_thread_each() -> None:
    assert [result for _, result in Pool(1).map(THREADS, [1])] == ["1"]


def test_chunks_are_bounded_by_number_and_by_size() -> None:
    assert [len(chunk.inputs) for chunk in chunks(range(40), lambda number: 1)] == [16, 16, 8]
    big = stage.CHUNK_SIZE
    assert [chunk.inputs for chunk in chunks([1, big, 1, 1], lambda number: number)] == [[1], [big], [1, 1]]


def test_what_is_told_at_once_comes_in_its_order_and_fills_no_chunk() -> None:
    """Chunks of what is left are as large as without it, and what lies in between is bounded, too."""
    for runner in RUNNERS:
        assert list(runner.map(ODD, range(300))) == [(number, number * number) for number in range(300)]
    odd = [chunk.todo for chunk in chunks(range(80), lambda number: 1, square_of_even)]
    assert [len(todo) for todo in odd] == [16, 16, 8]
    assert [len(chunk.inputs) for chunk in chunks([2] * 300, lambda number: 1, square_of_even)] == [256, 44]
    some = stage.ALL_SIZE // 4
    assert [len(chunk.inputs) for chunk in chunks([some] * 9, lambda number: number, square_of_even)] == [4, 4, 1]


def test_rows_end_with_their_number_their_size_or_what_was_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [len(row) for row in stage.rows(range(40), lambda number: 1)] == [16, 16, 8]
    assert [len(row) for row in stage.rows(range(5), lambda number: stage.ROW_SIZE // 2)] == [2, 2, 1]
    now = 0.0
    monkeypatch.setattr("tadmor.run.stage.time.monotonic", lambda: now)

    def slowly() -> Iterator[int]:
        nonlocal now
        for number in range(6):
            now += 1 if number in (2, 3) else 0
            yield number

    assert list(stage.rows(slowly(), lambda number: 1)) == [[0, 1, 2], [3], [4, 5]]


def test_no_worker_is_started_for_what_is_told_at_once() -> None:
    for runner in RUNNERS:
        assert list(runner.map(BROKEN._replace(at_once=square_of_even), [2, 4])) == [(2, 4), (4, 16)]


def test_what_comes_slowly_does_not_wait_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count()
    monkeypatch.setattr("tadmor.run.stage.time.monotonic", lambda: next(clock) / 10)
    assert max(len(chunk.inputs) for chunk in chunks(range(40), lambda number: 1)) < 12
