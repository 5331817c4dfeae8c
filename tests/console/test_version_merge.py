"""What two people have changed in one version, put together."""

import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.version_documents import documents
from tradepost.console.lines import Line, line_difference, marked_lines
from tradepost.console.version_form import document_of, pairs_of
from tradepost.console.version_merge import changes, keep, kept, merged, texts_of
from tradepost.console.visit import Form

Document = dict[str, Any]


def same_framework(documents_: tuple[Document, ...]) -> tuple[Document, ...]:
    first = documents_[0]
    return tuple({**d, "frameworkDetails": first["frameworkDetails"]} for d in documents_)


@given(st.tuples(documents(), documents(), documents()).map(same_framework), st.data())
def test_a_merge_has_each_field_from_one_side(
    drawn: tuple[Document, ...], data: st.DataObject
) -> None:
    base, mine, theirs = (pairs_of(document, {}) for document in drawn)
    framework = drawn[0]["frameworkDetails"]["frameworkId"]
    sides = [texts_of(base), texts_of(mine), texts_of(theirs)]
    found = changes(framework, kept(keep(sides[0])), sides[1], sides[2])
    conflicts = [change.name for change in found if change.by == "both"]
    choices = {name: data.draw(st.sampled_from(["mine", "theirs"])) for name in conflicts}
    if conflicts:
        assert merged(found, mine, {}) is None
    result = merged(found, mine, choices)
    assert result is not None
    texts = texts_of(result)
    for name, text in texts.items():
        was, one, other = (side.get(name, "") for side in sides)
        if other in (one, was):
            expected = one
        elif was == one:
            expected = other
        else:
            expected = one if choices[name] == "mine" else other
        assert text == expected
    document_of(Form(result), drawn[2], {})


@given(documents(), documents())
def test_nobody_conflicts_with_themselves(one: Document, other: Document) -> None:
    base, mine = texts_of(pairs_of(one, {})), texts_of(pairs_of(other, {}))
    framework = other["frameworkDetails"]["frameworkId"]
    assert changes(framework, base, mine, mine) == []


@given(st.text())
def test_a_damaged_base_is_no_base(text: str) -> None:
    assert all(isinstance(value, str) for value in kept(text).values())


def test_long_texts_are_kept_as_what_tells_whether_they_changed() -> None:
    long, other = "a" * 5000, "b" * 5000
    name = "changelog.releaseNotes"
    stored = keep({name: long})
    assert len(stored) < 200
    found = changes("plugin", kept(stored), {name: long}, {name: other})
    assert [(change.by, change.base) for change in found] == [("them", None)]


TEXTS = st.lists(st.sampled_from(["", "a", "b", "c", "long line"]), max_size=40).map("\n".join)


@given(TEXTS, TEXTS)
def test_a_line_difference_has_both_texts(before: str, after: str) -> None:
    lines = marked_lines(before, after)
    assert "\n".join(line.text for line in lines if line.mark != "added") == before
    assert "\n".join(line.text for line in lines if line.mark != "removed") == after


def test_a_line_difference_shows_little_of_what_is_the_same() -> None:
    before = "\n".join(map(str, range(100)))
    after = before.replace("\n50\n", "\nfifty\n")
    assert line_difference(before, after) == [
        Line("left out", "47"),
        *(Line("same", str(number)) for number in (47, 48, 49)),
        Line("removed", "50"),
        Line("added", "fifty"),
        *(Line("same", str(number)) for number in (51, 52, 53)),
        Line("left out", "46"),
    ]


def test_texts_of_100_kb_are_compared_at_once() -> None:
    """Whatever stands in them: these are the worst for what compares line by line."""
    worst = [
        ("\n".join("ab"[n % 2] for n in range(50_000)), "\n" * 50_000),
        ("a\n" * 1999, "b\na\n" * 1000),
        ("\n".join(map(str, range(1900))), "\n".join(map(str, reversed(range(1900))))),
        ("x" * 100_000, "y" * 100_000),
        ("a\nb\n" * 900, "b\na\nc\n" * 600),
    ]
    for before, after in worst:
        started = time.process_time()
        line_difference(before, after)
        assert time.process_time() - started < 2
