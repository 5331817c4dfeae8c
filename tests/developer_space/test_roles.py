"""What each role allows, cell by cell: `docs/roles.md` has the table, and the server keeps it.

Where a role allows something, it must work; where it does not, it is 403 and not anything else.
"""

import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, get_args

import httpx2
import pytest
from PIL import Image

from tests.support.answers import refused
from tests.support.app_listings import app_listing, listing_path, listings_path, put_listing
from tests.support.bodies import ADDON_CLOUD, SPACE, version, versions_path
from tests.support.client import ADMINISTRATOR, Auth, InProcess
from tests.support.declarations import (
    draft_path,
    new_product,
    patch_migration,
    privacy_path,
    publish_path,
    put_draft,
    put_migration,
)
from tests.support.members import (
    member_path,
    members_path,
    new_member,
    roles,
    space_path,
)
from tests.support.reviews import add_review, response_path
from tests.support.scenes import administer, new_person
from tradepost.developer_space.model import RoleId

Action = Callable[[InProcess, Auth], httpx2.Response]
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "roles.md"
DESCRIPTOR: Final = (
    b'{"key":"com.example.app.addon","name":"Add-on","baseUrl":"https://example.com"}'
)
TOKENS: Final = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
ADMINISTERED: Final = f"/admin/v1/app-software/{ADDON_CLOUD}"


def rows() -> list[list[str]]:
    """The cells of the table, its head first."""
    lines = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if not re.fullmatch("-+", row[0])]


HEAD, *BODY = rows()
TABLE: Final = {
    (row[0], column): cell for row in BODY for column, cell in zip(HEAD[1:], row[1:], strict=True)
}
"""What the document says of a role and a kind of thing: `yes` or `no`."""


