"""The keys of `[monitor]`: the return line that is listened to, and when silence or sound is an alarm.

A check looks at one value alone.
"""

from dataclasses import dataclass

from scheduler.config.checks import Names, between, key, not_empty, one_of
from scheduler.core.model import DEFAULT_ZONE

__all__ = ["MonitorConfig"]


@dataclass(frozen=True, slots=True)
class MonitorConfig:
    kind: str = key(
        "none",
        "none, or soundcard: listen to the return line with a sound input and hold it against what was sent.",
        one_of("none", "soundcard"),
    )
    device: str = key("", "Sound input, such as a sink's monitor (name.monitor); empty = the default one.")
    zones: tuple[str, ...] = key((DEFAULT_ZONE,), "Zones it can hear; all = every one.", not_empty, names=Names.ZONES)
    delay_ms: int = key(0, "How long after its time a sound comes back, at least, in milliseconds.", between(0, 20_000))
    search_ms: int = key(3000, "How much later than that it may come back.", between(500, 20_000))
    threshold: float = key(
        0.28, "From this correlation on a stretch of ten seconds counts as heard; 1 = the same.", between(0.1, 0.9)
    )
    silence_db: float = key(-60.0, "Below this level (dBFS, 300 Hz to 4 kHz) the line is silent.", between(-85, -10))
    silence_seconds: float = key(10.0, "So much silence while something plays is an alarm.", between(3, 300))
    stray_db: float = key(-45.0, "From this level on it sounds although nothing plays; 0 = never.", between(-85, 0))
    stray_seconds: float = key(3.0, "So much sound while nothing plays is an alarm.", between(2, 300))
