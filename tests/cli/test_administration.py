"""Every administration command, and its result as a running server tells it over HTTP."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.bodies import ADDON_CLOUD, SPACE, version, versions_path
from tests.support.client import ADMINISTRATOR, DEVELOPER, Auth
from tests.support.clients import get, post, put
from tests.support.command import Result, assert_one_sentence, succeed, tradepost
from tests.support.process import ServerProcess


class Site(NamedTuple):
    """A running server with the demo data, and commands on its data directory."""

    url: str
    data: Path

    def run(self, *arguments: object, sent: str = "") -> Result:
        return succeed(*arguments, data=self.data, sent=sent)

    def get(self, path: str, auth: Auth = ADMINISTRATOR) -> Any:
        response = get(self.url + path, auth=auth)
        assert response.status_code == 200, response.text
        return response.json()

    def status(self, path: str, auth: Auth) -> int:
        return get(self.url + path, auth=auth).status_code


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Tests share this one; each makes what it changes."""
    folder = tmp_path_factory.mktemp("site")
    data = folder / "data"
    succeed("load-demo", data=data)
    environment = {"TRADEPOST_SIGN_IN_CACHE_SECONDS": "0"}
    arguments = ("serve", "--data", str(data))
    with ServerProcess(*arguments, log=folder / "log", environment=environment) as server:
        yield Site(server.url, data)


def new_email() -> str:
    return f"{uuid.uuid4()}@example.com"


def new_space(site: Site, *options: object) -> str:
    [[space_id, *_]] = site.run("developer-space", "create", "Tools", *options).lines
    return space_id


def new_app(site: Site) -> str:
    key = f"app-{uuid.uuid4()}"
    [[product_id, *_]] = site.run("app", "create", key, "--developer-space", SPACE).lines
    return product_id


def new_version(site: Site, *, draft: bool) -> int:
    response = post(
        f"{site.url}/admin/v1/app-software/{ADDON_CLOUD}/versions",
        auth=DEVELOPER,
        json=version(draft=draft),
    )
    assert response.status_code == 201
    number: int = response.json()["buildNumber"]
    return number


@pytest.mark.parametrize("administrator", [False, True])
def test_user_add_and_api_token_create_let_somebody_in(site: Site, administrator: bool) -> None:
    email = new_email()
    flag = ["--admin"] if administrator else []
    [line] = site.run("user", "add", email.upper(), "--name", "Pat Ünicode", *flag).lines
    assert line[1:] == [email, "Pat Ünicode", "yes" if administrator else "no", "-"]
    person = site.get(f"/admin/v1/people/{line[0]}")
    assert person["administrator"] is administrator
    output = site.run("api-token", "create", email, "--name", "laptop").output
    auth = (email, output.removesuffix("\n"))
    assert output == auth[1] + "\n"
    assert not any(character.isspace() for character in auth[1])
    assert site.status(versions_path(), auth) == 200
    assert site.status("/admin/v1/people", auth) == (200 if administrator else 403)


def test_user_list_shows_everyone_the_oldest_first(site: Site) -> None:
    emails = [new_email() for _ in range(2)]
    for email in emails:
        site.run("user", "add", email)
    listed = [line[1] for line in site.run("user", "list").lines]
    assert listed[:3] == ["developer@example.com", "outsider@example.com", "admin@example.com"]
    assert [email for email in listed if email in emails] == emails


def test_user_archive_shuts_out_and_unarchive_lets_in_again(site: Site) -> None:
    email = new_email()
    site.run("user", "add", email)
    auth = (email, site.run("api-token", "create", email, "--name", "laptop").output.strip())
    [line] = site.run("user", "archive", email).lines
    assert line[-1].endswith("Z")
    assert site.get(f"/admin/v1/people/{line[0]}")["archivedAt"] == line[-1]
    assert site.status(versions_path(), auth) == 401
    assert site.run("user", "unarchive", email).lines[0][-1] == "-"
    assert site.status(versions_path(), auth) == 200


