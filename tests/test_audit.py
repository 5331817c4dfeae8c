"""The audit of dependencies, against an index of our own."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support.process import free_port

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def hashes() -> list[str]:
    return [part.split()[0] for part in LOCK.split("--hash=sha256:")[1:]]


@contextmanager
def index(pages: dict[str, Any]) -> Iterator[str]:
    """An index that knows every project, with the pages of some as they are given."""
    known = [{"filename": "x", "url": "x", "hashes": {"sha256": h}} for h in hashes()]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/").rpartition("/")[2]
            if not self.path.startswith("/simple/"):
                self.send_error(404)
                return
            body = json.dumps({"files": known, **pages.get(name, {})}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def audit(url: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "audit.py")],
        env={**os.environ, "PIP_INDEX_URL": url},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout


def test_nothing_is_said_against_good_packages_and_what_is_unknown_is_told() -> None:
    with index({}) as url:
        status, told = audit(url)
    assert status == 0, told
    assert "0 problems found" in told
    assert "could not be looked up" in told


def test_withdrawn_quarantined_and_exchanged_packages_are_found() -> None:
    withdrawn = [
        {"filename": "x", "url": "x", "hashes": {"sha256": h}, "yanked": "it eats data"}
        for h in hashes()
    ]
    pages = {
        "click": {"files": withdrawn},
        "granian": {"project-status": {"status": "quarantined"}},
        "msgspec": {"files": [{"filename": "x", "url": "x", "hashes": {"sha256": "0" * 64}}]},
    }
    with index(pages) as url:
        status, told = audit(url)
    assert status == 1
    assert "it was withdrawn: it eats data" in told
    assert "the project is quarantined" in told
    assert "none of its files has a hash that is pinned" in told
    assert "3 problems found" in told


def test_an_index_that_cannot_be_asked_is_no_good_news() -> None:
    status, told = audit(f"http://127.0.0.1:{free_port()}/simple")
    assert status == 2
    assert "nothing was audited" in told
