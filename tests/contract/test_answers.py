"""Real answers against the contract's schemas."""

import re
from typing import Any, NamedTuple

import httpx2
import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_PRODUCT,
    ADDON_SERVER,
    OUTSIDER_SPACE,
    REPORTS_FEDRAMP,
    SPACE,
    UNKNOWN,
    WORKFLOW,
    version,
    versions_path,
)
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.declarations import (
    CALENDAR_PRODUCT,
    CHECKLISTS_PRODUCT,
    EVERYTHING,
    MIGRATION,
    REPORTS_PRODUCT,
    draft_path,
    migration_path,
    new_product,
    privacy_path,
    publish_path,
    put_draft,
    put_migration,
)
from tests.support.reviews import (
    ANSWERED,
    UNANSWERED,
    response_path,
    review_path,
    reviews_path,
)
from tests.support.schemas import Document, as_json_schema, body_schema
from tradepost.demo.data import VIEWER

VERSION = {"$ref": "#/components/schemas/AppSoftwareVersionGetResponse"}
ERROR = {"$ref": "#/components/schemas/ErrorResponse"}
LISTING_ERROR = {"$ref": "#/components/schemas/AppSoftwareVersionListingValidationErrorList"}
APP_KEY = "/rest/3/app-software/app-key/com.example.app"
TOKENS = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
VERSIONS = "/rest/3/app-software/{appSoftwareId}/versions"
BY_APP_KEY = "/rest/3/app-software/app-key/{appKey}"
LISTING = "/rest/3/app-software/{appSoftwareId}/versions/{buildNumber}/listing"
LISTINGS = "/rest/3/app-software/{appSoftwareId}/listings/all"
PRODUCT_LISTING = "/rest/3/product-listing/{productId}"
PRODUCT_LISTINGS = "/rest/3/product-listing/developer-space/{developerId}"
SPACES = "/rest/3/developer-space"
REVIEWS = "/rest/3/products/{productId}/reviews"
PRIVACY = "/rest/3/privacy-and-security/products/{productId}"
MIGRATION_OF = "/rest/3/cloud-migration-compatibility/products/{productId}"
NEWEST = 26400
"""The newest version of the cloud app software: a draft with a listing."""
NUMERIC = re.compile(r"/(product-listing|assets/images)/|/app-software/.*/listing")
"""The paths whose errors have their status as a number."""
RELEASES = "/rest/3/parent-software/{parentSoftwareId}/versions"


class Request(NamedTuple):
    """A GET, and the path in the contract under which its answer is described."""

    path: str
    described: str
    auth: Auth = DEVELOPER


