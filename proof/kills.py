"""`kill -9` at random moments of a write-heavy load: nothing acknowledged is lost, nothing is half.

After each kill `tradepost check` looks at everything, the server is started again, and what was
acknowledged since the kill before is compared byte for byte; in the end all of it is.
"""

import asyncio
import random
import time
from pathlib import Path

from shared import Row, checked, require, say, tradepost
from tests.crash.test_kill import PATHS, WRITERS, Acknowledged, write
from tests.support.clients import connect, requests_to
from tests.support.process import ServerProcess

_LONGEST = 1.5
"""In seconds, from the first writes to the kill."""


def kills(number: int, folder: Path) -> list[Row]:
    chance = random.Random(number)
    data = folder / "kills"
    tradepost("load-demo", data=data)
    acknowledged = Acknowledged()
    begun = time.monotonic()
    checks = uncertain = 0
    for turn in range(number):
        with ServerProcess("serve", "--data", str(data), log=folder / "kills.log") as server:
            before = dict(acknowledged.bodies)
            asyncio.run(_write_until_killed(server, chance.uniform(0, _LONGEST), acknowledged))
        checked(data)
        checks += 1
        new = [at for at, body in acknowledged.bodies.items() if before.get(at) != body]
        with ServerProcess("serve", "--data", str(data), log=folder / "kills.log") as server:
            uncertain += _compare(server, acknowledged, new)
        if turn % 10 == 9:
            say(f"kills: {turn + 1} of {number}, {acknowledged.answers} writes acknowledged")
    with ServerProcess("serve", "--data", str(data), log=folder / "kills.log") as server:
        _compare(server, acknowledged, list(acknowledged.bodies))
    require(b"Traceback" not in (folder / "kills.log").read_bytes(), "a traceback is in the log")
    result = (
        f"{acknowledged.answers} writes acknowledged, 0 lost, 0 half written; {uncertain} of those "
        f"that were not answered are stored, whole; {checks} checks clean"
    )
    seconds = time.monotonic() - begun
    return [Row(f"`kill -9`, {WRITERS} clients writing", f"{number} kills", result, seconds)]


async def _write_until_killed(
    server: ServerProcess, seconds: float, acknowledged: Acknowledged
) -> None:
    async def kill() -> None:
        await asyncio.sleep(seconds)
        server.kill()

    acknowledged.expect(10**9)
    async with connect(server.url, WRITERS) as client, asyncio.TaskGroup() as group:
        group.create_task(kill())
        for number in range(WRITERS):
            group.create_task(write(client, number, acknowledged))


def _compare(server: ServerProcess, acknowledged: Acknowledged, locations: list[str]) -> int:
    """Compare what is there with what was acknowledged; how many more updates are stored."""
    stored = 0
    with requests_to(server.url) as client:
        for location in locations:
            answer = client.get(location)
            sent = acknowledged.under_way.pop(location, None)
            if sent is not None and answer.content != acknowledged.bodies[location]:
                # The update was stored, and the server killed before it could say so.
                wanted = {**sent, "revision": sent["revision"] + 1}
                require(answer.json() == wanted, f"{location} is half updated: {answer.text}")
                acknowledged.bodies[location] = answer.content
                stored += 1
            same = answer.content == acknowledged.bodies[location]
            require(same, f"{location} is not what was acknowledged: {answer.text}")
        acknowledged.under_way.clear()
        for path in PATHS:
            require(client.get(path, params={"limit": 1}).status_code == 200, path)
    return stored
