"""An interrupted move leaves nothing that can be served, and goes on when it is run again."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.command import assert_one_sentence, tradepost
from tests.support.moves import (
    Spot,
    StopError,
    arguments,
    move_by_command,
    move_here,
    run,
    steps_of_move,
)
from tradepost.cli.moving import move
from tradepost.database.transfer import MoveError

ENGINES = ("sqlite", "postgresql")


def rows_moved(spot: Spot) -> int:
    return sum(map(len, spot.dump().values()))


def assert_refused(spot: Spot) -> None:
    """The place cannot be served, and why is told."""
    result = tradepost("serve", "--port", "0", environment=spot.environment)
    assert_one_sentence(result, "half filled", "tradepost move", "run again")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_goes_on_after_any_step(spots: Spots, engine: str, seed: int) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    steps = steps_of_move(source, spots("sqlite", "elsewhere"))
    assert steps > 30
    target = spots(engine, "target")
    chance = random.Random(seed)
    for _ in range(3):
        stop_at = chance.randrange(steps)
        with pytest.raises(StopError):
            move_here(source, target, stop_at=stop_at)
    move_here(source, target)
    assert target.dump() == source.dump()
    assert target.files() == source.files()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_step_alone_makes_it_whole(spots: Spots, engine: str) -> None:
    source = put_demo_data(spots("sqlite", "source"))
    steps = steps_of_move(source, spots("sqlite", "elsewhere"))
    target = spots(engine, "target")
    for stop_at in (0, steps - 1):
        with pytest.raises(StopError):
            move_here(source, target, stop_at=stop_at)
        assert_refused(target)
    assert move_by_command(source, target).status == 0
    assert tradepost("user", "add", "a@example.com", environment=target.environment).status == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_kill_9_leaves_a_target_that_cannot_be_served_until_it_is_moved_again(
    spots: Spots, engine: str
) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")
    path = source.blobs / sorted(source.files())[0]
    kept = path.with_name("kept")
    path.rename(kept)
    os.mkfifo(path)  # whoever reads it waits for whoever writes it: for us, who kill it then
    process = subprocess.Popen(
        [sys.executable, "-m", "tradepost", *arguments(source, target)], stderr=subprocess.PIPE
    )
    threading.Thread(target=let_go, args=(process, path), daemon=True).start()
    with path.open("wb"):
        process.send_signal(signal.SIGKILL)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, errors
    assert rows_moved(target) == rows_moved(source)
    assert len(target.files()) < len(source.files())
    assert_refused(target)
    kept.rename(path)
    assert move_by_command(source, target).status == 0
    assert target.dump() == source.dump()
    assert target.files() == source.files()


def let_go(process: subprocess.Popen[bytes], pipe: Path) -> None:
    """Read a pipe once a process has ended, so that nobody waits for it in vain."""
    process.wait()
    os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_source_that_changed_since_is_found_and_can_be_moved_anew(
    spots: Spots, engine: str
) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")
    steps = steps_of_move(source, spots("sqlite", "elsewhere"))
    with pytest.raises(StopError):
        move_here(source, target, stop_at=steps - 1)
    assert source.execute("UPDATE person SET name = 'Another' WHERE email LIKE 'dev%'") == 1
    assert_one_sentence(move_by_command(source, target), "person", "changed since", "--anew")
    assert_refused(target)
    assert move_by_command(source, target, "--anew").status == 0
    assert target.dump() == source.dump()


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_that_went_from_the_source_since_are_found(spots: Spots, engine: str) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")
    steps = steps_of_move(source, spots("sqlite", "elsewhere"))
    with pytest.raises(StopError):
        move_here(source, target, stop_at=steps - 1)
    assert source.execute("DELETE FROM access_token") > 0
    assert_one_sentence(move_by_command(source, target), "access_token", "--anew")


def test_rows_that_came_to_the_source_since_come_over(spots: Spots) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    with pytest.raises(StopError):
        move_here(source, target, stop_at=3)
    tradepost("user", "add", "new@example.com", environment=source.environment)
    assert move_by_command(source, target).status == 0
    assert target.dump() == source.dump()


class At:
    """Does something once, at a step of a part of a move."""

    def __init__(self, part: str, step: int, act: Callable[[], object]):
        self._part, self._step, self._act = part, step, act
        self._is_there = False

    def begins(self, what: str, total: int) -> None:
        self._is_there = what == self._part
        self.advances(0)

    def advances(self, count: int) -> None:
        if self._is_there:
            if self._step == 0:
                self._act()
            self._step -= 1


def move_with(source: Spot, target: Spot, watch: At) -> None:
    run(move(source.place, target.place, watch))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_source_that_is_written_to_meanwhile_is_found(spots: Spots, engine: str) -> None:
    source, target = put_demo_data(spots(engine, "source")), spots("sqlite", "target")

    def add() -> None:
        sent = ("user", "add", "new@example.com")
        assert tradepost(*sent, environment=source.environment).status == 0

    with pytest.raises(MoveError, match="written to meanwhile"):
        move_with(source, target, At("rows", 5, add))
    assert_refused(target)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_move_that_begins_later_takes_over(spots: Spots, engine: str) -> None:
    """Two at once: the first stops at its next batch, and what is there is whole."""
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")

    def overtake() -> None:
        assert move_by_command(source, target).status == 0

    with pytest.raises(MoveError, match="another move"):
        move_with(source, target, At("rows", 2, overtake))
    assert target.dump() == source.dump()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE person SET name = 'Mallory' WHERE pk = 1", "person has other values"),
        ("DELETE FROM access_token WHERE pk = 1", "access_token has 3 rows of 4"),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_target_that_differs_in_the_end_is_found(
    spots: Spots, engine: str, statement: str, told: str
) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots(engine, "target")

    def meddle() -> None:
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(target.execute, statement).result() == 1

    with pytest.raises(MoveError, match=told):
        move_with(source, target, At("rows checked", 0, meddle))
    assert_refused(target)
