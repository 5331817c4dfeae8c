"""Logs of a live server: what each line tells, and that no token is ever in them."""

import base64
import hashlib
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import httpx2
import pytest

from tests.support.administration import PEOPLE
from tests.support.bodies import ADDON_CLOUD, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, Auth
from tests.support.clients import get, request
from tests.support.process import ServerProcess

TOKENS = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
VERSIONS = versions_path()


def digits(name: str) -> str:
    """Digits that are a case's own, so that a leak tells where it came from."""
    return hashlib.sha256(name.encode()).hexdigest()


TARGETS = {
    "token": TOKENS + "?token=at_{}",
    "token-upper": TOKENS + "?TOKEN=at_{}",
    "token-encoded-name": TOKENS + "?%74o%6Ben=at_{}",
    "token-encoded-value": TOKENS + "?token=%61t%5F{}",
    "token-without-its-start": TOKENS + "?token={}",
    "access-token": VERSIONS + "?access-token=at_{}",
    "access-token-without-its-start": VERSIONS + "?access-token={}",
    "access-token-encoded-name": VERSIONS + "?access%2Dtoken={}",
    "access_token": VERSIONS + "?access_token={}",
    "wrong-name": VERSIONS + "?cursor=at_{}",
    "unknown-name": VERSIONS + "?x=at_{}",
    "unknown-name-encoded-value": VERSIONS + "?x=%61%74%5f{}",
    "as-a-name": VERSIONS + "?at_{}=1",
    "twice": TOKENS + "?token=at_{0}&token=xat_{0}",
    "semicolon": VERSIONS + "?limit=1;token=at_{}",
    "glued": VERSIONS + "?x=tokenat_{}",
    "double-encoded": VERSIONS + "?x=%2561t_{}",
    "link-in-value": VERSIONS + "?next=%2Ft%3Ftoken%3Dat_{}",
    "path": TOKENS + "/at_{}",
    "path-glued": TOKENS + "at_{}",
    "path-encoded": TOKENS + "/%61t_{}",
    "path-double-encoded": TOKENS + "/%2561t_{}",
    "path-semicolon": TOKENS + ";token=at_{}",
    "app-key": "/rest/3/app-software/app-key/at_{}",
    "api-token": VERSIONS + "?api_token=tp_{}",
    "api-token-unknown-name": VERSIONS + "?password=tp_{}",
    "api-token-path": "/admin/v1/api-tokens/tp_{}/revoke",
    "header-in-query": VERSIONS + "?authorization=Basic%20{}",
    "header-in-query-plus": VERSIONS + "?authorization=Basic+{}",
    "header-in-query-lower-case": VERSIONS + "?authorization=basic+{}",
    "header-in-path": "/rest/3/Basic%20{}",
}
"""Requests that carry a secret in their target; the digits of the case go in."""

WITH_DIGITS = ["invalid", "no-json", "wrong-token", "swapped", "bearer", "strange-header"]
"""Other requests that carry the digits of their name."""


def parts_of(secret: str) -> list[str]:
    """Every part of a secret that is long enough to be told from chance."""
    return [secret[start : start + 8] for start in range(len(secret) - 7)]


