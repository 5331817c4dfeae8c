"""Fetching over https: certificates are checked against the name in the URL."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.support.remotes import Internet, Remote, fetched, hold, ok, redirect, silent
from tradepost.assets.remote import Fetcher, RemoteFetchError


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `files.example` and 127.0.0.1, with its key, in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl command is not here")
    folder = tmp_path_factory.mktemp("tls")
    command = [
        openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "2", "-subj", "/CN=files.example",
        "-addext", "subjectAltName=DNS:files.example,IP:127.0.0.1",
        "-keyout", "key.pem", "-out", "certificate.pem",
    ]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "certificate.pem").read_bytes())
    return both


@pytest.fixture
def server_names() -> list[str | None]:
    """The names that clients asked for in TLS, in order."""
    return []


@pytest.fixture
def tls(certificate: Path, server_names: list[str | None]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: server_names.append(name)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts that certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.usefixtures("trusted")
def test_the_name_is_sent_and_checked_although_the_address_is_connected_to(
    tls: ssl.SSLContext, server_names: list[str | None]
) -> None:
    with Remote({"/": ok(b"file")}, tls) as remote:
        internet = Internet(remote, {"files.example": [["8.8.8.8"]]})
        for uri in ("https://files.example/", "https://FILES.example./"):
            assert fetched(internet.fetcher(), uri)[1] == b"file"
        assert internet.dialled == ["8.8.8.8"] * 2
        assert server_names == ["files.example"] * 2
        assert all(b"\r\nHost: files.example\r\n" in head for head in remote.heads)


@pytest.mark.usefixtures("trusted")
def test_an_address_in_the_url_is_checked_as_one(tls: ssl.SSLContext) -> None:
    with Remote({"/": ok(b"file")}, tls) as remote:
        assert fetched(Fetcher(["127.0.0.1"], 1000, 30), remote.url())[1] == b"file"


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_refused(tls: ssl.SSLContext) -> None:
    with Remote({"/": ok(b"secret")}, tls) as remote:
        internet = Internet(remote, {"other.example": [["8.8.8.8"]]})
        with pytest.raises(RemoteFetchError) as refused:
            fetched(internet.fetcher(), "https://other.example/")
        assert str(refused.value) == "no secure connection to other.example could be made"
        assert remote.heads == []


def test_a_certificate_that_nobody_trusts_is_refused(tls: ssl.SSLContext) -> None:
    with Remote({"/": ok(b"secret")}, tls) as remote:
        with pytest.raises(RemoteFetchError, match=r"^no secure connection to"):
            fetched(Fetcher(["127.0.0.1"], 1000, 30), remote.url())
        assert remote.heads == []


def test_a_server_that_does_not_speak_tls_is_refused() -> None:
    with Remote({}) as remote, pytest.raises(RemoteFetchError, match=r"^no connection to"):
        fetched(Fetcher(["127.0.0.1"], 1000, 30), remote.url().replace("http:", "https:"))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("location", ["http://files.example/", "http://127.0.0.1/"])
def test_a_redirect_from_https_to_http_is_refused(tls: ssl.SSLContext, location: str) -> None:
    with Remote({"/": redirect(location)}, tls) as remote:
        internet = Internet(remote, {"files.example": [["8.8.8.8"]]})
        with pytest.raises(RemoteFetchError) as refused:
            fetched(internet.fetcher(["127.0.0.1"]), "https://files.example/")
        assert str(refused.value) == "the address redirects from https to http"
        assert remote.connections == 1


@pytest.mark.usefixtures("trusted")
def test_a_redirect_from_http_to_https_is_followed(tls: ssl.SSLContext) -> None:
    with Remote({"/": ok(b"file")}, tls) as secure, Remote({}) as plain:
        plain.answers["/"] = redirect(secure.url())
        assert fetched(Fetcher(["127.0.0.1"], 1000, 30), plain.url())[1] == b"file"


def test_a_handshake_that_stalls_is_given_up() -> None:
    """And its connection is closed: one that is left open is a warning, which is an error."""
    with silent() as port, pytest.raises(RemoteFetchError, match="takes longer"):
        fetched(Fetcher(["127.0.0.1"], 1000, 0.2), f"https://127.0.0.1:{port}/")


@pytest.mark.usefixtures("trusted")
def test_a_server_that_stalls_behind_tls_is_given_up(tls: ssl.SSLContext) -> None:
    with (
        Remote({"/": hold}, tls) as remote,
        pytest.raises(RemoteFetchError, match="takes longer"),
    ):
        fetched(Fetcher(["127.0.0.1"], 1000, 0.5), remote.url())
