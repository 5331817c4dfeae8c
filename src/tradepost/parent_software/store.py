"""SQL of Parent software, and nowhere else."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

import msgspec

from tradepost.database import Reader, Transaction, next_change
from tradepost.parent_software.model import (
    ParentSoftwareGetResponse,
    ParentSoftwareVersionGetResponse,
)

TOPIC: Final = "catalogue"
"""What reads of parent software depend on."""

# The same few products are looked at for every version that is written.
_decode = lru_cache(64)(msgspec.json.Decoder(ParentSoftwareGetResponse).decode)


async def page(reader: Reader, after: int, limit: int) -> list[tuple[int, bytes]]:
    """Products in the order of their arrival: position and document of each."""
    return [
        (pk, document)
        for pk, document in await reader.rows(
            "SELECT pk, document FROM parent_software WHERE pk > $1 ORDER BY pk LIMIT $2",
            after,
            limit,
        )
    ]


async def document(reader: Reader, parent_id: str) -> bytes | None:
    row = await reader.row("SELECT document FROM parent_software WHERE id = $1", parent_id)
    return row[0] if row else None


async def find(reader: Reader, parent_id: str) -> ParentSoftwareGetResponse | None:
    found = await document(reader, parent_id)
    return _decode(found) if found else None


async def key(reader: Reader, parent_id: str) -> int | None:
    row = await reader.row("SELECT pk FROM parent_software WHERE id = $1", parent_id)
    return row[0] if row else None


async def changes(reader: Reader) -> int:
    """What grows with every write to parent software."""
    row: Any = await reader.row("SELECT changes FROM catalogue")
    return int(row[0])


async def count_change(transaction: Transaction) -> None:
    """Note that parent software is written, for whoever keeps what was read."""
    transaction.touch(TOPIC)
    await transaction.execute(
        "UPDATE catalogue SET changes = CASE WHEN changes < $1 THEN $1 ELSE changes + 1 END",
        next_change(),
    )


async def versions_page(
    reader: Reader, parent_pk: int, before: int, limit: int
) -> list[tuple[int, bytes]]:
    """Releases with a build number below `before`, newest first: build and document of each."""
    return [
        (build, document)
        for build, document in await reader.rows(
            "SELECT build_number, document FROM parent_software_version "
            "WHERE parent_software_pk = $1 AND build_number < $2 "
            "ORDER BY build_number DESC LIMIT $3",
            parent_pk,
            before,
            limit,
        )
    ]


async def has_build(reader: Reader, parent_pk: int, build_number: int) -> bool:
    row = await reader.row(
        "SELECT 1 FROM parent_software_version WHERE parent_software_pk = $1 AND build_number = $2",
        parent_pk,
        build_number,
    )
    return row is not None


async def build_of(reader: Reader, parent_pk: int, version_number: str) -> int | None:
    """The build number of the release with a version number."""
    row = await reader.row(
        "SELECT build_number FROM parent_software_version "
        "WHERE parent_software_pk = $1 AND version_number = $2",
        parent_pk,
        version_number,
    )
    return row[0] if row else None


async def version_document(reader: Reader, parent_pk: int, build_number: int) -> bytes:
    """The document of a release that is there."""
    row: Any = await reader.row(
        "SELECT document FROM parent_software_version "
        "WHERE parent_software_pk = $1 AND build_number = $2",
        parent_pk,
        build_number,
    )
    return bytes(row[0])


async def save(transaction: Transaction, parent: ParentSoftwareGetResponse) -> int:
    """Insert or replace a product; its key."""
    await count_change(transaction)
    row = await transaction.row(
        "INSERT INTO parent_software (id, document) VALUES ($1, $2) "
        "ON CONFLICT (id) DO UPDATE SET document = excluded.document RETURNING pk",
        parent.id,
        msgspec.json.encode(parent),
    )
    assert row is not None
    return int(row[0])


async def versions(
    reader: Reader, parent_pk: int
) -> list[tuple[int, str, ParentSoftwareVersionGetResponse]]:
    """All releases of a product: build number, version number, and the decoded record."""
    decode = msgspec.json.Decoder(ParentSoftwareVersionGetResponse).decode
    return [
        (build, number, decode(document))
        for build, number, document in await reader.rows(
            "SELECT build_number, version_number, document FROM parent_software_version "
            "WHERE parent_software_pk = $1",
            parent_pk,
        )
    ]


async def save_versions(
    transaction: Transaction,
    parent_pk: int,
    saved: list[ParentSoftwareVersionGetResponse],
    held: Collection[int],
) -> None:
    """Insert releases, or replace those with the same build numbers; `held` are those there.

    All go before any comes, so that a version number may move from one build to another.
    """
    await count_change(transaction)
    await transaction.execute_many(
        "DELETE FROM parent_software_version WHERE parent_software_pk = $1 AND build_number = $2",
        [(parent_pk, version.build_number) for version in saved if version.build_number in held],
    )
    encode = msgspec.json.Encoder().encode
    await transaction.execute_many(
        "INSERT INTO parent_software_version "
        "(parent_software_pk, build_number, version_number, document) VALUES ($1, $2, $3, $4)",
        [
            (parent_pk, version.build_number, version.version_number, encode(version))
            for version in saved
        ],
    )
