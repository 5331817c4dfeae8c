"""The synchronous client is what its source makes it."""

import inspect
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from tradepost.client import AsyncClient, Client

TOOL = Path(__file__).resolve().parents[2] / "tools" / "make_client.py"
synchronous = runpy.run_path(str(TOOL))["synchronous"]


def test_the_synchronous_client_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, TOOL, "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_both_clients_have_the_same_methods() -> None:
    asynchronous, counterpart = (
        {
            name: [str(parameter) for parameter in inspect.signature(member).parameters.values()]
            for name, member in inspect.getmembers(client, inspect.isfunction)
            if not name.startswith("_")
        }
        for client in (AsyncClient, Client)
    )
    asynchronous["close"] = asynchronous.pop("aclose")
    assert asynchronous == counterpart


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("async def f():\n    await g()\n", "def f():\n    g()\n"),
        ("async with a as b:\n    pass\n", "with a as b:\n    pass\n"),
        ("x = (await f()).y\n", "x = (f()).y\n"),
        ("x = [a async for a in b]\n", "x = [a for a in b]\n"),
        ("def f(x: AsyncIterator[int]) -> None: ...\n", "def f(x: Iterator[int]) -> None: ...\n"),
        ("awaited = asynchronous = 'await async'\n", "awaited = asynchronous = 'await async'\n"),
        ("class AsyncThing(AsyncBase):\n    '''An AsyncThing.'''\n", None),
        ("if x:\n    # await what comes\n    await y\n", "if x:\n    # await what comes\n    y\n"),
    ],
)
def test_only_what_is_asynchronous_changes(source: str, made: str | None) -> None:
    expected = made or "class Thing(Base):\n    '''An Thing.'''\n"
    assert synchronous(source) == expected
