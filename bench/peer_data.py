"""The same versions for the other programs: as rows, and as a file of JSON."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import data
import msgspec
from msgspec import UNSET
from peers import plain_fastapi as plain
from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from tradepost.app_software.model import AppSoftwareVersionGetResponse

_BATCH = 5_000


async def build_plain(url: str) -> None:
    """Make the plain program's database, with the same rows."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(_fill)
    await engine.dispose()


def _fill(connection: Connection) -> None:
    plain.Base.metadata.create_all(connection)
    _insert_plain(connection, plain.Person, _plain_people())
    softwares = [
        {"id": data.software_id(number), "developer_space_id": data.SPACE_ID}
        for number in range(data.SOFTWARES + 1)
    ]
    _insert_plain(connection, plain.AppSoftware, softwares)
    found = enumerate(data.versions(), 1)
    while batch := list(islice(found, _BATCH)):
        rows = [_plain_version(key, number, version) for key, (number, version) in batch]
        children = [child for row in rows for child in row.pop("compatibilities")]
        _insert_plain(connection, plain.Version, rows)
        _insert_plain(connection, plain.Compatibility, children)
    if connection.dialect.name == "postgresql":  # whose own keys begin behind those given here
        last = "SELECT setval(pg_get_serial_sequence('version', 'id'), MAX(id)) FROM version"
        connection.execute(text(last))


def build_json(path: Path) -> None:
    """Make json-server's file: one list, the newest versions first, so that it need not sort.

    Each version has an `id`, by which one is asked for, and the id of its app software.
    """

    def documents() -> Iterator[bytes]:
        for number, version in sorted(data.versions(), key=lambda pair: -pair[1].build_number):
            software_id = data.software_id(number)
            own = {"id": f"{software_id}-{version.build_number}", "appSoftwareId": software_id}
            yield msgspec.json.encode({**own, **msgspec.to_builtins(version)})

    path.write_bytes(b'{"versions":[%s]}' % b",\n".join(documents()))


def _plain_people() -> list[dict[str, Any]]:
    return [
        {
            "email": data.email(0),
            "token_hash": plain.token_hash(data.token(0)),
            "developer_space_id": data.SPACE_ID,
        }
    ]


def _plain_version(key: int, number: int, version: AppSoftwareVersionGetResponse) -> dict[str, Any]:
    """A version as a row of the plain program, its compatibilities as rows of their own."""
    fields = msgspec.structs.asdict(version).items()
    # What is nested keeps the names of the wire.
    row = {name: None if value is UNSET else msgspec.to_builtins(value) for name, value in fields}
    row.pop("editions_enabled")  # it is never there
    row |= {"id": key, "app_software_id": data.software_id(number)}
    row["compatibilities"] = [
        {"version_id": key, **{f: getattr(c, f) for f in c.__struct_fields__}}
        for c in version.compatibilities
    ]
    return row


def _insert_plain(
    connection: Connection, model: type[plain.Base], rows: list[dict[str, Any]]
) -> None:
    table = model.__table__
    assert isinstance(table, Table)
    connection.execute(insert(table), rows)