def test_api_token_list_and_revoke(site: Site) -> None:
    email = new_email()
    [[person_id, *_]] = site.run("user", "add", email).lines
    site.run("api-token", "create", email, "--name", "ci")
    secret = site.run("api-token", "create", email, "--name", "trial", "--expires", 7).output
    kept, trial = site.run("api-token", "list", email).lines
    assert (kept[1], kept[3:]) == ("ci", ["-", "-", "-"])
    assert trial[1] == "trial"
    listed = site.get(f"/admin/v1/people/{person_id}/api-tokens")["apiTokens"]
    assert [token["id"] for token in listed] == [kept[0], trial[0]]
    assert listed[1]["expiresAt"] == trial[3]
    auth = (email, secret.strip())
    assert site.status(versions_path(), auth) == 200
    [revoked] = site.run("api-token", "revoke", trial[0]).lines
    assert revoked[-1].endswith("Z")
    assert site.status(versions_path(), auth) == 401
    for result in (site.run("api-token", "list", email), site.run("user", "list")):
        assert secret.strip() not in result.output


def test_developer_space_create_list_and_set_approval_policy(site: Site) -> None:
    space_id, vendor_id = str(uuid.uuid4()), uuid.uuid4().int % 10**9 + 10**9
    options = ("--id", space_id, "--vendor-id", vendor_id, "--approval-policy", "manual")
    [line] = site.run("developer-space", "create", "My tools", *options).lines
    assert line == [space_id, str(vendor_id), "My tools", "manual", "-"]
    assert line in site.run("developer-space", "list").lines
    space = site.get(f"/admin/v1/developer-spaces/{space_id}")
    assert (space["name"], space["vendorId"]) == ("My tools", vendor_id)
    site.run("developer-space", "set-approval-policy", space_id, "auto")
    assert site.get(f"/admin/v1/developer-spaces/{space_id}")["approvalPolicy"] == "auto"


def test_developer_space_update_changes_what_is_named(site: Site) -> None:
    space_id = new_space(site)
    path = f"/admin/v1/developer-spaces/{space_id}"
    before = site.get(path)
    [line] = site.run("developer-space", "update", space_id, "--name", "Renamed").lines
    assert (line[0], line[2]) == (space_id, "Renamed")
    site.run("developer-space", "update", space_id, "--catalog-account", "account-1")
    expected = {**before, "name": "Renamed", "catalogAccountId": "account-1"}
    assert site.get(path) == expected


def test_developer_space_archive_and_unarchive(site: Site) -> None:
    space_id = new_space(site)
    site.run("developer-space", "archive", space_id)
    assert "archivedAt" in site.get(f"/admin/v1/developer-spaces/{space_id}")
    refused = tradepost("app", "create", "x", "--developer-space", space_id, data=site.data)
    assert_one_sentence(refused, "archived")
    site.run("developer-space", "unarchive", space_id)
    assert "archivedAt" not in site.get(f"/admin/v1/developer-spaces/{space_id}")


def test_developer_space_members_come_and_go(site: Site) -> None:
    space_id, email = new_space(site), new_email()
    [[person_id, *_]] = site.run("user", "add", email).lines
    path = f"/admin/v1/developer-spaces/{space_id}/members"
    site.run("developer-space", "add-member", space_id, email)
    assert site.run("developer-space", "members", space_id).lines == [[person_id, email, "admin"]]
    roles = ("--role", "viewer", "--role", "data-analyst")
    categories = ("--category", "finance", "--category", "support")
    site.run("developer-space", "add-member", space_id, email, *roles, *categories)
    assert site.get(path)["members"][0]["roles"] == ["viewer", "data-analyst"]
    site.run("developer-space", "add-member", space_id, email, *roles)
    assert site.get(path)["members"][0]["categories"] == ["finance", "support"]
    site.run("developer-space", "add-member", space_id, email, "--category", "support")
    [member] = site.get(path)["members"]
    assert (member["roles"], member["categories"]) == (["viewer", "data-analyst"], ["support"])
    site.run("developer-space", "remove-member", space_id, email)
    assert site.get(path)["members"] == []
    assert site.run("developer-space", "members", space_id).output == ""


