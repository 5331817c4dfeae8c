"""What customers read about a developer space: written by administrators, read by everyone."""

from typing import Any

import pytest

from tests.support.administration import NO_ADMINISTRATORS, SPACES
from tests.support.answers import refused
from tests.support.bodies import SPACE, UNKNOWN, codes
from tests.support.client import ADMINISTRATOR, Auth, InProcess
from tests.support.members import new_space, space_path
from tests.support.scenes import administer, as_caller

TYPES = ["DEVELOPER_CORE", "DEVELOPER_WEB"]
CONTENT: dict[str, dict[str, Any]] = {
    "DEVELOPER_CORE": {
        "contactDetails": {
            "emailId": "hello@example.com",
            "phoneNumber": "+44 20 7946 0000",
            "homepageUrl": "https://example.com/",
            "otherContactDetails": "Ring twice.\nThen wait.",
        },
        "description": "We make tools.",
        "slug": "our-tools",
        "address": {
            "line1": "1 High Street",
            "line2": "Second floor",
            "city": "London",
            "state": "England",
            "postcode": "SW1A 1AA",
            "isoCountryCode": "GB",
        },
    },
    "DEVELOPER_WEB": {
        "logo": {
            name: {"fileLink": "https://example.com/a.png", "fileId": "a", "fileType": "png"}
            for name in (
                "displayImage",
                "unscaledImage",
                "highResolutionImage",
                "smallImage",
                "smallHighResImage",
            )
        },
        "supportListing": {
            "slaUrl": "https://example.com/sla",
            "supportContact": {
                "name": "Help desk",
                "email": "help@example.com",
                "phone": "1",
                "emergencyContact": "https://example.com/now",
                "url": "https://example.com/help",
            },
            "targetResponseTimeInHrs": 24,
            "supportHours": {
                "timezone": "Europe/London",
                "range": {"from": "09:00", "to": "17:30"},
                "days": ["MONDAY", "FRIDAY"],
                "holidays": [{"title": "New Year", "date": "2026-01-01", "repeatAnnually": True}],
            },
        },
        "trustCenterUrl": "https://example.com/trust",
    },
}
LEAST: dict[str, dict[str, Any]] = {
    "DEVELOPER_CORE": {"contactDetails": {"emailId": "hello@example.com"}},
    "DEVELOPER_WEB": {},
}


def path_of(kind: str, space_id: str = SPACE) -> str:
    return f"{SPACES}/{space_id}/listings/{kind}"


def put(server: InProcess, kind: str, content: dict[str, Any], space_id: str = SPACE) -> Any:
    return administer(server, "PUT", f"developer-spaces/{space_id}/listings/{kind}", content)


def read(server: InProcess, space_id: str, auth: Auth = ADMINISTRATOR) -> Any:
    answer = server.get(f"{space_path(space_id)}/listings", auth)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listing(kind: str, space_id: str, content: Any, version: int = 1) -> dict[str, Any]:
    return {"type": kind, "developerId": space_id, "content": content, "version": version}


@pytest.mark.parametrize("content", [CONTENT, LEAST], ids=["every-field", "least"])
def test_what_was_set_is_read_as_it_was_sent(server: InProcess, content: Any) -> None:
    space_id = new_space(server)
    assert read(server, space_id) == []
    made = [listing(kind, space_id, content[kind]) for kind in TYPES]
    for kind, expected in reversed(list(zip(TYPES, made, strict=True))):
        assert put(server, kind, content[kind], space_id) == expected
    for who in ("member", "outsider", "stranger", "administrator"):
        assert read(server, space_id, as_caller(server, who)) == made


@pytest.mark.parametrize("kind", TYPES)
def test_another_content_replaces_the_first_as_the_next_version(
    server: InProcess, kind: str
) -> None:
    space_id = new_space(server)
    put(server, kind, CONTENT[kind], space_id)
    put(server, kind, LEAST[kind], space_id)
    assert read(server, space_id) == [listing(kind, space_id, LEAST[kind], 2)]


