"""Talks to an SMS gateway: one HTTP request for each recipient, in the words of Kannel's sendsms.

Behind Kannel stand modems and SMPP or HTTP links of telecoms. Says of every request one of five things: taken, refused
for this number, refused for now, nobody knows, or the sending must halt. An answer that is not plainly Kannel's is
never taken for a yes. It connects by `scheduler.judged`; no redirect is followed, no proxy is asked, and neither
password nor address of a request is ever logged.
"""

import http.client
import io
import re
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from scheduler.core.sms import Alphabet, cost
from scheduler.errors import Refused
from scheduler.judged import Addresses, UnreachableError, Wire, connected
from scheduler.net.address_policy import ParsedSource, SourceKind

__all__ = ["Answer", "Fate", "Gateway", "KannelGateway", "KannelSettings"]

MOST_ANSWER = 1 << 16
_CODING = {Alphabet.GSM7: "0", Alphabet.UCS2: "2"}
_TAKEN = re.compile(r"([03]):\s*(.*)", re.DOTALL)
"""0: Accepted for delivery; 3: Queued for later delivery."""
_NUMBER_REFUSED = re.compile(r"denied by white- and/or black-lists|Not routable", re.IGNORECASE)
_TOLD = 200
_OK_STATUS = range(200, 300)
_MOVED = range(300, 400)
_LATER = frozenset({429, 503})
_NO_ENTRY = frozenset({401, 403, 407})
_SERVER_FAULT = 500


class Fate(StrEnum):
    """What became of one request."""

    SENT = "sent"
    FAILED = "failed"
    """No yes, and this number is not asked for again by itself."""
    LATER = "later"
    """Not taken for now."""
    UNKNOWN = "unknown"
    """It may have been taken."""
    HALT = "halt"
    """Plainly not taken, and no other number would be until a person has looked."""


@dataclass(frozen=True, slots=True)
class Answer:
    fate: Fate
    told: str = ""
    """The first words of the gateway, for the row of the recipient."""
    reason: str = ""
    details: dict[str, object] = field(default_factory=dict)
    halts: bool = False
    """Nobody else is to be tried before a person has looked."""


class Gateway(Protocol):
    """What the sender needs of a way to send."""

    def send(self, number: str, body: str) -> Answer:
        """Ask for one SMS to +84…; never raises for what a gateway or the network does."""


@dataclass(frozen=True, slots=True)
class KannelSettings:
    """Where the gateway is and who we are to it. `timeout` (seconds) is for connecting, and again for the answer."""

    url: str
    user: str = ""
    password_file: Path | None = None
    sender: str = ""
    timeout: float = 10.0
    allowed_hosts: tuple[str, ...] = ()


