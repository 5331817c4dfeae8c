"""What is made of answers: the vendor's, proxies', and those that make no sense."""

import contextlib
import copy
import pickle
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from tests.client.driven import Driven, Twin
from tests.client.faults import Faults, answer
from tests.client.test_operations import CONTRACT
from tests.support.bodies import version
from tradepost.app_software.model import AppSoftwareVersionGetResponse
from tradepost.client import (
    ApiError,
    ConflictError,
    NotFoundError,
    NotTradepostError,
    RefusedError,
    ServerError,
    ServiceUnavailableError,
    TradepostError,
    UnexpectedAnswerError,
    ValidationError,
)
from tradepost.client import _error_codes as error_codes
from tradepost.client._answers import _read, _UnreadableError, error, value
from tradepost.client._requests import get
from tradepost.http.errors import REGISTRY
from tradepost.http.operations import Operation

VERSION: dict[str, Any] = {
    **version(),
    "buildNumber": 7,
    "state": "active",
    "revision": 1,
    "createdBy": "me",
    "createdAt": "2026-01-01T00:00:00Z",
    "acceptedAgreements": [],
}
OURS = "Tradepost-Version: 1.2.3"


def refused(status: int, body: Any, **headers: str) -> ApiError:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    response = httpx2.Response(status, content=content, headers=headers)
    found = error("GET", "/rest/3/x", response)
    assert isinstance(found, ApiError)
    return found


@pytest.mark.parametrize("code", REGISTRY.values(), ids=lambda code: code.code)
def test_every_code_has_a_class_of_its_own(code: Any) -> None:
    for status in (code.status, str(code.status)):
        entry = {
            "id": "1",
            "status": status,
            "code": code.code,
            "title": code.title,
            "detail": "why",
        }
        found = refused(code.status, {"errors": [entry]})
        assert type(found).code == code.code
        assert type(found).__name__ == expected_name(code.code)
        assert found.errors[0].status == code.status
        assert str(found) == f"GET /rest/3/x was answered with {code.status}: why ({code.code})"


def expected_name(code: str) -> str:
    return "".join(map(str.capitalize, code.removesuffix("_ERROR").split("_"))) + "Error"


def test_every_class_is_exported_and_of_a_registered_code() -> None:
    import tradepost.client

    assert set(error_codes.BY_CODE) == set(REGISTRY)
    for kind in [*error_codes.BY_CODE.values(), *error_codes.BY_STATUS.values()]:
        assert getattr(tradepost.client, kind.__name__) is kind
        assert kind.__name__ in tradepost.client.__all__


@pytest.mark.parametrize("code", ["VALIDATION_ERROR", "VALIDATION_FAIL", "VALIDATION_FAILED"])
def test_validation_is_one_kind_however_it_is_spelled(code: str) -> None:
    assert isinstance(refused(400, {"errors": [{"code": code}]}), ValidationError)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "SOMETHING_NEW", NotFoundError),
        (404, "VALIDATION_ERROR", NotFoundError),
        (409, "CONFLICT", ConflictError),
        (418, "", RefusedError),
        (502, "BAD_GATEWAY", ServerError),
        (599, "", ServerError),
    ],
)
def test_an_unknown_code_falls_back_on_its_status(
    status: int, code: str, kind: type[ApiError]
) -> None:
    found = refused(status, {"errors": [{"code": code, "detail": "why"}]})
    assert type(found) is kind
    assert "why" in str(found)


def test_the_first_known_code_decides() -> None:
    entries = [{"code": "NEW"}, {"code": "REVISION_MISMATCH"}, {"code": "VALIDATION_ERROR"}]
    assert type(refused(400, {"errors": entries})).code == "REVISION_MISMATCH"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><head><title>502 Bad\n Gateway</title></head>nginx</html>", "502 Bad Gateway"),
        (b"<TITLE lang=en>A &amp; B</TITLE>", "A & B"),
        (b"", "Bad Gateway"),
        (b"no route", "Bad Gateway"),
        (b"\xff\xfe", "Bad Gateway"),
        (b"[1]", "Bad Gateway"),
        (b'{"errors": "many"}', "Bad Gateway"),
        (b'{"message": "token tp_secret"}', "Bad Gateway"),
        (b"[" * 100_000, "Bad Gateway"),
    ],
)
def test_errors_of_others_are_told_in_a_line(body: bytes, message: str) -> None:
    found = refused(502, body)
    assert str(found) == f"GET /rest/3/x was answered with 502: {message}"
    assert (found.errors, found.message, found.body) == ((), message, body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["errors", "status", "code", "id", "detail"]), inner)
        ),
        max_leaves=12,
    ),
    st.integers(400, 599),
)
def test_any_error_body_is_an_error(body: Any, status: int) -> None:
    found = refused(status, body)
    assert found.status == status
    assert f"answered with {status}" in str(found)


