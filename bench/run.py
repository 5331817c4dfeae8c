"""`make bench`: Tradepost against its peers, on this machine, with wrk.

Each program is a process of its own. Before anything is timed, its answers are compared with
Tradepost's. Then every program does every work in turn, round after round, and medians and
ratios are made of that. `--quick` measures against the constant body alone.
"""

import argparse
import asyncio
import base64
import http.client
import importlib.metadata
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import apsw
import data

HERE: Final = Path(__file__).parent
TRADEPOST: Final = Path(sys.executable).with_name("tradepost")
CONNECTIONS: Final = 32
STARTS: Final = 7
AUTHORIZATION: Final = "Basic " + base64.b64encode(f"{data.EMAIL}:{data.TOKEN}".encode()).decode()
PACKAGES: Final = (
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


class BenchError(Exception):
    """The benchmark cannot go on; the text is one sentence."""


@dataclass(frozen=True)
class Work:
    """One kind of request, to many paths."""

    name: str
    title: str
    paths: Sequence[str]


@dataclass(frozen=True)
class Program:
    """A program under test. `command` makes its command line for a port."""

    name: str
    title: str
    works: tuple[str, ...]
    command: Callable[[int], list[str]]
    signs_in: bool = True
    quick: bool = False
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """How many times what another program does Tradepost is to do of a work."""

    work: str
    against: str
    at_least: float


@dataclass
class Run:
    """What wrk told about one program doing one work for some seconds."""

    rate: float
    p99: float
    """Milliseconds."""


@dataclass
class Running:
    """A program that runs, and what it did."""

    program: Program
    port: int
    process: subprocess.Popen[bytes]
    runs: dict[str, list[Run]] = field(default_factory=dict)


TARGETS: Final = (
    Target("get", "constant", 0.40),
    Target("get", "plain", 25),
    Target("list", "plain", 20),
)


def main() -> None:
    options = _options()
    if shutil.which("wrk") is None:
        raise BenchError("make bench needs wrk: install it (on Debian: apt-get install wrk)")
    # A signal ends the benchmark as an error does: programs are ended, temporary data removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began, load = datetime.now(UTC), os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tradepost-bench-")))
        _say(f"building {data.TOTAL:,} versions")
        asyncio.run(data.build(folder / "tradepost"))
        works = [
            Work("get", "GET version by build number", data.get_paths(20 * data.SOFTWARES)),
            Work("list", "first page of 25", data.list_paths()),
        ]
        tradepost = stack.enter_context(_started(_tradepost(folder / "tradepost"), folder))
        idle = _anonymous_memory(tradepost.process.pid)
        sizes = {work.name: _median_size(tradepost, work) for work in works}
        programs = [p for p in _peers(folder, sizes) if p.quick or not options.quick]
        if not options.quick:
            data.build_plain(folder / "plain.db")
        running = [tradepost] + [stack.enter_context(_started(p, folder)) for p in programs]
        for work in works:
            for peer in running:
                if work.name in peer.program.works:
                    _verify(peer, tradepost, work, sizes[work.name])
        _measure(running, works, sizes, folder, options.rounds, options.seconds)
        used = _anonymous_memory(tradepost.process.pid)
        table = _table(running, works, sizes)
        print("\n" + table)
        if not options.quick:
            starts = [_demo_start(folder) for _ in range(STARTS)]
            imports = [_import_start() for _ in range(STARTS)]
            text = _report(table, starts, imports, (idle, used), options, began, load)
            (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
            print(text[text.index("## Start") :])
            print("written: bench/RESULTS.md")
    for line in _missed(running):
        print(line)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="against the constant body alone")
    parser.add_argument("--rounds", type=int, help="[default: 5; 3 with --quick]")
    parser.add_argument("--seconds", type=int, help="of each run [default: 3; 2 with --quick]")
    options = parser.parse_args()
    options.rounds = options.rounds or (3 if options.quick else 5)
    options.seconds = options.seconds or (2 if options.quick else 3)
    return options


def _tradepost(folder: Path) -> Program:
    return Program("tradepost", "**Tradepost**", ("get", "list"), _serve_command(folder))


def _serve_command(folder: Path) -> Callable[[int], list[str]]:
    def command(port: int) -> list[str]:
        return [str(TRADEPOST), "serve", "--port", str(port), "--data", str(folder)]

    return command


def _peers(folder: Path, sizes: dict[str, int]) -> Iterator[Program]:
    def peer(file: str, **flags: object) -> Callable[[int], list[str]]:
        def command(port: int) -> list[str]:
            flat = [text for name, value in flags.items() for text in (f"--{name}", str(value))]
            return [sys.executable, str(HERE / "peers" / file), "--port", str(port), *flat]

        return command

    for work, size in sizes.items():
        title = "constant body, bare ASGI on granian (the limit)"
        command = peer("constant.py", size=size)
        yield Program("constant", title, (work,), command, signs_in=False, quick=True)
    # What the Starlette program is to be compared with, for neither writes a log.
    yield Program(
        "without_log",
        "Tradepost without its request log",
        ("get", "list"),
        _serve_command(folder / "tradepost"),
        settings={"TRADEPOST_LOG_LEVEL": "warning"},
    )
    yield Program(
        "starlette",
        "Starlette, stored bytes, apsw, on granian",
        ("get", "list"),
        peer("starlette_stored.py", database=folder / "tradepost" / "tradepost.db"),
    )
    yield Program(
        "plain",
        "FastAPI + Pydantic + SQLAlchemy + aiosqlite, on uvicorn",
        ("get", "list"),
        peer("plain_fastapi.py", database=folder / "plain.db"),
    )


# Programs and cores


def _pinned(core: int, command: list[str]) -> list[str]:
    """A command bound to a core, where there are two and `taskset` is there."""
    if (os.cpu_count() or 1) < 2 or shutil.which("taskset") is None:
        return command
    return ["taskset", "--cpu-list", str(core), *command]


def _environment(**values: str) -> dict[str, str]:
    """Our environment without settings of Tradepost, and with these values."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TRADEPOST_")}
    return {**kept, **values}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _started(program: Program, folder: Path) -> Iterator[Running]:
    """A program that takes connections; ended at the end."""
    port = _free_port()
    log = folder / f"{program.name}-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _pinned(0, program.command(port)),
            stdout=output,
            stderr=output,
            env=_environment(**program.settings),
            cwd=folder,
        )
    try:
        _wait_for(port, process, log)
        yield Running(program, port, process)
    finally:
        _end(process)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise BenchError(f"a program did not start:\n{log.read_text('utf-8')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _anonymous_memory(pid: int) -> float:
    """The resident anonymous memory of a process in MB (its `RssAnon`)."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else float("nan")


# Answers


def _ask(peer: Running, path: str, authorization: str | None = AUTHORIZATION) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=10)
    try:
        connection.request("GET", path, headers=_authorization(authorization))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _authorization(value: str | None) -> dict[str, str]:
    return {"Authorization": value} if value else {}


