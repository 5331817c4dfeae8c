"""What all modules of the benchmark share: its folder, its error, and how processes are started."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
TRADEPOST: Final = str(Path(sys.executable).with_name("tradepost"))
CONNECTIONS: Final = 32
SERVER_CORE: Final = 0
CLIENT_CORE: Final = 1


class BenchError(Exception):
    """The benchmark cannot go on; the text is one sentence."""


def say(text: str) -> None:
    """Tell how far it is, on standard error."""
    print(text, file=sys.stderr, flush=True)


def end_cleanly_on_signals() -> None:
    """Let SIGTERM end the benchmark as an error does: programs ended, temporary data removed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def require(program: str, package: str, otherwise: str = "") -> None:
    """Raise unless a program is installed; `otherwise` says what to do without it."""
    if shutil.which(program) is None:
        hint = f", or {otherwise}" if otherwise else ""
        raise BenchError(
            f"this needs {program}: install it (on Debian: apt-get install {package}){hint}"
        )


def can_pin() -> bool:
    """Whether processes can be bound to a core of their own."""
    return (os.cpu_count() or 1) >= 2 and shutil.which("taskset") is not None


def pinned(core: int | None, command: list[str]) -> list[str]:
    """A command bound to a core, where there are two and `taskset` is there; `None` binds none."""
    if core is None or not can_pin():
        return command
    return ["taskset", "--cpu-list", str(core), *command]


def environment(**values: str) -> dict[str, str]:
    """Our environment without settings of Tradepost, and with these values."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TRADEPOST_")}
    return {**kept, **values}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path, seconds: int = 60) -> None:
    """Return once a process takes connections; raise where it ends or takes too long."""
    deadline = time.monotonic() + seconds
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


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started, by force where it does not go."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
