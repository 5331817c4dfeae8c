"""Faults strike the requests that they were asked for, as a client on a real socket sees them."""

import asyncio
import http.client
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import DEVELOPER, OUTSIDER
from tests.support.sandboxes import SOFTWARE, TOKENS, VERSION, VERSIONS, ask, statuses, total
from tradepost.client import Client, InProcessTransport, Retries, TooManyRequestsError
from tradepost.sandbox.application import SandboxApplication, demo_database
from tradepost.sandbox.marketplace import Marketplace
from tradepost.sandbox.remote import SandboxError
from tradepost.settings import Settings


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_answer_is_an_error_of_the_server_and_nothing_is_done(
    marketplace: Marketplace, status: int
) -> None:
    before = total(marketplace)
    marketplace.fault("answer", status=status, method="POST")
    answer = ask(marketplace, "POST", VERSIONS, VERSION)
    assert answer.status == status
    (error,) = answer.body["errors"]
    assert (error["status"], error["detail"]) == (str(status), "fault 1 of the sandbox")
    assert answer.headers.get("retry-after") == (None if status == 500 else "1")
    assert total(marketplace) == before


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_answers_with_a_page(marketplace: Marketplace, status: int) -> None:
    marketplace.fault("answer", status=status)
    answer = ask(marketplace, "GET", VERSIONS)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html")
    assert str(status) in answer.content.decode()


def test_retry_after_is_as_asked_for(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=429, retry_after=17)
    assert ask(marketplace, "GET", VERSIONS).headers["retry-after"] == "17"


def test_a_request_can_be_carried_out_and_answered_with_an_error(marketplace: Marketplace) -> None:
    before = total(marketplace)
    marketplace.fault("answer", status=504, carried_out=True, times=1)
    assert ask(marketplace, "POST", VERSIONS, VERSION).status == 504
    assert total(marketplace) == before + 1


