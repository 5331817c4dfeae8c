"""A real PostgreSQL for the tests: Debian's, on a free port, in a directory that is thrown away."""

import asyncio
import atexit
import functools
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support.process import free_port

_names = itertools.count(1)
_ROOM = 2 * 1024**3
"""What the databases of a session may need, in bytes."""


def unprivileged() -> dict[str, Any]:
    """What lets a child run as somebody whom PostgreSQL and PgBouncer accept."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def programs() -> Path:
    """The folder of the newest PostgreSQL; skips the test where there is none."""
    debian = Path("/usr/lib/postgresql")
    versions = sorted(debian.glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which("postgres")
    if found is None:
        pytest.skip("there is no PostgreSQL (Debian: postgresql)")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return Path(found).resolve().parent


class Cluster:
    """A PostgreSQL server. Without `durable` it is fast, and a crash of the machine may ruin it."""

    def __init__(self, folder: Path, *, durable: bool = False, options: tuple[str, ...] = ()):
        self.folder = folder
        self.port = free_port()
        self._programs = programs()
        self._options = ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", *options]
        if not durable:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                self._options += ["-c", f"{name}=off"]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._own = unprivileged()  # PostgreSQL refuses to run as root
        if self._own:
            shutil.chown(folder, self._own["user"], self._own["group"])
        initdb = [str(self._programs / "initdb"), "-D", str(folder / "data"), "-U", "tradepost"]
        self._run(*initdb, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self._programs / "postgres"),
                    *("-D", str(self.folder / "data"), "-p", str(self.port)),
                    *("-k", str(self.folder), *self._options),
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self._own,
            )
        ready = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode:
            if self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended: {(self.folder / 'log').read_text()}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: fast, which ends its connections, unless told otherwise."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
            self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def url(self, database: str) -> str:
        return f"postgresql://tradepost@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run a statement on a connection of its own."""

        async def run() -> None:
            connection = await asyncpg.connect(self.url(database))
            await connection.execute(statement)
            await connection.close()

        # In a thread, because whoever wants a database may have a loop that runs.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(run())).result()

    def create_database(self, template: str = "template0") -> str:
        """The name of a new database, which is empty or a copy of another that nobody uses."""
        name = f"test_{next(_names)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, *command: str) -> None:
        own: Any = self._own
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, **own
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr}")


@functools.cache
def cluster() -> Cluster:
    """The server that all tests of a session share, each with databases of its own."""
    memory = Path("/dev/shm")
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    base = memory if has_room else None
    folder = Path(tempfile.mkdtemp(prefix="tradepost-postgres-", dir=base))
    folder.chmod(0o755)  # for the user that PostgreSQL runs as
    found = Cluster(folder / "cluster")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(found.stop)
    return found
