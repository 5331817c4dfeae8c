"""The journal has what was asked and answered, and no secret."""

import http.client
import json
import threading

import pytest

from tests.support.client import DEVELOPER, OUTSIDER
from tests.support.sandboxes import TOKENS, VERSION, VERSIONS, ask
from tests.support.sign_ins import basic
from tradepost.sandbox.journal import KEPT, MAX_BODY, Exchange
from tradepost.sandbox.marketplace import Marketplace
from tradepost.sandbox.remote import SandboxError


def test_a_request_and_its_answer_are_there(marketplace: Marketplace) -> None:
    answer = ask(marketplace, "POST", f"{VERSIONS}?a=b", VERSION)
    (found,) = marketplace.journal()
    assert (found.method, found.path, found.query) == ("POST", VERSIONS, "a=b")
    assert (found.operation, found.person) == ("createAppSoftwareVersion", DEVELOPER[0])
    assert (found.status, found.fault, found.delivered) == (201, None, True)
    assert json.loads(found.request_body.text) == VERSION
    assert json.loads(found.response_body.text) == answer.body
    assert ["content-type", "application/json"] in map(list, found.request_headers)
    assert answer.headers["x-request-id"] in dict(found.response_headers).values()
    assert found.milliseconds > 0


def test_no_secret_is_there(marketplace: Marketplace) -> None:
    token = ask(marketplace, "POST", TOKENS, {}).body["token"]
    ask(marketplace, "GET", f"{TOKENS}?token={token}", Cookie="session=s3cret")
    ask(marketplace, "POST", f"/admin/v1{TOKENS[7:]}/revoke", {"token": "plainly-secret"})
    text = marketplace.call_raw("GET", "/journal").decode()
    har = marketplace.call_raw("GET", "/journal", format="har").decode()
    for secret in (token, DEVELOPER[1], "s3cret", "plainly-secret", token[3:]):
        assert secret not in text
        assert secret not in har
    assert "Basic ***" in text


@pytest.mark.parametrize(
    "body",
    [
        r'{"tok\u0065n": "s3cret"}',
        '{"token": ["s3cret", {"of": "s3cret"}]}',
        '{"deep": [{"clientSecret": "s3cret"}], "userPassword": "s3cret"}',
        '{"apiKey": "s3cret", "api_token": "s3cret"}',
    ],
)
def test_no_secret_is_there_however_it_is_spelt(marketplace: Marketplace, body: str) -> None:
    headers = {"X_Api_Key": "s3cret", "X_Auth_Token": "s3cret", "Referer": "https://u:s3cret@a/"}
    query = "apiToken=s3cret&password=s3cret&token%5B%5D=s3cret&%20token=s3cret&a=1;token=s3cret"
    ask(marketplace, "POST", f"{TOKENS}?{query}", json.loads(body), DEVELOPER, **headers)
    connection = http.client.HTTPConnection(marketplace.url.removeprefix("http://"), timeout=30)
    signed = {"content-type": "application/json", **basic(":".join(DEVELOPER))}
    connection.request("POST", f"/admin/v1{TOKENS[7:]}/revoke", body, signed)
    connection.getresponse().read()
    connection.close()
    exchanges = marketplace.journal()
    assert len(exchanges) == 2
    assert "***" in exchanges[1].request_body.text
    assert "s3cret" not in marketplace.call_raw("GET", "/journal").decode()


def test_filters_choose(marketplace: Marketplace) -> None:
    ask(marketplace, "GET", VERSIONS)
    ask(marketplace, "GET", VERSIONS, auth=OUTSIDER)
    ask(marketplace, "GET", TOKENS, auth=OUTSIDER)
    ask(marketplace, "GET", "/nowhere")

    def found(**filters: int | str) -> list[int]:
        return [exchange.seq - first for exchange in marketplace.journal(**filters)]  # type: ignore[arg-type]

    first = marketplace.journal()[0].seq
    assert found() == [0, 1, 2, 3]
    assert found(operation="getAppSoftwareVersions") == [0, 1]
    assert found(person="Outsider@example.com") == [1, 2]
    assert found(status=403) == [2]
    assert found(status=404) == [3]
    assert found(after=first + 1) == [2, 3]
    assert found(person=OUTSIDER[0], status=200) == [1]
    assert marketplace.journal(status=404)[0].operation is None


