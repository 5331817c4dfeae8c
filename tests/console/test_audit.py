"""The audit on its page, over HTTP."""

import re
import shlex
from html import unescape

import pytest

from tests.support.administration import create
from tests.support.audit import audit
from tests.support.bodies import ADDON_CLOUD, OUTSIDER_SPACE, SPACE, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, InProcess
from tests.support.consoles import said, surf

_ENTRY = re.compile(r"<li>\s*<details>")


def count(page: object) -> int:
    assert hasattr(page, "text")
    return len(_ENTRY.findall(page.text))


@pytest.fixture
def busy(server: InProcess) -> InProcess:
    """A server on which something was done, to a developer space and beside it."""
    assert server.post(versions_path(ADDON_CLOUD), json=version()).status_code == 201
    create(server, "/admin/v1/people", email="pat@example.com", name="P\u202eat")
    tokens = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
    assert server.post(tokens).status_code == 201
    return server


def test_administrators_see_every_line_with_all_that_it_says(busy: InProcess) -> None:
    page = surf(busy, ADMINISTRATOR).get("/audit")
    lines = audit(busy)
    assert count(page) == len(lines) == 3
    text = said(page)
    for line in lines:
        for told in (line["at"], line["action"], line["person"]["email"], line["target"]["id"]):
            assert told in text
        assert line["requestId"] in text
        assert line["address"] in text
        assert line["apiTokenId"] in text
    assert "P\u2329U+202E\u232aat" in text, "what turns the direction is shown"
    assert "at_***" in text


def test_members_see_their_own_developer_space(busy: InProcess) -> None:
    page = surf(busy).get("/audit")
    assert count(page) == 2
    assert "createPerson" not in said(page)
    assert f'<option value="{SPACE}" selected>' in page.text
    other = surf(busy).get("/audit", params={"developerSpaceId": OUTSIDER_SPACE})
    assert other.status_code == 403
    assert "createAppSoftwareVersion" not in said(other)


def test_who_belongs_nowhere_is_told_so(busy: InProcess) -> None:
    person = create(busy, "/admin/v1/people", email="new@example.com")
    token = create(busy, f"/admin/v1/people/{person['id']}/api-tokens", name="x")["token"]
    page = surf(busy, ("new@example.com", token)).get("/audit")
    assert page.status_code == 200
    assert "You belong to no developer space" in said(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"person": DEVELOPER[0]}, 2),
        ({"action": "createPerson"}, 1),
        ({"target": ADDON_CLOUD}, 2),
        ({"developerSpaceId": SPACE}, 2),
        ({"developerSpaceId": OUTSIDER_SPACE}, 0),
        ({"from": "2020-01-01", "to": "2999-12-31 23:59"}, 3),
        ({"from": "2999-01-01T00:00"}, 0),
        ({"to": "2020-01-01T00:00:00Z"}, 0),
        ({"action": "createPerson", "person": DEVELOPER[0]}, 0),
    ],
)
def test_the_filters_are_those_of_the_api(
    busy: InProcess, query: dict[str, str], found: int
) -> None:
    page = surf(busy, ADMINISTRATOR).get("/audit", params=query)
    assert count(page) == found
    for value in query.values():
        assert f'value="{value}"' in page.text


def test_a_day_is_the_whole_of_it(busy: InProcess) -> None:
    today = audit(busy)[0]["at"][:10]
    surfer = surf(busy, ADMINISTRATOR)
    first = audit(busy)[-1]["at"][:10]
    assert count(surfer.get("/audit", params={"from": first, "to": today})) == 3


def test_the_copied_request_gives_the_same_lines(busy: InProcess) -> None:
    query = {"person": DEVELOPER[0], "from": "2020-01-01", "action": "createAppSoftwareVersion"}
    for person in (ADMINISTRATOR, DEVELOPER):
        page = surf(busy, person).get("/audit", params=query)
        found = re.search(r'<pre id="curl">(.*?)</pre>', page.text)
        assert found
        command, flag, email, url = shlex.split(unescape(found[1]))
        assert (command, flag, email) == ("curl", "-u", person[0])
        answer = busy.get(url.removeprefix("http://tradepost.test"), person)
        assert len(answer.json()["entries"]) == count(page) == 1


def test_what_cannot_be_looked_for_stands_beside_its_field(busy: InProcess) -> None:
    page = surf(busy, ADMINISTRATOR).get("/audit?from=never&person=x")
    assert page.status_code == 400
    assert "from must be a time" in page.text.partition('id="f-from-told"')[2][:200]
    assert 'value="never"' in page.text
    assert surf(busy, ADMINISTRATOR).get("/audit?cursor=AAAA").status_code == 400


def test_pages_keep_the_filters(busy: InProcess) -> None:
    for number in range(30):
        create(busy, "/admin/v1/people", email=f"p{number}@example.com")
    surfer = surf(busy, ADMINISTRATOR)
    page = surfer.get("/audit?action=createPerson")
    assert count(page) == 25
    following = re.search(r'<a href="([^"]+)" rel="next">', page.text)
    assert following
    page = surfer.get(unescape(following[1]))
    assert count(page) == 6
    assert 'value="createPerson"' in page.text
    assert 'href="/audit?action=createPerson">First page' in page.text
