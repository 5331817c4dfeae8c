"""`--help` explains the program, and every command of it."""

import re

import pytest

from tests.support.command import tradepost

GROUPS = {
    (): [
        "access-token",
        "api-token",
        "app",
        "app-listing",
        "app-software",
        "artifacts",
        "backup",
        "catalogue",
        "check",
        "demo",
        "developer-space",
        "load-demo",
        "migrate",
        "migration",
        "move",
        "privacy",
        "release",
        "restore",
        "review",
        "sandbox",
        "serve",
        "tokens",
        "user",
        "version",
        "versions",
    ],
    ("user",): ["add", "archive", "list", "unarchive", "update"],
    ("api-token",): ["create", "list", "revoke"],
    ("developer-space",): [
        "add-member",
        "archive",
        "create",
        "list",
        "members",
        "remove-member",
        "set-approval-policy",
        "unarchive",
        "update",
    ],
    ("app",): ["archive", "create", "list", "show", "unarchive"],
    ("app-listing",): ["approve", "queue", "reject"],
    ("app-software",): ["archive", "create", "list", "unarchive"],
    ("version",): ["approve", "archive", "queue", "reject", "show", "submit", "unarchive"],
    ("review",): ["create", "list", "remove", "update"],
    ("privacy",): ["drop", "publish", "set", "show"],
    ("migration",): ["change", "set", "show"],
    ("artifacts",): ["download", "show", "upload"],
    ("access-token",): ["revoke"],
    ("catalogue",): ["import"],
    ("sandbox",): [
        "clock",
        "fault",
        "faults",
        "journal",
        "load",
        "reset",
        "review",
        "reviews",
        "snapshot",
        "state",
        "status",
    ],
}


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("group", GROUPS, ids=" ".join)
def test_help_explains_every_command(group: tuple[str, ...], flag: str) -> None:
    result = tradepost(*group, flag)
    assert (result.status, result.errors) == (0, "")
    _, _, listed = result.output.partition("Commands:\n")
    explained = dict(re.findall(r"^  ([a-z-]+)  +(\S.*)$", listed, re.MULTILINE))
    assert sorted(explained) == GROUPS[group]
    assert all(len(text.split()) > 1 or name == "app" for name, text in explained.items())


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("serve", ["--host", "127.0.0.1", "--port", "8080", "--data", "--workers"]),
        ("demo", ["--port", "8080", "throw-away"]),
        ("load-demo", ["--data", "demo data"]),
        ("migrate", ["--data", "schema"]),
        ("user add", ["EMAIL", "--admin", "--name", "--data"]),
        ("move", ["--from", "--to", "--from-blobs", "--to-blobs", "--anew", "postgresql://"]),
        ("api-token create", ["EMAIL", "--name", "--expires", "DAYS", "--data"]),
        ("catalogue import", ["FILE", "--data"]),
        ("version reject", ["--reason", "--data"]),
    ],
)
def test_help_of_a_command_tells_its_options(command: str, words: list[str]) -> None:
    result = tradepost(*command.split(), "--help")
    assert (result.status, result.errors) == (0, "")
    for word in words:
        assert word in result.output


def test_the_version_is_told() -> None:
    result = tradepost("--version")
    assert result.status == 0
    assert re.fullmatch(r"tradepost, version \d+\.\d+\S*\n", result.output)
