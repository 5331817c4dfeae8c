"""What was measured, as the results file holds it: ratios with their targets, and the raw rounds.

A ratio is the median of the rounds' own ratios: each round compares what ran moments apart.
"""

import platform
import re
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from os import cpu_count, sysconf
from pathlib import Path
from typing import Any, Final, Literal

import apsw
from common import HERE
from works import DEEP_PAGE

LEAST_SHARE: Final = 0.045
"""Of writes in a round of the mixed load: with less, its ratio says too little."""

Runs = dict[str, dict[str, list[dict[str, float]]]]
"""Program, work, rounds: `rate` in requests/s, `p99` in milliseconds."""

_PACKAGES: Final = (
    "granian",
    "uvloop",
    "msgspec",
    "starlette",
    "fastapi",
    "pydantic",
    "uvicorn",
    "httptools",
    "sqlalchemy",
    "aiosqlite",
)


@dataclass(frozen=True)
class Comparison:
    """Two programs' works that are compared, and what is to come out."""

    label: str
    ours: tuple[str, str]
    theirs: tuple[str, str]
    bound: float | None = None
    rule: Literal["at least", "more than", "at most"] = "at least"
    measure: Literal["rate", "p99"] = "rate"
    chart: Literal["", "limit", "times"] = ""
    """The part of the chart that shows it; the first are shares, the second multiples."""


def _against(
    program: str, who: str, works: Sequence[tuple[str, float | None]], chart: Literal["", "times"]
) -> list[Comparison]:
    names = {"get": "GET version", "list": "first page of 25", "newest": "newest compatible"}
    return [
        Comparison(f"{names[w]}, {who}", ("tradepost", w), (program, w), bound, chart=chart)
        for w, bound in works
    ]


COMPARISONS: Final = [
    *(
        Comparison(
            f"{label}, of a constant body", ("tradepost", w), ("constant", w), b, chart="limit"
        )
        for label, w, b in (
            ("GET version", "get", 0.70),
            ("first page of 25", "list", 0.60),
            ("newest compatible", "newest", 0.45),
            ("app-key look-up", "app_key", 0.65),
        )
    ),
    Comparison(
        f"page {DEEP_PAGE}, of page 1",
        ("tradepost", f"page_{DEEP_PAGE}"),
        ("tradepost", "page_1"),
        0.85,
        chart="limit",
    ),
    Comparison(
        "GET answered with 304, of the 200",
        ("tradepost", "unchanged"),
        ("tradepost", "again"),
        1.0,
        "more than",
        chart="limit",
    ),
    Comparison(
        "GET with 5 % writes, of GET alone",
        ("copy", "mixed"),
        ("copy", "reads"),
        0.7,
        chart="limit",
    ),
    Comparison(
        "its p99, of that of GET alone", ("copy", "mixed"), ("copy", "reads"), 3, "at most", "p99"
    ),
    Comparison(
        "create version, of inserts in process",
        ("copy", "create"),
        ("inserts", "create"),
        0.30,
        chart="limit",
    ),
    Comparison(
        "10,000 API tokens, of one",
        ("tradepost", "tokens"),
        ("tradepost", "again"),
        0.7,
        chart="limit",
    ),
    *_against("plain", "against FastAPI and SQLAlchemy", (("get", 40), ("list", 50)), "times"),
    *_against("prism", "against Prism", (("get", 10), ("list", 10)), "times"),
    *_against("json_server", "against json-server", (("get", 10), ("list", 10)), "times"),
    *_against("starlette", "against Starlette", (("get", None), ("list", None)), ""),
    *_against("without_log", "against itself without its log", (("get", None), ("list", None)), ""),
    *(
        Comparison(
            f"{label}, nothing kept, of a constant body", ("without_kept", w), ("constant", w)
        )
        for label, w in (
            ("GET version", "get"),
            ("first page of 25", "list"),
            ("newest compatible", "newest"),
        )
    ),
    Comparison(
        f"page {DEEP_PAGE}, of page 1, nothing kept",
        ("without_kept", f"page_{DEEP_PAGE}"),
        ("without_kept", "page_1"),
    ),
    Comparison("GET version, 2 workers, of 1", ("workers_2", "get"), ("workers_1", "get")),
]


def compare(runs: Runs) -> list[dict[str, Any]]:
    """The comparisons whose both sides were measured."""
    found = []
    for one in COMPARISONS:
        ours, theirs = (runs.get(p, {}).get(w) for p, w in (one.ours, one.theirs))
        if not ours or not theirs:
            continue
        pairs = zip(ours, theirs, strict=True)
        ratios = [our[one.measure] / their[one.measure] for our, their in pairs]
        found.append({**asdict(one), **_summary(ratios, one.bound, one.rule)})
    return found


def figures(
    demo: list[float], imports: list[float], idle: float, used: float
) -> list[dict[str, Any]]:
    """Start and memory, as comparisons are held."""
    pairs = [a / b for a, b in zip(demo, imports, strict=True)]
    command = "`tradepost demo`, from the command to the first 200 of `/readyz`"
    given = (
        (command, "ms", [second * 1000 for second in demo], 500.0),
        ('`python -c "import apsw, msgspec, granian"`', "ms", [s * 1000 for s in imports], None),
        ("the first, of the second", "times", pairs, 3.0),
        ("resident anonymous memory, idle", "MB", [idle], 60.0),
        ("resident anonymous memory, after the run", "MB", [used], 120.0),
    )
    return [
        {"label": label, "unit": unit, "bound": bound, "rule": "at most"}
        | _summary(values, bound, "at most")
        for label, unit, values, bound in given
    ]


def missed(found: dict[str, Any]) -> list[str]:
    """A sentence for each target that was not met."""
    lines = [
        f"MISSED: {one['label']} is {one['median']:.3g}, not {one['rule']} {one['bound']:g}"
        for one in [*found["comparisons"], *found["figures"]]
        if one["met"] is False
    ]
    least = min(found["write_share"], default=1.0)
    if least < LEAST_SHARE:
        lines.append(f"NOT KEPT: a round of the mixed load had {least * 100:.1f} % writes, not 5 %")
    return lines


def machine() -> str:
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"model name\s*:\s*(.*)", cpuinfo.read_text("utf-8"))
        model = found[1] if found else model
    memory = sysconf("SC_PAGE_SIZE") * sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cpu_count()} cores ({model}), {memory:.0f} GB, {platform.system()}"


def versions(with_node: bool) -> dict[str, str]:
    """Of all that took part."""
    found = {
        "tradepost": metadata.version("tradepost"),
        "Python": platform.python_version(),
        "wrk": _output("wrk", "-v").split()[1],
        "apsw": apsw.apsw_version(),
        "SQLite": apsw.sqlite_lib_version(),
        **{name: metadata.version(name) for name in _PACKAGES},
    }
    if with_node:
        found["Node.js"] = _output("node", "--version").strip().removeprefix("v")
        for package in ("@stoplight/prism-cli", "json-server"):
            text = (HERE / "node_modules" / package / "package.json").read_text("utf-8")
            version = re.search(r'"version":\s*"([^"]+)"', text)
            assert version is not None
            found[package] = version[1]
    return found


def _summary(values: list[float], bound: float | None, rule: str) -> dict[str, Any]:
    median = statistics.median(values)
    met = None
    if bound is not None:
        met = median <= bound if rule == "at most" else median >= bound
        met = met and not (rule == "more than" and median == bound)
    return {"median": median, "min": min(values), "max": max(values), "met": met}


def _output(*command: str) -> str:
    # wrk ends with 1 when it is asked for its version.
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
