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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from audio_assets.speech.arrived import UnsoundError, believed
from audio_assets.speech.contract import Lack, Spoken, engine_edge, speakable
from audio_assets.speech.mp3 import stretched
from audio_assets.speech.patience import TRY_AGAIN_STATUS, Fault, asked_patiently, moved, retry_after
from audio_assets.speech.sentences import PACK_CHARS, packed
from scheduler.clock import SystemClock
from scheduler.errors import SpeechError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from requests import PreparedRequest, Response, Session

__all__ = ["GttsEngine"]

_ANSWER_BYTES = 4_000_000
"""An honest answer to 100 characters has about 60 kB."""
_PORTAL_STATUS = frozenset({407, 511})
"""The network, and not Google, wants somebody to log in first."""

_AUDIO = re.compile(rb'jQ1olc","\[\\"(.*?)\\"\]')
_CUT_AUDIO = re.compile(rb'jQ1olc","\[\\"[^"]*$')
_ESCAPED_PAD = re.compile(rb"\\+u003d")


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

    def missing(self) -> Lack | None:
        if importlib.util.find_spec("gtts") is None:
            told = "the gTTS package is not installed: pip install 'loa-phuong[online]'"
            return Lack(told, reason="voice_not_installed", details={"package": "loa-phuong[online]"})
        return None

    def speak(self, text: str, speed: float) -> Spoken:
        import numpy as np

        cleaned = speakable(text, self.name)
        if lack := self.missing():
            raise lack.as_error()
        with engine_edge(self.name):
            import requests

            sounds: list[NDArray[np.int16]] = []
            rates: set[int] = set()
            with requests.Session() as session:
                for part, request in self._requests(cleaned):
                    pcm, rate = self._asked(session, part, request)
                    sounds.append(pcm)
                    rates.add(rate)
            if len(rates) > 1:  # joined all the same, a part would sound at another pitch
                told = f"gTTS: parts at different sample rates: {sorted(rates)}"
                raise SpeechError(told, permanent=True, reason="voice_bad_sound")
            return Spoken(stretched(np.concatenate(sounds), rate, speed), rate)

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

        def ask() -> tuple["NDArray[np.int16]", int]:
            with _network_edge():
                return _sound_of(self._answer(session, request), part)

        return asked_patiently(ask, "gTTS", tries=self._tries, wait=self._wait)

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
                    raise Fault("the answer is far too large to be speech", reason="voice_bad_sound", again=False)
                if self._now_mono() > deadline:
                    raise _slow(f"no whole answer within {self._timeout:g} s", self._timeout)
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
        told = "the certificate of the server is not trusted (a captive portal?)"
        raise Fault(told, reason="voice_tls", again=False) from error
    except broken as error:
        causes = tuple(_causes(error))
        unreachable = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
        if any(isinstance(cause, unreachable) for cause in causes):
            told = "the server cannot be reached; check the network"
            raise Fault(told, reason="voice_offline", again=False) from error
        told = f"the connection broke off: {type(causes[-1]).__name__}"
        if any(isinstance(cause, TimeoutError | urllib3.exceptions.ReadTimeoutError) for cause in causes):
            raise _slow(told) from error
        raise Fault(told, reason="voice_cut_off", again=True) from error


def _slow(told: str, seconds: float = 0.0) -> Fault:
    details = {"seconds": f"{seconds:g}"} if seconds else {}
    return Fault(told, reason="voice_slow", again=True, details=details)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _check_status(response: "Response") -> None:
    status = response.status_code
    told, details = f"the server answered {status}", {"status": status}
    if status in TRY_AGAIN_STATUS:
        asked = retry_after(response.headers)
        raise Fault(told, reason="voice_busy", again=True, after=asked, details=details)
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
        raise moved(status, response.headers.get("Location", ""))
    if status in _PORTAL_STATUS:
        raise Fault(f"{told}: a captive portal?", reason="voice_portal", again=False)
    if status != 200:  # noqa: PLR2004 - 403, 404 …: the protocol or our right to it changed; asking again changes nothing
        raise Fault(told, reason="voice_refused", again=False, passing=False, details=details)


def _sound_of(body: bytes, part: str) -> tuple["NDArray[np.int16]", int]:
    """The decoded sound of an answer, after every check that it is the whole speech of `part`."""
    try:
        return believed(_mp3_of(body), part, ("mp3",))
    except UnsoundError as error:
        raise Fault(str(error), reason="voice_bad_sound", again=True) from error


def _mp3_of(body: bytes) -> bytes:
    """The MP3 inside an answer; several are one speech."""
    found = _AUDIO.findall(body)
    if not found:
        raise _no_sound(body)
    try:
        return b"".join(base64.b64decode(_ESCAPED_PAD.sub(b"=", text), validate=True) for text in found)
    except binascii.Error as error:
        raise Fault("the sound is not readable base64", reason="voice_bad_sound", again=True) from error


def _no_sound(body: bytes) -> Fault:
    """Tell a portal's page, a cut answer and a refusal to speak apart."""
    if b"<html" in body[:2000].lower() or b"<!doctype" in body[:2000].lower():
        told = "a web page came instead of sound (a captive portal?)"
        return Fault(told, reason="voice_portal", again=False)
    if not body.strip() or _CUT_AUDIO.search(body):
        return Fault("the answer is cut off", reason="voice_cut_off", again=True)
    return Fault("the server gave no sound for this text", reason="voice_refused", again=False, passing=False)
