"""Secrets come from files, and are in no log, error, process list or environment of a process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import assert_one_sentence, tradepost
from tests.support.postgres import cluster
from tests.support.process import ServerProcess, free_port
from tradepost.settings import SettingsError, load

PASSWORD = "correct-horse-battery-staple"


@pytest.fixture
def url() -> Iterator[str]:
    """A database's URL with a password in it, which the server does not ask for."""
    name = cluster().create_database()
    yield cluster().url(name).replace("tradepost@", f"tradepost:{PASSWORD}@", 1)
    cluster().drop_database(name)


def secret_file(folder: Path, text: str) -> str:
    path = folder / "secret"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_any_setting_may_come_from_a_file(tmp_path: Path, end: str) -> None:
    path = secret_file(tmp_path, f"postgresql://a:{PASSWORD}@host/name{end}")
    settings = load({}, {"TRADEPOST_DATABASE_URL_FILE": path})
    assert settings.database_url == f"postgresql://a:{PASSWORD}@host/name"
    path = secret_file(tmp_path, f"8081{end}")
    assert load({}, {"TRADEPOST_PORT_FILE": path}).port == 8081
    assert load({"port": 8082}, {"TRADEPOST_PORT_FILE": path}).port == 8082


def test_a_file_that_cannot_be_is_told_without_what_it_says(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(
        SettingsError, match=r"DATABASE_URL_FILE: .*missing cannot be read: No such"
    ):
        load({}, {"TRADEPOST_DATABASE_URL_FILE": missing})
    path = secret_file(tmp_path, PASSWORD)
    with pytest.raises(SettingsError) as error:
        load({}, {"TRADEPOST_DATABASE_URL_FILE": path})
    assert PASSWORD not in str(error.value)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load({}, {"TRADEPOST_DATABASE_URL_FILE": str(tmp_path / "binary")})
    for nothing in ("", "\n"):
        path = secret_file(tmp_path, nothing)
        with pytest.raises(SettingsError, match=r"DATABASE_URL_FILE: .*secret is empty"):
            load({}, {"TRADEPOST_DATABASE_URL_FILE": path})
    path = secret_file(tmp_path, PASSWORD)
    os.mkfifo(tmp_path / "pipe")
    for special in (str(tmp_path / "pipe"), str(tmp_path), "/dev/null"):
        with pytest.raises(SettingsError, match="is no regular file"):
            load({}, {"TRADEPOST_DATABASE_URL_FILE": special})
    both = {"TRADEPOST_PORT": "1", "TRADEPOST_PORT_FILE": secret_file(tmp_path, "2")}
    with pytest.raises(SettingsError, match="both set"):
        load({}, both)
    with pytest.raises(SettingsError, match="TRADEPOST_NOTHING_FILE is no setting"):
        load({}, {"TRADEPOST_NOTHING_FILE": path})


def processes_of(pid: int) -> list[Path]:
    """A process and those below it, as the system shows them."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [Path(f"/proc/{pid}"), *(p for child in children for p in processes_of(int(child)))]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_system_shows_no_secret_of_a_server(tmp_path: Path, url: str, workers: str) -> None:
    environment = {
        "TRADEPOST_DATABASE_URL_FILE": secret_file(tmp_path, url),
        "TRADEPOST_DATA": str(tmp_path / "data"),
    }
    with ServerProcess(
        "serve", "--workers", workers, log=tmp_path / "log", environment=environment
    ) as server:
        shown = processes_of(server.pid)
        assert len(shown) >= int(workers)
        for process in shown:
            assert PASSWORD.encode() not in (process / "cmdline").read_bytes()
            assert PASSWORD.encode() not in (process / "environ").read_bytes()
        announced = server.announcement
    assert PASSWORD not in announced
    assert PASSWORD not in (tmp_path / "log").read_text()


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("check",), ("user", "list")])
def test_no_error_tells_the_password_of_the_database(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    port = free_port()  # where nothing listens
    for url in (
        f"postgresql://tradepost:{PASSWORD}@127.0.0.1:{port}/tradepost",
        f"postgresql://tradepost:{PASSWORD}@127.0.0.1:{port}/tradepost?sslmode=nonsense",
        f"postgresql://tradepost:{PASSWORD}@[::/tradepost",
        f"postgres:{PASSWORD}",
    ):
        environment = {"TRADEPOST_DATABASE_URL": url, "TRADEPOST_DATA": str(tmp_path)}
        result = tradepost(*command, environment=environment)
        assert result.status != 0
        assert PASSWORD not in result.errors + result.output


def test_what_a_server_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert tradepost("load-demo", data=data).status == 0
    for folder, _, names in os.walk(data):
        at_the_top = Path(folder) == data
        for path in [Path(folder), *(Path(folder, name) for name in names if at_the_top)]:
            if at_the_top or path.parent == data:
                assert path.stat().st_mode & 0o077 == 0, path


def test_bad_settings_are_told_in_a_sentence(tmp_path: Path) -> None:
    environment = {"TRADEPOST_DATABASE_URL_FILE": str(tmp_path / "missing")}
    assert_one_sentence(tradepost("check", environment=environment), "cannot be read")
