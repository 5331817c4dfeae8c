"""The text of the results, made from the results file alone."""

import statistics
from typing import Any, Final

import data
from common import CONNECTIONS
from starts import STARTS
from works import DEEP_PAGE, PAGE_LIMITS
from writes import GROUP, READERS, WRITERS

from tradepost.settings import Settings

_COPY: Final = {
    ("copy", "reads"): f"GET version alone, {READERS} connections",
    ("copy", "mixed"): f"GET version with writes beside it, {READERS} connections",
    ("copy", "mixed_writes"): f"those writes, {WRITERS} connections, paced",
    ("copy", "create"): f"create version, {CONNECTIONS} connections",
    ("inserts", "create"): f"the same documents inserted in process, {GROUP} a commit",
}


def tables(found: dict[str, Any]) -> str:
    """Comparisons, start and memory, and what they are made of."""
    parts = [_comparisons(found["comparisons"])]
    if found["figures"]:
        parts.append("## Start and memory\n\n" + _figures(found["figures"]))
    parts.append("## What the ratios are made of\n\n" + _rates(found))
    return "\n".join(parts)


def text(found: dict[str, Any]) -> str:
    """All of RESULTS.md."""
    node = (
        "" if found["with_node"] else "\nPrism and json-server were left out (`--without-node`).\n"
    )
    made_with = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return f"""# Results of `make bench`

Written by `{found["command"]}`: do not edit. Begun {found["began"]} with a load average of
{found["load"]:.2f} (others' work on this machine), and took {found["seconds"]} seconds.
{node}
{tables(found)}
{_how(found)}
## Made with

{found["machine"]}.

{made_with}.
"""


def _comparisons(comparisons: list[dict[str, Any]]) -> str:
    lines = ["| Tradepost's | ratio, median | min to max | target | |", "|---|--:|--:|--:|---|"]
    for one in comparisons:
        lines.append(
            f"| {one['label']} | {_number(one['median'])} "
            f"| {_number(one['min'])} to {_number(one['max'])} | {_target(one)} | {_met(one)} |"
        )
    return "\n".join(lines) + "\n"


def _figures(figures: list[dict[str, Any]]) -> str:
    lines = ["| what | median | min to max | target | |", "|---|--:|--:|--:|---|"]
    for one in figures:
        spread = f"{_number(one['min'])} to {_number(one['max'])}"
        if one["min"] == one["max"]:
            spread = ""
        lines.append(
            f"| {one['label']} | {_number(one['median'])} {one['unit']} | {spread} "
            f"| {_target(one)} | {_met(one)} |"
        )
    return "\n".join(lines) + "\n"


def _rates(found: dict[str, Any]) -> str:
    lines = [
        "| work | program | requests/s, median | min to max | p99 ms |",
        "|---|---|--:|--:|--:|",
    ]
    runs = found["runs"]
    for work in found["works"]:
        title = f"{work['title']} ({work['size']:,} bytes, {work['requests']:,} requests in turn)"
        for program, name in found["programs"].items():
            if work["name"] in runs.get(program, {}):
                lines.append(_rate(title, name, runs[program][work["name"]]))
    for (program, work), title in _COPY.items():
        if work in runs.get(program, {}):
            name = "one thread, no HTTP" if program == "inserts" else "Tradepost on a copy"
            lines.append(_rate(title, name, runs[program][work]))
    return "\n".join(lines) + "\n"


def _rate(title: str, program: str, runs: list[dict[str, float]]) -> str:
    rates = [run["rate"] for run in runs]
    p99 = statistics.median(run["p99"] for run in runs)
    spread = f"{min(rates):,.0f} to {max(rates):,.0f}"
    return f"| {title} | {program} | {statistics.median(rates):,.0f} | {spread} | {p99:.1f} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _target(one: dict[str, Any]) -> str:
    return "" if one["bound"] is None else f"{one['rule']} {one['bound']:g}"


def _met(one: dict[str, Any]) -> str:
    return {None: "", True: "met", False: "**missed**"}[one["met"]]


