"""What holds for every declaration, whatever is said in it."""

from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from tests.support.declarations import EVERYTHING
from tradepost.http.bodies import decode
from tradepost.privacy_and_security import rules
from tradepost.privacy_and_security.model import (
    AppPrivacyAndSecurity,
    AppTrustInformation,
    TrustInfo,
)

TEXTS = st.sampled_from(["", "https://example.com/", "Names"])


def values_of(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """JSON that a type takes, and some that it does not."""
    if isinstance(kind, inspect.Metadata):
        return values_of(kind.type)
    if isinstance(kind, inspect.UnionType):
        return st.one_of(*(values_of(option) for option in kind.types))
    if isinstance(kind, inspect.StructType):
        fields = {field.encode_name: values_of(field.type) for field in kind.fields}
        return st.fixed_dictionaries({}, optional=fields)
    if isinstance(kind, inspect.ListType):
        return st.lists(values_of(kind.item_type), max_size=2)
    if isinstance(kind, inspect.BoolType):
        return st.booleans()
    if isinstance(kind, inspect.IntType):
        return st.integers(-1, 3)
    if isinstance(kind, inspect.LiteralType):
        return st.sampled_from([*kind.values, "OTHER"])
    return st.none() if isinstance(kind, inspect.NoneType) else TEXTS


DECLARED = values_of(inspect.type_info(AppTrustInformation))


def told(declared: Any) -> tuple[AppPrivacyAndSecurity, set[str]]:
    """A body of a declaration, and the paths of everything that is wrong with it."""
    data = msgspec.json.encode({"commonCloud": declared})
    body, problems = decode(data, AppPrivacyAndSecurity)
    found = [*problems, *rules.problems_of(body.common_cloud)]
    paths = [problem.path for problem in found]
    assert len(paths) == len(set(paths))  # nothing is told twice
    return body, set(paths)


def given_at(declared: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(declared, dict) or name not in declared:
            return None
        declared = declared[name]
    return declared


def says_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(says_something(inner) for inner in value.values())
    return value is False or value == 0 or bool(value)


@given(DECLARED)
def test_a_declaration_without_problems_answers_what_its_answers_ask(declared: Any) -> None:
    body, paths = told(declared)
    if paths:
        return
    for need in rules.NEEDS:
        if given_at(declared, need.answer) == need.value and not says_something(
            given_at(declared, need.needed)
        ):
            assert need.unless
            assert given_at(declared, need.unless)
    record = rules.draft(body, "who@example.com", 7)
    stored = msgspec.json.encode(record)
    assert msgspec.json.decode(stored)["commonCloud"].items() >= declared.items()
    assert msgspec.json.decode(stored, type=TrustInfo) == record


@given(DECLARED, st.sampled_from(rules.NEEDS))
def test_an_answer_that_asks_for_another_is_never_let_through(
    declared: dict[str, Any], need: rules.Need
) -> None:
    for path in (need.needed, need.unless):
        *outer, name = path.split(".")
        place = declared
        for step in outer:
            place = place.setdefault(step, {})
        place.pop(name, None)
    *outer, name = need.answer.split(".")
    place = declared
    for step in outer:
        place = place.setdefault(step, {})
    place[name] = need.value
    assert f"commonCloud.{need.needed}" in told(declared)[1]


@given(DECLARED)
def test_no_to_everything_is_never_wrong(declared: Any) -> None:
    def denied(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: denied(inner) for name, inner in value.items()}
        return False if isinstance(value, bool) else value

    told_of = {f"commonCloud.{need.needed}" for need in rules.NEEDS if need.value is True}
    sent = denied(declared)
    _, problems = decode(msgspec.json.encode({"commonCloud": sent}), AppPrivacyAndSecurity)
    by_type = {problem.path for problem in problems}
    assert not told_of & (told(sent)[1] - by_type)


@given(st.text(max_size=20), st.integers(0, 2**53))
def test_publishing_changes_who_and_when_alone(email: str, at: int) -> None:
    body, paths = told(EVERYTHING)
    assert not paths
    draft = rules.draft(body, "author@example.com", 1)
    before = msgspec.json.encode(draft)
    live = msgspec.to_builtins(rules.live(draft, email, at))["commonCloud"]
    assert live.pop("properties") == {
        "updatedBy": email,
        "updatedAt": at,
        "formStatus": "APPROVED",
    }
    assert live == EVERYTHING
    assert msgspec.json.encode(draft) == before


def test_every_path_of_a_need_is_one_of_the_contract() -> None:
    for need in rules.NEEDS:
        for path in filter(None, (need.answer, need.needed, need.unless)):
            place: Any = EVERYTHING
            for name in path.split("."):
                place = place[name]


def test_every_need_is_documented() -> None:
    page = Path(__file__).parents[2] / "docs" / "api-design.md"
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("  | `")]
    for need in rules.NEEDS:
        asks, needed, unless = (
            path.rpartition(".")[2] for path in (need.answer, need.needed, need.unless)
        )
        assert any(asks in row and needed in row and unless in row for row in rows), need
