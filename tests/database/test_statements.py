"""Statements: where they stand, and that `$1`, `$2`, … first appear in ascending order."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import tradepost
from tests.support.bodies import ADDON_CLOUD
from tests.support.client import InProcess
from tradepost.app_software import store
from tradepost.database import Reader, Row

SOURCES = Path(tradepost.__file__).parent
METHODS = {"row", "rows", "execute", "execute_many"}
SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS)"
)
ENGINES = SOURCES / "database"


class Statement(NamedTuple):
    """A statement as it stands in a source file. `values` is how many are bound, if it says."""

    where: str
    text: str
    values: int | None


def in_ascending_order(text: str) -> bool:
    """Whether `$1`, `$2`, … first appear in this order, without a gap."""
    found = dict.fromkeys(int(number) for number in re.findall(r"\$(\d+)", text))
    return list(found) == list(range(1, len(found) + 1))


def literal(node: ast.expr, constants: dict[str, str]) -> str:
    """The text of a string expression; what only the running program knows is `<?>`."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part, constants) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return literal(node.value, constants)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return literal(node.left, constants) + literal(node.right, constants)
    if isinstance(node, ast.Name):
        return constants.get(node.id, "<?>")
    return "<?>"


def constants_of(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: literal(node.value, {})
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def statements() -> Iterator[Statement]:
    """Every statement that a `store.py` hands to a reader or a transaction."""
    for path in sorted(SOURCES.rglob("store.py")):
        tree = ast.parse(path.read_text("utf-8"))
        constants = constants_of(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in METHODS and node.args:
                values: int | None = len(node.args) - 1
                starred = any(isinstance(argument, ast.Starred) for argument in node.args)
                if starred or node.func.attr == "execute_many":
                    values = None
                where = f"{path.relative_to(SOURCES)}:{node.lineno}"
                yield Statement(where, literal(node.args[0], constants), values)


STATEMENTS = list(statements())


def test_the_statements_of_every_store_are_found() -> None:
    stores = {path.parent.name for path in SOURCES.rglob("store.py")}
    assert {statement.where.split("/")[0] for statement in STATEMENTS} == stores
    assert len(stores) >= 5
    assert len(STATEMENTS) >= 40
    assert all(SQL.match(statement.text) for statement in STATEMENTS)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.where)
def test_placeholders_first_appear_in_ascending_order(statement: Statement) -> None:
    # Those that are numbered by the running program are looked at below.
    assert in_ascending_order(statement.text.replace("$<?>", "")), statement.text
    assert "?" not in statement.text.replace("<?>", "")
    if statement.values is not None:
        numbers = {int(number) for number in re.findall(r"\$(\d+)", statement.text)}
        assert numbers == set(range(1, statement.values + 1)), statement.text


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for path in SOURCES.rglob("*.py")
        if path.name != "store.py" and not path.is_relative_to(ENGINES)
    ),
    ids=lambda path: str(path.relative_to(SOURCES)),
)
def test_statements_stand_in_stores_alone(path: Path) -> None:
    texts = [
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in texts if SQL.match(text)] == []


class Listening:
    """A reader that keeps the statements that pass through it."""

    def __init__(self, reader: Reader):
        self._reader = reader
        self.passed: list[tuple[str, int]] = []

    async def rows(self, statement: str, *values: Any) -> list[Row]:
        self.passed.append((statement, len(values)))
        return await self._reader.rows(statement, *values)

    async def row(self, statement: str, *values: Any) -> Row | None:
        self.passed.append((statement, len(values)))
        return await self._reader.row(statement, *values)


@pytest.mark.parametrize("public_only", [True, False])
@pytest.mark.parametrize(
    "chosen",
    list(
        product((None, "jira"), (None, 900_000), (None, 20_500), (None, "free"), (None, "active"))
    ),
    ids=lambda chosen: "-".join(str(value) for value in chosen if value is not None) or "none",
)
def test_placeholders_of_lists_are_numbered_in_ascending_order(
    shared: InProcess, public_only: bool, chosen: tuple[Any, ...]
) -> None:
    parent_id, parent_build, above, payment_model, state = chosen
    filters = store.VersionFilters(
        public_only, parent_id, parent_build, above, payment_model, state
    )
    reader = Listening(shared.database)

    async def work() -> None:
        software = await store.find(reader, ADDON_CLOUD)
        assert software is not None
        rows = await store.page(reader, software.pk, filters, 10**15, 500)
        assert await store.count(reader, software.pk, filters) == len(rows)

    shared.run(work())
    assert len(reader.passed) == 3
    for statement, values in reader.passed:
        assert in_ascending_order(statement), statement
        numbers = {int(number) for number in re.findall(r"\$(\d+)", statement)}
        assert numbers == set(range(1, values + 1)), statement
