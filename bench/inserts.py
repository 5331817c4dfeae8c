"""What one thread inserts in process: the limit of creating versions, for one core and disk.

`SqliteDatabase.write` again and again, with 32 versions in each commit, of another app software
each: `store.insert` of the same kind of documents that a POST stores, with nothing asked, parsed,
validated, looked up or answered. `synchronous=FULL`, as ever. Prints the rate, and the 99th
percentile of commits in milliseconds.
"""

import asyncio
import gc
import json
import statistics
import sys
import time
from itertools import count, islice
from pathlib import Path
from typing import Final

import data
from msgspec import UNSET
from msgspec.structs import replace
from writes import GROUP

from tradepost.app_software import store
from tradepost.clock import Clock
from tradepost.database import Transaction
from tradepost.database.sqlite import SqliteDatabase

_MOST: Final = 40_000
"""Versions a second that are made ready."""


async def insert_for(path: Path, seconds: float) -> tuple[float, float]:
    """Insert for some seconds; versions/s, and the 99th percentile of a commit's seconds."""
    database = SqliteDatabase(path, Clock())
    await database.migrate()
    softwares = range(data.SOFTWARES)
    found = [await store.find(database, data.software_id(number)) for number in softwares]
    keys = [software.pk for software in found if software is not None]
    assert len(keys) == data.SOFTWARES
    ready = (
        replace(
            data.version(number, data.VERSIONS + 1 + build),
            state="auto-approved",
            release_details=UNSET,
        )
        for build, number in (divmod(i, len(keys)) for i in count())
    )
    # Made before the clock starts: more than any machine that we know of inserts.
    versions = list(islice(ready, GROUP * int(seconds * _MOST / GROUP)))
    gc.freeze()  # else the collector would go over them all while the clock runs
    first = 0

    async def work(transaction: Transaction) -> None:
        for i in range(first, first + GROUP):
            await store.insert(transaction, keys[i % len(keys)], versions[i])

    times = []
    began = now = time.perf_counter()
    while now - began < seconds and first < len(versions):
        before = now
        await database.write(work)
        first += GROUP
        now = time.perf_counter()
        times.append(now - before)
    await database.close()
    return len(times) * GROUP / (now - began), statistics.quantiles(times, n=100)[98]


if __name__ == "__main__":
    rate, p99 = asyncio.run(insert_for(Path(sys.argv[1]), float(sys.argv[2])))
    print(json.dumps({"rate": rate, "p99": p99 * 1000}))
