"""Bodies: what is no JSON, what has wrong types, and how every problem is told."""

import json
from typing import Any

import pytest

from tests.support.answers import refused, refused_fields
from tests.support.bodies import version, versions_path
from tests.support.client import InProcess

JSON = {"Content-Type": "application/json"}
NO_JSON = {
    "nothing": b"",
    "blank": b"  ",
    "open object": b"{",
    "open text": b'{"versionNumber": "1',
    "trailing comma": b'{"beta": true,}',
    "two values": b"{} {}",
    "single quotes": b"{'beta': true}",
    "comment": b'{"beta": true /* no */}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "control character": b'{"versionNumber": "1\n2"}',
    "UTF-16": '{"beta": true}'.encode("utf-16"),
    "bad UTF-8": b'{"versionNumber": "1.0\xff"}',
    "overlong UTF-8": b'{"versionNumber": "1.0\xc0\xaf"}',
    "cut UTF-8": b'{"versionNumber": "\xe2\x82"}',
    "surrogate in UTF-8": b'{"versionNumber": "\xed\xa0\x80"}',
    "bad UTF-8 in an unknown field": b'{"unknown": "\xff"}',
    "lone surrogate": b'{"versionNumber": "\\ud800"}',
    "lists": b"[" * 500_000,
    "closed lists": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"a":' * 100_000,
    "lists in an unknown field": b'{"unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "lists in a known field": b'{"compatibilities": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}
NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "nan", "0x10", "01", "1.", "+1"]
OBJECTLESS = [b"null", b"true", b"1", b"1.5", b'"text"', b"[]", b"[{}]"]


def total(server: InProcess) -> int:
    count: int = server.get(versions_path()).json()["totalCount"]
    return count


def refuse(server: InProcess, content: bytes) -> list[str]:
    """The details with which a body is refused by POST and PUT, without a trace in the data."""
    before = total(server)
    held = server.get(versions_path(build_number=26300)).content
    path = versions_path(build_number=26300)
    refused(server.put(path, content=content, headers=JSON), 400, "VALIDATION_ERROR")
    answer = server.post(versions_path(), content=content, headers=JSON)
    details = refused(answer, 400, "VALIDATION_ERROR")
    assert total(server) == before
    assert server.get(path).content == held
    return details


@pytest.mark.parametrize("what", NO_JSON)
def test_what_is_no_json_is_refused_with_one_problem(shared: InProcess, what: str) -> None:
    (detail,) = refuse(shared, NO_JSON[what])
    assert detail.startswith("the body")


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["buildNumber", "unknown"])
def test_a_number_that_json_or_computers_do_not_have_is_refused(
    shared: InProcess, number: str, field: str
) -> None:
    text = json.dumps(version())[:-1] + f', "{field}": {number}}}'
    refuse(shared, text.encode())


@pytest.mark.parametrize("content", OBJECTLESS)
def test_a_body_that_is_no_object_is_refused(shared: InProcess, content: bytes) -> None:
    assert refuse(shared, content) == ["the body must be an object"]


def test_an_empty_object_misses_every_required_field(shared: InProcess) -> None:
    assert refused_fields(shared.post(versions_path(), json={})) == sorted(
        [
            "compatibilities",
            "supportedPaymentModel",
            "frameworkDetails",
            "supported",
            "beta",
            "acceptedAgreements",
        ]
    )