def _how(found: dict[str, Any]) -> str:
    share = found["write_share"]
    cores = (
        "the server on core 0 and wrk on core 1" if found["pinned"] else "nothing bound to a core"
    )
    return f"""## How it was measured

Medians of {found["rounds"]} interleaved rounds. In each, every program does every work once, for
{found["round_seconds"]} seconds of `wrk -t1 -c{CONNECTIONS}`, with {cores};
a round before them warms up and is not counted, and so does a second before each run (five with
many tokens), in which the same requests are sent. A ratio is the median of the rounds' own
ratios, so that both sides ran moments apart. Tradepost has one worker unless said. HTTP Basic
authentication is on. There are {data.TOTAL:,} versions: {data.SOFTWARES:,} app softwares of
{data.VERSIONS}, and one of {data.DEEP_VERSIONS:,}; requests are spread over all of them, and sent
in the same order to each program.

Before the rounds, a sample of each program's answers was checked: that they are Tradepost's
documents, for the constant body its size, and for Prism the fields that the OpenAPI document
requires. Any answer with another status than the one expected would have ended the run.

- **Tradepost** runs as shipped, with its request log on (standard error goes to a file). It keeps
  answers that it gave before, up to {Settings().cache_bytes / 2**20:.0f} MB of them, and gives them
  again while nothing that they are made of was written to. Each work asks for the same things over
  and over, so most reads here find theirs kept. The rows "nothing kept" say what the same server
  does without (`TRADEPOST_CACHE_BYTES=0`).
- **The constant body** is a bare ASGI callable on the same HTTP server. It routes nothing, checks
  no credentials, reads no database and writes no log. It is the limit for an application in Python.
- **Starlette** has Tradepost's database, sign-in and stored documents, keeps no answers and no log.
- **FastAPI, Pydantic, SQLAlchemy, aiosqlite** is written plainly, has the same rows in a database
  of its own, and writes uvicorn's access log. It checks the credentials for each request anew.
- **Prism** reads no data: it makes its answers from Tradepost's own OpenAPI document, and it looks
  whether there are credentials, not whose.
- **json-server** holds all {data.TOTAL:,} versions in memory, from a file in which the newest come
  first, so that it need not sort. A version is asked for by its `id`, a list by
  `?appSoftwareId=…&_limit=25`; it has no indexes, and goes over them all. It checks no credentials
  and writes no log (`--quiet`).

Page {DEEP_PAGE} of the deep list was found by following `links.next` from page 1, with limits of
{PAGE_LIMITS[0]} to {PAGE_LIMITS[-1]}; the exact links are sent. A 304 answers requests that carry
each version's validator.
{_shares(share)}
**Create version** is a POST of a Connect version that generates its numbers: signed in, parsed,
validated, and answered after a commit with `synchronous=FULL`. What it is compared with inserts
documents of the same kind from one process on core 0, {GROUP} in each commit of
`SqliteDatabase.write`, made before the clock starts: nothing is parsed, validated or looked up.

With **many API tokens**, {data.TOKENS:,} of {data.PEOPLE} people are used in turn. A verified token
is remembered for a minute while nothing about people is written, so the look-ups and the notes of
their last use fall mostly into the seconds before the clock starts.

**Workers**: here both servers may use both cores, while wrk is bound to core 1. On a machine of two
cores, two workers and the load generator share what there is: the ratio says what a second worker
brings or costs under that condition alone. It cannot say how workers scale where each has a core of
its own and the load comes from elsewhere.

Start is the median of {STARTS} pairs, one after the other.
"""


def _shares(share: list[float]) -> str:
    if not share:
        return ""
    return f"""
**Mixed load** is two runs of wrk at once, on core 1: {READERS} connections that GET versions, and
{WRITERS} that create versions, paced to 5 % of all requests ({share[0] * 100:.1f} to \
{share[1] * 100:.1f} % in the rounds). The latencies
are those of the GETs alone. It runs on a fresh copy of the data in each round, as creating does.
"""
