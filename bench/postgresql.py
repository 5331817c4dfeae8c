"""`make bench-postgresql`: one node on PostgreSQL, against itself on SQLite, the limit, and a peer.

The limit is pgbench, selecting the same documents by prepared statements; the peer is the plain
program of `make bench` on the same server. PostgreSQL is durable and as it comes. It shares a core
with the load generator, and the program that is measured has the other.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import cluster
import data
import measure
import peer_data
import programs
import results
from answers import Asker, weigh
from common import (
    CONNECTIONS,
    HERE,
    TRADEPOST,
    BenchError,
    end_cleanly_on_signals,
    environment,
    require,
    say,
)
from programs import Program, Run, Running, started
from starts import anonymous_memory
from works import Work, basic_works, creates

WORKS: Final = ("get", "list", "newest", "create")
_NODE: Final = "measured"
"""What the node calls itself to the server."""
OF_SQLITE: Final = 0.45
OF_PGBENCH: Final = 0.25
OF_PLAIN: Final = 8.0
_TITLES: Final = {
    "sqlite": "Tradepost on SQLite",
    "postgresql": "**Tradepost on PostgreSQL**",
    "read": "Tradepost on PostgreSQL that keeps no answers",
    "plain": "FastAPI + Pydantic + SQLAlchemy + asyncpg, on uvicorn",
}


@dataclass
class Found:
    """What was measured, in the order of the rounds."""

    pgbench: list[float] = field(default_factory=list)
    connections: int = 0
    node_megabytes: float = 0.0
    server_megabytes: float = 0.0
    bytes_each: float = 0.0


def main() -> None:
    options = _options()
    require("wrk", "wrk")
    end_cleanly_on_signals()
    began, load = datetime.now(UTC), os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tradepost-bench-")))
        server = stack.enter_context(cluster.started(folder / "postgresql"))
        _build(server, folder)
        works = [work for work in basic_works() if work.name in WORKS] + [creates()]
        running = [stack.enter_context(started(p, folder)) for p in _programs(server, folder)]
        for peer in running:
            _weigh(peer, works)
        found = Found()
        for number in range(options.rounds + 1):
            say(f"round {number} of {options.rounds}" if number else "warming up")
            _round(running, works, server, folder, options.seconds, found)
            if not number:
                found.pgbench.clear()
                for peer in running:
                    peer.runs.clear()
        _look_at_sizes(found, running, server)
        text = _report({peer.program.name: peer for peer in running}, found, options, began, load)
    print(text)
    if not options.no_files:
        (HERE / "RESULTS-POSTGRESQL.md").write_text(text, encoding="utf-8")
        print("written: bench/RESULTS-POSTGRESQL.md")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="[default: 5]")
    parser.add_argument("--seconds", type=int, default=3, help="of each run [default: 3]")
    parser.add_argument("--no-files", action="store_true", help="print the results alone")
    return parser.parse_args()


def _build(server: cluster.Cluster, folder: Path) -> None:
    say(f"building {data.TOTAL:,} versions")
    asyncio.run(data.build(folder / "tradepost"))
    server.sql("CREATE DATABASE tradepost")
    server.sql("CREATE DATABASE plain")
    say("moving them to PostgreSQL")
    move = [TRADEPOST, "move", "--from", str(folder / "tradepost")]
    move += ["--to", server.url("tradepost"), "--to-blobs", str(folder / "blobs")]
    done = subprocess.run(move, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"tradepost move failed: {done.stderr}")
    say("building the plain program's")
    asyncio.run(peer_data.build_plain(server.url("plain", "postgresql+asyncpg")))
    for database in ("tradepost", "plain"):
        server.sql("VACUUM ANALYZE", database)
    server.sql("CHECKPOINT")


def _programs(server: cluster.Cluster, folder: Path) -> list[Program]:
    url = server.url("tradepost")
    on_postgresql = {"TRADEPOST_DATABASE_URL": f"{url}?application_name={_NODE}"}
    kept_none = {"TRADEPOST_DATABASE_URL": url, "TRADEPOST_CACHE_BYTES": "0"}
    reads = WORKS[:-1]
    other = programs.serve_command(folder / "node")
    sqlite = programs.serve_command(folder / "tradepost")
    plain_url = server.url("plain", "postgresql+asyncpg")
    return [
        Program("sqlite", _TITLES["sqlite"], WORKS, sqlite),
        Program("postgresql", _TITLES["postgresql"], WORKS, other, settings=on_postgresql),
        Program("read", _TITLES["read"], reads, other, settings=kept_none),
        programs.plain(_TITLES["plain"], plain_url, WORKS),
    ]


def _weigh(peer: Running, works: list[Work]) -> None:
    """Note the size of a program's answers; raises unless all are good."""
    for work in works:
        if work.name in peer.program.works and work.name != "create":
            size = weigh(peer, work)
            if work.name == "get":  # the others' answers change with each version created
                peer.sizes[work.name] = size
    if "create" in peer.program.works:
        asker = Asker(peer)
        asker.good(works[-1].requests[0], works[-1].status)
        asker.close()