GOOD = [
    Request(f"{APP_KEY}.addon", BY_APP_KEY),
    Request(f"{APP_KEY}.addon", BY_APP_KEY, OUTSIDER),
    Request(f"{APP_KEY}.addon?hosting=server", BY_APP_KEY),
    Request(f"{APP_KEY}.addon?complianceBoundaries=isolated_cloud&hosting=cloud", BY_APP_KEY),
    Request(f"{APP_KEY}.reports?complianceBoundaries=fedramp_moderate,commercial", BY_APP_KEY),
    *[
        Request(f"{versions_path(software)}?limit=50{query}", VERSIONS, auth)
        for software in (ADDON_CLOUD, ADDON_SERVER, ADDON_DATACENTER, REPORTS_FEDRAMP)
        for query in ("", "&state=archived", "&paymentModel=free", "&parentSoftwareId=confluence")
        for auth in (DEVELOPER, OUTSIDER)
    ],
    Request(TOKENS, "/rest/3/app-software/{id}/tokens"),
    Request(f"{TOKENS}?token=at_nothing", "/rest/3/app-software/{id}/tokens"),
    *[
        Request(f"/rest/3/app-software/{software}/listings/all?limit=50", LISTINGS, auth)
        for software in (ADDON_CLOUD, ADDON_SERVER, ADDON_DATACENTER)
        for auth in (DEVELOPER, OUTSIDER)
    ],
    Request(f"{versions_path(ADDON_CLOUD, NEWEST)}/listing", LISTING),
    Request(f"/rest/3/artifacts/{WORKFLOW}", "/rest/3/artifacts/{artifactId}"),
    Request(f"/rest/3/product-listing/{ADDON_PRODUCT}", PRODUCT_LISTING),
    Request(f"/rest/3/product-listing/{ADDON_PRODUCT}", PRODUCT_LISTING, OUTSIDER),
    Request(f"/rest/3/product-listing/developer-space/{SPACE}", PRODUCT_LISTINGS),
    Request(
        f"/rest/3/product-listing/developer-space/{SPACE}?includePrivate=true", PRODUCT_LISTINGS
    ),
    Request(reviews_path(), REVIEWS),
    Request(f"{reviews_path()}?limit=2&sort=helpful&hosting=cloud", REVIEWS, OUTSIDER),
    Request(reviews_path(REPORTS_PRODUCT), REVIEWS),
    Request(review_path(ANSWERED), f"{REVIEWS}/{{reviewId}}"),
    Request(review_path(UNANSWERED), f"{REVIEWS}/{{reviewId}}", OUTSIDER),
    Request(f"{SPACES}/{SPACE}", f"{SPACES}/{{developerId}}", OUTSIDER),
    Request(f"{SPACES}/vendor/1212345", f"{SPACES}/vendor/{{vendorId}}"),
    Request(f"{SPACES}/{SPACE}/catalog-account", f"{SPACES}/{{developerId}}/catalog-account"),
    Request(f"{SPACES}/{SPACE}/listings", f"{SPACES}/{{developerId}}/listings", OUTSIDER),
    Request(f"{SPACES}/{OUTSIDER_SPACE}/listings", f"{SPACES}/{{developerId}}/listings"),
    Request(f"{SPACES}/{SPACE}/members", f"{SPACES}/{{developerId}}/members"),
    Request(f"{SPACES}/{SPACE}/members?limit=2", f"{SPACES}/{{developerId}}/members"),
    Request(f"{SPACES}/{SPACE}/members/{VIEWER.id}", f"{SPACES}/{{developerId}}/members/{{aaid}}"),
    Request(privacy_path(ADDON_PRODUCT), PRIVACY, OUTSIDER),
    Request(privacy_path(REPORTS_PRODUCT), PRIVACY),
    Request(draft_path(ADDON_PRODUCT), PRIVACY),
    Request(migration_path(ADDON_PRODUCT), MIGRATION_OF, OUTSIDER),
    Request(migration_path(CHECKLISTS_PRODUCT), MIGRATION_OF),
    Request("/rest/3/parent-software", "/rest/3/parent-software", None),
    Request("/rest/3/parent-software?limit=2", "/rest/3/parent-software"),
    *[
        Request(f"/rest/3/parent-software/{parent}", "/rest/3/parent-software/{parentSoftwareId}")
        for parent in ("jira", "bamboo", "compass")
    ],
    *[
        Request(f"/rest/3/parent-software/{parent}/versions?limit=50", RELEASES, None)
        for parent in ("jira", "confluence", "crowd", "compass")
    ],
]
BAD = [
    Request(f"{APP_KEY}.unknown", BY_APP_KEY),
    Request(f"{APP_KEY}.addon?hosting=moon&complianceBoundaries=x", BY_APP_KEY),
    Request(f"{APP_KEY}.addon", BY_APP_KEY, None),
    Request(f"{APP_KEY}.addon", BY_APP_KEY, ("developer@example.com", "wrong")),
    Request(f"{versions_path(ADDON_CLOUD)}?limit=0&state=x&cursor=y&afterVersion=z", VERSIONS),
    Request(f"{versions_path(ADDON_CLOUD)}?parentSoftwareId=x&afterVersion=z", VERSIONS),
    Request(versions_path(UNKNOWN), VERSIONS),
    Request(versions_path("no-uuid"), VERSIONS),
    Request(versions_path(ADDON_CLOUD, 999_999), f"{VERSIONS}/{{buildNumber}}"),
    Request(versions_path(ADDON_CLOUD, "x"), f"{VERSIONS}/{{buildNumber}}"),
    Request(TOKENS, "/rest/3/app-software/{id}/tokens", OUTSIDER),
    Request("/rest/3/parent-software/x", "/rest/3/parent-software/{parentSoftwareId}"),
    Request("/rest/3/parent-software/x/versions", RELEASES),
    Request("/rest/3/parent-software/jira/versions?limit=x&cursor=y", RELEASES),
    Request("/rest/3/parent-software/jira/versions/build/5", f"{RELEASES}/build/{{buildNumber}}"),
    Request("/rest/3/nothing", VERSIONS),
    Request(f"{versions_path(ADDON_CLOUD, 5)}/listing", LISTING),
    Request(f"{versions_path(ADDON_CLOUD, 'x')}/listing", LISTING),
    Request(f"{versions_path(ADDON_CLOUD, NEWEST)}/listing", LISTING, OUTSIDER),
    Request(f"{versions_path(ADDON_CLOUD, NEWEST)}/listing", LISTING, None),
    Request(f"/rest/3/app-software/{UNKNOWN}/listings/all", LISTINGS),
    Request(f"/rest/3/app-software/{ADDON_CLOUD}/listings/all?limit=0", LISTINGS),
    Request("/rest/3/artifacts/x", "/rest/3/artifacts/{artifactId}"),
    Request(f"/rest/3/artifacts/{UNKNOWN}", "/rest/3/artifacts/{artifactId}"),
    Request(f"/rest/3/product-listing/{UNKNOWN}", PRODUCT_LISTING),
    Request(f"/rest/3/product-listing/{ADDON_PRODUCT}", PRODUCT_LISTING, None),
    Request(f"/rest/3/product-listing/developer-space/{UNKNOWN}", PRODUCT_LISTINGS),
    Request(f"/rest/3/product-listing/developer-space/{SPACE}?limit=x", PRODUCT_LISTINGS),
    Request(reviews_path(UNKNOWN), REVIEWS),
    Request(f"{reviews_path()}?hosting=moon&sort=x&limit=0", REVIEWS),
    Request(reviews_path(), REVIEWS, None),
    Request(review_path(UNKNOWN), f"{REVIEWS}/{{reviewId}}"),
    Request(f"{SPACES}/{UNKNOWN}", f"{SPACES}/{{developerId}}"),
    Request(f"{SPACES}/vendor/x", f"{SPACES}/vendor/{{vendorId}}"),
    Request(f"{SPACES}/{SPACE}/members", f"{SPACES}/{{developerId}}/members", OUTSIDER),
    Request(f"{SPACES}/{SPACE}/members/x", f"{SPACES}/{{developerId}}/members/{{aaid}}"),
    Request(privacy_path(CALENDAR_PRODUCT), PRIVACY),
    Request(draft_path(ADDON_PRODUCT), PRIVACY, OUTSIDER),
    Request(f"{privacy_path(ADDON_PRODUCT)}?state=x", PRIVACY),
    Request(migration_path(CALENDAR_PRODUCT), MIGRATION_OF),
    Request(migration_path(UNKNOWN), MIGRATION_OF),
]


