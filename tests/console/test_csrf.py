"""Forms that other sites send, or that were sent for another session: nothing is done."""

import re
from collections.abc import Iterator

import pytest

from tests.support.audit import count_lines
from tests.support.bodies import ADDON_CLOUD
from tests.support.client import ADMINISTRATOR, OUTSIDER, InProcess
from tests.support.consoles import Surfer, said, surf
from tradepost.console.pages import PAGES

_PARAMETER = re.compile(r"\{(\w+)(:\w+)?\}")
FORMS = sorted({page.path for page in PAGES if "POST" in page.methods})
GUARDED = [path for path in FORMS if path != "/sign-in"]
READ = sorted({page.path for page in PAGES if "GET" in page.methods})


def filled(path: str) -> str:
    """A path with something for each parameter."""
    return _PARAMETER.sub(lambda found: "1" if found[2] == ":int" else ADDON_CLOUD, path)


@pytest.fixture(scope="module")
def surfer(shared: InProcess) -> Iterator[Surfer]:
    """An administrator, whom most forms would obey."""
    surfer = surf(shared, ADMINISTRATOR)
    yield surfer
    surfer.close()


@pytest.fixture(scope="module")
def other(shared: InProcess) -> Iterator[Surfer]:
    other = surf(shared, OUTSIDER)
    yield other
    other.close()


def refuses(server: InProcess, surfer: Surfer, path: str, **options: object) -> None:
    before = count_lines(server)
    answer = surfer.request("POST", filled(path), **options)
    assert answer.status_code == 403, said(answer)
    assert "Nothing was done" in said(answer)
    assert count_lines(server) == before
    assert surfer.get("/developer-spaces").status_code == 200, "the session goes on"


@pytest.mark.parametrize("path", GUARDED)
def test_no_form_is_taken_without_its_token(shared: InProcess, surfer: Surfer, path: str) -> None:
    refuses(shared, surfer, path)
    refuses(shared, surfer, path, data={"csrf": ""})
    refuses(shared, surfer, path, headers={"x-csrf-token": ""})


@pytest.mark.parametrize("path", GUARDED)
def test_no_form_is_taken_with_a_wrong_token(
    shared: InProcess, surfer: Surfer, other: Surfer, path: str
) -> None:
    for wrong in ("0" * 32, surfer.csrf[:-1], surfer.csrf.upper() + "A", "ü", other.csrf):
        refuses(shared, surfer, path, data={"csrf": wrong})
    refuses(shared, surfer, path, headers={"x-csrf-token": other.csrf})
    # A token in the query would be in logs and in what links tell others.
    refuses(shared, surfer, path, params={"csrf": surfer.csrf})


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec-fetch-site": "cross-site"}, id="cross-site"),
        pytest.param({"sec-fetch-site": "same-site"}, id="same-site"),
        pytest.param({"sec-fetch-site": ""}, id="empty"),
        pytest.param({"origin": "https://evil.example"}, id="foreign-origin"),
        pytest.param({"origin": "http://tradepost.test:81"}, id="other-port"),
        pytest.param({"origin": "http://tradepost.test.evil.example"}, id="longer-origin"),
        pytest.param({"origin": "null"}, id="null-origin"),
        pytest.param({"origin": ""}, id="no-origin"),
    ],
)
def test_no_form_of_another_site_is_taken_even_with_the_token(
    shared: InProcess, surfer: Surfer, path: str, headers: dict[str, str]
) -> None:
    refuses(shared, surfer, path, headers={**headers, "x-csrf-token": surfer.csrf})
    refuses(shared, surfer, path, headers=headers, data={"csrf": surfer.csrf})


@pytest.mark.parametrize("path", GUARDED)
def test_nobody_can_send_a_form(shared: InProcess, path: str) -> None:
    stranger = Surfer(shared)
    before = count_lines(shared)
    answer = stranger.request("POST", filled(path), data={"csrf": "0" * 32})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert count_lines(shared) == before
    stranger.close()


@pytest.mark.parametrize("path", [path for path in READ if path != "/sign-in"])
def test_nobody_sees_a_page(shared: InProcess, path: str) -> None:
    stranger = Surfer(shared)
    answer = stranger.get(filled(path))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert "set-cookie" not in answer.headers
    stranger.close()


@pytest.mark.parametrize("path", READ)
def test_looking_changes_nothing(shared: InProcess, surfer: Surfer, path: str) -> None:
    before = count_lines(shared)
    answer = surfer.get(filled(path))
    assert answer.status_code < 500, said(answer)
    assert count_lines(shared) == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", b"csrf=%b"),
        ("application/json", b'{"csrf": "%b"}'),
        ("multipart/form-data; boundary=x", b'--x\r\n\r\nname="csrf"\r\n\r\n%b\r\n--x--'),
    ],
)
def test_only_forms_are_taken(shared: InProcess, surfer: Surfer, kind: str, body: bytes) -> None:
    content = body.replace(b"%b", surfer.csrf.encode())
    answer = surfer.request("POST", "/people", content=content, headers={"content-type": kind})
    assert answer.status_code == 400
    assert "no form" in said(answer)


@pytest.mark.parametrize(
    "body", [b"a=" + b"x" * (1024 * 1024), b"\xff=1", b"a=%ff", b"&".join([b"a=1"] * 5001)]
)
def test_what_no_form_sends_is_refused(shared: InProcess, surfer: Surfer, body: bytes) -> None:
    answer = surfer.request(
        "POST",
        "/people",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded", "x-csrf-token": surfer.csrf},
    )
    assert answer.status_code == 400
    assert "no form" in said(answer)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "http://tradepost.test"},
        {},
    ],
)
def test_our_own_forms_are_taken(
    shared: InProcess, surfer: Surfer, headers: dict[str, str]
) -> None:
    answer = surfer.post("/people", {"email": "none"}, headers=headers)
    assert answer.status_code == 400
    assert "email must be an email address" in said(answer)