def test_app_create_list_archive_and_unarchive(site: Site) -> None:
    space_id, product_id, key = new_space(site), str(uuid.uuid4()), f"app-{uuid.uuid4()}"
    options = ("--developer-space", space_id, "--product-id", product_id, "--name", "My app")
    [line] = site.run("app", "create", key, *options).lines
    assert line == [product_id, key, "My app", space_id, "-"]
    assert site.run("app", "list", "--developer-space", space_id).lines == [line]
    assert line in site.run("app", "list").lines
    assert site.get(f"/rest/3/app-software/app-key/{key}") == []
    site.run("app", "archive", product_id)
    assert "archivedAt" in site.get(f"/admin/v1/apps/{product_id}")
    site.run("app", "unarchive", product_id)
    assert "archivedAt" not in site.get(f"/admin/v1/apps/{product_id}")


def test_app_software_create_list_archive_and_unarchive(site: Site) -> None:
    product_id, software_id = new_app(site), str(uuid.uuid4())
    options = ("--id", software_id, "--compliance-boundary", "isolated_cloud")
    [line] = site.run("app-software", "create", product_id, "cloud", *options).lines
    assert line == [software_id, product_id, "cloud", "isolated_cloud", "-"]
    site.run("app-software", "create", product_id, "server")
    listed = site.run("app-software", "list", product_id).lines
    assert [row[2:4] for row in listed] == [["cloud", "isolated_cloud"], ["server", "-"]]
    path = f"/admin/v1/app-software/{software_id}"
    site.run("app-software", "archive", software_id)
    assert "archivedAt" in site.get(path)
    site.run("app-software", "unarchive", software_id)
    assert "archivedAt" not in site.get(path)


def test_version_moves_through_every_command_of_review(site: Site) -> None:
    number = new_version(site, draft=True)
    path = versions_path(build_number=number)
    for revision, (command, options, state) in enumerate(
        [
            ("submit", (), "submitted"),
            ("reject", ("--reason", "Wrong screenshots"), "rejected"),
            ("submit", (), "submitted"),
            ("approve", (), "approved"),
            ("archive", (), "archived"),
            ("unarchive", (), "approved"),
        ],
        2,
    ):
        [line] = site.run("version", command, ADDON_CLOUD, number, *options).lines
        assert (line[0], line[2:]) == (str(number), [state, str(revision)])
        held = site.get(path)
        assert (held["state"], held["revision"]) == (state, revision)
        if command == "reject":
            assert held["approvalDetails"]["rejectionReason"] == "Wrong screenshots"
    refused = tradepost("version", "submit", ADDON_CLOUD, number, data=site.data)
    assert_one_sentence(refused, "approved")


def test_app_listings_that_wait_are_listed_approved_and_rejected(site: Site) -> None:
    space_id, maker = new_space(site), new_email()
    site.run("developer-space", "set-approval-policy", space_id, "manual")
    site.run("user", "add", maker)
    site.run("developer-space", "add-member", space_id, maker)
    token = site.run("api-token", "create", maker, "--name", "laptop").output.strip()
    create = ("app", "create", f"a-{space_id}", "--developer-space", space_id)
    [[product_id, key, *_]] = site.run(*create).lines
    path = f"/rest/3/product-listing/{product_id}"

    def submit() -> None:
        listing = {**site.get(path, (maker, token)), "state": "PUBLIC"}
        answer = put(site.url + path, auth=(maker, token), json=listing)
        assert (answer.status_code, answer.json()["approvalStatus"]) == (200, "SUBMITTED")

    submit()
    assert site.run("app-listing", "queue").lines == [[product_id, key, key, "PUBLIC"]]
    [line] = site.run("app-listing", "reject", product_id, "--reason", "No icon").lines
    assert line == [product_id, key, "PRIVATE", "REJECTED", "3"]
    assert site.run("app-listing", "queue").output == ""
    submit()
    [line] = site.run("app-listing", "approve", product_id).lines
    assert line == [product_id, key, "PUBLIC", "APPROVED", "5"]
    again = tradepost("app-listing", "approve", product_id, data=site.data)
    assert_one_sentence(again, "approved")


