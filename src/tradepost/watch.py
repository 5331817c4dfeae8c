"""Who wants to know how far a long piece of work has come."""

from typing import Protocol


class Watch(Protocol):
    """Is told how far a piece of work has come."""

    def begins(self, what: str, total: int) -> None:
        """A part begins, of so many things."""
        ...

    def advances(self, count: int) -> None:
        """So many more of them have been dealt with."""
        ...
