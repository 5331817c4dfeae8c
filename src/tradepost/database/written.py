"""The table `written`: what a transaction says of what it has written, the same on every engine."""

from collections.abc import Set
from typing import Final

EVERYTHING: Final = "*"
"""Stands for every topic."""
TELL: Final = "INSERT INTO written (topics) VALUES ($1)"
_MOST_TOPICS: Final = 256


def line_of(topics: Set[str]) -> str:
    """The topics of a transaction as they are stored. Very many are not worth telling apart."""
    return " ".join(sorted(topics)) if len(topics) <= _MOST_TOPICS else EVERYTHING
