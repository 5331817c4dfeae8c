"""Where there is a sandbox, who may control it, and what it answers to what it does not have."""

import http.client
from pathlib import Path

import pytest

from tests.support.client import ADMINISTRATOR, DEVELOPER, InProcess
from tests.support.clients import get
from tests.support.command import assert_one_sentence, succeed, tradepost
from tests.support.guests import Guest
from tests.support.process import ServerProcess
from tests.support.sandboxes import ask
from tradepost.sandbox.marketplace import Marketplace
from tradepost.sandbox.remote import Sandbox, SandboxError

PATHS = ["", "/faults", "/journal", "/state", "/clock", "/reviews", "/snapshots", "/reset", "/load"]


@pytest.mark.parametrize("path", PATHS)
def test_another_server_has_none_of_it(shared: InProcess, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert shared.request(method, f"/_sandbox{path}", ADMINISTRATOR).status_code == 404


def test_serve_has_a_sandbox_where_it_is_asked_for(tmp_path: Path) -> None:
    data = {"TRADEPOST_DATA": str(tmp_path / "data")}
    with ServerProcess("serve", log=tmp_path / "one", environment=data) as server:
        assert get(f"{server.url}/_sandbox").status_code == 404
    with ServerProcess("serve", "--sandbox", log=tmp_path / "two", environment=data) as server:
        assert get(f"{server.url}/_sandbox").status_code == 200
        assert server.stop() == 0
    data["TRADEPOST_SANDBOX"] = "true"
    with ServerProcess("serve", "--seed", "x", log=tmp_path / "3", environment=data) as server:
        assert get(f"{server.url}/_sandbox").json()["seed"] == "x"


def test_a_demo_is_one_and_takes_a_seed(tmp_path: Path) -> None:
    with ServerProcess("demo", "--seed", "spring", log=tmp_path / "log") as server:
        found = get(f"{server.url}/_sandbox").json()
        assert (found["seed"], found["clock"]["now"]) == ("spring", "2026-01-01T00:00:00.000Z")
        assert server.stop() == 0


def test_serve_goes_back_to_how_it_was_at_its_start(tmp_path: Path) -> None:
    data = tmp_path / "data"
    succeed("user", "add", "pat@example.com", data=data)
    environment = {"TRADEPOST_DATA": str(data)}
    with ServerProcess(
        "serve", "--sandbox", log=tmp_path / "log", environment=environment
    ) as server:
        sandbox = Sandbox(server.url)
        before = sandbox.state()
        sandbox.load({"people": []})
        sandbox.reset()
        assert sandbox.state() == before
        assert [person["email"] for person in before["people"]] == ["pat@example.com"]
        assert server.stop() == 0
    assert succeed("user", "list", data=data).lines[0][1] == "pat@example.com"


def test_there_is_one_worker_on_a_file(tmp_path: Path) -> None:
    result = tradepost("serve", "--sandbox", "--workers", "2", data=tmp_path / "data")
    assert_one_sentence(result, "a sandbox has one worker")
    elsewhere = {"TRADEPOST_DATABASE_URL": "postgresql://127.0.0.1:9/nowhere"}
    result = tradepost("serve", "--sandbox", data=tmp_path / "data", environment=elsewhere)
    assert_one_sentence(result, "a sandbox keeps its data in a file")
    assert not (tmp_path / "data").exists()


def test_elsewhere_administrators_alone_control_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    succeed("user", "add", "root@example.com", "--admin", data=data)
    succeed("user", "add", "pat@example.com", data=data)
    tokens = {}
    for email in ("root@example.com", "pat@example.com"):
        made = succeed("api-token", "create", email, "--name", "x", data=data)
        tokens[email] = next(word for word in made.output.split() if word.startswith("tp_"))
    with ServerProcess(
        "serve",
        "--sandbox",
        "--host",
        "0.0.0.0",
        log=tmp_path / "log",
        environment={"TRADEPOST_DATA": str(data)},
    ) as server:
        assert len(Sandbox(server.url, ("root@example.com", tokens["root@example.com"])).state())
        pat = Sandbox(server.url, ("pat@example.com", tokens["pat@example.com"]))
        with pytest.raises(SandboxError, match="only administrators may control this sandbox"):
            pat.state()
        with pytest.raises(SandboxError, match="needs HTTP Basic"):
            Sandbox(server.url).reset()
        for email, status in (("root@example.com", 200), ("pat@example.com", 403)):
            with Guest(server.url, (email, tokens[email])) as guest:
                for path in ("/sandbox", "/sandbox/journal/1", "/sandbox/state.json"):
                    assert guest.get(path).status_code in (status, 404), (email, path)
                taken = guest.post("/sandbox/faults", fault="lost-answer", operation="healthz")
                assert taken.status_code == (303 if status == 200 else status)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_web_pages_do_not_control_it(marketplace: Marketplace, headers: dict[str, str]) -> None:
    assert ask(marketplace, "GET", "/_sandbox", None, DEVELOPER, **headers).status == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]:8080", "LOCALHOST:1"])