def _median_size(peer: Running, work: Work) -> int:
    """The median size of a work's body."""
    bodies = [_ask(peer, path)[1] for path in work.paths[:200]]
    return int(statistics.median(map(len, bodies)))


def _verify(peer: Running, tradepost: Running, work: Work, size: int) -> None:
    """Raise unless a program answers as Tradepost does, and the constant one with its size."""
    who = f"{peer.program.name}, {work.name}"
    for path in work.paths[:50]:
        status, body = _ask(peer, path)
        if status != 200:
            raise BenchError(f"{who}: {path} gives {status}")
        if peer.program.name == "constant":
            if len(body) != size:
                raise BenchError(f"{who}: {len(body)} bytes instead of {size}")
            continue
        answer, wanted = json.loads(body), json.loads(_ask(tradepost, path)[1])
        if work.name == "list":
            answer, wanted = _without_cursor(answer, path), _without_cursor(wanted, path)
            if len(answer["versions"]) != 25 or answer["totalCount"] != data.VERSIONS:
                raise BenchError(f"{who}: {path} is not the first 25 of {data.VERSIONS}")
        if answer != wanted:
            raise BenchError(f"{who}: {path} gives another document than Tradepost")
    if peer.program.signs_in:
        wrong = AUTHORIZATION[:-4] + "AAAA"
        refused = [_ask(peer, work.paths[0], given)[0] for given in (None, wrong)]
        if refused != [401, 401]:
            raise BenchError(f"{who}: without good credentials the status is {refused}")


