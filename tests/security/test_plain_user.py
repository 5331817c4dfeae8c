"""The server needs no rights but to its data directory."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.nodes.postgres import folder_for_all
from tests.support.clients import fetch
from tests.support.process import free_port

NOBODY = 65_534


def test_a_plain_user_serves_and_owns_all_that_is_made() -> None:
    with folder_for_all() as folder:
        data = folder / "data"
        data.mkdir(mode=0o700)
        who: dict[str, Any] = {}
        if os.geteuid() == 0:
            os.chown(data, NOBODY, NOBODY)
            who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        program = [sys.executable, "-m", "tradepost"]
        tried = subprocess.run(
            [*program, "load-demo"], env=environment(data), capture_output=True, check=False, **who
        )
        if who and (b"Permission denied" in tried.stderr or b"No module named" in tried.stderr):
            return  # this checkout is for its owner alone, so nobody else can try
        assert tried.returncode == 0, tried.stderr
        port = free_port()
        process = subprocess.Popen(
            [*program, "serve", "--port", str(port)],
            env=environment(data), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **who,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            process.stdout.readline()
            assert fetch(f"http://127.0.0.1:{port}", "/readyz").status_code == 200
            owners = {path.stat().st_uid for path in data.rglob("*")}
            assert owners == {NOBODY if who else os.geteuid()}
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()
        shutil.rmtree(data)


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "TRADEPOST_DATA": str(data), "HOME": str(data)}
