"""The province's protocol: login, envelope, bulletins, logs, statuses, and the sound behind a bulletin's address.

Login gives a token that every later request carries; a 401 fetches a new one once. An answer is an envelope
{TrangThaiGui, MoTa, NoiDung}, and only TrangThaiGui 0 is a yes. It remembers the token and the server's clock, in
memory alone; the password is read from its file when it is needed and kept nowhere.
"""

import json
import stat
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO
from urllib.parse import quote

from scheduler.config.loading import Config
from scheduler.core.model import Priority
from scheduler.core.vendor_values import shown, whole
from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.rules.link import base_source
from scheduler.kernel.clock import Clock
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.address_policy import ParsedSource
from scheduler.kernel.net.client import REDIRECTS, Addresses, Answer, HttpClient, Limits
from scheduler.kernel.net.faults import HttpFault, told_as
from scheduler.kernel.net.pinned_connection import host_of

__all__ = ["ProvinceClient"]

MOST_ANSWER = 4_000_000
MOST_REDIRECTS = 3
LONGEST_CONNECT = 10.0
OK, UNAUTHORISED, CONFLICT = 200, 401, 409
_GOOD, _BAD_BODY = range(200, 300), frozenset({400, 413, 422})
AUDIO_SECONDS = 600.0
"""How long the sound of a bulletin may take to come."""
REASONS = {
    HttpFault.ADDRESS: "province_private_address",
    HttpFault.PRIVATE: "province_private_address",
    HttpFault.UNREACHABLE: "province_unreachable",
    HttpFault.TLS: "province_tls",
    HttpFault.SILENT: "province_slow",
    HttpFault.SLOW: "province_slow",
    HttpFault.BAD_ANSWER: "province_cut_off",
    HttpFault.CUT_OFF: "province_cut_off",
    HttpFault.TOO_BIG: "province_too_big",
    HttpFault.REDIRECTS: "province_redirected",
}


