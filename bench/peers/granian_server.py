"""The HTTP server of the peers that run on granian: the one of `tradepost serve`."""

import argparse
from typing import Any

from tradepost.http.server import Wire, serve_here


def serve(application: Any, port: int) -> None:
    """Serve an ASGI application until a signal ends it."""
    serve_here(application, Wire("127.0.0.1", port, 30.0, 64 * 1024))


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The command line that these peers share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, required=True)
    return parser
