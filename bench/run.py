"""`make bench`: Tradepost against its limit, itself and its peers, on this machine, with wrk.

Each program is a process of its own. Before anything is timed, its answers are checked. Then every
program does every work in turn, round after round, and medians and ratios are made of that.
`--quick` measures GET and first pages against the constant body alone.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import chart
import data
import measure
import programs
import report
import results
import works as kinds
import writes
from answers import Asker, save_openapi, verify, weigh
from common import HERE, BenchError, can_pin, end_cleanly_on_signals, require, say
from programs import Program, Running
from starts import anonymous_memory, measure_starts
from works import Work

QUICK: Final = ("get", "list")
WRITES: Final = "writes"
WORKS: Final = (
    *programs.CONSTANT_WORKS,
    "page_1",
    "page_200",
    "again",
    "unchanged",
    "tokens",
    WRITES,
)


def main() -> None:
    options = _options()
    _require_tools(options)
    end_cleanly_on_signals()
    began, load = datetime.now(UTC), os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tradepost-bench-")))
        _build(folder, options)
        ours = stack.enter_context(
            programs.started(programs.tradepost(folder / "tradepost"), folder)
        )
        idle = anonymous_memory(ours.process.pid)
        save_openapi(ours, folder / "openapi.json")
        works = _works(ours, options.only)
        running = _start(stack, ours, works, folder, options)
        written = _measure(running, works, folder, options)
        used = anonymous_memory(ours.process.pid)
        starts = None if options.quick or options.only else measure_starts(folder)
        found: dict[str, Any] = {
            "began": began.isoformat(timespec="minutes"),
            "command": " ".join(["python bench/run.py", *sys.argv[1:]]),
            "load": round(load, 2),
            "seconds": round((datetime.now(UTC) - began).total_seconds()),
            "rounds": options.rounds,
            "round_seconds": options.seconds,
            "with_node": not (options.without_node or options.quick),
            "pinned": can_pin(),
            "machine": results.machine(),
            "versions": results.versions(not (options.without_node or options.quick)),
            "works": [
                {
                    "name": work.name,
                    "title": work.title,
                    "size": ours.sizes[work.name],
                    "requests": len(work.requests),
                }
                for work in works
            ],
            "programs": {peer.program.name: peer.program.title for peer in running},
            "runs": _runs(running, written),
            "write_share": writes_share(written),
        }
    found["comparisons"] = results.compare(found["runs"])
    found["figures"] = []
    if starts is not None:
        found["figures"] = results.figures(starts.demo, starts.imports, idle, used)
    print("\n" + report.tables(found))
    for line in results.missed(found):
        print(line)
    if options.quick or options.only or options.no_files:
        print("nothing is written")
        return
    _write(found)


def _write(found: dict[str, Any]) -> None:
    (HERE / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (HERE / "RESULTS.md").write_text(report.text(found), encoding="utf-8")
    chart.FILE.write_text(chart.svg(found), encoding="utf-8")
    print("written: bench/results.json, bench/RESULTS.md, docs/bench.svg")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="against the constant body alone")
    parser.add_argument("--rounds", type=int, help="[default: 5]")
    parser.add_argument("--seconds", type=int, help="of each run [default: 3; 2 with --quick]")
    parser.add_argument(
        "--without-node", action="store_true", help="leave Prism and json-server out"
    )
    parser.add_argument("--only", help=f"some works, with commas between: {', '.join(WORKS)}")
    parser.add_argument("--no-files", action="store_true", help="print the results alone")
    options = parser.parse_args()
    options.rounds = options.rounds or 5
    options.seconds = options.seconds or (2 if options.quick else 3)
    options.only = QUICK if options.quick else options.only and options.only.split(",")
    for name in options.only or ():
        if name not in WORKS:
            parser.error(f"{name} is no work: they are {', '.join(WORKS)}")
    return options


def _require_tools(options: argparse.Namespace) -> None:
    require("wrk", "wrk")
    if options.quick or options.without_node:
        return
    require("node", "nodejs", "leave its programs out with --without-node")
    if not (programs.NODE_PROGRAMS / "prism").exists():
        raise BenchError("run npm ci in bench/ first (make bench does), or --without-node")


def _build(folder: Path, options: argparse.Namespace) -> None:
    say(f"building {data.TOTAL:,} versions")
    asyncio.run(data.build(folder / "tradepost"))
    # Before any server writes to it.
    shutil.copytree(folder / "tradepost", folder / "pristine")
    if options.quick or (options.only and not set(QUICK) & set(options.only)):
        return
    import peer_data  # its ORM takes a while to import, and --quick needs none

    asyncio.run(peer_data.build_plain(programs.plain_url(folder / "plain.db")))
    if not options.without_node:
        peer_data.build_json(folder / "versions.json")


def _works(ours: Running, only: Sequence[str] | None) -> list[Work]:
    """The works to be measured, in their order."""
    asker = Asker(ours)
    found = kinds.basic_works()
    gets = found[0]
    if not only or "page_1" in only or "page_200" in only:
        found += kinds.deep_pages(asker.next_of)
    if not only or {"unchanged", "tokens"} & set(only):
        # In this order, so that those with many tokens do not stand between the other two.
        found += [
            kinds.again(gets),
            kinds.unchanged(gets, asker.tag_of),
            kinds.with_many_tokens(gets),
        ]
    asker.close()
    compared = {"again"} if only and {"unchanged", "tokens"} & set(only) else set()
    return [work for work in found if not only or work.name in {*only, *compared}]


def _start(
    stack: ExitStack, ours: Running, works: list[Work], folder: Path, options: argparse.Namespace
) -> list[Running]:
    """All programs that take part, with their answers checked."""
    for work in works:
        ours.sizes[work.name] = weigh(ours, work)
    wanted: list[Program] = [
        programs.constant(work.name, ours.sizes[work.name])
        for work in works
        if work.name in programs.CONSTANT_WORKS
    ]
    if not options.quick:
        wanted += [
            program
            for program in programs.peers(folder)
            if not (options.without_node and program.needs_node)
            and any(work.name in program.works for work in works)
        ]
    say(f"starting {len(wanted) + 1} programs, and checking their answers")
    running = [ours] + [stack.enter_context(programs.started(p, folder)) for p in wanted]
    for work in works:
        for peer in running:
            if work.name in peer.program.works:
                verify(peer, ours, work, folder / "openapi.json")
                peer.sizes[work.name] = weigh(peer, work)
    return running


def _measure(
    running: list[Running], works: list[Work], folder: Path, options: argparse.Namespace
) -> writes.Writes:
    """The rounds. Those of the works that write are made of the same GETs."""
    measure.warm_up(running, works, folder, options.seconds)
    written = writes.Writes()
    with_writes = not options.only or WRITES in options.only
    gets, creates = kinds.basic_works()[0], kinds.creates()
    for number in range(options.rounds + 1):
        if number:
            say(f"round {number} of {options.rounds}")
            measure.one_round(running, works, folder, options.seconds)
        if with_writes:
            pristine = folder / "pristine"
            seconds = options.seconds if number else 1
            writes.one_round(written, pristine, gets, creates, folder, seconds)
        if not number:
            written.clear()
    return written


def _runs(running: list[Running], written: writes.Writes) -> results.Runs:
    found: results.Runs = {}
    for peer in running:
        for work, runs in peer.runs.items():
            found.setdefault(peer.program.name, {})[work] = [asdict(run) for run in runs]
    if written.reads:
        found["copy"] = {
            "reads": [asdict(run) for run in written.reads],
            "mixed": [asdict(run) for run in written.mixed],
            "mixed_writes": [asdict(run) for run in written.mixed_writes],
            "create": [asdict(run) for run in written.create],
        }
        found["inserts"] = {"create": [asdict(run) for run in written.inserts]}
    return found


def writes_share(written: writes.Writes) -> list[float]:
    """The least and the greatest share of writes in the mixed load; empty where there was none."""
    shares = written.shares()
    return [min(shares), max(shares)] if shares else []


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
