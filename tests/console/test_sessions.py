"""Sessions: whose they are, how they end, and what does not become one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.administration import new_person, person_of
from tests.support.client import ADMINISTRATOR, DEVELOPER, OUTSIDER, InProcess
from tests.support.consoles import Surfer, said, surf

HOME = "/developer-spaces"
COOKIE = "tradepost"


def is_in(surfer: Surfer) -> bool:
    answer = surfer.get(HOME)
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


def token_id(server: InProcess, email: str) -> str:
    person = person_of(server, email)
    path = f"/admin/v1/people/{person['id']}/api-tokens"
    found: str = server.get(path, ADMINISTRATOR).json()["apiTokens"][0]["id"]
    return found


def test_the_cookie_is_for_this_server_and_no_script(server: InProcess) -> None:
    surfer = Surfer(server)
    fields = {"email": DEVELOPER[0], "api-token": DEVELOPER[1]}
    cookie = surfer.request("POST", "/sign-in", data=fields).headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    secret, *attributes = rest.split("; ")
    assert name == COOKIE
    assert len(bytes.fromhex(secret)) == 32
    assert {one.lower() for one in attributes} == {
        "httponly",
        "samesite=lax",
        "path=/",
        "max-age=43200",
    }
    assert DEVELOPER[1] not in cookie


def test_under_https_the_cookie_is_secure_and_bound_to_the_host(server: InProcess) -> None:
    surfer = Surfer(server, url="https://tradepost.test")
    fields = {"email": DEVELOPER[0], "api-token": DEVELOPER[1]}
    cookie = surfer.request("POST", "/sign-in", data=fields).headers["set-cookie"]
    assert cookie.startswith("__Host-tradepost=")
    assert "; Secure" in cookie
    assert "Domain" not in cookie
    assert is_in(surfer)
    # What anybody on the network could have set over http is not looked at.
    secret = surfer.cookies["__Host-tradepost"]
    surfer.cookies.clear()
    surfer.cookies.set(COOKIE, secret)
    assert not is_in(surfer)


@pytest.mark.parametrize(
    ("trusted", "address", "name"),
    [
        ("10.0.0.0/8", "10.1.2.3", "__Host-tradepost"),
        ("10.0.0.0/8", "192.0.2.1", "tradepost"),
        ("", "10.1.2.3", "tradepost"),
    ],
    ids=["its-proxy", "somebody", "no-proxy"],
)
def test_the_cookie_is_secure_where_a_trusted_proxy_speaks_tls(
    tmp_path: Path, trusted: str, address: str, name: str
) -> None:
    with InProcess(tmp_path / "data", trusted_proxies=trusted) as server:
        surfer = Surfer(server, client=(address, 1))
        answer = surfer.request(
            "POST",
            "/sign-in",
            data={"email": DEVELOPER[0], "api-token": DEVELOPER[1]},
            headers={"x-forwarded-proto": "https", "origin": "https://tradepost.test"},
        )
        cookie = answer.headers["set-cookie"]
        assert cookie.partition("=")[0] == name
        assert ("; Secure" in cookie) == (name != "tradepost")
        surfer.close()


def test_servers_on_two_ports_of_a_host_keep_their_sessions_apart(server: InProcess) -> None:
    surfer = Surfer(server, url="http://localhost:8080").sign_in()
    assert list(surfer.cookies) == ["tradepost-8080"]


def test_a_session_id_that_somebody_chose_is_never_adopted(server: InProcess) -> None:
    chosen = {"cookie": f"{COOKIE}={'ab' * 32}"}
    surfer = Surfer(server)
    assert surfer.get(HOME, headers=chosen).status_code == 303
    fields = {"email": DEVELOPER[0], "api-token": DEVELOPER[1]}
    assert surfer.request("POST", "/sign-in", data=fields, headers=chosen).status_code == 303
    assert surfer.cookies[COOKIE] != "ab" * 32
    assert is_in(surfer)
    assert Surfer(server).get(HOME, headers=chosen).status_code == 303


def test_signing_in_anew_ends_the_session_before(server: InProcess) -> None:
    surfer = surf(server)
    before = surfer.cookies[COOKIE]
    fields = {"email": OUTSIDER[0], "api-token": OUTSIDER[1]}
    assert surfer.post("/sign-in", fields).status_code == 303
    assert surfer.cookies[COOKIE] != before
    thief = Surfer(server)
    thief.cookies.set(COOKIE, before)
    assert not is_in(thief)


@pytest.mark.parametrize(
    "secret",
    ["", "0", "0" * 64, "x" * 5000, "%00", "' OR 1=1 --", "ü"],
)
def test_no_other_text_is_a_session(server: InProcess, secret: str) -> None:
    surfer = Surfer(server)
    answer = surfer.get(HOME, headers={"cookie": f"{COOKIE}={secret}".encode()})
    assert answer.status_code == 303


def test_the_hash_in_the_database_opens_nothing(server: InProcess) -> None:
    surf(server)
    row = server.run(server.database.row("SELECT digest FROM console_session"))
    surfer = Surfer(server)
    surfer.cookies.set(COOKIE, bytes(row[0]).hex())
    assert not is_in(surfer)


def test_signing_out_ends_it_for_who_has_copied_the_cookie(server: InProcess) -> None:
    surfer = surf(server)
    thief = Surfer(server)
    thief.cookies.set(COOKIE, surfer.cookies[COOKIE])
    assert is_in(thief)
    answer = surfer.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert COOKIE not in surfer.cookies
    assert not is_in(thief)
    assert not is_in(surfer)


def test_the_cookie_of_https_is_taken_away_as_a_browser_would_let_it(server: InProcess) -> None:
    surfer = Surfer(server, url="https://tradepost.test").sign_in()
    cookie = surfer.post("/sign-out").headers["set-cookie"]
    assert cookie.startswith('__Host-tradepost="";')
    assert {"Secure", "Path=/", "Max-Age=0", "HttpOnly"} <= set(cookie.split("; "))


def revoke(server: InProcess) -> None:
    path = f"/admin/v1/api-tokens/{token_id(server, DEVELOPER[0])}/revoke"
    assert server.post(path, ADMINISTRATOR).status_code == 200


def archive(server: InProcess) -> None:
    person = person_of(server, DEVELOPER[0])
    path = f"/admin/v1/people/{person['id']}/archive"
    assert server.post(path, ADMINISTRATOR).status_code == 200


@pytest.mark.parametrize("lose", [revoke, archive])
def test_a_session_ends_with_what_it_stands_for(
    server: InProcess, lose: Callable[[InProcess], None]
) -> None:
    surfer, bystander = surf(server), surf(server, OUTSIDER)
    lose(server)
    answer = surfer.get(f"{HOME}?x=1")
    assert answer.headers["location"] == "/sign-in?to=%2Fdeveloper-spaces%3Fx%3D1&ended=1"
    assert "Your session has ended" in said(surfer.get(answer.headers["location"]))
    assert is_in(bystander)


def test_a_form_of_an_ended_session_does_nothing(server: InProcess) -> None:
    surfer = surf(server, ADMINISTRATOR)
    person, _ = new_person(server)
    path = f"/admin/v1/api-tokens/{token_id(server, ADMINISTRATOR[0])}/revoke"
    assert server.post(path, ADMINISTRATOR).status_code == 200
    answer = surfer.post(f"/people/{person['id']}/archive")
    assert answer.headers["location"] == "/sign-in?ended=1"


def test_rights_that_were_taken_are_gone_with_the_next_page(server: InProcess) -> None:
    person, auth = new_person(server, administrator=True)
    surfer = surf(server, auth)
    assert surfer.get("/people").status_code == 200
    path = f"/admin/v1/people/{person['id']}"
    server.request("PATCH", path, ADMINISTRATOR, json={"administrator": False})
    answer = surfer.get("/people")
    assert answer.status_code == 403
    assert "only administrators" in said(answer)
    assert "Review" not in said(answer)


def test_a_session_is_no_sign_in_for_the_api(server: InProcess) -> None:
    surfer = surf(server)
    for path in ("/rest/3/app-software/x/versions", "/admin/v1/audit"):
        assert surfer.get(path).status_code == 401


def test_credentials_of_the_api_are_no_session(server: InProcess) -> None:
    answer = Surfer(server).get(HOME, auth=DEVELOPER)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "/x\\..\\evil",
        "/\u2028/evil.example",
        "evil.example",
        "/sign-in?to=/",
        "/sign-out",
        "",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(server: InProcess, to: str) -> None:
    fields = {"email": DEVELOPER[0], "api-token": DEVELOPER[1], "to": to}
    answer = Surfer(server).request("POST", "/sign-in", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    signed_in = surf(server).get("/sign-in", params={"to": to})
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("to", "where"),
    [
        ("/audit?action=x&from=2026-01-01", "/audit?action=x&from=2026-01-01"),
        ("/apps/ü", "/apps/%C3%BC"),
        ("/%2F/evil.example", "/%2F/evil.example"),
    ],
)
def test_a_page_of_ours_is_gone_to(server: InProcess, to: str, where: str) -> None:
    fields = {"email": DEVELOPER[0], "api-token": DEVELOPER[1], "to": to}
    answer = Surfer(server).request("POST", "/sign-in", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, where)
    fields["csrf"] = ""
    partial = Surfer(server).request(
        "POST", "/sign-in", data=fields, headers={"hx-request": "true"}
    )
    assert (partial.status_code, partial.headers["hx-redirect"]) == (204, where)


def test_every_answer_says_what_a_browser_may_do_with_it(server: InProcess) -> None:
    surfer = surf(server)
    for path in (HOME, "/sign-in", "/people", "/people/x/y", "/developer-spaces/none"):
        headers = surfer.get(path).headers
        policy = dict(one.split(" ", 1) for one in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["form-action"] == "'self'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        assert "www-authenticate" not in headers


def test_a_page_that_is_not_there_is_one_of_the_console(server: InProcess) -> None:
    surfer = surf(server)
    answer = surfer.get("/people/x/y/z")
    assert answer.status_code == 404
    assert "Sign out" in said(answer)
    answer = surfer.request("PUT", "/people")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_failed_sign_ins_are_answered_alike(server: InProcess) -> None:
    surfer = Surfer(server)
    answers = [
        surfer.request("POST", "/sign-in", data={"email": email, "api-token": token})
        for email, token in ((DEVELOPER[0], "wrong"), ("nobody@example.com", DEVELOPER[1]))
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("wrong, expired or revoked" in said(answer) for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)


def test_a_demo_without_a_visitor_lets_nobody_in_by_one_click(server: InProcess) -> None:
    answer = Surfer(server).request("POST", "/sign-in", data={"visitor": "1"})
    assert answer.status_code == 400
    demo = Surfer(server, visitor=DEVELOPER)
    assert demo.request("POST", "/sign-in", data={"visitor": "1"}).status_code == 303
    assert is_in(demo)
