"""Files of a voice from the internet: gone on with where the line broke, and never believed before they were judged.

The addresses are those of Piper's own downloader. A redirect is followed to any public machine, since the large files
lie on others, but never from https to http. What is here of a file stays beside its place when the line breaks, so that
the next try, also of another day, asks for the rest alone.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from audio_assets.part_file import disk_faults
from scheduler.kernel.clock import SystemClock
from scheduler.kernel.durable import make_folder, put_in_place, sync_file
from scheduler.kernel.errors import Refused
from scheduler.kernel.net.client import Addresses, Answer, HttpClient, Limits
from scheduler.kernel.net.faults import HttpError, HttpFault, told_as

__all__ = ["PIPER_VOICES", "VoiceSource"]

log = logging.getLogger(__name__)

PIPER_VOICES = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
LIMITS = Limits(whole=4 * 3600.0, connect=15.0, header=30.0, idle=30.0)
"""A ward's line may need an hour for 63 MB; half a minute without a byte is a broken one."""
WAITS = (2.0, 4.0, 8.0, 16.0, 30.0, 60.0)
"""Seconds before the next try, for faults that may pass."""
_MOST_MOVES = 5
_WHOLE, _PART, _RANGE, _GONE, _TIRED = 200, 206, 416, frozenset({404, 410}), frozenset({408, 429})
_SERVER_FAULTS = range(500, 600)
_HEADER = 512
_PASSING = frozenset({"voice_get_offline", "voice_get_slow", "voice_get_cut", "voice_get_busy"})
_REASONS = {
    HttpFault.ADDRESS: "voice_get_moved",
    HttpFault.PRIVATE: "voice_get_moved",
    HttpFault.UNREACHABLE: "voice_get_offline",
    HttpFault.TLS: "voice_get_tls",
    HttpFault.SILENT: "voice_get_slow",
    HttpFault.SLOW: "voice_get_slow",
    HttpFault.BAD_ANSWER: "voice_get_cut",
    HttpFault.CUT_OFF: "voice_get_cut",
    HttpFault.TOO_BIG: "voice_get_wrong",
    HttpFault.REDIRECTS: "voice_get_moved",
}

_Told = TypeVar("_Told")
Turn = Callable[[int], None]
"""Hears how many bytes of the file are here, while it comes and before each try; what it raises ends the download."""


