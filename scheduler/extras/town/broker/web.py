"""The town's page, or where it says a sound lies, as a ward asks it over HTTP (`scheduler.kernel.net`).

The town's own server may lie on a private network and is vouched for by the town's own authority where it has one; any
other address must be public. The ward's word of who it is goes to the town's own server and to no other.
"""

import json
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from scheduler.extras.town.broker import keys
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import ParsedSource, shown_url
from scheduler.kernel.net.client import Addresses, Answer, HttpClient, Limits
from scheduler.kernel.net.faults import HttpFault, told_as
from scheduler.kernel.net.pinned_connection import host_of

__all__ = ["TownWeb", "proof_of"]

MOST_REDIRECTS = 3
MOST_JSON = 1_000_000
CONNECT_SECONDS = 10.0
REASONS = {
    HttpFault.ADDRESS: "link_web_address",
    HttpFault.PRIVATE: "link_web_private",
    HttpFault.UNREACHABLE: "link_web_unreachable",
    HttpFault.TLS: "link_web_tls",
    HttpFault.SILENT: "link_web_slow",
    HttpFault.SLOW: "link_web_slow",
    HttpFault.BAD_ANSWER: "link_web_cut_off",
    HttpFault.CUT_OFF: "link_web_cut_off",
    HttpFault.TOO_BIG: "link_web_not_json",
    HttpFault.REDIRECTS: "link_web_redirected",
}


def proof_of(seed: str, method: str, path: str, at: int) -> str:
    """The header `Authorization` by which a ward proves itself: who, when (unix seconds), and a signature of both."""
    signature = b64encode(keys.sign(seed, f"{method} {path} {at}".encode())).decode()
    return f"Loa {keys.public_of(seed)}:{at}:{signature}"


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
        with (
            told_as(REASONS),
            self._client(seconds).ask(
                "GET",
                self.absolute(url),
                headers=headers,
                credentials=lambda source: self._proof("GET", source),
                redirects=MOST_REDIRECTS,
            ) as answer,
        ):
            yield answer

    def post(self, path: str, body: Mapping[str, object], seconds: float) -> tuple[int, Any]:
        """Status and JSON of the town's answer; a redirect is an error. Raises Refused as `get`, link_web_not_json."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        with (
            told_as(REASONS),
            self._client(seconds).ask(
                "POST",
                self.absolute(path),
                headers=headers,
                body=json.dumps(body).encode(),
                credentials=lambda source: self._proof("POST", source),
            ) as answer,
        ):
            if answer.moved_to:
                raise Refused("link_web_redirected", host=host_of(answer.moved_to))
            raw = answer.body()
        try:
            return answer.status, json.loads(raw.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise Refused("link_web_not_json", status=answer.status) from error

    def _proof(self, method: str, source: ParsedSource) -> dict[str, str]:
        if self.seed is None:
            return {}
        path, at = source.target.partition("?")[0], int(self.now().timestamp())
        return {"Authorization": proof_of(self.seed, method, path, at)}

    def _client(self, seconds: float) -> HttpClient:
        """The town's own server may lie on a private network and be vouched for by the town; no other may."""
        home = Addresses(allow_private=True).judge(self.base)
        limits = Limits(seconds, MOST_JSON, connect=CONNECT_SECONDS)
        return HttpClient(Addresses(home=home), limits, self._trust() if home.tls else None)

    def _trust(self) -> ssl.SSLContext | None:
        if self.ca_file is None:
            return None
        try:
            context = ssl.create_default_context()  # a page may as well have a certificate that everybody trusts
            context.load_verify_locations(str(self.ca_file))
        except (OSError, ValueError) as error:
            raise Refused("link_ca_unreadable", file=self.ca_file.name) from error
        return context
