"""The console of a marketplace over HTTP: somebody who looks at pages and sends forms."""

import re
from html import unescape
from types import TracebackType
from typing import Any, Self

import httpx2

from tests.support.client import DEVELOPER

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_TAGS = re.compile(r"<[^>]*>")


class Guest:
    """Somebody who is signed in, with a browser's cookies. Redirects are not followed."""

    def __init__(self, url: str, person: tuple[str, str] = DEVELOPER):
        self.http = httpx2.Client(base_url=url, transport=httpx2.HTTPTransport(verify=False))
        answer = self.http.post("/sign-in", data={"email": person[0], "api-token": person[1]})
        assert answer.status_code == 303, answer.text
        found = _CSRF.search(self.get("/apps").text)
        assert found
        self.csrf = found[1]

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.http.get(path, **options)

    def post(self, path: str, /, **fields: Any) -> httpx2.Response:
        """Send a form with the CSRF token of this session."""
        return self.http.post(path, data={"csrf": self.csrf, **fields})

    def done(self, path: str, /, **fields: Any) -> str:
        """What the page says that a form leads to, which must be taken."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, said(answer)
        return said(self.get(answer.headers["location"]))

    @property
    def is_signed_in(self) -> bool:
        return self.get("/apps").status_code == 200

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.http.close()


def said(answer: httpx2.Response) -> str:
    """What a page says, without its tags; spaces are one."""
    return re.sub(r"\s+", " ", unescape(_TAGS.sub(" ", answer.text))).strip()


def problem_of(answer: httpx2.Response, field: str) -> str:
    """What a page says beside a field that is wrong, and has described it by."""
    element = re.search(rf'<[^>]* name="{re.escape(field)}"[^>]*>', answer.text)
    assert element, said(answer)
    assert 'aria-invalid="true"' in element[0], said(answer)
    described = re.search(r'aria-describedby="(?:[^"]* )?([^" ]+-told)"', element[0])
    assert described, element[0]
    found = re.search(rf'id="{described[1]}">(.*?)</span>', answer.text, re.DOTALL)
    assert found, said(answer)
    return unescape(_TAGS.sub(" ", found[1])).strip()
