"""A backup of 100,000 versions while clients write, restored elsewhere, checked and compared."""

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import data
import measure
import shared
import works
from programs import Program, serve_command, started

from tradepost.blobs.directory import DirectoryBlobs


def backups(pristine: Path, folder: Path) -> list[shared.Row]:
    """Back up, restore, check and compare; the data is the benchmark's."""
    file, back = folder / "backup.zip", folder / "back"
    creates = works.creates()
    with started(Program("backup", "backup", (), serve_command(pristine)), folder) as server:
        alone, _ = measure.finish(measure.begin(server, creates, folder, 5))
        loaded = threading.Event()
        results: list[Any] = []

        def load() -> None:
            while not loaded.is_set():
                results.append(measure.finish(measure.begin(server, creates, folder, 2)))

        thread = threading.Thread(target=load)
        thread.start()
        begun = time.monotonic()
        done = shared.tradepost("backup", str(file), data=pristine)
        backup_seconds = time.monotonic() - begun
        loaded.set()
        thread.join()
        shared.require(done.returncode == 0, done.stderr)
    written = sum(count for _, count in results)
    p99 = max(run.p99 for run, _ in results)
    rate = sum(run.rate for run, _ in results) / len(results)
    begun = time.monotonic()
    done = shared.tradepost("restore", str(file), data=back)
    restore_seconds = time.monotonic() - begun
    shared.require(done.returncode == 0, done.stderr)
    begun = time.monotonic()
    shared.checked(back)
    check_seconds = time.monotonic() - begun
    compared = _compare(pristine, back)
    size = file.stat().st_size / 1e6
    held = (back / "tradepost.db").stat().st_size / 1e6
    return [
        shared.Row(
            "`tradepost backup` while 32 clients create versions",
            f"{compared:,} versions, {held:.0f} MB",
            f"{size:.0f} MB; {written:,} versions created meanwhile, {rate:,.0f}/s (alone: "
            f"{alone.rate:,.0f}/s), p99 {p99:.0f} ms (alone: {alone.p99:.0f} ms)",
            backup_seconds,
        ),
        shared.Row("`tradepost restore`", f"{size:.0f} MB", "whole", restore_seconds),
        shared.Row(
            "`tradepost check` of it",
            f"{compared:,} versions",
            "nothing is wrong; every version is byte for byte that of the source",
            check_seconds,
        ),
    ]


def with_files(pristine: Path, files: int = 1_000, size: int = 7_000) -> None:
    """Put some files and the rows that name them among the benchmark's data."""
    import hashlib
    import io
    import random

    from tradepost.assets.model import ArtifactDetails
    from tradepost.assets.rules import artifact_document
    from tradepost.assets.store import Blob, Upload, save_artifact
    from tradepost.clock import Clock
    from tradepost.database import Transaction
    from tradepost.database.sqlite import SqliteDatabase

    async def work() -> None:
        blobs = DirectoryBlobs(pristine / "blobs", durable=False)
        found = []
        for number in range(files):
            content = random.Random(number).randbytes(size)
            digest = hashlib.sha512(content).hexdigest()
            blob = Blob(digest, size, "application/java-archive", f"app-{number}.jar")
            await blobs.put(blob.key, io.BytesIO(content))
            found.append((f"a{number:07x}-0000-4000-8000-{number:012x}", blob))
        database = SqliteDatabase(pristine / "tradepost.db", Clock())

        async def store(transaction: Transaction) -> None:
            upload = Upload([data.SPACE_ID], data.email(0), Clock().stamp())
            for artifact_id, blob in found:
                artifact = artifact_document(artifact_id, blob, ArtifactDetails(), "")
                await save_artifact(transaction, artifact_id, blob, upload, artifact)

        await database.write(store)
        await database.close()

    asyncio.run(work())


def _compare(source: Path, back: Path) -> int:
    """Hold every restored version against the source's, which has gone on; how many there are."""
    with closing(sqlite3.connect(back / "tradepost.db")) as database:
        database.execute("ATTACH ? AS source", (str(source / "tradepost.db"),))
        ((count,),) = database.execute("SELECT COUNT(*) FROM app_software_version").fetchall()
        ((same,),) = database.execute(
            "SELECT COUNT(*) FROM app_software_version a JOIN source.app_software_version b "
            "ON b.pk = a.pk AND b.document = a.document AND b.changes = a.changes"
        ).fetchall()
        ((before,),) = database.execute(
            "SELECT COUNT(*) FROM source.app_software_version "
            "WHERE pk <= (SELECT MAX(pk) FROM app_software_version)"
        ).fetchall()
    shared.require(count == same == before, f"{count} restored, {same} the same, {before} due")
    return int(count)
