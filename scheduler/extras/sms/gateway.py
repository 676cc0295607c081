"""Talks to an SMS gateway: one HTTP request for each recipient, in the words of Kannel's sendsms.

Behind Kannel stand modems and SMPP or HTTP links of telecoms. Says of every request one of five things: taken, refused
for this number, refused for now, nobody knows, or the sending must halt. An answer that is not plainly Kannel's is
never taken for a yes. It asks by `net`; no redirect is followed, no proxy is asked, and neither password nor
address of a request is ever logged.
"""

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from scheduler.extras.sms.rules.texts import Alphabet, cost
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import ParsedSource
from scheduler.kernel.net.client import Addresses, HttpClient, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault, told_as

__all__ = ["Fate", "Gateway", "GatewayAnswer", "KannelGateway", "KannelSettings"]

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
_NOT_SENT = {
    HttpFault.ADDRESS: "sms_url_invalid",
    HttpFault.PRIVATE: "sms_host_private",
    HttpFault.TLS: "sms_tls",
    HttpFault.UNREACHABLE: "sms_unreachable",
}
"""Faults that come before the first byte of a request has left."""
_LATE = frozenset({HttpFault.SLOW, HttpFault.SILENT})


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
class GatewayAnswer:
    fate: Fate
    told: str = ""
    """The first words of the gateway, for the row of the recipient."""
    reason: str = ""
    details: dict[str, object] = field(default_factory=dict)
    halts: bool = False
    """Nobody else is to be tried before a person has looked."""


class Gateway(Protocol):
    """What the sender needs of a way to send."""

    def send(self, number: str, body: str) -> GatewayAnswer:
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
        limits = Limits(settings.timeout, connect=settings.timeout)
        self._client = HttpClient(Addresses(allowed_hosts=settings.allowed_hosts), limits, monotonic=monotonic)

    def check(self) -> ParsedSource:
        """The address as it would be asked. Raises Refused: sms_url_invalid, sms_host_private, sms_password_file."""
        place = self._place()
        self._password()
        return place

    def reach(self) -> None:
        """Connect and hang up. Raises Refused: sms_unreachable, sms_tls, sms_host_private and those of `check`."""
        place = self.check()
        with told_as(_NOT_SENT):
            self._client.reach(place)

    def send(self, number: str, body: str) -> GatewayAnswer:
        try:
            place, password = self._place(), self._password()
        except Refused as refusal:
            return GatewayAnswer(Fate.HALT, reason=refusal.reason, details=refusal.details)
        whole = replace(place, target=f"{place.target}?{self._query(number, body, password)}")
        try:
            with self._client.ask("GET", whole, headers={"Accept": "text/plain, text/html;q=0.5"}) as answer:
                return judged(answer.status, answer.first(MOST_ANSWER).decode("utf-8", "replace"))
        except HttpError as error:
            return self._unanswered(error)

    def _unanswered(self, error: HttpError) -> GatewayAnswer:
        """From the first byte on nobody knows what a silent gateway has done."""
        if error.fault in _NOT_SENT:
            fate = Fate.LATER if error.fault is HttpFault.UNREACHABLE else Fate.HALT
            return GatewayAnswer(fate, reason=_NOT_SENT[error.fault], details=error.details)
        if error.fault in _LATE:
            return GatewayAnswer(
                Fate.UNKNOWN, reason="sms_no_answer", details={"seconds": f"{self._settings.timeout:g}"}
            )
        return GatewayAnswer(Fate.UNKNOWN, reason="sms_cut_off")

    def _place(self) -> ParsedSource:
        with told_as(_NOT_SENT):
            place = self._client.addresses.judge(self._settings.url)
        if "?" in place.target:
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


def judged(status: int, text: str) -> GatewayAnswer:
    """What an answer means. Kannel calls even its yes text/html, so only the words count."""
    told = " ".join(text.split())[:_TOLD]
    if status in _OK_STATUS:
        if taken := _TAKEN.match(text.strip()):
            return GatewayAnswer(Fate.SENT, " ".join(taken[2].split())[:_TOLD])
        # It may speak another language than Kannel's and have taken it: this number is not for a second try.
        return GatewayAnswer(Fate.FAILED, told, reason="sms_bad_answer", halts=True)
    if status in _LATER:
        return GatewayAnswer(Fate.LATER, told, reason="sms_busy", details={"status": status})
    if status >= _SERVER_FAULT:
        return GatewayAnswer(Fate.FAILED, told, reason="sms_gateway_error", details={"status": status})
    if _NUMBER_REFUSED.search(text):
        return GatewayAnswer(Fate.FAILED, told, reason="sms_number_refused")
    return _no_entry(status, told)


def _no_entry(status: int, told: str) -> GatewayAnswer:
    """A refusal that every other number would meet too."""
    if status in _MOVED:
        return GatewayAnswer(Fate.HALT, told, reason="sms_bad_answer")
    if status in _NO_ENTRY:
        return GatewayAnswer(Fate.HALT, told, reason="sms_auth")
    return GatewayAnswer(Fate.HALT, told, reason="sms_gateway_refused", details={"status": status, "detail": told})
