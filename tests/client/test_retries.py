"""What is sent again and what is not, against a server on loopback that fails on purpose."""

import io
import logging
import socket

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.driven import Driven, Twin
from tests.client.faults import GONE_AFTER, GONE_BEFORE, Act, Faults, answer, refusal
from tests.support.bodies import version
from tradepost.client import (
    NO_RETRIES,
    AnswerLostError,
    AnswerTimedOutError,
    ApiError,
    ConnectionFailedError,
    IdempotencyKeyInUseError,
    Retries,
    ServiceUnavailableError,
    TooManyRequestsError,
    ValidationError,
)
from tradepost.client._answers import retry_after
from tradepost.client._retries import Attempts

AUTH = ("developer@example.com", "very-secret-token")
PARENT = {
    "id": "jira",
    "developerId": "Atlassian",
    "name": "Jira",
    "hostingOptions": [],
    "extensibilityFrameworks": [],
    "state": "active",
    "revision": 1,
}
GOOD = answer(200, PARENT)
ARTIFACT = {
    "fileInfo": {"logicalFileName": "a.jar", "size": 3, "checksum": "sha512:0"},
    "_links": {"self": {"href": "/rest/3/artifacts/1"}, "binary": {"href": "/rest/3/a"}},
}
STEADY = Retries(random=lambda: 1.0)
"""Waits as long as it may."""


def asking(twin: Twin, server: Faults, retries: Retries = STEADY) -> Driven:
    return Driven(twin, server.url, AUTH, retries=retries)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(GONE_BEFORE, id="gone-before"),
        pytest.param(GONE_AFTER, id="gone-after"),
        pytest.param(answer(200, b'{"id"', length=100), id="broken-off"),
        pytest.param(answer(429), id="429"),
        pytest.param(answer(502, b"<html><title>Bad Gateway"), id="502"),
        pytest.param(refusal(503, "SERVICE_UNAVAILABLE"), id="503"),
        pytest.param(answer(504), id="504"),
        pytest.param(Act(b"HTTP/1.1 what\r\n\r\n"), id="no-http"),
    ],
)
def test_what_reads_is_asked_again(twin: Twin, fault: Act) -> None:
    with Faults([fault, fault, GOOD]) as server, asking(twin, server) as client:
        assert client.get_parent_software("jira").name == "Jira"
        assert client.waits == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 500, 501])
def test_other_refusals_are_final(twin: Twin, status: int) -> None:
    with Faults([answer(status), GOOD]) as server, asking(twin, server) as client:
        with pytest.raises(ApiError) as caught:
            client.get_parent_software("jira")
        assert (caught.value.status, client.waits) == (status, [])


def test_it_gives_up_after_some_attempts(twin: Twin) -> None:
    fault = refusal(503, "SERVICE_UNAVAILABLE", "the database is busy")
    with Faults([fault] * 4) as server, asking(twin, server) as client:
        with pytest.raises(ServiceUnavailableError, match="the database is busy"):
            client.get_parent_software("jira")
        assert (len(server.received), client.waits) == (4, [0.5, 1.0, 2.0])


def test_retries_can_be_left_out(twin: Twin) -> None:
    with Faults([answer(503), GOOD]) as server, asking(twin, server, NO_RETRIES) as client:
        with pytest.raises(ServiceUnavailableError):
            client.get_parent_software("jira")
        assert client.waits == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (["Retry-After: 7"], 7.0),
        (
            [
                "Retry-After: Wed, 21 Oct 2026 07:28:09 GMT",
                "Date: Wed, 21 Oct 2026 07:28:00 GMT",
            ],
            9.0,
        ),
        (["Retry-After: 0"], 0.5),
        (["Retry-After: soon"], 0.5),
        (["Retry-After: -3"], 0.5),
    ],
)
def test_it_waits_as_long_as_the_server_asks(
    twin: Twin, headers: list[str], seconds: float
) -> None:
    with Faults([answer(503, b"", *headers), GOOD]) as server, asking(twin, server) as client:
        client.get_parent_software("jira")
        assert client.waits == [seconds]


