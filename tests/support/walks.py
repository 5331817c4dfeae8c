"""Walking the pages of a list, and the ways in which clients take a link apart."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.client import DEVELOPER, Auth, InProcess

Request = tuple[str, dict[str, str]]
"""A path, with what stands behind `?` where it is to be sent as it is, and other parameters."""


def cut_at_the_question_mark(link: str) -> Request:
    path, token = link.split("?cursor=")
    return f"{path}?cursor={token}", {}


def regular_expression_and_url_decoding(link: str) -> Request:
    found = re.search(r"[?&]cursor=([^&#]+)", link)
    assert found is not None
    return link.split("?")[0], {"cursor": unquote(found[1])}


def parse_query_string(link: str) -> Request:
    parts = urlsplit(link)
    return parts.path, {"cursor": parse_qs(parts.query)["cursor"][0]}


def follow_as_it_is(link: str) -> Request:
    return link, {}


CURSOR_READERS: tuple[Callable[[str], Request], ...] = (
    cut_at_the_question_mark,
    regular_expression_and_url_decoding,
    parse_query_string,
    follow_as_it_is,
)


def cursor_of(page: Any) -> str:
    """The token of a page's `next`."""
    token: str = page["links"]["next"].partition("?cursor=")[2]
    return token


def pages(server: InProcess, path: str, auth: Auth = DEVELOPER, **query: Any) -> Iterator[Any]:
    """The pages of a list, one after the other; each is asked for when it is needed."""
    answer = server.get(path, auth, params=query)
    while True:
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield page
        if "next" not in page["links"]:
            return
        answer = server.get(page["links"]["next"], auth)
