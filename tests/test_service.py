"""What a server tells of itself: /healthz, /readyz, /openapi.json."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.support.bodies import codes
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, Auth, InProcess
from tests.support.databases import executing

OVERVIEW = "/admin/v1/app-overview"
"""For everyone who is signed in: it shows what they may see."""
ADMINISTRATION = {
    ("POST", "/people"),
    ("GET", "/people"),
    ("PATCH", "/people/{personId}"),
    ("GET", "/audit"),
    ("GET", "/developer-spaces/{developerSpaceId}/audit"),
    ("GET", "/submitted-versions"),
    ("GET", "/submitted-app-listings"),
    ("POST", "/apps/{productId}/reviews"),
    ("GET", "/apps/{productId}/reviews"),
    ("PATCH", "/apps/{productId}/reviews/{reviewId}"),
    ("DELETE", "/apps/{productId}/reviews/{reviewId}"),
    ("POST", "/apps/{productId}/listing/approve"),
    ("POST", "/apps/{productId}/listing/reject"),
    ("GET", "/people/{personId}"),
    ("POST", "/people/{personId}/archive"),
    ("POST", "/people/{personId}/unarchive"),
    ("POST", "/people/{personId}/api-tokens"),
    ("GET", "/people/{personId}/api-tokens"),
    ("POST", "/api-tokens/{apiTokenId}/revoke"),
    ("POST", "/developer-spaces"),
    ("GET", "/developer-spaces"),
    ("GET", "/developer-spaces/{developerSpaceId}"),
    ("PATCH", "/developer-spaces/{developerSpaceId}"),
    ("POST", "/developer-spaces/{developerSpaceId}/archive"),
    ("POST", "/developer-spaces/{developerSpaceId}/unarchive"),
    ("GET", "/developer-spaces/{developerSpaceId}/members"),
    ("PUT", "/developer-spaces/{developerSpaceId}/listings/DEVELOPER_CORE"),
    ("PUT", "/developer-spaces/{developerSpaceId}/listings/DEVELOPER_WEB"),
    ("DELETE", "/developer-spaces/{developerSpaceId}/listings/DEVELOPER_CORE"),
    ("DELETE", "/developer-spaces/{developerSpaceId}/listings/DEVELOPER_WEB"),
    ("PUT", "/developer-spaces/{developerSpaceId}/members/{personId}"),
    ("DELETE", "/developer-spaces/{developerSpaceId}/members/{personId}"),
    ("POST", "/apps"),
    ("GET", "/apps"),
    ("GET", "/apps/{productId}"),
    ("POST", "/apps/{productId}/archive"),
    ("POST", "/apps/{productId}/unarchive"),
    ("POST", "/apps/{productId}/app-software"),
    ("GET", "/apps/{productId}/app-software"),
    ("GET", "/app-software/{appSoftwareId}"),
    ("POST", "/app-software/{appSoftwareId}/archive"),
    ("POST", "/app-software/{appSoftwareId}/unarchive"),
    ("POST", "/app-software/{appSoftwareId}/versions"),
    ("POST", "/app-software/{appSoftwareId}/versions/{buildNumber}/submit"),
    ("POST", "/app-software/{appSoftwareId}/versions/{buildNumber}/approve"),
    ("POST", "/app-software/{appSoftwareId}/versions/{buildNumber}/reject"),
    ("POST", "/app-software/{appSoftwareId}/versions/{buildNumber}/archive"),
    ("POST", "/app-software/{appSoftwareId}/versions/{buildNumber}/unarchive"),
    ("POST", "/app-software/{appSoftwareId}/tokens/revoke"),
}
CONTRACT = {
    ("GET", "/app-software/app-key/{appKey}"),
    ("GET", "/app-software/{appSoftwareId}/versions"),
    ("POST", "/app-software/{appSoftwareId}/versions"),
    ("GET", "/app-software/{appSoftwareId}/versions/{buildNumber}"),
    ("PUT", "/app-software/{appSoftwareId}/versions/{buildNumber}"),
    ("GET", "/app-software/{id}/tokens"),
    ("POST", "/app-software/{id}/tokens"),
    ("GET", "/app-software/{appSoftwareId}/versions/{buildNumber}/listing"),
    ("POST", "/app-software/{appSoftwareId}/versions/{buildNumber}/listing"),
    ("PUT", "/app-software/{appSoftwareId}/versions/{buildNumber}/listing"),
    ("GET", "/app-software/{appSoftwareId}/listings/all"),
    ("POST", "/artifacts"),
    ("POST", "/artifacts/fetch"),
    ("GET", "/artifacts/{artifactId}"),
    ("GET", "/artifacts/{artifactId}/download"),
    ("POST", "/assets/images/{imageType}"),
    ("GET", "/assets/images/{imageId}/download"),
    ("GET", "/products/{productId}/reviews"),
    ("GET", "/products/{productId}/reviews/{reviewId}"),
    ("PUT", "/products/{productId}/reviews/{reviewId}/response"),
    ("DELETE", "/products/{productId}/reviews/{reviewId}/response"),
    ("GET", "/product-listing/{productId}"),
    ("PUT", "/product-listing/{productId}"),
    ("GET", "/product-listing/developer-space/{developerId}"),
    ("GET", "/developer-space/{developerId}"),
    ("GET", "/developer-space/vendor/{vendorId}"),
    ("GET", "/developer-space/{developerId}/catalog-account"),
    ("GET", "/developer-space/{developerId}/listings"),
    ("GET", "/developer-space/{developerId}/members"),
    ("GET", "/developer-space/{developerId}/members/{aaid}"),
    ("POST", "/developer-space/{developerId}/members/{aaid}"),
    ("PUT", "/developer-space/{developerId}/members/{aaid}"),
    ("DELETE", "/developer-space/{developerId}/members/{aaid}"),
    ("GET", "/parent-software"),
    ("GET", "/parent-software/{parentSoftwareId}"),
    ("GET", "/parent-software/{parentSoftwareId}/versions"),
    ("GET", "/parent-software/{id}/versions/number/{versionNumber}"),
    ("GET", "/parent-software/{parentSoftwareId}/versions/build/{buildNumber}"),
    ("GET", "/privacy-and-security/products/{productId}"),
    ("PUT", "/privacy-and-security/products/{productId}"),
    ("DELETE", "/privacy-and-security/products/{productId}"),
    ("POST", "/privacy-and-security/products/{productId}/publish"),
    ("GET", "/cloud-migration-compatibility/products/{productId}"),
    ("PUT", "/cloud-migration-compatibility/products/{productId}"),
    ("PATCH", "/cloud-migration-compatibility/products/{productId}"),
}
DOWNLOAD = "/rest/3/artifacts/{artifactId}/download"
"""Open to sites as well, which bring an access token in place of credentials."""
OPERATIONS = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/openapi.json"),
    ("GET", OVERVIEW),
    *((method, f"/admin/v1{path}") for method, path in ADMINISTRATION),
    *((method, f"/rest/3{path}") for method, path in CONTRACT),
}


@pytest.fixture(scope="module")
def document(shared: InProcess) -> dict[str, Any]:
    response = shared.get("/openapi.json", auth=None)
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize("auth", [None, DEVELOPER, OUTSIDER, ADMINISTRATOR])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_anyone_may_ask_how_the_server_is(shared: InProcess, path: str, auth: Auth) -> None:
    response = shared.get(path, auth=auth)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_server_that_is_well_says_ok(shared: InProcess, path: str) -> None:
    assert shared.get(path, auth=None).json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_wrong_credentials_are_refused_all_the_same(shared: InProcess, path: str) -> None:
    response = shared.get(path, auth=("developer@example.com", "wrong"))
    assert (response.status_code, codes(response.json())) == (401, ["UNAUTHORIZED"])


def test_a_server_whose_database_cannot_answer_lives_but_is_not_ready(server: InProcess) -> None:
    assert server.get("/readyz", auth=None).status_code == 200
    rename = executing("ALTER TABLE schema_migration RENAME TO elsewhere")
    server.run(server.database.write(rename))
    broken = server.get("/readyz", auth=None)
    assert (broken.status_code, codes(broken.json())) == (503, ["SERVICE_UNAVAILABLE"])
    assert int(broken.headers["retry-after"]) > 0
    assert "schema_migration" not in broken.text
    assert server.get("/healthz", auth=None).status_code == 200
    back = executing("ALTER TABLE elsewhere RENAME TO schema_migration")
    server.run(server.database.write(back))
    assert server.get("/readyz", auth=None).status_code == 200


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_the_document_lists_every_operation_and_no_other(document: dict[str, Any]) -> None:
    listed = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert listed == OPERATIONS


def test_every_operation_says_what_it_does_and_who_may(document: dict[str, Any]) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    names = []
    for path, item in document["paths"].items():
        for described in item.values():
            names.append(described["operationId"])
            assert described["summary"]
            assert set(described["tags"]) <= tags
            open_to_all = {} in described["security"]
            assert open_to_all == (
                path in ("/healthz", "/readyz", "/openapi.json", DOWNLOAD)
                or "parent-software" in path
            )
            assert open_to_all or "401" in described["responses"]
            if path.startswith("/admin/v1") and path != OVERVIEW:
                assert "403" in described["responses"]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
def test_every_operation_of_the_document_is_there(
    shared: InProcess, method: str, path: str
) -> None:
    response = shared.request(method, path.replace("{", "").replace("}", ""), ADMINISTRATOR)
    assert response.status_code != 405
    if response.status_code == 404:
        assert "no operation has this path" not in response.text
