"""Every store of blobs, for the tests that hold all of them to the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tradepost.blobs import Blobs
from tradepost.blobs.directory import DirectoryBlobs
from tradepost.blobs.remote import RemoteBlobs

Open = Callable[[], Blobs]
SECONDS = 10.0


@pytest.fixture(params=["directory", "throw-away directory", "s3", "s3 below a prefix"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens a store that is empty the first time, as another process would, each time anew."""
    if request.param.startswith("s3"):
        url = request.getfixturevalue("object_storage").new_bucket()
        if request.param != "s3":
            url += "/some/prefix"
        return lambda: RemoteBlobs(url, SECONDS)
    folder = tmp_path / "data" / "blobs"
    return lambda: DirectoryBlobs(folder, durable=request.param == "directory")


@pytest.fixture
def blobs(opened: Open) -> Blobs:
    return opened()