@pytest.mark.parametrize("kind", TYPES)
def test_a_listing_that_was_removed_is_gone(server: InProcess, kind: str) -> None:
    space_id = new_space(server)
    for one in TYPES:
        put(server, one, LEAST[one], space_id)
    answer = server.request("DELETE", path_of(kind, space_id), ADMINISTRATOR)
    assert (answer.status_code, answer.content) == (204, b"")
    assert [found["type"] for found in read(server, space_id)] == [t for t in TYPES if t != kind]
    again = server.request("DELETE", path_of(kind, space_id), ADMINISTRATOR)
    assert refused(again, 404, "NOT_FOUND") == ["this developer space has no such listing"]


@pytest.mark.parametrize(
    ("kind", "body", "details"),
    [
        ("DEVELOPER_CORE", {}, {"contactDetails is required"}),
        (
            "DEVELOPER_CORE",
            {
                "contactDetails": {"emailId": "x", "homepageUrl": "ftp://example.com", "fax": "1"},
                "address": {"city": 7},
                "descriptoin": "We make tools.",
            },
            {
                "contactDetails.emailId must be an email address",
                "contactDetails.homepageUrl must be an http or https URL",
                "contactDetails.fax is no field of this",
                "address.city must be a string",
                "descriptoin is no field of this",
            },
        ),
        (
            "DEVELOPER_WEB",
            {
                "logo": {"displayImage": {"fileId": "a"}},
                "supportListing": {
                    "targetResponseTimeInHrs": -1,
                    "supportHours": {
                        "timezone": "",
                        "days": ["SOMEDAY"],
                        "holidays": [{"title": "x", "date": "2026-13-01", "repeatAnnually": 1}],
                    },
                },
                "trustCenterUrl": "javascript:alert(1)",
            },
            {
                "logo.displayImage.fileLink is required",
                "supportListing.slaUrl is required",
                "supportListing.targetResponseTimeInHrs must be between 0 and 2147483647",
                "supportListing.supportHours.timezone must not be empty",
                "supportListing.supportHours.days[0] must be one of FRIDAY, MONDAY, SATURDAY, "
                "SUNDAY, THURSDAY, TUESDAY, WEDNESDAY",
                "supportListing.supportHours.holidays[0].date must be a date such as 2026-01-31",
                "supportListing.supportHours.holidays[0].repeatAnnually must be true or false",
                "trustCenterUrl must be an http or https URL",
            },
        ),
    ],
)
def test_everything_wrong_with_a_content_is_told_at_once(
    server: InProcess, kind: str, body: Any, details: set[str]
) -> None:
    before = read(server, SPACE)
    answer = server.put(path_of(kind), ADMINISTRATOR, json=body)
    assert set(refused(answer, 400, "VALIDATION_ERROR")) == details
    assert read(server, SPACE) == before


@pytest.mark.parametrize(("auth", "status", "code"), NO_ADMINISTRATORS)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("kind", TYPES)
def test_only_administrators_write(
    shared: InProcess, kind: str, method: str, auth: Auth, status: int, code: str
) -> None:
    answer = shared.request(method, path_of(kind), auth, json=LEAST[kind])
    assert (answer.status_code, codes(answer.json())) == (status, [code])


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("kind", TYPES)
def test_an_unknown_or_archived_space_takes_no_listing(
    server: InProcess, kind: str, method: str
) -> None:
    answer = server.request(method, path_of(kind, UNKNOWN), ADMINISTRATOR, json=LEAST[kind])
    assert refused(answer, 404, "NOT_FOUND") == ["there is no developer space with this id"]
    space_id = new_space(server)
    put(server, kind, LEAST[kind], space_id)
    administer(server, "POST", f"developer-spaces/{space_id}/archive")
    answer = server.request(method, path_of(kind, space_id), ADMINISTRATOR, json=LEAST[kind])
    assert refused(answer, 400, "VALIDATION_ERROR") == ["the developer space is archived"]
    assert len(read(server, space_id)) == 1


def test_another_type_is_no_listing(shared: InProcess) -> None:
    answer = shared.put(path_of("DEVELOPER_PRINT"), ADMINISTRATOR, json={})
    refused(answer, 404, "NOT_FOUND")


def test_nobody_reads_without_credentials(shared: InProcess) -> None:
    refused(shared.get(f"{space_path()}/listings", None), 401, "UNAUTHORIZED")
