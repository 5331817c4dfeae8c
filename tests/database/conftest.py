"""A database of a test's own on each engine, with a table to try things on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import Harness


@pytest.fixture
def bench(engine: str, tmp_path: Path) -> Iterator[Harness]:
    """A migrated database with an empty table `note (pk, text)`; texts are unique."""
    with Harness(engine, tmp_path) as harness:
        harness.run(harness.database.migrate())
        harness.write("CREATE TABLE note (pk INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)")
        yield harness
