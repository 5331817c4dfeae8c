"""Errors of the command line: one sentence on standard error, a status, and no traceback."""

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import Result, assert_one_sentence, succeed, tradepost
from tests.support.process import free_port

COMMANDS_ON_DATA = [("user", "list"), ("serve", "--port", "1"), ("load-demo",)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["launch"], ["launch"]),
        (["user", "launch"], ["launch"]),
        (["serve", "--colour"], ["--colour"]),
        (["serve", "--port", "http"], ["--port", "http"]),
        (["serve", "--port", "65536"], ["TRADEPOST_PORT"]),
        (["serve", "--workers", "0"], ["TRADEPOST_WORKERS"]),
        (["serve", "now"], ["now"]),
        (["user", "add"], ["EMAIL"]),
        (["api-token", "create", "pat@example.com"], ["--name"]),
        (["user", "add", "no address"], ["email"]),
        (["api-token", "create", "nobody@example.com", "--name", "x"], ["nobody@example.com"]),
        (["api-token", "list", "nobody@example.com"], ["nobody@example.com"]),
        (["user", "archive", "nobody@example.com"], ["nobody@example.com"]),
        (["developer-space", "archive", "x"], ["developer space"]),
        (["app", "archive", "x"], ["app"]),
        (["app-software", "archive", "x"], ["app software"]),
        (["app-software", "create", "x", "moon"], ["moon"]),
        (["version", "approve", "x", "1"], ["app software"]),
        (["api-token", "revoke", "x"], ["API token"]),
        (["access-token", "revoke", "x"], ["app software"]),
        (["catalogue", "import", "no-such-file"], ["no-such-file"]),
        (["demo", "--port", "65536"], ["TRADEPOST_PORT"]),
    ],
    ids=" ".join,
)
def test_a_mistake_is_told_in_one_sentence(
    tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    succeed("user", "add", "pat@example.com", data=tmp_path / "data")
    assert_one_sentence(tradepost(*arguments, data=tmp_path / "data"), *words)


def test_object_storage_that_is_not_there_is_told(tmp_path: Path) -> None:
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "TRADEPOST_BLOBS_URL": "s3://bucket",
    }
    result = tradepost("load-demo", data=tmp_path / "data", environment=environment)
    assert_one_sentence(result, "the store of files", "S3")
    environment["TRADEPOST_BLOBS_URL"] = "http://bucket"
    result = tradepost("load-demo", data=tmp_path / "data", environment=environment)
    assert_one_sentence(result, "TRADEPOST_BLOBS_URL", "docs/settings.md")


def test_a_directory_without_a_database_is_told_and_left_alone(tmp_path: Path) -> None:
    result = tradepost("user", "list", data=tmp_path / "nothing")
    assert_one_sentence(result, "no database", str(tmp_path / "nothing"))
    assert list(tmp_path.iterdir()) == []


def test_the_first_person_sets_a_database_up_and_says_so(tmp_path: Path) -> None:
    result = tradepost("user", "add", "pat@example.com", "--admin", data=tmp_path / "data")
    assert result.status == 0
    assert result.errors == f"tradepost: set up a new database in {tmp_path / 'data'}\n"


@pytest.mark.parametrize("arguments", [[], ["user"], ["api-token"], ["catalogue"]], ids=" ".join)
def test_a_command_without_its_rest_is_an_error_and_help(arguments: list[str]) -> None:
    result = tradepost(*arguments)
    assert result.status > 0
    assert (result.output + result.errors).startswith("Usage: ")
    assert "Commands:" in result.output + result.errors
    assert "Traceback" not in result.errors


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("TRADEPOST_PORT", "http", ["TRADEPOST_PORT"]),
        ("TRADEPOST_PORT", "70000", ["TRADEPOST_PORT"]),
        ("TRADEPOST_WORKERS", "many", ["TRADEPOST_WORKERS"]),
        ("TRADEPOST_LOG_FORMAT", "xml", ["TRADEPOST_LOG_FORMAT"]),
        ("TRADEPOST_FOO", "1", ["TRADEPOST_FOO", "docs/settings.md"]),
    ],
)
@pytest.mark.parametrize("arguments", [["serve"], ["user", "list"]], ids=" ".join)
def test_a_bad_setting_is_told_in_one_sentence(
    tmp_path: Path, arguments: list[str], variable: str, value: str, words: list[str]
) -> None:
    result = tradepost(*arguments, data=tmp_path / "data", environment={variable: value})
    assert_one_sentence(result, *words)


def test_an_email_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    succeed("user", "add", "pat@example.com", data=tmp_path)
    result = tradepost("user", "add", "Pat@Example.com", data=tmp_path)
    assert_one_sentence(result, "email", "already")
    assert len(succeed("user", "list", data=tmp_path).lines) == 1


@pytest.mark.parametrize("arguments", COMMANDS_ON_DATA, ids=" ".join)
def test_a_data_directory_that_is_a_file_is_told_in_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "data"
    file.write_text("mine")
    assert_one_sentence(tradepost(*arguments, data=file), str(file))
    assert file.read_text() == "mine"


@pytest.mark.parametrize("arguments", COMMANDS_ON_DATA, ids=" ".join)
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "tradepost.db"
    file.write_text("dear diary\n" * 1000)
    result = tradepost(*arguments, data=tmp_path)
    assert_one_sentence(result, str(file), "not an SQLite database")
    assert file.read_text() == "dear diary\n" * 1000


