"""The layer around the server: every request passes it, is recorded, and may be struck by a fault.

Requests to `/_sandbox` are its own; see `control.py`.
"""

import base64
import binascii
import time
from typing import Any, Final

from tradepost.app import Answering, Tradepost
from tradepost.http.call import REVIEWED, VOUCHED, Message, Receive, Scope, Send
from tradepost.http.dispatch import SECURITY
from tradepost.http.errors import (
    INTERNAL_ERROR,
    SERVICE_UNAVAILABLE,
    STANDARD,
    TOO_MANY_REQUESTS,
    ApiError,
    Dialect,
    Problem,
    error_body,
)
from tradepost.sandbox.connection import break_off, head_of
from tradepost.sandbox.eras import OverError
from tradepost.sandbox.faults import Asked, Fault
from tradepost.sandbox.journal import Exchange, Recorder, masked_headers, masked_target
from tradepost.sandbox.state import State

ROOT: Final = "/_sandbox"
_PREFIX: Final = "/marketplace"
_SUBMITS: Final = frozenset({"createAppSoftwareVersion", "createVersion", "submitVersion"})
_ERRORS: Final = {
    429: TOO_MANY_REQUESTS,
    500: INTERNAL_ERROR,
    503: SERVICE_UNAVAILABLE,
}
"""What the server itself answers with; other errors come from what stands before a server."""
_PROXY: Final = {502: "Bad Gateway", 504: "Gateway Timeout"}
_RETRY_AFTER: Final = (429, 503)


class Layer:
    """The sandbox as an ASGI application of HTTP alone."""

    def __init__(self, tradepost: Tradepost, state: State):
        self._tradepost = tradepost
        self._dispatcher = tradepost.dispatcher
        self._state = state
        self._control: Answering | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path == ROOT or path.startswith(f"{ROOT}/"):
            if self._control is None:
                from tradepost.sandbox.control import Control  # which a start need not wait for

                self._control = Control(self._tradepost, self._state)
            await self._control(scope, receive, send)
            return
        self._state.eras.enter()
        await self._state.reviews.decide_due()
        operation = self._dispatcher.operation_of(scope)
        person = await _vouched_person(scope) if VOUCHED in scope else _person(scope)
        name = None if operation is None else operation.name
        asked = Asked(name, scope["method"], _path(path), person)
        fault = self._state.faults.strike(asked)
        passage = _Passage(receive, send)
        started = time.perf_counter()
        moment = self._state.clock.exact_stamp()
        try:
            dialect = STANDARD if operation is None else operation.dialect
            await self._answer(scope, passage, asked, fault, dialect)
        finally:
            if not self._state.eras.is_over:
                self._note(scope, passage, asked, fault, moment, started)

    def _note(
        self,
        scope: Scope,
        passage: "_Passage",
        asked: Asked,
        fault: Fault | None,
        moment: str,
        started: float,
    ) -> None:
        """Let the journal have a request and its answer."""
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
        path, query = masked_target(scope["path"], scope["query_string"])
        self._state.journal.add(
            Exchange(
                time=moment,
                milliseconds=milliseconds,
                operation=asked.operation,
                person=asked.person,
                method=scope["method"],
                path=path,
                query=query,
                request_headers=masked_headers(scope["headers"]),
                request_body=passage.request.body(),
                status=passage.status,
                response_headers=masked_headers(passage.headers),
                response_body=passage.response.body(),
                fault=None if fault is None else fault.id,
                delivered=passage.is_delivered,
            )
        )

    async def _answer(
        self, scope: Scope, passage: "_Passage", asked: Asked, fault: Fault | None, dialect: Dialect
    ) -> None:
        if fault is not None and fault.delay_milliseconds:
            try:
                await self._state.eras.sleep(fault.delay_milliseconds / 1000)
            except OverError as over:
                await passage.read_to_the_end()
                await self._send_error(passage, 503, f"{over}; nothing was stored", 1, dialect)
                return
        if fault is None or fault.fault == "delay":
            await self._carry_out(scope, passage, asked)
            return
        if fault.fault == "answer":
            if fault.carried_out:
                passage.is_held = True
                await self._carry_out(scope, passage, asked)
                passage.is_held = False
                passage.forget()
            await passage.read_to_the_end()
            status: Any = fault.status
            given = fault.retry_after
            after = given if isinstance(given, int) else 1 if status in _RETRY_AFTER else None
            detail = f"fault {fault.id} of the sandbox"
            await self._send_error(passage, status, detail, after, dialect)
            return
        passage.is_held = True
        await self._carry_out(scope, passage, asked)
        await break_off(scope, passage.send_on, _beginning(fault, passage))

    async def _carry_out(self, scope: Scope, passage: "_Passage", asked: Asked) -> None:
        reviews = self._state.reviews
        may_submit = asked.operation in _SUBMITS and reviews.is_waiting
        if not may_submit:
            await self._dispatcher(scope, passage.receive, passage.send)
            return
        # The answer waits, so that whoever looks after it finds what was decided.
        is_held, passage.is_held = passage.is_held, True
        await self._dispatcher({**scope, REVIEWED: True}, passage.receive, passage.send)
        submitted = _written_version(scope, passage)
        if submitted is not None and not self._state.eras.is_over:
            await reviews.submitted(*submitted)
        passage.is_held = is_held
        if not is_held:
            await passage.let_go()

    async def _send_error(
        self, passage: "_Passage", status: int, detail: str, after: int | None, dialect: Dialect
    ) -> None:
        headers = list(SECURITY)
        if status in _PROXY:
            title = f"{status} {_PROXY[status]}"
            page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
            body = page.encode()
            headers.append((b"content-type", b"text/html"))
        else:
            new_id = self._state.chance.uuid
            body, _ = error_body([Problem(_ERRORS[status], detail)], dialect, new_id)
            headers.append((b"content-type", b"application/json"))
        if after is not None:
            headers.append((b"retry-after", b"%d" % after))
        headers.append((b"content-length", b"%d" % len(body)))
        await passage.send({"type": "http.response.start", "status": status, "headers": headers})
        await passage.send({"type": "http.response.body", "body": body})


