"""Base URLs, paths, queries and credentials: what is sent, and what is refused before."""

from typing import Any
from urllib.parse import unquote

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client.driven import Driven, Twin
from tests.client.faults import Faults, answer
from tradepost.client import Client, UnexpectedAnswerError
from tradepost.client._requests import MaskedUrl, get, path, path_of, query_of

EMPTY_PAGE = {"links": {"self": "/rest/3/parent-software"}, "parentSoftware": []}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "marketplace.example.com",
        "ftp://marketplace.example.com",
        "https://",
        "https:///marketplace",
        "https://me:very-secret@marketplace.example.com",
        "https://marketplace.example.com?x=very-secret",
        "https://marketplace.example.com/#very-secret",
        "https://[::1",
        "https://marketplace.example.com:very-secret",
    ],
)
def test_a_bad_base_url_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ValueError, match="base URL") as caught:
        Client(url)
    assert "very-secret" not in str(caught.value)


def test_an_email_with_a_colon_is_refused() -> None:
    with pytest.raises(ValueError, match="colon") as caught:
        Client("https://marketplace.example.com", ("a:b", "very-secret"))
    assert "very-secret" not in str(caught.value)


def test_a_transport_belongs_into_the_http_client_that_is_given() -> None:
    with httpx2.Client() as http, pytest.raises(ValueError, match="transport"):
        Client("http://x.test", transport=httpx2.HTTPTransport(), http=http)


TEXT = st.characters(exclude_categories=["Cs"])


@given(st.text(TEXT, min_size=1))
def test_any_value_is_one_segment_of_a_path(text: str) -> None:
    if text in (".", ".."):
        with pytest.raises(ValueError, match="cannot stand"):
            path("/rest/3/parent-software/{}/versions", text)
        return
    built = path("/rest/3/parent-software/{}/versions", text)
    segments = httpx2.URL("http://x.test" + built).raw_path.decode().split("/")
    assert [unquote(segment) for segment in segments[4:]] == [text, "versions"]


@given(st.dictionaries(st.sampled_from(["cursor", "after_version"]), st.text(TEXT)))
def test_any_value_of_a_query_arrives_as_it_is(query: dict[str, str]) -> None:
    request = get("/rest/3/x", dict[str, Any], query)
    sent = httpx2.Request("GET", "http://x.test/rest/3/x", params=request.query or None)
    camel = {"cursor": "cursor", "after_version": "afterVersion"}
    assert query_of(str(sent.url)) == {camel[name]: value for name, value in query.items()}


def test_values_are_written_as_the_contract_has_them() -> None:
    query = {"include_private": False, "limit": 5, "state": None, "scopes": ["a", "b"]}
    assert get("/x", dict[str, Any], query).query == {
        "includePrivate": "false",
        "limit": "5",
        "scopes": "a,b",
    }


@pytest.mark.parametrize(
    "link",
    [
        "/rest/3/app-software/1/versions/2",
        "/marketplace/rest/3/app-software/1/versions/2",
        "https://elsewhere.example/rest/3/app-software/1/versions/2?x=y#z",
    ],
)
def test_a_link_is_followed_on_the_same_host(link: str) -> None:
    assert path_of(link) == "/rest/3/app-software/1/versions/2"


@pytest.mark.parametrize("link", ["", "/", "/rest/2/x", "/rest/3/../../admin", "/a/../rest/3/x"])
def test_a_link_elsewhere_is_not_followed(link: str) -> None:
    with pytest.raises(ValueError, match="does not lead"):
        path_of(link)


@pytest.mark.parametrize("name", ["token", "access-token"])
def test_the_text_of_a_url_hides_access_tokens(name: str) -> None:
    url = MaskedUrl(f"https://x.test/rest/3/a?first=1&{name}=at_secret&last=2")
    assert str(url) == f"https://x.test/rest/3/a?first=1&{name}=***&last=2"
    assert b"at_secret" in url.raw_path