def conforms(theirs: Document, schema: dict[str, Any], value: Any) -> None:
    """Assert that a value is what a schema of the contract describes. `format` is not checked."""
    translated = as_json_schema(theirs, schema)
    validator = jsonschema.Draft202012Validator(translated)
    assert [error.message for error in validator.iter_errors(value)] == []


def conforms_as_error(theirs: Document, answer: httpx2.Response) -> None:
    assert answer.headers["content-type"] == "application/json"
    numeric = NUMERIC.search(answer.request.url.path) is not None
    conforms(theirs, LISTING_ERROR if numeric else ERROR, answer.json())
    assert answer.json()["errors"]
    for error in answer.json()["errors"]:
        assert error["status"] == (answer.status_code if numeric else str(answer.status_code))
        assert set(error) == {"id", "status", "code", "title", "detail"}


@pytest.mark.parametrize(
    "request_", GOOD, ids=lambda request_: request_.path.removeprefix("/rest/3/")
)
def test_an_answer_is_what_the_contract_describes(
    described: InProcess, theirs: Document, request_: Request
) -> None:
    answer = described.get(request_.path, request_.auth)
    assert answer.status_code == 200, answer.text
    responses = theirs["paths"][request_.described]["get"]["responses"]
    schema = body_schema(responses.get("200") or responses["201"])  # for members the file says 201
    assert schema is not None
    conforms(theirs, schema, answer.json())


@pytest.mark.parametrize(
    "request_", BAD, ids=lambda request_: request_.path.removeprefix("/rest/3/")
)
def test_an_error_is_what_the_contract_describes(
    described: InProcess, theirs: Document, request_: Request
) -> None:
    answer = described.get(request_.path, request_.auth)
    assert 400 <= answer.status_code < 500
    conforms_as_error(theirs, answer)


