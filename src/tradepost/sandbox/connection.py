"""Breaking a client's connection off, which neither ASGI nor the HTTP server offers.

The socket of a request is found among those of this process by who is at its other end, and by its
own port. What is written to it then reaches the client as it is, and the HTTP server finds the
connection closed. Under TLS nothing is written: it would stand on the wire in clear.
"""

import asyncio
import contextlib
import ipaddress
import os
import socket
import stat
from collections.abc import Iterable
from typing import Any, Final

from tradepost.http.call import Message, Scope, Send

_FOLDERS: Final = ("/proc/self/fd", "/dev/fd")
_REASONS: Final = {200: "OK", 201: "Created", 204: "No Content", 304: "Not Modified"}


async def break_off(scope: Scope, send: Send, sent: bytes = b"") -> None:
    """Send some bytes as they are, and close the connection of a request; ends its answer.

    Under TLS it is closed without them.

    Where there is no such socket, as in a test of the application alone, the call ends with
    `ConnectionResetError`.
    """
    connection = _socket_of(scope)
    if connection is None:
        raise ConnectionResetError("the sandbox has broken the connection off")
    with connection, contextlib.suppress(OSError):  # the client may have gone by itself
        if sent and scope.get("scheme") == "http":
            await asyncio.get_running_loop().sock_sendall(connection, sent)
        # Also for the HTTP server's own descriptor, which is another one of the same socket.
        connection.shutdown(socket.SHUT_RDWR)
    # Nobody gets it, but without an answer the HTTP server would log that there was none.
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def head_of(start: Message) -> bytes:
    """The head of an answer, as it stands on the wire."""
    status = start["status"]
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, '')}".encode()]
    headers: Iterable[tuple[bytes, bytes]] = start["headers"]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _socket_of(scope: Scope) -> socket.socket | None:
    """A descriptor of our own of the socket that a request came through."""
    client, server = _end(scope.get("client")), _end(scope.get("server"))
    folder = next((folder for folder in _FOLDERS if os.path.isdir(folder)), None)
    if client is None or server is None or folder is None:
        return None
    for name in os.listdir(folder):
        found = _socket(int(name))
        if found is None:
            continue
        with contextlib.suppress(OSError):  # it listens, or is closed meanwhile
            if _end(found.getpeername()) == client and _is_at(found.getsockname(), server):
                return found
        found.close()
    return None


def _is_at(address: Any, server: tuple[str, int]) -> bool:
    """Whether an address is that of a server, which may listen on all addresses, or on a name."""
    found = _end(address)
    if found is None or found[1] != server[1]:
        return False
    try:
        is_any = ipaddress.ip_address(server[0]).is_unspecified
    except ValueError:
        return True
    return is_any or found[0] == server[0]


def _socket(descriptor: int) -> socket.socket | None:
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        found = socket.socket(fileno=os.dup(descriptor))
        found.setblocking(False)  # as the HTTP server has it: the flag is the socket's own
        return found
    except OSError:  # closed since it was listed
        return None


def _end(address: Any) -> tuple[str, int] | None:
    """One end of a connection; the HTTP server spells ports as text.

    An IPv4 address is the same in the form that it has on a socket of IPv6.
    """
    if not address or isinstance(address, str | bytes) or not address[1]:
        return None
    host = str(address[0]).partition("%")[0].lower()  # without the zone of a link-local address
    return host.removeprefix("::ffff:") if "." in host else host, int(address[1])
