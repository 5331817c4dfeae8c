"""Cursors: whatever is done to one gives a 400, and what they carry cannot be contradicted."""

import base64
import string
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_SERVER,
    CALENDAR_CLOUD,
    codes,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.walks import cursor_of

pytestmark = pytest.mark.usefixtures("engine")

ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
LISTS = {
    "versions": versions_path(ADDON_CLOUD),
    "parents": "/rest/3/parent-software",
    "releases": "/rest/3/parent-software/jira/versions",
    "apps": "/admin/v1/apps",
    "people": "/admin/v1/people",
}
"""Lists with pages, of several operations."""

FILTERS = {
    "parentSoftwareId": "jira",
    "parentSoftwareVersionId": "900000",
    "afterVersion": "1.0.0",
    "paymentModel": "paid-via-atlassian",
    "state": "active",
}
OTHER_VALUES = {
    "parentSoftwareId": "confluence",
    "parentSoftwareVersionId": "900001",
    "afterVersion": "1.1.0",
    "paymentModel": "free",
    "state": "archived",
}


def first_cursor(server: InProcess, path: str, **query: Any) -> str:
    answer = server.get(path, ADMINISTRATOR, params={"limit": 1, **query})
    assert answer.status_code == 200, answer.text
    return cursor_of(answer.json())


def refused(server: InProcess, path: str, cursor: str) -> None:
    """Assert that a list refuses a cursor as a damaged one."""
    answer = server.get(path, ADMINISTRATOR, params={"cursor": cursor})
    assert answer.status_code == 400, (answer.status_code, cursor, answer.text)
    assert codes(answer.json()) == ["INVALID_PARAMETER"]
    assert "cursor" in answer.json()["errors"][0]["detail"]


@st.composite
def mutilated(draw: st.DrawFn, cursor: str) -> str:
    """A cursor after one to three accidents."""
    text = cursor
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        accident = draw(st.sampled_from(("flip", "drop", "add", "swap", "cut", "case", "repeat")))
        characters = st.sampled_from(ALPHABET) | st.characters(exclude_categories=["Cs"])
        if accident == "flip":
            text = text[:place] + draw(characters) + text[place + 1 :]
        elif accident == "drop":
            text = text[:place] + text[place + 1 :]
        elif accident == "add":
            text = text[:place] + draw(characters) + text[place:]
        elif accident == "swap" and place < len(text) - 1:
            text = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        elif accident == "cut":
            text = text[:place]
        elif accident == "case":
            text = text[:place] + text[place:].swapcase()
        elif accident == "repeat":
            text = text[:place] + text
    return text


@pytest.mark.parametrize("name", LISTS)
def test_a_mutilated_cursor_is_a_400(marketplace: InProcess, name: str) -> None:
    cursor = first_cursor(marketplace, LISTS[name])

    @settings(deadline=None, max_examples=150)
    @given(text=mutilated(cursor))
    def check(text: str) -> None:
        assume(text != cursor)
        refused(marketplace, LISTS[name], text)

    check()


@settings(deadline=None, max_examples=200)
@given(text=st.text(max_size=300) | st.text(ALPHABET, max_size=300))
@example(text="")
@example(text="null")
@example(text="=")
@example(text="A")
@example(text="A" * 8_192)
@example(text="A" * 8_193)
@example(text="A" * 60_000)
@example(text="\x00")
@example(text="курсор")
@example(text="\U0001f980" * 50)
@example(text="undefined")
@example(text=base64.urlsafe_b64encode(b"\x96" + bytes(40)).decode())
def test_a_text_that_never_was_a_cursor_is_a_400(marketplace: InProcess, text: str) -> None:
    refused(marketplace, LISTS["versions"], text)


@settings(deadline=None, max_examples=100)
@given(data=st.binary(min_size=1, max_size=64))
def test_bytes_that_are_no_utf8_are_a_400(marketplace: InProcess, data: bytes) -> None:
    spelled = "".join(f"%{byte:02X}" for byte in data)
    answer = marketplace.get(f"{LISTS['versions']}?cursor={spelled}")
    assert answer.status_code == 400
    assert codes(answer.json()) == ["INVALID_PARAMETER"]


