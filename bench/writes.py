"""Works that write: mixed load and creates, each round on a fresh copy of the data.

So no other work is disturbed, and what a round has stored does not slow the next.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import apsw
import data
from answers import Asker
from common import HERE, SERVER_CORE, BenchError, environment, pinned
from measure import begin, finish
from programs import Program, Run, Running, serve_command, started
from works import Work

READERS: Final = 20
WRITERS: Final = 12
SHARE: Final = 0.05
"""Of all requests of the mixed load, those that write."""
GROUP: Final = 32
"""Versions that share a commit where one thread inserts in process."""
_UNMEASURED: Final = 0.8


@dataclass
class Writes:
    """What the rounds found, in their order."""

    reads: list[Run] = field(default_factory=list)
    """GETs alone, of as many connections as in the mixed load."""
    mixed: list[Run] = field(default_factory=list)
    """The GETs of the mixed load."""
    mixed_writes: list[Run] = field(default_factory=list)
    create: list[Run] = field(default_factory=list)
    inserts: list[Run] = field(default_factory=list)
    slowdown: float = _UNMEASURED
    """What became of the GETs' rate in the last round, by which the writes are paced."""

    def clear(self) -> None:
        for found in (self.reads, self.mixed, self.mixed_writes, self.create, self.inserts):
            found.clear()

    def shares(self) -> list[float]:
        """The share of writes that each round had."""
        pairs = zip(self.mixed, self.mixed_writes, strict=True)
        return [writes.rate / (reads.rate + writes.rate) for reads, writes in pairs]


def one_round(
    found: Writes, pristine: Path, gets: Work, creates: Work, folder: Path, seconds: int
) -> None:
    """Reads alone, reads with writes, writes alone; then inserts in process, each on its copy."""
    data_folder = _copy(pristine, folder / "writes")
    program = Program("copy", "Tradepost on a copy", (), serve_command(data_folder))
    with started(program, folder) as peer:
        stored = _measure(found, peer, gets, creates, folder, seconds)
    _require_stored(data_folder, stored)
    data_folder = _copy(pristine, folder / "writes")
    found.inserts.append(_insert(data_folder / "tradepost.db", seconds))
    shutil.rmtree(data_folder)


def _measure(
    found: Writes, peer: Running, gets: Work, creates: Work, folder: Path, seconds: int
) -> int:
    """The server's runs of a round; how many versions they have created."""
    asker = Asker(peer)
    asker.good(creates.requests[0], creates.status)
    asker.close()
    answered = 0
    while answered < 2 * len(gets.requests):  # else the copy would keep only part of its answers
        answered += finish(begin(peer, gets, folder, seconds, READERS))[1]
    alone, _ = finish(begin(peer, gets, folder, seconds, READERS))
    pace = alone.rate * found.slowdown * SHARE / (1 - SHARE)
    writing = begin(peer, creates, folder, seconds, WRITERS, pace)
    mixed, _ = finish(begin(peer, gets, folder, seconds, READERS))
    beside, first = finish(writing)
    found.slowdown = mixed.rate / alone.rate
    create, second = finish(begin(peer, creates, folder, seconds))
    found.reads.append(alone)
    found.mixed.append(mixed)
    found.mixed_writes.append(beside)
    found.create.append(create)
    return 1 + first + second


def _copy(pristine: Path, folder: Path) -> Path:
    """A folder with the data as it was built, in place of what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(pristine, folder)
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file)  # else the server's first commits would wait for the copy's pages
    return folder


def _require_stored(folder: Path, count: int) -> None:
    """Raise unless every version that was answered with 201 is stored."""
    connection = apsw.Connection(str(folder / "tradepost.db"))
    ((rows,),) = connection.execute("SELECT count(*) FROM app_software_version")
    connection.close()
    if rows < data.TOTAL + count:
        raise BenchError(f"{count:,} versions were created, and {rows - data.TOTAL:,} are stored")


def _insert(path: Path, seconds: int) -> Run:
    command = [sys.executable, str(HERE / "inserts.py"), str(path), str(seconds)]
    done = subprocess.run(
        pinned(SERVER_CORE, command), env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"inserting in process failed: {done.stderr}")
    result = json.loads(done.stdout)
    return Run(result["rate"], result["p99"])
