"""Creating and editing versions with forms, and what happens when two people edit one."""

import re
from typing import Any

import pytest

from tests.support.archives import plugin_jar
from tests.support.bodies import (
    ADDON_CLOUD,
    ADDON_DATACENTER,
    ADDON_SERVER,
    OTHER_WORKFLOW,
    WORKFLOW,
    version,
    versions_path,
)
from tests.support.client import DEVELOPER, InProcess
from tests.support.consoles import Surfer, follow, said
from tests.support.scenes import as_member, create, new_software, set_policy
from tests.support.version_pages import changed, form_of, page, visit
from tradepost.console.version_fields import FRAMEWORKS

GOOD: dict[str, dict[str, str]] = {
    "connect": {"connect__descriptorId": "com.example.app", "connect__scopes": "READ\nWRITE"},
    "forge": {
        "versionNumber": "50.0.0",
        "forge__appId": "app-1",
        "forge__versionId": "version-1",
        "forge__envId": "env-1",
        "forge__appAccess": "issues\n\npages",
    },
    "plugin": {
        "versionNumber": "50.0.0",
        "buildNumber": "500000",
        "plugin__artifactId": WORKFLOW,
        "plugin__pluginFrameworkType": "P2",
    },
    "workflow": {"buildNumber": "500000", "workflow__artifactId": OTHER_WORKFLOW},
    "external": {
        "buildNumber": "500000",
        "external__authorization": "yes",
        "external__binaryUrl": "https://example.com/a.zip",
    },
}
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "connect": {"descriptorId": "com.example.app", "scopes": ["READ", "WRITE"]},
    "forge": {
        "appId": "app-1",
        "versionId": "version-1",
        "envId": "env-1",
        "scopes": [],
        "appAccess": ["issues", "pages"],
    },
    "plugin": {"artifactId": WORKFLOW, "pluginFrameworkType": "P2"},
    "workflow": {"artifactId": OTHER_WORKFLOW},
    "external": {"authorization": True, "binaryUrl": "https://example.com/a.zip"},
}


def blank(surfer: Surfer, software_id: str, framework: str) -> Any:
    """The form of a new version for a framework."""
    path = page(None, software_id)
    answer = surfer.get(f"{path}?framework={framework}")
    assert answer.status_code == 200, said(answer)
    return form_of(answer.text, path)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_version_of_each_framework_is_created(server: InProcess, framework: str) -> None:
    software_id = new_software(server, "server")
    surfer = visit(server)
    pairs = blank(surfer, software_id, framework)
    names = {name.partition(".")[0] for name, _ in pairs}
    assert names & set(FRAMEWORKS) <= {framework}
    sent = changed(
        pairs,
        do="submit",
        parent="jira",
        min="9.0.0",
        max="912000",
        supportedPaymentModel="free",
        acceptedAgreements="https://example.com/terms",
        licenseType__id="gpl",
        changelog__releaseNotes="One.\nTwo.",
        **GOOD[framework],
    )
    shown = follow(surfer, surfer.post(page(None, software_id), sent))
    assert "Version" in said(shown)
    (made,) = server.get(versions_path(software_id)).json()["versions"]
    assert made["frameworkDetails"] == {
        "frameworkId": framework,
        "attributes": ATTRIBUTES[framework],
    }
    assert made["compatibilities"] == [
        {"parentSoftwareId": "jira", "minBuildNumber": 900000, "maxBuildNumber": 912000}
    ]
    assert made["licenseType"]["id"] == "gpl"
    assert made["changelog"] == {"releaseNotes": "One.\nTwo."}
    assert made["state"] == "auto-approved"
    assert (made["supported"], made["beta"]) == (True, False)
    assert "editionsEnabled" not in made


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_problems_are_told_beside_their_fields_and_nothing_is_lost(
    server: InProcess, framework: str
) -> None:
    software_id = new_software(server, "server")
    surfer = visit(server)
    pairs = blank(surfer, software_id, framework)
    summary = "<b>typed & kept</b>"
    sent = changed(pairs, do="submit", min="x", parent="jira", changelog__releaseSummary=summary)
    answer = surfer.post(page(None, software_id), sent)
    assert answer.status_code == 400
    told = dict(re.findall(r'id="([^"]+)-problem" data-of="[^"]*">([^<]+)<', answer.text))
    assert told["supportedPaymentModel"] == "supportedPaymentModel is required"
    assert "must be a release of Jira" in told["min-0"]
    assert told["max-0"] == "compatibilities[0].maxBuildNumber is required for server"
    assert "acceptedAgreements" in told["acceptedAgreements"]
    for field in ("supportedPaymentModel", "min-0"):
        marked = re.search(rf'<[a-z]+ id="{field}"[^>]*>', answer.text)
        assert marked
        assert 'aria-invalid="true"' in marked[0]
        assert f"{field}-problem" in marked[0]
    again = dict(form_of(answer.text, page(None, software_id)))
    assert again["changelog.releaseSummary"] == summary
    assert again["min"] == "x"
    assert again["framework"] == framework
    assert again["key"] != dict(pairs)["key"]
    assert server.get(versions_path(software_id)).json()["totalCount"] == 0


