"""Our OpenAPI document against the contract's: the same, apart from a few things said here."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from openapi_spec_validator import validate

from tests.support.schemas import Document, body_schema, facts, resolve, variants

GROUPS = {
    "App software",
    "Parent software",
    "Assets",
    "App version listing",
    "App listing",
    "Developer space",
    "Reviews",
    "Privacy and security",
    "Migrations",
}
"""The groups of the contract that are there already; each operation of them must be shared."""
ADDED = {
    "GET /rest/3/artifacts/{artifactId}/download",
    "GET /rest/3/assets/images/{imageId}/download",
}
"""What is ours in these groups: where the links of artifacts and the ids of images lead to."""


class Difference(NamedTuple):
    """Lines of one document that the other does not have, on purpose. `lines` is a pattern."""

    only_in: str
    operations: str
    lines: str
    reason: str


DELIBERATE = [
    Difference(
        "ours",
        r".*",
        r"answers (401|403|406|408|413|415|429|500|503)",
        "The contract leaves out most answers of the way to an operation; we tell all of them.",
    ),
    Difference(
        "ours",
        r"(GET|PUT|PATCH) .*",
        r"(answers (304|412)|answers 200 with ETag|parameter header If-Match.*)",
        "Every GET has an `ETag`; every PUT and PATCH minds `If-Match`. The contract is silent.",
    ),
    Difference(
        "ours",
        r"POST .*",
        r"(answers (400|409|422)|parameter header Idempotency-Key.*)",
        "A POST may carry an `Idempotency-Key`, which may be bad, in use, or used for another one.",
    ),
    Difference(
        "ours",
        r"GET /rest/3/parent-software(/\{parentSoftwareId\}/versions)?",
        r"answers 400",
        "A bad limit or cursor is a 400 everywhere; the contract forgets it for these two lists.",
    ),
    Difference(
        "ours",
        r"GET /rest/3/app-software/\{id\}/tokens",
        r"answers 400",
        "A token that is too long, or sent twice, is a bad parameter.",
    ),
    Difference(
        "ours",
        r"(POST|PUT|PATCH) .*",
        r"parameter header Prefer.*",
        "`Prefer: return=minimal` leaves the body out of what a write answers.",
    ),
    Difference(
        "ours",
        r"POST .*",
        r"201 .*",
        "Every 201 has the new thing as its body: a client breaks on an empty 2xx.",
    ),
    Difference(
        "ours",
        r"PUT /rest/3/app-software/\{appSoftwareId\}/versions/\{buildNumber\}",
        r"200 .*",
        "An update answers with the new representation.",
    ),
    Difference(
        "ours",
        r"POST /rest/3/app-software/\{id\}/tokens",
        r"request body: object",
        "A new access token needs no body, and `{}` is accepted.",
    ),
    Difference(
        "ours",
        r"(POST|PUT) .*/versions(/\{buildNumber\})?",
        r"request (compatibilities\[\]\.parentSoftwareId|acceptedAgreements\[\]\.agreementUrl)"
        r": required",
        "A compatibility without a parent, or an agreement without its URL, means nothing.",
    ),
    Difference(
        "theirs",
        r"PUT /rest/3/app-software/\{appSoftwareId\}/versions/\{buildNumber\}",
        r"request versionNumber: required",
        "The version number is optional for workflow and external, and may then stay absent.",
    ),
    Difference(
        "ours",
        r"GET /rest/3/app-software/app-key/\{appKey\}",
        r"200 \[\]\.archived: boolean",
        "`archived` was seen on the live service.",
    ),
    Difference(
        "ours",
        r"GET /rest/3/app-software/\{appSoftwareId\}/versions(/\{buildNumber\})?",
        r"200 (versions\[\]\.)?acceptedAgreements.*",
        "Who accepted which agreement can be read back, as the server adds it.",
    ),
    Difference(
        "ours",
        r"POST .*/versions(/\{buildNumber\}/listing)?",
        r"(answers 200|200 .*)",
        "`Prefer: validate-only` answers 200 with what would have been created.",
    ),
    Difference(
        "ours",
        r"POST /rest/3/assets/images/\{imageType\}",
        r"200 mediaType: one of .*",
        "The contract has any text here; ours is the image type of the path.",
    ),
    Difference(
        "theirs",
        r"POST /rest/3/artifacts/fetch",
        r"answers 404",
        "A source that cannot be had is a 400, whatever the reason.",
    ),
    Difference(
        "theirs",
        r"GET /rest/3/artifacts/\{artifactId\}",
        r"answers 400",
        "An id is known or not found; none is bad.",
    ),
    Difference(
        "theirs",
        r"GET .*/(listing|listings/all|product-listing/\{productId\})",
        r"answers 403",
        "Who is no member sees what is public, and is refused nothing.",
    ),
    Difference(
        "theirs",
        r"GET .*/listings/all",
        r"parameter query (state|approvalStatus) body: one of .*",
        "An unknown value gives an empty list on the live service, so it is no error here.",
    ),
    Difference(
        "ours",
        r".* /rest/3/developer-space/\{developerId\}/members(/\{aaid\})?",
        r"answers 404",
        "An unknown developer space or member is not found; the contract has no status for that.",
    ),
    Difference(
        "theirs",
        r"GET /rest/3/developer-space/\{developerId\}/members/\{aaid\}",
        r"answers 400",
        "An id is known or not found; none is bad.",
    ),
    Difference(
        "ours",
        r"(PUT|POST|DELETE) /rest/3/developer-space/\{developerId\}/members/\{aaid\}",
        r"(20[01] .*|answers 201 with Location)",
        "A written member is the body of the answer, with `Location` for a 201; a removed one too.",
    ),
    Difference(
        "ours",
        r"GET /rest/3/developer-space/\{developerId\}/members",
        r"(200 .*|answers 200)",
        "The live service answers 200, not 201.",
    ),
    Difference(
        "theirs",
        r"GET /rest/3/developer-space/\{developerId\}/members",
        r"(201 .*|answers 201)",
        "The same.",
    ),
    Difference(
        "ours",
        r"GET /rest/3/developer-space/\{developerId\}/members",
        r"parameter query limit body: integer",
        "A page size is a whole number, whatever type the contract's file gives it.",
    ),
    Difference(
        "theirs",
        r"GET /rest/3/developer-space/\{developerId\}/members",
        r"parameter query limit body: string",
        "The same.",
    ),
    Difference(
        "theirs",
        r"GET /rest/3/product-listing/developer-space/\{developerId\}",
        r"200 links\.prev: string",
        "Pages are walked forwards only.",
    ),
    Difference(
        "ours",
        r".* /rest/3/product-listing/.*",
        r"200 (items\[\]\.)?enrolledPrograms\[\]\.hostingType: one of .*",
        "Answers have what requests may say, where the contract's answers have any text.",
    ),
    Difference(
        "ours",
        r".* /rest/3/product-listing/.*",
        r"200 (items\[\]\.)?approvalDetails\.rejectionReason: string",
        "Why a listing was rejected can be read, as it can for a version.",
    ),
    Difference(
        "ours",
        r"PUT /rest/3/product-listing/\{productId\}",
        r"request tags\..*",
        "Categories and keywords are taken as objects too, so that what was read can be sent.",
    ),
    Difference(
        "ours",
        r"GET /rest/3/parent-software(/\{parentSoftwareId\})?",
        r"200 (parentSoftware\[\]\.)?extensibilityFrameworks\[\]\.frameworkId: one of .*",
        "The contract has any text here; the server knows five frameworks.",
    ),
    Difference(
        "ours",
        r"(GET .*/products/\{productId\}/reviews|PUT .*/reviews/\{reviewId\}/response)",
        r"answers 400",
        "A bad filter, page or answer is a 400; the contract forgets it for reviews.",
    ),
    Difference(
        "ours",
        r"DELETE .*/reviews/\{reviewId\}/response",
        r"answers 400",
        "What is archived is not written to.",
    ),
    Difference(
        "ours",
        r"PUT /rest/3/privacy-and-security/products/\{productId\}",
        r"(20[01] .*|answers 201 with Location)",
        "A written draft is the body of the answer, with `Location` for a 201.",
    ),
    Difference(
        "ours",
        r"POST /rest/3/privacy-and-security/products/\{productId\}/publish",
        r"200 .*",
        "Publishing answers with what is live then.",
    ),
    Difference(
        "ours",
        r"(DELETE|POST) /rest/3/privacy-and-security/products/.*",
        r"answers 400",
        "Nothing of an archived app can be written.",
    ),
    Difference(
        "ours",
        r".* /rest/3/cloud-migration-compatibility/products/\{productId\}",
        r"(200|request) cloudMigrationAssistantCompatibilityRanges\[\]\.(start|end): null",
        "Clients of the live service send an open end as null; answers leave it out.",
    ),
    Difference(
        "ours",
        r"PATCH /rest/3/cloud-migration-compatibility/products/\{productId\}",
        r"request \[\]\.(op|path): required",
        "A step without an operation or a path means nothing.",
    ),
    Difference(
        "ours",
        r"PATCH /rest/3/cloud-migration-compatibility/products/\{productId\}",
        r"request \[\]\.value.*",
        "Values are taken in the field's own JSON type too, where the contract has texts alone.",
    ),
]


PAGES_WITHOUT_BOUNDS = {
    f"GET /rest/3/{path}": {"type": "integer", "minimum": 1, "maximum": 50, "default": default}
    for path, default in (
        ("app-software/{appSoftwareId}/listings/all", 10),
        ("product-listing/developer-space/{developerId}", 10),
        ("developer-space/{developerId}/members", 25),
        ("products/{productId}/reviews", 25),
    )
}
"""Lists whose page size the contract's file leaves open; its semantics do not."""


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    """The operations of the groups that are shared, by method and path."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if GROUPS & set(operation.get("tags", [])):
                yield f"{method.upper()} {path}", operation


def lines(document: Document, operation: Document) -> set[str]:
    """What a document says of an operation, as lines that can be compared.

    In an answer it does not matter whether a field is required, only that we never promise less:
    `promised` is about that.
    """
    said = set()
    for parameter in operation.get("parameters", []):
        place = f"parameter {parameter['in']} {parameter['name']}"
        said.add(f"{place}: {'required' if parameter.get('required') else 'optional'}")
        said |= {f"{place} {line}" for line in facts(document, [parameter["schema"]])}
        if parameter["schema"].get("type") == "array":
            said.add(f"{place}: explode {parameter.get('explode', True)}")
    if "requestBody" in operation:
        request = operation["requestBody"]
        schema = body_schema(request)
        assert schema is not None
        if request.get("required"):
            said.add("request: required")
        said |= {f"request {line}" for line in facts(document, [schema])}
    for status, response in operation["responses"].items():
        said.add(f"answers {status}")
        schema = body_schema(response)
        if schema is not None and status.startswith("2"):
            found = facts(document, [schema])
            said |= {f"{status} {line}" for line in found if not line.endswith(": required")}
        for name in response.get("headers", {}):
            said.add(f"answers {status} with {name}")
    return said


NEVER_ANSWERED = {
    ("POST /rest/3/artifacts/fetch", "404"),
    ("GET /rest/3/artifacts/{artifactId}", "400"),
    ("GET /rest/3/developer-space/{developerId}/members", "201"),
}
"""Errors of the contract that we tell by another status: see `DELIBERATE`."""


def promised(document: Document, operation: Document) -> set[str]:
    """The fields that an answer always has."""
    return {
        f"{status} {line}"
        for status, response in operation["responses"].items()
        for schema in [body_schema(response)]
        if schema is not None
        for line in facts(document, [schema])
        if line.endswith(": required")
    }


def error_lines(document: Document, operation: Document) -> set[str]:
    """The shape of the errors, which all are the same."""
    return {
        line
        for status, response in operation["responses"].items()
        for schema in [body_schema(response)]
        if schema is not None and status.startswith("4")
        for line in facts(document, [schema])
    } - {"errors[].id: required"}


def test_our_document_is_valid(ours: Document) -> None:
    assert ours["openapi"] == "3.1.0"
    validate(ours)


def test_both_documents_have_the_same_operations(ours: Document, theirs: Document) -> None:
    wanted = dict(operations(theirs))
    assert len(wanted) == 43
    assert dict(operations(ours)).keys() == wanted.keys() | ADDED


def test_the_documents_differ_in_what_is_said_here_and_in_nothing_else(
    ours: Document, theirs: Document
) -> None:
    here, there = dict(operations(ours)), dict(operations(theirs))
    found: set[tuple[str, str, str]] = set()
    for name, operation in there.items():
        we, they = lines(ours, here[name]), lines(theirs, operation)
        assert len(they) > 3
        found |= {("ours", name, line) for line in we - they}
        found |= {("theirs", name, line) for line in they - we}
    explained: set[tuple[str, str, str]] = set()
    unneeded: list[Difference] = []
    for entry in DELIBERATE:
        covered = {
            (side, name, line)
            for side, name, line in found
            if side == entry.only_in
            and re.fullmatch(entry.operations, name)
            and re.fullmatch(entry.lines, line)
        }
        unneeded += [] if covered else [entry]
        explained |= covered
    assert sorted(found - explained) == []
    assert unneeded == []


def test_an_answer_never_promises_less_than_the_contract(ours: Document, theirs: Document) -> None:
    here = dict(operations(ours))
    promises = 0
    for name, operation in operations(theirs):
        statuses = {status for where, status in NEVER_ANSWERED if where == name}
        wanted = {line for line in promised(theirs, operation) if line[:3] not in statuses}
        missing = wanted - promised(ours, here[name])
        assert missing == set(), name
        promises += len(promised(theirs, operation))
    assert promises > 20


def test_the_attributes_of_each_framework_are_those_of_the_contract(
    ours: Document, theirs: Document
) -> None:
    """One by one: made flat together, what only one framework requires cannot be seen."""
    name = "POST /rest/3/app-software/{appSoftwareId}/versions"
    both = []
    for document in (ours, theirs):
        request = body_schema(dict(operations(document))[name]["requestBody"])
        assert request is not None
        details = resolve(document, request)["properties"]["frameworkDetails"]
        both.append(
            {
                frozenset(facts(document, [attributes]))
                for framework in variants(document, details)
                for attributes in variants(document, framework["properties"]["attributes"])
            }
        )
    assert both[0] == both[1]
    assert len(both[0]) == 5


def test_errors_have_the_shape_of_the_contract(ours: Document, theirs: Document) -> None:
    here = dict(operations(ours))
    compared = 0
    for name, operation in operations(theirs):
        expected = error_lines(theirs, operation)
        if expected:
            assert error_lines(ours, here[name]) == expected, name
            compared += 1
    assert compared > 8


def test_the_page_size_is_that_of_the_contract(ours: Document, theirs: Document) -> None:
    here = dict(operations(ours))
    pages = 0
    for name, operation in operations(theirs):
        limits = [
            parameter["schema"]
            for one in (operation, here[name])
            for parameter in one.get("parameters", [])
            if parameter["name"] == "limit"
        ]
        if limits:
            pages += 1
            assert len(limits) == 2
            stated = limits[0] if "maximum" in limits[0] else PAGES_WITHOUT_BOUNDS[name]
            assert limits[1] == stated
    assert pages == 7


def test_creating_needs_no_body_only_where_the_contract_has_none(
    ours: Document, theirs: Document
) -> None:
    here = dict(operations(ours))
    for name, operation in operations(theirs):
        required = operation.get("requestBody", {}).get("required", False)
        assert here[name].get("requestBody", {}).get("required", False) == required, name
