"""The `tradepost` command: a server, a demo, and the administration of a database."""

from tradepost.cli.main import main

__all__ = ["main"]
