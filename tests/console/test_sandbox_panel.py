"""The panel of a sandbox over HTTP: what it shows, what it does, and who may."""

from collections.abc import Iterator

import pytest

from tests.support.guests import Guest, problem_of, said
from tests.support.sandboxes import VERSION, VERSIONS, ask, statuses, total
from tradepost.sandbox.marketplace import Marketplace

PAT = ("pat@example.com", "pats-token")
PEOPLE = {"people": [{"email": PAT[0], "apiTokens": [{"token": PAT[1]}]}]}
REVIEW = "/apps/com.example.app.addon/reviews/f0000000-0000-4000-8000-000000000002"


@pytest.fixture
def guest(marketplace: Marketplace) -> Iterator[Guest]:
    with Guest(marketplace.url) as guest:
        yield guest


def test_what_is_read_here_is_not_in_the_journal(guest: Guest, marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503)
    for path in ("/sandbox", "/sandbox/journal", REVIEW, "/reference", "/sandbox/state.json"):
        assert guest.get(path).status_code in (200, 204), path
    assert marketplace.journal() == []
    assert marketplace.faults()[0]["matched"] == 0


def test_what_a_form_writes_is_recorded_as_its_visitors(
    guest: Guest, marketplace: Marketplace
) -> None:
    guest.done(f"{REVIEW}/response", responseContent="We thank you.")
    [found] = marketplace.journal()
    assert (found.operation, found.person) == ("updateReviewResponse", "developer@example.com")
    assert (found.status, found.delivered) == (204, True)


def test_a_fault_strikes_what_a_form_writes(guest: Guest, marketplace: Marketplace) -> None:
    marketplace.fault("answer", status=503, person="developer@example.com", times=1)
    refused = guest.post(f"{REVIEW}/response", responseContent="We thank you.")
    assert refused.status_code == 503
    assert "fault 1 of the sandbox" in said(refused)
    assert "We thank you." in refused.text, "nothing that was typed is lost"


def test_a_lost_answer_is_told_as_one(guest: Guest, marketplace: Marketplace) -> None:
    marketplace.fault("lost-answer", operation="updateReviewResponse")
    lost = guest.post(f"{REVIEW}/response", responseContent="We thank you.")
    assert lost.status_code == 502
    assert "carried out all the same" in said(lost)
    [found] = marketplace.journal()
    assert (found.status, found.delivered) == (204, False)
    assert "We thank you." in guest.get(REVIEW).text


def test_faults_are_added_and_removed(guest: Guest, marketplace: Marketplace) -> None:
    told = guest.done("/sandbox/faults", fault="answer", status="429", times="1")
    assert "The fault waits for requests." in told
    guest.done("/sandbox/faults", fault="delay", delayMilliseconds="1", method="GET")
    assert statuses(marketplace, 2) == [429, 200]
    assert "1 of 1" in said(guest.get("/sandbox"))
    guest.done("/sandbox/faults/remove", fault="1")
    assert [fault["id"] for fault in marketplace.faults()] == ["2"]
    assert guest.post("/sandbox/faults/remove", fault="1").status_code == 404
    guest.done("/sandbox/faults/remove")
    assert marketplace.faults() == []


@pytest.mark.parametrize("kind", ["lost-answer", "truncated-head", "truncated-body"])
def test_every_kind_of_fault_can_be_added(
    guest: Guest, marketplace: Marketplace, kind: str
) -> None:
    guest.done("/sandbox/faults", fault=kind, path="/rest/3/**", probability="0.5", seed="7")
    [fault] = marketplace.faults()
    assert (fault["fault"], fault["probability"], fault["seed"]) == (kind, 0.5, 7)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"fault": "answer"}, "status", "is required"),
        ({"fault": "delay", "delayMilliseconds": "-1"}, "delayMilliseconds", "Expected"),
        ({"fault": "lost-answer", "times": "many"}, "times", "Expected"),
        ({"fault": "lost-answer", "operation": "fly"}, "operation", "no operation fly"),
        ({"fault": "lost-answer", "path": "rest"}, "path", "must start with"),
        ({"fault": "lost-answer", "probability": "2"}, "probability", "Expected"),
    ],
)
def test_what_is_wrong_with_a_fault_is_told_beside_its_field(
    guest: Guest, marketplace: Marketplace, fields: dict[str, str], field: str, words: str
) -> None:
    refused = guest.post("/sandbox/faults", person="typed@example.com", **fields)
    assert refused.status_code == 400
    assert words in problem_of(refused, field)
    assert "typed@example.com" in refused.text, "nothing that was typed is lost"
    assert marketplace.faults() == []


def test_the_clock_jumps_and_nobody_is_signed_out(guest: Guest, marketplace: Marketplace) -> None:
    guest.done("/sandbox/clock", do="stop")
    told = guest.done("/sandbox/clock", do="set", at="2030-01-31T12:00:00Z")
    assert "2030-01-31T12:00:00.000Z stopped" in told
    assert "2030-03-02T12:00:00.000Z" in guest.done(
        "/sandbox/clock", do="advance", amount="30", unit="days"
    )
    assert "goes" in guest.done("/sandbox/clock", do="go")
    for wrong in ({"do": "set", "at": "soon"}, {"do": "advance", "amount": "much"}):
        assert guest.post("/sandbox/clock", **wrong).status_code == 400


def test_reviews_are_decided_beforehand(guest: Guest, marketplace: Marketplace) -> None:
    refused = guest.post("/sandbox/reviews", decision="reject")
    assert refused.status_code == 400
    assert "reason is required" in problem_of(refused, "reason")
    told = guest.done("/sandbox/reviews", decision="reject", reason="No icon.", times="2")
    assert "reject the next 2 submitted: “No icon.”" in told
    assert "Nothing is decided beforehand." in guest.done("/sandbox/reviews/remove")


