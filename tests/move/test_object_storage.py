"""Files move into a bucket and out of it as they do between directories."""

from pathlib import Path

import pytest

from tests.move.conftest import Spots, put_demo_data
from tests.support.command import assert_one_sentence, tradepost
from tests.support.moves import Spot
from tests.support.object_storage import ObjectStorage, keys, remove
from tests.support.process import free_port
from tradepost.assets import store as assets
from tradepost.blobs.remote import RemoteBlobs
from tradepost.database import Database


def move(source: Spot, target: Spot, *options: str, **environment: str) -> None:
    sent = ("move", "--from", source.url, "--to", target.url, *options)
    result = tradepost(*sent, environment=environment)
    assert result.status == 0, result
    # A machine that takes its time is told how far it has come, and nothing else.
    told = result.errors.splitlines()
    assert all(" of " in line for line in told), result


def test_files_are_the_same_after_there_and_back(
    spots: Spots, object_storage: ObjectStorage
) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    back, bucket = spots("sqlite", "back"), object_storage.new_bucket()
    move(source, target, "--to-blobs", f"{bucket}/some/prefix")
    assert keys(bucket) == {f"some/prefix/{key}" for key in source.files()}
    assert target.files() == {}
    move(target, back, "--from-blobs", f"{bucket}/some/prefix")
    assert back.files() == source.files()
    assert back.dump() == source.dump()


def test_the_settings_say_where_the_files_of_a_postgresql_database_are(
    spots: Spots, object_storage: ObjectStorage
) -> None:
    """And they do not count for a data directory, whose files are in it."""
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    bucket = object_storage.new_bucket()
    move(source, target, TRADEPOST_BLOBS_URL=bucket)
    assert keys(bucket) == set(source.files())


def test_downloads_lead_to_what_was_moved(spots: Spots, object_storage: ObjectStorage) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    bucket = object_storage.new_bucket()
    move(source, target, "--to-blobs", bucket)

    async def unlinked(database: Database) -> list[str]:
        store = RemoteBlobs(bucket, 10.0)
        found = await assets.blobs(database, "", 1_000)
        assert len(found) == len(source.files())
        links = [(b.file_name, await store.link(b.key, "GET", b.label, 60)) for b in found]
        return [name for name, link in links if link is None]

    assert target.with_database(unlinked) == []


def test_a_file_that_the_bucket_has_lost_is_found(
    spots: Spots, object_storage: ObjectStorage
) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    back, bucket = spots("sqlite", "back"), object_storage.new_bucket()
    move(source, target, "--to-blobs", bucket)
    lost = sorted(source.files())[0]
    remove(bucket, lost)
    sent = ("move", "--from", target.url, "--from-blobs", bucket, "--to", back.url)
    assert_one_sentence(tradepost(*sent), "1 of", "the source lacks", lost)


def test_a_store_that_is_out_is_told_at_once(spots: Spots, object_storage: ObjectStorage) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("postgresql", "target")
    bucket = object_storage.new_bucket()
    sent = ("move", "--from", source.url, "--to", target.url, "--to-blobs", bucket)
    out = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}", "TRADEPOST_BLOBS_SECONDS": "1"}
    assert_one_sentence(tradepost(*sent, environment=out), "the store of files")
    # It is back: the move goes on.
    move(source, target, "--to-blobs", bucket)
    assert keys(bucket) == set(source.files())


@pytest.mark.parametrize("url", ["memory:///", "http://example.com/files", "s3://"])
def test_a_store_of_an_unknown_kind_is_refused(spots: Spots, url: str) -> None:
    source, target = put_demo_data(spots("sqlite", "source")), spots("sqlite", "target")
    result = tradepost("move", "--from", source.url, "--to", target.url, "--to-blobs", url)
    assert_one_sentence(result, "BLOBS_URL")
    assert not Path(target.settings.data).exists()


def test_files_alone_go_to_another_store(spots: Spots, object_storage: ObjectStorage) -> None:
    """The database stays as it is, so servers may go on meanwhile."""
    spot, bucket = put_demo_data(spots("postgresql", "spot")), object_storage.new_bucket()
    before = spot.dump()
    move(spot, spot, "--from-blobs", str(spot.blobs), "--to-blobs", bucket)
    assert keys(bucket) == set(spot.files())
    assert spot.dump() == before


def test_a_server_does_not_start_without_its_bucket(
    spots: Spots, object_storage: ObjectStorage
) -> None:
    spot = spots("sqlite", "spot")
    missing = f"{object_storage.new_bucket()}-that-is-not-there"
    environment = {**spot.environment, "TRADEPOST_BLOBS_URL": missing}
    refused = tradepost("serve", "--port", 0, environment=environment)
    assert refused.status == 1
    assert_one_sentence(refused, "the store of files")
    assert not (Path(spot.settings.data) / "tradepost.db").exists()
