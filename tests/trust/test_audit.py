"""The audit: who sees it, what a line says, filters, pages, and that nothing changes it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.administration import BAD_PAGES, NO_ADMINISTRATORS, read
from tests.support.answers import refused
from tests.support.audit import AUDIT, audit, count_lines, every_line
from tests.support.bodies import OUTSIDER_SPACE, SPACE, UNKNOWN, codes, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.members import person_id
from tests.support.scenes import administer, create, new_person, new_software
from tradepost.database import Transaction
from tradepost.http.call import OPERATOR

OF_SPACE = f"/admin/v1/developer-spaces/{SPACE}/audit"


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
def test_only_administrators_read_all_of_it(
    shared: InProcess, auth: Auth, status: int, code: str
) -> None:
    answer = shared.get(AUDIT, auth)
    assert (answer.status_code, codes(answer.json())) == (status, [code])


def test_a_line_says_who_did_what_to_what_and_from_where(server: InProcess) -> None:
    answer = server.post(versions_path(), json=version())
    made = answer.json()
    [line] = audit(server, target=f"{versions_path().split('/')[4]}/{made['buildNumber']}")
    developer = person_id(server, DEVELOPER[0])
    tokens = read(server, f"/admin/v1/people/{developer}/api-tokens")["apiTokens"]
    at = line.pop("at")
    assert at[:19] == made["createdAt"][:19]
    assert len(at) == len("2026-01-31T12:00:00.000Z")
    assert line == {
        "action": "createAppSoftwareVersion",
        "person": {"id": developer, "email": DEVELOPER[0]},
        "apiTokenId": tokens[0]["id"],
        "address": "127.0.0.1",
        "requestId": answer.headers["x-request-id"],
        "target": {"type": "version", "id": line["target"]["id"]},
        "developerSpaceId": SPACE,
        "after": made,
    }


def test_a_change_shows_before_and_after(server: InProcess) -> None:
    software = new_software(server)
    held = create(server, software, version())
    path = versions_path(software, held["buildNumber"])
    changed = server.put(path, json={**held, "beta": True}).json()
    line = audit(server)[0]
    assert (line["before"], line["after"]) == (held, changed)


def test_every_filter_narrows(server: InProcess) -> None:
    software = new_software(server)
    held = create(server, software, version())
    person = new_person(server)
    build = held["buildNumber"]
    server.put(versions_path(software, build), json={**held, "beta": True})
    everything = every_line(server)
    developer = person_id(server, DEVELOPER[0])
    target = f"{software}/{build}"
    middle = everything[2]["at"]
    cases: dict[str, tuple[dict[str, str], Any]] = {
        "id": ({"person": developer}, lambda e: e["person"].get("id") == developer),
        "email": (
            {"person": ADMINISTRATOR[0].upper()},
            lambda e: e["person"]["email"] == ADMINISTRATOR[0],
        ),
        "nobody": ({"person": UNKNOWN}, lambda e: False),
        "action": ({"action": "createPerson"}, lambda e: e["action"] == "createPerson"),
        "target": ({"target": target}, lambda e: e["target"]["id"] == target),
        "parts": (
            {"target": software},
            lambda e: e["target"]["id"].partition("/")[0] == software,
        ),
        "of a person": ({"target": person.id}, lambda e: e["target"]["id"].startswith(person.id)),
        "space": ({"developerSpaceId": SPACE}, lambda e: e.get("developerSpaceId") == SPACE),
        "from": ({"from": middle}, lambda e: e["at"] >= middle),
        "to": ({"to": middle}, lambda e: e["at"] <= middle),
        "zone": ({"from": middle.replace("Z", "+00:00")}, lambda e: e["at"] >= middle),
        "all": (
            {"person": developer, "action": "updateAppSoftwareVersion", "target": target},
            lambda e: e["action"] == "updateAppSoftwareVersion",
        ),
    }
    for name, (filters, expected) in cases.items():
        assert audit(server, **filters) == [e for e in everything if expected(e)], name
    assert len(audit(server, **cases["parts"][0])) == 3
    assert len(audit(server, **cases["all"][0])) == 1


def test_pages_go_through_all_of_it_the_newest_first(server: InProcess) -> None:
    for _ in range(7):
        new_person(server)
    everything = every_line(server)
    assert len(everything) == count_lines(server) == 14
    assert every_line(server, limit=3) == everything
    assert [e["at"] for e in everything] == sorted((e["at"] for e in everything), reverse=True)
    assert every_line(server, f"{AUDIT}?action=createPerson", 2) == [
        e for e in everything if e["action"] == "createPerson"
    ]


def test_lines_of_one_moment_are_all_shown_once(server: InProcess) -> None:
    """Many writes share a millisecond: pages may not lose or repeat them."""

    async def work(transaction: Transaction) -> None:
        for number in range(10):
            await transaction.execute(
                "INSERT INTO audit (at, action, email, request_id, target_type, target_id) "
                "VALUES ('2026-01-01T00:00:00.000Z', 'x', 'operator', 'r', 't', $1)",
                str(number),
            )

    server.run(server.database.write(work))
    found = [e["target"]["id"] for e in every_line(server, f"{AUDIT}?action=x", 3)]
    assert found == [str(number) for number in reversed(range(10))]


@pytest.mark.parametrize(("query", "reason"), BAD_PAGES)
@pytest.mark.parametrize("path", [AUDIT, OF_SPACE])
def test_a_bad_page_is_refused(shared: InProcess, path: str, query: str, reason: str) -> None:
    details = refused(shared.get(f"{path}?{query}", ADMINISTRATOR), 400, "INVALID_PARAMETER")
    assert any(reason in detail for detail in details)


@pytest.mark.parametrize("value", ["yesterday", "2026-01-01", "2026-01-01T00:00:00", "0"])
@pytest.mark.parametrize("name", ["from", "to"])
def test_a_time_needs_a_zone(shared: InProcess, name: str, value: str) -> None:
    answer = shared.get(AUDIT, ADMINISTRATOR, params={name: value})
    assert refused(answer, 400, "INVALID_PARAMETER") == [
        f"{name} must be a time such as 2026-01-31T12:00:00Z"
    ]


def test_members_see_their_own_developer_space_alone(server: InProcess) -> None:
    create(server, new_software(server), version())
    new_person(server)
    answer = server.get(OF_SPACE)
    assert answer.status_code == 200
    entries = answer.json()["entries"]
    assert entries == audit(server, developerSpaceId=SPACE)
    assert {e["developerSpaceId"] for e in entries} == {SPACE}
    assert {e["action"] for e in entries} == {
        "createApp",
        "createAppSoftware",
        "createAppSoftwareVersion",
    }
    refused(server.get(OF_SPACE, OUTSIDER), 403, "FORBIDDEN")
    refused(server.get(OF_SPACE, None), 401, "UNAUTHORIZED")
    assert server.get(OF_SPACE, ADMINISTRATOR).json()["entries"] == entries
    other = f"/admin/v1/developer-spaces/{OUTSIDER_SPACE}/audit"
    assert server.get(other, OUTSIDER).json()["entries"] == []
    unknown = f"/admin/v1/developer-spaces/{UNKNOWN}/audit"
    refused(server.get(unknown), 404, "NOT_FOUND")


def test_what_is_only_checked_or_repeated_leaves_no_line(server: InProcess) -> None:
    key = {"Idempotency-Key": "k"}
    assert server.post(versions_path(), json=version(), headers=key).status_code == 201
    before = count_lines(server)
    assert server.post(versions_path(), json=version(), headers=key).status_code == 201
    checking = {"Prefer": "validate-only"}
    assert server.post(versions_path(), json=version(), headers=checking).status_code == 200
    assert count_lines(server) == before


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET email = 'nobody'", "DELETE FROM audit", "DELETE FROM audit WHERE pk > 0"],
)
def test_the_database_itself_refuses_to_change_it(server: InProcess, statement: str) -> None:
    new_person(server)
    before = every_line(server)

    async def work(transaction: Transaction) -> None:
        await transaction.execute(statement)

    with pytest.raises(Exception, match="the audit is never"):
        server.run(server.database.write(work))
    assert every_line(server) == before


REPLACING = (
    "INTO audit (pk, at, action, email, request_id, target_type, target_id) "
    "VALUES (1, '2026-01-01T00:00:00.000Z', 'x', 'x', 'x', 'x', 'x')"
)


@pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE"])
def test_a_line_is_not_replaced_on_any_connection(tmp_path: Path, verb: str) -> None:
    with InProcess(tmp_path / "data") as server:
        new_person(server)
        before = every_line(server)

        async def work(transaction: Transaction) -> None:
            await transaction.execute(f"{verb} {REPLACING}")

        with pytest.raises(Exception, match="the audit is never"):
            server.run(server.database.write(work))
        foreign = sqlite3.connect(tmp_path / "data" / "tradepost.db")
        with closing(foreign), pytest.raises(sqlite3.Error, match="the audit is never"):
            foreign.execute(f"{verb} {REPLACING}")
        assert every_line(server) == before


def test_it_cannot_be_truncated_either(tmp_path: Path) -> None:
    with InProcess(tmp_path / "data", engine="postgresql") as server:
        new_person(server)

        async def work(transaction: Transaction) -> None:
            await transaction.execute("TRUNCATE audit")

        with pytest.raises(Exception, match="the audit is never removed"):
            server.run(server.database.write(work))


def test_a_command_is_audited_as_the_operator_s(server: InProcess) -> None:
    invoke = server.tradepost.dispatcher.invoke
    server.run(invoke("createPerson", OPERATOR, {}, {"email": "cli@example.com"}))
    line = audit(server, person="operator")[0]
    assert line["person"] == {"email": "operator"}
    assert line["requestId"].startswith("command-")
    assert not {"address", "apiTokenId"} & line.keys()


def test_what_is_archived_already_is_noted_all_the_same(server: InProcess) -> None:
    person = new_person(server)
    for _ in range(2):
        administer(server, "POST", f"people/{person.id}/archive")
    last, first = audit(server, action="archivePerson")
    assert "archivedAt" not in first["before"]
    assert last["before"] == last["after"] == first["after"]
