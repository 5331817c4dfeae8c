"""What tests of the contract set up beforehand: callers, app software, states, archives."""

import uuid
from typing import Any, NamedTuple

import httpx2

from tests.support.bodies import (
    ADDON_PRODUCT,
    CALENDAR_CLOUD,
    SPACE,
    listing,
    listing_path,
    versions_path,
)
from tests.support.client import (
    ADMINISTRATOR,
    DEVELOPER,
    OUTSIDER,
    Auth,
    InProcess,
)

CALLERS = ("member", "outsider", "stranger", "administrator", "nobody")
"""Who may call: `as_caller` gives the credentials of each. The stranger has no space."""


ARCHIVED = {
    "app software": "app-software/{software}",
    "app": f"apps/{ADDON_PRODUCT}",
    "developer space": f"developer-spaces/{SPACE}",
}
"""What of an app software of the add-on can be archived: the paths of the administration."""


class NewPerson(NamedTuple):
    id: str
    email: str
    token_id: str
    token: str

    @property
    def auth(self) -> tuple[str, str]:
        return self.email, self.token


def administer(server: InProcess, method: str, path: str, body: Any = None) -> Any:
    """Do something under `/admin/v1` that must succeed; its answer."""
    options = {} if body is None else {"json": body}
    answer = server.request(method, f"/admin/v1/{path}", ADMINISTRATOR, **options)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def new_person(server: InProcess) -> NewPerson:
    """A person in no developer space, with an API token."""
    email = f"{uuid.uuid4()}@example.com"
    person = administer(server, "POST", "people", {"email": email})
    token = administer(server, "POST", f"people/{person['id']}/api-tokens", {"name": "test"})
    return NewPerson(person["id"], email, token["id"], token["token"])


def as_member(server: InProcess, *roles: str) -> tuple[str, str]:
    """The credentials of a new member of the developer's space with some roles."""
    person = new_person(server)
    path = f"developer-spaces/{SPACE}/members/{person.id}"
    administer(server, "PUT", path, {"roles": list(roles)})
    return person.auth


def as_caller(server: InProcess, who: str) -> Auth:
    """The credentials of one of `CALLERS`, seen from the app software of the add-on."""
    if who == "stranger":
        return new_person(server).auth
    known = {"member": DEVELOPER, "outsider": OUTSIDER, "administrator": ADMINISTRATOR}
    return known.get(who)


def new_app(server: InProcess, app_key: str) -> str:
    """The product id of a new app of the developer's space, without any app software."""
    app = administer(server, "POST", "apps", {"appKey": app_key, "developerSpaceId": SPACE})
    return str(app["productId"])


def new_software(server: InProcess, hosting: str = "cloud") -> str:
    """The id of an app software of the developer's space that has no versions."""
    product_id = new_app(server, f"com.example.{uuid.uuid4()}")
    body = {"hosting": hosting}
    return str(administer(server, "POST", f"apps/{product_id}/app-software", body)["id"])


def set_policy(server: InProcess, policy: str) -> None:
    """Set the approval policy of the developer's space."""
    administer(server, "PATCH", f"developer-spaces/{SPACE}", {"approvalPolicy": policy})


def archive(server: InProcess, what: str, software_id: str) -> None:
    """Archive one of `ARCHIVED`."""
    administer(server, "POST", f"{ARCHIVED[what].format(software=software_id)}/archive")


def unarchive(server: InProcess, what: str, software_id: str) -> None:
    """Take one of `ARCHIVED` back from the archive."""
    administer(server, "POST", f"{ARCHIVED[what].format(software=software_id)}/unarchive")


def move(
    server: InProcess, how: str, build_number: int, software_id: str = CALENDAR_CLOUD, **body: str
) -> Any:
    """Submit, approve, reject (`reason`), archive or unarchive a version; what it is then."""
    path = f"app-software/{software_id}/versions/{build_number}/{how}"
    return administer(server, "POST", path, body or None)


def create(server: InProcess, software_id: str, body: dict[str, Any]) -> Any:
    """Create a version as the developer, which must succeed; what it is then."""
    answer = server.post(versions_path(software_id), json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def list_version(
    server: InProcess, software_id: str, build_number: int, state: str = "PUBLIC", **changes: Any
) -> Any:
    """Create the listing of a version as an administrator, which must succeed; what it is."""
    path = listing_path(build_number, software_id)
    answer = server.post(path, ADMINISTRATOR, json=listing(state=state, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def change_listing(
    server: InProcess, software_id: str, build_number: int, **changes: Any
) -> httpx2.Response:
    """Send a listing back as an administrator with some fields changed; the answer."""
    path = listing_path(build_number, software_id)
    held = server.get(path, ADMINISTRATOR).json()
    return server.put(path, ADMINISTRATOR, json={**held, **changes})


def read_version(server: InProcess, software_id: str, build_number: int) -> Any:
    """A version as members see it."""
    answer = server.get(versions_path(software_id, build_number), ADMINISTRATOR)
    assert answer.status_code == 200, answer.text
    return answer.json()


def create_public(server: InProcess, software_id: str, body: dict[str, Any]) -> Any:
    """Create a version as the developer, and make it active with a listing; what it is then."""
    build_number = create(server, software_id, body)["buildNumber"]
    list_version(server, software_id, build_number)
    return read_version(server, software_id, build_number)