@pytest.mark.parametrize("arguments", COMMANDS_ON_DATA, ids=" ".join)
def test_a_database_of_another_program_is_refused_and_left_alone(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "tradepost.db"
    other = sqlite3.connect(file)
    other.executescript("CREATE TABLE person (name TEXT); INSERT INTO person VALUES ('Pat');")
    other.close()
    before = file.read_bytes()
    result = tradepost(*arguments, data=tmp_path)
    assert_one_sentence(result, str(file), "another program")
    assert file.read_bytes() == before


@pytest.mark.parametrize("arguments", COMMANDS_ON_DATA, ids=" ".join)
def test_a_database_newer_than_the_program_is_refused(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    succeed("user", "add", "pat@example.com", data=tmp_path)
    database = sqlite3.connect(tmp_path / "tradepost.db")
    database.execute("INSERT INTO schema_migration VALUES ('9999_future', '2099-01-01T00:00:00Z')")
    database.commit()
    database.close()
    assert_one_sentence(tradepost(*arguments, data=tmp_path), "newer", "9999_future")


def test_a_database_that_is_a_directory_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tradepost.db").mkdir()
    assert_one_sentence(tradepost("user", "list", data=tmp_path), "tradepost.db")


def test_a_damaged_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    succeed("user", "add", "pat@example.com", data=tmp_path)
    file = tmp_path / "tradepost.db"
    content = bytearray(file.read_bytes())
    content[100:4096] = b"\xa5" * 3996  # the first page, behind the header that names the format
    file.write_bytes(content)
    assert_one_sentence(tradepost("user", "list", data=tmp_path), "tradepost.db")


@pytest.mark.parametrize("value", ["x''", "x'00'", "'a text of more than 16'"])
def test_a_damaged_secret_is_told_in_one_sentence(tmp_path: Path, value: str) -> None:
    succeed("user", "add", "pat@example.com", data=tmp_path)
    with closing(sqlite3.connect(tmp_path / "tradepost.db")) as database, database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute(f"UPDATE server_secret SET value = {value}")
    for command in (("user", "list"), ("serve", "--port", "0")):
        told = tradepost(*command, data=tmp_path)
        assert_one_sentence(told, "the secret cursor-key", "at least 16 bytes")


def test_a_directory_that_cannot_be_made_is_told_in_one_sentence() -> None:
    # Nobody, not even root, can make a directory there.
    data = Path("/dev/null/data")
    assert_one_sentence(tradepost("user", "list", data=data), str(data))


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_in_use_is_told_in_one_sentence(tmp_path: Path, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        environment = {"TRADEPOST_DATA": str(tmp_path / "data"), "TMPDIR": str(tmp_path)}
        result = tradepost(command, "--port", port, environment=environment)
    assert_one_sentence(result, f"127.0.0.1:{port}", "listens there already")
    assert list(tmp_path.glob("tradepost-demo-*")) == []


def test_an_address_that_cannot_be_is_told_in_one_sentence(tmp_path: Path) -> None:
    result = tradepost("serve", "--host", "192.0.2.1", "--port", "18080", data=tmp_path)
    assert_one_sentence(result, "192.0.2.1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not JSON", ["catalogue"]),
        ("[]", ["catalogue"]),
        ('{"parentSoftware": [{"id": "x"}]}', ["catalogue"]),
        ('{"parentSoftware": [], "versions": {"ghost": []}}', ["ghost"]),
        ("[" * 100_000, ["catalogue"]),
    ],
    ids=["no-json", "list", "half-a-product", "unknown-product", "nested"],
)
def test_a_catalogue_that_cannot_be_is_told_in_one_sentence(
    tmp_path: Path, content: str, words: list[str]
) -> None:
    file = tmp_path / "catalogue.json"
    file.write_text(content)
    result: Result = tradepost("catalogue", "import", file, data=tmp_path / "data")
    assert_one_sentence(result, *words)


def test_an_argument_that_is_no_utf_8_is_told_in_one_sentence(tmp_path: Path) -> None:
    result = tradepost("user", "add", os.fsdecode(b"\xff@example.com"), data=tmp_path)
    assert_one_sentence(result, "UTF-8")


def test_nothing_in_an_error_steers_the_terminal(tmp_path: Path) -> None:
    succeed("user", "add", "pat@example.com", data=tmp_path)
    result = tradepost("api-token", "list", "\x1b[31mred@example.com", data=tmp_path)
    assert_one_sentence(result, "?[31mred@example.com")
    assert "\x1b" not in result.errors


def test_a_database_without_its_list_of_migrations_is_told_in_one_sentence(tmp_path: Path) -> None:
    succeed("user", "add", "pat@example.com", data=tmp_path)
    database = sqlite3.connect(tmp_path / "tradepost.db")
    database.execute("DROP TABLE schema_migration")
    database.commit()
    database.close()
    assert_one_sentence(tradepost("user", "list", data=tmp_path), "no database of tradepost")


def test_commands_that_set_a_database_up_at_once_all_work(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tradepost", "user", "add", "--data", str(tmp_path / "data")]
    started = [
        subprocess.Popen([*command, f"pat{n}@example.com"], stderr=subprocess.PIPE, text=True)
        for n in range(6)
    ]
    errors = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0] * 6, errors
    assert len(succeed("user", "list", data=tmp_path / "data").lines) == 6
