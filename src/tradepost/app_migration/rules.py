"""Rules of migration records: pure functions, no I/O.

Rules look at bodies that may be good in part only: a field that was wrong is `MISSING`, and its
problem has been told.
"""

import re
from typing import Any, Final

import msgspec
from msgspec import UNSET, inspect

from tradepost.app_migration.model import (
    AppMigrationPatchDocumentation,
    CompatibilityRange,
    MigrationContent,
    ProductMigrationInformation,
    ProductMigrationPut,
)
from tradepost.http.bodies import MISSING, check, known, problem
from tradepost.http.errors import Problem

_RANGES: Final = "cloudMigrationAssistantCompatibilityRanges"
_PLAIN_VERSION: Final = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_TRUTHS: Final = {"true": True, "false": False}


def _content_fields() -> dict[str, inspect.Field]:
    kind = inspect.type_info(MigrationContent)
    assert isinstance(kind, inspect.StructType)
    return {f"/{field.encode_name}": field for field in kind.fields}


FIELDS: Final = _content_fields()
"""What a patch can change, by its path."""


def put_problems(body: ProductMigrationPut, developer_space_id: str) -> list[Problem]:
    """What is wrong with a body that replaces a record, beside its types."""
    problems = []
    if known(body.developer_id) and body.developer_id != developer_space_id:
        problems.append(problem("developerId", f"must be that of the app, {developer_space_id}"))
    return problems + range_problems(body.cloud_migration_assistant_compatibility_ranges, _RANGES)


def range_problems(ranges: Any, path: str) -> list[Problem]:
    """Which ranges of versions end before they start, where their numbers can be compared."""
    return [
        problem(f"{path}[{index}].end", f"must not be before start, {one.start}")
        for index, one in enumerate(ranges if isinstance(ranges, list) else [])
        if isinstance(one, CompatibilityRange) and _is_backwards(one)
    ]


def replaced(
    body: ProductMigrationPut, product_id: str, app_key: str
) -> ProductMigrationInformation:
    """The record that a good body makes of an app's."""
    content = {name: getattr(body, name) for name in MigrationContent.__struct_fields__}
    return _normal(
        ProductMigrationInformation(
            **content,
            developer_id=body.developer_id,
            product_id=product_id,
            addon_key=app_key,
            addon_name=body.addon_name,
        )
    )


def patched(
    held: ProductMigrationInformation, steps: list[AppMigrationPatchDocumentation]
) -> tuple[ProductMigrationInformation, list[Problem]]:
    """The record after all steps of a patch, one after the other; and what is wrong with them.

    Where something is, the record is of no use. Source: RFC 6902 for `add`, `replace` and
    `remove` of an object's members. `held` stays as it is.
    """
    record = msgspec.structs.replace(held)
    problems: list[Problem] = []
    for index, step in enumerate(steps):
        if not isinstance(step, msgspec.Struct) or not known(step.path) or not known(step.op):
            continue
        field = FIELDS[step.path]
        if step.op != "add" and getattr(record, field.name) is UNSET:
            problems.append(problem(f"[{index}].path", f"is {step.path}, which is not there"))
        if step.op == "remove":
            setattr(record, field.name, UNSET)
        else:
            value, found = _value(step.value, field, f"[{index}].value")
            setattr(record, field.name, value)
            problems += found
    return (record if problems else _normal(record)), problems


def _value(sent: Any, field: inspect.Field, path: str) -> tuple[Any, list[Problem]]:
    """The value of a step as that of a field, or `MISSING` and why not."""
    if sent is MISSING:
        return MISSING, []
    if sent is UNSET or sent is None:
        return MISSING, [problem(path, "is required for add and replace")]
    if isinstance(sent, list):  # ranges, what is wrong in them has been told
        if isinstance(field.type, inspect.ListType):
            return sent, range_problems(sent, path)
        return check([], field.type, path)
    value, problems = check(_read_text(sent, field), field.type, path)
    return value, problems or range_problems(value, path)


def _read_text(sent: str | bool, field: inspect.Field) -> Any:
    """What a value stands for: a text is read as JSON where the field holds none, because the
    contract's values are texts all."""
    if isinstance(sent, bool):
        return sent
    if isinstance(field.type, inspect.BoolType):
        return _TRUTHS.get(sent, sent)
    if isinstance(field.type, inspect.ListType):
        try:
            return msgspec.json.decode(sent)
        except (msgspec.MsgspecError, RecursionError):
            return sent
    return sent


def _normal(record: ProductMigrationInformation) -> ProductMigrationInformation:
    """A record whose open ends are left out, as absent fields are everywhere."""
    ranges = record.cloud_migration_assistant_compatibility_ranges
    if isinstance(ranges, list):
        record.cloud_migration_assistant_compatibility_ranges = [
            one
            if one is MISSING
            else CompatibilityRange(
                UNSET if one.start is None else one.start, UNSET if one.end is None else one.end
            )
            for one in ranges
        ]
    return record


def _is_backwards(one: CompatibilityRange) -> bool:
    start, end = _numbers(one.start), _numbers(one.end)
    return bool(start and end and start > end)


def _numbers(version: Any) -> list[int]:
    """A version as numbers without zeros at the end; none where it is not made of numbers alone."""
    if not isinstance(version, str) or not _PLAIN_VERSION.fullmatch(version):
        return []
    numbers = [int(part) for part in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return numbers
