"""gTTS: Google's Vietnamese voice over the network, made trustworthy.

The real gTTS library cuts the text (with our packing) and writes the requests; this module sends them itself, because
the library's own sending never checks the certificate and never times out. It decides which failures are worth another
try, which will pass later and which will not, and believes an answer only when it has been decoded whole and is as
long as its text. Nothing is ever written to disk.
"""

import base64
import binascii
import importlib.util
import re
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from audio_assets.speech.contract import Spoken, engine_edge, speakable
from audio_assets.speech.mp3 import decoded, is_whole, stretched
from audio_assets.speech.sentences import PACK_CHARS, packed
from scheduler.clock import SystemClock
from scheduler.errors import SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from requests import PreparedRequest, Response, Session

__all__ = ["GttsEngine"]

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0
"""Seconds before the second try, doubled each time up to the longest; a server that asks for more is left alone."""
_ANSWER_BYTES = 4_000_000
"""An honest answer to 100 characters has about 60 kB."""
_SHORTEST_LETTER, _LONGEST_LETTER, _LEEWAY = 0.04, 0.45, 2.5
"""Seconds of sound a letter may take: the least is faster than any reader; the leeway is silence at both ends."""
_SILENT_PEAK = 100
"""A peak below -50 dBFS is no speech."""

_TRY_AGAIN_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_AUDIO = re.compile(rb'jQ1olc","\[\\"(.*?)\\"\]')
_CUT_AUDIO = re.compile(rb'jQ1olc","\[\\"[^"]*$')
_ESCAPED_PAD = re.compile(rb"\\+u003d")


class _Fault(Exception):  # noqa: N818 - a verdict on one try, seen only in this module
    """Why one try failed: `again` = try at once more, `passing` = worth trying when the network has changed."""

    def __init__(self, message: str, *, again: bool, passing: bool = True, after: float = 0.0) -> None:
        self.message = message
        self.again = again
        self.passing = passing
        self.after = after
        super().__init__(message)


class GttsEngine:
    name = "gtts"
    voice = "vi"

    def __init__(
        self,
        *,
        tld: str,
        timeout: float,
        tries: int,
        ca_bundle: str | None = None,
        wait: Callable[[float], None] | None = None,
        now_mono: Callable[[], float] | None = None,
    ) -> None:
        clock = SystemClock()
        self._tld = tld
        self._timeout = timeout
        self._tries = tries
        self._ca_bundle = ca_bundle
        self._now_mono = clock.monotonic if now_mono is None else now_mono
        self._wait = wait if wait is not None else lambda seconds: clock.sleep_until(clock.monotonic() + seconds)

    def missing(self) -> str | None:
        if importlib.util.find_spec("gtts") is None:
            return "the gTTS package is not installed: pip install 'loa-phuong[online]'"
        return None

    def speak(self, text: str, speed: float) -> Spoken:
        import numpy as np

        cleaned = speakable(text, self.name)
        if fault := self.missing():
            raise SpeechError(fault, permanent=True)
        with engine_edge(self.name):
            import requests

            sounds: list[NDArray[np.int16]] = []
            rate = 0
            with requests.Session() as session:
                for part, request in self._requests(cleaned):
                    pcm, rate = self._asked(session, part, request)
                    sounds.append(pcm)
            whole = np.concatenate(sounds)
            return Spoken(stretched(whole, rate, speed), rate)

    def _requests(self, text: str) -> Iterator[tuple[str, "PreparedRequest"]]:
        """Each pack of `text` with the request gTTS makes of it. Its pre-processors eat full stops: none is used."""
        from gtts import gTTS

        tts = gTTS(text, tld=self._tld, lang="vi", lang_check=False, pre_processor_funcs=[], tokenizer_func=packed)
        # gTTS has no public way to the whole request (get_bodies() lacks the address and the headers).
        requests = tts._prepare_requests()  # noqa: SLF001 - see above; the contract suite runs on the real library
        parts = packed(text) if len(text) > PACK_CHARS else [text]
        return zip(parts, requests, strict=True)

    def _asked(self, session: "Session", part: str, request: "PreparedRequest") -> tuple["NDArray[np.int16]", int]:
        """The sound of one part, tried as often as config allows, with a growing wait between."""
        pause = _FIRST_WAIT
        for left in reversed(range(self._tries)):
            try:
                with _network_edge():
                    return _sound_of(self._answer(session, request), part)
            except _Fault as fault:
                delay = max(pause, fault.after)
                if not fault.again or left == 0 or delay > _LONGEST_WAIT:
                    raise SpeechError(f"gTTS: {fault.message}", permanent=not fault.passing) from fault
            self._wait(delay)
            pause = min(pause * 2, _LONGEST_WAIT)
        raise SpeechError("gTTS: no try is allowed (speech.gtts_tries)", permanent=True)

    def _answer(self, session: "Session", request: "PreparedRequest") -> bytes:
        """The body of a good answer, read within the time-out as a whole and not only between two packets."""
        deadline = self._now_mono() + self._timeout
        settings = session.merge_environment_settings(str(request.url), {}, True, self._ca_bundle or True, None)
        if self._ca_bundle:  # the environment's bundle must not win over the one asked for
            settings["verify"] = self._ca_bundle
        with session.send(request, timeout=self._timeout, allow_redirects=False, **settings) as response:
            _check_status(response)
            body = bytearray()
            # read1 returns what has come; read and iter_content wait for a full block, past any deadline.
            while chunk := response.raw.read1(65_536, decode_content=True):
                body += chunk
                if len(body) > _ANSWER_BYTES:
                    raise _Fault("the answer is far too large to be speech", again=False)
                if self._now_mono() > deadline:
                    raise _Fault(f"no whole answer within {self._timeout:g} s", again=True)
            return bytes(body)


