"""All settings in one typed object: from the environment, `TRADEPOST_…`, and from flags.

`docs/settings.md` lists them; a test holds the two together.
"""

import ipaddress
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

PREFIX = "TRADEPOST_"
_OF_FILE = "_file"


class SettingsError(Exception):
    """A setting has a value that it cannot have; the text is one sentence."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a server. Each is `TRADEPOST_` and its name in capitals."""

    data: Annotated[str, Meta(min_length=1)] = "./tradepost-data"
    """The directory of the database and the files; made where it is missing."""
    database_url: Annotated[str, Meta(pattern=r"^(postgres(ql)?://.+)?$")] = ""
    """The PostgreSQL database, `postgresql://…`; empty for one file in `data`."""
    database_connections: Annotated[int, Meta(ge=2, le=1000)] = 10
    """How many connections each process opens to PostgreSQL at the most, beside one more."""
    database_statements: Annotated[int, Meta(ge=0, le=10_000)] = 256
    """How many prepared statements each connection keeps; 0 behind a PgBouncer before 1.21."""

    blobs_url: Annotated[str, Meta(pattern=r"^((s3|gs|az)://[^/]+.*)?$")] = ""
    """Where uploaded files are kept, `s3://bucket/prefix`; empty for a directory in `data`."""
    blobs_seconds: Annotated[float, Meta(ge=0.1, le=300)] = 10.0
    """For how many seconds the storage under `blobs_url` may keep silent."""
    download_url_seconds: Annotated[int, Meta(ge=0, le=3600)] = 60
    """For how many seconds a download's URL at the storage is good; 0 sends files through here."""

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    """The port to listen on; 0 takes one that is free."""
    trusted_proxies: str = ""
    """Proxies whose `X-Forwarded-For` is believed: addresses and networks, separated by spaces."""
    tls_certificate: str = ""
    """The file of the certificate and its chain (PEM); HTTP without TLS where empty."""
    tls_key: str = ""
    """The file of the certificate's key (PEM), without a password."""
    workers: Annotated[int, Meta(ge=1, le=256)] = 1
    """How many processes answer requests."""
    sandbox: bool = False
    """Whether this is a sandbox: a server that fails, jumps in time, and forgets as it is told."""
    sandbox_seed: str = ""
    """What a sandbox draws its ids and tokens from, so that they come again; random where empty."""
    log_format: Literal["auto", "json", "text"] = "auto"
    """How log lines look; `auto` is `text` on a terminal and `json` elsewhere."""
    log_level: Literal["info", "warning"] = "info"
    """`warning` leaves out the line for each request that did not fail in the server."""
    agreements: str = ""
    """The agreement URLs that versions may accept, separated by spaces; any where empty."""
    sign_in_cache_seconds: Annotated[float, Meta(ge=0, le=300)] = 5.0
    """For how long a verified API token is not looked up again."""

    sign_in_limit: str = "100 per minute"
    """How many failed sign-ins one address may make; empty for any number."""
    upload_limit: str = "750 MB per 2 hours"
    """How much one person, and one address, may upload; empty for any amount."""
    read_limit: str = ""
    """How many requests that read one person, and one address, may send; empty for any number."""
    write_limit: str = ""
    """How many requests that write one person, and one address, may send; empty for any number."""
    waiting_writes: Annotated[int, Meta(ge=1, le=1_000_000)] = 1000
    """How many writes may be under way in each process; the next is answered 503 at once."""

    cache_bytes: Annotated[int, Meta(ge=0, le=1024**4)] = 64 * 1024 * 1024
    """How many bytes of answers each process keeps, to give them again; 0 keeps none."""

    header_seconds: Annotated[float, Meta(ge=0.1, le=300)] = 30.0
    """For how many seconds a client may send a request's head, and keep silent between two."""
    header_bytes: Annotated[int, Meta(ge=8192, le=1024 * 1024)] = 64 * 1024
    """How many bytes the head of a request may have."""
    body_seconds: Annotated[float, Meta(ge=0.1, le=3600)] = 60.0
    """For how many seconds a client may send a JSON body."""

    artifact_bytes: Annotated[int, Meta(ge=1024, le=1024**4)] = 250 * 1024 * 1024
    """How many bytes an artifact may have at the most."""
    upload_seconds: Annotated[float, Meta(ge=0.1, le=86_400)] = 3600.0
    """For how many seconds a client may send a file."""
    fetch_seconds: Annotated[float, Meta(ge=0.1, le=3600)] = 300.0
    """For how many seconds an artifact may be fetched from its source."""
    fetch_hosts: str = ""
    """Hosts inside the network that artifacts may be fetched from, separated by spaces."""

    @property
    def blobs_path(self) -> Path:
        return Path(self.data) / "blobs"

    @property
    def allowed_fetch_hosts(self) -> frozenset[str]:
        return frozenset(self.fetch_hosts.split())

    @property
    def database_path(self) -> Path:
        return Path(self.data) / "tradepost.db"

    @property
    def agreement_urls(self) -> frozenset[str]:
        return frozenset(self.agreements.split())

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:  # a name, which `tradepost serve` resolves before it asks
            return False


