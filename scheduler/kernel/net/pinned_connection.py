"""A connection to exactly an address that was judged, so that no name can lead elsewhere after it was looked at.

A name is resolved once, every address it has is judged by `address_policy`, and one of those very addresses is
connected to; TLS vouches for the name that was asked for. It follows nothing and says no HTTP; only `proxy` leads
elsewhere, for the one caller that wants it.
"""

import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import ParsedSource, SourceKind, address_ok, check_url, same_server, shown_url
from scheduler.kernel.net.faults import HttpError, HttpFault

__all__ = ["Addresses", "connected", "dialled", "host_of", "resolved", "secured"]

Resolved = tuple[int, int, int, Any]
"""Family, kind, protocol and address, as the system resolves a name."""
_MOST_TRIED = 4
"""Addresses of one name that are tried one after the other."""


def host_of(url: str) -> str:
    """The host of an address that may be anything, for a sentence."""
    try:
        return (urlsplit(url).hostname or "?")[:100]
    except ValueError:
        return "?"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Which addresses may be asked, as `address_policy` takes it."""

    allow_private: bool = False
    allowed_hosts: tuple[str, ...] = ()
    home: ParsedSource | None = None
    """The server that the ward's own configuration names: it may lie on a private network."""

    def judge(self, url: str) -> ParsedSource:
        """Its parts. Raises HttpError (ADDRESS, PRIVATE)."""
        try:
            source = check_url(url, allow_private=self.allow_private or self.home is not None, **self._allowed())
            if self.home is not None and not self.is_home(source):
                check_url(url, allow_private=self.allow_private, **self._allowed())
        except Refused as refused:
            if refused.reason == "relay_private_address":
                raise _private(host_of(url), refused) from refused
            raise HttpError(HttpFault.ADDRESS, refused=refused, host=host_of(url), url=shown_url(url)) from refused
        if source.kind is not SourceKind.STREAM:
            other = Refused("relay_scheme", scheme=source.kind)
            raise HttpError(HttpFault.ADDRESS, refused=other, host=host_of(url), url=shown_url(url))
        return source

    def is_home(self, source: ParsedSource) -> bool:
        return self.home is not None and same_server(source, self.home)

    def permits(self, address: str, source: ParsedSource) -> bool:
        is_open = self.allow_private or self.is_home(source)
        return address_ok(address, allow_private=is_open, host=source.host, **self._allowed())

    def _allowed(self) -> dict[str, tuple[str, ...]]:
        return {"allowed_hosts": self.allowed_hosts}


def connected(
    source: ParsedSource, addresses: Addresses, seconds: float, trust: ssl.SSLContext | None = None
) -> socket.socket:
    """A connection to an address that was judged; `seconds` for each that is tried, and again for its TLS.

    `trust`: who may vouch for the name, None = whom the system trusts. Raises HttpError.
    """
    found = resolved(source.host, source.port)
    for *_, address in found:
        if not addresses.permits(str(address[0]), source):
            raise _private(source.host, Refused("relay_private_address", host=source.host))
    fault: HttpError | None = None
    for one in found[:_MOST_TRIED]:
        try:
            plain = dialled(one, source.host, seconds)
            return secured(plain, source.host, seconds, trust) if source.tls else plain
        except HttpError as error:
            fault = error
    raise fault or HttpError(HttpFault.UNREACHABLE, "it has no address", host=source.host)


def resolved(host: str, port: int) -> list[Resolved]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HttpError(HttpFault.UNREACHABLE, str(error), host=host) from error
    return [(family, kind, protocol, address) for family, kind, protocol, _, address in found]


def dialled(found: Resolved, host: str, seconds: float) -> socket.socket:
    family, kind, protocol, address = found
    plain = socket.socket(family, kind, protocol)
    try:
        plain.settimeout(seconds)
        plain.connect(address)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        plain.close()
        raise HttpError(HttpFault.UNREACHABLE, error.strerror or str(error), host=host) from error
    return plain


def secured(plain: socket.socket, host: str, seconds: float, trust: ssl.SSLContext | None) -> socket.socket:
    """`plain` under TLS that vouches for `host`."""
    plain.settimeout(seconds)
    try:
        return (trust or ssl.create_default_context()).wrap_socket(plain, server_hostname=host)
    except OSError as error:
        plain.close()
        fault = HttpFault.TLS if isinstance(error, ssl.SSLError) else HttpFault.UNREACHABLE
        raise HttpError(fault, getattr(error, "verify_message", "") or type(error).__name__, host=host) from error
    except BaseException:
        plain.close()
        raise


def _private(host: str, refused: Refused) -> HttpError:
    return HttpError(HttpFault.PRIVATE, refused=refused, host=host)
