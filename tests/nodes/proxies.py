"""nginx and PgBouncer as Debian has them, in processes of a test's own."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.nodes.postgres import USER, give_away, until
from tests.support.postgres import programs, unprivileged
from tests.support.process import free_port

NGINX_CONF = Path(__file__).resolve().parents[2] / "examples" / "nginx" / "tradepost.conf"

PGBOUNCER_INI = """
[databases]
tradepost = host=127.0.0.1 port={database} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
"""


def program(name: str, *elsewhere: str) -> str:
    """Where a program is; skips the test where it is nowhere."""
    for found in (shutil.which(name), *elsewhere):
        if found is not None and Path(found).exists():
            return found
    pytest.skip(f"there is no {name} (Debian: {name})")


@contextmanager
def nginx(folder: Path, ports: Sequence[int]) -> Iterator[str]:
    """The nginx of `examples/nginx/` before nodes at three ports; its URL."""
    port, text = free_port(), NGINX_CONF.read_text()
    for there, here in zip((8080, 8081, 8082, 8083), (port, *ports), strict=True):
        assert text.count(f"127.0.0.1:{there}") == 1
        text = text.replace(f"127.0.0.1:{there}", f"127.0.0.1:{here}")
    home = folder / "nginx"
    home.mkdir()
    (home / "nginx.conf").write_text(text)
    log = home / "error.log"
    command = [program("nginx", "/usr/sbin/nginx"), "-p", str(home), "-c", str(home / "nginx.conf")]
    with log.open("wb") as stream:
        process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=stream)
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: answers(url, process, log), "nginx answers")
            yield url
        finally:
            process.terminate()
            process.wait(30)


def answers(url: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        return httpx2.get(f"{url}/healthz").status_code == 200
    except httpx2.TransportError:
        return False


@contextmanager
def pgbouncer(folder: Path, database: int, size: int) -> Iterator[int]:
    """A PgBouncer in transaction mode that opens `size` connections to PostgreSQL; its port."""
    home, port = folder / "pgbouncer", free_port()
    home.mkdir()
    give_away(home)
    ini = home / "pgbouncer.ini"
    ini.write_text(PGBOUNCER_INI.format(database=database, port=port, size=size, user=USER))
    command = [program("pgbouncer", "/usr/sbin/pgbouncer"), "-q", str(ini)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, **unprivileged())
        try:
            isready = [
                str(programs() / "pg_isready"),
                "-q",
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-U",
                USER,
            ]

            def is_ready() -> bool:
                assert process.poll() is None, (home / "log").read_text()
                return subprocess.run(isready, check=False).returncode == 0

            until(is_ready, "PgBouncer takes connections")
            yield port
        finally:
            process.terminate()
            process.wait(30)