def test_what_is_sent_says_who_and_what(twin: Twin) -> None:
    body = {"token": "at_1", "cloudId": None, "instance": None}
    acts = [answer(200, EMPTY_PAGE), answer(201, body)]
    with Faults(acts) as server, Driven(twin, server.url + "/marketplace/", ("a@b.c", "d")) as one:
        one.get_all_parent_software(limit=3)
        one.create_access_token("x y")
    read, write = server.received
    assert (read.method, read.target) == ("GET", "/marketplace/rest/3/parent-software?limit=3")
    assert read.headers["accept"] == "application/json"
    assert read.headers["user-agent"].startswith("tradepost-client/")
    assert read.headers["authorization"] == "Basic YUBiLmM6ZA=="
    assert write.target == "/marketplace/rest/3/app-software/x%20y/tokens"
    assert (write.headers["content-type"], write.body) == ("application/json", b"{}")


def test_without_credentials_none_are_sent(twin: Twin) -> None:
    with Faults([answer(200, EMPTY_PAGE)]) as server, Driven(twin, server.url) as client:
        client.get_all_parent_software()
    assert "authorization" not in server.received[0].headers


def test_a_walk_follows_the_parameters_of_the_links_alone(twin: Twin) -> None:
    page = {**EMPTY_PAGE, "links": {"self": "", "next": "https://evil.example/x?cursor=A&limit=2"}}
    acts = [answer(200, page), answer(200, EMPTY_PAGE)]
    with Faults(acts) as server, Driven(twin, server.url + "/marketplace", ("a", "b")) as client:
        assert list(client.iterate_all_parent_software(page_size=2)) == []
    targets = [received.target for received in server.received]
    assert targets == [
        "/marketplace/rest/3/parent-software?limit=2",
        "/marketplace/rest/3/parent-software?cursor=A&limit=2",
    ]


def test_a_walk_that_would_not_end_is_an_error(twin: Twin) -> None:
    page = {**EMPTY_PAGE, "links": {"self": "", "next": "/x?cursor=A"}}
    with Faults([answer(200, page)] * 2) as server, Driven(twin, server.url) as client:
        with pytest.raises(UnexpectedAnswerError, match="names itself"):
            list(client.iterate_all_parent_software())
        assert len(server.received) == 2


def test_a_path_that_is_too_long_is_refused(twin: Twin) -> None:
    with Driven(twin, "http://127.0.0.1:1") as client, pytest.raises(ValueError, match="too long"):
        client.get_parent_software("x" * 100_000)


def test_a_read_may_be_sent_elsewhere_and_a_write_may_not(twin: Twin) -> None:
    acts = [
        answer(301, b"", "Location: /moved"),
        answer(200, EMPTY_PAGE),
        answer(301, b"", "Location: /moved"),
    ]
    with Faults(acts) as server, Driven(twin, server.url, ("a", "b")) as client:
        client.get_all_parent_software()
        with pytest.raises(UnexpectedAnswerError, match="is the base URL right"):
            client.create_access_token("1")
    assert [received.target for received in server.received][1:] == [
        "/moved",
        "/rest/3/app-software/1/tokens",
    ]


def test_credentials_do_not_follow_to_another_host(twin: Twin) -> None:
    version = "Tradepost-Version: 9"
    with Faults([answer(200, EMPTY_PAGE, version)]) as other:
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        act = answer(302, b"", f"Location: {elsewhere}/stolen")
        with Faults([act]) as server, Driven(twin, server.url, ("a", "b")) as client:
            client.get_all_parent_software()
            assert client.server_version is None
    assert other.received[0].target == "/stolen"
    assert "authorization" not in other.received[0].headers


def test_circles_are_an_error(twin: Twin) -> None:
    acts = [answer(302, b"", "Location: /again")] * 30
    with Faults(acts) as server, Driven(twin, server.url) as client:
        with pytest.raises(UnexpectedAnswerError, match="circles"):
            client.get_all_parent_software()
        assert client.waits == []
