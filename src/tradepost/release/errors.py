"""What ends a release. What the server says no to, or does not say, are errors of the client."""

from collections.abc import Iterable
from typing import ClassVar


class ReleaseError(Exception):
    """Ends a release: one sentence, a line for each problem, and the exit code."""

    status: ClassVar[int]

    def __init__(self, sentence: str, problems: Iterable[str] = ()):
        self.sentence = sentence
        self.problems = tuple(problems)
        super().__init__(sentence, self.problems)

    def __str__(self) -> str:
        return "\n".join((self.sentence, *(f"  {problem}" for problem in self.problems)))


class ConfigurationError(ReleaseError):
    """The file is wrong, or names what the server does not have."""

    status = 2


class ConflictError(ReleaseError):
    """What the server holds is not what the file asks for. It is left as it is."""

    status = 4
