"""The answers of each program, asked for one by one: checked before anything is timed."""

import http.client
import json
import statistics
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import data
from common import BenchError
from programs import Running
from works import Request, Work

_CHECKED: Final = 50
_WEIGHED: Final = 200
_UNKNOWN: Final = "Basic YmVuY2gwQGV4YW1wbGUuY29tOndyb25n"
_TEMPLATES: Final = {
    "get": "/rest/3/app-software/{appSoftwareId}/versions/{buildNumber}",
    "list": "/rest/3/app-software/{appSoftwareId}/versions",
}


class Asker:
    """Asks a program over one connection."""

    def __init__(self, peer: Running):
        self._peer = peer
        self._connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=60)

    def ask(self, request: Request) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers (names in lower case) of the answer to a request."""
        headers = {"Authorization": request.authorization} if request.authorization else {}
        if request.tag:
            headers["If-None-Match"] = request.tag
        body = request.body or None
        if body is not None:
            headers["Content-Type"] = "application/json"
        path = self._peer.program.path(request.path)
        self._connection.request(request.method, path, body, headers)
        answer = self._connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, answer.read(), found

    def good(self, request: Request, status: int = 200) -> tuple[bytes, dict[str, str]]:
        """Body and headers of an answer that must have that status."""
        found, body, headers = self.ask(request)
        if found != status:
            name = self._peer.program.name
            raise BenchError(f"{name}: {request.method} {request.path} gives {found}, not {status}")
        return body, headers

    def tag_of(self, path: str) -> str:
        """The validator of what a path names."""
        tag = self.good(Request(path))[1].get("etag")
        if tag is None:
            raise BenchError(f"{self._peer.program.name}: the answer to {path} has no ETag")
        return tag

    def next_of(self, path: str) -> str:
        """The path of the page after a page."""
        following = json.loads(self.good(Request(path))[0])["links"].get("next")
        if following is None:
            raise BenchError(f"{self._peer.program.name}: no page follows {path}")
        return str(following)

    def close(self) -> None:
        self._connection.close()


def save_openapi(peer: Running, path: Path) -> None:
    """Store the OpenAPI document of a running Tradepost."""
    asker = Asker(peer)
    path.write_bytes(asker.good(Request("/openapi.json"))[0])
    asker.close()


def weigh(peer: Running, work: Work) -> int:
    """The median size of a body, or the whole size of the longest 304."""
    asker = Asker(peer)
    found = [asker.good(request, work.status) for request in work.requests[:_WEIGHED]]
    asker.close()
    if work.status == 304:
        lines = (sum(len(f"{k}: {v}\r\n") for k, v in headers.items()) for _, headers in found)
        return max(lines) + len("HTTP/1.1 304 Not Modified\r\n\r\n")
    return int(statistics.median(len(body) for body, _ in found))


def verify(peer: Running, tradepost: Running, work: Work, openapi: Path) -> None:
    """Raise unless a program's answers to a work are what they must be."""
    asked, ours = Asker(peer), Asker(tradepost)
    for request in work.requests[:_CHECKED]:
        body, _ = asked.good(request, work.status)
        kind = peer.program.answers
        if work.status == 304:
            wrong = len(body) > 0
        elif kind == "constant":
            wrong = len(body) != tradepost.sizes[work.name]
        elif kind == "mocked":
            required = _required(json.loads(openapi.read_bytes()), work.name)
            wrong = not required or not required <= json.loads(body).keys()
        else:
            wanted = json.loads(ours.good(replace(request, tag=""))[0])
            _expect(work, request.path, wanted)
            wrong = _documents(json.loads(body), kind) != _documents(wanted, "same")
        if wrong:
            raise BenchError(f"{peer.program.name}, {work.name}: {request.path} is not as it must")
    if peer.program.signs_in:
        first = work.requests[0]
        given: Sequence[str] = ("", _UNKNOWN)
        refused = [asked.ask(replace(first, authorization=who))[0] for who in given]
        if refused != [401, 401]:
            raise BenchError(f"{peer.program.name}: without good credentials it gives {refused}")
    asked.close()
    ours.close()


def _documents(answer: Any, kind: str) -> Any:
    """What an answer says, without what each program has a form of its own for."""
    if kind == "rows":
        rows = answer if isinstance(answer, list) else [answer]
        own = ("id", "appSoftwareId")
        return [{name: row[name] for name in row if name not in own} for row in rows]
    if isinstance(answer, dict):
        return answer.get("versions", [answer])
    return answer


def _expect(work: Work, path: str, answer: Any) -> None:
    """Raise unless an answer of Tradepost itself is the one that the work is about."""
    if isinstance(answer, dict) and "versions" in answer:
        number = int(urlsplit(path).path.split("/")[4].rsplit("-", 1)[1], 16)
        count = len(answer["versions"])
        full = answer["totalCount"] == data.versions_of(number)
        good = {
            "list": count == 25 and full and "next" in answer["links"],
            "newest": count == 1 and answer["totalCount"] >= 1,
        }.get(work.name, full and (f"limit={count}" in path or "cursor=" in path))
        if not good:
            raise BenchError(f"tradepost, {work.name}: {path} is another page than it must be")


def _required(document: Any, work: str) -> set[str]:
    """The fields that the OpenAPI document requires of an answer to a work."""
    answer = document["paths"][_TEMPLATES[work]]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    while "$ref" in schema:
        found = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return set(schema["required"])
