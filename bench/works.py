"""The works: kinds of requests, each to many paths, as wrk and the checks need them."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import data
import msgspec

GETS: Final = 10_000
"""Different requests of those works that could have one for each version."""
NEWEST_FOR_EACH: Final = 4
PAGE_LIMITS: Final = (23, 24, 25, 26, 27)
DEEP_PAGE: Final = 200


@dataclass(frozen=True)
class Request:
    """One request. `tag` is its If-None-Match, empty for none."""

    path: str
    authorization: str = data.authorization()
    method: str = "GET"
    tag: str = ""
    body: str = ""


@dataclass(frozen=True)
class Work:
    """One kind of request."""

    name: str
    title: str
    requests: Sequence[Request]
    status: int = 200
    warm_seconds: int = 1
    """For how long it is done before a run is timed, so that each request was answered once."""


def write_requests(path: Path, requests: Sequence[Request]) -> None:
    """The file that `requests.lua` reads."""
    lines = ("\t".join((r.method, r.path, r.authorization, r.tag, r.body)) for r in requests)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def versions_path(number: int) -> str:
    return f"/rest/3/app-software/{data.software_id(number)}/versions"


def basic_works() -> list[Work]:
    """Those whose requests can be told without asking a server."""
    numbers = range(data.SOFTWARES + 1)
    lists = _shuffled(Request(versions_path(number)) for number in numbers)
    keys = _shuffled(
        Request(f"/rest/3/app-software/app-key/{data.app_key(number)}") for number in numbers
    )
    return [
        Work("get", "GET version by build number", _gets()),
        Work("list", "first page of 25", lists),
        Work("newest", "newest compatible version", _newest()),
        Work("app_key", "app-key look-up", keys),
    ]


def creates() -> Work:
    """New versions, one for each app software in turn, over and over."""
    return Work("create", "create version", _shuffled(_creates()), status=201)


def again(gets: Work) -> Work:
    """The same GETs once more, for works that are compared with them and run just after."""
    return Work("again", "GET version, again", gets.requests)


def with_many_tokens(gets: Work) -> Work:
    """The same GETs, each with the next of many API tokens."""
    requests = [
        replace(request, authorization=data.authorization(i % data.TOKENS))
        for i, request in enumerate(gets.requests)
    ]
    # A sign-in takes longer than the GET: each token's first is over when the clock starts.
    return Work("tokens", f"GET version, {data.TOKENS:,} API tokens in turn", requests, 200, 5)


def unchanged(gets: Work, tag_of: Callable[[str], str]) -> Work:
    """The same GETs by a client that has the documents already."""
    requests = [replace(request, tag=tag_of(request.path)) for request in gets.requests]
    return Work("unchanged", "GET version that answers 304", requests, status=304)


def deep_pages(next_of: Callable[[str], str]) -> list[Work]:
    """Page 1 and page 200 of the deep list, with a few limits; `next_of` follows `links.next`."""
    first = [f"{versions_path(data.DEEP)}?limit={limit}" for limit in PAGE_LIMITS]
    deep = []
    for path in first:
        for _ in range(DEEP_PAGE - 1):
            path = next_of(path)
        deep.append(path)
    return [
        Work("page_1", "page 1 of the deep list", [Request(path) for path in first]),
        Work(f"page_{DEEP_PAGE}", f"page {DEEP_PAGE} of the deep list", [Request(p) for p in deep]),
    ]


def get_path(number: int, build: int) -> str:
    return f"{versions_path(number)}/{build}"


def newest_path(number: int, parent_build: int) -> str:
    query = f"parentSoftwareId=jira&parentSoftwareVersionId={parent_build}&limit=1"
    return f"{versions_path(number)}?{query}"


def parent_builds(chance: random.Random, count: int) -> list[int]:
    """Build numbers of Jira that some versions run on, but not all."""
    last = data.VERSIONS - 1
    return [1_000_500 + 1_000 * step for step in chance.sample(range(-last, last), count)]


def _gets() -> list[Request]:
    chance = random.Random(1)
    softwares = data.SOFTWARES + 1
    numbers = [i % softwares for i in range(GETS)]
    return _shuffled(
        Request(get_path(number, chance.randint(1, data.versions_of(number)))) for number in numbers
    )


def _newest() -> list[Request]:
    chance = random.Random(3)
    return _shuffled(
        Request(newest_path(number, parent))
        for number in range(data.SOFTWARES + 1)
        for parent in parent_builds(chance, NEWEST_FOR_EACH)
    )


def _creates() -> Iterator[Request]:
    for number in range(data.SOFTWARES + 1):
        version = json.loads(msgspec.json.encode(data.version(number, 1)))
        body = {
            name: version[name]
            for name in (
                "compatibilities",
                "supportedPaymentModel",
                "frameworkDetails",
                "supported",
                "beta",
                "changelog",
            )
        }
        # The server counts both numbers on, so that one body is new each time that it is sent.
        body["versionNumber"] = None
        body["acceptedAgreements"] = [{"agreementUrl": data.AGREEMENT}]
        text = json.dumps(body, separators=(",", ":"))
        yield Request(versions_path(number), method="POST", body=text)


def _shuffled(requests: Iterator[Request]) -> list[Request]:
    found = list(requests)
    random.Random(2).shuffle(found)
    return found