def _without_cursor(page: Any, path: str) -> Any:
    """A page without the token of `links.next`, which is each program's own."""
    following = page["links"]["next"]
    if not following.startswith(f"{path}?cursor="):
        raise BenchError(f"{path}: links.next is {following}")
    return {**page, "links": {**page["links"], "next": ""}}


# Rounds


def _measure(
    running: list[Running],
    works: list[Work],
    sizes: dict[str, int],
    folder: Path,
    rounds: int,
    seconds: int,
) -> None:
    """Let every program do every work, round after round. Round 0 warms up and is not kept."""
    for number in range(rounds + 1):
        _say(f"round {number} of {rounds}" if number else "warming up")
        for work in works:
            for peer in running:
                if work.name in peer.program.works:
                    run = _run(peer, work, sizes[work.name], folder, seconds if number else 1)
                    if number:
                        peer.runs.setdefault(work.name, []).append(run)


def _run(peer: Running, work: Work, size: int, folder: Path, seconds: int) -> Run:
    paths = folder / f"{work.name}.paths"
    if not paths.exists():
        paths.write_text("\n".join(work.paths), encoding="utf-8")
    script = str(HERE / "requests.lua")
    url = f"http://127.0.0.1:{peer.port}"
    done = subprocess.run(
        _pinned(1, ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, url]),
        env=_environment(BENCH_PATHS=str(paths), BENCH_AUTHORIZATION=AUTHORIZATION),
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    who = f"{peer.program.name}, {work.name}"
    if found is None:
        raise BenchError(f"{who}: wrk failed: {done.stdout}{done.stderr}")
    result = json.loads(found[1])
    # A redirect is no failure to wrk; an answer without its document shows in the bytes.
    short = result["bytes"] < 0.9 * size * result["requests"]
    if "Non-2xx" in done.stdout or result["failures"] or result["broken"] or short:
        raise BenchError(f"{who}: not every answer was good: {done.stdout}")
    return Run(result["requests"] / result["microseconds"] * 1e6, result["p99"] / 1000)


# Start


def _demo_start(folder: Path) -> float:
    """Seconds from the command `tradepost demo` to the first 200 of `/readyz`."""
    port = _free_port()
    command = _pinned(0, [str(TRADEPOST), "demo", "--port", str(port)])
    with (folder / "demo.log").open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=output, env=_environment())
    try:
        while time.perf_counter() - began < 30:
            if _is_ready(port):
                return time.perf_counter() - began
            time.sleep(0.001)
        raise BenchError("tradepost demo was not ready within 30 seconds")
    finally:
        _end(process)


def _is_ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _import_start() -> float:
    """Seconds that Python takes to import what Tradepost stands on: no server starts faster."""
    command = _pinned(0, [sys.executable, "-c", "import apsw, msgspec, granian"])
    began = time.perf_counter()
    subprocess.run(command, check=True, env=_environment())
    return time.perf_counter() - began


# Results


def _median(peer: Running, work: str) -> float:
    return statistics.median(run.rate for run in peer.runs[work])


def _ratio(running: list[Running], work: str, against: str) -> float:
    """The median of the rounds' ratios: each round compares what ran moments apart."""
    ours, theirs = (
        next(p for p in running if p.program.name == name and work in p.program.works)
        for name in ("tradepost", against)
    )
    pairs = zip(ours.runs[work], theirs.runs[work], strict=True)
    return statistics.median(our.rate / their.rate for our, their in pairs)