class VoiceSource:
    def __init__(
        self, url: str = PIPER_VOICES, *, limits: Limits = LIMITS, wait: Callable[[float], None] | None = None
    ) -> None:
        """`url`: the folder that holds `vi/`; one that is not Piper's own may lie in one's own network."""
        clock = SystemClock()
        self._url = url.rstrip("/")
        home = None if self._url == PIPER_VOICES else Addresses(allow_private=True).judge(f"{self._url}/")
        self._client = HttpClient(Addresses(home=home), limits, uses_proxy=True)
        self._wait = wait if wait is not None else lambda seconds: clock.sleep_until(clock.monotonic() + seconds)

    def small(self, path: str, most: int, turn: Turn = lambda _: None) -> bytes:
        """A file of at most `most` bytes, whole.

        Raises Refused: voice_get_offline, _tls, _slow, _cut, _moved, _portal, _absent, _busy, _status, _wrong.
        """
        return self._again(lambda: self._small(path, most), lambda: turn(0))

    def _small(self, path: str, most: int) -> bytes:
        with told_as(_REASONS, file=_name(path)), self._asked(path, {}) as answer:
            _check(answer, path)
            body = bytearray()
            while piece := answer.read():
                body += piece
                if len(body) > most:
                    raise Refused("voice_get_wrong", file=_name(path))
            _check_no_page(answer, bytes(body), path)
            return bytes(body)

    def large(self, path: str, place: Path, size: int, fits: Callable[[Path], bool], turn: Turn) -> None:
        """A file of exactly `size` bytes into `place`, if `fits` says that it is the right one.

        Raises Refused as `small`, and disk_full, disk_readonly. A part that stays is `place` with .part behind it.
        """
        part = place.with_name(f"{place.name}.part")
        with disk_faults():
            make_folder(place.parent)
            resumed = self._again(lambda: self._large(path, part, size, turn), lambda: turn(_size(part)))
            if not fits(part):
                part.unlink()
                if resumed:  # two halves of two files: once more from its beginning
                    self._again(lambda: self._large(path, part, size, turn), lambda: turn(_size(part)))
                if not part.exists() or not fits(part):
                    part.unlink(missing_ok=True)
                    raise Refused("voice_get_wrong", file=_name(path))
            sync_file(part)
            put_in_place(part, place)

    def _large(self, path: str, part: Path, size: int, turn: Turn) -> bool:
        """One try; whether it went on behind what an earlier one had brought."""
        had = _size(part)
        if had == size:
            return True
        if had > size:
            part.unlink()
            had = 0
        headers = {"Range": f"bytes={had}-"} if had else {}
        with told_as(_REASONS, file=_name(path)), self._asked(path, headers) as answer:
            if answer.status == _RANGE:
                part.unlink(missing_ok=True)
                raise Refused("voice_get_cut", file=_name(path))
            _check(answer, path)
            begins = _begins(answer)
            if begins not in {0, had}:
                raise Refused("voice_get_wrong", file=_name(path))
            self._keep(answer, path, part, begins, size, turn)
        return begins > 0

    def _keep(self, answer: Answer, path: str, part: Path, had: int, size: int, turn: Turn) -> None:
        """Write what comes behind what is here: no byte more than the file has."""
        with part.open("ab" if had else "wb") as file:
            is_begun = had > 0
            while piece := answer.read():
                if not is_begun:
                    _check_no_page(answer, piece, path)
                    is_begun = True
                had += len(piece)
                if had > size:
                    break
                file.write(piece)
                turn(had)
        if had > size:
            part.unlink()
            raise Refused("voice_get_wrong", file=_name(path))
        if had < size:
            raise Refused("voice_get_cut", file=_name(path))

    def _asked(self, path: str, headers: dict[str, str]) -> Answer:
        """The answer behind every redirect. Raises HttpError, and Refused voice_get_moved."""
        source = self._client.addresses.judge(f"{self._url}/{path}")
        for _ in range(_MOST_MOVES):
            answer = self._client.ask("GET", source, headers=headers)
            if not answer.moved_to:
                return answer
            answer.close()
            moved = self._client.addresses.judge(answer.moved_to)
            if source.tls and not moved.tls:  # what a Wi-Fi that wants a sign-in does
                raise Refused("voice_get_moved", host=moved.host, file=_name(path))
            source = moved
        raise HttpError(HttpFault.REDIRECTS, host=source.host)

    def _again(self, ask: Callable[[], _Told], turn: Callable[[], None]) -> _Told:
        """What `ask` gives, tried again after faults that may pass."""
        for wait in (*WAITS, None):
            turn()
            try:
                return ask()
            except Refused as refused:
                if wait is None or refused.reason not in _PASSING:
                    raise
                log.info("a voice's file is tried again in %g s: %s", wait, refused.reason)
                self._wait(wait)
        raise AssertionError("the last try returns or raises")


def _size(part: Path) -> int:
    with suppress(FileNotFoundError):
        return part.stat().st_size
    return 0


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _begins(answer: Answer) -> int:
    """The byte that a good answer begins with; -1 where it does not say."""
    if answer.status == _WHOLE:
        return 0
    unit, _, told = answer.headers.get("Content-Range", "").partition(" ")
    first = told.partition("-")[0]
    return int(first) if unit.lower() == "bytes" and first.isdecimal() else -1


def _check(answer: Answer, path: str) -> None:
    """Raise Refused for any status but 200 and 206."""
    if answer.status in {_WHOLE, _PART}:
        return
    told = {"file": _name(path), "host": answer.source.host, "status": answer.status}
    if answer.status in _GONE:
        raise Refused("voice_get_absent", **told)
    if answer.status in _TIRED or answer.status in _SERVER_FAULTS:
        raise Refused("voice_get_busy", **told)
    raise Refused("voice_get_status", **told)


def _check_no_page(answer: Answer, beginning: bytes, path: str) -> None:
    """Raise Refused where a web page came instead of a file, as from a Wi-Fi that wants a sign-in."""
    start = beginning[:_HEADER].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html")) or "html" in answer.headers.get("Content-Type", "").lower():
        raise Refused("voice_get_portal", host=answer.source.host, file=_name(path))
