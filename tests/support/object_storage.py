"""An S3 server in a process of its own: moto's, which speaks HTTP and keeps all in memory."""

import http.client
import importlib.util
import itertools
import os
import re
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

import pytest

_SIGNED = "AWS4-HMAC-SHA256 Credential=tests/20260101/us-east-1/s3/aws4_request"
"""Enough for a server that only looks whether there is a signature."""
_RUNNING = re.compile(rb"Running on (http://127\.0\.0\.1:[0-9]+)")


class ObjectStorage:
    """The server. Enter it; `url` is its endpoint then, and `environment` leads there."""

    def __init__(self) -> None:
        if any(importlib.util.find_spec(name) is None for name in ("moto", "flask")):
            pytest.skip("moto's S3 server is not installed: pip install 'moto[server]'")
        self._names = (f"bucket-{number}" for number in itertools.count(1))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._told: list[bytes] = []
        self._ready = threading.Event()
        # It tells of each request, and would stop where nobody reads that.
        self._reader = threading.Thread(target=self._read)
        self.url = ""

    @property
    def port(self) -> int:
        port = urlsplit(self.url).port
        assert port is not None
        return port

    @property
    def environment(self) -> dict[str, str]:
        """What leads whoever uses the usual variables to this server."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }

    def new_bucket(self) -> str:
        """Make another bucket, which is empty; its URL."""
        name = next(self._names)
        _ask(self.url, "PUT", f"/{name}")
        return f"s3://{name}"

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if not self._ready.is_set():
                self._told.append(line)
                if found := _RUNNING.search(line):
                    self.url = found[1].decode()
                    self._ready.set()
        self._ready.set()

    def __enter__(self) -> Self:
        self._reader.start()
        self._ready.wait()
        if not self.url:
            raise RuntimeError(f"the S3 server did not start: {b''.join(self._told).decode()}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()


def keys(url: str) -> set[str]:
    """The keys of what can be seen in a bucket (of the first thousand)."""
    return _listed(url, "list-type=2")


def unfinished(url: str) -> set[str]:
    """The keys of uploads in several parts that were begun and neither completed nor aborted."""
    return _listed(url, "uploads")


def remove(url: str, key: str) -> None:
    """Delete a key from a bucket."""
    _ask(os.environ["AWS_ENDPOINT_URL"], "DELETE", f"{_path(url)}/{quote(key)}")


def _listed(url: str, query: str) -> set[str]:
    listed = _ask(os.environ["AWS_ENDPOINT_URL"], "GET", f"{_path(url)}?{query}").decode()
    return set(re.findall("<Key>([^<]+)</Key>", listed))


def _path(url: str) -> str:
    return "/" + url.removeprefix("s3://")


def _ask(endpoint: str, method: str, path: str) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=30)
    try:
        connection.request(method, path, headers={"Authorization": _SIGNED})
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status < 300, body
        return body
    finally:
        connection.close()
