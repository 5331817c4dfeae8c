"""Apps that were there before listings were get theirs when the database is brought up to date."""

import contextlib
from importlib import resources
from pathlib import Path
from typing import Any

import apsw
import msgspec

from tests.support.bodies import SPACE
from tests.support.client import InProcess
from tradepost.app_listing import rules, store
from tradepost.database.sqlite import APPLICATION_ID

AT = "2025-01-01T00:00:00Z"
APPS = {
    "com.example.Plain_App-2": [],
    "commercial": ["commercial"],
    "a.b": ["", "commercial", "fedramp_moderate"],
    "0": ["isolated_cloud"],
}
"""App keys of another time, and the compliance boundaries of their app software."""


def old_database(folder: Path) -> None:
    """A database as the first release left it, with a developer space and some apps."""
    folder.mkdir()
    steps = resources.files("tradepost.database") / "migrations" / "sqlite"
    with contextlib.closing(apsw.Connection(str(folder / "tradepost.db"))) as db:
        db.pragma("application_id", APPLICATION_ID)
        db.execute((steps / "0001_initial.sql").read_text("utf-8"))
        db.execute("INSERT INTO schema_migration VALUES ('0001_initial', ?)", (AT,))
        db.execute(
            "INSERT INTO developer_space VALUES (1, ?, 7, 'Tools', 'auto', ?, NULL)", (SPACE, AT)
        )
        hostings = {"": "server"}
        for pk, (key, boundaries) in enumerate(APPS.items(), 1):
            name = f'Ünï "{key}" \\'
            db.execute("INSERT INTO app VALUES (?, ?, ?, ?, 1, ?, NULL)", (pk, key, key, name, AT))
            for boundary in boundaries:
                hosting = hostings.get(boundary, "cloud")
                db.execute(
                    "INSERT INTO app_software (id, app_pk, developer_space_id, hosting, "
                    "compliance_boundary, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (f"{pk} {boundary}", pk, SPACE, hosting, boundary, AT),
                )


def test_apps_of_the_first_release_get_the_listing_of_a_new_app(tmp_path: Path) -> None:
    old_database(tmp_path / "data")
    with InProcess(tmp_path / "data", demo=False) as server:
        for key, boundaries in APPS.items():
            found: Any = server.run(store.find(server.database, key))
            expected = rules.first_listing(key, key, SPACE, f'Ünï "{key}" \\')
            expected.cloud_compliance_boundary = not {"", "commercial"}.issuperset(boundaries)
            assert found.listing == expected
            standing: Any = server.run(store.standing(server.database, key))
            document: Any = server.run(store.document(server.database, standing.app_pk))
            assert msgspec.json.decode(document) == msgspec.to_builtins(expected)