def test_this_machine_controls_it(marketplace: Marketplace, host: str) -> None:
    assert ask(marketplace, "GET", "/_sandbox", auth=None, Host=host).status == 200


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_a_browser_of_this_machine_looks_at_it(marketplace: Marketplace, site: str) -> None:
    headers = {"Sec-Fetch-Site": site}
    assert ask(marketplace, "GET", "/_sandbox", auth=None, **headers).status == 200


def test_every_answer_has_the_headers_of_a_careful_server(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503, method="GET")
    marketplace.fault("answer", status=502, method="POST")
    for method, path in (
        ("GET", "/_sandbox"),
        ("GET", "/_sandbox/coffee"),
        ("GET", "/healthz"),
        ("POST", "/healthz"),
    ):
        headers = ask(marketplace, method, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")


def test_a_path_or_method_that_is_not_there(marketplace: Marketplace) -> None:
    assert ask(marketplace, "GET", "/_sandbox/coffee").status == 404
    assert ask(marketplace, "GET", "/_sandbox/faults/1").status == 404
    assert ask(marketplace, "GET", "/_sandboxes").status == 404
    refused = ask(marketplace, "PUT", "/_sandbox/faults")
    assert (refused.status, refused.headers["allow"]) == (405, "DELETE, GET, POST")
    assert refused.body["errors"][0]["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 10_000, b"null", b"7"])
def test_a_body_that_is_no_json_is_refused(marketplace: Marketplace, body: bytes) -> None:
    for path in ("/faults", "/reviews", "/clock", "/load"):
        with pytest.raises(SandboxError, match="the body"):
            marketplace.call("POST", path, body)


def test_a_server_without_a_sandbox_is_told(tmp_path: Path) -> None:
    data = {"TRADEPOST_DATA": str(tmp_path / "data")}
    with (
        ServerProcess("serve", log=tmp_path / "log", environment=data) as server,
        pytest.raises(SandboxError, match="no operation has this path"),
    ):
        Sandbox(server.url).reset()
    with pytest.raises(SandboxError, match="there is no answer from"):
        Sandbox(server.url).reset()
    with pytest.raises(SandboxError, match="no http or https URL"):
        Sandbox("ftp://localhost")


def test_the_rest_goes_on_as_without_it(marketplace: Marketplace) -> None:
    connection = http.client.HTTPConnection(marketplace.url.removeprefix("http://"), timeout=30)
    for _ in range(3):  # over one connection
        connection.request("GET", "/openapi.json")
        answer = connection.getresponse()
        assert (answer.status, b"_sandbox" in answer.read()) == (200, False)
    connection.close()
    assert ask(marketplace, "GET", "/nowhere", auth=DEVELOPER).status == 404
