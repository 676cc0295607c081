"""How often a voice behind a network is asked for one stretch of speech, and how long is waited between.

A try that failed says for itself whether another may help at once, whether it may pass later, and how long its server
asks to be left alone. It sends nothing, decodes nothing, and never chooses another voice: `voice.py` does.
"""

import urllib.parse
from collections.abc import Callable, Mapping
from typing import TypeVar

from scheduler.kernel.errors import SpeechError

__all__ = ["LONGEST_WAIT", "TRY_AGAIN_STATUS", "Fault", "moved", "retry_after", "with_retries"]

T = TypeVar("T")
_FIRST_WAIT, LONGEST_WAIT = 0.5, 8.0
"""Seconds before the second try, doubled each time up to the longest; a server that asks for more is left alone."""
TRY_AGAIN_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


class Fault(Exception):  # noqa: N818 - a verdict on one try; what leaves an engine is a SpeechError
    """Why one try failed: `again` = try at once more, `passing` = worth trying when the network has changed.

    `message` is for the log; `reason` and `details` are for people. `after`: seconds the server asks for.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        again: bool,
        passing: bool = True,
        after: float = 0.0,
        details: Mapping[str, object] | None = None,
    ) -> None:
        self.message = message
        self.reason = reason
        self.again = again
        self.passing = passing
        self.after = after
        self.details = dict(details or {})
        super().__init__(message)


def with_retries(ask: Callable[[], T], engine: str, *, tries: int, wait: Callable[[float], None]) -> T:
    """What `ask` gives, tried up to `tries` times with a growing wait (seconds) between. Raises SpeechError."""
    pause = _FIRST_WAIT
    for left in reversed(range(tries)):
        try:
            return ask()
        except Fault as fault:
            delay = max(pause, fault.after)
            if not fault.again or left == 0 or delay > LONGEST_WAIT:
                told = f"{engine}: {fault.message}"
                raise SpeechError(told, permanent=not fault.passing, reason=fault.reason, **fault.details) from fault
        wait(delay)
        pause = min(pause * 2, LONGEST_WAIT)
    raise SpeechError(f"{engine}: no try is allowed", permanent=True)


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds a server asks us to wait; its other form, a date, counts as "long"."""
    asked = (headers.get("Retry-After") or "0").strip()
    return float(asked) if asked.isdecimal() and asked.isascii() else LONGEST_WAIT + 1


def moved(status: int, location: str) -> Fault:
    """A redirect: never followed, and on a Wi-Fi with a log-in page it leads there."""
    try:
        host = urllib.parse.urlsplit(location).hostname
    except ValueError:
        host = None
    told = f"redirected to {host or 'nowhere'} ({status}): a captive portal?"
    return Fault(told, reason="voice_portal", again=False)
