"""How soon the server is there, and how much memory it takes."""

import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from common import SERVER_CORE, TRADEPOST, BenchError, end, environment, free_port, pinned

STARTS: Final = 9


@dataclass
class Starts:
    """Seconds of each start, in pairs."""

    demo: list[float] = field(default_factory=list)
    """From the command `tradepost demo` to the first 200 of `/readyz`."""
    imports: list[float] = field(default_factory=list)
    """What Python takes to import what Tradepost stands on: no server starts faster."""


def measure_starts(folder: Path) -> Starts:
    """Both, in turn. The first pair warms the disk cache up and is not kept."""
    found = Starts()
    for number in range(STARTS + 1):
        demo, imports = _demo_start(folder), _import_start()
        if number:
            found.demo.append(demo)
            found.imports.append(imports)
    return found


def anonymous_memory(pid: int) -> float:
    """The resident anonymous memory of a process in MB (its `RssAnon`)."""
    status = Path(f"/proc/{pid}/status")
    found = status.exists() and re.search(r"RssAnon:\s+(\d+) kB", status.read_text("utf-8"))
    if not found:
        raise BenchError("this system does not tell the anonymous memory of a process (RssAnon)")
    return int(found[1]) / 1024


def _demo_start(folder: Path) -> float:
    port = free_port()
    command = pinned(SERVER_CORE, [TRADEPOST, "demo", "--port", str(port)])
    with (folder / "demo.log").open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment())
    try:
        while time.perf_counter() - began < 30:
            if _is_ready(port):
                return time.perf_counter() - began
            time.sleep(0.001)
        raise BenchError("tradepost demo was not ready within 30 seconds")
    finally:
        end(process)


def _is_ready(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _import_start() -> float:
    command = pinned(SERVER_CORE, [sys.executable, "-c", "import apsw, msgspec, granian"])
    began = time.perf_counter()
    subprocess.run(command, check=True, env=environment())
    return time.perf_counter() - began
