"""Descriptors of plugins that are no XML, or XML that would harm its reader."""

import encodings.aliases
import zipfile

import pytest
from msgspec import UNSET

from tests.support.archives import PLUGIN_XML, archive
from tests.support.inspections import inspected, peak_of_refusal, reason

REFUSED = f"is an archive whose {PLUGIN_XML} "
OWN_TYPES = REFUSED + "declares types or entities of its own"
NO_ELEMENT = REFUSED + "has no element at its start"
MEBIBYTE = 1 << 20


def jar(xml: bytes) -> bytes:
    return archive({PLUGIN_XML: xml}, zipfile.ZIP_STORED)


def laughs(levels: int) -> bytes:
    """A document of a few hundred bytes that is 10 to the power of `levels` times as long."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    return (
        f'<!DOCTYPE p [<!ENTITY e0 "ha">{entities}]>'
        f'<atlassian-plugin key="&e{levels - 1};">&e{levels - 1};</atlassian-plugin>'
    ).encode()


@pytest.mark.parametrize(
    "xml",
    [
        laughs(2),
        laughs(9),
        laughs(9).decode().encode("utf-16"),
        b"<!-- " + b"a" * 5000 + b" -->" + laughs(9),
        b"<!DOCTYPE p ["
        + b"".join(b'<!ENTITY e%d "&e%d;">' % (n + 1, n) for n in range(50_000))
        + b"]><p>&e50000;</p>",
        b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><atlassian-plugin key="&x;"/>',
        b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><atlassian-plugin>&x;'
        b"</atlassian-plugin>",
        b'<!DOCTYPE p [<!ENTITY % x SYSTEM "http://127.0.0.1/x">%x;]><atlassian-plugin/>',
        b'<!DOCTYPE p [<!ATTLIST atlassian-plugin key CDATA "a.b">]><atlassian-plugin/>',
        b"<!DOCTYPE p []><atlassian-plugin/>",
    ],
)
def test_a_document_with_types_of_its_own_is_refused(xml: bytes) -> None:
    assert reason(jar(xml)) == OWN_TYPES
    assert peak_of_refusal(jar(xml)) < 4 * MEBIBYTE


def test_an_external_document_type_is_never_fetched() -> None:
    xml = b'<!DOCTYPE p PUBLIC "p" "file:///etc/passwd"><atlassian-plugin key="a.b" name="&x;"/>'
    details = inspected(jar(xml)).details
    assert (details.key, details.name) == ("a.b", UNSET)


@pytest.mark.parametrize("depth", [101, 200_000])
def test_a_document_that_is_nested_too_deeply_is_refused(depth: int) -> None:
    xml = b"<atlassian-plugin>" + b"<a>" * (depth - 1) + b"</a>" * (depth - 1)
    assert reason(jar(xml + b"</atlassian-plugin>")) == REFUSED + "is nested too deeply"


def test_a_document_that_is_nested_a_hundred_times_is_read() -> None:
    xml = b"<atlassian-plugin key='a.b'>" + b"<a>" * 99 + b"</a>" * 99 + b"</atlassian-plugin>"
    assert inspected(jar(xml)).details.key == "a.b"


@pytest.mark.parametrize(
    "xml",
    [
        b"<!--" + b"a" * 70_000 + b"--><atlassian-plugin/>",
        b"<atlassian-plugin key='" + b"a" * 1_000_000 + b"'/>",
        b" " * 70_000,
        b"<",
    ],
)
def test_a_document_that_does_not_start_is_refused(xml: bytes) -> None:
    assert reason(jar(xml)).startswith((NO_ELEMENT, REFUSED + "is damaged: "))


def test_text_between_many_comments_is_refused_without_much_memory() -> None:
    text = b"a<!---->" * 200_000
    xml = (
        b"<atlassian-plugin><plugin-info><version>"
        + text
        + b"</version></plugin-info></atlassian-plugin>"
    )
    assert reason(jar(xml)) == "has more than 255 characters as its version"
    assert peak_of_refusal(jar(xml)) < 40 * MEBIBYTE


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"plugin",
        b"{}",
        b"<atlassian-plugin>",
        b"<atlassian-plugin></a>",
        b"<atlassian-plugin/><atlassian-plugin/>",
        b"<atlassian-plugin key=a/>",
        b"<atlassian-plugin key='a' key='b'/>",
        b"<atlassian-plugin key='&x;'/>",
        b"<atlassian-plugin key='\x00'/>",
        b"<atlassian-plugin key='&#0;'/>",
        b"<atlassian-plugin key='\xff'/>",
        b"\xff\xfe<\x00a\x00/\x00>",
        b"\x00\x00\x00<\x00\x00\x00a",
        b'<?xml version="1.0" encoding="UTF-16"?><atlassian-plugin/>',
        b'<?xml version="1.1" encoding=""?><atlassian-plugin/>',
    ],
)
def test_what_is_no_sound_xml_is_refused(xml: bytes) -> None:
    assert reason(jar(xml)).startswith(REFUSED + "is damaged: ")


@pytest.mark.parametrize("xml", [b"<plugin/>", b"<a:atlassian-plugin/>", b"<Atlassian-Plugin/>"])
def test_xml_of_something_else_is_refused(xml: bytes) -> None:
    assert reason(jar(xml)) == REFUSED + "is no <atlassian-plugin>"


@pytest.mark.parametrize(
    "encoding", sorted({"x-unknown", "a" * 1000, *encodings.aliases.aliases.values()})
)
def test_an_encoding_that_is_not_common_is_refused(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?><atlassian-plugin key="a.b"/>'.encode()
    assert reason(jar(xml)).startswith(
        (REFUSED + "is in an encoding that is not supported", REFUSED + "is damaged: ")
    )