def test_a_fault_is_told(marketplace: Marketplace) -> None:
    marketplace.faults(
        {"fault": "answer", "status": 503, "times": 1}, {"fault": "lost-answer", "times": 1}
    )
    ask(marketplace, "POST", VERSIONS, VERSION)
    with pytest.raises(ConnectionError):
        ask(marketplace, "POST", VERSIONS, VERSION)
    refused, lost = marketplace.journal()
    assert (refused.fault, refused.status, refused.delivered) == ("1", 503, True)
    assert json.loads(refused.request_body.text) == VERSION
    assert (lost.fault, lost.status, lost.delivered) == ("2", 201, False)


def test_long_bodies_are_cut_and_others_left_out(marketplace: Marketplace) -> None:
    long = {**VERSION, "changelog": {"releaseNotes": "ä" * MAX_BODY}}
    ask(marketplace, "POST", VERSIONS, long)
    (found,) = marketplace.journal()
    assert found.request_body.is_truncated
    assert found.request_body.size > MAX_BODY >= len(found.request_body.text)
    client = marketplace.client()
    client.request("POST", "/rest/3/artifacts", content=b"\x00\xff" * 100)
    uploaded = marketplace.journal()[-1]
    assert (uploaded.request_body.text, uploaded.method) == ("", "POST")


def test_only_the_newest_are_kept(marketplace: Marketplace) -> None:
    client = marketplace.client()
    for _ in range(KEPT + 5):
        client.request("GET", "/healthz")
    found = marketplace.journal()
    assert len(found) == KEPT
    assert found[-1].seq - found[0].seq == KEPT - 1


def test_whoever_waits_is_told_at_once(marketplace: Marketplace) -> None:
    after = marketplace.call("GET", "/journal")["exchanges"]
    assert after == []
    found: list[Exchange] = []
    waiting = threading.Thread(
        target=lambda: found.extend(marketplace.journal(operation="createAccessToken", wait=30))
    )
    waiting.start()
    ask(marketplace, "GET", VERSIONS)  # which is not waited for
    ask(marketplace, "POST", TOKENS, {})
    waiting.join(10)
    assert [exchange.status for exchange in found] == [201]


def test_the_har_is_one(marketplace: Marketplace) -> None:
    ask(marketplace, "POST", f"{VERSIONS}?a=b", VERSION)
    har = marketplace.call("GET", "/journal", format="har")
    (entry,) = har["log"]["entries"]
    assert har["log"]["version"] == "1.2"
    assert entry["request"]["url"] == f"{marketplace.url}{VERSIONS}?a=b"
    assert entry["request"]["queryString"] == [{"name": "a", "value": "b"}]
    assert json.loads(entry["request"]["postData"]["text"]) == VERSION
    assert entry["response"]["status"] == 201
    assert entry["response"]["content"]["mimeType"] == "application/json"
    assert entry["startedDateTime"].endswith("Z")


def test_times_are_those_of_the_sandbox(marketplace: Marketplace) -> None:
    marketplace.clock.stop()
    marketplace.clock.set("2031-05-06T07:08:09Z")
    ask(marketplace, "GET", VERSIONS)
    assert marketplace.journal()[0].time == "2031-05-06T07:08:09.000Z"


def test_requests_to_the_sandbox_are_not_there(marketplace: Marketplace) -> None:
    marketplace.faults()
    marketplace.state()
    assert marketplace.journal() == []


@pytest.mark.parametrize("query", [{"status": "ok"}, {"after": "-1"}, {"format": "xml"}], ids=str)
def test_a_query_that_cannot_be_is_refused(marketplace: Marketplace, query: dict[str, str]) -> None:
    with pytest.raises(SandboxError, match=next(iter(query))):
        marketplace.call("GET", "/journal", **query)


def test_the_newest_before_another_are_found(marketplace: Marketplace) -> None:
    for _ in range(4):
        ask(marketplace, "GET", VERSIONS)
    seqs = [exchange.seq for exchange in marketplace.journal()]

    def found(**query: int) -> list[int]:
        answer = marketplace.call("GET", "/journal", **query)
        return [exchange["seq"] for exchange in answer["exchanges"]]

    assert found(limit=2) == seqs[2:]
    assert found(before=seqs[3], limit=2) == seqs[1:3]
    assert found(after=seqs[0], before=seqs[2]) == [seqs[1]]
    assert found(limit=0) == seqs
