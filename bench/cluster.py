"""A PostgreSQL server for the benchmark: durable, as it comes, and thrown away at the end."""

import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from common import CLIENT_CORE, SERVER_CORE, BenchError, free_port, pinned

_SCRIPT: Final = r"""\set software random(1, {softwares})
\set build random(1, {versions})
SELECT document FROM app_software_version
WHERE app_software_pk = :software AND build_number = :build;
"""


class Cluster:
    """A running server. It shares the load generator's core, so that the program has its own."""

    def __init__(self, folder: Path, port: int, programs: Path, own: dict[str, Any]):
        self.folder = folder
        self.port = port
        self._programs = programs
        self._own = own

    def url(self, database: str, scheme: str = "postgresql") -> str:
        return f"{scheme}://tradepost@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What `psql` prints for a statement."""
        flags = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "tradepost", "-d", database]
        return self.run("psql", *flags, "-qAtc", statement).strip()

    def rate_of_selects(
        self, database: str, softwares: int, versions: int, clients: int, seconds: int
    ) -> float:
        """Transactions/s of pgbench that select a version's document, prepared."""
        script = self.folder / "select.sql"
        script.write_text(_SCRIPT.format(softwares=softwares, versions=versions), "utf-8")
        flags = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "tradepost", "-n"]
        flags += ["-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds)]
        command = [str(self._programs / "pgbench"), *flags, "-f", str(script), database]
        done = subprocess.run(
            pinned(SERVER_CORE, command), capture_output=True, text=True, check=False
        )
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        if done.returncode or found is None:
            raise BenchError(f"pgbench failed: {done.stderr or done.stdout}")
        return float(found[1])

    def run(self, program: str, *arguments: str) -> str:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, **self._own
        )
        if done.returncode:
            raise BenchError(f"{program} failed: {done.stderr}")
        return done.stdout


@contextmanager
def started(folder: Path) -> Iterator[Cluster]:
    """A new server with nothing in it. Raises `BenchError` where PostgreSQL is not installed."""
    programs = _programs()
    folder.mkdir()
    own: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        for parent in folder.parents:
            if parent.stat().st_uid == 0 and parent.name.startswith("tradepost-bench-"):
                parent.chmod(0o755)
        own = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    cluster = Cluster(folder, free_port(), programs, own)
    data = str(folder / "data")
    cluster.run("initdb", "-D", data, "-U", "tradepost", "--auth=trust", "--encoding=UTF8")
    flags = ["-D", data, "-p", str(cluster.port), "-k", str(folder), "-h", "127.0.0.1"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            pinned(CLIENT_CORE, [str(programs / "postgres"), *flags]),
            stdout=log,
            stderr=log,
            cwd=folder,
            **own,
        )
    try:
        ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(cluster.port)]
        while subprocess.run(ready, check=False).returncode:
            if server.poll() is not None:
                raise BenchError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
            time.sleep(0.05)
        yield cluster
    finally:
        server.terminate()
        server.wait()


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "postgres", "pgbench", "psql")):
            return folder
    raise BenchError("this needs PostgreSQL: install it (on Debian: apt-get install postgresql)")
