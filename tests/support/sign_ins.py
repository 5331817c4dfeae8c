"""Sign-ins of every kind: headers put together by hand, and many that fail at once."""

import asyncio
import base64

import httpx2

from tests.support.bodies import versions_path
from tests.support.client import InProcess


def basic(credentials: str | bytes) -> dict[str, str]:
    """The header of HTTP Basic for `email:api_token`, or for anything else."""
    raw = credentials.encode() if isinstance(credentials, str) else credentials
    return {"Authorization": f"Basic {base64.b64encode(raw).decode()}"}


def fail_at_once(
    server: InProcess, email: str, times: int = 40
) -> tuple[list[httpx2.Response], int]:
    """Sign in with many wrong tokens together, until one is refused unread or all are answered.

    Returns the answers so far, and how many were still being kept waiting; those are given up.
    """

    async def work() -> tuple[list[httpx2.Response], int]:
        waiting = {
            asyncio.create_task(server.send("GET", versions_path(), (email, f"wrong-{n}")))
            for n in range(times)
        }
        answers: list[httpx2.Response] = []
        while waiting and not any(answer.status_code == 429 for answer in answers):
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            answers += [task.result() for task in done]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return answers, len(waiting)

    result: tuple[list[httpx2.Response], int] = server.run(work())
    return result