@contextmanager
def _network_edge() -> Iterator[None]:
    """Errors of requests and urllib3 leave as a fault: an unreachable network fails at once, a hiccup is retried."""
    import requests
    import urllib3

    broken = (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, ConnectionError, TimeoutError)
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise _Fault("the certificate of the server is not trusted (a captive portal?)", again=False) from error
    except broken as error:
        causes = tuple(_causes(error))
        unreachable = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
        if any(isinstance(cause, unreachable) for cause in causes):
            raise _Fault("the server cannot be reached; check the network", again=False) from error
        raise _Fault(f"the connection broke off: {type(causes[-1]).__name__}", again=True) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _check_status(response: "Response") -> None:
    status = response.status_code
    if status in _TRY_AGAIN_STATUS:
        raise _Fault(f"the server answered {status}", again=True, after=_retry_after(response))
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
        host = urllib.parse.urlsplit(response.headers.get("Location", "")).hostname
        raise _Fault(f"redirected to {host or 'nowhere'} ({status}): a captive portal?", again=False)
    if status != 200:  # noqa: PLR2004 - 403, 404 …: the protocol or our right to it changed; asking again changes nothing
        raise _Fault(f"the server answered {status}", again=False, passing=False)


def _retry_after(response: "Response") -> float:
    """Seconds the server asks us to wait; its other form, a date, counts as "long"."""
    asked = response.headers.get("Retry-After", "0").strip()
    return float(asked) if asked.isdecimal() else _LONGEST_WAIT + 1


def _sound_of(body: bytes, part: str) -> tuple["NDArray[np.int16]", int]:
    """The decoded sound of an answer, after every check that it is the whole speech of `part`."""
    mp3 = _mp3_of(body)
    if not mp3:
        raise _Fault("an answer without sound", again=True)
    if not is_whole(mp3):
        raise _Fault("the sound is cut off", again=True)
    pcm, rate = _decoded(mp3)
    seconds = len(pcm) / rate
    letters = sum(map(str.isalnum, part))
    if not letters * _SHORTEST_LETTER <= seconds <= letters * _LONGEST_LETTER + _LEEWAY:
        raise _Fault(f"{seconds:.1f} s of sound cannot be {letters} letters", again=True)
    if abs(pcm.astype("int32")).max() < _SILENT_PEAK:
        raise _Fault("the sound is silent", again=True)
    return pcm, rate


def _mp3_of(body: bytes) -> bytes:
    """The MP3 inside an answer; several are one speech."""
    found = _AUDIO.findall(body)
    if not found:
        raise _no_sound(body)
    try:
        return b"".join(base64.b64decode(_ESCAPED_PAD.sub(b"=", text), validate=True) for text in found)
    except binascii.Error as error:
        raise _Fault("the sound is not readable base64", again=True) from error


def _no_sound(body: bytes) -> _Fault:
    """Tell a portal's page, a cut answer and a refusal to speak apart."""
    if b"<html" in body[:2000].lower() or b"<!doctype" in body[:2000].lower():
        return _Fault("a web page came instead of sound (a captive portal?)", again=False)
    if not body.strip() or _CUT_AUDIO.search(body):
        return _Fault("the answer is cut off", again=True)
    return _Fault("the server gave no sound for this text", again=False, passing=False)


def _decoded(mp3: bytes) -> tuple["NDArray[np.int16]", int]:
    try:
        return decoded(mp3)
    except ValueError as error:
        raise _Fault(str(error), again=True) from error