def raw(port: int, target: bytes) -> str:
    """Send a request target as it is, byte for byte; the id of the request."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % target)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    found = re.search(rb"(?im)^x-request-id: (\S+)\r$", answer)
    assert found, answer
    return found[1].decode()


class Traffic(NamedTuple):
    """What was asked of a server, by name, and the log that it left."""

    answers: dict[str, httpx2.Response]
    secrets: dict[str, str]
    log: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.removesuffix("\n").split("\n")]

    def line(self, name: str) -> dict[str, Any]:
        """The one line of a request."""
        request_id = self.answers[name].headers["x-request-id"]
        [line] = [line for line in self.lines if line.get("request") == request_id]
        return line


def ask(server: ServerProcess) -> Traffic:
    """Ask one request of each kind, and those that carry secrets."""
    answers: dict[str, httpx2.Response] = {}

    def send(name: str, method: str, path: str, auth: Auth = DEVELOPER, **options: Any) -> None:
        answers[name] = request(method, server.url + path, auth=auth, **options)

    for name, target in TARGETS.items():
        send(name, "GET", target.format(digits(name)), ADMINISTRATOR)
    send("list", "GET", f"{VERSIONS}?limit=2")
    send("create", "POST", VERSIONS, json=version())
    send("invalid", "POST", VERSIONS, json={"beta": f"at_{digits('invalid')}"})
    send("no-json", "POST", VERSIONS, content="at_" + digits("no-json"))
    send("bad-query", "GET", f"{VERSIONS}?limit=0&state=x")
    send("forbidden", "GET", PEOPLE)
    send("unknown-path", "GET", "/rest/3/nowhere")
    send("no-credentials", "GET", VERSIONS, None)
    send("anonymous", "GET", "/rest/3/parent-software", None)
    send("administrator", "GET", PEOPLE, ADMINISTRATOR)
    send("wrong-token", "GET", VERSIONS, ("developer@example.com", "tp_" + digits("wrong-token")))
    swapped = ("tp_" + digits("swapped"), "developer@example.com")
    send("swapped", "GET", VERSIONS, swapped)
    send("bearer", "GET", VERSIONS, None, headers={"authorization": f"Bearer {digits('bearer')}"})
    send(
        "strange-header", "GET", VERSIONS, None, headers={"authorization": digits("strange-header")}
    )
    send("access-token-made", "POST", TOKENS)
    made = answers["access-token-made"].json()["token"]
    send("access-token-read", "GET", f"{TOKENS}?token={made}")
    revoke = f"/admin/v1/app-software/{ADDON_CLOUD}/tokens/revoke"
    send("access-token-revoked", "POST", revoke, json={"token": made})
    send("person", "POST", PEOPLE, ADMINISTRATOR, json={"email": "pat@example.com"})
    person = answers["person"].json()["id"]
    path = f"{PEOPLE}/{person}/api-tokens"
    send("api-token-made", "POST", path, ADMINISTRATOR, json={"name": "laptop"})
    key = answers["api-token-made"].json()["token"]
    send("api-token-used", "GET", VERSIONS, ("pat@example.com", key))
    basic = {
        name: base64.b64encode(f"{email}:{token}".encode()).decode()
        for name, (email, token) in (("list", DEVELOPER), ("administrator", ADMINISTRATOR))
    }
    secrets = {
        **{name: digits(name) for name in (*TARGETS, *WITH_DIGITS)},
        **basic,
        "access-token-made": made,
        "access-token-read": made,
        "access-token-revoked": made,
        "api-token-made": key,
        "api-token-used": key,
        "create": "demo-token",
        "person": "admin-token",
    }
    server.stop()
    return Traffic(answers, secrets, server.log.read_text())


@pytest.fixture(scope="module", params=["json", "text"])
def either(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Traffic]:
    """The traffic of a server with each format of log."""
    log = tmp_path_factory.mktemp("log") / "log"
    environment = {"TRADEPOST_LOG_FORMAT": request.param}
    with ServerProcess("demo", log=log, environment=environment) as server:
        yield ask(server)


@pytest.fixture(scope="module")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traffic]:
    """The traffic of a server whose log goes to a file, without any settings."""
    with ServerProcess("demo", log=tmp_path_factory.mktemp("log") / "log") as server:
        yield ask(server)


def test_every_line_is_a_json_object_and_every_request_has_one(traffic: Traffic) -> None:
    assert traffic.log.endswith("\n")
    assert all(isinstance(line, dict) for line in traffic.lines)
    for name in traffic.answers:
        line = traffic.line(name)
        assert (line["event"], line["level"]) == ("request", "info")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line["time"])


def test_request_ids_are_all_different(traffic: Traffic) -> None:
    ids = [answer.headers["x-request-id"] for answer in traffic.answers.values()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("name", "operation", "method", "status", "who"),
    [
        ("list", "getAppSoftwareVersions", "GET", 200, "developer@example.com"),
        ("create", "createAppSoftwareVersion", "POST", 201, "developer@example.com"),
        ("invalid", "createAppSoftwareVersion", "POST", 400, "developer@example.com"),
        ("administrator", "listPeople", "GET", 200, "admin@example.com"),
        ("forbidden", "listPeople", "GET", 403, "developer@example.com"),
        ("api-token-used", "getAppSoftwareVersions", "GET", 200, "pat@example.com"),
        ("anonymous", "getAllParentSoftware", "GET", 200, ""),
        ("unknown-path", None, "GET", 404, ""),
    ],
)
def test_a_line_tells_operation_status_duration_and_who(
    traffic: Traffic, name: str, operation: str | None, method: str, status: int, who: str
) -> None:
    line = traffic.line(name)
    told = (line["operation"], line["method"], line["status"], line["who"])
    assert told == (operation, method, status, who)
    assert traffic.answers[name].status_code == status
    assert 0 < line["milliseconds"] < 10_000


def test_a_line_tells_the_path_and_the_query(traffic: Traffic) -> None:
    line = traffic.line("list")
    assert (line["path"], line["query"]) == (VERSIONS, "limit=2")


@pytest.mark.parametrize(
    "name",
    ["invalid", "no-json", "bad-query", "forbidden", "unknown-path", "no-credentials", "bearer"],
)
def test_the_id_of_every_error_is_in_its_line(traffic: Traffic, name: str) -> None:
    errors = traffic.answers[name].json()["errors"]
    assert errors
    logged = " ".join(traffic.line(name)["errors"])
    for error in errors:
        assert error["id"] in logged
        assert error["code"] in logged


@pytest.mark.parametrize(
    "name",
    [
        *TARGETS,
        *WITH_DIGITS,
        "access-token-made",
        "access-token-read",
        "access-token-revoked",
        "api-token-made",
        "api-token-used",
        "list",
        "administrator",
        "create",
        "person",
    ],
)
def test_no_part_of_a_token_is_in_the_log(either: Traffic, name: str) -> None:
    assert either.answers[name].headers["x-request-id"] in either.log  # there is a line
    secret = either.secrets[name]
    parts = parts_of(secret)
    assert parts
    for text in (either.log, unquote(either.log), unquote(unquote(either.log))):
        assert [part for part in parts if part in text] == []


def test_a_masked_parameter_shows_that_it_was_there(traffic: Traffic) -> None:
    assert traffic.line("token")["query"] == "token=***"
    assert traffic.line("access-token")["query"] == "access-token=***"


def test_a_server_that_logs_warnings_alone_leaves_the_others_out(tmp_path: Path) -> None:
    environment = {"TRADEPOST_LOG_LEVEL": "warning"}
    with ServerProcess("demo", log=tmp_path / "log", environment=environment) as server:
        for path in (VERSIONS, "/rest/3/nowhere", f"{VERSIONS}?limit=0"):
            assert get(server.url + path, auth=DEVELOPER).status_code in (200, 404, 400)
        assert server.stop() == 0
    assert (tmp_path / "log").read_text() == ""


HOSTILE = {
    "newline": b"/a%0A2026-01-01T00:00:00Z%20info%20request%20who=admin",
    "carriage-return": b"/a%0D%0Ab",
    "escape": b"/a%1B%5B2J%1B%5D0;owned%07",
    "c1-escape": b"/a%C2%9B2J",
    "line-separator": b"/a%E2%80%A8b%E2%80%A9c%C2%85d",
    "right-to-left": b"/a%E2%80%AEb",
    "nul": b"/a%00b",
    "no-utf-8": b"/a%FF%FEb",
    "surrogate": b"/a%ED%A0%80b",
    "quotes": b"/a%22,%22who%22:%22admin%22,%22b%22:%22",
    "query-newline": b"/a?x=1%0Aevent&y=%1B%5B2J",
    "query-no-utf-8": b"/rest/3/parent-software?limit=%FF",
    "long": b"/" + b"a" * 6000,
}


@pytest.fixture(scope="module", params=["json", "text"])
def hostile(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[tuple[str, dict[str, str], str]]:
    """The format, the ids of the hostile requests, and the log that they left."""
    log = tmp_path_factory.mktemp("log") / "log"
    environment = {"TRADEPOST_LOG_FORMAT": request.param}
    with ServerProcess("demo", log=log, environment=environment) as server:
        ids = {name: raw(server.port, target) for name, target in HOSTILE.items()}
        server.stop()
        yield request.param, ids, log.read_bytes().decode()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_leaves_one_line(
    hostile: tuple[str, dict[str, str], str], name: str
) -> None:
    style, ids, log = hostile
    lines = [line for line in log.split("\n") if ids[name] in line]
    assert len(lines) == 1
    if style == "json":
        assert json.loads(lines[0])["request"] == ids[name]
    else:
        assert lines[0].isprintable()
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z info +request request=", lines[0])


def test_hostile_requests_leave_no_line_but_their_own(
    hostile: tuple[str, dict[str, str], str],
) -> None:
    _, ids, log = hostile
    assert len(log.removesuffix("\n").split("\n")) == len(ids)
    assert not any(character < " " and character != "\n" for character in log)
