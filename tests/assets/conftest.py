"""Servers whose files are in a directory, and servers whose files are in object storage."""

import pytest

from tests.support.client import NewStore


@pytest.fixture(scope="session", params=["directory", "s3"])
def new_store(request: pytest.FixtureRequest) -> NewStore:
    """Each store of blobs, with downloads through the server: both do the same."""
    if request.param == "directory":
        return dict
    storage = request.getfixturevalue("object_storage")
    return lambda: {"blobs_url": storage.new_bucket(), "download_url_seconds": 0}
