"""What is under way when a sandbox is reset or loaded leaves nothing behind it."""

import json
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable

import pytest

from tests.support.client import DEVELOPER
from tests.support.sandboxes import TOKENS, VERSION, VERSIONS, Answer, ask, total
from tradepost.sandbox.marketplace import Marketplace

Ends = Callable[[Marketplace], object]


def reset(marketplace: Marketplace) -> None:
    marketplace.reset()


def load(marketplace: Marketplace) -> None:
    marketplace.load({"apps": marketplace.state()["apps"]})


ENDS = pytest.mark.parametrize("end", [reset, load])


def seen(marketplace: Marketplace) -> None:
    """Wait until a fault has been looked at for a request, which has arrived then."""
    while not marketplace.faults()[0]["matched"]:
        pass


@ENDS
def test_a_delayed_request_is_not_carried_out(marketplace: Marketplace, end: Ends) -> None:
    count = total(marketplace)
    marketplace.fault("delay", delay_milliseconds=600_000, method="POST")
    found: list[Answer] = []
    waiting = threading.Thread(
        target=lambda: found.append(ask(marketplace, "POST", VERSIONS, VERSION))
    )
    waiting.start()
    seen(marketplace)
    began = time.monotonic()
    end(marketplace)
    waiting.join(30)
    assert time.monotonic() - began < 20
    (answer,) = found
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert "reset or loaded while this was under way" in answer.body["errors"][0]["detail"]
    assert [e for e in marketplace.journal() if e.method == "POST"] == []
    assert total(marketplace) == count


@ENDS
def test_a_request_whose_body_comes_later_writes_nothing(
    marketplace: Marketplace, end: Ends
) -> None:
    count = total(marketplace)
    # One that never strikes, but tells when the request has arrived.
    marketplace.fault("answer", status=503, every=1_000_000, method="POST")
    host, port = marketplace.url.removeprefix("http://").split(":")
    body = json.dumps(VERSION).encode()
    head = (
        f"POST {VERSIONS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Basic {b64encode(':'.join(DEVELOPER).encode()).decode()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head + body[:10])
        seen(marketplace)
        end(marketplace)
        connection.sendall(body[10:])
        with connection.makefile("rb") as stream:
            assert stream.read().startswith(b"HTTP/1.1 503 ")
    assert total(marketplace) == count
    assert [e for e in marketplace.journal() if e.method == "POST"] == []
    assert ask(marketplace, "POST", VERSIONS, VERSION).status == 201


def test_a_load_that_is_refused_ends_nothing(marketplace: Marketplace) -> None:
    marketplace.fault("delay", delay_milliseconds=50, method="POST")
    found: list[Answer] = []
    waiting = threading.Thread(target=lambda: found.append(ask(marketplace, "POST", TOKENS, {})))
    waiting.start()
    seen(marketplace)
    with pytest.raises(Exception, match="colour"):
        marketplace.load({"people": [{"colour": 1}]})
    waiting.join(30)
    assert [answer.status for answer in found] == [201]


def test_what_is_under_way_draws_nothing_from_the_seed() -> None:
    def token(marketplace: Marketplace) -> str:
        drawn: str = ask(marketplace, "POST", TOKENS, {}).body["token"]
        return drawn

    with Marketplace("spring") as marketplace:
        first = token(marketplace)
        marketplace.reset()
        marketplace.fault("delay", delay_milliseconds=600_000)
        waiting = threading.Thread(target=lambda: ask(marketplace, "GET", VERSIONS))
        waiting.start()
        seen(marketplace)
        marketplace.reset()
        waiting.join(30)
        assert token(marketplace) == first