def test_a_new_version_starts_from_the_latest_one(shared: InProcess) -> None:
    path = page(None, ADDON_DATACENTER)
    latest = shared.get(versions_path(ADDON_DATACENTER)).json()["versions"][0]
    answer = visit(shared).get(path)
    pairs = dict(form_of(answer.text, path))
    assert pairs["framework"] == latest["frameworkDetails"]["frameworkId"]
    assert pairs["plugin.descriptorId"] == "com.example.app.addon"
    assert pairs["supportedPaymentModel"] == latest["supportedPaymentModel"]
    assert pairs["parent"] == "jira"
    for name in ("versionNumber", "buildNumber", "plugin.artifactId", "changelog.releaseNotes"):
        assert pairs[name] == ""
    assert f"The latest is {latest['versionNumber']}." in said(answer)


def test_a_draft_waits_to_be_submitted(server: InProcess) -> None:
    software_id = new_software(server)
    surfer = visit(server)
    sent = changed(
        blank(surfer, software_id, "connect"),
        do="draft",
        parent="jira",
        supportedPaymentModel="free",
        acceptedAgreements="https://example.com/terms",
        **GOOD["connect"],
    )
    shown = follow(surfer, surfer.post(page(None, software_id), sent))
    assert "Version 1.0.0 draft" in said(shown)


