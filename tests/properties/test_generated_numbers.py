"""Generated build and version numbers, against a model that knows nothing of the server's."""

import re
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bodies import codes, version, versions_path
from tests.support.client import InProcess
from tests.support.scratch import new_app_software
from tradepost.http.parameters import MAX_BUILD_NUMBER


class Step(NamedTuple):
    """A version to be created, or, with `renames`, one to be given another number."""

    framework: str
    build: int | None
    number: str | None
    spelled_null: bool
    renames: int | None


READS_SO = st.builds(
    "{}.{}.{}".format,
    st.sampled_from((0, 1, 2, 9, 10, 11)),
    st.sampled_from((0, 1, 10)),
    st.sampled_from((0, 1, 2, 9, 10, 99)),
)
ARABIC = "\u0669\u0669.\u0660.\u0660"
"""99.0.0 in digits that are not those of version numbers."""

OTHER_NUMBERS = st.sampled_from(
    ("1.0", "7", "v9.0.0", "99.0.0-rc1", "99.0.0.0", "99.0.0 ", ARABIC, "99.-1.0", "latest")
)
STEPS = st.builds(
    Step,
    framework=st.sampled_from(("connect", "connect", "forge", "external", "plugin")),
    build=st.none() | st.integers(0, 40),
    number=st.none() | READS_SO | OTHER_NUMBERS,
    spelled_null=st.booleans(),
    renames=st.none() | st.integers(0, 10),
)


def expected_number(held: dict[int, str | None]) -> str:
    """Of the numbers that read major.minor.patch: of those with the highest major the one of the
    highest build; its patch plus one, and more until it is free. `1.0.0` where none reads so."""
    numbered = []
    for build, number in held.items():
        if number is not None and re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", number):
            major, minor, patch = map(int, number.split("."))
            numbered.append((major, build, minor, patch))
    if not numbered:
        return "1.0.0"
    major, _, minor, patch = max(numbered)
    while f"{major}.{minor}.{patch}" in held.values():
        patch += 1
    return f"{major}.{minor}.{patch}"


def rename(server: InProcess, path: str, held: dict[int, str | None], step: Step) -> None:
    """Give a version another number; the model follows where the server accepts that."""
    build = sorted(held)[(step.renames or 0) % len(held)]
    body = server.get(f"{path}/{build}").json()
    if step.number is None:
        return
    answer = server.put(f"{path}/{build}", json={**body, "versionNumber": step.number})
    others = {number for other, number in held.items() if other != build}
    assert answer.status_code == (400 if step.number in others else 200), answer.text
    if answer.status_code == 200:
        held[build] = step.number


@settings(deadline=None, max_examples=150)
@given(steps=st.lists(STEPS, min_size=1, max_size=12))
def test_numbers_are_generated_as_the_model_says(marketplace: InProcess, steps: list[Step]) -> None:
    software_id = new_app_software(marketplace)
    path = versions_path(software_id)
    held: dict[int, str | None] = {}
    for step in steps:
        if step.renames is not None and held:
            rename(marketplace, path, held, step)
            continue
        generates_build = step.framework in ("connect", "forge")
        generates_number = step.framework == "connect"
        build = step.build
        if build is None and not generates_build:
            build = max(held, default=0) + 3
        number = step.number
        if number is None and step.framework in ("forge", "plugin"):
            number = f"{step.framework} {len(held)}"
        sent: dict[str, Any] = {}
        if build is not None or step.spelled_null:
            sent["buildNumber"] = build
        if number is not None or step.spelled_null:
            sent["versionNumber"] = number
        answer = marketplace.post(path, json={**version(step.framework), **sent})
        if build in held or (number is not None and number in held.values()):
            assert answer.status_code == 400, answer.text
            assert set(codes(answer.json())) == {"VALIDATION_ERROR"}
            continue
        assert answer.status_code == 201, answer.text
        made = answer.json()
        if build is None:
            build = max(held, default=0) + 1
        if number is None and generates_number:
            number = expected_number(held)
        assert made["buildNumber"] == build
        assert made.get("versionNumber") == number
        assert answer.headers["location"] == f"{path}/{build}"
        held[build] = number
    listed = marketplace.get(path, params={"limit": 50}).json()["versions"]
    assert {v["buildNumber"]: v.get("versionNumber") for v in listed} == held


@settings(deadline=None, max_examples=15)
@given(count=st.integers(1, 8), start=st.none() | st.integers(0, MAX_BUILD_NUMBER - 10))
def test_generated_build_numbers_leave_no_gap(
    marketplace: InProcess, count: int, start: int | None
) -> None:
    path = versions_path(new_app_software(marketplace))
    if start is not None:
        assert marketplace.post(path, json=version(buildNumber=start)).status_code == 201
    made = [marketplace.post(path, json=version()).json()["buildNumber"] for _ in range(count)]
    first = 1 if start is None else start + 1
    assert made == list(range(first, first + count))


def test_a_build_number_is_refused_where_none_is_left(marketplace: InProcess) -> None:
    path = versions_path(new_app_software(marketplace))
    highest = version(buildNumber=MAX_BUILD_NUMBER)
    assert marketplace.post(path, json=highest).status_code == 201
    answer = marketplace.post(path, json=version())
    assert answer.status_code == 400
    assert codes(answer.json()) == ["VALIDATION_ERROR"]
    assert marketplace.get(path).json()["totalCount"] == 1


@pytest.mark.parametrize("number", ["3.0.0", "3.0.7"])
def test_an_archived_version_keeps_its_number(marketplace: InProcess, number: str) -> None:
    software_id = new_app_software(marketplace)
    path = versions_path(software_id)
    made = marketplace.post(path, json=version(versionNumber=number)).json()["buildNumber"]
    archive = f"/admin/v1/app-software/{software_id}/versions/{made}/archive"
    assert marketplace.post(archive).status_code == 200
    following = marketplace.post(path, json=version()).json()
    assert following["versionNumber"] == expected_number({made: number})
    assert following["buildNumber"] == made + 1
    assert marketplace.post(path, json=version(versionNumber=number)).status_code == 400
