"""A server in a process of its own, reached over a real socket."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """`tradepost serve` or `tradepost demo`, on a free port or a given one. Ready when entered."""

    def __init__(
        self,
        *arguments: str,
        log: Path,
        environment: dict[str, str] | None = None,
        folder: Path | None = None,
        port: int = 0,
    ):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tradepost", *arguments, "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            text=True,
        )
        # It announces itself when it takes connections; a server that fails ends the output.
        assert self._process.stdout is not None
        self.announcement = self._process.stdout.readline()
        if not self.announcement:
            self._process.wait()
            raise RuntimeError(f"the server did not start: {log.read_text()}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def read_lines(self, count: int) -> list[str]:
        """The next lines that the command prints, without their ends."""
        assert self._process.stdout is not None
        return [self._process.stdout.readline().rstrip("\n") for _ in range(count)]

    def kill(self) -> None:
        """End the server as `kill -9` does: it gets no chance to tidy up."""
        self._process.kill()
        self._finish()

    def kill_workers_until_the_end(self) -> int:
        """Kill every worker as soon as it is there, until the server gives up; its status."""
        while self._process.poll() is None:
            with contextlib.suppress(OSError):  # one of them, or all, have just gone
                for child in self.children():
                    os.kill(child, signal.SIGKILL)
        return self._finish()

    def children(self) -> list[int]:
        """The processes that it has started."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(child) for child in children.read_text().split()]

    def kill_and_read_to_the_end(self) -> str:
        """Kill the process, and read what it and its workers still print until all are gone."""
        self._process.kill()
        assert self._process.stdout is not None
        rest = self._process.stdout.read()
        self._finish()
        return rest

    def stop(self) -> int:
        """End the server as an operator does; its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._finish()

    def _finish(self) -> int:
        status = self._process.wait(timeout=30)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._log.closed:
            self.stop()