def test_errors_survive_copies_and_processes() -> None:
    entry = {"id": "1", "status": 503, "code": "SERVICE_UNAVAILABLE", "title": "T", "detail": "d"}
    headers = {"X-Request-Id": "abc", "Retry-After": "3"}
    found = refused(503, {"errors": [entry]}, **headers)
    for twin in (copy.copy(found), pickle.loads(pickle.dumps(found))):
        assert isinstance(twin, ServiceUnavailableError)
        assert str(twin) == str(found)
        assert (twin.errors, twin.retry_after, twin.request_id) == (found.errors, 3.0, "abc")
    assert repr(found) == f"<ServiceUnavailableError: {found}>"


def read(body: Any) -> AppSoftwareVersionGetResponse:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return value(get("/rest/3/x", AppSoftwareVersionGetResponse), 200, content)


def test_unknown_fields_are_ignored() -> None:
    assert read({**VERSION, "new": {"deep": [1]}}) == read(VERSION)


@pytest.mark.parametrize(
    ("change", "attribute", "expected"),
    [
        ({"state": "paused"}, "state", "paused"),
        ({"buildNumber": 2**60}, "build_number", 2**60),
        ({"versionNumber": None}, "version_number", UNSET),
        ({"versionNumber": "1" * 300}, "version_number", "1" * 300),
        ({"supportedPaymentModel": "barter"}, "supported_payment_model", "barter"),
        ({"changelog": {"releaseNotes": "x" * 70_000}}, "changelog.release_notes", "x" * 70_000),
        ({"sourceCodeLicense": {"url": "about:blank"}}, "source_code_license.url", "about:blank"),
        ({"compatibilities": []}, "compatibilities", []),
    ],
)
def test_words_lengths_and_absences_of_others_are_read(
    change: dict[str, Any], attribute: str, expected: Any
) -> None:
    found: Any = read({**VERSION, **change})
    for name in attribute.split("."):
        found = getattr(found, name)
    assert found == expected


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"<html>", "not JSON"),
        (b'{"state": "\xff"}', "not JSON"),
        (b"[]", "the body is no dict"),
        (b"null", "the body is no dict"),
        (b"[" * 100_000, "cannot be read"),
        ({**VERSION, "buildNumber": "7"}, "buildNumber is no int"),
        ({**VERSION, "buildNumber": True}, "buildNumber is no number"),
        ({**VERSION, "beta": 1}, "beta is no bool"),
        ({**VERSION, "createdBy": None}, "createdBy is no str"),
        ({**VERSION, "compatibilities": {}}, "compatibilities is no list"),
        ({**VERSION, "compatibilities": [{}]}, r"compatibilities\[0\].parentSoftwareId is missing"),
        (
            {**VERSION, "frameworkDetails": {"frameworkId": "new"}},
            "frameworkDetails is of an unknown",
        ),
        ({**VERSION, "frameworkDetails": 1}, "frameworkDetails is of an unknown"),
        ({k: v for k, v in VERSION.items() if k != "revision"}, "revision is missing"),
    ],
)
def test_what_cannot_be_read_is_kept_and_told(body: Any, detail: str) -> None:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    with pytest.raises(UnexpectedAnswerError, match=detail) as caught:
        read(content)
    assert (caught.value.body, caught.value.status) == (content, 200)


@pytest.mark.parametrize("operation", CONTRACT, ids=lambda operation: operation.name)
def test_every_answer_of_the_contract_can_be_read_loosely(operation: Operation) -> None:
    for kind in operation.answers.values():
        if kind not in (None, bytes):
            check_kinds(msgspec.inspect.type_info(kind))


def check_kinds(kind: msgspec.inspect.Type) -> None:
    """That a loose reading knows a type and all that it is made of."""
    odd: list[Any] = [None, True, 1, 1.5, "text", [], {}]
    for each in odd:
        with contextlib.suppress(_UnreadableError):
            _read(each, kind, "")
    match kind:
        case msgspec.inspect.Metadata():
            check_kinds(kind.type)
        case msgspec.inspect.UnionType():
            for option in kind.types:
                if not isinstance(option, msgspec.inspect.NoneType):
                    check_kinds(option)
        case msgspec.inspect.StructType():
            for field in kind.fields:
                check_kinds(field.type)
        case msgspec.inspect.ListType():
            check_kinds(kind.item_type)


def test_a_vendors_app_key_answer_may_leave_fields_out(twin: Twin) -> None:
    body = [{"appSoftwareId": "1", "hosting": "server"}]
    with Faults([answer(200, body)]) as server, Driven(twin, server.url) as client:
        [found] = client.get_app_software_by_app_key("key")
    assert (found.archived, found.compliance_boundaries) == (False, None)