def test_a_reset_keeps_one_signed_in(guest: Guest, marketplace: Marketplace) -> None:
    count = total(marketplace)
    ask(marketplace, "POST", VERSIONS, VERSION)
    guest.done("/sandbox/snapshots", name="one-more")
    assert "You are still signed in." in guest.done("/sandbox/reset")
    assert (total(marketplace), guest.is_signed_in) == (count, True)
    guest.done("/sandbox/reset", snapshot="one-more")
    assert (total(marketplace), guest.is_signed_in) == (count + 1, True)
    assert guest.post("/sandbox/reset", snapshot="none").status_code == 404
    assert "a snapshot's name has" in said(guest.post("/sandbox/snapshots", name="a/b"))


def test_who_signed_out_stays_so_after_a_reset(guest: Guest, marketplace: Marketplace) -> None:
    cookies = dict(guest.http.cookies)
    marketplace.snapshot("signed-in")
    guest.post("/sign-out")
    marketplace.reset("signed-in")
    guest.http.cookies.update(cookies)
    assert not guest.is_signed_in


def test_a_session_goes_where_its_api_token_is_gone(guest: Guest, marketplace: Marketplace) -> None:
    state = marketplace.state()
    marketplace.load({"people": [*state["people"], *PEOPLE["people"]]})
    assert guest.is_signed_in, "the person and the API token are there again"
    with Guest(marketplace.url, PAT) as pat:
        marketplace.reset()
        assert (guest.is_signed_in, pat.is_signed_in) == (True, False)
        marketplace.load(PEOPLE)
        assert (guest.is_signed_in, pat.is_signed_in) == (False, False)


def test_an_api_token_with_the_same_secret_of_another_person_resumes_nothing(
    guest: Guest, marketplace: Marketplace
) -> None:
    marketplace.load(
        {"people": [{"email": "other@example.com", "apiTokens": [{"token": "demo-token"}]}]}
    )
    assert not guest.is_signed_in


def test_a_document_is_loaded_from_a_form(guest: Guest, marketplace: Marketplace) -> None:
    assert "The document is loaded." in guest.done("/sandbox/load", document='{"apps": []}')
    assert marketplace.state()["apps"] == []
    refused = guest.post("/sandbox/load", document='{"apps": 1}')
    assert refused.status_code == 400
    assert '{"apps": 1}' in said(refused)


def test_the_journal_grows_by_what_is_new(guest: Guest, marketplace: Marketplace) -> None:
    statuses(marketplace, 2)
    ask(marketplace, "GET", "/nowhere")
    first = guest.get("/sandbox").text
    [*_, newest] = marketplace.journal()
    assert f"/sandbox/journal?after={newest.seq}" in first
    more = f"/sandbox/journal?after={newest.seq}"
    assert guest.get(more).status_code == 204
    ask(marketplace, "GET", f"{VERSIONS}?limit=1")
    found = guest.get(more).text
    assert (found.count("<details"), f"after={newest.seq + 1}" in found) == (1, True)
    assert guest.get(f"{more}&operation=fetchArtifact").status_code == 204
    assert guest.get("/sandbox?status=404").text.count("<details") == 2  # and that of a document
    assert 'hx-trigger="every' not in guest.get("/sandbox?paused=1").text
    assert "No request fits" in said(guest.get("/sandbox?status=teapot&person=x"))


def test_the_journal_pages_back(guest: Guest, marketplace: Marketplace) -> None:
    statuses(marketplace, 60)
    seqs = [found.seq for found in marketplace.journal()]
    first = guest.get("/sandbox").text
    assert first.count('class="opened"') == 50
    assert len(first.encode()) < 60_000
    assert f"/sandbox?before={seqs[10]}#journal" in first
    older = guest.get(f"/sandbox?before={seqs[10]}").text
    assert older.count('class="opened"') == 10


def test_an_exchange_is_shown_as_a_whole(guest: Guest, marketplace: Marketplace) -> None:
    ask(marketplace, "POST", VERSIONS, {"supportedPaymentModel": "<script>\u202ehostile"})
    [found] = marketplace.journal()
    page = guest.get(f"/sandbox/journal/{found.seq}")
    assert "<script>" not in page.text.replace('<script src="', "")
    for words in ("createAppSoftwareVersion", "&lt;script&gt;", "authorization", "Basic", "VALID"):
        assert words in page.text
    assert "demo-token" not in page.text
    part = guest.get(f"/sandbox/journal/{found.seq}", headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert guest.get("/sandbox/journal/99999").status_code == 404


def test_state_and_journal_are_taken_along(guest: Guest, marketplace: Marketplace) -> None:
    statuses(marketplace, 1)
    archive = guest.get("/sandbox/journal.har")
    assert archive.headers["content-disposition"] == 'attachment; filename="journal.har"'
    assert len(archive.json()["log"]["entries"]) == 1
    assert guest.get("/sandbox/state.json").json() == marketplace.state()


def test_a_name_that_may_lead_anywhere_controls_nothing(
    guest: Guest, marketplace: Marketplace
) -> None:
    headers = {"host": f"evil.example:{marketplace.url.rpartition(':')[2]}"}
    assert guest.get("/sandbox", headers=headers).status_code == 403
    form = {"csrf": guest.csrf, "fault": "lost-answer"}
    assert guest.http.post("/sandbox/faults", data=form, headers=headers).status_code == 403
    assert marketplace.faults() == []
