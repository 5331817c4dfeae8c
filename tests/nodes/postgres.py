"""A PostgreSQL of a test's own, which may be stopped and killed: real files, fsync on."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

from tests.support.postgres import programs, unprivileged
from tests.support.process import free_port

USER = "tradepost"
OPTIONS = ("fsync=on", "listen_addresses=127.0.0.1", "shared_buffers=32MB", "max_connections=100")
_PATIENCE = 30.0


def until(holds: Callable[[], object], what: str, seconds: float = _PATIENCE) -> None:
    """Look again and again until something holds; fails after so many seconds."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"not within {seconds:g} s: {what}"
        time.sleep(0.01)


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """A folder that a process of another user may enter, as those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="tradepost-nodes-"))
    folder.chmod(0o755)
    give_away(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give_away(folder: Path) -> None:
    """Make a folder that of the user whom `unprivileged` names."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")


class PostgresServer:
    """One server and its database, which is empty. Files stand in `folder`, the WAL beside them.

    `data` is another place for the files.
    """

    def __init__(self, folder: Path, data: Path | None = None):
        self._bin = programs()
        self.folder = folder
        self._data = data or folder / "data"
        self._log = (folder / "postgres.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        """The same after every start."""
        self.url = self.url_at(self.port)
        initdb = [str(self._bin / "initdb"), "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync"]
        places = ["--locale=C.UTF-8", "-D", str(self._data), "--waldir", str(folder / "wal")]
        subprocess.run(
            [*initdb, *places], check=True, stdout=self._log, stderr=self._log, **unprivileged()
        )
        self.start()
        self.execute("CREATE DATABASE tradepost", database="postgres")

    @staticmethod
    def url_at(port: int) -> str:
        return f"postgresql://{USER}@127.0.0.1:{port}/tradepost"

    def start(self, *options: str, port: int | None = None) -> None:
        """Start it, and wait until it takes connections; after a crash it recovers first."""
        at = port or self.port
        self._process = subprocess.Popen(
            [
                *(str(self._bin / "postgres"), "-D", str(self._data)),
                *("-p", str(at), "-k", str(self.folder)),
                *(part for option in (*OPTIONS, *options) for part in ("-c", option)),
            ],
            stdout=self._log,
            stderr=self._log,
            **unprivileged(),
        )
        asking = [str(self._bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(at)]

        def is_ready() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self.log_text()
            return subprocess.run(asking, check=False).returncode == 0

        until(is_ready, "PostgreSQL takes connections")

    def stop(self) -> None:
        """Stop it as an operator does who does not wait for clients ("fast")."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_PATIENCE)

    def kill(self) -> None:
        """End every process of it as `kill -9` does, at once."""
        assert self._process is not None
        # It must not see its children go, for it would end the rest in order.
        self._process.send_signal(signal.SIGSTOP)
        children = self.processes()[1:]
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        self._process.kill()
        self._process.wait(_PATIENCE)
        until(lambda: not any(map(_runs, children)), "the killed are gone")

    def processes(self) -> list[int]:
        """The server's own process, and those that it has started."""
        assert self._process is not None
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Let it stand still: connections stay, and nothing is answered."""
        stopped = self.processes()
        try:
            for process in stopped:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in stopped:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    def execute(
        self, *statements: str, database: str = "tradepost", port: int | None = None
    ) -> Any:
        """Run statements, each for itself, from outside; the rows of the last."""

        async def work() -> Any:
            connection = await asyncpg.connect(
                host="127.0.0.1", port=port or self.port, user=USER, database=database
            )
            try:
                for statement in statements:
                    rows = await connection.fetch(statement)
                return [tuple(row) for row in rows]
            finally:
                await connection.close()

        return asyncio.run(work())

    def log_text(self) -> str:
        return (self.folder / "postgres.log").read_text()

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()
        self._log.close()


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
