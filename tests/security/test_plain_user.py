"""The server needs no rights but to its data directory."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.nodes.postgres import folder_for_all
from tests.support.clients import fetch
from tests.support.process import free_port

NOBODY = 65_534
READING = 1 << 2  # CAP_DAC_READ_SEARCH
AS_NOBODY = (
    "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs",
    "--bounding-set=-all,+dac_read_search", "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
)  # fmt: skip
"""Somebody who may write nothing, but read all: this checkout may be for its owner alone."""


def test_a_plain_user_serves_and_owns_all_that_is_made() -> None:
    with folder_for_all() as folder:
        data = folder / "data"
        data.mkdir(mode=0o700)
        program = [sys.executable, "-m", "tradepost"]
        owner = os.geteuid()
        if owner == 0:
            os.chown(data, NOBODY, NOBODY)
            program, owner = [*AS_NOBODY, *program], NOBODY
        tried = subprocess.run(
            [*program, "load-demo"], env=environment(data), capture_output=True, check=False
        )
        assert tried.returncode == 0, tried.stderr
        port = free_port()
        process = subprocess.Popen(
            [*program, "serve", "--port", str(port)],
            env=environment(data), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            process.stdout.readline()
            assert fetch(f"http://127.0.0.1:{port}", "/readyz").status_code == 200
            owners = {path.stat().st_uid for path in data.rglob("*")}
            assert owners == {owner}
            # The list of what it may do beyond a plain user is empty, but for reading (see above).
            allowed = Path(f"/proc/{process.pid}/status").read_text()
            effective = next(line for line in allowed.splitlines() if line.startswith("CapEff"))
            assert int(effective.split()[1], 16) & ~READING == 0
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()
        shutil.rmtree(data)


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "TRADEPOST_DATA": str(data), "HOME": str(data)}
