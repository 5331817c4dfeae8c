"""A request of the API as a command line, to be copied."""

import shlex

from starlette.requests import Request

from tradepost.console.ask import Query
from tradepost.console.filters import query


def curl(request: Request, email: str, path: str, pairs: Query = ()) -> str:
    """The command that gets what a page shows, from this server. The API token is asked of the
    shell: it stands on no page."""
    url = f"{str(request.base_url).rstrip('/')}{path}{query(pairs)}"
    return f'curl -u {shlex.quote(f"{email}:")}"$API_TOKEN" {shlex.quote(url)}'
