"""A version as the fields of a form, and back: nothing is lost on the way, whatever it is."""

from typing import Any
from urllib.parse import urlencode

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.support.version_documents import LINES, documents
from tradepost.app_software.model import AppSoftwareVersionCreateRequest
from tradepost.console.version_fields import FRAMEWORKS, fields_of
from tradepost.console.version_form import (
    Pairs,
    create_body,
    document_of,
    leftovers,
    pairs_of,
    rows_of,
    suggestion,
    wanted_builds,
    wanted_releases,
)
from tradepost.console.visit import Form
from tradepost.http.bodies import decode

Document = dict[str, Any]


def sent(pairs: Pairs) -> Form:
    """A form as a browser sends it: in UTF-8, with its own line ends."""
    typed = [(name, value.replace("\n", "\r\n")) for name, value in pairs]
    return Form.of(urlencode(typed).encode())


def without_spaces(pairs: Pairs) -> list[tuple[str, list[str]]]:
    """A form without the spaces at the ends of lines, which nobody has typed on purpose."""
    stripped = [(name, [line.strip() for line in value.split("\n")]) for name, value in pairs]
    return [(name, [line for line in lines if line]) for name, lines in stripped]


@st.composite
def documents_and_releases(draw: st.DrawFn) -> tuple[Document, dict[tuple[str, int], str]]:
    """A version, and version numbers for some of the builds that it names."""
    document = draw(documents())
    releases: dict[tuple[str, int], str] = {}
    for parent, build in sorted(wanted_releases(document)):
        number = draw(st.one_of(st.none(), LINES, st.from_regex(r"[0-9]{1,3}", fullmatch=True)))
        if number is not None and (parent, number) not in {
            (p, n) for (p, _), n in releases.items()
        }:
            releases[parent, build] = number
    return document, releases


@given(documents_and_releases())
def test_a_version_that_nobody_changes_stays_as_it_is(
    drawn: tuple[Document, dict[tuple[str, int], str]],
) -> None:
    document, releases = drawn
    form = sent(pairs_of(document, releases))
    builds = {(parent, number): build for (parent, build), number in releases.items()}
    assert wanted_builds(form) <= builds.keys()
    assert document_of(form, document, builds) == document


@given(documents())
def test_a_form_alone_says_all_that_a_form_can_say(document: Document) -> None:
    form = sent(pairs_of(document, {}))
    made = document_of(form, None, {})
    assert pairs_of(made, {}) == pairs_of(document, {})
    assert document_of(sent(pairs_of(made, {})), None, {}) == made


@given(documents(), documents())
def test_a_form_replaces_what_is_stored_by_what_it_says(old: Document, new: Document) -> None:
    form = sent(pairs_of(new, {}))
    made = document_of(form, {**old, "unheardOf": {"of": [1]}}, {})
    assert made["unheardOf"] == {"of": [1]}
    assert made["state"] == old["state"]
    assert without_spaces(pairs_of(made, {})) == without_spaces(pairs_of(new, {}))


@given(documents())
def test_what_is_unchanged_is_a_body_that_the_api_reads(document: Document) -> None:
    made = document_of(sent(pairs_of(document, {})), document, {})
    agreed = {**made, "acceptedAgreements": [{"agreementUrl": "https://a.example/"}]}
    _, problems = decode(msgspec.json.encode(create_body(agreed)), AppSoftwareVersionCreateRequest)
    assert problems == []


@given(documents())
def test_a_new_version_starts_without_what_is_of_the_latest_alone(document: Document) -> None:
    start = suggestion(document)
    assert "buildNumber" not in start
    assert "versionNumber" not in start
    assert "changelog" not in start
    assert "artifactId" not in start["frameworkDetails"]["attributes"]
    assert start["compatibilities"] == document["compatibilities"]


NAMES = st.sampled_from(
    sorted({field.name for framework in FRAMEWORKS for field in fields_of(framework)})
)
RUBBISH = st.lists(
    st.tuples(
        st.one_of(NAMES, st.sampled_from(["framework", "parent", "min", "max"]), st.text()),
        st.one_of(
            st.text(st.characters(codec="utf-8")),
            st.sampled_from([*FRAMEWORKS, "9" * 5000, "-1", "٣", "true", "\x00", "1e9", "{}"]),
        ),
    ),
    max_size=30,
)


@given(RUBBISH, st.one_of(st.none(), documents()))
def test_a_form_with_rubbish_is_for_the_api_to_refuse(pairs: Pairs, held: Document | None) -> None:
    form = Form(pairs)
    document = document_of(form, held, {})
    data = msgspec.json.encode(create_body(document))
    decode(data, AppSoftwareVersionCreateRequest)
    pairs_of(document, {})
    leftovers(form, form["framework"])
    assert len(document["compatibilities"]) == len(rows_of(form))


def test_texts_that_are_no_numbers_are_told_as_they_are() -> None:
    form = Form([("framework", "plugin"), ("buildNumber", "12a"), ("parent", "jira"), ("min", "x")])
    document = document_of(form, None, {})
    assert document["buildNumber"] == "12a"
    assert document["compatibilities"] == [{"parentSoftwareId": "jira", "minBuildNumber": "x"}]


def test_a_release_can_be_named_by_its_number_or_its_build() -> None:
    form = Form([("parent", "jira"), ("min", " 9.1.0 "), ("max", "910000")])
    assert wanted_builds(form) == {("jira", "9.1.0")}
    made = document_of(form, None, {("jira", "9.1.0"): 901000})
    assert made["compatibilities"] == [
        {"parentSoftwareId": "jira", "minBuildNumber": 901000, "maxBuildNumber": 910000}
    ]


def test_what_was_typed_for_another_framework_is_kept() -> None:
    form = Form([("framework", "forge"), ("connect.descriptorId", "mine"), ("forge.appId", "a")])
    assert leftovers(form, "forge") == [("connect.descriptorId", "mine")]
