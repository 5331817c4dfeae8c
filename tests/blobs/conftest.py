"""Every store of blobs, for the tests that hold all of them to the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tradepost.blobs import Blobs
from tradepost.blobs.directory import DirectoryBlobs

Open = Callable[[], Blobs]


@pytest.fixture(params=["directory", "throw-away directory"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens a store that is empty the first time, as another process would, each time anew."""
    folder = tmp_path / "data" / "blobs"
    stores: dict[str, Open] = {
        "directory": lambda: DirectoryBlobs(folder),
        "throw-away directory": lambda: DirectoryBlobs(folder, durable=False),
    }
    return stores[request.param]


@pytest.fixture
def blobs(opened: Open) -> Blobs:
    return opened()
