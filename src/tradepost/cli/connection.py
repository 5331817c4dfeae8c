"""What commands over HTTP share: where the server is, who asks, and how failures end them."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from tradepost.cli.tables import printable

# The client takes long to import, and the server starts without it: only commands import it.
if TYPE_CHECKING:
    from tradepost.client import Client

F = TypeVar("F", bound=Callable[..., Any])

REFUSED: Final = 3
UNAVAILABLE: Final = 5

EXIT_CODES: Final = """\b
Exit codes:
  0    done, or there is nothing to do
  2    the command line or a file is wrong, or names what the server does not have
  3    the server refuses it: what is sent is wrong, or the rights are missing
  4    what is there is something else; it is left as it is
  5    no answer, or the server failed: run it again
  130  interrupted: run it again
"""

_TOKEN: Final = "MARKETPLACE_API_TOKEN"  # noqa: S105 (the name of a variable)


def connection_options(command: F) -> F:
    """The options that say where the server is and who asks."""
    for option in (
        click.option(
            "--token-file",
            type=click.Path(dir_okay=False, path_type=Path),
            help=f"A file with the API token [default: ${_TOKEN}, or it is asked for].",
        ),
        click.option("--email", envvar="MARKETPLACE_EMAIL", help="[default: $MARKETPLACE_EMAIL]"),
        click.option(
            "--url",
            envvar="MARKETPLACE_URL",
            help="The marketplace, such as https://marketplace.example.com "
            "[default: $MARKETPLACE_URL].",
        ),
    ):
        command = option(command)
    return command


def connect(url: str | None, email: str | None, token_file: Path | None) -> "Client":
    """A client of the server that the options name; ends the command where they do not."""
    from tradepost.client import Client

    if not url:
        raise click.UsageError("which marketplace? --url or MARKETPLACE_URL says")
    if not email:
        raise click.UsageError("who are you? --email or MARKETPLACE_EMAIL says")
    token = api_token(token_file)
    try:
        return Client(url, (email, token))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@contextlib.contextmanager
def told_failures() -> Iterator[None]:
    """End the command with one sentence and its exit code where the work inside fails."""
    from tradepost.client import (
        ApiError,
        FileChangedError,
        RefusedError,
        RequestTimeoutError,
        TooManyRequestsError,
        TradepostError,
    )
    from tradepost.release.errors import ReleaseError

    try:
        yield
    except ReleaseError as error:
        end(error.status, error.sentence, error.problems)
    except (FileChangedError, ValueError) as error:
        end(2, str(error))
    except ApiError as error:
        passing = not isinstance(error, RefusedError) or isinstance(
            error, RequestTimeoutError | TooManyRequestsError
        )
        told = [f"{entry.detail or entry.title} ({entry.code})" for entry in error.errors]
        sentence = f"{error.method} {error.path} was answered with {error.status}"
        if not told and error.message:
            sentence += f": {error.message}"
        end(UNAVAILABLE if passing else REFUSED, sentence, told)
    except TradepostError as error:
        end(UNAVAILABLE, str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        end(2, f"{where}{error.strerror or error}")
    except KeyboardInterrupt:
        end(130, "interrupted; run it again, and it goes on from there")


def end(status: int, sentence: str, problems: Iterable[str] = ()) -> NoReturn:
    """End the command: one sentence on standard error, a line for each problem, a status."""
    click.echo(f"tradepost: {printable(sentence)}", err=True)
    for problem in problems:
        click.echo(f"  {printable(problem)}", err=True)
    sys.exit(status)


def api_token(token_file: Path | None) -> str:
    """The API token of a file or the environment, or asked for; ends the command without one."""
    if token_file is not None:
        try:
            token = token_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"the token file cannot be read: {error}") from None
    else:
        token = os.environ.get(_TOKEN, "").strip()
        if not token and sys.stdin.isatty():
            token = str(click.prompt("API token", hide_input=True, err=True)).strip()
    if not token.isprintable() or not token:
        raise click.UsageError(f"an API token is needed: {_TOKEN} or --token-file gives it")
    return token
