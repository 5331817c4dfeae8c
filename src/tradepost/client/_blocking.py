"""Calls that may block on a disk: in a thread where an event loop must go on, or here."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Call a function in a thread, for the asynchronous client."""
    return await asyncio.to_thread(function, *args, **options)


def here(function: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Call a function, for the synchronous client."""
    return function(*args, **options)
