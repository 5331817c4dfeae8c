"""Any bytes at all: told or refused, and nothing else."""

import random
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from tests.support.archives import PLUGIN_XML, archive, descriptor, jwb, obr, plugin_jar
from tests.support.inspections import inspected
from tradepost.assets.bad_file import BadFileError
from tradepost.assets.inspection import Inspected

GOOD = (plugin_jar(), obr(), jwb(), descriptor(), archive({PLUGIN_XML: b"<a/>"}, compression=0))
STRANGE = st.sampled_from(
    (b"\x00", b"\xff", b"\xff" * 4, b"\x00" * 8, b"PK\x05\x06", b"PK\x06\x07")
)
"""What numbers of records are written over with."""


def outcome(data: bytes) -> Inspected | str:
    """What a file is, or why it is refused."""
    try:
        return inspected(data)
    except BadFileError as refused:
        return refused.reason


def told_or_refused(data: bytes) -> None:
    found = outcome(data)
    if isinstance(found, str):
        assert re.fullmatch("[ -~]+", found)
        return
    assert found.kind in ("jar", "obr", "jwb", "descriptor")
    for value in (found.details.key, found.details.name, found.details.version):
        assert value is UNSET or re.fullmatch("[^\\x00-\\x1f\\x7f]{1,255}", value)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with a few places written over, cut out or put in."""
    data = bytearray(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from((0, 1, 2, 4, 8, 100)))
        data[at : at + length] = draw(STRANGE | st.binary(max_size=8))
    return bytes(data)


@st.composite
def renumbered(draw: st.DrawFn) -> bytes:
    """A good archive with numbers in its directory and its end written over."""
    data = bytearray(draw(st.sampled_from(GOOD[:3])))
    start = bytes(data).index(b"PK\x01\x02")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(start, len(data) - 1))
        part = draw(STRANGE)[: len(data) - at]
        data[at : at + len(part)] = part
    return bytes(data)


@settings(deadline=None, max_examples=300)
@given(data=st.binary(max_size=500))
@example(data=b"PK\x03\x04")
@example(data=b"PK\x05\x06")
@example(data=b"PK\x05\x06" + bytes(18))
@example(data=b"{")
@example(data=b"\xef\xbb\xbf")
def test_any_bytes_are_told_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"{", b'{"key":"a","baseUrl":"b",'):
        told_or_refused(start + data)


@settings(deadline=None, max_examples=500)
@given(data=damaged() | renumbered())
def test_a_damaged_file_is_told_or_refused(data: bytes) -> None:
    told_or_refused(data)


@settings(deadline=None, max_examples=300)
@given(xml=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_descriptor_of_a_plugin_is_told_or_refused(xml: bytes) -> None:
    for start in (b"", b"<atlassian-plugin key='a'>", b'<?xml version="1.0" encoding="'):
        told_or_refused(archive({PLUGIN_XML: start + xml}))


@settings(deadline=None, max_examples=300)
@given(manifest=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_manifest_is_told_or_refused(manifest: bytes) -> None:
    for start in (b"", b"Atlassian-Plugin-Key: a\n"):
        told_or_refused(archive({"META-INF/MANIFEST.MF": start + manifest}))


def test_every_single_byte_of_a_small_plugin_may_be_wrong() -> None:
    good = archive({PLUGIN_XML: b"<atlassian-plugin key='a'/>"})
    chance = random.Random(1)
    for at in range(len(good)):
        told_or_refused(good[:at] + bytes([chance.randrange(256)]) + good[at + 1 :])
        told_or_refused(good[:at])
