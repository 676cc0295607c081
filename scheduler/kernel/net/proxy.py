"""The proxy that the environment names (HTTPS_PROXY, NO_PROXY), for a caller whose server lies in the open internet.

Where an office lets nobody out but by its proxy, names are resolved there and the address cannot be judged here; TLS
vouches for the server all the same. Only CONNECT to an http:// proxy is known.
"""

import socket
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from scheduler.kernel.net.address_policy import ParsedSource
from scheduler.kernel.net.bounded_socket import BoundedSocket, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault
from scheduler.kernel.net.pinned_connection import dialled, resolved

__all__ = ["Proxy", "proxy_for", "tunnelled"]

_PORT = 80
_GOOD = range(200, 300)


@dataclass(frozen=True, slots=True)
class Proxy:
    host: str
    port: int
    credentials: str = ""
    """name:password, as it stands in the environment."""


def proxy_for(source: ParsedSource) -> Proxy | None:
    """Whom to ask for a way to an https:// server; None = nobody. Raises HttpError UNREACHABLE for another kind."""
    named = getproxies()
    url = named.get("https") or named.get("all") or ""
    if not url or not source.tls or proxy_bypass(source.host):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        host, port = None, 0
    if not host or parts.scheme != "http":
        raise HttpError(HttpFault.UNREACHABLE, "HTTPS_PROXY names no http:// proxy", host=source.host)
    credentials = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}" if parts.username else ""
    return Proxy(host, port, credentials)


def tunnelled(proxy: Proxy, source: ParsedSource, limits: Limits, monotonic: Callable[[], float]) -> socket.socket:
    """A connection to `source` through the proxy, still without TLS. Raises HttpError."""
    plain = dialled(resolved(proxy.host, proxy.port)[0], proxy.host, limits.connect)
    try:
        line = BoundedSocket(plain, proxy.host, limits, monotonic)
        line.sendall(_connect(proxy, source))
        status = _status(line)
    except BaseException:
        plain.close()
        raise
    if status not in _GOOD:
        plain.close()
        raise HttpError(HttpFault.UNREACHABLE, f"the proxy answers {status}", host=source.host)
    return plain


def _connect(proxy: Proxy, source: ParsedSource) -> bytes:
    shown = f"[{source.host}]" if ":" in source.host else source.host
    lines = [f"CONNECT {shown}:{source.port} HTTP/1.1", f"Host: {shown}:{source.port}"]
    if proxy.credentials:
        lines.append(f"Proxy-Authorization: Basic {b64encode(proxy.credentials.encode()).decode()}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _status(line: BoundedSocket) -> int:
    """Of the proxy's answer, read to the end of its head: behind it the server waits for us to speak."""
    head, piece = b"", bytearray(1 << 12)
    while b"\r\n\r\n" not in head:
        head += bytes(piece[: line.recv_into(piece)])
    told = head.split(b" ", 2)
    return int(told[1][:3]) if len(told) > 1 and told[1][:3].isdigit() else 0
