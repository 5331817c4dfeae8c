"""Load: a realistic mix at 70 % of what the server can do, then more than it can do, then again.

Capacity is the rate at which 64 clients are answered that never wait. Up to it every answer must be
good, or the proof fails. Beyond it the server may refuse, and what it does not refuse counts.
"""

import json
import random
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import data
import measure
import shared
import works
from programs import Program, Run, Running, serve_command, started
from starts import anonymous_memory

CLIENTS: Final = 64
MANY_CLIENTS: Final = 1_000
_MIX: Final = {"get": 50, "list": 18, "newest": 17, "app_key": 10, "create": 5}
"""How many of a hundred requests are of which work of the benchmark."""
_SHARE: Final = 0.7
_GOODPUT: Final = 0.8
_REQUESTS: Final = 20_000
_SIGNED_IN: Final = 500
_BACK: Final = 2.0
"""Recovered is a p99 of at most so many times what it was before, or of 5 ms."""
_PATIENCE: Final = 30


def soak(seconds: int, pristine: Path, folder: Path) -> list[shared.Row]:
    """Load a server on the benchmark's data for so many seconds; what came of it."""
    window = max(5, min(30, seconds // 8))
    mix = _mix()
    begun = time.monotonic()
    with started(Program("soak", "soak", (), serve_command(pristine)), folder) as server:
        _load(server, mix, folder, window, CLIENTS)  # now all answers are kept that will be
        capacity = _load(server, mix, folder, window, CLIENTS).rate
        shared.say(f"soak: capacity {capacity:,.0f} requests/s")
        memory, found = [anonymous_memory(server.process.pid)], []
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found.append(_load(server, mix, folder, window, CLIENTS, capacity * _SHARE))
            memory.append(anonymous_memory(server.process.pid))
            shared.say(f"soak: p99 {found[-1].p99:.1f} ms, memory {memory[-1]:.0f} MB")
        steady = time.monotonic() - begun
        goodput, refused = _overload(server, mix, folder, window)
        calm = sorted(run.p99 for run in found)[len(found) // 2]
        recovery = _recovery(server, mix, folder, capacity * _SHARE, calm)
        after = anonymous_memory(server.process.pid)
    share = goodput / capacity
    shared.require(share >= _GOODPUT, f"goodput fell to {share:.2f} of the best")
    shared.checked(pristine)
    rate = sum(run.rate for run in found) / len(found)
    p99 = [run.p99 for run in found]
    total = time.monotonic() - begun
    return [
        shared.Row(
            f"{CLIENTS} clients, {_MIX['create']} % writes, at {_SHARE:.0%} of capacity",
            f"{seconds} s",
            f"capacity {capacity:,.0f} requests/s; {rate:,.0f} requests/s, every answer good; p99 "
            f"{p99[0]:.1f} ms at first, {p99[-1]:.1f} at last, {max(p99):.1f} at the most; memory "
            f"{memory[0]:.0f} MB at first, {memory[-1]:.0f} at last, {max(memory):.0f} at the most",
            steady,
        ),
        shared.Row(
            f"{MANY_CLIENTS:,} clients that never wait",
            f"{window} s",
            f"goodput {share:.2f} of capacity, {refused} refused; recovered {recovery} s later; "
            f"memory {after:.0f} MB",
            total - steady,
        ),
    ]


def _mix() -> works.Work:
    """Requests as pipelines and products send them, each of somebody who signed in lately."""
    found = {work.name: work.requests for work in (*works.basic_works(), works.creates())}
    chance = random.Random(7)
    names = chance.choices(list(_MIX), list(_MIX.values()), k=_REQUESTS)
    requests = [
        replace(
            chance.choice(found[name]),
            authorization=data.authorization(chance.randrange(_SIGNED_IN)),
        )
        for name in names
    ]
    return works.Work("mix", "mix", requests)


def _load(
    server: Running,
    mix: works.Work,
    folder: Path,
    seconds: int,
    clients: int,
    rate: float | None = None,
) -> Run:
    return measure.finish(measure.begin(server, mix, folder, seconds, clients, rate))[0]


def _overload(server: Running, mix: works.Work, folder: Path, seconds: int) -> tuple[float, int]:
    """Good answers a second where clients ask for more than can be done; how many were refused."""
    load = measure.begin(server, mix, folder, seconds, MANY_CLIENTS)
    output = load.process.communicate()[0]
    match = re.search(r"^RESULT (.*)$", output, re.MULTILINE)
    shared.require(match, f"wrk failed: {output}")
    assert match is not None
    result = json.loads(match[1])
    good = result["requests"] - result["failures"]
    return good / (result["microseconds"] / 1e6), result["failures"] + result["broken"]


def _recovery(server: Running, mix: works.Work, folder: Path, rate: float, calm: float) -> int:
    """After how many seconds of the load before the p99 of a second is as before."""
    for second in range(1, _PATIENCE + 1):
        if _load(server, mix, folder, 1, CLIENTS, rate).p99 <= max(_BACK * calm, 5.0):
            return second
    raise shared.ProofError(f"the server did not recover within {_PATIENCE} seconds")
