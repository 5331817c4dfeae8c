"""`make bench-scale`: does Tradepost answer as fast from 10,000,000 versions as from 100,000?

Two sets of data, of app softwares with 50 versions each: a product of ten million versions is
200,000 app softwares rather than a few with endless lists (the deep list is `make bench`'s). Each
is served twice, as shipped and with no answers kept. The data is removed at the end.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

import data
import measure
import results
import scale_data
from answers import Asker, weigh
from common import CONNECTIONS, HERE, BenchError, can_pin, end_cleanly_on_signals, require, say
from programs import Program, Running, serve_command, started
from works import Request, Work, get_path, newest_path, parent_builds, versions_path

SMALL: Final = 100_000
LARGE: Final = 10_000_000
TARGET: Final = 0.8
COUNTS: Final = {"get": 10_000, "list": 1_000, "newest": 2_000}
"""Different requests of each work: as many of the large data as of the small. Their answers have
room together in what a server keeps; else the works of a round would drive each other's out."""
TITLES: Final = {
    "get": "GET version by build number",
    "list": "first page of 25",
    "newest": "newest compatible version",
}
_BYTES_EACH: Final = 1_600
"""Of disk for a version, with room to spare."""
_CHECKED: Final = 50


@dataclass(frozen=True)
class Side:
    """One set of data and its works."""

    name: str
    softwares: int
    works: list[Work]


def main() -> None:
    options = _options()
    require("wrk", "wrk")
    end_cleanly_on_signals()
    began, load = datetime.now(UTC), os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tradepost-bench-")))
        _require_room(folder, options.versions)
        lines, pairs = [], []
        for name, versions in (("small", SMALL), ("large", options.versions)):
            side = _side(name, versions // data.VERSIONS)
            lines.append(_build(folder / name, side))
            pairs.append([_serve(stack, folder, side, kept) for kept in (True, False)])
        table = _measure(list(zip(*pairs, strict=True)), folder, options)
        text = _report(table, lines, options, began, load)
    print(text)
    if options.versions == LARGE:
        (HERE / "RESULTS-SCALE.md").write_text(text, encoding="utf-8")
        print("written: bench/RESULTS-SCALE.md")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=LARGE, help=f"[default: {LARGE}]")
    parser.add_argument("--rounds", type=int, default=5, help="[default: 5]")
    parser.add_argument("--seconds", type=int, default=3, help="of each run [default: 3]")
    options = parser.parse_args()
    if options.versions < SMALL:
        parser.error(f"--versions must be at least {SMALL}")
    return options


def _require_room(folder: Path, versions: int) -> None:
    needed = (versions + SMALL) * _BYTES_EACH
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BenchError(
            f"{versions:,} versions need {needed / 1e9:.0f} GB in {folder.parent}, and "
            f"{free / 1e9:.0f} GB are free: set TMPDIR to another folder"
        )


def _side(name: str, softwares: int) -> Side:
    """The works of one set of data: requests sampled evenly over all of it."""
    chance = random.Random(4)

    def any_get() -> str:
        return get_path(chance.randrange(softwares), chance.randint(1, data.VERSIONS))

    def any_newest() -> str:
        return newest_path(chance.randrange(softwares), parent_builds(chance, 1)[0])

    def any_list() -> str:
        return versions_path(chance.randrange(softwares))

    makers = {"get": any_get, "list": any_list, "newest": any_newest}
    works = []
    for work, count in COUNTS.items():
        paths: dict[str, None] = {}
        while len(paths) < count:
            paths[makers[work]()] = None
        works.append(Work(work, TITLES[work], [Request(path) for path in paths]))
    return Side(name, softwares, works)


def _build(folder: Path, side: Side) -> str:
    """Make the data; a sentence about it."""
    say(f"building {side.softwares * data.VERSIONS:,} versions")
    began = time.monotonic()
    scale_data.build(folder, side.softwares)
    seconds = time.monotonic() - began
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return (
        f"{side.softwares * data.VERSIONS:,} versions of {side.softwares:,} app softwares: "
        f"{size / 1e9:.2f} GB, built in {seconds:.0f} seconds."
    )


