"""A server that has little patience, so that a test need not have much."""

from collections.abc import Iterator

import pytest

from tests.support.process import ServerProcess

HEADER_SECONDS = 1.0
HEADER_BYTES = 16_384


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    log = tmp_path_factory.mktemp("security") / "log"
    impatient = {
        "TRADEPOST_HEADER_SECONDS": str(HEADER_SECONDS),
        "TRADEPOST_HEADER_BYTES": str(HEADER_BYTES),
        "TRADEPOST_BODY_SECONDS": "1",
    }
    with ServerProcess("demo", log=log, environment=impatient) as server:
        yield server
