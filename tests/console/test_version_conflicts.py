"""What happens when two people edit one version."""

from typing import Any

import pytest

from tests.support.bodies import versions_path
from tests.support.client import InProcess
from tests.support.consoles import follow, said, surf
from tests.support.scenes import as_member
from tests.support.version_pages import changed, form_of, page


class Two:
    """Two people with the form of one version open."""

    path = page(26400, then="/edit")

    def __init__(self, server: InProcess):
        self.server = server
        self.me, self.them = surf(server), surf(server, as_member(server, "release-manager"))
        self.mine = form_of(self.me.get(self.path).text, self.path)
        self.theirs = form_of(self.them.get(self.path).text, self.path)

    def save(self, mine: dict[str, Any], theirs: dict[str, Any]) -> Any:
        """They save first; the answer to me."""
        follow(self.them, self.them.post(self.path, changed(self.theirs, do="save", **theirs)))
        return self.me.post(self.path, changed(self.mine, do="save", **mine))

    @property
    def stored(self) -> Any:
        return self.server.get(versions_path(build_number=26400)).json()


def test_what_each_has_changed_alone_is_merged(server: InProcess) -> None:
    two = Two(server)
    answer = two.save(
        {"changelog__releaseSummary": "Mine"}, {"forge__scopes": "theirs", "beta": "yes"}
    )
    assert answer.status_code == 400
    text = said(answer)
    assert "Somebody has changed 3.7.2 meanwhile" in text
    assert "Changed by you, and kept Release summary" in text
    assert "Changed by them, and taken over" in text
    assert "Changed by both" not in text
    assert two.stored["changelog"]["releaseSummary"] != "Mine"
    merged = changed(form_of(answer.text, two.path), do="merge")
    follow(two.me, two.me.post(two.path, merged))
    assert two.stored["changelog"]["releaseSummary"] == "Mine"
    assert two.stored["frameworkDetails"]["attributes"]["scopes"] == ["theirs"]
    assert two.stored["beta"] is True
    assert two.stored["revision"] == 3


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_what_both_have_changed_is_chosen(server: InProcess, side: str) -> None:
    two = Two(server)
    answer = two.save(
        {"changelog__releaseNotes": "of mine", "max": "9.0.0"},
        {"changelog__releaseNotes": "of theirs", "max": "8.0.0"},
    )
    text = said(answer)
    assert "Before" in text
    assert "Jira: 770000 to 9.0.0" in text
    assert "Jira: 770000 to 8.0.0" in text
    form = form_of(answer.text, two.path)
    undecided = two.me.post(two.path, changed(form, do="merge"))
    assert undecided.status_code == 400
    assert "Choose one side" in said(undecided)
    choices = {"choice.changelog.releaseNotes": side, "choice.compatibilities": side}
    chosen = {**changed(form_of(undecided.text, two.path), do="merge"), **choices}
    follow(two.me, two.me.post(two.path, chosen))
    assert two.stored["changelog"]["releaseNotes"] == f"of {side}"
    build = 900000 if side == "mine" else 800000
    assert two.stored["compatibilities"][0]["maxBuildNumber"] == build


def test_both_together_can_be_edited_on(server: InProcess) -> None:
    two = Two(server)
    answer = two.save({"beta": "yes"}, {"supported": None})
    form = changed(form_of(answer.text, two.path), do="continue")
    shown = two.me.post(two.path, form)
    assert shown.status_code == 200
    pairs = form_of(shown.text, two.path)
    assert dict(pairs)["beta"] == "yes"
    assert "supported" not in dict(pairs)
    assert dict(pairs)["revision"] == "2"
    follow(two.me, two.me.post(two.path, changed(pairs, do="save")))
    assert (two.stored["beta"], two.stored["supported"]) == (True, False)


def test_a_conflict_during_a_conflict_is_shown_anew(server: InProcess) -> None:
    two = Two(server)
    answer = two.save({"beta": "yes"}, {"supported": None})
    again = form_of(two.them.get(two.path).text, two.path)
    follow(two.them, two.them.post(two.path, changed(again, do="save", versionNumber="4.0.0")))
    once_more = two.me.post(two.path, changed(form_of(answer.text, two.path), do="merge"))
    assert once_more.status_code == 409
    assert "It has revision 3 now" in said(once_more)
    follow(two.me, two.me.post(two.path, changed(form_of(once_more.text, two.path), do="merge")))
    assert two.stored["versionNumber"] == "4.0.0"
    assert two.stored["beta"] is True


def test_the_same_change_is_no_conflict(server: InProcess) -> None:
    two = Two(server)
    follow(two.me, two.save({"beta": "yes"}, {"beta": "yes"}))
    assert two.stored["revision"] == 2


def test_a_damaged_base_makes_everything_that_differs_a_choice(server: InProcess) -> None:
    two = Two(server)
    answer = two.save({"beta": "yes", "base": "{"}, {"supported": None})
    assert said(answer).count("Keep yours") == 2
