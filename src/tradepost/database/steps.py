"""The migrations of each engine: SQL files that are part of the package, in their order."""

from pathlib import Path


def steps_of(engine: str) -> dict[str, str]:
    """The migrations that this program knows: name and statements."""
    folder = Path(__file__).parent / "migrations" / engine
    return {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.sql"))}
