"""SQL that looks across tables: what rows are called, and what they refer to."""

from collections.abc import AsyncIterator
from typing import Any

from tradepost.database import Reader
from tradepost.database.layout import Table
from tradepost.database.transfer import batches
from tradepost.integrity.model import Names, Problem


async def names(reader: Reader) -> Names:
    """What the world calls the rows that others refer to."""
    spaces = _by_key(await reader.rows("SELECT pk, id FROM developer_space"))
    return Names(
        spaces,
        frozenset(spaces.values()),
        _by_key(await reader.rows("SELECT pk, product_id, app_key, developer_space_pk FROM app")),
        _by_key(await reader.rows("SELECT pk, id, app_pk FROM app_software")),
        _by_key(await reader.rows("SELECT pk, id FROM parent_software")),
    )


def _by_key(rows: list[Any]) -> dict[int, Any]:
    return {pk: rest[0] if len(rest) == 1 else tuple(rest) for pk, *rest in rows}


async def loose_references(reader: Reader) -> AsyncIterator[Problem]:
    """References that lead nowhere, of those that no engine knows of."""
    version, compatibility = "app_software_version", "app_software_version_compatibility"
    for pk, artifact_id in await reader.rows(
        "SELECT v.pk, v.artifact_id FROM app_software_version v WHERE v.artifact_id IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.id = v.artifact_id) ORDER BY v.pk"
    ):
        yield Problem(where(version, (pk,)), f"its artifact {artifact_id} is not there")
    for key in await reader.rows(
        "SELECT c.app_software_pk, c.build_number, c.parent_software_id "
        "FROM app_software_version_compatibility c WHERE NOT EXISTS "
        "(SELECT 1 FROM parent_software p WHERE p.id = c.parent_software_id) ORDER BY 1, 2, 3"
    ):
        yield Problem(where(compatibility, key), f"the parent software {key[2]} is not there")
    for key in await reader.rows(
        "SELECT c.app_software_pk, c.build_number, c.parent_software_id "
        "FROM app_software_version_compatibility c WHERE NOT EXISTS "
        "(SELECT 1 FROM app_software_version v WHERE v.app_software_pk = c.app_software_pk "
        "AND v.build_number = c.build_number) ORDER BY 1, 2, 3"
    ):
        what = f"there is no version with the build number {key[1]}"
        yield Problem(where(compatibility, key), what)
    for pk, app_key in await reader.rows(
        "SELECT a.pk, a.app_key FROM app a WHERE NOT EXISTS "
        "(SELECT 1 FROM app_listing l WHERE l.app_pk = a.pk) ORDER BY a.pk"
    ):
        yield Problem(where("app", (pk,)), f"{app_key} has no listing")
    if len(await reader.rows("SELECT changes FROM catalogue")) != 1:
        yield Problem("catalogue", "it must have one row")


async def wrong_totals(reader: Reader) -> AsyncIterator[Problem]:
    """Totals of reviews that are not what the reviews add up to."""
    of_total = "FROM review r WHERE r.app_pk = t.app_pk AND r.hosting = t.hosting"
    for app_pk, hosting, *told, count, stars in await reader.rows(
        "SELECT app_pk, hosting, reviews, stars, counted, added FROM (SELECT t.app_pk, t.hosting, "
        f"t.reviews, t.stars, (SELECT COUNT(*) {of_total}) AS counted, "
        f"(SELECT COALESCE(SUM(r.stars), 0) {of_total}) AS added FROM review_total t) AS sums "
        "WHERE reviews <> counted OR stars <> added ORDER BY app_pk, hosting"
    ):
        what = f"it tells of {told[0]} reviews with {told[1]} stars, and there are {count} with"
        yield Problem(where("review_total", (app_pk, hosting)), f"{what} {stars}")
    for key in await reader.rows(
        "SELECT DISTINCT r.app_pk, r.hosting FROM review r WHERE NOT EXISTS (SELECT 1 "
        "FROM review_total t WHERE t.app_pk = r.app_pk AND t.hosting = r.hosting) ORDER BY 1, 2"
    ):
        yield Problem(where("review_total", key), "it is not there, and reviews are")


def where(table: str, key: tuple[Any, ...]) -> str:
    """What to call a row."""
    return f"{table} {'/'.join(map(str, key))}"


class Compatibilities:
    """The rows of compatibilities beside the versions that they belong to, both in their order."""

    def __init__(self, reader: Reader):
        columns = ("parent_software_id", "min_build_number", "max_build_number")
        key = ("app_software_pk", "build_number", "parent_software_id")
        table = Table("app_software_version_compatibility", (*key[:2], *columns), key, ())
        self._batches = batches(reader, table)
        self._waiting: list[Any] = []

    async def of(self, software_pk: int, build_number: int) -> list[tuple[Any, ...]]:
        """Those of a version: parent, lowest and highest build number. Versions come in order.

        Those that are passed over belong to no version.
        """
        wanted = (software_pk, build_number)
        found: list[tuple[Any, ...]] = []
        while True:
            if not self._waiting:
                self._waiting = (await anext(self._batches, []))[::-1]
                if not self._waiting:
                    return found
            if self._waiting[-1][:2] > wanted:
                return found
            row = self._waiting.pop()
            if row[:2] == wanted:
                found.append(row[2:])
