"""TLS without a proxy: `TRADEPOST_TLS_CERTIFICATE` and `TRADEPOST_TLS_KEY`."""

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.support.command import assert_one_sentence, tradepost
from tests.support.process import ServerProcess
from tests.support.sockets import answers, raw

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def make(folder: Path, *options: str) -> dict[str, str]:
    """A certificate for 127.0.0.1 and its key; the settings that name them."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl command is not here")
    command = [
        openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", "key.pem", "-out", "certificate.pem", *options,
    ]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return {
        "TRADEPOST_TLS_CERTIFICATE": str(folder / "certificate.pem"),
        "TRADEPOST_TLS_KEY": str(folder / "key.pem"),
        "TRADEPOST_DATA": str(folder / "data"),
    }


def asked(server: ServerProcess, context: ssl.SSLContext) -> tuple[int, str | None]:
    """The status of a request over TLS, and which TLS it was."""
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall(HEALTH)
        ((status, _),) = answers(connection, 1)
        return status, connection.version()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_speaks_tls_and_nothing_else(tmp_path: Path, workers: str) -> None:
    settings = make(tmp_path, "-nodes")
    sent = ("serve", "--workers", workers)
    with ServerProcess(*sent, log=tmp_path / "log", environment=settings) as server:
        assert f" at https://127.0.0.1:{server.port}" in server.announcement
        trusting = ssl.create_default_context(cafile=settings["TRADEPOST_TLS_CERTIFICATE"])
        assert asked(server, trusting) == (200, "TLSv1.3")
        older = ssl.create_default_context(cafile=settings["TRADEPOST_TLS_CERTIFICATE"])
        older.maximum_version = ssl.TLSVersion.TLSv1_2
        assert asked(server, older) == (200, "TLSv1.2")
        with pytest.raises(ssl.SSLCertVerificationError):
            asked(server, ssl.create_default_context())
        with raw(server.port) as connection:
            connection.sendall(HEALTH)
            assert not connection.recv(65_536).startswith(b"HTTP/")


def test_what_is_no_certificate_is_told_at_the_start(tmp_path: Path) -> None:
    good = make(tmp_path, "-nodes")
    (tmp_path / "locked").mkdir()
    locked = make(tmp_path / "locked", "-passout", "pass:secret")
    key, certificate = "TRADEPOST_TLS_KEY", "TRADEPOST_TLS_CERTIFICATE"
    for settings, words in (
        ({**good, key: ""}, "must both be set"),
        ({**good, certificate: ""}, "must both be set"),
        ({**good, key: str(tmp_path / "missing")}, "TLS_KEY: "),
        ({**good, key: locked[key]}, "cannot be used"),
        ({**good, key: good[certificate]}, "cannot be used"),
        ({**good, certificate: good[key]}, "cannot be used"),
        (locked, "cannot be used"),
    ):
        result = tradepost("serve", "--port", "0", environment=settings)
        assert_one_sentence(result, words)
