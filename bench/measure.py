"""Runs of wrk, and the rounds in which every program does every work."""

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from common import CLIENT_CORE, CONNECTIONS, HERE, BenchError, environment, pinned, say
from programs import Run, Running
from works import Work, write_requests

_REST: Final = 0.2
"""For how many seconds a program must have done nearly nothing to be at rest."""


@dataclass(frozen=True)
class Load:
    """A run of wrk that is under way."""

    who: str
    process: subprocess.Popen[str]
    work: Work
    size: int | None


def begin(
    peer: Running,
    work: Work,
    folder: Path,
    seconds: int,
    connections: int = CONNECTIONS,
    rate: float | None = None,
) -> Load:
    """Let wrk begin with a work. `rate` paces it, in requests/s; else it sends what it can."""
    requests = folder / f"{peer.program.name}-{work.name}.requests"
    if not requests.exists():
        path = peer.program.path
        own = [
            type(r)(path(r.path), r.authorization, r.method, r.tag, r.body) for r in work.requests
        ]
        write_requests(requests, own)
    script, url = str(HERE / "requests.lua"), f"http://127.0.0.1:{peer.port}"
    # json-server takes longer than wrk's two seconds.
    flags = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", script]
    variables = {"BENCH_REQUESTS": str(requests)}
    if rate is not None:
        variables["BENCH_RATE"] = str(rate)
    process = subprocess.Popen(
        pinned(CLIENT_CORE, ["wrk", *flags, url]),
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Load(f"{peer.program.name}, {work.name}", process, work, peer.sizes.get(work.name))


def finish(load: Load) -> tuple[Run, int]:
    """What wrk found, and how many requests that were. Raises unless every answer was good."""
    output = load.process.communicate()[0]
    found = re.search(r"^RESULT (.*)$", output, re.MULTILINE)
    if found is None:
        raise BenchError(f"{load.who}: wrk failed: {output}")
    result = json.loads(found[1])
    good = "Non-2xx" not in output and not result["failures"] and not result["broken"]
    # wrk counts neither redirects nor 304 as failures; the bytes tell which they were.
    if load.size is not None:
        due = load.size * result["requests"]
        is_304 = load.work.status == 304
        good &= result["bytes"] <= 1.05 * due if is_304 else result["bytes"] >= 0.9 * due
    if not good or not result["requests"]:
        raise BenchError(f"{load.who}: not every answer was good: {output}")
    seconds = result["microseconds"] / 1e6
    return Run(result["requests"] / seconds, result["p99"] / 1000), result["requests"]


def run(peer: Running, work: Work, folder: Path, seconds: int) -> Run:
    """One program doing one work alone."""
    return finish(begin(peer, work, folder, seconds))[0]


def one_round(running: list[Running], works: list[Work], folder: Path, seconds: int) -> None:
    """Let every program do every work; the programs of a work follow one another at once."""
    for work in works:
        for peer in running:
            if work.name in peer.program.works:
                # The Node.js programs keep nothing.
                if not peer.program.needs_node:
                    run(peer, work, folder, work.warm_seconds)
                found = run(peer, work, folder, seconds)
                peer.runs.setdefault(work.name, []).append(found)
                _let_finish(peer)


def _let_finish(peer: Running) -> None:
    """Wait until a program rests: a slow one answers for seconds what wrk waits for no longer,
    and the next to be timed would share the core with that."""
    before = -1.0
    while (now := processor_seconds(peer.process.pid)) - before > 0.1 * _REST:
        before = now
        time.sleep(_REST)


def processor_seconds(pid: int) -> float:
    """The processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def warm_up(running: list[Running], works: list[Work], folder: Path, seconds: int) -> None:
    """A round that is not kept."""
    say("warming up")
    one_round(running, works, folder, seconds)
    for peer in running:
        peer.runs.clear()