def test_it_does_not_wait_longer_than_its_patience(twin: Twin) -> None:
    act = answer(429, b"", "Retry-After: 3600")
    with Faults([act, GOOD]) as server, asking(twin, server) as client:
        with pytest.raises(TooManyRequestsError) as caught:
            client.get_parent_software("jira")
        assert (caught.value.retry_after, client.waits) == (3600.0, [])


@pytest.mark.parametrize("fault", [GONE_AFTER, answer(201, b'{"build', length=100)])
def test_a_write_whose_answer_is_lost_is_not_repeated(twin: Twin, fault: Act) -> None:
    with Faults([fault, GOOD]) as server, asking(twin, server) as client:
        with pytest.raises(AnswerLostError, match="what became of it is unknown"):
            client.create_app_software_version("1", version())
        assert (len(server.received), client.waits) == (1, [])


TRADEPOST = answer(200, PARENT, "Tradepost-Version: 1.0.0")
TOKEN = {"token": "at_1", "cloudId": None, "instance": None}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(GONE_BEFORE, id="gone-before"),
        pytest.param(GONE_AFTER, id="gone-after"),
        pytest.param(answer(201, b'{"tok', length=100), id="broken-off"),
        pytest.param(answer(502), id="502"),
        pytest.param(answer(503), id="503"),
        pytest.param(answer(504), id="504"),
        pytest.param(
            refusal(409, "IDEMPOTENCY_KEY_IN_USE", "still running", "Retry-After: 0"), id="running"
        ),
    ],
)
def test_on_tradepost_a_post_is_sent_again_with_the_same_key(twin: Twin, fault: Act) -> None:
    acts = [TRADEPOST, fault, answer(201, TOKEN), answer(201, TOKEN)]
    with Faults(acts) as server, asking(twin, server) as client:
        client.get_parent_software("jira")
        assert client.create_access_token("1").token == "at_1"
        assert client.waits == [0.5]
        client.create_access_token("1")
        keys = [each.headers["idempotency-key"] for each in server.received[1:]]
    assert len(keys) == (2 if fault is GONE_BEFORE else 3)
    assert len(set(keys)) == 2
    assert keys[-1] != keys[-2]


def test_an_answer_that_cannot_be_had_again_is_final(twin: Twin) -> None:
    acts = [TRADEPOST, GONE_AFTER, refusal(409, "IDEMPOTENCY_KEY_IN_USE", "it has a secret")]
    with Faults(acts) as server, asking(twin, server) as client:
        client.get_parent_software("jira")
        with pytest.raises(IdempotencyKeyInUseError, match="it has a secret"):
            client.create_access_token("1")


def test_a_put_carries_no_key_and_is_not_repeated(twin: Twin) -> None:
    with Faults([TRADEPOST, GONE_AFTER, GOOD]) as server, asking(twin, server) as client:
        client.get_parent_software("jira")
        with pytest.raises(AnswerLostError):
            client.update_app_software_version("1", 1, version())
        assert "idempotency-key" not in server.received[1].headers


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_write_that_a_gateway_fails_is_not_repeated(twin: Twin, status: int) -> None:
    with Faults([answer(status), GOOD]) as server, asking(twin, server) as client:
        with pytest.raises(ApiError):
            client.create_access_token("1")
        assert len(server.received) == 1


def test_a_write_that_came_too_fast_is_repeated(twin: Twin) -> None:
    token = {"token": "at_1", "cloudId": None, "instance": None}
    acts = [answer(429, b"", "Retry-After: 2"), answer(201, token)]
    with Faults(acts) as server, asking(twin, server) as client:
        assert client.create_access_token("1").token == "at_1"
        assert client.waits == [2.0]
        assert server.received[0] == server.received[1]


def test_what_was_not_sent_is_sent_again_whatever_it_is(twin: Twin) -> None:
    retries = Retries(attempts=3, random=lambda: 0.0)
    with socket.socket() as taken:  # bound, so that nobody else has the port, and not listening
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Driven(twin, url, AUTH, retries=retries) as client:
            where = url.removeprefix("http://")
            with pytest.raises(ConnectionFailedError, match=rf"POST .* was not sent: {where}: "):
                client.create_app_software_version("1", version())
            assert client.waits == [0.0, 0.0]


