"""The built-in catalogue, and merging another one into a database."""

from pathlib import Path

import msgspec

from tradepost.database import Transaction
from tradepost.parent_software import rules, store
from tradepost.parent_software.model import (
    Catalogue,
    ParentSoftwareGetResponse,
    ParentSoftwareVersionGetResponse,
)


class CatalogueError(Exception):
    """A catalogue cannot be imported; the text says why. Nothing of it was stored."""


class Imported(msgspec.Struct):
    """How many products and releases an import added or changed."""

    added: int = 0
    changed: int = 0


def built_in() -> Catalogue:
    """The catalogue that ships with the server. The tests have checked that it is one."""
    data = Path(__file__).with_name("catalogue.json").read_bytes()
    return msgspec.json.decode(data, type=Catalogue)


def parse(data: bytes) -> Catalogue:
    """Read a catalogue file; raises `CatalogueError`."""
    try:
        catalogue = msgspec.json.decode(data, type=Catalogue)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as bad:
        raise CatalogueError(f"the file is no catalogue: {bad}") from None
    if problems := rules.catalogue_problems(catalogue):
        more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
        raise CatalogueError("; ".join(problems[:3]) + more)
    return catalogue


async def merge(transaction: Transaction, catalogue: Catalogue) -> Imported:
    """Add what is new and replace what differs; what the file leaves out stays.

    A record that differs keeps counting its own revisions. Raises `CatalogueError`.
    """
    imported = Imported()
    for parent in catalogue.parent_software:
        parent_pk = await _merge_parent(transaction, parent, imported)
        sent = catalogue.versions.get(parent.id, [])
        await _merge_versions(transaction, parent_pk, parent.id, sent, imported)
    return imported


async def is_untouched(transaction: Transaction) -> bool:
    """Whether a database has the built-in catalogue and nothing else, or none at all.

    For a unit of work that is undone, because it merges the catalogue to see.
    """
    ours = built_in()
    held = await store.page(transaction, 0, len(ours.parent_software) + 1)
    if not held:
        return True
    releases = [await store.versions(transaction, parent_pk) for parent_pk, _ in held]
    return (
        len(held) == len(ours.parent_software)
        and sum(map(len, releases)) == sum(map(len, ours.versions.values()))
        and await merge(transaction, ours) == Imported()
    )


async def _merge_parent(
    transaction: Transaction, parent: ParentSoftwareGetResponse, imported: Imported
) -> int:
    held = await store.find(transaction, parent.id)
    if held is None:
        imported.added += 1
    elif held != msgspec.structs.replace(parent, revision=held.revision):
        imported.changed += 1
        parent = msgspec.structs.replace(parent, revision=held.revision + 1)
    else:
        parent = held
    return await store.save(transaction, parent)


async def _merge_versions(
    transaction: Transaction,
    parent_pk: int,
    parent_id: str,
    sent: list[ParentSoftwareVersionGetResponse],
    imported: Imported,
) -> None:
    held = {build: record for build, _, record in await store.versions(transaction, parent_pk)}
    saved = []
    for version in sent:
        before = held.get(version.build_number)
        if before is None:
            imported.added += 1
        elif before != msgspec.structs.replace(version, revision=before.revision):
            imported.changed += 1
            version = msgspec.structs.replace(version, revision=before.revision + 1)
        else:
            continue
        saved.append(version)
    written = {version.build_number for version in saved}
    kept = {r.version_number: build for build, r in held.items() if build not in written}
    for version in saved:
        if version.version_number in kept:
            raise CatalogueError(
                f"{parent_id} has the version number {version.version_number} already, "
                f"with the build number {kept[version.version_number]}"
            )
    await store.save_versions(transaction, parent_pk, saved, held)