def _serve(stack: ExitStack, folder: Path, side: Side, kept: bool) -> tuple[Side, Running]:
    program = Program(
        f"{side.name}-{'kept' if kept else 'nothing-kept'}",
        "Tradepost",
        tuple(COUNTS),
        serve_command(folder / side.name),
        settings={} if kept else {"TRADEPOST_CACHE_BYTES": "0"},
    )
    peer = stack.enter_context(started(program, folder))
    for work in side.works:
        peer.sizes[work.name] = weigh(peer, work)
        _verify(peer, work)
    return side, peer


def _verify(peer: Running, work: Work) -> None:
    asker = Asker(peer)
    for request in work.requests[:_CHECKED]:
        answer = json.loads(asker.good(request)[0])
        if work.name == "get":
            good = request.path.endswith(f"/{answer['buildNumber']}")
        else:
            count = 25 if work.name == "list" else 1
            good = len(answer["versions"]) == count
            good &= work.name == "newest" or answer["totalCount"] == data.VERSIONS
        if not good:
            raise BenchError(f"{peer.program.name}: {request.path} is not as it must be")
    asker.close()


def _measure(
    pairs: list[tuple[tuple[Side, Running], ...]], folder: Path, options: argparse.Namespace
) -> str:
    """Interleaved rounds; the table of them."""
    for number in range(options.rounds + 1):
        say(f"round {number} of {options.rounds}" if number else "warming up")
        for i, name in enumerate(COUNTS):
            for pair in pairs:
                for side, peer in pair:
                    run = measure.run(peer, side.works[i], folder, options.seconds)
                    if number:
                        peer.runs.setdefault(name, []).append(run)
    lines = [
        f"| work | answers | {SMALL:,}, requests/s | {options.versions:,}, requests/s "
        "| ratio, median | min to max | target | |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for name in COUNTS:
        for ((_, small), (_, large)), kept in zip(pairs, ("kept", "nothing kept"), strict=True):
            both = list(zip(small.runs[name], large.runs[name], strict=True))
            ratios = [there.rate / here.rate for here, there in both]
            met = "met" if median(ratios) >= TARGET else "**missed**"
            lines.append(
                f"| {TITLES[name]} | {kept} | {median(here.rate for here, _ in both):,.0f} "
                f"| {median(there.rate for _, there in both):,.0f} | {median(ratios):.2f} "
                f"| {min(ratios):.2f} to {max(ratios):.2f} | at least {TARGET:g} | {met} |"
            )
    return "\n".join(lines) + "\n"


def _report(
    table: str, built: list[str], options: argparse.Namespace, began: datetime, load: float
) -> str:
    made_with = results.versions(with_node=False)
    seconds = (datetime.now(UTC) - began).total_seconds()
    cores = "the server on core 0 and wrk on core 1" if can_pin() else "nothing bound to a core"
    sizes = "\n".join(f"- {line}" for line in built)
    return f"""# Results of `make bench-scale`

Written by `{" ".join(["python bench/scale.py", *sys.argv[1:]])}`: do not edit. Begun
{began:%Y-%m-%d %H:%M} UTC with a load average of {load:.2f}, and took {seconds:.0f} seconds.

{table}
Medians of {options.rounds} interleaved rounds of {options.seconds} seconds of \
`wrk -t1 -c{CONNECTIONS}`, {cores};
a ratio is the median of the rounds' own. Basic authentication and the request log are on,
one worker. Each work has as many different requests for the large data as for the small
({COUNTS["get"]:,} versions, {COUNTS["list"]:,} lists, {COUNTS["newest"]:,} of the newest), sampled
evenly over all of it. "Kept" is the server as shipped, which gives answers again that nothing was
written to, and has room for all of these: such a row says little of the database. "Nothing kept"
(`TRADEPOST_CACHE_BYTES=0`) reads the database for each request.

{sizes}

Versions lie in the file in the order of time, those of one app software apart. The operating
system's cache is warm from building, as far as it has room.

{results.machine()}. {", ".join(f"{k} {v}" for k, v in made_with.items() if k in _NAMED)}.
"""


_NAMED: Final = ("tradepost", "Python", "wrk", "apsw", "SQLite", "granian", "uvloop", "msgspec")


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