def test_a_wrong_type_in_every_field_is_told_with_its_path(shared: InProcess) -> None:
    body = {
        "buildNumber": "1",
        "versionNumber": 1,
        "compatibilities": [
            {"parentSoftwareId": "jira", "minBuildNumber": 1, "maxBuildNumber": 2},
            {"parentSoftwareId": 5, "minBuildNumber": "80000", "maxBuildNumber": 1.5},
            None,
        ],
        "supportedPaymentModel": ["free"],
        "frameworkDetails": {
            "frameworkId": "connect",
            "attributes": {"descriptorId": {}, "scopes": ["READ", 2], "descriptorUrl": False},
        },
        "licenseType": {"id": 1},
        "sourceCodeLicense": {"url": []},
        "changelog": {"releaseSummary": 1, "releaseNotes": {}},
        "supported": "true",
        "beta": None,
        "acceptedAgreements": [{"agreementUrl": 1, "acceptedBy": 2, "acceptedAt": "yesterday"}],
        "editionsEnabled": 0,
    }
    answer = shared.post(versions_path(), json=body)
    assert refused_fields(answer) == sorted(
        [
            "buildNumber",
            "versionNumber",
            "compatibilities[1].parentSoftwareId",
            "compatibilities[1].minBuildNumber",
            "compatibilities[1].maxBuildNumber",
            "compatibilities[2]",
            "supportedPaymentModel",
            "frameworkDetails.attributes.descriptorId",
            "frameworkDetails.attributes.scopes[1]",
            "frameworkDetails.attributes.descriptorUrl",
            "licenseType.id",
            "sourceCodeLicense.url",
            "changelog.releaseSummary",
            "changelog.releaseNotes",
            "supported",
            "beta",
            "acceptedAgreements[0].agreementUrl",
            "acceptedAgreements[0].acceptedBy",
            "acceptedAgreements[0].acceptedAt",
            "editionsEnabled",
        ]
    )


WRONG: list[Any] = [7, "text", [[]], True, {"a": 1}]
FIELDS = list(version(licenseType={}, sourceCodeLicense={}, changelog={}))
RIGHT: list[tuple[str, Any]] = [
    ("supported", True),
    ("beta", True),
    ("sourceCodeLicense", {"a": 1}),  # all of its fields are optional
    ("changelog", {"a": 1}),
]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [(field, wrong) for field in FIELDS for wrong in WRONG if (field, wrong) not in RIGHT],
)
def test_a_wrong_type_is_told_of_the_field_alone(shared: InProcess, field: str, wrong: Any) -> None:
    fields = refused_fields(shared.post(versions_path(), json=version(**{field: wrong})))
    assert all(told == field or told.startswith((f"{field}.", f"{field}[")) for told in fields)


def test_the_same_problem_in_two_places_is_told_twice(shared: InProcess) -> None:
    compatibilities = [{"parentSoftwareId": ""}, {"parentSoftwareId": ""}]
    answer = shared.post(versions_path(), json=version(compatibilities=compatibilities))
    assert refused_fields(answer) == [
        "compatibilities[0].parentSoftwareId",
        "compatibilities[1].parentSoftwareId",
    ]


def test_unknown_fields_are_ignored_at_every_depth(server: InProcess) -> None:
    unknown = {"deep": [{"er": [1.5, None, True]}], "": 1, "constructor": "x"}
    body = version(unknown=unknown, changelog={"unknown": unknown})
    body["compatibilities"][0]["unknown"] = unknown
    body["acceptedAgreements"][0]["unknown"] = unknown
    answer = server.post(versions_path(), json=body)
    assert answer.status_code == 201, answer.text
    assert "unknown" not in answer.text


def test_text_comes_back_as_it_was_sent(server: InProcess) -> None:
    text = 'Ünïcode ✓ \U0001f680 \u202e " \\ / </script> \u2028 \x7f'
    body = version(changelog={"releaseSummary": text, "releaseNotes": f"a\tb\r\n{text}\x01"})
    answer = server.post(versions_path(), json=body)
    assert answer.json()["changelog"] == body["changelog"]
    read = server.get(answer.headers["location"])
    assert read.json()["changelog"] == body["changelog"]
    assert "✓".encode() in read.content


LENGTHS = {
    "versionNumber": 255,
    "changelog.releaseSummary": 1000,
    "changelog.releaseNotes": 65_536,
    "frameworkDetails.attributes.descriptorId": 255,
    "frameworkDetails.attributes.scopes[0]": 255,
    "acceptedAgreements[0].acceptedBy": 255,
}


