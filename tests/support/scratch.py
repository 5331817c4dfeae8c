"""App software of a test's own, made new, so that nothing else is in its lists."""

import itertools
import uuid
from typing import Any

from tests.support.bodies import SPACE
from tests.support.client import ADMINISTRATOR, InProcess

_numbers = itertools.count(1)


def new_app_software(server: InProcess, hosting: str = "cloud", space: str = SPACE) -> str:
    """The id of a new app software without versions, of a new app in a developer space."""
    key = f"com.example.scratch.{next(_numbers)}.{uuid.uuid4().hex[:8]}"
    app = server.post(
        "/admin/v1/apps", ADMINISTRATOR, json={"appKey": key, "developerSpaceId": space}
    )
    assert app.status_code == 201, app.text
    path = f"/admin/v1/apps/{app.json()['productId']}/app-software"
    software = server.post(path, ADMINISTRATOR, json={"hosting": hosting})
    assert software.status_code == 201, software.text
    software_id: str = software.json()["id"]
    return software_id


def everything_of(server: InProcess, software_id: str) -> list[Any]:
    """All that the database holds of an app software, to tell whether anything changed."""
    return [
        server.run(server.database.rows(statement, software_id))
        for statement in (
            "SELECT * FROM app_software WHERE id = $1",
            "SELECT v.* FROM app_software_version v "
            "JOIN app_software w ON w.pk = v.app_software_pk WHERE w.id = $1 ORDER BY v.pk",
            "SELECT c.* FROM app_software_version_compatibility c "
            "JOIN app_software w ON w.pk = c.app_software_pk WHERE w.id = $1 "
            "ORDER BY c.build_number, c.parent_software_id",
            "SELECT t.* FROM access_token t "
            "JOIN app_software w ON w.pk = t.app_software_pk WHERE w.id = $1 ORDER BY t.pk",
        )
    ]
