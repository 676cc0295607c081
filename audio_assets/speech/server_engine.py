"""A voice server: a province's or an office's own neural voice, asked over HTTP (`[voice_server]`).

It speaks two protocols: OpenAI's POST /v1/audio/speech, which most speech servers know, and the plain "text in, sound
out". An answer is believed only when it has been decoded whole and is as long as its text; a redirect is never
followed, no proxy is asked, and an address of one's own network is connected to only where config opens it. The key is
read from its file for every request; neither it nor the text is ever logged or told.
"""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_assets.speech.arrived import UnsoundError, believed
from audio_assets.speech.contract import Lack, Spoken, engine_edge, speakable
from audio_assets.speech.mp3 import stretched
from audio_assets.speech.retry_policy import TRY_AGAIN_STATUS, Fault, moved, retry_after, with_retries
from scheduler.config.loading import Config, VoiceServerConfig
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.net.address_policy import ParsedSource
from scheduler.kernel.net.client import Addresses, Answer, HttpClient, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ServerEngine", "from_config"]

_KINDS = ("wav", "mp3", "ogg", "flac")
_ACCEPT = "audio/wav, audio/mpeg, audio/ogg, audio/flac"
_SPEECH_PATH = "/audio/speech"
_LONGEST_CONNECT = 10.0
_MOST_WORDS = 1 << 16
_LONGEST_KEY = 4096
_TOLD = 160
_OK, _MOVED, _NO_ENTRY, _PORTAL = 200, range(300, 400), frozenset({401, 403}), frozenset({407, 511})

# fault -> for the log, the reason for people, and whether another try may help at once
_FAULTS = {
    HttpFault.UNREACHABLE: ("the server cannot be reached", "voice_offline", False),
    HttpFault.TLS: ("the certificate of the server is not trusted", "voice_tls", False),
    HttpFault.SLOW: ("no whole answer in time", "voice_slow", True),
    HttpFault.TOO_BIG: ("the answer is far too large to be speech", "voice_bad_sound", False),
}


class _LackingError(Exception):
    """What the settings lack, on the way to a request."""

    def __init__(self, lack: Lack) -> None:
        self.lack = lack
        super().__init__(lack.told)


class ServerEngine:
    name = "server"

    def __init__(
        self,
        settings: VoiceServerConfig,
        folder: Path,
        *,
        wait: Callable[[float], None] | None = None,
        now_mono: Callable[[], float] | None = None,
    ) -> None:
        """`folder`: where a relative `key_file` lies."""
        clock = SystemClock()
        self._settings = settings
        self._key_file = folder / settings.key_file if settings.key_file else None
        self._now_mono = clock.monotonic if now_mono is None else now_mono
        self._wait = wait if wait is not None else lambda seconds: clock.sleep_until(clock.monotonic() + seconds)
        seconds = settings.timeout_seconds
        limits = Limits(seconds, settings.max_answer_mb * 1_000_000, connect=min(seconds, _LONGEST_CONNECT))
        self._client = HttpClient(Addresses(allowed_hosts=settings.allowed_hosts), limits, monotonic=self._now_mono)

    @property
    def voice(self) -> str:
        """Model, voice and host: another server is another voice."""
        named = "/".join(part for part in (self._settings.model, self._settings.voice) if part) or "-"
        try:
            return f"{named}@{self._place().host}"
        except _LackingError:
            return named

    def missing(self) -> Lack | None:
        try:
            self._place()
            self._key()
        except _LackingError as error:
            return error.lack
        return None

    def speak(self, text: str, speed: float) -> Spoken:
        cleaned = speakable(text, self.name)
        if lack := self.missing():
            raise lack.as_error()
        with engine_edge(self.name):
            tries = self._settings.tries
            pcm, rate = with_retries(lambda: self._sound(cleaned), "voice server", tries=tries, wait=self._wait)
            # Servers that know `speed` differ in what they make of it: the pace is ours.
            return Spoken(stretched(pcm, rate, speed), rate)

    # What is asked

    def _place(self) -> ParsedSource:
        """Where requests go. Raises _LackingError."""
        url = self._settings.url
        if not url:
            raise _LackingError(Lack("voice_server.url is not set", reason="voice_server_unset"))
        try:
            place = self._client.addresses.judge(_whole_url(url) if self._settings.kind == "openai" else url)
        except HttpError as error:
            raise _LackingError(_address_lack(error)) from error
        if self._key_file and not place.tls and place.host not in self._settings.allowed_hosts:
            told = "a key is not sent over plain http to a host that allowed_hosts does not name"
            raise _LackingError(Lack(told, reason="voice_server_plain", details={"host": place.host}))
        return place

    def _key(self) -> str:
        """The key, read anew each time: changing it needs no restart. Raises _LackingError."""
        if self._key_file is None:
            return ""
        try:
            mode = self._key_file.stat().st_mode
            key = self._key_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise _LackingError(Lack("the key file cannot be read", reason="voice_server_key_missing")) from error
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise _LackingError(Lack("others may read the key file", reason="voice_server_key_open"))
        # A line end in it would begin a header of its own.
        if not key or not key.isascii() or not key.isprintable() or len(key) > _LONGEST_KEY:
            raise _LackingError(Lack("the key file holds no key", reason="voice_server_key_missing"))
        return key

    def _request_of(self, part: str, key: str) -> tuple[dict[str, str], bytes]:
        """Headers and body of a request."""
        if self._settings.kind == "openai":
            told: dict[str, Any] = {"input": part, "response_format": self._settings.format}
            told |= {"model": self._settings.model} if self._settings.model else {}
            told |= {"voice": self._settings.voice} if self._settings.voice else {}
            body, content = json.dumps(told, ensure_ascii=False).encode("utf-8"), "application/json"
        else:
            body, content = part.encode("utf-8"), "text/plain; charset=utf-8"
        headers = {"Accept": _ACCEPT, "Content-Type": content}
        return (headers | {"Authorization": f"Bearer {key}"} if key else headers), body

    # What comes back

    def _sound(self, part: str) -> tuple["NDArray[np.int16]", int]:
        """One try. Raises Fault."""
        try:
            place, key = self._place(), self._key()
        except _LackingError as error:
            lack = error.lack
            raise Fault(lack.told, reason=lack.reason, again=False, passing=False, details=lack.details) from error
        headers, asked = self._request_of(part, key)
        try:
            with self._client.ask("POST", place, headers=headers, body=asked) as answer:
                body = answer.body()
                _check_status(answer, body, key)
        except HttpError as error:
            raise self._fault(error) from error
        try:
            return believed(body, part, _KINDS)
        except UnsoundError as error:
            raise _unsound(body, str(error), key) from error

    def _fault(self, error: HttpError) -> Fault:
        if error.fault in {HttpFault.ADDRESS, HttpFault.PRIVATE}:
            lack = _address_lack(error)
            return Fault(lack.told, reason=lack.reason, again=False, passing=False, details=lack.details)
        broke_off = (f"the connection broke off: {error.told}", "voice_cut_off", True)
        told, reason, again = _FAULTS.get(error.fault, broke_off)
        details = {"seconds": f"{self._settings.timeout_seconds:g}"} if error.fault is HttpFault.SLOW else {}
        return Fault(told, reason=reason, again=again, details=details)


