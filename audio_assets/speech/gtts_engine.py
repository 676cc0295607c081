"""gTTS: Google's Vietnamese voice over the network, made trustworthy.

The real gTTS library cuts the text (with our packing) and writes the requests; `net` sends them, because the
library's own sending never checks the certificate and never times out. It decides which failures are worth another try,
which will pass later and which will not, and believes an answer only when it has been decoded whole and is as long as
its text. It goes by HTTPS_PROXY where an office has one. Nothing is ever written to disk.
"""

import base64
import binascii
import importlib.util
import os
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from audio_assets.speech.arrived import UnsoundError, believed
from audio_assets.speech.contract import Lack, Spoken, engine_edge, speakable
from audio_assets.speech.mp3 import stretched
from audio_assets.speech.retry_policy import TRY_AGAIN_STATUS, Fault, moved, retry_after, with_retries
from audio_assets.speech.sentences import PACK_CHARS, packed
from scheduler.config.loading import Config
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.errors import SpeechError
from scheduler.kernel.net.client import Addresses, Answer, HttpClient, KeptLine, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["GttsEngine", "from_config"]

_ANSWER_BYTES = 4_000_000
"""An honest answer to 100 characters has about 60 kB."""
_PORTAL_STATUS = frozenset({407, 511})
"""The network, and not Google, wants somebody to log in first."""

_AUDIO = re.compile(rb'jQ1olc","\[\\"(.*?)\\"\]')
_CUT_AUDIO = re.compile(rb'jQ1olc","\[\\"[^"]*$')
_ESCAPED_PAD = re.compile(rb"\\+u003d")
_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# fault -> for the log, the reason for people, and whether another try may help at once
_FAULTS = {
    HttpFault.UNREACHABLE: ("the server cannot be reached; check the network", "voice_offline", False),
    HttpFault.TLS: ("the certificate of the server is not trusted (a captive portal?)", "voice_tls", False),
    HttpFault.PRIVATE: ("the server's name leads into a private network (a captive portal?)", "voice_portal", False),
    HttpFault.TOO_BIG: ("the answer is far too large to be speech", "voice_bad_sound", False),
    HttpFault.SLOW: ("no whole answer in time", "voice_slow", True),
}


class _Prepared(Protocol):
    """A request as gTTS writes it."""

    url: str
    headers: Mapping[str, str]
    body: str


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
            return Lack("gTTS is not installed", reason="voice_not_installed", details={"package": "gTTS"})
        return None

    def speak(self, text: str, speed: float) -> Spoken:
        import numpy as np

        cleaned = speakable(text, self.name)
        if lack := self.missing():
            raise lack.as_error()
        with engine_edge(self.name):
            sounds: list[NDArray[np.int16]] = []
            rates: set[int] = set()
            client = self._client()
            with closing(KeptLine(client)) as line:
                for part, request in self._requests(cleaned):
                    pcm, rate = self._fetch_part(client, line, part, request)
                    sounds.append(pcm)
                    rates.add(rate)
            if len(rates) > 1:  # joined all the same, a part would sound at another pitch
                told = f"gTTS: parts at different sample rates: {sorted(rates)}"
                raise SpeechError(told, permanent=True, reason="voice_bad_sound")
            return Spoken(stretched(np.concatenate(sounds), rate, speed), rate)

    def _requests(self, text: str) -> Iterator[tuple[str, _Prepared]]:
        """Each pack of `text` with the request gTTS makes of it. Its pre-processors eat full stops: none is used."""
        from gtts import gTTS

        tts = gTTS(text, tld=self._tld, lang="vi", lang_check=False, pre_processor_funcs=[], tokenizer_func=packed)
        # gTTS has no public way to the whole request (get_bodies() lacks the address and the headers).
        requests = tts._prepare_requests()  # noqa: SLF001 - see above; the contract suite runs on the real library
        parts = packed(text) if len(text) > PACK_CHARS else [text]
        return zip(parts, requests, strict=True)

    def _client(self) -> HttpClient:
        limits = Limits(self._timeout, _ANSWER_BYTES, connect=self._timeout)
        return HttpClient(Addresses(), limits, self._trust(), uses_proxy=True, monotonic=self._now_mono)

    def _trust(self) -> ssl.SSLContext:
        """Whom the station or its environment names, else the system's authorities and those that come with gTTS."""
        named = self._ca_bundle or next(filter(None, map(os.environ.get, _BUNDLES)), None)
        try:
            if named:
                is_folder = Path(named).is_dir()
                return ssl.create_default_context(
                    cafile=None if is_folder else named, capath=named if is_folder else None
                )
            context = ssl.create_default_context()
            if importlib.util.find_spec("certifi") is not None:
                import certifi

                context.load_verify_locations(certifi.where())
        except OSError as error:
            told = f"gTTS: the authorities in {named or 'certifi'} cannot be read: {error}"
            raise SpeechError(told, permanent=True) from error
        return context

    def _fetch_part(
        self, client: HttpClient, line: KeptLine, part: str, request: _Prepared
    ) -> tuple["NDArray[np.int16]", int]:
        """The sound of one part, tried as often as config allows, with a growing wait between."""
        headers = {name.title(): value for name, value in request.headers.items() if name.lower() != "content-length"}

        def ask() -> tuple["NDArray[np.int16]", int]:
            try:
                place = client.addresses.judge(request.url)
                with line.ask("POST", place, headers=headers, body=request.body.encode()) as answer:
                    _check_status(answer)
                    body = answer.body()
            except HttpError as error:
                raise self._fault(error) from error
            return _sound_of(body, part)

        return with_retries(ask, "gTTS", tries=self._tries, wait=self._wait)

    def _fault(self, error: HttpError) -> Fault:
        """An unreachable network fails at once, a hiccup is tried again."""
        told, reason, again = _FAULTS.get(
            error.fault, (f"the connection broke off: {error.told}", "voice_cut_off", True)
        )
        details = {"seconds": f"{self._timeout:g}"} if error.fault is HttpFault.SLOW else {}
        return Fault(told, reason=reason, again=again, details=details)


def _check_status(answer: Answer) -> None:
    status = answer.status
    told, details = f"the server answered {status}", {"status": status}
    if status in TRY_AGAIN_STATUS:
        asked = retry_after(answer.headers)
        raise Fault(told, reason="voice_busy", again=True, after=asked, details=details)
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
        raise moved(status, answer.headers.get("Location", ""))
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


def from_config(config: Config) -> GttsEngine:
    """As config.toml asks."""
    speech = config.speech
    return GttsEngine(tld=speech.gtts_tld, timeout=speech.gtts_timeout_seconds, tries=speech.gtts_tries)