def with_text(field: str, text: str) -> dict[str, Any]:
    """A body with a text in one of the fields of `LENGTHS`."""
    body = version(changelog={})
    attributes = body["frameworkDetails"]["attributes"]
    if field == "versionNumber":
        body["versionNumber"] = text
    elif field.startswith("changelog"):
        body["changelog"][field.rpartition(".")[2]] = text
    elif field.endswith("descriptorId"):
        attributes["descriptorId"] = text
    elif field.endswith("scopes[0]"):
        attributes["scopes"] = [text]
    else:
        body["acceptedAgreements"][0]["acceptedBy"] = text
    return body


@pytest.mark.parametrize(("field", "longest"), LENGTHS.items())
@pytest.mark.parametrize("character", ["a", "é", "\U0001f680"])
def test_a_text_is_as_long_as_it_may_be_in_characters(
    server: InProcess, field: str, longest: int, character: str
) -> None:
    good = server.post(versions_path(), json=with_text(field, character * longest))
    assert good.status_code == 201, good.text
    bad = server.post(versions_path(), json=with_text(field, character * (longest + 1)))
    assert refused_fields(bad) == [field]
    assert str(longest) in bad.text


@pytest.mark.parametrize("field", ["versionNumber", "frameworkDetails.attributes.descriptorId"])
@pytest.mark.parametrize("text", ["", "\x00", "a\nb", "a\n", "\x1b[31m", "a\x7f"])
def test_a_name_is_one_line_without_control_characters(
    shared: InProcess, field: str, text: str
) -> None:
    answer = shared.post(versions_path(), json=with_text(field, text))
    assert refused_fields(answer) == [field]


@pytest.mark.parametrize("field", ["changelog.releaseSummary", "changelog.releaseNotes"])
def test_prose_may_be_empty_but_has_no_null_character(server: InProcess, field: str) -> None:
    assert server.post(versions_path(), json=with_text(field, "")).status_code == 201
    answer = server.post(versions_path(), json=with_text(field, "a\x00b"))
    assert refused_fields(answer) == [field]


@pytest.mark.parametrize(("count", "good"), [(0, True), (100, True), (101, False)])
def test_a_list_has_at_most_100_elements(server: InProcess, count: int, good: bool) -> None:
    scopes = [f"scope-{n}" for n in range(count)]
    details = {"frameworkId": "connect", "attributes": {"descriptorId": "d", "scopes": scopes}}
    answer = server.post(versions_path(), json=version(frameworkDetails=details))
    if good:
        assert answer.json()["frameworkDetails"] == details
    else:
        assert refused_fields(answer) == ["frameworkDetails.attributes.scopes"]


@pytest.mark.parametrize("field", ["compatibilities", "acceptedAgreements"])
def test_the_other_lists_have_at_most_100_elements_too(shared: InProcess, field: str) -> None:
    body = version()
    answer = shared.post(versions_path(), json={**body, field: body[field] * 101})
    # What is wrong with the elements is told as well; here one parent is there many times.
    assert refused_fields(answer)[0] == field


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "http://a.example:8080/path?x=1&y=%20#part",
        "HTTPS://A.EXAMPLE",
        "https://[::1]/",
        "https://xn--bcher-kva.example/",
    ],
)
def test_an_http_url_is_good(server: InProcess, url: str) -> None:
    answer = server.post(versions_path(), json=version(sourceCodeLicense={"url": url}))
    assert answer.json()["sourceCodeLicense"] == {"url": url}


@pytest.mark.parametrize(
    "url",
    ["", "/path", "a.example", "ftp://a.example", "javascript:alert(1)", "https://", "https://a b"],
)
def test_what_is_no_http_url_is_refused(shared: InProcess, url: str) -> None:
    answer = shared.post(versions_path(), json=version(sourceCodeLicense={"url": url}))
    assert refused_fields(answer) == ["sourceCodeLicense.url"]
