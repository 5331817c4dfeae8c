"""Compatibility ranges: both bounds belong to them, and an open end has no bound."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bodies import codes, version, versions_path
from tests.support.client import InProcess
from tests.support.scratch import everything_of, new_app_software
from tradepost.http.parameters import MAX_BUILD_NUMBER

BUILD = st.integers(0, 30) | st.integers(MAX_BUILD_NUMBER - 5, MAX_BUILD_NUMBER)
Bounds = tuple[int | None, int | None]


def compatibility(parent: str, bounds: Bounds) -> dict[str, Any]:
    low, high = bounds
    named = {"minBuildNumber": low, "maxBuildNumber": high}
    return {
        "parentSoftwareId": parent,
        **{name: value for name, value in named.items() if value is not None},
    }


def probes(*all_bounds: Bounds) -> set[int]:
    """Builds at, just below and just above every bound, and the two ends of all builds."""
    ends = [end for bounds in all_bounds for end in bounds if end is not None]
    near = {end + step for end in ends for step in (-1, 0, 1)}
    return {build for build in near if 0 <= build <= MAX_BUILD_NUMBER} | {0, MAX_BUILD_NUMBER}


def contains(bounds: Bounds, build: int) -> bool:
    low = 0 if bounds[0] is None else bounds[0]
    high = MAX_BUILD_NUMBER if bounds[1] is None else bounds[1]
    return build in range(low, high + 1)


def count(server: InProcess, software_id: str, **query: Any) -> int:
    answer = server.get(versions_path(software_id), params=query)
    assert answer.status_code == 200, answer.text
    total: int = answer.json()["totalCount"]
    return total


OPEN_BOUNDS: st.SearchStrategy[Bounds] = st.tuples(st.none() | BUILD, st.none() | BUILD).filter(
    lambda ends: ends[0] is None or ends[1] is None or ends[0] <= ends[1]
)


@settings(deadline=None, max_examples=50)
@given(jira=OPEN_BOUNDS, confluence=OPEN_BOUNDS)
def test_a_version_is_found_by_exactly_the_builds_inside_its_ranges(
    marketplace: InProcess, jira: Bounds, confluence: Bounds
) -> None:
    software_id = new_app_software(marketplace)
    body = version(
        compatibilities=[compatibility("jira", jira), compatibility("confluence", confluence)]
    )
    assert marketplace.post(versions_path(software_id), json=body).status_code == 201
    for build in sorted(probes(jira, confluence)):
        with_jira = {"parentSoftwareId": "jira", "parentSoftwareVersionId": build}
        with_confluence = {"parentSoftwareId": "confluence", "parentSoftwareVersionId": build}
        in_jira, in_confluence = contains(jira, build), contains(confluence, build)
        assert count(marketplace, software_id, **with_jira) == in_jira
        assert count(marketplace, software_id, **with_confluence) == in_confluence
        alone = count(marketplace, software_id, parentSoftwareVersionId=build)
        assert alone == (in_jira or in_confluence)
    other = {"parentSoftwareId": "bitbucket", "parentSoftwareVersionId": 1}
    assert count(marketplace, software_id, **other) == 0


@settings(deadline=None, max_examples=50)
@given(hosting=st.sampled_from(("server", "datacenter")), low=BUILD, high=BUILD)
def test_a_range_is_accepted_exactly_when_its_ends_are_in_order(
    marketplace: InProcess, hosting: str, low: int, high: int
) -> None:
    software_id = new_app_software(marketplace, hosting)
    before = everything_of(marketplace, software_id)
    body = version(compatibilities=[compatibility("jira", (low, high))])
    answer = marketplace.post(versions_path(software_id), json=body)
    if low <= high:
        assert answer.status_code == 201
        assert answer.json()["compatibilities"] == body["compatibilities"]
    else:
        assert answer.status_code == 400
        assert codes(answer.json()) == ["VALIDATION_ERROR"]
        assert "compatibilities[0].minBuildNumber" in answer.json()["errors"][0]["detail"]
        assert everything_of(marketplace, software_id) == before


@pytest.mark.parametrize("hosting", ["server", "datacenter"])
@pytest.mark.parametrize(
    ("bounds", "missing"),
    [
        ((None, 5), {"minBuildNumber"}),
        ((5, None), {"maxBuildNumber"}),
        ((None, None), {"minBuildNumber", "maxBuildNumber"}),
    ],
)
def test_an_open_end_is_for_cloud_alone(
    marketplace: InProcess, hosting: str, bounds: Bounds, missing: set[str]
) -> None:
    software_id = new_app_software(marketplace, hosting)
    body = version(compatibilities=[compatibility("jira", bounds)])
    answer = marketplace.post(versions_path(software_id), json=body)
    assert answer.status_code == 400
    details = [error["detail"] for error in answer.json()["errors"]]
    assert len(details) == len(missing)
    assert all(any(f"compatibilities[0].{name}" in d for d in details) for name in missing)
