"""Forms from the structure of a body: what a form says is the body that it was made of."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.forms import typed
from tradepost.app_migration.model import ProductMigrationPut
from tradepost.console.structure import Field, fields_of, label_at, lines, read, words
from tradepost.console.visit import Form
from tradepost.privacy_and_security.model import AppTrustInformation
from tradepost.privacy_and_security.rules import NEEDS

PRIVACY = fields_of(AppTrustInformation)
MIGRATION = fields_of(ProductMigrationPut)
TEXT = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1)
    .map(str.strip)
    .filter(bool)
    .filter(lambda text: text not in ("true", "false"))
)


def bodies(fields: tuple[Field, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of some fields, each there or not."""
    return st.fixed_dictionaries({}, optional={field.name: values(field) for field in fields})


def values(field: Field) -> st.SearchStrategy[Any]:
    if field.kind == "choice":
        truths = {"true": True, "false": False}
        return st.sampled_from([truths.get(value, value) for value, _ in field.choices])
    if field.kind == "group":
        return bodies(field.fields).filter(bool)
    if field.kind == "rows":
        return st.lists(bodies(field.fields).filter(bool), min_size=1, max_size=3)
    if field.kind == "lines":
        return st.lists(TEXT, max_size=3)
    return st.integers(0, 10**9) if field.kind == "number" else TEXT


@given(bodies(PRIVACY))
def test_what_a_form_of_privacy_says_is_the_body(body: dict[str, Any]) -> None:
    form = Form(typed(body, "commonCloud").items())
    assert read(PRIVACY, form, "commonCloud.") == body


@given(bodies(MIGRATION))
def test_what_a_form_of_migration_says_is_the_body(body: dict[str, Any]) -> None:
    assert read(MIGRATION, Form(typed(body).items())) == body


@given(bodies(PRIVACY))
def test_all_that_a_body_says_is_shown(body: dict[str, Any]) -> None:
    assert len(lines(PRIVACY, body)) == len(body)


def test_every_answer_that_another_makes_needed_is_a_field() -> None:
    for need in NEEDS:
        assert label_at(PRIVACY, need.answer)
        assert label_at(PRIVACY, need.needed)


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("isCAIQCompleted", "Is CAIQ completed"),
        ("CAIQLiteLink", "CAIQ lite link"),
        ("appProcessEUDOutsideAtlassian", "App process EUD outside Atlassian"),
        ("requiresUsersToProvidePATs", "Requires users to provide PATs"),
        ("hasRestAPIExtension", "Has REST API extension"),
        ("min", "Min"),
    ],
)
def test_names_are_read_as_words(name: str, read_as: str) -> None:
    assert words(name) == read_as


def test_what_is_wrong_stays_as_it_was_typed() -> None:
    days = "dataRetention.retentionDurationInDays.min"
    assert read(PRIVACY, Form([(days, " many ")])) == {
        "dataRetention": {"retentionDurationInDays": {"min": "many"}}
    }