def test_a_vendors_page_may_have_no_link_to_itself(twin: Twin) -> None:
    agreement = {"agreementUrl": "https://x.test"}
    page = {
        "links": {},
        "versions": [{**VERSION, "acceptedAgreements": [agreement]}],
        "totalCount": 1,
    }
    with Faults([answer(200, page)]) as server, Driven(twin, server.url) as client:
        [found] = client.iterate_app_software_versions("1")
    assert found.accepted_agreements[0].accepted_by == ""


def test_a_vendors_access_token_may_have_no_site(twin: Twin) -> None:
    body = {"tokens": [{"token": "at_1"}]}
    with Faults([answer(200, body)]) as server, Driven(twin, server.url) as client:
        [found] = client.get_access_tokens("1").tokens
    assert (found.cloud_id, found.instance) == (None, None)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_write_without_a_body_is_read_again(twin: Twin, status: int) -> None:
    location = "Location: https://elsewhere.example/rest/3/app-software/1/versions/7"
    acts = [answer(status, b"", location), answer(200, VERSION)]
    with Faults(acts) as server, Driven(twin, server.url + "/marketplace") as client:
        assert client.create_app_software_version("1", version()).build_number == 7
    assert [received.target for received in server.received] == [
        "/marketplace/rest/3/app-software/1/versions",
        "/marketplace/rest/3/app-software/1/versions/7",
    ]


def test_an_update_without_a_body_is_read_again(twin: Twin) -> None:
    acts = [answer(200), answer(200, VERSION)]
    with Faults(acts) as server, Driven(twin, server.url) as client:
        assert client.update_app_software_version("1", 7, VERSION).build_number == 7
    assert server.received[1].target == "/rest/3/app-software/1/versions/7"


def test_an_access_token_may_stand_in_the_location_alone(twin: Twin) -> None:
    location = "Location: /rest/3/app-software/1/tokens?token=at_secret"
    with Faults([answer(201, b"", location)]) as server, Driven(twin, server.url) as client:
        created = client.create_access_token("1")
    assert (created.token, created.cloud_id, created.instance) == ("at_secret", None, None)


@pytest.mark.parametrize("method", ["create_app_software_version", "create_access_token"])
@pytest.mark.parametrize("headers", [[], ["Location: /elsewhere"]])
def test_a_write_that_leads_nowhere_is_told(twin: Twin, method: str, headers: list[str]) -> None:
    arguments = ["1"] if method == "create_access_token" else ["1", version()]
    with (
        Faults([answer(201, b"", *headers)]) as server,
        Driven(twin, server.url) as client,
        pytest.raises(UnexpectedAnswerError, match="was answered with 201, but"),
    ):
        getattr(client, method)(*arguments)


@pytest.mark.parametrize("headers", [[], ["Tradepost-Version: "], ["Tradepost-Version: a b<c>"]])
def test_nothing_is_only_validated_by_others(twin: Twin, headers: list[str]) -> None:
    page: dict[str, Any] = {"links": {}, "parentSoftware": []}
    acts = [answer(200, page, *headers), answer(201, VERSION)]
    with Faults(acts) as server, Driven(twin, server.url) as client:
        with pytest.raises(NotTradepostError, match="nothing was sent"):
            client.create_app_software_version("1", version(), validate_only=True)
        assert client.server_version is None
    assert [received.target for received in server.received] == ["/rest/3/parent-software?limit=1"]


def test_a_known_tradepost_validates_at_once(twin: Twin) -> None:
    checked = answer(200, VERSION, OURS, "Preference-Applied: validate-only")
    acts = [answer(200, VERSION, OURS), checked]
    with Faults(acts) as server, Driven(twin, server.url) as client:
        client.get_app_software_version("1", 7)
        assert client.server_version == "1.2.3"
        assert client.create_app_software_version("1", version(), validate_only=True).beta is False
    assert server.received[1].headers["prefer"] == "validate-only"


@pytest.mark.parametrize(
    "act",
    [
        answer(201, VERSION, OURS),
        answer(201, VERSION, OURS, "Preference-Applied: validate-only"),
        answer(200, VERSION, OURS),
    ],
)
def test_a_validation_that_may_have_written_is_told(twin: Twin, act: Any) -> None:
    acts = [answer(401, b"", OURS), act]
    with Faults(acts) as server, Driven(twin, server.url) as client:
        with pytest.raises(ApiError):
            client.get_app_software_version("1", 7)
        with pytest.raises(UnexpectedAnswerError, match="does not say that nothing was written"):
            client.create_app_software_version("1", version(), validate_only=True)


def test_no_error_shows_what_was_answered(twin: Twin) -> None:
    body = {"token": "at_secret", "cloudId": 1}
    with (
        Faults([answer(201, body)]) as server,
        Driven(twin, server.url, ("a", "b")) as client,
        pytest.raises(TradepostError) as caught,
    ):
        client.create_access_token("1")
    assert "at_secret" not in f"{caught.value} {caught.value!r}"