@pytest.mark.parametrize("software_id", [ADDON_CLOUD, ADDON_SERVER, ADDON_DATACENTER])
def test_every_version_by_build_number_is_what_the_contract_describes(
    described: InProcess, theirs: Document, software_id: str
) -> None:
    path = versions_path(software_id)
    listed = described.get(path, params={"limit": 50}).json()["versions"]
    schema = theirs["paths"][f"{VERSIONS}/{{buildNumber}}"]["get"]["responses"]["200"]
    for found in listed:
        answer = described.get(f"{path}/{found['buildNumber']}")
        assert answer.json() == found
        conforms(theirs, body_schema(schema) or {}, answer.json())
    frameworks = {found["frameworkDetails"]["frameworkId"] for found in listed}
    assert frameworks <= {"connect", "forge", "plugin", "workflow", "external"}
    assert len(listed) > 10


@pytest.mark.parametrize("by", ["build", "number"])
def test_a_release_of_a_parent_is_what_the_contract_describes(
    described: InProcess, theirs: Document, by: str
) -> None:
    releases = "/rest/3/parent-software/jira/versions"
    newest = described.get(releases, None).json()["versions"][0]
    key = newest["buildNumber" if by == "build" else "versionNumber"]
    answer = described.get(f"{releases}/{by}/{key}", None)
    assert answer.json() == newest
    conforms(theirs, {"$ref": "#/components/schemas/ParentSoftwareVersionGetResponse"}, newest)


@pytest.mark.parametrize("framework", ["connect", "forge", "plugin", "workflow", "external"])
def test_a_write_answers_with_a_version_of_the_contract(
    described: InProcess, theirs: Document, framework: str
) -> None:
    path = versions_path(ADDON_CLOUD)
    highest = described.get(path, params={"limit": 1}).json()["versions"][0]["buildNumber"]
    body = version(
        framework,
        buildNumber=highest + 1,
        versionNumber=f"contract {framework}",
        licenseType={"id": "commercial"},
        sourceCodeLicense={"url": "https://example.com/source"},
        changelog={"releaseSummary": "Summary", "releaseNotes": "Notes"},
    )
    request = {"$ref": "#/components/schemas/AppSoftwareVersionCreateRequest"}
    conforms(theirs, request, body)
    made = described.post(path, json=body)
    assert made.status_code == 201, made.text
    conforms(theirs, VERSION, made.json())
    conforms(theirs, {"$ref": "#/components/schemas/AppSoftwareVersionUpdateRequest"}, made.json())
    changed = described.put(made.headers["location"], json=made.json())
    assert changed.status_code == 200, changed.text
    conforms(theirs, VERSION, changed.json())
    archive = f"/admin/v1/app-software/{ADDON_CLOUD}/versions/{highest + 1}/archive"
    conforms(theirs, VERSION, described.post(archive).json())


def test_a_declaration_of_everything_is_one_of_the_contract(
    described: InProcess, theirs: Document
) -> None:
    product = new_product(described)
    record = {"$ref": "#/components/schemas/TrustInfo"}
    request = {"$ref": "#/components/schemas/AppPrivacyAndSecurity"}
    conforms(theirs, request, {"commonCloud": EVERYTHING})
    for written in (
        put_draft(described, product, EVERYTHING),
        described.post(publish_path(product)),
    ):
        assert written.is_success, written.text
        conforms(theirs, record, written.json())
        conforms(theirs, request, written.json())


def test_a_migration_record_of_everything_is_one_of_the_contract(
    described: InProcess, theirs: Document
) -> None:
    written = put_migration(described, new_product(described), **MIGRATION)
    assert written.is_success, written.text
    conforms(theirs, {"$ref": "#/components/schemas/ProductMigrationInformation"}, written.json())
    conforms(theirs, {"$ref": "#/components/schemas/ProductMigrationPut"}, written.json())


def test_a_new_access_token_is_one_of_the_contract(described: InProcess, theirs: Document) -> None:
    made = described.post(TOKENS)
    assert made.status_code == 201
    conforms(theirs, {"$ref": "#/components/schemas/AccessTokenResponse"}, made.json())
    one = described.get(made.headers["location"])
    conforms(theirs, {"$ref": "#/components/schemas/AccessTokenCollectionResponse"}, one.json())
    assert one.json() == {"tokens": [made.json()]}


