"""Forms with a file, good ones and others, and what an upload leaves behind."""

from typing import Any, Self

import httpx2

from tests.support import object_storage
from tests.support.bodies import ADDON_DATACENTER, SPACE, version, versions_path
from tests.support.client import DEVELOPER, Auth, InProcess
from tests.support.scenes import administer, create, new_person

ARTIFACTS = "/rest/3/artifacts"
BOUNDARY = "----form-4f2a"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
DISPOSITION = b'form-data; name="file"; filename="addon.jar"'


def upload(
    server: InProcess,
    data: bytes,
    name: str = "addon.jar",
    auth: Auth = DEVELOPER,
    path: str = ARTIFACTS,
    **options: Any,
) -> httpx2.Response:
    """Upload a file as clients do."""
    return server.post(path, auth, files={"file": (name, data)}, **options)


def uploaded(
    server: InProcess, data: bytes, name: str = "addon.jar", auth: Auth = DEVELOPER
) -> dict[str, Any]:
    """Upload an artifact that must be taken; what it is then."""
    answer = upload(server, data, name, auth)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def artifact_id(artifact: dict[str, Any]) -> str:
    """The id of an artifact, which its links have."""
    return str(artifact["_links"]["self"]["href"]).rpartition("/")[2]


def part(data: bytes, disposition: bytes = DISPOSITION, *headers: bytes) -> bytes:
    """A part of a form, as bytes."""
    lines = [b"Content-Disposition: " + disposition, *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + data


def form(*parts: bytes, boundary: str = BOUNDARY) -> bytes:
    """A form of some parts, as bytes."""
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + each + b"\r\n" for each in parts) + mark + b"--\r\n"


def send_form(
    server: InProcess,
    body: Any,
    content_type: str = CONTENT_TYPE,
    path: str = ARTIFACTS,
    **headers: str,
) -> httpx2.Response:
    """Send bytes, or parts of them, as a form."""
    return server.post(path, content=body, headers={"content-type": content_type, **headers})


def stored(server: InProcess) -> tuple[int, int, set[str]]:
    """What there is: how many artifacts, how many images, and the keys of their bytes."""
    counts = [
        server.run(server.database.row(f"SELECT count(*) FROM {table}"))[0]
        for table in ("artifact", "image")
    ]
    return counts[0], counts[1], keys_of_blobs(server)


def keys_of_blobs(server: InProcess) -> set[str]:
    """The keys of all blobs of a server."""
    settings = server.tradepost.settings
    if settings.blobs_url:
        return object_storage.keys(settings.blobs_url)
    folder = settings.blobs_path
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def lose_blob(server: InProcess, key: str) -> None:
    """Let a blob get lost, whichever store it is in."""
    settings = server.tradepost.settings
    if settings.blobs_url:
        object_storage.remove(settings.blobs_url, key)
    else:
        (settings.blobs_path / key).unlink()


def new_member(server: InProcess, *roles: str) -> tuple[str, str]:
    """A new member of the developer's space with some roles; the credentials."""
    person = new_person(server)
    path = f"developer-spaces/{SPACE}/members/{person.id}"
    administer(server, "PUT", path, {"roles": list(roles)})
    return person.auth


class Unreadable:
    """A body that nobody may read."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        raise AssertionError("the body was read")


def release(
    server: InProcess, artifact_id: str, build_number: int = 9001, **changes: Any
) -> dict[str, Any]:
    """Create a version of the add-on for datacenter with an artifact; private so far."""
    details = {"frameworkId": "plugin", "attributes": {"artifactId": artifact_id}}
    body = version(
        "plugin",
        **{
            "buildNumber": build_number,
            "versionNumber": "1.0.0",
            "frameworkDetails": details,
            **changes,
        },
    )
    return dict(create(server, ADDON_DATACENTER, body))


def publish(server: InProcess, build_number: int = 9001) -> None:
    """Give a version of the add-on for datacenter a public listing, which makes it active."""
    path = f"{versions_path(ADDON_DATACENTER, build_number)}/listing"
    answer = server.post(path, json={"state": "PUBLIC"})
    assert answer.status_code == 201, answer.text
