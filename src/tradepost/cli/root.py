"""The root of the command line. Errors are one sentence on standard error and a status."""

import gc
import sys
from importlib import import_module
from typing import Final, NoReturn

import click

from tradepost import __version__
from tradepost.cli.tables import printable

_COMMANDS: Final = {
    "serve": ("serve",),
    "demo": ("demo",),
    "people": ("user", "api-token"),
    "developer_spaces": ("developer-space",),
    "apps": ("app-software", "app-listing", "access-token"),
    "data": ("catalogue", "load-demo", "migrate"),
    "move": ("move",),
    "check": ("check",),
    "backup": ("backup", "restore"),
    "release": ("release",),
    "reviews": ("review",),
    "records": ("privacy", "migration"),
    "sandbox": ("sandbox",),
    "remote": ("app", "version", "versions", "tokens", "artifacts"),
}
"""Where each command is: the modules beside this one, and the commands that they hold.

`app` and `version` are those of `apps` with what `remote` adds to them.
"""
_MODULES: Final = {name: module for module, names in _COMMANDS.items() for name in names}


class _Root(click.Group):
    """The commands, each imported when it is asked for: a server needs few of their modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        # For a name that is unknown all of them, because click tells which one may be meant.
        for name in (cmd_name,) if cmd_name in _MODULES else _MODULES:
            module = import_module(f"tradepost.cli.{_MODULES[name]}")
            self.add_command(getattr(module, name.replace("-", "_")), name)
        gc.freeze()
        gc.enable()
        return super().get_command(ctx, cmd_name)


@click.group(
    cls=_Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings also come from the environment (TRADEPOST_DATA, …): see docs/settings.md.",
)
@click.version_option(__version__, prog_name="tradepost")
def root() -> None:
    """A self-hosted app marketplace back end that speaks the Marketplace REST API v3."""


def run() -> NoReturn:
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
