"""Any body at all: never a 5xx, and nothing is left of what was refused."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.bodies import CALENDAR_CLOUD, FRAMEWORKS, problems, version, versions_path
from tests.support.client import ADMINISTRATOR, InProcess
from tests.support.scratch import everything_of, new_app_software

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
NAMES = st.text(max_size=10) | st.sampled_from(
    ("buildNumber", "versionNumber", "compatibilities", "frameworkDetails", "frameworkId",
     "attributes", "scopes", "parentSoftwareId", "acceptedAgreements", "agreementUrl", "id")
)  # fmt: skip
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=15,
)
STRANGE: st.SearchStrategy[Any] = st.sampled_from(
    (None, True, False, 0, -1, 1.0, 1.5, 2**53, 2**63, 2**64, 10**40, 1e308, "", "\x00", "a\x00b",
     "x" * 256, "x" * 70_000, "\n", "jira\n", "\ud800", "\udfff\ud800", [], {}, [[]], [None], "0")
)  # fmt: skip
"""Values that readers and databases stumble over; lone surrogates only JSON escapes can spell."""


def full_body(framework: str) -> dict[str, Any]:
    """A good body with every field that there is."""
    agreement = {
        "agreementUrl": "https://example.com/terms",
        "acceptedBy": "someone",
        "acceptedAt": "2024-01-01T00:00:00+01:00",
    }
    return version(
        framework,
        buildNumber=5,
        versionNumber="1.2.3",
        licenseType={"id": "asl"},
        sourceCodeLicense={"url": "https://example.com/source"},
        changelog={"releaseSummary": "Summary", "releaseNotes": "Notes"},
        editionsEnabled=True,
        acceptedAgreements=[agreement],
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def put_at(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(body)
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return changed


@st.composite
def damaged_bodies(draw: st.DrawFn) -> dict[str, Any]:
    """A good body with one or two values replaced by something else."""
    body = full_body(draw(st.sampled_from(sorted(FRAMEWORKS))))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(places(body))))
        body = put_at(body, path, draw(STRANGE | ANY_JSON))
    return body


def check_post(server: InProcess, software_id: str, data: bytes) -> None:
    """Post bytes: either a version is made and can be read, or nothing at all has changed."""
    before = everything_of(server, software_id)
    answer = server.post(
        versions_path(software_id), content=data, headers={"Content-Type": "application/json"}
    )
    after = everything_of(server, software_id)
    if answer.status_code == 201:
        assert server.get(answer.headers["location"]).content == answer.content
        assert len(after[1]) == len(before[1]) + 1
    else:
        assert 400 <= answer.status_code < 500, answer.text
        errors = answer.json()["errors"]
        assert errors
        assert {error["status"] for error in errors} == {str(answer.status_code)}
        assert all(error["detail"] for error in errors)
        assert after == before


@pytest.fixture(scope="module")
def software(marketplace: InProcess) -> str:
    """An app software that all examples write to: what they make does not matter."""
    return new_app_software(marketplace)


@settings(deadline=None, max_examples=80)
@given(body=ANY_JSON)
def test_any_json_is_answered_and_leaves_no_trace_when_refused(
    marketplace: InProcess, software: str, body: Any
) -> None:
    check_post(marketplace, software, json.dumps(body).encode())


@pytest.mark.parametrize("body", ["null", "true", "0", '""', "[]", "[{}]"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_is_no_object_is_a_400(server: InProcess, method: str, body: str) -> None:
    path = versions_path(CALENDAR_CLOUD, 1 if method == "PUT" else None)
    headers = {"Content-Type": "application/json"}
    answer = server.request(method, path, ADMINISTRATOR, content=body, headers=headers)
    assert answer.status_code == 400
    assert problems(answer.json()) == {("VALIDATION_ERROR", "the body must be an object")}


@settings(deadline=None, max_examples=60)
@given(body=damaged_bodies())
def test_a_damaged_body_is_answered_and_leaves_no_trace_when_refused(
    marketplace: InProcess, body: dict[str, Any]
) -> None:
    check_post(marketplace, new_app_software(marketplace), json.dumps(body).encode())


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_no_strange_value_in_any_place_breaks_a_create(
    marketplace: InProcess, framework: str
) -> None:
    body = full_body(framework)
    software_id = new_app_software(marketplace)
    strange: list[Any] = [None, 0, -1, 1.5, 10**40, [], {}, [[]], [None]]
    strange += ["", "\x00", "\ud800", "x" * 70_000]
    for path in places(body):
        for value in strange:
            check_post(marketplace, software_id, json.dumps(put_at(body, path, value)).encode())


@settings(deadline=None, max_examples=80)
@given(data=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@example(data=b"")
@example(data=b"[" * 100_000)
@example(data=b"[" * 500_000 + b"]" * 500_000)
@example(data=b'{"a":' * 100_000)
@example(data=b'{"compatibilities":' + b"[" * 900 + b"]" * 900 + b"}")
@example(data=b"NaN")
@example(data=b'{"buildNumber":Infinity}')
@example(data=b'{"buildNumber":-1e400}')
@example(data=b'{"buildNumber":' + b"9" * 5_000 + b"}")
@example(data=b'"\xff\xfe"')
@example(data=b'{"\xc3\x28":1}')
@example(data=b"\xef\xbb\xbf{}")
@example(data=b'{"a":1}{"a":1}')
@example(data="{}".encode("utf-16"))
@example(data=b'{"unknown":"\\ud800"}')
@example(data=b" " * (1024 * 1024 + 1))
def test_any_bytes_are_answered_and_leave_no_trace(
    marketplace: InProcess, software: str, data: bytes
) -> None:
    check_post(marketplace, software, data)


@settings(deadline=None, max_examples=60)
@given(body=damaged_bodies(), data=st.data())
def test_a_damaged_update_leaves_the_version_as_it_was_when_refused(
    marketplace: InProcess, body: dict[str, Any], data: st.DataObject
) -> None:
    software_id = new_app_software(marketplace)
    made = marketplace.post(versions_path(software_id), json=version()).json()
    path = versions_path(software_id, made["buildNumber"])
    changed = {**made, **body, "buildNumber": 1}
    spot = data.draw(st.sampled_from(("revision", "state", "buildNumber", None)))
    if spot is not None:
        changed[spot] = data.draw(STRANGE)
    before = everything_of(marketplace, software_id)
    answer = marketplace.put(
        path, content=json.dumps(changed).encode(), headers={"Content-Type": "application/json"}
    )
    if answer.status_code == 200:
        assert answer.json()["revision"] == made["revision"] + 1
        assert marketplace.get(path).content == answer.content
    else:
        assert 400 <= answer.status_code < 500, answer.text
        assert everything_of(marketplace, software_id) == before


@settings(deadline=None, max_examples=60)
@given(body=ANY_JSON)
def test_any_json_may_come_with_a_new_access_token(
    marketplace: InProcess, software: str, body: Any
) -> None:
    before = everything_of(marketplace, software)
    path = f"/rest/3/app-software/{software}/tokens"
    answer = marketplace.post(
        path, content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    if isinstance(body, dict):
        assert answer.status_code == 201
        assert len(everything_of(marketplace, software)[3]) == len(before[3]) + 1
    else:
        assert answer.status_code == 400
        assert everything_of(marketplace, software) == before
