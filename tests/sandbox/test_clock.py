"""The clock of a sandbox: it stands, is set and goes on, and the server's times follow it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.client import ADMINISTRATOR
from tests.support.sandboxes import VERSION, VERSIONS, ask
from tradepost.sandbox.marketplace import Marketplace
from tradepost.sandbox.remote import SandboxError

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


def created_at(marketplace: Marketplace) -> str:
    found: str = ask(marketplace, "POST", VERSIONS, VERSION).body["createdAt"]
    return found


def test_it_goes_with_the_time_at_first(marketplace: Marketplace) -> None:
    assert abs(marketplace.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert marketplace.call("GET", "/clock")["stopped"] is False


def test_it_stands_where_it_is_set(marketplace: Marketplace) -> None:
    marketplace.clock.stop()
    assert marketplace.clock.set(NOON) == NOON
    assert created_at(marketplace) == created_at(marketplace) == "2030-06-01T12:00:00Z"
    assert marketplace.clock.now() == NOON


def test_it_is_set_on(marketplace: Marketplace) -> None:
    marketplace.clock.stop()
    marketplace.clock.set("2030-06-01T14:00:00+02:00")
    assert marketplace.clock.advance(seconds=1.5) == NOON + timedelta(seconds=1.5)
    assert marketplace.clock.advance(timedelta(days=30)) == NOON + timedelta(days=30, seconds=1.5)
    assert created_at(marketplace) == "2030-07-01T12:00:01Z"
    assert marketplace.clock.advance(timedelta(days=-30), seconds=-1.5) == NOON


def test_it_goes_on_from_where_it_stands(marketplace: Marketplace) -> None:
    marketplace.clock.stop()
    marketplace.clock.set(NOON)
    assert marketplace.clock.go() - NOON < timedelta(minutes=1)
    assert created_at(marketplace) >= "2030-06-01T12:00:00Z"
    first = marketplace.clock.now()
    while marketplace.clock.now() == first:
        pass
    assert marketplace.clock.now() > first


def test_everything_can_be_asked_for_at_once(marketplace: Marketplace) -> None:
    sent = {"at": "2030-06-01T11:00:00Z", "advanceSeconds": 3600, "stopped": True}
    answer = marketplace.call("POST", "/clock", sent)
    assert answer == {"now": "2030-06-01T12:00:00.000Z", "stopped": True}


def test_an_api_token_expires_by_it(marketplace: Marketplace) -> None:
    people = ask(marketplace, "GET", "/admin/v1/people", auth=ADMINISTRATOR).body["people"]
    person = next(p for p in people if p["email"] == "developer@example.com")
    path = f"/admin/v1/people/{person['id']}/api-tokens"
    sent = {"name": "ci", "expiresInDays": 30}
    token = ask(marketplace, "POST", path, sent, auth=ADMINISTRATOR).body["token"]
    own = ("developer@example.com", token)
    assert ask(marketplace, "GET", VERSIONS, auth=own).status == 200
    marketplace.clock.advance(timedelta(days=29, hours=23))
    assert ask(marketplace, "GET", VERSIONS, auth=own).status == 200
    marketplace.clock.advance(timedelta(hours=2))
    assert ask(marketplace, "GET", VERSIONS, auth=own).status == 401
    marketplace.clock.advance(timedelta(hours=-2))
    assert ask(marketplace, "GET", VERSIONS, auth=own).status == 200


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"at": "yesterday"}, "at"),
        ({"at": "2030-06-01T12:00:00"}, "at"),
        ({"at": "9999-01-01T00:00:00Z"}, "between the years 1970 and 9000"),
        ({"at": "1969-12-31T23:59:59Z"}, "between the years 1970 and 9000"),
        ({"advanceSeconds": 2.9e11}, "between the years 1970 and 9000"),
        ({"advanceSeconds": 1e300}, "advanceSeconds"),
        ({"stop": True}, "stop"),
    ],
    ids=str,
)
def test_a_time_that_cannot_be_is_refused(
    marketplace: Marketplace, sent: dict[str, Any], why: str
) -> None:
    with pytest.raises(SandboxError, match=why):
        marketplace.call("POST", "/clock", sent)
    assert abs(marketplace.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
