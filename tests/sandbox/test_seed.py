"""With a seed the same requests get the same answers, ids, tokens and times included."""

from typing import Any

from tests.support.client import ADMINISTRATOR, DEVELOPER
from tests.support.sandboxes import TOKENS, VERSION, VERSIONS, Answer, ask
from tradepost.sandbox.marketplace import Marketplace

UNIQUE = {"date", "etag"}
"""Headers whose values never come again, because clients rely on that; and the time of day."""


def story(marketplace: Marketplace) -> list[tuple[int, dict[str, str], Any]]:
    """What is answered to some requests that make ids, tokens, times and cursors."""
    space = {"name": "New space"}
    person = {"email": "new@example.com"}
    bad = {"email": "not an email"}
    asked: list[Answer] = [
        ask(marketplace, "POST", VERSIONS, VERSION),
        ask(marketplace, "POST", TOKENS, {}),
        ask(marketplace, "GET", f"{VERSIONS}?limit=2"),
        ask(marketplace, "POST", "/admin/v1/developer-spaces", space, auth=ADMINISTRATOR),
        ask(marketplace, "POST", "/admin/v1/people", bad, auth=ADMINISTRATOR),
        ask(marketplace, "POST", "/admin/v1/people", person, auth=ADMINISTRATOR),
    ]
    people = f"/admin/v1/people/{asked[-1].body['id']}/api-tokens"
    asked.append(ask(marketplace, "POST", people, {"name": "laptop"}, auth=ADMINISTRATOR))
    asked.append(ask(marketplace, "GET", "/admin/v1/audit", auth=ADMINISTRATOR))
    return [
        (a.status, {k: v for k, v in a.headers.items() if k not in UNIQUE}, a.body) for a in asked
    ]


def test_the_same_seed_gives_the_same_answers() -> None:
    with Marketplace("spring") as marketplace:
        first = story(marketplace)
        second = story_again(marketplace)
        assert first[0][2]["createdAt"] == "2026-01-01T00:00:00Z"
    with Marketplace("spring") as marketplace:
        third = story(marketplace)
    with Marketplace("autumn") as marketplace:
        other = story(marketplace)
    assert [status for status, _, _ in first] == [201, 201, 200, 201, 400, 201, 201, 200]
    assert first == second == third
    assert first != other
    assert first[1][2]["token"] != other[1][2]["token"]


def story_again(marketplace: Marketplace) -> list[tuple[int, dict[str, str], Any]]:
    marketplace.clock.advance(seconds=100)
    ask(marketplace, "POST", TOKENS, {})
    marketplace.reset()
    return story(marketplace)


def test_a_snapshot_goes_on_from_where_it_was_taken() -> None:
    def token(marketplace: Marketplace) -> str:
        found: str = ask(marketplace, "POST", TOKENS, {}).body["token"]
        return found

    with Marketplace("spring") as marketplace:
        first = token(marketplace)
        marketplace.snapshot("one")
        second = token(marketplace)
        marketplace.reset("one")
        assert token(marketplace) == second
        marketplace.reset()
        assert token(marketplace) == first


def test_without_a_seed_nothing_comes_again() -> None:
    found = []
    for _ in range(2):
        with Marketplace() as marketplace:
            found.append(ask(marketplace, "POST", TOKENS, {}, DEVELOPER).body["token"])
            marketplace.reset()
            found.append(ask(marketplace, "POST", TOKENS, {}, DEVELOPER).body["token"])
    assert len(set(found)) == 4
