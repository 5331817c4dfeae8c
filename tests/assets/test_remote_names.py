"""The name that a fetched file gets."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.remotes import Remote, fetched, ok, redirect
from tradepost.assets.remote import Fetcher
from tradepost.assets.remote_names import remote_file_name


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename=plugin.jar", "plugin.jar"),
        ('attachment; filename="plugin.jar"', "plugin.jar"),
        ('attachment;FILENAME = "plugin.jar" ; size=3', "plugin.jar"),
        ('inline; filename="my plugin;1.jar"', "my plugin;1.jar"),
        (r'attachment; filename="a \"b\" c.jar"', 'a "b" c.jar'),
        (r'attachment; filename="C:\builds\plugin.jar"', "plugin.jar"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment; filename=/etc/passwd", "passwd"),
        ('attachment; filename="pl\tug\x00in\u202e.jar"', "plugin.jar"),
        ("attachment; filename*=UTF-8''na%C3%AFve%20plugin.jar", "naïve plugin.jar"),
        ("attachment; filename*=utf-8'en'plugin.jar", "plugin.jar"),
        ("attachment; filename*=ISO-8859-1''na%EFve.jar", "naïve.jar"),
        ("attachment; filename=old.jar; filename*=UTF-8''new.jar", "new.jar"),
        ("attachment; filename*=UTF-8''new.jar; filename=old.jar", "new.jar"),
        ("attachment; filename=old.jar; filename*=UTF-8''%FF%FE", "old.jar"),
        ("attachment; filename=old.jar; filename*=UTF-16''%FF%FE", "old.jar"),
        ("attachment; filename=old.jar; filename*=nonsense", "old.jar"),
        ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("attachment; filename*=UTF-8''a%0D%0ASet-Cookie.jar", "aSet-Cookie.jar"),
        ('attachment; title="; filename=wrong.jar"; filename=right.jar', "right.jar"),
        ("attachment; filename=first.jar; filename=second.jar", "first.jar"),
        ('attachment; filename=""', "from-path.jar"),
        ('attachment; filename=".."', "from-path.jar"),
        ('attachment; filename="folder/"', "from-path.jar"),
        ('attachment; filename="unclosed.jar', "from-path.jar"),
        ("attachment", "from-path.jar"),
        ("", "from-path.jar"),
    ],
)
def test_a_content_disposition_names_the_file(disposition: str, name: str) -> None:
    assert remote_file_name(disposition, "/downloads/from-path.jar") == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/downloads/plugin.jar", "plugin.jar"),
        ("/downloads/", "artifact"),
        ("/", "artifact"),
        ("", "artifact"),
        ("/..", "artifact"),
        ("/a\\b.jar", "b.jar"),
        ("/\x00\r\n", "artifact"),
        ("/" + "a" * 300, "a" * 255),
    ],
)
def test_without_one_the_path_names_it(path: str, name: str) -> None:
    assert remote_file_name("", path) == name


@given(disposition=st.text() | st.text().map("attachment; filename={}".format), path=st.text())
@example(disposition=';a="' * 20_000, path="/")
@example(disposition='; filename="' + "\\" * 60_000, path="/")
@example(disposition=";" + " " * 60_000, path="/")
@example(disposition=";" + "a" * 60_000, path="/")
@example(disposition=';a="' + '\\";a=' * 20_000, path="/")
def test_a_name_is_always_one_that_a_file_can_have(disposition: str, path: str) -> None:
    name = remote_file_name(disposition, path)
    assert 1 <= len(name) <= 255
    assert name.isprintable()
    assert not set(name) & set("/\\")
    assert name not in (".", "..")


def test_the_name_comes_from_the_last_address() -> None:
    answers = {"/latest": redirect("/files/plugin%201.2.jar?signature=x"), "/": b""}
    answers["/files/plugin%201.2.jar"] = ok(b"file")
    with Remote({**answers}) as remote:
        found, _ = fetched(Fetcher(["127.0.0.1"], 1000, 30), remote.url("/latest"))
    assert found.file_name == "plugin 1.2.jar"


def test_a_header_in_utf_8_is_read_as_that() -> None:
    with Remote({"/": ok(b"file", 'Content-Disposition: attachment; filename="naïve.jar"')}) as r:
        assert fetched(Fetcher(["127.0.0.1"], 1000, 30), r.url())[0].file_name == "naïve.jar"