def load(flags: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment, with flags that were given in front of them.

    A setting may also be what a file says that `TRADEPOST_…_FILE` names. Raises `SettingsError`
    for a value that cannot be, and for an unknown `TRADEPOST_…`.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, str] = {}
    for variable, text in environment.items():
        name = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and text:
            of_file = name.removesuffix(_OF_FILE)
            if name not in Settings.__struct_fields__ and of_file in Settings.__struct_fields__:
                name, text = of_file, _said_by(variable, text)
            if name not in Settings.__struct_fields__:
                raise SettingsError(f"{variable} is no setting of tradepost: see docs/settings.md")
            if name in values:
                names = f"{PREFIX}{name.upper()} and {PREFIX}{name.upper()}_FILE"
                raise SettingsError(f"{names} are both set: set one of them")
            if text != text.encode(errors="replace").decode():
                raise SettingsError(f"{variable} is not UTF-8")
            values[name] = text
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        settings = msgspec.convert(values, Settings, strict=False)
        return msgspec.convert({**msgspec.structs.asdict(settings), **given}, Settings)
    except msgspec.ValidationError as bad:
        reason, _, where = str(bad).partition(" - at `$.")
        name = where.rstrip("`")
        raise SettingsError(
            f"{PREFIX}{name.upper()} (or its flag) {_must(name, reason.replace('`', ''))}"
        ) from None


def _said_by(variable: str, path: str) -> str:
    """What a regular file says, without the end of its last line. An empty one says nothing."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would be waited for, or read once
            raise SettingsError(f"{variable}: {path} is no regular file")
        said = Path(path).read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{variable}: {path} cannot be read: {reason}") from None
    if not said:
        raise SettingsError(f"{variable}: {path} is empty")
    return said


def _must(name: str, reason: str) -> str:
    """What a value must be, for what msgspec says of one that is not so."""
    if "regex" in reason:
        return "must be a URL of a kind that docs/settings.md names"
    if "bool" in reason:
        return "must be true or false"
    choices = get_args(Settings.__annotations__[name])
    if choices and all(isinstance(choice, str) for choice in choices):
        return f"must be one of {', '.join(choices)}"
    if bound := re.search(r"(>=|<=) ([0-9.]+)$", reason):
        if "length" in reason:
            return "must not be empty"
        return f"must be at {'least' if bound[1] == '>=' else 'most'} {bound[2]}"
    return "must be a number" if "float" in reason else "must be a whole number"


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment that gives these settings to another process."""
    return {
        PREFIX + name.upper(): str(value)
        for name, value in msgspec.structs.asdict(settings).items()
    }


def hand_on(settings: Settings) -> None:
    """Give these settings, and no others, to the processes that this one starts."""
    for variable in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[variable]
    os.environ.update(environment_of(settings))
