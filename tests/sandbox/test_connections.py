"""Connections are broken off wherever the server listens, and under TLS nothing is in clear."""

import contextlib
import http.client
import json
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from tests.security.test_tls import make
from tests.support.command import succeed
from tests.support.process import ServerProcess
from tradepost.sandbox.remote import Sandbox

ROOT = "root@example.com"


def administrator(data: Path) -> tuple[str, str]:
    """Somebody who may control a sandbox that listens elsewhere."""
    succeed("user", "add", ROOT, "--admin", data=data)
    made = succeed("api-token", "create", ROOT, "--name", "x", data=data)
    return ROOT, next(word for word in made.output.split() if word.startswith("tp_"))


@pytest.mark.parametrize(
    ("host", "reached_at"), [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::", "::1")]
)
def test_a_connection_is_found_on_any_address(tmp_path: Path, host: str, reached_at: str) -> None:
    data = tmp_path / "data"
    auth = administrator(data)
    with ServerProcess(
        *("serve", "--sandbox", "--host", host),
        log=tmp_path / "log",
        environment={"TRADEPOST_DATA": str(data)},
    ) as server:
        url = f"http://[{reached_at}]" if ":" in reached_at else f"http://{reached_at}"
        sandbox = Sandbox(f"{url}:{server.port}", auth)
        sandbox.faults({"fault": "lost-answer", "times": 1}, {"fault": "truncated-head"})
        assert received(server.port, reached_at) == b""
        start = received(server.port, reached_at)
        assert start.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\n\r\n" not in start


def received(port: int, host: str) -> bytes:
    """All that a request gets until the connection is closed."""
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with connection.makefile("rb") as stream:
            return stream.read()


def test_under_tls_nothing_is_written_in_clear(tmp_path: Path) -> None:
    settings = make(tmp_path, "-nodes")
    trusting = ssl.create_default_context(cafile=settings["TRADEPOST_TLS_CERTIFICATE"])
    with ServerProcess("serve", "--sandbox", log=tmp_path / "log", environment=settings) as server:

        def asked(method: str, path: str, body: Any = None) -> tuple[int, Any]:
            connection = http.client.HTTPSConnection(
                "127.0.0.1", server.port, timeout=30, context=trusting
            )
            with contextlib.closing(connection):
                connection.request(method, path, None if body is None else json.dumps(body))
                answer = connection.getresponse()
                return answer.status, json.loads(answer.read())

        for fault in ("truncated-head", "truncated-body"):
            status, refused = asked("POST", "/_sandbox/faults", {"fault": fault})
            assert status == 400
            assert f"{fault} is for servers without TLS" in refused["errors"][0]["detail"]
        lost = {"fault": "lost-answer", "times": 1}
        assert asked("POST", "/_sandbox/faults", lost)[0] == 201
        with pytest.raises((ssl.SSLEOFError, http.client.RemoteDisconnected)):
            asked("GET", "/healthz")
        assert asked("GET", "/healthz")[0] == 200
