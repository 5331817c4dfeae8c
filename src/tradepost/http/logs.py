"""Structured logs on standard error: one JSON object a line, or readable on a terminal.

Source: the issue "The App software API". No token is ever written, not even a part of one: what a
query names a token, password or secret is masked, and so is whatever looks like one elsewhere.
"""

import logging
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Literal, TextIO
from urllib.parse import parse_qsl, unquote, urlencode

import msgspec

from tradepost.clock import Clock

LogFormat = Literal["auto", "json", "text"]
MASK: Final = "***"

_SECRET_NAMES: Final = ("token", "password", "secret", "apikey")
"""What the names of secrets end with, whatever stands between their letters."""
_NO_LETTERS: Final = re.compile(r"[^a-z]+")
_IN_VALUES: Final = re.compile(r"((?:token|password|secret|api-?key)[^=;&]{0,9}=)[^;&]+", re.I)
_SECRETS: Final = re.compile(r"(at_|tp_)[A-Za-z0-9_\-]+|(basic|bearer)[\s:=]+\S+", re.IGNORECASE)
_EMAILS: Final = 1000
"""How many emails are kept encoded."""
_FLUSH_SECONDS: Final = 0.1
_encode: Final = msgspec.json.Encoder().encode


def mask(text: str) -> str:
    """A text without anything that looks like a token or credentials."""
    return _SECRETS.sub(lambda found: (found[1] or f"{found[2]} ") + MASK, text)


def mask_query(query: str) -> str:
    """A query string, decoded and encoded again, with its secrets masked."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return MASK
    return urlencode(
        [
            (mask(name), MASK if is_secret_name(name) else _masked_value(_decoded(value)))
            for name, value in pairs
        ],
        safe="*",
    )


def is_secret_name(name: str) -> bool:
    """Whether what a name stands for is a secret: `access-token`, `apiToken`, `token[]`."""
    return _NO_LETTERS.sub("", name.lower()).endswith(_SECRET_NAMES)


def _masked_value(value: str) -> str:
    # Some separate parameters with semicolons, which are part of the value here.
    return mask(_IN_VALUES.sub(rf"\1{MASK}", value) if ";" in value else value)


def mask_path(path: str) -> str:
    """A path, decoded, without anything that looks like a token."""
    # Every request has one: a look for the letters that secrets start with saves the pattern.
    lowered = path.lower()
    if not any(sign in lowered for sign in ("_", "%", "basic", "bearer")):
        return path
    return mask(_decoded(path))


def _decoded(text: str) -> str:
    """A text without any percent-encoding, however often it was applied."""
    while "%" in text and (decoded := unquote(text)) != text:
        text = decoded
    return text


class Log:
    """Writes events. Lines are gathered for a tenth of a second and written in one go."""

    def __init__(self, clock: Clock, look: LogFormat, level: str, stream: TextIO | None = None):
        self._stream = stream or sys.stderr
        self._clock = clock
        self._render = _renderer(look, self._stream)
        self._emails: dict[str, str] = {}
        self.requests = level == "info"
        """Whether each request gets a line."""
        self._lines: deque[str] = deque()  # which any thread may add to without a lock
        self._lock = threading.Lock()
        self._waiting = threading.Event()
        self._is_waiting = False
        threading.Thread(target=self._flush_in_turn, name="log", daemon=True).start()

    def event(self, level: str, event: str, **fields: Any) -> None:
        """Write a line: the time, the level, what happened, and its details."""
        self._add(
            self._render(
                {"time": self._clock.exact_stamp(), "level": level, "event": event, **fields}
            )
        )

    def repeat(self, common: str, request: str, status: int, milliseconds: float, who: str) -> None:
        """Write the line of a request that was answered before: the same, in less time.

        `common` is what `common_fields` gave for the fields that do not differ.
        """
        if self._render is not _as_json:
            self.event(
                "info",
                "request",
                request=request,
                **msgspec.json.decode(f"{{{common}}}"),
                status=status,
                milliseconds=round(milliseconds, 3),
                who=who,
            )
            return
        email = self._emails.get(who)
        if email is None:
            if len(self._emails) >= _EMAILS:
                self._emails.clear()
            email = self._emails[who] = _encode(who).decode()
        self._add(
            f'{{"time":"{self._clock.exact_stamp()}","level":"info","event":"request",'
            f'"request":"{request}",{common},"status":{status},'
            f'"milliseconds":{milliseconds:.3f},"who":{email}}}\n'
        )

    def _add(self, line: str) -> None:
        self._lines.append(line)
        if not self._is_waiting:
            self._is_waiting = True
            self._waiting.set()

    def flush(self) -> None:
        """Write the lines that wait."""
        self._waiting.clear()
        self._is_waiting = False
        with self._lock:
            # Those that come meanwhile have set the flag again.
            lines = [self._lines.popleft() for _ in range(len(self._lines))]
            if lines:
                self._stream.write("".join(lines))
                self._stream.flush()

    def _flush_in_turn(self) -> None:
        while True:
            self._waiting.wait()
            time.sleep(_FLUSH_SECONDS)
            self.flush()


def common_fields(fields: dict[str, Any]) -> str:
    """Fields that stand in many lines, encoded once: see `Log.repeat`."""
    return _encode(fields).decode()[1:-1]


def _as_json(fields: dict[str, Any]) -> str:
    return _encode(fields).decode() + "\n"


def _as_text(fields: dict[str, Any]) -> str:
    moment, level, event = fields.pop("time"), fields.pop("level"), fields.pop("event")
    # One line an event, and nothing that a terminal would obey.
    rest = " ".join(f"{name}={_printable(value)}" for name, value in fields.items())
    return f"{moment} {level:<7} {event} {rest}\n"


def _printable(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() and " " not in text else repr(text)


class LogHandler(logging.Handler):
    """Brings what libraries log through the standard `logging` into our lines."""

    def __init__(self, log: Log):
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.event(record.levelname.lower(), "log", **_fields_of(record))


class LineFormatter(logging.Formatter):
    """The same lines for a process that has no `Log`, such as the supervisor of workers."""

    def __init__(self, look: LogFormat):
        super().__init__()
        self._clock = Clock()
        self._render = _renderer(look, sys.stderr)

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self._clock.exact_stamp(),
            "level": record.levelname.lower(),
            "event": "log",
            **_fields_of(record),
        }
        return self._render(line).rstrip("\n")


def _fields_of(record: logging.LogRecord) -> dict[str, Any]:
    fields: dict[str, Any] = {"logger": record.name, "message": mask(record.getMessage())}
    if record.exc_info:
        fields["traceback"] = mask(logging.Formatter().formatException(record.exc_info))
    return fields


def _renderer(look: LogFormat, stream: TextIO) -> Callable[[dict[str, Any]], str]:
    as_text = look == "text" or (look == "auto" and stream.isatty())
    return _as_text if as_text else _as_json