def _table(running: list[Running], works: list[Work], sizes: dict[str, int]) -> str:
    lines = [
        "| work | program | requests/s, median | min to max | p99 ms | Tradepost is | target |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for work in works:
        for peer in running:
            if work.name not in peer.program.works:
                continue
            rates = [run.rate for run in peer.runs[work.name]]
            p99 = statistics.median(run.p99 for run in peer.runs[work.name])
            name = peer.program.name
            ratio = "" if name == "tradepost" else f"{_ratio(running, work.name, name):.2f} times"
            goals = [t.at_least for t in TARGETS if (t.work, t.against) == (work.name, name)]
            goal = f"at least {goals[0]:g}" if goals else ""
            lines.append(
                f"| {work.title} ({sizes[work.name]:,} bytes) | {peer.program.title} "
                f"| {statistics.median(rates):,.0f} | {min(rates):,.0f} to {max(rates):,.0f} "
                f"| {p99:.1f} | {ratio} | {goal} |"
            )
    return "\n".join(lines) + "\n"


def _missed(running: list[Running]) -> Iterator[str]:
    """A sentence for each target that was measured and not met."""
    measured = {(peer.program.name, work) for peer in running for work in peer.runs}
    for target in TARGETS:
        if (target.against, target.work) not in measured:
            continue
        ratio = _ratio(running, target.work, target.against)
        if ratio < target.at_least:
            yield (
                f"MISSED: {target.work} is {ratio:.2f} times {target.against}, "
                f"not {target.at_least:g}"
            )


def _report(
    table: str,
    starts: list[float],
    imports: list[float],
    memory: tuple[float, float],
    options: argparse.Namespace,
    began: datetime,
    load: float,
) -> str:
    start, alone = statistics.median(starts), statistics.median(imports)
    seconds = (datetime.now(UTC) - began).total_seconds()
    command = " ".join(["python bench/run.py", *sys.argv[1:]])
    pinned = "the server on core 0 and wrk on core 1"
    if _pinned(0, []) == []:
        pinned = "nothing is bound to a core"
    return f"""# Results of `make bench`

Written by `{command}`: do not edit. Begun {began:%Y-%m-%d %H:%M} UTC with a load
average of {load:.2f} (others' work on this machine), and took {seconds:.0f} seconds.

{table}
Medians of {options.rounds} interleaved rounds; in each, every program does every work once, for
{options.seconds} seconds of `wrk -t1 -c{CONNECTIONS}`, with {pinned}.
A ratio is the median of the rounds' own ratios. HTTP Basic authentication is on; requests are
spread over {data.SOFTWARES:,} app softwares of {data.VERSIONS} versions, of {data.TOTAL:,} versions
in all. Answers other than 2xx: 0 (one would have ended the run). Before that, the answers of each
program were compared with Tradepost's.

Tradepost runs as shipped, one worker, with its request log on; standard error goes to a file,
and so does the access log of uvicorn. Neither the constant body nor the Starlette program logs,
and the former checks no credentials.

## Start and memory

| what | figure | target |
|---|--:|--:|
| `tradepost demo`, from the command to the first 200 of `/readyz` (median of {STARTS}) \
| {start * 1000:,.0f} ms ({min(starts) * 1000:,.0f} to {max(starts) * 1000:,.0f}) | 1,000 ms |
| for comparison, `python -c "import apsw, msgspec, granian"` | {alone * 1000:,.0f} ms | |
| resident anonymous memory, idle | {memory[0]:.0f} MB | |
| resident anonymous memory, after the run | {memory[1]:.0f} MB | |

## Made with

{_machine()}

{_versions()}
"""


def _machine() -> str:
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"model name\s*:\s*(.*)", cpuinfo.read_text("utf-8"))
        model = found[1] if found else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {platform.system()}."


def _versions() -> str:
    wrk = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
    named = {
        "tradepost": importlib.metadata.version("tradepost"),
        "Python": platform.python_version(),
        "wrk": wrk.split()[1],
        "apsw": apsw.apsw_version(),
        "SQLite": apsw.sqlite_lib_version(),
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }
    return ", ".join(f"{name} {version}" for name, version in named.items()) + "."


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