class KannelGateway:
    """Kannel's sendsms, or a gateway that speaks like it."""

    def __init__(self, settings: KannelSettings, monotonic: Callable[[], float]) -> None:
        self._settings = settings
        self._addresses = Addresses(allowed_hosts=settings.allowed_hosts, connect=settings.timeout)
        self._monotonic = monotonic

    def check(self) -> ParsedSource:
        """The address as it would be asked. Raises Refused: sms_url_invalid, sms_host_private, sms_password_file."""
        place = self._place()
        self._password()
        return place

    def reach(self) -> None:
        """Connect and hang up. Raises Refused: sms_unreachable, sms_tls, sms_host_private and those of `check`."""
        self._connected(self.check()).close()

    def send(self, number: str, body: str) -> Answer:
        try:
            place, password = self._place(), self._password()
            connection = self._connected(place)
        except Refused as refusal:
            later = refusal.reason == "sms_unreachable"
            return Answer(Fate.LATER if later else Fate.HALT, reason=refusal.reason, details=refusal.details)
        with connection:
            return self._asked(connection, place, self._query(number, body, password))

    def _asked(self, connection: socket.socket, place: ParsedSource, query: str) -> Answer:
        """From the first byte on nobody knows what a silent gateway has done."""
        try:
            connection.settimeout(self._settings.timeout)
            connection.sendall(_request(place, query))
            status, text = self._answer(connection)
        except TimeoutError:
            return Answer(Fate.UNKNOWN, reason="sms_no_answer", details={"seconds": f"{self._settings.timeout:g}"})
        except (OSError, http.client.HTTPException, ValueError):
            return Answer(Fate.UNKNOWN, reason="sms_cut_off")
        return judged(status, text)

    def _place(self) -> ParsedSource:
        try:
            place = self._addresses.check(self._settings.url)
        except Refused as refusal:
            if refusal.reason == "relay_private_address":
                raise Refused("sms_host_private", host=refusal.details.get("host", "")) from refusal
            raise Refused("sms_url_invalid") from refusal
        if place.kind is not SourceKind.STREAM or "?" in place.target:
            raise Refused("sms_url_invalid")
        return place

    def _password(self) -> str:
        """The password, read anew for every request: changing it needs no restart."""
        path = self._settings.password_file
        if path is None:
            return ""
        try:
            mode = path.stat().st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise Refused("sms_password_file", path=path.name)
            return path.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise Refused("sms_password_file", path=path.name) from error

    def _query(self, number: str, body: str, password: str) -> str:
        asked = {"username": self._settings.user, "password": password, "to": number, "text": body}
        asked |= {"charset": "UTF-8", "coding": _CODING[cost(body).alphabet]}
        if self._settings.sender:
            asked["from"] = self._settings.sender
        return urlencode(asked, errors="replace")

    def _connected(self, place: ParsedSource) -> socket.socket:
        try:
            return connected(place, self._addresses)
        except UnreachableError as error:
            raise Refused("sms_tls" if error.is_tls else "sms_unreachable") from error
        except Refused as refusal:
            raise Refused("sms_host_private", host=place.host) from refusal

    def _answer(self, connection: socket.socket) -> tuple[int, str]:
        """Status and text of an answer that has to come whole, in time, and in bounded size."""
        wire = Wire(connection, self._settings.timeout, self._monotonic)
        got = bytearray()
        while len(got) < MOST_ANSWER and not _whole(got) and (piece := wire.read(1 << 13)):
            got += piece
        if b"\r\n\r\n" not in got:
            raise ValueError("the head of the answer does not end")
        response = http.client.HTTPResponse(_Read(bytes(got)))  # type: ignore[arg-type]  # a socket to it
        response.begin()
        return response.status, response.read().decode("utf-8", "replace")


def judged(status: int, text: str) -> Answer:
    """What an answer means. Kannel calls even its yes text/html, so only the words count."""
    told = " ".join(text.split())[:_TOLD]
    if status in _OK_STATUS:
        if taken := _TAKEN.match(text.strip()):
            return Answer(Fate.SENT, " ".join(taken[2].split())[:_TOLD])
        # It may speak another language than Kannel's and have taken it: this number is not for a second try.
        return Answer(Fate.FAILED, told, reason="sms_bad_answer", halts=True)
    if status in _LATER:
        return Answer(Fate.LATER, told, reason="sms_busy", details={"status": status})
    if status >= _SERVER_FAULT:
        return Answer(Fate.FAILED, told, reason="sms_gateway_error", details={"status": status})
    if _NUMBER_REFUSED.search(text):
        return Answer(Fate.FAILED, told, reason="sms_number_refused")
    return _no_entry(status, told)


def _no_entry(status: int, told: str) -> Answer:
    """A refusal that every other number would meet too."""
    if status in _MOVED:
        return Answer(Fate.HALT, told, reason="sms_bad_answer")
    if status in _NO_ENTRY:
        return Answer(Fate.HALT, told, reason="sms_auth")
    return Answer(Fate.HALT, told, reason="sms_gateway_refused", details={"status": status, "detail": told})


def _request(place: ParsedSource, query: str) -> bytes:
    lines = (
        f"GET {place.target}?{query} HTTP/1.0",
        f"Host: {place.host_header}",
        "User-Agent: LoaPhuong",
        "Accept: text/plain, text/html;q=0.5",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _whole(got: bytearray) -> bool:
    """Whether all of an answer that tells its length is here; one that does not ends with its connection."""
    head, end, body = bytes(got).partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length:\s*(\d{1,9})\s*$", head) if end else None
    return length is not None and len(body) >= int(length[1])


class _Read:
    """Looks to http.client like a socket whose whole answer has come."""

    def __init__(self, got: bytes) -> None:
        self._got = got

    def makefile(self, *_args: object, **_kwargs: object) -> io.BytesIO:
        return io.BytesIO(self._got)
