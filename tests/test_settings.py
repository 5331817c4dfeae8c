"""Settings: read from flags and the environment, and listed in docs/settings.md."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tradepost.settings import (
    PREFIX,
    Settings,
    SettingsError,
    environment_of,
    load,
)

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "settings.md"
ANOTHER: dict[str, tuple[str, Any]] = {
    "data": ("/srv/tradepost", "/srv/tradepost"),
    "database_url": ("postgresql://db.example/tradepost",) * 2,
    "database_connections": ("20", 20),
    "database_statements": ("0", 0),
    "host": ("0.0.0.0", "0.0.0.0"),
    "port": ("9000", 9000),
    "workers": ("4", 4),
    "trusted_proxies": ("127.0.0.1 10.0.0.0/8",) * 2,
    "sign_in_limit": ("20 per minute",) * 2,
    "upload_limit": ("1 MB per hour",) * 2,
    "read_limit": ("600 per minute",) * 2,
    "write_limit": ("60 per minute",) * 2,
    "waiting_writes": ("64", 64),
    "sandbox": ("true", True),
    "sandbox_seed": ("spring", "spring"),
    "log_format": ("text", "text"),
    "log_level": ("warning", "warning"),
    "agreements": ("https://a.example/1 https://a.example/2",) * 2,
    "blobs_url": ("s3://bucket/prefix",) * 2,
    "blobs_seconds": ("2.5", 2.5),
    "download_url_seconds": ("30", 30),
    "sign_in_cache_seconds": ("0.5", 0.5),
    "cache_bytes": ("1048576", 1_048_576),
    "tls_certificate": ("/etc/tradepost/certificate.pem",) * 2,
    "tls_key": ("/etc/tradepost/key.pem",) * 2,
    "header_seconds": ("5", 5.0),
    "header_bytes": ("8192", 8192),
    "body_seconds": ("5", 5.0),
    "artifact_bytes": ("1048576", 1_048_576),
    "upload_seconds": ("60", 60.0),
    "fetch_seconds": ("20", 20.0),
    "fetch_hosts": ("files.internal.example build-1",) * 2,
}
"""For each setting another value than its default: as text, and as understood."""


def documented() -> dict[str, list[str]]:
    """The rows of the document's table, by the variable in their first column."""
    rows = {}
    for line in DOCUMENT.read_text("utf-8").splitlines():
        first, *rest = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"`TRADEPOST_\w+`", first):
            assert first not in rows
            rows[first.strip("`")] = rest
    return rows


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert documented().keys() == {PREFIX + name.upper() for name in Settings.__struct_fields__}


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_the_document_tells_the_default_and_what_it_is_for(name: str) -> None:
    row = documented()[PREFIX + name.upper()]
    assert f"`{getattr(Settings(), name)}`" in row
    assert len(row[-1].split()) > 3


@pytest.mark.parametrize(
    ("name", "flag"),
    [("data", "--data"), ("host", "--host"), ("port", "--port"), ("workers", "--workers")],
)
def test_the_document_tells_the_flag(name: str, flag: str) -> None:
    assert any(flag in cell for cell in documented()[PREFIX + name.upper()])


def test_nothing_given_means_the_defaults() -> None:
    settings = load({}, {})
    assert settings == Settings()
    assert (settings.data, settings.host, settings.port) == ("./tradepost-data", "127.0.0.1", 8080)


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_a_setting_comes_from_the_environment(name: str) -> None:
    text, value = ANOTHER[name]
    settings = load({}, {PREFIX + name.upper(): text})
    assert settings == msgspec.structs.replace(Settings(), **{name: value})
    assert settings != Settings()


@pytest.mark.parametrize("name", Settings.__struct_fields__)
def test_a_flag_wins_over_the_environment(name: str) -> None:
    _, value = ANOTHER[name]
    default = getattr(Settings(), name)
    environment = {PREFIX + name.upper(): str(default)}
    assert getattr(load({name: value}, environment), name) == value
    assert getattr(load({name: None}, environment), name) == default


def test_flags_and_environment_go_together() -> None:
    settings = load({"port": 9000, "host": None}, {"TRADEPOST_HOST": "::1", "HOME": "/"})
    assert (settings.port, settings.host) == (9000, "::1")


