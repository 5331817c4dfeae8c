"""The `tradepost` command: a server, a demo, and the administration of a database."""

import atexit
import gc
import os
import sys
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
    except SystemExit as ending:
        _end_at_once(ending.code)
        raise
    finally:
        gc.enable()


def _end_at_once(status: object) -> None:
    """End the process without taking the interpreter apart, where threads may still look into it.

    Those of the object-store library outlive what they were asked for, and one that comes back to
    an interpreter that is half gone aborts the process: the status would be lost.
    """
    if "obstore" not in sys.modules or not isinstance(status, int | None):
        return
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status or 0)
