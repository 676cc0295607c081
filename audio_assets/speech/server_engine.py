"""A voice server: a province's or an office's own neural voice, asked over HTTP (`[voice_server]`).

It speaks two protocols: OpenAI's POST /v1/audio/speech, which most speech servers know, and the plain "text in, sound
out". An answer is believed only when it has been decoded whole and is as long as its text; a redirect is never
followed, no proxy is asked, and an address of one's own network is connected to only where config opens it. The key is
read from its file for every request; neither it nor the text is ever logged or told.
"""

import http.client
import json
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio_assets.speech.arrived import UnsoundError, believed
from audio_assets.speech.contract import Lack, Spoken, engine_edge, speakable
from audio_assets.speech.mp3 import stretched
from audio_assets.speech.patience import TRY_AGAIN_STATUS, Fault, asked_patiently, moved, retry_after
from scheduler.clock import SystemClock
from scheduler.config import VoiceServerConfig
from scheduler.errors import Refused
from scheduler.judged import Addresses, UnreachableError, Wire, connected
from scheduler.net.address_policy import ParsedSource, SourceKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ServerEngine"]

_KINDS = ("wav", "mp3", "ogg", "flac")
_ACCEPT = "audio/wav, audio/mpeg, audio/ogg, audio/flac"
_SPEECH_PATH = "/audio/speech"
_LONGEST_CONNECT = 10.0
_PIECE = 1 << 16
_LONGEST_KEY = 4096
_TOLD = 160
_OK, _MOVED, _NO_ENTRY, _PORTAL = 200, range(300, 400), frozenset({401, 403}), frozenset({407, 511})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    """Names as they are usually written: Retry-After."""
    body: bytes


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
        connect = min(settings.timeout_seconds, _LONGEST_CONNECT)
        self._addresses = Addresses(allowed_hosts=settings.allowed_hosts, connect=connect)

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
            pcm, rate = asked_patiently(lambda: self._sound(cleaned), "voice server", tries=tries, wait=self._wait)
            # Servers that know `speed` differ in what they make of it: the pace is ours.
            return Spoken(stretched(pcm, rate, speed), rate)

    # What is asked

    def _place(self) -> ParsedSource:
        """Where requests go. Raises _LackingError."""
        url = self._settings.url
        if not url:
            raise _LackingError(Lack("voice_server.url is not set", reason="voice_server_unset"))
        try:
            place = self._addresses.check(_whole_url(url) if self._settings.kind == "openai" else url)
        except Refused as refused:
            raise _LackingError(_address_lack(refused)) from refused
        if place.kind is not SourceKind.STREAM:
            raise _LackingError(Lack("voice_server.url is no http address", reason="voice_server_url"))
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

    def _request(self, place: ParsedSource, part: str, key: str) -> bytes:
        if self._settings.kind == "openai":
            told: dict[str, Any] = {"input": part, "response_format": self._settings.format}
            told |= {"model": self._settings.model} if self._settings.model else {}
            told |= {"voice": self._settings.voice} if self._settings.voice else {}
            body, content = json.dumps(told, ensure_ascii=False).encode("utf-8"), "application/json"
        else:
            body, content = part.encode("utf-8"), "text/plain; charset=utf-8"
        lines = [
            f"POST {place.target} HTTP/1.1",
            f"Host: {place.host_header}",
            "User-Agent: LoaPhuong",
            f"Accept: {_ACCEPT}",
            "Accept-Encoding: identity",
            "Connection: close",
            f"Content-Type: {content}",
            f"Content-Length: {len(body)}",
        ]
        lines += [f"Authorization: Bearer {key}"] if key else []
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + body

    # What comes back

    def _sound(self, part: str) -> tuple["NDArray[np.int16]", int]:
        """One try. Raises Fault."""
        try:
            place, key = self._place(), self._key()
        except _LackingError as error:
            lack = error.lack
            raise Fault(lack.told, reason=lack.reason, again=False, passing=False, details=lack.details) from error
        answer = self._answer(place, self._request(place, part, key))
        _check_status(answer, key)
        try:
            return believed(answer.body, part, _KINDS)
        except UnsoundError as error:
            raise _unsound(answer.body, str(error), key) from error

    def _answer(self, place: ParsedSource, request: bytes) -> _Answer:
        """The whole answer within the time and the bytes allowed."""
        seconds = self._settings.timeout_seconds
        wire = Wire(self._connected(place), seconds, self._now_mono)
        response: http.client.HTTPResponse | None = None
        try:
            wire.send(request)
            response = http.client.HTTPResponse(wire, method="POST")  # type: ignore[arg-type]  # a socket to it
            response.begin()
            headers = {name.title(): value for name, value in response.headers.items()}
            return _Answer(response.status, headers, self._body(response))
        except TimeoutError as error:
            told, details = f"no whole answer within {seconds:g} s", {"seconds": f"{seconds:g}"}
            raise Fault(told, reason="voice_slow", again=True, details=details) from error
        except (http.client.HTTPException, ValueError, OSError) as error:  # ValueError: a chunk whose size is no number
            told = f"the connection broke off: {type(error).__name__}"
            raise Fault(told, reason="voice_cut_off", again=True) from error
        finally:
            if response is not None:
                response.close()
            wire.close()

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        promised, most = response.length, self._settings.max_answer_mb * 1_000_000
        body = bytearray()
        while (promised is None or promised <= most) and (piece := response.read1(_PIECE)):
            body += piece
            if len(body) > most:
                break
        if (promised or 0) > most or len(body) > most:
            raise Fault("the answer is far too large to be speech", reason="voice_bad_sound", again=False)
        if promised is not None and len(body) < promised:
            raise Fault("the answer is cut off", reason="voice_cut_off", again=True)
        return bytes(body)

    def _connected(self, place: ParsedSource) -> Any:
        try:
            return connected(place, self._addresses)
        except UnreachableError as error:
            if error.is_tls:
                told = "the certificate of the server is not trusted"
                raise Fault(told, reason="voice_tls", again=False) from error
            raise Fault("the server cannot be reached", reason="voice_offline", again=False) from error
        except Refused as refused:
            lack = _address_lack(refused)
            raise Fault(lack.told, reason=lack.reason, again=False, passing=False, details=lack.details) from refused


def _whole_url(url: str) -> str:
    """An address up to /v1, or to the host alone, made whole; the speech path itself stays as it is."""
    bare = url.rstrip("/")
    if bare.endswith(_SPEECH_PATH):
        return bare
    after_host = bare.partition("://")[2].partition("/")[2]
    return f"{bare}{_SPEECH_PATH}" if after_host else f"{bare}/v1{_SPEECH_PATH}"


def _address_lack(refused: Refused) -> Lack:
    if refused.reason == "relay_private_address":
        host = str(refused.details.get("host", ""))
        told = f"the address {host} is private and not in voice_server.allowed_hosts"
        return Lack(told, reason="voice_server_private", details={"host": host})
    return Lack(f"voice_server.url is not usable: {refused.reason}", reason="voice_server_url")


def _check_status(answer: _Answer, key: str) -> None:
    """Raise the Fault of any status but 200."""
    status = answer.status
    if status == _OK:
        return
    told, details = f"the server answered {status}", {"status": status, "told": _words_of(answer.body, key)}
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
        told: Any = json.loads(body[:_PIECE].decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "detail", "message"):
        if isinstance(told, dict) and told.get(name):
            told = told[name]
    if not isinstance(told, str):
        return ""
    words = " ".join("".join(char if char.isprintable() else " " for char in told).split())
    return (words.replace(key, "…") if key else words)[:_TOLD].rstrip(". ")