def test_a_variable_that_is_empty_is_not_set() -> None:
    assert load({}, {"TRADEPOST_PORT": "", "TRADEPOST_FOO": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("PORT", "http", "must be a whole number"),
        ("PORT", "-1", "must be at least 0"),
        ("PORT", "65536", "must be at most 65535"),
        ("PORT", "80.5", "must be a whole number"),
        ("SANDBOX", "maybe", "must be true or false"),
        ("WORKERS", "0", "must be at least 1"),
        ("WORKERS", "257", "must be at most 256"),
        ("LOG_FORMAT", "xml", "must be one of auto, json, text"),
        ("LOG_LEVEL", "debug", "must be one of info, warning"),
        ("SIGN_IN_CACHE_SECONDS", "-1", "must be at least 0.0"),
        ("SIGN_IN_CACHE_SECONDS", "301", "must be at most 300.0"),
        ("SIGN_IN_CACHE_SECONDS", "nan", "must be"),
        ("SIGN_IN_CACHE_SECONDS", "soon", "must be a number"),
        ("ARTIFACT_BYTES", "1023", "must be at least 1024"),
        ("ARTIFACT_BYTES", "1099511627777", "must be at most 1099511627776"),
        ("ARTIFACT_BYTES", "250 MB", "must be a whole number"),
        ("UPLOAD_SECONDS", "0", "must be at least 0.1"),
        ("UPLOAD_SECONDS", "86401", "must be at most 86400.0"),
        ("FETCH_SECONDS", "0", "must be at least 0.1"),
        ("FETCH_SECONDS", "3601", "must be at most 3600.0"),
        ("BLOBS_URL", "https://bucket.example", "must be a URL of a kind that docs/settings.md"),
        ("BLOBS_URL", "s3://", "must be a URL of a kind that docs/settings.md"),
        ("BLOBS_SECONDS", "0", "must be at least 0.1"),
        ("DOWNLOAD_URL_SECONDS", "-1", "must be at least 0"),
        ("DOWNLOAD_URL_SECONDS", "3601", "must be at most 3600"),
        ("DATA", "\udcff", "is not UTF-8"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(variable: str, value: str, why: str) -> None:
    with pytest.raises(SettingsError, match=PREFIX + variable) as refused:
        load({}, {PREFIX + variable: value})
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_empty_directory_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"TRADEPOST_DATA .* must not be empty"):
        load({"data": ""}, {})


@pytest.mark.parametrize("variable", ["TRADEPOST_FOO", "TRADEPOST_", "TRADEPOST_DATABASE_PATH"])
def test_a_variable_that_is_no_setting_is_refused(variable: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable} is no setting"):
        load({}, {variable: "1"})


@pytest.mark.parametrize(
    "flags", [{}, {name: value for name, (_, value) in ANOTHER.items()}], ids=["defaults", "other"]
)
def test_other_processes_get_the_same_settings(flags: dict[str, Any]) -> None:
    settings = load(flags, {})
    assert load({}, environment_of(settings)) == settings


@pytest.mark.parametrize(
    ("host", "only_here"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example.com", False),
        ("tradepost.example.com", False),
        ("", False),
    ],
)
def test_loopback_is_what_this_machine_alone_can_reach(host: str, only_here: bool) -> None:
    assert Settings(host=host).loopback is only_here


def test_localhost_is_loopback_wherever_it_is_said() -> None:
    assert load({"host": "localhost"}, {}).loopback
    assert load({}, {"TRADEPOST_HOST": "localhost"}).loopback


def test_agreements_are_separated_by_spaces() -> None:
    settings = load({}, {"TRADEPOST_AGREEMENTS": " https://a.example/1  https://a.example/2\n"})
    assert settings.agreement_urls == {"https://a.example/1", "https://a.example/2"}
    assert Settings().agreement_urls == frozenset()


def test_hosts_that_may_be_fetched_from_are_separated_by_spaces() -> None:
    settings = load({}, {"TRADEPOST_FETCH_HOSTS": " files.internal.example  build-1\n"})
    assert settings.allowed_fetch_hosts == {"files.internal.example", "build-1"}
    assert Settings().allowed_fetch_hosts == frozenset()


def test_the_database_and_the_files_are_in_the_data_directory() -> None:
    settings = load({"data": "/srv/tradepost"}, {})
    assert settings.database_path == Path("/srv/tradepost/tradepost.db")
    assert settings.blobs_path == Path("/srv/tradepost/blobs")
