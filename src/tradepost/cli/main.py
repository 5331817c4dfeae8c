"""The root of the command line. Errors are one sentence on standard error and a status."""

import sys
from typing import NoReturn

import click

from tradepost import __version__
from tradepost.cli import apps, data, developer_spaces, people, release, remote, serve
from tradepost.cli.tables import printable


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings also come from the environment (TRADEPOST_DATA, …): see docs/settings.md.",
)
@click.version_option(__version__, prog_name="tradepost")
def root() -> None:
    """A self-hosted app marketplace back end that speaks the Marketplace REST API v3."""


for command in (
    *serve.COMMANDS,
    *people.COMMANDS,
    *developer_spaces.COMMANDS,
    *apps.COMMANDS,
    *data.COMMANDS,
    *release.COMMANDS,
    *remote.COMMANDS,
):
    root.add_command(command)


def main() -> NoReturn:
    """Run the command line; ends the process."""
    try:
        for argument in sys.argv:
            argument.encode()
        root.main(standalone_mode=False)
    except UnicodeEncodeError:
        _fail("an argument or a setting is not UTF-8", 2)
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        sys.exit(2)
    except click.UsageError as error:
        where = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        _fail(f"{error.format_message().rstrip('.')}{where}", 2)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted", 130)
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # one sentence even for what nobody foresaw
        _fail(f"{type(error).__name__}, which should not happen: {error}", 70)
    sys.exit(0)


def _fail(sentence: str, status: int) -> NoReturn:
    # What a caller sent may be in it: nothing of that may steer a terminal.
    print(f"tradepost: {printable(sentence)}", file=sys.stderr)
    sys.exit(status)