def test_a_lost_answer_is_written(marketplace: Marketplace) -> None:
    before = total(marketplace)
    marketplace.fault("lost-answer", operation="createAppSoftwareVersion", times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(marketplace, "POST", VERSIONS, VERSION)
    assert total(marketplace) == before + 1
    assert ask(marketplace, "POST", VERSIONS, VERSION).status == 201


def test_a_body_is_truncated(marketplace: Marketplace) -> None:
    whole = ask(marketplace, "GET", VERSIONS)
    marketplace.fault("truncated-body", times=1)
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(marketplace, "GET", VERSIONS)
    assert cut.value.partial == whole.content[: len(whole.content) // 2]
    assert ask(marketplace, "GET", VERSIONS).content == whole.content


def test_a_head_is_truncated(marketplace: Marketplace) -> None:
    marketplace.fault("truncated-head")
    received = exchanged(marketplace, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in received


def exchanged(marketplace: Marketplace, sent: bytes) -> bytes:
    """All that the server answers to some bytes until it closes the connection."""
    host, port = marketplace.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(sent)
        with connection.makefile("rb") as stream:
            return stream.read()


def test_a_broken_connection_harms_no_other(marketplace: Marketplace) -> None:
    kept = http.client.HTTPConnection(marketplace.url.removeprefix("http://"), timeout=30)
    kept.request("GET", "/healthz")
    kept.getresponse().read()
    own = kept.sock
    marketplace.fault("lost-answer", times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(marketplace, "GET", VERSIONS)
    kept.request("GET", "/healthz")
    assert kept.getresponse().status == 200
    assert kept.sock is own
    kept.close()


def test_an_application_without_a_socket_raises(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path), sandbox=True, log_level="warning")
    database = asyncio.run(demo_database(settings))
    application = SandboxApplication(settings, database, is_guest=True)
    transport = InProcessTransport(application, lifespan=True)
    with Client("http://127.0.0.1", DEVELOPER, transport=transport) as client:
        client.request("POST", "/_sandbox/faults", json={"fault": "lost-answer", "times": 1})
        with pytest.raises(ConnectionResetError, match="the sandbox has broken the connection off"):
            client.request("POST", TOKENS)
        assert len(client.get_access_tokens(SOFTWARE).tokens) == 4


def test_a_delay_comes_before_the_answer(marketplace: Marketplace) -> None:
    marketplace.fault("delay", delay_milliseconds=80, times=1)
    assert statuses(marketplace, 2) == [200, 200]
    slow, quick = marketplace.journal(operation="getAppSoftwareVersions")
    assert (slow.fault, slow.milliseconds >= 80) == ("1", True)
    assert quick.fault is None


def test_the_next_n_are_struck(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503, times=2)
    assert statuses(marketplace, 4) == [503, 503, 200, 200]


def test_every_nth_is_struck(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=500, every=3)
    assert statuses(marketplace, 7) == [200, 200, 500, 200, 200, 500, 200]


def test_a_probability_strikes_the_same_ones_again(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=500, probability=0.5, seed=7)
    first = statuses(marketplace, 40)
    marketplace.clear_faults()
    marketplace.fault("answer", status=500, probability=0.5, seed=7)
    assert statuses(marketplace, 40) == first
    assert 5 < first.count(500) < 35
    marketplace.clear_faults()
    marketplace.fault("answer", status=500, probability=0.5, seed=8)
    assert statuses(marketplace, 40) != first


@pytest.mark.parametrize(
    ("fields", "is_struck"),
    [
        ({"operation": "getAppSoftwareVersions"}, True),
        ({"operation": "createAccessToken"}, False),
        ({"path": "/rest/3/app-software/*/versions"}, True),
        ({"path": "/rest/3/**"}, True),
        ({"path": "/rest/3/*"}, False),
        ({"method": "get"}, True),
        ({"method": "POST"}, False),
        ({"person": "Developer@example.com"}, True),
        ({"person": "outsider@example.com"}, False),
        ({"person": "developer@example.com", "method": "POST"}, False),
    ],
    ids=str,
)
def test_a_fault_strikes_those_that_it_names(
    marketplace: Marketplace, fields: dict[str, str], is_struck: bool
) -> None:
    marketplace.fault("answer", status=503, **fields)
    assert statuses(marketplace, 1) == [503 if is_struck else 200]


def test_a_path_is_the_same_with_and_without_the_prefix(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503, path="/rest/3/app-software/*/versions")
    assert statuses(marketplace, 1, f"/marketplace{VERSIONS}") == [503]


def test_one_person_fails_and_another_does_not(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503, person=DEVELOPER[0])
    assert ask(marketplace, "GET", VERSIONS).status == 503
    assert ask(marketplace, "GET", VERSIONS, auth=OUTSIDER).status == 200
    assert ask(marketplace, "GET", "/rest/3/parent-software", auth=None).status == 200


def test_several_are_asked_for_at_once_and_strike_in_their_order(marketplace: Marketplace) -> None:
    marketplace.faults(
        {"fault": "answer", "status": 503, "times": 1},
        {"fault": "answer", "status": 500, "times": 1},
    )
    assert statuses(marketplace, 3) == [503, 500, 200]


def test_the_list_tells_what_was_struck_and_clearing_ends_it(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503, every=2)
    statuses(marketplace, 5)
    (found,) = marketplace.faults()
    assert (found["fault"], found["status"], found["every"]) == ("answer", 503, 2)
    assert (found["matched"], found["struck"]) == (5, 2)
    marketplace.clear_faults()
    assert marketplace.faults() == []
    assert statuses(marketplace, 2) == [200, 200]


def test_the_client_tries_again_and_succeeds(marketplace: Marketplace) -> None:
    marketplace.faults(
        {"fault": "answer", "status": 503, "times": 1},
        {"fault": "truncated-body", "times": 1},
        {"fault": "lost-answer", "times": 1},
    )
    with marketplace.client(sleep=lambda seconds: None) as client:
        assert client.get_app_software_versions(SOFTWARE, limit=1).total_count > 1
    assert [found["struck"] for found in marketplace.faults()] == [1, 1, 1]


def test_a_client_that_does_not_try_again_is_told(marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=429, retry_after=3)
    client = marketplace.client(retries=Retries(attempts=1))
    with pytest.raises(TooManyRequestsError):
        client.get_app_software_versions(SOFTWARE)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"fault": "answer"}, "status is required for the fault answer"),
        ({"fault": "answer", "status": 418}, "status"),
        ({"fault": "delay"}, "delayMilliseconds is required for the fault delay"),
        ({"fault": "lost-answer", "status": 503}, "status is for the fault answer alone"),
        ({"fault": "lost-answer", "carriedOut": True}, "carriedOut is for the fault answer alone"),
        ({"fault": "explode"}, "fault"),
        ({"fault": "lost-answer", "operation": "makeCoffee"}, "there is no operation makeCoffee"),
        ({"fault": "lost-answer", "path": "rest/3"}, "path must start with / or *"),
        ({"fault": "lost-answer", "time": 1}, "time"),
        ({"fault": "lost-answer", "times": 0}, "times"),
        ({"fault": "lost-answer", "probability": 1.5}, "probability"),
        ({}, "fault"),
    ],
    ids=str,
)
def test_a_fault_that_cannot_be_is_refused(
    marketplace: Marketplace, fields: dict[str, Any], why: str
) -> None:
    with pytest.raises(SandboxError, match=why.replace("*", r"\*")):
        marketplace.faults(fields)
    assert marketplace.faults() == []


def test_one_of_several_is_ended(marketplace: Marketplace) -> None:
    marketplace.faults({"fault": "answer", "status": 503}, {"fault": "answer", "status": 429})
    marketplace.call("DELETE", "/faults/1")
    assert [fault["id"] for fault in marketplace.faults()] == ["2"]
    with pytest.raises(SandboxError, match="there is no fault 1"):
        marketplace.call("DELETE", "/faults/1")
    for method in ("GET", "POST"):
        with pytest.raises(SandboxError, match="no such path"):
            marketplace.call(method, "/faults/2")