@pytest.mark.parametrize("name", LISTS)
def test_every_other_last_character_is_refused(marketplace: InProcess, name: str) -> None:
    """Base64 has spare bits in its last character: other spellings of the same bytes."""
    cursor = first_cursor(marketplace, LISTS[name])
    for character in ALPHABET:
        if character != cursor[-1]:
            refused(marketplace, LISTS[name], cursor[:-1] + character)


@pytest.mark.parametrize("ending", ["=", "==", "===", "A", "\n", " ", "\x00", "#", "&", "%"])
def test_padding_and_what_else_sticks_to_a_cursor_is_refused(
    marketplace: InProcess, ending: str
) -> None:
    cursor = first_cursor(marketplace, LISTS["versions"])
    refused(marketplace, LISTS["versions"], cursor + ending)
    refused(marketplace, LISTS["versions"], ending + cursor)


@pytest.mark.parametrize("name", LISTS)
def test_a_cursor_has_plain_characters_only_and_stands_alone_in_the_link(
    marketplace: InProcess, name: str
) -> None:
    page = marketplace.get(LISTS[name], ADMINISTRATOR, params={"limit": 1}).json()
    path, cursor = page["links"]["next"].split("?cursor=")
    assert path == LISTS[name]
    assert set(cursor) <= set(ALPHABET)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("source", [*LISTS, "other software", "other owner", "other product"])
def test_the_cursor_of_another_list_is_refused(
    marketplace: InProcess, name: str, source: str
) -> None:
    others = {
        "other software": versions_path(ADDON_SERVER),
        "other owner": versions_path(CALENDAR_CLOUD),
        "other product": "/rest/3/parent-software/confluence/versions",
    }
    cursor = first_cursor(marketplace, {**LISTS, **others}[source])
    if source == name:
        answer = marketplace.get(LISTS[name], ADMINISTRATOR, params={"cursor": cursor})
        assert answer.status_code == 200
    else:
        refused(marketplace, LISTS[name], cursor)


def test_the_cursor_of_another_server_is_refused(marketplace: InProcess, server: InProcess) -> None:
    refused(server, LISTS["versions"], first_cursor(marketplace, LISTS["versions"]))


def test_a_cursor_outlives_the_server_that_made_it(tmp_path: Path) -> None:
    with InProcess(tmp_path) as before:
        page = before.get(LISTS["versions"], params={"limit": 5}).json()
        following = before.get(page["links"]["next"]).json()
    with InProcess(tmp_path, demo=False) as after:
        again = after.get(page["links"]["next"]).json()
    assert again["versions"] == following["versions"]


def test_a_cursor_is_good_under_both_base_paths(marketplace: InProcess) -> None:
    cursor = first_cursor(marketplace, LISTS["versions"])
    plain = marketplace.get(LISTS["versions"], params={"cursor": cursor})
    prefixed = marketplace.get("/marketplace" + LISTS["versions"], params={"cursor": cursor})
    assert prefixed.status_code == 200
    assert prefixed.json() == plain.json()
    assert plain.json()["links"]["next"].startswith("/rest/3/")


def test_a_cursor_in_percent_encoding_is_the_same_cursor(marketplace: InProcess) -> None:
    cursor = first_cursor(marketplace, LISTS["versions"])
    spelled = "".join(f"%{ord(character):02x}" for character in cursor)
    encoded = marketplace.get(f"{LISTS['versions']}?cursor={spelled}")
    plain = marketplace.get(f"{LISTS['versions']}?cursor={cursor}")
    assert encoded.status_code == 200
    assert encoded.json()["versions"] == plain.json()["versions"]
    assert quote(cursor, safe="") == cursor


NAMES = st.sets(st.sampled_from(sorted(FILTERS)))


