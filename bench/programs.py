"""The programs under test: how each is started, and what it is asked to do."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from common import HERE, SERVER_CORE, TRADEPOST, end, environment, free_port, pinned, wait_for
from works import DEEP_PAGE

Answers = Literal["same", "constant", "mocked", "rows"]
"""What a program's answers are checked against: Tradepost's documents, a size, the OpenAPI
document, or Tradepost's documents in the form of json-server."""

NODE_PROGRAMS: Final = HERE / "node_modules" / ".bin"
CONSTANT_WORKS: Final = ("get", "list", "newest", "app_key")


def _same(path: str) -> str:
    return path


@dataclass(frozen=True)
class Program:
    """A program under test. `command` makes its command line for a port."""

    name: str
    title: str
    works: tuple[str, ...]
    command: Callable[[int], list[str]]
    answers: Answers = "same"
    signs_in: bool = True
    quick: bool = False
    needs_node: bool = False
    core: int | None = SERVER_CORE
    settings: dict[str, str] = field(default_factory=dict)
    path: Callable[[str], str] = _same
    """The path under which it has what Tradepost has under another."""


@dataclass(frozen=True)
class Run:
    """What one program did of one work for some seconds; `p99` in milliseconds."""

    rate: float
    p99: float


@dataclass
class Running:
    """A program that runs, and what it did."""

    program: Program
    port: int
    process: subprocess.Popen[bytes]
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of an answer to each work: the median body, or all of the longest 304."""
    runs: dict[str, list[Run]] = field(default_factory=dict)


@contextmanager
def started(program: Program, folder: Path) -> Iterator[Running]:
    """A program that takes connections; ended at the end."""
    port = free_port()
    log = folder / f"{program.name}-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            pinned(program.core, program.command(port)),
            stdout=output,
            stderr=output,
            env=environment(**program.settings),
            cwd=folder,
        )
    try:
        wait_for(port, process, log)
        yield Running(program, port, process)
    finally:
        end(process)


def tradepost(folder: Path) -> Program:
    """Tradepost as shipped, on a folder of data."""
    works = (*CONSTANT_WORKS, "page_1", f"page_{DEEP_PAGE}", "again", "tokens", "unchanged")
    return Program("tradepost", "**Tradepost**", works, serve_command(folder), quick=True)


def serve_command(folder: Path, workers: int = 1) -> Callable[[int], list[str]]:
    def command(port: int) -> list[str]:
        flags = ["--port", str(port), "--data", str(folder), "--workers", str(workers)]
        return [TRADEPOST, "serve", *flags]

    return command


def constant(work: str, size: int) -> Program:
    """The limit, for bodies of one size."""
    title = "constant body, bare ASGI on granian (the limit)"
    command = _peer("constant.py", size=size)
    return Program("constant", title, (work,), command, "constant", signs_in=False, quick=True)


def peers(folder: Path) -> Iterator[Program]:
    """All others. Their data is in `folder`, under the names below."""
    served = serve_command(folder / "tradepost")
    both = ("get", "list")
    # What the Starlette program is to be compared with, for neither writes a log.
    quiet = {"TRADEPOST_LOG_LEVEL": "warning"}
    yield Program("without_log", "Tradepost without its request log", both, served, settings=quiet)
    yield Program(
        "without_kept",
        "Tradepost that keeps no answers",
        ("get", "list", "newest", "page_1", f"page_{DEEP_PAGE}"),
        served,
        settings={"TRADEPOST_CACHE_BYTES": "0"},
    )
    database = folder / "tradepost" / "tradepost.db"
    yield Program(
        "starlette",
        "Starlette, stored bytes, apsw, on granian",
        both,
        _peer("starlette_stored.py", database=database),
    )
    title = "FastAPI + Pydantic + SQLAlchemy + aiosqlite, on uvicorn"
    yield plain(title, plain_url(folder / "plain.db"), both)
    yield Program(
        "prism",
        "Prism, mocking our OpenAPI document",
        both,
        _node("prism", "mock", "--host", "127.0.0.1", str(folder / "openapi.json")),
        "mocked",
        signs_in=False,
        needs_node=True,
    )
    yield Program(
        "json_server",
        "json-server on the same versions",
        both,
        _node("json-server", "--host", "127.0.0.1", "--quiet", str(folder / "versions.json")),
        "rows",
        signs_in=False,
        needs_node=True,
        path=json_server_path,
    )
    for workers in (1, 2):
        yield Program(
            f"workers_{workers}",
            f"Tradepost with {workers} worker{'s'[: workers - 1]}, bound to no core",
            ("get",),
            serve_command(folder / "tradepost", workers),
            core=None,
        )


def plain_url(path: Path) -> str:
    """The plain program's database in a file, as a URL of SQLAlchemy."""
    return f"sqlite+aiosqlite:///{path}"


def plain(title: str, database: str, works: tuple[str, ...]) -> Program:
    """The plain program, on a database that a URL of SQLAlchemy names."""
    return Program("plain", title, works, _peer("plain_fastapi.py", database=database))


def json_server_path(path: str) -> str:
    """`/versions/…` of json-server for a version, or its first 25 versions of an app software."""
    parts = urlsplit(path).path.split("/")
    software_id, build = parts[4], parts[6:]
    if build:
        return f"/versions/{software_id}-{build[0]}"
    return f"/versions?appSoftwareId={software_id}&_limit=25"


def _peer(file: str, **flags: object) -> Callable[[int], list[str]]:
    def command(port: int) -> list[str]:
        flat = [text for name, value in flags.items() for text in (f"--{name}", str(value))]
        return [sys.executable, str(HERE / "peers" / file), "--port", str(port), *flat]

    return command


def _node(program: str, *arguments: str) -> Callable[[int], list[str]]:
    def command(port: int) -> list[str]:
        return [str(NODE_PROGRAMS / program), *arguments, "--port", str(port)]

    return command