def _whole_url(url: str) -> str:
    """An address up to /v1, or to the host alone, made whole; the speech path itself stays as it is."""
    bare = url.rstrip("/")
    if bare.endswith(_SPEECH_PATH):
        return bare
    after_host = bare.partition("://")[2].partition("/")[2]
    return f"{bare}{_SPEECH_PATH}" if after_host else f"{bare}/v1{_SPEECH_PATH}"


def _address_lack(error: HttpError) -> Lack:
    if error.fault is HttpFault.PRIVATE:
        host = str(error.details["host"])
        told = f"the address {host} is private and not in voice_server.allowed_hosts"
        return Lack(told, reason="voice_server_private", details={"host": host})
    return Lack(f"voice_server.url is not usable: {error}", reason="voice_server_url")


def _check_status(answer: Answer, body: bytes, key: str) -> None:
    """Raise the Fault of any status but 200."""
    status = answer.status
    if status == _OK:
        return
    told, details = f"the server answered {status}", {"status": status, "told": _words_of(body, key)}
    if status in TRY_AGAIN_STATUS:
        asked = retry_after(answer.headers)
        raise Fault(told, reason="voice_busy", again=True, after=asked, details=details)
    if status in _MOVED:
        raise moved(status, answer.headers.get("Location", ""))
    if status in _PORTAL:
        raise Fault(f"{told}: a captive portal?", reason="voice_portal", again=False)
    reason = "voice_server_key_refused" if status in _NO_ENTRY else "voice_refused"
    raise Fault(told, reason=reason, again=False, passing=False, details=details)


def _unsound(body: bytes, told: str, key: str) -> Fault:
    """Tell a page, a refusal in words and bad sound apart."""
    head = body[:2000].lstrip().lower()
    if head.startswith((b"<!doctype", b"<html")) or b"<html" in head:
        return Fault("a web page came instead of sound (a captive portal?)", reason="voice_portal", again=False)
    if head.startswith(b"{") and (words := _words_of(body, key)):
        return Fault("words came instead of sound", reason="voice_refused", again=False, details={"told": words})
    return Fault(told, reason="voice_bad_sound", again=True)


def _words_of(body: bytes, key: str) -> str:
    """What a server says in JSON of why not, made safe to show: short, printable, and never the key."""
    try:
        told: Any = json.loads(body[:_MOST_WORDS].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "detail", "message"):
        if isinstance(told, dict) and told.get(name):
            told = told[name]
    if not isinstance(told, str):
        return ""
    words = " ".join("".join(char if char.isprintable() else " " for char in told).split())
    return (words.replace(key, "…") if key else words)[:_TOLD].rstrip(". ")


def from_config(config: Config) -> ServerEngine:
    """As config.toml asks."""
    return ServerEngine(config.voice_server, config.folder)
