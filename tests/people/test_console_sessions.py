"""Sessions of the console as each engine stores them."""

from tests.support.administration import new_person, read
from tests.support.client import ADMINISTRATOR, OUTSIDER, InProcess
from tests.support.consoles import Surfer, surf

HOME = "/developer-spaces"


def count(server: InProcess) -> int:
    row = server.run(server.database.row("SELECT count(*) FROM console_session"))
    return int(row[0])


def test_a_session_begins_is_found_and_ends(server: InProcess) -> None:
    surfer, other = surf(server), surf(server, OUTSIDER)
    assert count(server) == 2
    assert surfer.get(HOME).status_code == 200
    assert surfer.post("/sign-out").status_code == 303
    assert count(server) == 1
    assert surfer.get(HOME).status_code == 303
    assert other.get(HOME).status_code == 200


def test_what_has_ended_is_cleared_away_with_the_next_sign_in(server: InProcess) -> None:
    surf(server)

    async def age(transaction: object) -> None:
        assert hasattr(transaction, "execute")
        await transaction.execute("UPDATE console_session SET expires_at = created_at")

    server.run(server.database.write(age))
    surf(server, OUTSIDER)
    assert count(server) == 1


def test_a_revoked_api_token_ends_its_sessions_and_no_other(server: InProcess) -> None:
    person, auth = new_person(server)
    first, second = surf(server, auth), surf(server, auth)
    admin = surf(server, ADMINISTRATOR)
    [token] = read(server, f"/admin/v1/people/{person['id']}/api-tokens")["apiTokens"]
    revoked = admin.post(f"/people/{person['id']}/api-tokens/{token['id']}/revoke")
    assert revoked.status_code == 303
    assert [surfer.get(HOME).status_code for surfer in (first, second)] == [303, 303]
    assert admin.get(HOME).status_code == 200


def test_a_page_that_writes_leaves_its_line_in_the_audit(server: InProcess) -> None:
    admin: Surfer = surf(server, ADMINISTRATOR)
    assert admin.post("/people", {"email": "pat@example.com"}).status_code == 303
    [line] = read(server, "/admin/v1/audit?action=createPerson")["entries"]
    assert (line["person"]["email"], line["address"]) == (ADMINISTRATOR[0], "127.0.0.1")
    assert line["apiTokenId"]