@pytest.mark.parametrize(
    ("method", "path", "auth", "body"),
    [
        ("POST", versions_path(ADDON_CLOUD), DEVELOPER, {}),
        ("POST", versions_path(ADDON_CLOUD), DEVELOPER, version(beta=1, supported=None)),
        ("POST", versions_path(ADDON_CLOUD), OUTSIDER, version()),
        ("POST", versions_path(ADDON_CLOUD), None, version()),
        ("POST", versions_path(UNKNOWN), DEVELOPER, version()),
        ("PUT", versions_path(ADDON_CLOUD, 20100), DEVELOPER, version(revision=9, state="draft")),
        ("PUT", versions_path(ADDON_CLOUD, 5), DEVELOPER, {}),
        ("PUT", versions_path(ADDON_CLOUD, "x"), DEVELOPER, {}),
        ("POST", f"/rest/3/app-software/{UNKNOWN}/tokens", DEVELOPER, {}),
        ("DELETE", versions_path(ADDON_CLOUD), DEVELOPER, {}),
        ("POST", f"{versions_path(ADDON_CLOUD, NEWEST)}/listing", DEVELOPER, {}),
        ("POST", f"{versions_path(ADDON_CLOUD, NEWEST)}/listing", OUTSIDER, {}),
        ("PUT", f"{versions_path(ADDON_CLOUD, NEWEST)}/listing", DEVELOPER, {"revision": 9}),
        ("PUT", f"/rest/3/product-listing/{ADDON_PRODUCT}", DEVELOPER, {"revision": "x"}),
        ("PUT", privacy_path(ADDON_PRODUCT), DEVELOPER, {"commonCloud": 5}),
        ("PUT", privacy_path(ADDON_PRODUCT), OUTSIDER, {}),
        ("DELETE", privacy_path(CALENDAR_PRODUCT), ADMINISTRATOR, {}),
        ("POST", publish_path(CALENDAR_PRODUCT), ADMINISTRATOR, {}),
        ("PUT", migration_path(ADDON_PRODUCT), DEVELOPER, {}),
        ("PATCH", migration_path(ADDON_PRODUCT), DEVELOPER, {}),
        ("POST", "/rest/3/assets/images/poster", DEVELOPER, {}),
        ("POST", "/rest/3/assets/images/icon", DEVELOPER, {}),
        ("POST", "/rest/3/artifacts", DEVELOPER, {}),
        ("POST", "/rest/3/artifacts/fetch", DEVELOPER, {}),
        ("POST", f"{SPACES}/{SPACE}/members/{UNKNOWN}", DEVELOPER, {}),
        ("PUT", response_path(ANSWERED), DEVELOPER, {}),
        ("PUT", response_path(ANSWERED), OUTSIDER, {}),
        ("DELETE", response_path(UNANSWERED), DEVELOPER, {}),
        ("POST", "/admin/v1/apps", OUTSIDER, {}),
        ("POST", "/admin/v1/apps", ADMINISTRATOR, {"appKey": 5}),
    ],
)
def test_a_refused_write_is_an_error_of_the_contract(
    described: InProcess,
    theirs: Document,
    method: str,
    path: str,
    auth: Auth,
    body: dict[str, Any],
) -> None:
    answer = described.request(method, path, auth, json=body)
    assert 400 <= answer.status_code < 500
    conforms_as_error(theirs, answer)


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/json; charset=latin-1"}, b"{}", 415),
        ({"Content-Type": "application/json", "Accept": "text/html"}, b"{}", 406),
        ({"Content-Type": "application/json"}, b" " * 1_048_577, 413),
        ({"Content-Type": "application/json"}, b"{", 400),
        ({"Authorization": "Bearer token"}, b"{}", 401),
    ],
)
def test_an_error_of_the_way_there_is_one_of_the_contract(
    described: InProcess, theirs: Document, headers: dict[str, str], content: bytes, status: int
) -> None:
    auth = None if "Authorization" in headers else DEVELOPER
    path = versions_path(ADDON_CLOUD)
    answer = described.post(path, auth, headers=headers, content=content)
    assert answer.status_code == status
    conforms_as_error(theirs, answer)
