"""One HTTP request to the town's page, or to where it says a sound lies: under bounds, over a judged address.

Stands on `scheduler.judged`: the town's own server may lie on a private network and is vouched for by the town's own
authority where it has one; any other address must be public. A redirect is judged like a new address. The ward's word
of who it is goes to the town's own server and to no other; it is in no error and no log line.
"""

import http.client
import io
import json
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from scheduler.broker import keys
from scheduler.clock import SystemClock
from scheduler.errors import Refused
from scheduler.judged import Addresses, UnreachableError, Wire, connected, request_bytes
from scheduler.net.address_policy import ParsedSource, SourceKind, check_url, same_server, shown_url

__all__ = ["Answer", "TownWeb", "proof_of"]

_PIECE = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 3
MOST_JSON = 1_000_000
CONNECT_SECONDS = 10.0


def proof_of(seed: str, method: str, path: str, at: int) -> str:
    """The header `Authorization` by which a ward proves itself: who, when (unix seconds), and a signature of both."""
    signature = b64encode(keys.sign(seed, f"{method} {path} {at}".encode())).decode()
    return f"Loa {keys.public_of(seed)}:{at}:{signature}"


@dataclass(slots=True)
class Answer:
    """A good or bad answer whose body is still to be read."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    _response: http.client.HTTPResponse

    def pieces(self) -> Iterator[bytes]:
        """The body. Raises Refused: link_web_slow, link_web_cut_off (an answer shorter than it told is half of one)."""
        promised, had = self._response.length, 0
        with _translated():
            while piece := self._response.read1(_PIECE):
                had += len(piece)
                yield piece
        if promised is not None and had < promised:
            raise Refused("link_web_cut_off")


@dataclass(frozen=True, slots=True)
class TownWeb:
    """The town's page as a ward reaches it."""

    base: str
    """Its address, such as https://loa.thixa.gov.vn."""
    seed: str | None = None
    ca_file: Path | None = None
    now: Callable[[], datetime] = SystemClock().now
    """The town's clock, as far as it is known: what a ward signs holds for some minutes of it."""

    def absolute(self, url: str) -> str:
        """An address that may be told relative to the town's page. Raises Refused link_web_address."""
        try:
            return urljoin(self.base.rstrip("/") + "/", url)
        except ValueError as error:
            raise Refused("link_web_address", url=shown_url(url)) from error

    @contextmanager
    def get(self, url: str, seconds: float, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """The answer at `url`, redirects followed; `seconds` for all of it.

        Raises Refused: link_web_address, link_web_private, link_web_unreachable, link_web_tls, link_web_slow,
        link_web_cut_off, link_web_redirected.
        """
        url = self.absolute(url)
        for _ in range(MOST_REDIRECTS + 1):
            with self._asked("GET", url, seconds, dict(headers or {}), None) as (answer, moved_to):
                if not moved_to:
                    yield answer
                    return
            url = moved_to
        raise Refused("link_web_redirected", host=_host_of(url))

    def post(self, path: str, body: Mapping[str, object], seconds: float) -> tuple[int, Any]:
        """Status and JSON of the town's answer; a redirect is an error. Raises Refused as `get`, link_web_not_json."""
        raw = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        with self._asked("POST", self.absolute(path), seconds, headers, raw) as (answer, moved_to):
            if moved_to:
                raise Refused("link_web_redirected", host=_host_of(moved_to))
            kept = io.BytesIO()
            for piece in answer.pieces():
                kept.write(piece)
                if kept.tell() > MOST_JSON:
                    raise Refused("link_web_not_json")
            try:
                return answer.status, json.loads(kept.getvalue().decode("utf-8"))
            except (ValueError, RecursionError) as error:
                raise Refused("link_web_not_json", status=answer.status) from error

    @contextmanager
    def _asked(
        self, method: str, url: str, seconds: float, headers: dict[str, str], body: bytes | None
    ) -> Iterator[tuple[Answer, str]]:
        source, addresses, is_own = self._judged(url)
        if is_own and self.seed is not None:
            at = int(self.now().timestamp())
            headers["Authorization"] = proof_of(self.seed, method, source.target.partition("?")[0], at)
        wire = Wire(_connected(source, addresses, self._context(is_own)), seconds, SystemClock().monotonic)
        response: http.client.HTTPResponse | None = None
        try:
            with _translated():
                wire.send(request_bytes(method, source, headers, body))
                response = http.client.HTTPResponse(wire, method=method)  # type: ignore[arg-type]  # a socket to it
                response.begin()
                told = {name.lower(): value for name, value in response.headers.items()}
                moved = urljoin(source.url, told.get("location", "")) if response.status in _REDIRECTS else ""
            yield Answer(response.status, told, response), moved
        finally:
            if response is not None:
                response.close()
            wire.close()

    def _judged(self, url: str) -> tuple[ParsedSource, Addresses, bool]:
        """Where to, which addresses of it may be connected to, and whether it is the town's own server."""
        try:
            source = check_url(url, allow_private=True)
            is_own = same_server(source, check_url(self.base, allow_private=True))
        except Refused as refused:
            reason = "link_web_private" if refused.reason == "relay_private_address" else "link_web_address"
            raise Refused(reason, url=shown_url(url), host=_host_of(url)) from refused
        if source.kind is not SourceKind.STREAM:
            raise Refused("link_web_address", url=shown_url(url))
        if not is_own:
            try:
                check_url(url)
            except Refused as refused:
                raise Refused("link_web_private", host=source.host) from refused
        return source, Addresses(allow_private=is_own, connect=CONNECT_SECONDS), is_own

    def _context(self, is_own: bool) -> ssl.SSLContext | None:  # noqa: FBT001 - what `_judged` found
        """Only the town's own server may be vouched for by the town."""
        if not is_own or self.ca_file is None:
            return None
        try:
            context = ssl.create_default_context()  # a page may as well have a certificate that everybody trusts
            context.load_verify_locations(str(self.ca_file))
        except (OSError, ValueError) as error:
            raise Refused("link_ca_unreadable", file=self.ca_file.name) from error
        return context


@contextmanager
def _translated() -> Iterator[None]:
    """What a wire may do wrong, as reason codes."""
    try:
        yield
    except TimeoutError as error:
        raise Refused("link_web_slow") from error
    except (http.client.HTTPException, ValueError, OSError) as error:  # ValueError: a chunk whose size is no number
        raise Refused("link_web_cut_off") from error


def _connected(source: ParsedSource, addresses: Addresses, context: ssl.SSLContext | None) -> Any:
    try:
        return connected(source, addresses, context)
    except UnreachableError as error:
        raise Refused("link_web_tls" if error.is_tls else "link_web_unreachable", host=source.host) from error
    except Refused as refused:
        raise Refused("link_web_private", host=source.host) from refused


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "?")[:100]
    except ValueError:
        return "?"