class ProvinceClient:
    def __init__(self, config: Config, clock: Clock) -> None:
        self._settings = config.get(ProvinceConfig)
        self._password_file = config.folder / config.get(ProvinceConfig).password_file
        self._clock = clock
        self._base = base_source(self._settings.url, self._settings.allowed_hosts)
        self._token = ""
        self.server_ahead: timedelta | None = None
        """How far the server's clock stands before the station's, by its last answer that told it."""

    @property
    def host(self) -> str:
        return self._base.host

    def server_now(self) -> datetime | None:
        return None if self.server_ahead is None else self._clock.now() + self.server_ahead

    def bulletins(self) -> list[Any]:
        """The server's list for this ward, emergencies first, each item as it came, whatever it is."""
        content = self._said("GET", self._settings.bulletins_path)
        if isinstance(content, Mapping):
            content = next((content[key] for key in ("DanhSachBanTin", "BanTin") if key in content), [content])
        return sorted(content if isinstance(content, list) else [], key=lambda one: not _is_emergency(one))

    def send_log(self, key: str, body: Mapping[str, object]) -> None:
        """Hand over one log. The key is in the body and in the header: a log that came twice is one to a server that
        looks, and one that the server says to have already (409) is done.
        """
        self._said("POST", self._settings.log_path, body, {"Idempotency-Key": quote(key, safe="-._")})

    def send_status(self, body: Mapping[str, object]) -> None:
        self._said("POST", self._settings.status_path, body)

    # The envelope

    def _said(
        self, method: str, path: str, body: Mapping[str, object] | None = None, more: Mapping[str, str] | None = None
    ) -> Any:
        """NoiDung of a good answer. Raises Refused with what was wrong with any other."""
        if not self._token:
            self._log_in()
        status, raw = self._ask(method, path, body, more)
        if status == UNAUTHORISED:
            self._log_in()
            status, raw = self._ask(method, path, body, more)
            if status == UNAUTHORISED:
                self._token = ""
                raise Refused("province_login")
        if status == CONFLICT and more is not None:
            return None
        return _content(status, raw)

    def _log_in(self) -> None:
        self._token = ""
        told = {"Username": self._settings.username, "Password": self._password()}
        status, raw = self._ask("POST", self._settings.login_path, told, None)
        if status in {UNAUTHORISED, 400, 403}:
            raise Refused("province_login")
        try:
            content = _content(status, raw)
        except Refused as refused:
            if refused.reason == "province_said_no":
                raise Refused("province_login", **refused.details) from refused
            raise
        token = content.get("Token") if isinstance(content, Mapping) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token.strip():
            raise Refused("province_login")
        self._token = token.strip()

    def _password(self) -> str:
        try:
            mode = self._password_file.stat().st_mode
            password = self._password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise Refused("province_password_missing") from error
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Refused("province_password_open")
        return password

    def _ask(
        self, method: str, path: str, body: Mapping[str, object] | None, more: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        """Status and body of the server's answer."""
        headers = {"Accept": "application/json", **(more or {})}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
            data = json.dumps(body, ensure_ascii=False).encode("utf-8", "ignore")
        # The address in config.toml is the ward's own word: it may lie on a private network.
        client = self._client(self._settings.timeout_seconds, MOST_ANSWER)
        url = f"{self._base.url.rstrip('/')}/{path.lstrip('/')}"
        with (
            told_as(REASONS),
            client.ask(method, url, headers=headers, body=data, credentials=self._credentials) as answer,
        ):
            if answer.status in REDIRECTS:
                raise Refused("province_redirected", host=host_of(answer.moved_to))
            raw = answer.body()
            self._hear_clock(answer)
            return answer.status, raw

    def _client(self, seconds: float, most_bytes: int) -> HttpClient:
        addresses = Addresses(allowed_hosts=self._settings.allowed_hosts, home=self._base)
        return HttpClient(addresses, Limits(seconds, most_bytes, connect=min(seconds, LONGEST_CONNECT)))

    def _credentials(self, _source: ParsedSource) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _hear_clock(self, answer: Answer) -> None:
        try:
            told = parsedate_to_datetime(answer.headers.get("Date", ""))
        except (ValueError, TypeError):
            return
        ahead = (told if told.tzinfo else told.replace(tzinfo=UTC)) - self._clock.now()
        self.server_ahead = ahead if abs(ahead) > timedelta(seconds=2) else timedelta(0)

    # Sounds

    def fetch_sound(self, url: str, into: BinaryIO, seconds: float = AUDIO_SECONDS) -> str:
        """Write the sound behind an address of a bulletin; its file name. Every address on the way is judged."""
        client = self._client(seconds, self._settings.max_audio_mb * 1_000_000)
        with (
            told_as(REASONS),
            client.ask("GET", url, credentials=self._credentials, redirects=MOST_REDIRECTS) as answer,
        ):
            if answer.status != OK:
                raise Refused("province_http_error", status=answer.status)
            into.writelines(answer.pieces())
            return answer.source.target.partition("?")[0].rpartition("/")[2] or "ban-tin"


def _is_emergency(told: object) -> bool:
    return isinstance(told, Mapping) and whole(told.get("MucDoUuTien")) == Priority.EMERGENCY


def _content(status: int, raw: bytes) -> Any:
    """NoiDung of an envelope that says yes."""
    if status >= 500 or status in {404, 403, 405, 429}:  # noqa: PLR2004 - no envelope is looked for there
        raise Refused("province_http_error", status=status)
    try:
        told = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if status in _BAD_BODY:
            raise Refused("province_said_no", told=f"HTTP {status}") from error
        raise Refused("province_not_json") from error
    if not isinstance(told, Mapping) or "TrangThaiGui" not in told:
        raise Refused("province_not_json")
    if whole(told["TrangThaiGui"]) != 0:
        raise Refused("province_said_no", told=shown(told.get("MoTa"), 200))
    if status not in _GOOD:
        raise Refused("province_http_error", status=status)
    return told.get("NoiDung")