def test_a_server_that_does_not_answer_in_time_is_told(twin: Twin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        timeout = httpx2.Timeout(30, read=0.01)
        with Driven(twin, url, AUTH, timeout=timeout) as client:
            with pytest.raises(AnswerTimedOutError):
                client.create_access_token("1")
            assert client.waits == []


def test_an_upload_starts_again_from_its_start(twin: Twin) -> None:
    file = io.BytesIO(b"skip" + b"x" * 1_000_000)
    file.seek(4)
    told: list[tuple[int, int]] = []
    acts = [GONE_AFTER, answer(503), answer(200, ARTIFACT)]
    with Faults(acts) as server, asking(twin, server) as client:
        artifact = client.upload_artifact(file, "a.jar", progress=lambda *at: told.append(at))
        assert artifact.file_info.size == 3
        assert server.received[0] == server.received[1] == server.received[2]
        assert server.received[0].body.count(b"x" * 1_000_000 + b"\r\n--") == 1
        assert told.count((1_000_000, 1_000_000)) == 3
    assert not file.closed


def test_an_image_is_not_uploaded_twice(twin: Twin) -> None:
    with Faults([GONE_AFTER, GOOD]) as server, asking(twin, server) as client:
        with pytest.raises(AnswerLostError):
            client.upload_image("logo", io.BytesIO(b"x"), "a.png")
        assert len(server.received) == 1


def test_retries_are_logged_without_secrets(twin: Twin, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    acts = [refusal(503, "SERVICE_UNAVAILABLE", "busy"), answer(200, b"{}", "Etag: x")]
    with Faults(acts) as server, asking(twin, server) as client:
        client.download_artifact("1", io.BytesIO(), access_token="at_secret")
    own = [record for record in caplog.records if record.name == "tradepost.client"]
    assert [record.levelname for record in own] == ["DEBUG"]
    assert "busy" in own[0].getMessage()
    assert "trying again in 0.50 s" in own[0].getMessage()
    assert "access-token=at_secret" in server.received[0].target
    logged = [record.getMessage() for record in caplog.records if record.name == "httpx2"]
    assert len(logged) == 2
    assert not any("at_secret" in line or "very-secret" in line for line in logged)


def test_one_attempt_is_the_least() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Retries(attempts=0)


@given(
    st.integers(1, 12),
    st.floats(0, 10),
    st.floats(0, 60),
    st.floats(0, 600),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=12, max_size=12),
    st.one_of(st.none(), st.floats(0, 1000)),
)
def test_waits_stay_within_their_bounds(
    attempts: int,
    first: float,
    longest: float,
    patience: float,
    chances: list[float],
    asked: float | None,
) -> None:
    chance = iter(chances)
    retries = Retries(
        attempts=attempts,
        first_delay=first,
        longest_delay=longest,
        patience=patience,
        random=lambda: next(chance),
    )
    failure = ServiceUnavailableError("GET", "/rest/3/x", 503, retry_after=asked)
    made = Attempts(retries, repeatable=True)
    waits = []
    while (wait := made.wait_after(failure)) is not None:
        waits.append(wait)
    assert len(waits) <= attempts - 1
    assert sum(waits) <= patience
    for number, wait in enumerate(waits):
        assert wait >= (asked or 0)
        assert wait <= max(min(first * 2**number, longest), asked or 0)


DATES = st.lists(
    st.sampled_from(
        ["Wed, ", "21 ", "99 ", "Oct ", "2026 ", "99999999 ", "07:28:00 ", "GMT", "-9999"]
    )
).map("".join)


@given(st.one_of(st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")), DATES), DATES)
def test_whatever_retry_after_is_it_is_a_time_to_wait_or_nothing(text: str, date: str) -> None:
    sent = [(b"Retry-After", text.encode("latin-1")), (b"Date", date.encode())]
    seconds = retry_after(httpx2.Headers(sent))
    assert seconds is None or seconds >= 0


def test_a_refusal_is_never_worth_a_second_attempt() -> None:
    failure = ValidationError("POST", "/rest/3/x", 400, retry_after=1.0)
    assert Attempts(STEADY, repeatable=True).wait_after(failure) is None
