"""One server for the examples of a file; each example makes app software of its own."""

from collections.abc import Iterator

import pytest

from tests.support.client import InProcess


@pytest.fixture(scope="package")
def marketplace(tmp_path_factory: pytest.TempPathFactory, engine: str) -> Iterator[InProcess]:
    """A server for all properties: their examples share nothing but the process."""
    with InProcess(tmp_path_factory.mktemp("properties"), engine=engine) as server:
        yield server
