"""One HTTP request under bounds: whose address, how long as a whole, how large.

It connects by `scheduler.judged`; a redirect is an answer, never followed unless the caller asks again. A server that
drips, stops, lies about its length or sends too much ends as a reason code within the time given. Bodies, tokens and
passwords are in no error and no log line.
"""

import http.client
import io
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from scheduler.errors import Refused
from scheduler.judged import Addresses, UnreachableError, Wire, connected, request_bytes
from scheduler.net.address_policy import ParsedSource, SourceKind

__all__ = ["Answer", "Bounds", "ask", "host_of"]

_PIECE = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds for the whole answer, bytes of its body, and which addresses may be connected to."""

    seconds: float
    most_bytes: int
    addresses: Addresses

    @property
    def limit_mb(self) -> int:
        return max(1, self.most_bytes // 1_000_000)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    moved_to: str = ""
    """Where a redirect leads, made whole; empty for any other answer."""


def host_of(url: str) -> str:
    """The host of an address that may be anything, for a sentence."""
    try:
        return (urlsplit(url).hostname or "?")[:100]
    except ValueError:
        return "?"


def ask(
    method: str,
    source: ParsedSource,
    bounds: Bounds,
    monotonic: Callable[[], float],
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    into: BinaryIO | None = None,
) -> Answer:
    """The answer to one request; `into`: where a good answer's body is written instead of being kept.

    Raises Refused: province_unreachable, province_tls, province_private_address, province_slow, province_cut_off,
    province_too_big.
    """
    wire = Wire(_connected(source, bounds.addresses), bounds.seconds, monotonic)
    response: http.client.HTTPResponse | None = None
    try:
        wire.send(request_bytes(method, source, headers or {}, body))
        response = http.client.HTTPResponse(wire, method=method)  # type: ignore[arg-type]  # a socket to it
        response.begin()
        told = {name.lower(): value for name, value in response.headers.items()}
        moved = _moved(source, response.status, told)
        kept = into if into is not None and response.status < 300 else io.BytesIO()  # noqa: PLR2004 - good answers
        if not moved:
            _copy(response, kept, bounds)
        return Answer(response.status, told, kept.getvalue() if isinstance(kept, io.BytesIO) else b"", moved)
    except TimeoutError as error:
        raise Refused("province_slow", seconds=f"{bounds.seconds:g}") from error
    except (http.client.HTTPException, ValueError, OSError) as error:  # ValueError: a chunk whose size is no number
        raise Refused("province_cut_off", host=source.host) from error
    finally:
        if response is not None:
            response.close()
        wire.close()


def _connected(source: ParsedSource, addresses: Addresses) -> socket.socket:
    if source.kind is not SourceKind.STREAM:
        raise Refused("province_private_address", host=source.host or "line:")
    try:
        return connected(source, addresses)
    except UnreachableError as error:
        raise Refused("province_tls" if error.is_tls else "province_unreachable", host=source.host) from error
    except Refused as refused:
        raise Refused("province_private_address", host=source.host) from refused


def _moved(source: ParsedSource, status: int, headers: Mapping[str, str]) -> str:
    if status not in _REDIRECTS:
        return ""
    try:
        return urljoin(source.url, headers.get("location", "")) or "?"
    except ValueError:
        return "?"


def _copy(response: http.client.HTTPResponse, into: BinaryIO, bounds: Bounds) -> None:
    """The whole body; an answer that ends before the length it told is half an answer."""
    promised = response.length
    if promised is not None and promised > bounds.most_bytes:
        raise Refused("province_too_big", limit_mb=bounds.limit_mb)
    had = 0
    while piece := response.read1(_PIECE):
        had += len(piece)
        if had > bounds.most_bytes:
            raise Refused("province_too_big", limit_mb=bounds.limit_mb)
        into.write(piece)
    if promised is not None and had < promised:
        raise Refused("province_cut_off")