def test_access_token_revoke_reads_the_token_from_standard_input(site: Site) -> None:
    path = f"/rest/3/app-software/{ADDON_CLOUD}/tokens"
    token = post(site.url + path, auth=DEVELOPER).json()["token"]
    assert site.run("access-token", "revoke", ADDON_CLOUD, sent=f"{token}\n").output == ""
    assert site.get(f"{path}?token={token}") == {"tokens": []}
    again = tradepost("access-token", "revoke", ADDON_CLOUD, data=site.data, sent=token)
    assert_one_sentence(again, "access token")
    assert token not in again.errors


def test_names_cannot_break_the_lines_or_steer_the_terminal(site: Site) -> None:
    email = new_email()
    site.run("user", "add", email, "--name", "Pat‮\x9bevil")
    lines = site.run("user", "list").lines
    assert [line[2] for line in lines if line[1] == email] == ["Pat??evil"]


def catalogue(*versions: tuple[int, str], name: str = "Planner", product: str = "planner") -> str:
    """A catalogue file with one product and some of its releases."""
    return json.dumps(
        {
            "parentSoftware": [
                {
                    "id": product,
                    "developerId": "Example",
                    "name": name,
                    "hostingOptions": [{"hosting": "cloud"}, {"hosting": "server"}],
                    "extensibilityFrameworks": [{"frameworkId": "connect"}],
                    "state": "active",
                    "revision": 1,
                }
            ],
            "versions": {
                product: [
                    {
                        "buildNumber": build,
                        "versionNumber": number,
                        "hosting": ["server"],
                        "state": "active",
                        "revision": 1,
                        "createdAt": "2024-05-06T07:08:09Z",
                    }
                    for build, number in versions
                ]
            },
        }
    )


def test_catalogue_import_adds_changes_and_leaves_the_rest(site: Site, tmp_path: Path) -> None:
    product = f"planner-{uuid.uuid4()}"
    path = f"/rest/3/parent-software/{product}"
    jira = site.get("/rest/3/parent-software/jira")
    file = tmp_path / "catalogue.json"

    def imported(*versions: tuple[int, str], name: str = "Planner") -> str:
        file.write_text(catalogue(*versions, name=name, product=product))
        return site.run("catalogue", "import", file).output

    def releases() -> list[tuple[int, str, int]]:
        return [
            (held["buildNumber"], held["versionNumber"], held["revision"])
            for held in site.get(f"{path}/versions")["versions"]
        ]

    assert imported((10, "1.0"), (20, "2.0")) == "3 added, 0 changed\n"
    assert releases() == [(20, "2.0", 1), (10, "1.0", 1)]
    assert imported((10, "1.0"), (20, "2.0")) == "0 added, 0 changed\n"
    assert imported((20, "2.0.0"), (30, "3.0"), name="Planner Pro") == "1 added, 2 changed\n"
    assert releases() == [(30, "3.0", 1), (20, "2.0.0", 2), (10, "1.0", 1)]
    held = site.get(path)
    assert (held["name"], held["revision"]) == ("Planner Pro", 2)
    assert site.get("/rest/3/parent-software/jira") == jira
    body = version(compatibilities=[{"parentSoftwareId": product}])
    created = post(site.url + versions_path(), auth=DEVELOPER, json=body)
    assert created.status_code == 201


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ([(20, "2.0"), (20, "2.1")], ["20", "twice"]),
        ([(20, "2.0"), (21, "2.0")], ["2.0", "twice"]),
        ([(99, "1.0"), (30, "3.0")], ["1.0", "10"]),
    ],
    ids=["build-twice", "number-twice", "number-of-another-build"],
)
def test_catalogue_import_refuses_contradictions_and_stores_nothing(
    site: Site, tmp_path: Path, versions: list[tuple[int, str]], words: list[str]
) -> None:
    product = f"planner-{uuid.uuid4()}"
    file = tmp_path / "catalogue.json"
    file.write_text(catalogue((10, "1.0"), product=product))
    site.run("catalogue", "import", file)
    before = site.get(f"/rest/3/parent-software/{product}/versions")
    file.write_text(catalogue(*versions, name="Renamed", product=product))
    assert_one_sentence(tradepost("catalogue", "import", file, data=site.data), *words)
    assert site.get(f"/rest/3/parent-software/{product}/versions") == before
    assert site.get(f"/rest/3/parent-software/{product}")["name"] == "Planner"