def test_a_form_that_is_sent_twice_creates_one_version(server: InProcess) -> None:
    software_id = new_software(server)
    surfer = visit(server)
    sent = changed(
        blank(surfer, software_id, "connect"),
        do="submit",
        parent="jira",
        supportedPaymentModel="free",
        acceptedAgreements="https://example.com/terms",
        **GOOD["connect"],
    )
    first, second = (surfer.post(page(None, software_id), sent) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert server.get(versions_path(software_id)).json()["totalCount"] == 1
    other = surfer.post(page(None, software_id), {**sent, "beta": ["yes"]})
    assert "Idempotency-Key" in said(other)
    again = changed(form_of(other.text, page(None, software_id)), do="submit")
    follow(surfer, surfer.post(page(None, software_id), again))
    assert server.get(versions_path(software_id)).json()["totalCount"] == 2


def test_rows_and_frameworks_change_without_scripts(shared: InProcess) -> None:
    surfer, path = visit(shared), page()
    pairs = form_of(surfer.get(path).text, path)
    more = surfer.post(path, changed(pairs, **{"add-row": "1"}, versionNumber="9.9.9"))
    assert more.status_code == 200
    grown = form_of(more.text, path)
    assert [value for name, value in grown if name == "parent"] == ["jira", ""]
    assert dict(grown)["versionNumber"] == "9.9.9"
    less = surfer.post(path, changed(grown, **{"remove-row": "0"}))
    assert [value for name, value in form_of(less.text, path) if name == "parent"] == [""]
    other = surfer.post(path, changed(pairs, framework="connect", forge__versionId="mine"))
    switched = dict(form_of(other.text, path))
    assert "connect.descriptorId" in switched
    assert switched["forge.versionId"] == "mine"
    assert 'type="hidden" name="forge.versionId"' in other.text


def test_a_form_is_checked_as_one_types(server: InProcess) -> None:
    surfer, path = visit(server), page()
    pairs = form_of(surfer.get(path).text, path)
    sent = changed(pairs, versionNumber="", forge__versionId="", parent="bamboo")
    answer = surfer.post(f"{path}/check", sent)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    told = dict(re.findall(r'id="([^"]+)-problem"[^>]*hx-swap-oob="true">([^<]*)<', answer.text))
    assert told["versionNumber"] == "versionNumber is required for forge"
    assert told["parent-0"] == "compatibilities[0].parentSoftwareId does not offer cloud hosting"
    assert told["framework"] == "frameworkDetails.frameworkId forge is not offered by bamboo"
    assert told["beta"] == ""
    assert "to mend before this can be saved" in said(answer)
    good = surfer.post(f"{path}/check", changed(pairs, versionNumber="9.9.9", forge__versionId="v"))
    assert said(good) == "All of this can be saved."
    assert server.get(versions_path()).json()["totalCount"] == 64


def test_editing_changes_what_was_changed_alone(server: InProcess) -> None:
    notes = "One.\r\nTwo.\n\n<b>&amp;</b> \u202e"
    made = create(
        server,
        ADDON_SERVER,
        version(
            "external",
            buildNumber=700,
            editionsEnabled=False,
            licenseType={"id": "bsd"},
            sourceCodeLicense={},
            changelog={"releaseSummary": "", "releaseNotes": notes},
        ),
    )
    surfer, path = visit(server), page(700, ADDON_SERVER, "/edit")
    pairs = form_of(surfer.get(path).text, path)
    follow(surfer, surfer.post(path, changed(pairs, do="save", beta="yes")))
    after = server.get(versions_path(ADDON_SERVER, 700)).json()
    assert after == {**made, "beta": True, "revision": 2}


def test_what_is_emptied_is_removed(server: InProcess) -> None:
    surfer, path = visit(server), page(26400, then="/edit")
    pairs = form_of(surfer.get(path).text, path)
    emptied = changed(
        pairs,
        do="save",
        changelog__releaseNotes="",
        changelog__releaseSummary="",
        licenseType__id="",
        forge__appAccess="",
        forge__scopes="",
        min="",
        max="",
        supported=None,
    )
    follow(surfer, surfer.post(path, emptied))
    after = server.get(versions_path(build_number=26400)).json()
    assert not {"changelog", "licenseType"} & after.keys()
    assert after["supported"] is False
    assert after["compatibilities"] == [{"parentSoftwareId": "jira"}]
    assert after["frameworkDetails"]["attributes"]["scopes"] == []
    assert "appAccess" not in after["frameworkDetails"]["attributes"]


def test_wrong_input_of_an_edit_is_told_beside_its_field(server: InProcess) -> None:
    surfer, path = visit(server), page(26400, then="/edit")
    pairs = form_of(surfer.get(path).text, path)
    answer = surfer.post(
        path, changed(pairs, do="save", versionNumber="3.7.1", sourceCodeLicense__url="ftp:x")
    )
    assert answer.status_code == 400
    told = dict(re.findall(r'id="([^"]+)-problem" data-of="[^"]*">([^<]+)<', answer.text))
    assert told == {
        "sourceCodeLicense-url": "sourceCodeLicense.url must be an http or https URL",
        "versionNumber": "versionNumber: Version number already exists",
    }
    assert dict(form_of(answer.text, path))["versionNumber"] == "3.7.1"
    check = surfer.post(f"{path}/check", changed(pairs, versionNumber="3.7.1"))
    assert "already exists" in said(check)


def test_an_archived_version_is_not_edited(server: InProcess) -> None:
    surfer, path = visit(server), page(26400, then="/edit")
    pairs = form_of(surfer.get(path).text, path)
    follow(surfer, surfer.post(page(26400, then="/archive")))
    answer = surfer.post(path, changed(pairs, do="save", beta="yes"))
    assert answer.status_code == 400
    assert "state is archived" in said(answer)


class Two:
    """Two people with the form of one version open."""

    path = page(26400, then="/edit")

    def __init__(self, server: InProcess):
        self.server = server
        self.me, self.them = visit(server), visit(server, as_member(server, "release-manager"))
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


def test_releases_are_suggested(shared: InProcess) -> None:
    surfer = visit(shared)
    html = surfer.get(f"/app-software/{ADDON_CLOUD}/releases?parent=jira").text
    assert '<option value="9.12.0">build 912000</option>' in html
    assert html.count("<option") == 509
    for parent in ("", "nothing", "../x", "<b>"):
        none = surfer.get(f"/app-software/{ADDON_CLOUD}/releases", params={"parent": parent})
        assert (none.status_code, none.text.strip()) == (200, "")


def test_an_artifact_is_uploaded_into_the_form(server: InProcess) -> None:
    surfer = visit(server)
    headers = {"x-csrf-token": surfer.csrf}
    path = "/-/artifacts?framework=plugin"
    file = {"file": ("a.jar", plugin_jar())}
    answer = surfer.request("POST", path, files=file, headers=headers)
    assert answer.status_code == 200, answer.text
    found = re.search(r'name="plugin.artifactId" value="([^"]+)"', answer.text)
    assert found
    assert server.get(f"/rest/3/artifacts/{found[1]}").status_code == 200
    assert "key com.example.app.addon" in said(answer)
    bad = surfer.request("POST", path, files={"file": ("a.jar", b"no")}, headers=headers)
    assert bad.status_code == 400
    assert bad.headers["hx-retarget"] == "#file-problem"
    assert "file " in said(bad)


def test_others_cannot_write(server: InProcess) -> None:
    set_policy(server, "manual")
    outsider = visit(server, ("outsider@example.com", "outsider-token"))
    member = visit(server, DEVELOPER)
    pairs = form_of(member.get(page()).text, page())
    assert outsider.get(page()).status_code == 403
    sent = outsider.post(page(), changed([p for p in pairs if p[0] != "csrf"], do="submit"))
    assert sent.status_code == 403
    assert "only members" in said(sent)