class _Passage:
    """A request and its answer on their way through: recorded, and held back where it must be."""

    def __init__(self, receive: Receive, send: Send):
        self._receive = receive
        self.send_on = send
        self.request = Recorder()
        self.response = Recorder()
        self.held: list[Message] = []
        self.is_held = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.is_delivered = False
        self._is_read = False

    async def receive(self) -> Any:
        message = await self._receive()
        self.request.add(message.get("body", b""))
        self._is_read = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message["headers"])
        else:
            self.response.add(message.get("body", b""))
        if self.is_held:
            self.held.append(message)
            return
        await self.send_on(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.is_delivered = True

    async def let_go(self) -> None:
        """Send what was held back."""
        held, self.held = self.held, []
        for message in held:
            await self.send_on(message)
        self.is_delivered = True

    def forget(self) -> None:
        """Let what was held back be as if it had not been."""
        self.held.clear()
        self.response = Recorder()

    async def read_to_the_end(self) -> None:
        """Take in the rest of the request, so that the client is done when it is answered."""
        while not self._is_read:
            await self.receive()


def _beginning(fault: Fault, passage: _Passage) -> bytes:
    """What of an answer reaches the client before its connection is broken off."""
    if fault.fault == "lost-answer":
        return b""
    head = head_of(passage.held[0])
    body = b"".join(message.get("body", b"") for message in passage.held[1:])
    if fault.fault == "truncated-head" or not body:
        return head[: len(head) // 2]
    return head + body[: len(body) // 2]


def _written_version(scope: Scope, passage: _Passage) -> tuple[str, str] | None:
    """The app software and the build number of the version that an answer says was written."""
    if passage.status == 201:
        found = next((value for name, value in passage.headers if name == b"location"), b"")
        path = found.decode()
    elif passage.status == 200 and scope["path"].endswith("/submit"):
        path = scope["path"].removesuffix("/submit")
    else:
        return None
    *_, software_id, _, build_number = path.split("/")
    return software_id, build_number


def _path(path: str) -> str:
    """The path of a request without the prefix that the contract's operations may have."""
    return path.removeprefix(_PREFIX) if path.startswith(f"{_PREFIX}/rest/3/") else path


async def _vouched_person(scope: Scope) -> str:
    """The email of who is signed in at the console, from where a request comes."""
    try:
        email: str = (await scope[VOUCHED]()).email
    except ApiError:  # which the server will answer it with
        return ""
    return email


def _person(scope: Scope) -> str:
    """The email that a request says it is from, whether its token is good or not."""
    header: bytes = next((v for name, v in scope["headers"] if name == b"authorization"), b"")
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() != b"basic":
        return ""
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[0].lower()