def _round(
    running: list[Running],
    works: list[Work],
    server: cluster.Cluster,
    folder: Path,
    seconds: int,
    found: Found,
) -> None:
    clients = CONNECTIONS
    found.pgbench.append(
        server.rate_of_selects("tradepost", data.SOFTWARES, data.VERSIONS, clients, seconds)
    )
    for work in works:
        for peer in running:
            if work.name not in peer.program.works:
                continue
            if work.name != "create":
                _warm_up(peer, work, folder, seconds)
            peer.runs.setdefault(work.name, []).append(measure.run(peer, work, folder, seconds))


def _warm_up(peer: Running, work: Work, folder: Path, seconds: int) -> None:
    """Let a program that keeps answers answer each request once: creates have changed lists."""
    answered = 0
    while peer.program.name in ("sqlite", "postgresql") and answered < len(work.requests):
        answered += measure.finish(measure.begin(peer, work, folder, seconds))[1]


def _look_at_sizes(found: Found, running: list[Running], server: cluster.Cluster) -> None:
    node = next(peer for peer in running if peer.program.name == "postgresql")
    found.node_megabytes = anonymous_memory(node.process.pid)
    pids = server.sql(
        f"SELECT pid FROM pg_stat_activity WHERE application_name = '{_NODE}'"
    ).split()
    found.connections = len(pids)
    found.server_megabytes = sum(map(_private_megabytes, pids))
    size = "SELECT pg_database_size('tradepost'), (SELECT count(*) FROM app_software_version)"
    total, count = server.sql(size, "tradepost").split("|")
    found.bytes_each = int(total) / int(count)


def _private_megabytes(pid: str) -> float:
    """The memory of a process of the server that it shares with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    kilobytes = [int(line.split()[1]) for line in lines if line.startswith("Private_")]
    return sum(kilobytes) / 1024


def _report(
    peers: dict[str, Running],
    found: Found,
    options: argparse.Namespace,
    began: datetime,
    load: float,
) -> str:
    ours = peers["postgresql"].runs
    lines = []

    def compare(title: str, upper: list[Run], lower: list[float], least: float | None) -> None:
        ratios = [here.rate / there for here, there in zip(upper, lower, strict=True)]
        target = "" if least is None else f"at least {least:g}"
        met = "" if least is None else "met" if median(ratios) >= least else "**missed**"
        spread = f"{min(ratios):.3g} to {max(ratios):.3g}"
        lines.append(f"| {title} | {median(ratios):.3g} | {spread} | {target} | {met} |")

    def rates(runs: list[Run]) -> list[float]:
        return [run.rate for run in runs]

    names = {
        "get": "GET version by build number",
        "list": "first page of 25",
        "newest": "newest compatible version",
        "create": "create version",
    }
    for work in WORKS:
        least = None if work == "create" else OF_SQLITE
        compare(f"{names[work]}, of SQLite's", ours[work], rates(peers["sqlite"].runs[work]), least)
    compare("GET version by build number, of pgbench's", ours["get"], found.pgbench, OF_PGBENCH)
    for work in WORKS:
        compare(
            f"{names[work]}, against FastAPI and SQLAlchemy",
            ours[work],
            rates(peers["plain"].runs[work]),
            OF_PLAIN,
        )
    rows = [
        f"| {names[work]} | {peer.program.title} | {median(rates(peer.runs[work])):,.0f} "
        f"| {min(rates(peer.runs[work])):,.0f} to {max(rates(peer.runs[work])):,.0f} "
        f"| {median(run.p99 for run in peer.runs[work]):.1f} |"
        for work in WORKS
        for peer in peers.values()
        if work in peer.runs
    ]
    rows.append(
        f"| SELECT of a version's document | pgbench, prepared | {median(found.pgbench):,.0f} "
        f"| {min(found.pgbench):,.0f} to {max(found.pgbench):,.0f} | |"
    )
    seconds = (datetime.now(UTC) - began).total_seconds()
    made_with: dict[str, Any] = results.versions(with_node=False)
    named = ("tradepost", "Python", "wrk", "asyncpg", "granian", "uvloop", "SQLAlchemy", "FastAPI")
    newline = "\n"
    return f"""# Results of `make bench-postgresql`

Written by `{" ".join(["python bench/postgresql.py", *sys.argv[1:]])}`: do not edit. Begun
{began:%Y-%m-%d %H:%M} UTC with a load average of {load:.2f}, and took {seconds:.0f} seconds.

| Tradepost's on PostgreSQL | ratio, median | min to max | target | |
|---|--:|--:|--:|---|
{newline.join(lines)}

## What the ratios are made of

| work | program | requests/s, median | min to max | p99 ms |
|---|---|--:|--:|--:|
{newline.join(rows)}

Medians of {options.rounds} interleaved rounds of {options.seconds} seconds, \
{CONNECTIONS} connections, {data.TOTAL:,} versions, one worker.
PostgreSQL is durable and not tuned. It is bound to the load generator's core, and the program (or
pgbench) to the other. Requests of a read were answered once before the clock started, because
creates change lists; "keeps no answers" (`TRADEPOST_CACHE_BYTES=0`) reads the database each time.

- Connections of the node, with 10 allowed and one to hear of writes: {found.connections}.
- Anonymous memory of the node after the run: {found.node_megabytes:.0f} MB; private memory of the
  server's processes for its connections: {found.server_megabytes:.0f} MB.
- {found.bytes_each:,.0f} bytes of PostgreSQL's for each version, indexes and all else included.

{results.machine()}. {", ".join(f"{k} {v}" for k, v in made_with.items() if k in named)}.
"""


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
