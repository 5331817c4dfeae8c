"""Make the synchronous client from the asynchronous one.

Every module of `src/tradepost/client/_async` becomes one of `_sync`: `async` and `await` go, and
names become their counterparts, token by token, so that texts and layout stay what they are. ruff
then sorts imports, joins lines that have become short enough, and writes `yield from`, which has
no asynchronous form.

With `--check`, nothing is written; the status is 1 where a module is not up to date.
"""

import io
import re
import subprocess
import sys
import tokenize
from pathlib import Path

_CLIENT = Path(__file__).resolve().parents[1] / "src" / "tradepost" / "client"
_SOURCE = _CLIENT / "_async"
_MADE = _CLIENT / "_sync"

_HEADING = "# Made by `make client` from {name}. Do not edit.\n"
_DROPPED = {"async", "await"}
_NAMES = {
    "AsyncByteStream": "SyncByteStream",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "_async": "_sync",
    "aclose": "close",
    "aiter_raw": "iter_raw",
    "aread": "read",
    "asyncio": "time",
    "in_thread": "here",
}
_PREFIXED = re.compile(r"\bAsync(?=[A-Z])")
# Said, because ruff would look for modules that are just being made.
_OURS = 'lint.isort.known-first-party=["tradepost"]'


def synchronous(source: str) -> str:
    """The synchronous counterpart of a module."""
    lines: list[str] = []
    row, column = 1, 0
    dropped = False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.start[0] > row:
            row, column = token.start[0], 0
        between = "" if dropped else token.line[column : token.start[1]]
        dropped = token.type == tokenize.NAME and token.string in _DROPPED
        text = "" if dropped else _counterpart(token)
        lines.append(between + text)
        row, column = token.end
    return "".join(lines)


def _counterpart(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return _NAMES.get(token.string) or _PREFIXED.sub("", token.string)
    if token.type == tokenize.STRING:
        return _PREFIXED.sub("", token.string)
    return token.string


def made(source: Path) -> str:
    """The whole text of the module that is made from another."""
    name = f"{source.parent.name}/{source.name}"
    text = _HEADING.format(name=name) + synchronous(source.read_text("utf-8"))
    target = str(_MADE / source.name)
    for command in (
        ["check", "--select", "I,UP028", "--fix", "--unsafe-fixes", "--config", _OURS],
        ["format"],
    ):
        # From where this stands, whatever the present folder is: ruff finds its settings there.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "ruff", *command, "--quiet", "--stdin-filename", target, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
            cwd=_CLIENT,
        )
        text = done.stdout
    return text


def main() -> int:
    texts = {_MADE / source.name: made(source) for source in sorted(_SOURCE.glob("*.py"))}
    stale = [path for path, text in texts.items() if _read(path) != text]
    left_over = [path for path in sorted(_MADE.glob("*.py")) if path not in texts]
    if "--check" in sys.argv[1:]:
        for path in [*stale, *left_over]:
            print(f"_sync/{path.name} is not up to date: run make client", file=sys.stderr)
        return 1 if stale or left_over else 0
    _MADE.mkdir(exist_ok=True)
    for path in left_over:
        path.unlink()
    for path in stale:
        path.write_text(texts[path], "utf-8")
    return 0


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
