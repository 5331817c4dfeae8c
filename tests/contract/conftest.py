"""The contract's document and our own, as they are published."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.client import InProcess
from tests.support.schemas import Document, read


@pytest.fixture(scope="session")
def theirs(contract: Path) -> Document:
    """The contract's document."""
    return read((contract / "marketplace-v3.openapi.json").read_bytes())


@pytest.fixture(scope="package")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcess]:
    """A server with the demo data, for all tests of this folder."""
    with InProcess(tmp_path_factory.mktemp("contract")) as server:
        yield server


@pytest.fixture(scope="package")
def ours(described: InProcess) -> Document:
    """The document that our server publishes."""
    answer = described.get("/openapi.json", None)
    assert answer.status_code == 200
    return read(answer.content)
