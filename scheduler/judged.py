"""A connection to exactly an address that was judged: what relays, the SMS gateway and the provincial link stand on.

A name is resolved once, every address it has is judged by `net.address_policy`, and one of those very addresses is
connected to; TLS vouches for the name that was asked for. It asks no proxy, follows no redirect, knows no words of any
service: each caller says in its own reason codes what went wrong, and a redirect starts again from the policy.
"""

import io
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scheduler.errors import LoaError, Refused
from scheduler.net.address_policy import ParsedSource, address_ok, check_url

__all__ = ["Addresses", "UnreachableError", "Wire", "connected", "request_bytes"]

_BUFFER = 1 << 16
_LEAST_WAIT = 0.01


class UnreachableError(LoaError):
    """Nobody answered at any judged address, or, where `is_tls`, nobody vouched for the name."""

    def __init__(self, told: str, *, is_tls: bool = False) -> None:
        self.is_tls = is_tls
        super().__init__(told)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Which addresses may be connected to (as `net.address_policy` takes it), and `connect`: seconds for each."""

    allow_private: bool = False
    allowed_hosts: tuple[str, ...] = ()
    connect: float = 5.0

    def check(self, url: str) -> ParsedSource:
        return check_url(url, allow_private=self.allow_private, allowed_hosts=self.allowed_hosts)

    def permits(self, address: str, host: str) -> bool:
        return address_ok(address, allow_private=self.allow_private, allowed_hosts=self.allowed_hosts, host=host)


def connected(source: ParsedSource, addresses: Addresses, context: ssl.SSLContext | None = None) -> socket.socket:
    """A connection to an address that was judged; the name is resolved once and never again.

    `context`: who may vouch for a name over TLS; None = whom the system trusts.

    Raises Refused (relay_private_address) where one address of the name is not permitted, and UnreachableError.
    """
    try:
        found = socket.getaddrinfo(source.host, source.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(f"{source.host}: {error}") from error
    for *_, address in found:
        if not addresses.permits(str(address[0]), source.host):
            raise Refused("relay_private_address", host=source.host)
    fault: OSError | None = None
    for family, kind, protocol, _, address in found:
        plain = socket.socket(family, kind, protocol)
        plain.settimeout(addresses.connect)
        try:
            plain.connect(address)
            if not source.tls:
                return plain
            return (context or ssl.create_default_context()).wrap_socket(plain, server_hostname=source.host)
        except OSError as error:
            plain.close()
            fault = error
    raise UnreachableError(f"{source.host}: {fault}", is_tls=isinstance(fault, ssl.SSLError)) from fault


class Wire(io.RawIOBase):
    """A connection as a readable file, with one deadline in `seconds` for all of it; past it comes TimeoutError."""

    def __init__(self, connection: socket.socket, seconds: float, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self.connection = connection
        self._monotonic = monotonic
        self._deadline = monotonic() + seconds

    def left(self) -> float:
        """Seconds until the deadline; none or fewer once it has passed."""
        return self._deadline - self._monotonic()

    def send(self, data: bytes) -> None:
        self._wait_no_longer()
        self.connection.sendall(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        self._wait_no_longer()
        return self.connection.recv_into(buffer)

    def _wait_no_longer(self) -> None:
        left = self.left()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(max(left, _LEAST_WAIT))

    def makefile(self, *_args: object, **_kwargs: object) -> "io.BufferedReader[Wire]":
        """Looks to http.client like a socket whose answer may be read."""
        return io.BufferedReader(self, _BUFFER)

    def close(self) -> None:
        self.connection.close()
        super().close()


def request_bytes(method: str, source: ParsedSource, headers: Mapping[str, str], body: bytes | None) -> bytes:
    """An HTTP/1.1 request as it goes over the wire, to a server that closes behind its answer."""
    lines = {
        "Host": source.host_header,
        "User-Agent": "LoaPhuong",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    if body is not None:
        lines |= {"Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {source.target} HTTP/1.1\r\n{head}\r\n".encode("ascii") + (body or b"")