def ok(answer: httpx2.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def new_version(server: InProcess, **changes: Any) -> int:
    """The build number of a new version."""
    made = ok(server.post(versions_path(), ADMINISTRATOR, json=version(**changes)))
    return int(made["buildNumber"])


def new_draft(server: InProcess) -> str:
    """The path of a new draft in the administration interface."""
    body = version(draft=True)
    made = ok(server.post(f"{ADMINISTERED}/versions", ADMINISTRATOR, json=body))
    return f"{ADMINISTERED}/versions/{made['buildNumber']}"


def new_token(server: InProcess) -> str:
    return str(ok(server.post(TOKENS, ADMINISTRATOR))["token"])


def read(path: str) -> Action:
    return lambda server, auth: server.get(path, auth)


def read_draft(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.get(new_draft(server).replace("/admin/v1", "/rest/3"), auth)


def read_drafts(server: InProcess, auth: Auth) -> httpx2.Response:
    new_draft(server)
    answer = server.get(f"{versions_path()}?state=draft", auth)
    assert ok(answer)["totalCount"] > 0
    return answer


def read_private_version_listing(server: InProcess, auth: Auth) -> httpx2.Response:
    path = f"{versions_path(build_number=new_version(server))}/listing"
    ok(server.post(path, ADMINISTRATOR, json={"state": "PRIVATE"}))
    return server.get(path, auth)


def read_private_listing(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.get(listing_path(app_listing(server)["productId"]), auth)


def read_artifact(server: InProcess, auth: Auth) -> httpx2.Response:
    artifact = ok(upload_artifact(server, new_member(server, "admin").auth))
    return server.get(artifact["_links"]["self"]["href"], auth)


def read_catalog_account(server: InProcess, auth: Auth) -> httpx2.Response:
    administer(server, "PATCH", f"developer-spaces/{SPACE}", {"catalogAccountId": "account-1"})
    return server.get(f"{space_path()}/catalog-account", auth)


def read_member(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.get(member_path(new_member(server, "viewer").id), auth)


def upload_artifact(server: InProcess, auth: Auth) -> httpx2.Response:
    content = DESCRIPTOR.replace(b"Add-on", str(uuid.uuid4()).encode())
    files = {"file": ("descriptor.json", content)}
    return server.post("/rest/3/artifacts", auth, files=files)


def fetch_artifact(server: InProcess, auth: Auth) -> httpx2.Response:
    """Fetching from the server's own machine is refused to those who may fetch at all."""
    body = {"uri": "http://127.0.0.1:9/addon.jar"}
    answer = server.post("/rest/3/artifacts/fetch", auth, json=body)
    if answer.status_code == 400:
        refused(answer, 400, "ARTIFACT_REMOTE_FETCH_FAILURE")
        return httpx2.Response(200)
    return answer


def create_version(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.post(versions_path(), auth, json=version())


def create_draft(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.post(f"{ADMINISTERED}/versions", auth, json=version(draft=True))


def update_version(server: InProcess, auth: Auth) -> httpx2.Response:
    path = versions_path(build_number=new_version(server))
    return server.put(path, auth, json=ok(server.get(path, ADMINISTRATOR)))


def submit_version(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.post(f"{new_draft(server)}/submit", auth)


def archive_version(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.post(f"{new_draft(server)}/archive", auth)


def unarchive_version(server: InProcess, auth: Auth) -> httpx2.Response:
    path = new_draft(server)
    ok(server.post(f"{path}/archive", ADMINISTRATOR))
    return server.post(f"{path}/unarchive", auth)


def create_token(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.post(TOKENS, auth)


def revoke_token(server: InProcess, auth: Auth) -> httpx2.Response:
    body = {"token": new_token(server)}
    return server.post(f"{ADMINISTERED}/tokens/revoke", auth, json=body)


def upload_image(server: InProcess, auth: Auth) -> httpx2.Response:
    content = io.BytesIO()
    Image.new("RGB", (144, 144)).save(content, "PNG")
    files = {"file": ("icon.png", content.getvalue())}
    return server.post("/rest/3/assets/images/icon", auth, files=files)


def create_version_listing(server: InProcess, auth: Auth) -> httpx2.Response:
    path = f"{versions_path(build_number=new_version(server))}/listing"
    return server.post(path, auth, json={"state": "PUBLIC"})


def update_version_listing(server: InProcess, auth: Auth) -> httpx2.Response:
    path = f"{versions_path(build_number=new_version(server))}/listing"
    held = ok(server.post(path, ADMINISTRATOR, json={"state": "PRIVATE"}))
    return server.put(path, auth, json={**held, "state": "PUBLIC"})


def update_app_listing(server: InProcess, auth: Auth) -> httpx2.Response:
    return put_listing(server, app_listing(server), auth, state="PUBLIC")


def answer_review(server: InProcess, auth: Auth) -> httpx2.Response:
    path = response_path(add_review(server)["id"])
    return server.put(path, auth, json={"responseContent": "Thanks"})


def take_answer_away(server: InProcess, auth: Auth) -> httpx2.Response:
    path = response_path(add_review(server)["id"])
    answer = server.put(path, ADMINISTRATOR, json={"responseContent": "Thanks"})
    assert answer.is_success
    return server.request("DELETE", path, auth)


def drafted(server: InProcess) -> str:
    """The product id of a new app that has a draft."""
    product = new_product(server)
    ok(put_draft(server, product, {}, ADMINISTRATOR))
    return product


def read_privacy_draft(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.get(draft_path(drafted(server)), auth)


def begin_privacy_draft(server: InProcess, auth: Auth) -> httpx2.Response:
    return put_draft(server, new_product(server), {}, auth)


def drop_privacy_draft(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.request("DELETE", privacy_path(drafted(server)), auth)


def publish_privacy_draft(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.post(publish_path(drafted(server)), auth)


def write_migration(server: InProcess, auth: Auth) -> httpx2.Response:
    return put_migration(server, new_product(server), auth)


def change_migration(server: InProcess, auth: Auth) -> httpx2.Response:
    product = new_product(server)
    ok(put_migration(server, product, ADMINISTRATOR))
    return patch_migration(server, product, ("add", "/migrationPath", "MANUAL"), auth=auth)


def add_member(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.post(member_path(new_person(server).id), auth, json={"roles": roles("viewer")})


def change_member(server: InProcess, auth: Auth) -> httpx2.Response:
    person = new_member(server, "viewer")
    return server.put(member_path(person.id), auth, json={"roles": roles("admin")})


def remove_member(server: InProcess, auth: Auth) -> httpx2.Response:
    return server.request("DELETE", member_path(new_member(server, "viewer").id), auth)


ACTIONS: Final[dict[str, dict[str, Action]]] = {
    "see everything": {
        "a draft": read_draft,
        "drafts": read_drafts,
        "access tokens": read(TOKENS),
        "a private version listing": read_private_version_listing,
        "a private app listing": read_private_listing,
        "private app listings": read(f"{listings_path()}?includePrivate=true"),
        "an artifact": read_artifact,
        "the catalog account": read_catalog_account,
        "members": read(members_path()),
        "a member": read_member,
        "a draft of privacy": read_privacy_draft,
    },
    "artifacts and versions": {
        "upload an artifact": upload_artifact,
        "fetch an artifact": fetch_artifact,
        "create a version": create_version,
        "create a draft": create_draft,
        "update a version": update_version,
        "submit a version": submit_version,
        "archive a version": archive_version,
        "un-archive a version": unarchive_version,
    },
    "access tokens": {"create a token": create_token, "revoke a token": revoke_token},
    "images and version listings": {
        "upload an image": upload_image,
        "create a version listing": create_version_listing,
        "update a version listing": update_version_listing,
    },
    "app listings": {"update an app listing": update_app_listing},
    "answers to reviews": {
        "answer a review": answer_review,
        "take an answer away": take_answer_away,
    },
    "privacy and security": {
        "begin a draft": begin_privacy_draft,
        "drop a draft": drop_privacy_draft,
        "publish a draft": publish_privacy_draft,
    },
    "migration records": {
        "write a migration record": write_migration,
        "patch a migration record": change_migration,
    },
    "members": {
        "add a member": add_member,
        "change a member": change_member,
        "remove a member": remove_member,
    },
}
CELLS: Final = [
    pytest.param(role, column, action, id=f"{role}: {name}")
    for role in get_args(RoleId)
    for column, actions in ACTIONS.items()
    for name, action in actions.items()
]


def test_the_table_has_every_role_and_every_kind_of_thing() -> None:
    assert {role for role, _ in TABLE} == set(get_args(RoleId))
    assert ["role", *ACTIONS] == HEAD
    assert set(TABLE.values()) == {"yes", "no"}


@pytest.mark.parametrize(("role", "column", "action"), CELLS)
def test_a_role_allows_what_the_table_says_and_nothing_else(
    shared: InProcess, role: str, column: str, action: Action
) -> None:
    answer = action(shared, new_member(shared, role).auth)
    if TABLE[role, column] == "yes":
        assert answer.is_success, answer.text
    else:
        assert answer.status_code == 403, answer.text
        [error] = answer.json()["errors"]
        assert error["code"] == "FORBIDDEN"
        assert error["detail"].startswith("this needs one of the roles ")


@pytest.mark.parametrize("column", ACTIONS)
def test_several_roles_allow_what_each_allows(shared: InProcess, column: str) -> None:
    auth = new_member(shared, "viewer", "listing-specialist", "release-manager").auth
    held = ("viewer", "listing-specialist", "release-manager")
    allowed = any(TABLE[role, column] == "yes" for role in held)
    for action in ACTIONS[column].values():
        assert action(shared, auth).is_success is allowed


@pytest.mark.parametrize("column", ACTIONS)
def test_administrators_of_the_server_may_do_everything(shared: InProcess, column: str) -> None:
    for action in ACTIONS[column].values():
        assert action(shared, ADMINISTRATOR).is_success


@pytest.mark.parametrize(
    ("column", "action"),
    [(column, action) for column in ACTIONS for action in ACTIONS[column].values()],
    ids=[name for column in ACTIONS for name in ACTIONS[column]],
)
def test_a_role_in_another_space_allows_nothing_in_this_one(
    shared: InProcess, column: str, action: Action
) -> None:
    elsewhere = administer(shared, "POST", "developer-spaces", {"name": "Elsewhere"})["id"]
    auth = new_member(shared, "admin", space_id=elsewhere).auth
    if action in (upload_artifact, fetch_artifact, upload_image):
        # What is uploaded belongs to the spaces of whoever uploads it.
        assert action(shared, auth).is_success
    elif action is read_drafts:
        assert shared.get(f"{versions_path()}?state=draft", auth).json()["totalCount"] == 0
    else:
        assert action(shared, auth).status_code in (403, 404)
