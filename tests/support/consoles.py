"""The console over HTTP in this process: somebody who looks at pages and sends forms."""

import re
from html import unescape
from typing import Any

import httpx2

from tests.support.client import DEVELOPER, InProcess
from tradepost.console.front import Front

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_TAGS = re.compile(r"<[^>]*>")


class Surfer:
    """Somebody with a browser's cookies, and nothing else of one. Redirects are not followed."""

    def __init__(
        self,
        server: InProcess,
        *,
        url: str = "http://tradepost.test",
        visitor: tuple[str, str] | None = None,
        client: tuple[str, int] = ("127.0.0.1", 123),
    ):
        self._server = server
        tradepost = server.tradepost
        front = Front(tradepost.dispatcher, tradepost.belongings(None, visitor))
        transport = httpx2.ASGITransport(front, client=client, raise_app_exceptions=True)
        self._http = httpx2.AsyncClient(transport=transport, base_url=url)
        self.csrf = ""

    @property
    def cookies(self) -> httpx2.Cookies:
        return self._http.cookies

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        async def send() -> httpx2.Response:
            response = await self._http.request(method, path, **options)
            await self._server.tradepost.settle()
            return response

        response: httpx2.Response = self._server.run(send())
        return response

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a form with the CSRF token of this session, unless it has its own."""
        return self.request("POST", path, data={"csrf": self.csrf, **(fields or {})}, **options)

    def sign_in(self, person: tuple[str, str] = DEVELOPER) -> "Surfer":
        fields = {"email": person[0], "api-token": person[1]}
        answer = self.request("POST", "/sign-in", data=fields)
        assert answer.status_code == 303, answer.text
        found = _CSRF.search(self.get("/developer-spaces").text)
        assert found
        self.csrf = found[1]
        return self

    def close(self) -> None:
        self._server.run(self._http.aclose())


def surf(server: InProcess, person: tuple[str, str] = DEVELOPER) -> Surfer:
    """Somebody who is signed in."""
    return Surfer(server).sign_in(person)


def said(answer: httpx2.Response) -> str:
    """What a page says, without its tags; spaces are one."""
    return re.sub(r"\s+", " ", unescape(_TAGS.sub(" ", answer.text))).strip()


def follow(surfer: Surfer, answer: httpx2.Response) -> httpx2.Response:
    """The page that a form leads to, which must have been taken."""
    assert answer.status_code == 303, said(answer)
    found = surfer.get(answer.headers["location"])
    assert found.status_code == 200, said(found)
    return found
