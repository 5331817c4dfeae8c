"""The `tradepost` command: a server, a demo, and the administration of a database."""

import gc
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line; ends the process."""
    # What is imported stays, so it need not be looked through for garbage again and again: that
    # takes a good part of a start. The root turns the collector on again for the command itself.
    gc.disable()
    try:
        from tradepost.cli.root import run

        run()
    finally:
        gc.enable()
