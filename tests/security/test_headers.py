"""What every answer tells a browser, whatever it is an answer to."""

import pytest

from tests.support.bodies import ADDON_DATACENTER, version, versions_path
from tests.support.client import InProcess

PATH = versions_path(ADDON_DATACENTER)
NO_SUCH = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", PATH, None, 200),
        ("HEAD", PATH, None, 200),
        ("POST", PATH, {}, 400),
        ("GET", "/nowhere", None, 404),
        ("DELETE", PATH, None, 405),
        ("GET", f"/rest/3/artifacts/{NO_SUCH}/download", None, 404),
        ("GET", "/healthz", None, 200),
        ("GET", "/openapi.json", None, 200),
    ],
)
def test_no_browser_runs_or_frames_or_keeps_an_answer(
    shared: InProcess, method: str, path: str, body: object, status: int
) -> None:
    for _ in range(2):  # the second time it may be one that was kept
        answer = shared.request(method, path, json=body)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert answer.headers["cache-control"].startswith("private, ")
        assert "set-cookie" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


def test_a_download_is_saved_and_not_shown(shared: InProcess) -> None:
    made = shared.post(PATH, json=version())  # any answer will do: what is asked for is a file
    assert made.status_code == 201
    rows = shared.run(shared.database.rows("SELECT id FROM artifact ORDER BY pk"))
    answers = [shared.get(f"/rest/3/artifacts/{row[0]}/download") for row in rows]
    found = [answer for answer in answers if answer.status_code == 200]
    assert found
    for answer in found:
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]
