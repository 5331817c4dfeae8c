"""What holds for every patch and every range, against a model that knows nothing of the rules."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.support.declarations import MIGRATION
from tradepost.app_migration import rules
from tradepost.app_migration.model import (
    AppMigrationPatchDocumentation,
    CompatibilityRange,
    ProductMigrationInformation,
    ProductMigrationPut,
)

SPACE = "00000000-0000-4000-8000-000000000000"
OTHERS: dict[str, Any] = {
    **MIGRATION,
    "cloudAddonKey": "com.example.other",
    "migrationPath": "MANUAL",
    "isDualLicenseOptedIn": True,
    "cloudMigrationAssistantCompatibilityRanges": [],
}
FIELDS = st.sampled_from(list(MIGRATION))
RECORDS = st.fixed_dictionaries({}, optional={name: st.just(MIGRATION[name]) for name in MIGRATION})
VERSIONS = st.lists(st.integers(0, 12), min_size=1, max_size=4)


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    """A step with a good value, sent as it is or as a text, or without one."""
    field, op = draw(FIELDS), draw(st.sampled_from(["add", "replace", "remove"]))
    step = {"op": op, "path": f"/{field}"}
    if op == "remove":
        return step
    value = draw(st.sampled_from([MIGRATION[field], OTHERS[field]]))
    if not isinstance(value, str) and draw(st.booleans()):
        value = json.dumps(value)
    return {**step, "value": value}


def record(fields: dict[str, Any]) -> ProductMigrationInformation:
    body = msgspec.convert(
        {"developerId": SPACE, "addonName": "Boards", **fields}, ProductMigrationPut
    )
    assert rules.put_problems(body, SPACE) == []
    return rules.replaced(body, "product", "key")


def fields_of(held: ProductMigrationInformation) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(held)
    return {name: value for name, value in found.items() if name in MIGRATION}


@given(RECORDS, st.lists(steps(), max_size=8))
def test_a_patch_does_what_its_steps_say_or_nothing(
    fields: dict[str, Any], sent: list[dict[str, Any]]
) -> None:
    held = record(fields)
    before = msgspec.json.encode(held)
    patch = msgspec.convert(sent, list[AppMigrationPatchDocumentation])
    result, problems = rules.patched(held, patch)
    assert msgspec.json.encode(held) == before
    expected, wrong = dict(fields), []
    for index, step in enumerate(sent):
        name = step["path"][1:]
        if step["op"] != "add" and name not in expected:
            wrong.append(f"[{index}].path")
        if step["op"] == "remove":
            expected.pop(name, None)
        else:
            value = step["value"]
            is_text = isinstance(MIGRATION[name], str)
            expected[name] = json.loads(value) if isinstance(value, str) and not is_text else value
    assert [problem.path for problem in problems] == wrong
    if not wrong:
        assert fields_of(result) == expected
        assert (result.developer_id, result.addon_key) == (SPACE, "key")


@given(VERSIONS, VERSIONS)
def test_a_range_of_numbers_ends_where_it_starts_or_later(start: list[int], end: list[int]) -> None:
    longest = max(len(start), len(end))
    low, high = ([*one, *[0] * (longest - len(one))] for one in (start, end))
    one = CompatibilityRange(".".join(map(str, start)), ".".join(map(str, end)))
    assert bool(rules.range_problems([one], "here")) == (low > high)


@given(VERSIONS, st.sampled_from(["-beta", ".x", "+1", "_2"]))
def test_what_is_no_plain_number_is_not_compared(numbers: list[int], end: str) -> None:
    text = ".".join(map(str, numbers))
    for one in (CompatibilityRange(f"{text}{end}", "0"), CompatibilityRange("99", f"{text}{end}")):
        assert rules.range_problems([one], "here") == []
