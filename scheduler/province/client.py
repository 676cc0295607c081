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

from scheduler.clock import Clock, SystemClock
from scheduler.config import Config
from scheduler.core.model import Priority
from scheduler.core.province_link import base_source
from scheduler.core.province_words import shown, whole
from scheduler.errors import Refused
from scheduler.judged import Addresses
from scheduler.net.address_policy import ParsedSource, check_url, same_server
from scheduler.province.wire import Answer, Bounds, ask, host_of

__all__ = ["ProvinceClient"]

MOST_ANSWER = 4_000_000
MOST_REDIRECTS = 3
OK, UNAUTHORISED, CONFLICT = 200, 401, 409
_GOOD, _BAD_BODY = range(200, 300), frozenset({400, 413, 422})
AUDIO_SECONDS = 600.0
"""How long the sound of a bulletin may take to come."""


class ProvinceClient:
    def __init__(self, config: Config, clock: Clock) -> None:
        self._settings = config.province
        self._password_file = config.folder / config.province.password_file
        self._clock = clock
        self._monotonic = SystemClock().monotonic  # sockets know no stepped clock: their bounds are real seconds
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
        """The server's list for this ward, emergencies first, each item as it came."""
        content = self._said("GET", self._settings.bulletins_path)
        if isinstance(content, Mapping):
            content = next((content[key] for key in ("DanhSachBanTin", "BanTin") if key in content), [content])
        told = [one for one in content if isinstance(one, Mapping)] if isinstance(content, list) else []
        return sorted(told, key=lambda one: whole(one.get("MucDoUuTien")) != Priority.EMERGENCY)

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
        answer = self._ask(method, path, body, more)
        if answer.status == UNAUTHORISED:
            self._log_in()
            answer = self._ask(method, path, body, more)
            if answer.status == UNAUTHORISED:
                self._token = ""
                raise Refused("province_login")
        if answer.status == CONFLICT and more is not None:
            return None
        return _content(answer)

    def _log_in(self) -> None:
        self._token = ""
        told = {"Username": self._settings.username, "Password": self._password()}
        answer = self._ask("POST", self._settings.login_path, told, None)
        if answer.status in {UNAUTHORISED, 400, 403}:
            raise Refused("province_login")
        try:
            content = _content(answer)
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

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None, more: Mapping[str, str] | None) -> Answer:
        headers = {"Accept": "application/json", **(more or {})}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
            data = json.dumps(body, ensure_ascii=False).encode("utf-8", "ignore")
        source = check_url(f"{self._base.url.rstrip('/')}/{path.lstrip('/')}", **self._own_door())
        addresses = Addresses(**self._own_door(), connect=min(self._settings.timeout_seconds, 10.0))
        bounds = Bounds(self._settings.timeout_seconds, MOST_ANSWER, addresses)
        answer = ask(method, source, bounds, self._monotonic, headers=headers, body=data)
        if answer.moved_to:
            raise Refused("province_redirected", host=host_of(answer.moved_to))
        self._hear_clock(answer)
        return answer

    def _own_door(self) -> dict[str, Any]:
        """The address in config.toml is the ward's own word: it may lie on a private network."""
        return {"allow_private": True, "allowed_hosts": self._settings.allowed_hosts}

    def _hear_clock(self, answer: Answer) -> None:
        try:
            told = parsedate_to_datetime(answer.headers.get("date", ""))
        except (ValueError, TypeError):
            return
        ahead = (told if told.tzinfo else told.replace(tzinfo=UTC)) - self._clock.now()
        self.server_ahead = ahead if abs(ahead) > timedelta(seconds=2) else timedelta(0)

    # Sounds

    def fetch_sound(self, url: str, into: BinaryIO, seconds: float = AUDIO_SECONDS) -> str:
        """Write the sound behind an address of a bulletin; its file name. Every address on the way is judged."""
        for _ in range(MOST_REDIRECTS + 1):
            source, addresses = self._judged(url)
            bounds = Bounds(seconds, self._settings.max_audio_mb * 1_000_000, addresses)
            answer = ask("GET", source, bounds, self._monotonic, into=into, headers=self._for(source))
            if not answer.moved_to:
                if answer.status != OK:
                    raise Refused("province_http_error", status=answer.status)
                return source.target.partition("?")[0].rpartition("/")[2] or "ban-tin"
            url = answer.moved_to
        raise Refused("province_redirected", host=host_of(url))

    def _for(self, source: ParsedSource) -> dict[str, str]:
        """The token goes to the server that gave it and to no other."""
        is_theirs = bool(self._token) and same_server(source, self._base)
        return {"Authorization": f"Bearer {self._token}"} if is_theirs else {}

    def _judged(self, url: str) -> tuple[ParsedSource, Addresses]:
        try:
            source = check_url(url, allow_private=True)
        except Refused as refused:
            raise Refused("province_private_address", host=host_of(url)) from refused
        own = same_server(source, self._base)
        addresses = Addresses(allow_private=own, allowed_hosts=self._settings.allowed_hosts, connect=10.0)
        if not own:
            try:
                check_url(url, allowed_hosts=self._settings.allowed_hosts)
            except Refused as refused:
                raise Refused("province_private_address", host=source.host) from refused
        return source, addresses


def _content(answer: Answer) -> Any:
    """NoiDung of an envelope that says yes."""
    if answer.status >= 500 or answer.status in {404, 403, 405, 429}:  # noqa: PLR2004 - no envelope is looked for there
        raise Refused("province_http_error", status=answer.status)
    try:
        told = json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if answer.status in _BAD_BODY:
            raise Refused("province_said_no", told=f"HTTP {answer.status}") from error
        raise Refused("province_not_json") from error
    if not isinstance(told, Mapping) or "TrangThaiGui" not in told:
        raise Refused("province_not_json")
    if whole(told["TrangThaiGui"]) != 0:
        raise Refused("province_said_no", told=shown(told.get("MoTa"), 200))
    if answer.status not in _GOOD:
        raise Refused("province_http_error", status=answer.status)
    return told.get("NoiDung")
