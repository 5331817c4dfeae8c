"""Names of files: whatever a client sends becomes harmless, and comes back as it was kept."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tradepost.http.file_names import attachment, clean_file_name

# RFC 6266, and attr-char of RFC 8187; within the quotes nothing that some clients would decode.
_HEADER = re.compile(
    r'attachment; filename="([^"\\%\x00-\x1f\x7f]*)"'
    r"(?:; filename\*=UTF-8''((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})*))?"
)

names = st.text(max_size=400) | st.text("./\\ a\x00\u202e", max_size=12)


@given(names)
@example("a" * 254 + " b")
@example("..")
@example(". .")
def test_a_clean_name_is_one_printable_segment_of_a_path(name: str) -> None:
    clean = clean_file_name(name, "default")
    assert 1 <= len(clean) <= 255
    assert clean not in (".", "..")
    assert clean.isprintable()
    assert not {"/", "\\"} & set(clean)
    assert clean == clean.strip()
    clean.encode()


@given(names)
@example("a" * 254 + " b")
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    clean = clean_file_name(name, "default")
    assert clean_file_name(clean, "other") == clean


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=255))
def test_a_harmless_name_is_kept(name: str) -> None:
    if not {"/", "\\"} & set(name) and name not in (".", ".."):
        assert clean_file_name(name, "default") == name


@pytest.mark.parametrize(
    "name", [None, "", " ", ".", "..", "a/", "a\\", "\x00", "\u202e", "\ud800"]
)
def test_what_leaves_no_name_gets_the_default(name: str | None) -> None:
    assert clean_file_name(name, "default") == "default"


@given(names.map(lambda name: clean_file_name(name, "default")))
@example('a"b.jar')
@example("100%41.jar")
@example("a;b=c,d.jar")
@example("naïve 🎉.jar")
def test_a_name_comes_back_from_the_header(name: str) -> None:
    header = _HEADER.fullmatch(attachment(name))
    assert header is not None
    plain, extended = header.groups()
    assert (plain if extended is None else unquote(extended, errors="strict")) == name
    assert len(plain) == len(name)


def test_a_plain_name_is_said_once() -> None:
    assert attachment("addon-1.0.jar") == 'attachment; filename="addon-1.0.jar"'


def test_another_name_has_a_plain_form_for_old_clients() -> None:
    plain = 'attachment; filename="___.jar"'
    assert attachment('ü"%.jar') == plain + "; filename*=UTF-8''%C3%BC%22%25.jar"