@settings(deadline=None, max_examples=100)
@given(first=NAMES, data=st.data(), limit=st.none() | st.integers(1, 50))
def test_filters_sent_again_with_the_cursor_change_nothing(
    marketplace: InProcess, first: set[str], data: st.DataObject, limit: int | None
) -> None:
    chosen = {name: FILTERS[name] for name in first}
    cursor = first_cursor(marketplace, LISTS["versions"], **chosen)
    again = data.draw(st.sets(st.sampled_from(sorted(first)))) if first else set()
    repeated: dict[str, Any] = {name: FILTERS[name] for name in again}
    plain = marketplace.get(LISTS["versions"], params={"cursor": cursor, "limit": 50}).json()
    if limit is not None:
        repeated["limit"] = limit
    answer = marketplace.get(LISTS["versions"], params={"cursor": cursor, **repeated})
    assert answer.status_code == 200, answer.text
    # Without a limit of its own the page keeps the size of the one before, which was 1.
    size = 1 if limit is None else limit
    assert answer.json()["versions"] == plain["versions"][:size]
    assert answer.json()["totalCount"] == plain["totalCount"]


@settings(deadline=None, max_examples=100)
@given(first=NAMES, contradicted=NAMES.filter(bool))
def test_a_filter_that_contradicts_the_cursor_is_a_400(
    marketplace: InProcess, first: set[str], contradicted: set[str]
) -> None:
    chosen = {name: FILTERS[name] for name in first}
    cursor = first_cursor(marketplace, LISTS["versions"], **chosen)
    again = {name: OTHER_VALUES[name] for name in contradicted}
    answer = marketplace.get(LISTS["versions"], params={"cursor": cursor, **chosen, **again})
    assert answer.status_code == 400
    problems = answer.json()["errors"]
    assert {problem["code"] for problem in problems} == {"INVALID_PARAMETER"}
    assert {problem["detail"].split()[0] for problem in problems} == contradicted


@pytest.mark.parametrize("limit", ["0", "51", "-1", "x", "", "1.5", "1e1", "99999999999999999999"])
def test_a_bad_limit_beside_a_good_cursor_is_a_400(marketplace: InProcess, limit: str) -> None:
    cursor = first_cursor(marketplace, LISTS["versions"])
    answer = marketplace.get(LISTS["versions"], params={"cursor": cursor, "limit": limit})
    assert answer.status_code == 400
    details = [error["detail"] for error in answer.json()["errors"]]
    assert details == ["limit must be between 1 and 50"]


def test_what_else_stands_beside_a_cursor_is_ignored(marketplace: InProcess) -> None:
    cursor = first_cursor(marketplace, LISTS["versions"])
    plain = marketplace.get(LISTS["versions"], params={"cursor": cursor})
    extra = {"cursor": cursor, "offset": "30", "expand": "all"}
    answer = marketplace.get(LISTS["versions"], params=extra)
    assert answer.status_code == 200
    assert answer.json()["versions"] == plain.json()["versions"]


def test_a_members_cursor_shows_an_outsider_public_versions_only(marketplace: InProcess) -> None:
    path = versions_path(ADDON_CLOUD)
    page = marketplace.get(path, DEVELOPER, params={"limit": 1}).json()
    answer = marketplace.get(page["links"]["next"], OUTSIDER, params={"limit": 50})
    assert answer.status_code == 200
    states = {v["state"] for v in answer.json()["versions"]}
    assert states == {"active"}
    public = marketplace.get(path, OUTSIDER).json()["totalCount"]
    assert answer.json()["totalCount"] == public


def test_one_cursor_can_be_followed_again(marketplace: InProcess) -> None:
    path = versions_path(ADDON_DATACENTER)
    page = marketplace.get(path, params={"limit": 4}).json()
    once, twice = (marketplace.get(page["links"]["next"]).json() for _ in range(2))
    assert once["versions"] == twice["versions"]
    assert len(once["versions"]) == 4
