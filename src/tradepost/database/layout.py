"""What tables a database has, asked of the database itself, so that no list is kept by hand."""

import contextlib
from graphlib import TopologicalSorter
from typing import Any, Final, NamedTuple

import apsw

from tradepost.database import Database, Reader, Row
from tradepost.database.steps import steps_of

BOOKKEEPING: Final = frozenset({"schema_migration", "written", "rate_counter"})
"""Tables of the engine itself, whose rows are no data."""

_COLUMNS: Final = {
    "sqlite": (
        "SELECT t.name, c.name, c.pk, 0 "
        "FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
        r"WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'"
    ),
    "postgresql": (
        "SELECT CAST(t.relname AS TEXT), CAST(c.attname AS TEXT), "
        "COALESCE(array_position(k.conkey, c.attnum), 0), c.attidentity <> '' "
        "FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 "
        "AND NOT c.attisdropped AND c.attgenerated = '' "
        "LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p' "
        "WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition "
        "AND t.relnamespace = CAST(current_schema() AS regnamespace)"
    ),
}
"""Table, column, the column's place in the primary key or 0, and whether its values are numbered
by a sequence that does not see those that it is given."""
_REFERENCES: Final = {
    "sqlite": (
        'SELECT t.name, r."table", r.id, r."from", r."to" '
        "FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) r "
        "WHERE t.type = 'table' ORDER BY t.name, r.id, r.seq"
    ),
    "postgresql": (
        "SELECT CAST(t.relname AS TEXT), CAST(r.relname AS TEXT), CAST(f.oid AS BIGINT), "
        "CAST(a.attname AS TEXT), CAST(b.attname AS TEXT) FROM pg_constraint f "
        "JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid "
        "CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (here, there, place) "
        "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.here "
        "JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = k.there "
        "WHERE f.contype = 'f' AND t.relnamespace = CAST(current_schema() AS regnamespace) "
        "ORDER BY t.relname, f.oid, k.place"
    ),
}
"""Table, the one that it refers to, the reference, and a column of each: a row for each column."""
_PARTS: Final = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
_LAST_WRITE: Final = {
    "sqlite": "SELECT MAX(seq) FROM written",
    "postgresql": "SELECT CAST(MAX(at) AS TEXT), COUNT(*) FROM written",
}


class Table(NamedTuple):
    """A table: its columns in the order of their names, those of its primary key, and those that
    a sequence numbers."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    numbered: tuple[str, ...]


class Reference(NamedTuple):
    """Columns of a table that name a row of another one by these columns of it."""

    table: str
    columns: tuple[str, ...]
    other: str
    other_columns: tuple[str, ...]


async def tables_of(engine: str, reader: Reader) -> list[Table]:
    """All tables of a database, each after those that it refers to, else by name."""
    found: dict[str, list[Any]] = {}
    for name, *column in await reader.rows(_COLUMNS[engine]):
        found.setdefault(name, []).append(column)
    before: dict[str, set[str]] = {name: set() for name in sorted(found)}
    for reference in await references_of(engine, reader):
        if reference.table != reference.other and reference.table in before:
            before[reference.table].add(reference.other)
    return [_table(name, found[name]) for name in TopologicalSorter(before).static_order()]


async def references_of(engine: str, reader: Reader) -> list[Reference]:
    """All references from table to table that the engine knows of."""
    found: dict[tuple[Any, ...], list[tuple[str, str]]] = {}
    for name, other, number, column, other_column in await reader.rows(_REFERENCES[engine]):
        found.setdefault((name, other, number), []).append((column, other_column))
    return [
        Reference(name, tuple(c for c, _ in pairs), other, tuple(o for _, o in pairs))
        for (name, other, _), pairs in found.items()
    ]


async def leading_nowhere(reader: Reader, table: Table, reference: Reference) -> list[Row]:
    """The keys of a table's rows whose reference leads nowhere."""
    pairs = list(zip(reference.columns, reference.other_columns, strict=True))
    given = " AND ".join(f't."{column}" IS NOT NULL' for column in reference.columns)
    same = " AND ".join(f'o."{other}" = t."{column}"' for column, other in pairs)
    key = ", ".join(f't."{column}"' for column in table.key or table.columns)
    return await reader.rows(
        f'SELECT {key} FROM "{table.name}" t WHERE {given} '
        f'AND NOT EXISTS (SELECT 1 FROM "{reference.other}" o WHERE {same})'
    )


async def missing_parts(engine: str, reader: Reader) -> list[str]:
    """Tables, indexes and triggers of the newest schema that a database has not, or has otherwise.

    Of SQLite alone, which keeps the statements that made them.
    """
    if engine != "sqlite":
        return []
    with contextlib.closing(apsw.Connection(":memory:")) as fresh:
        for statements in steps_of(engine).values():
            fresh.execute(statements)
        wanted = fresh.execute(_PARTS).fetchall()
    held = {(kind, name): sql for kind, name, sql in await reader.rows(_PARTS)}
    return [
        f"the {kind} {name} is {'otherwise' if (kind, name) in held else 'not there'}"
        for kind, name, sql in wanted
        if held.get((kind, name)) != sql
    ]


def _table(name: str, columns: list[Any]) -> Table:
    key = sorted((place, column) for column, place, _ in columns if place)
    return Table(
        name,
        tuple(sorted(column for column, _, _ in columns)),
        tuple(column for _, column in key),
        tuple(column for column, _, is_numbered in columns if is_numbered),
    )


async def identity(database: Database) -> Row | None:
    """What two names of one database have in common, and no other database has.

    A file has its path as its name, so that it needs none: `None`.
    """
    if database.engine == "sqlite":
        return None
    return await database.row(
        "SELECT c.system_identifier, d.oid FROM pg_control_system() c, pg_database d "
        "WHERE d.datname = current_database()"
    )


async def last_write(engine: str, reader: Reader) -> Any:
    """What differs as soon as any program of ours has written something."""
    return await reader.row(_LAST_WRITE[engine])
