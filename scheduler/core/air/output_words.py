"""What an output is said to be: its kind, where its sound goes, how it stands, and whether it is a loudspeaker.

Whoever tells of an output asks here: `loa run`, `loa doctor`, the page, playout's log. It says what was reported and
nothing else: an output that nobody has reported is not said to be open, and a file is never said to sound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.core.air.output_kinds import output_kind
from scheduler.core.planning.sessions import sounds_in
from scheduler.kernel.words import Words

__all__ = [
    "STATES",
    "OutputSeen",
    "log_line",
    "loudness",
    "mute_zones",
    "output_text",
    "silence_of",
    "state_word",
]

_HERE = Path(__file__).parent
STATES = Words(_HERE, "output_states", str)
_LINES = Words(_HERE, "output_lines", str)


@dataclass(frozen=True, slots=True)
class OutputSeen:
    """An output as it was reported last, or as it is written down where nobody has reported it."""

    name: str
    kind: str
    """What it is; `auto` only while nobody has opened it."""
    state: str
    """open, retrying or down; empty = nobody has reported it."""
    counts: bool
    """Whether a loudspeaker is held to stand behind it."""
    device: str = ""
    message: str = ""
    wanted: str = ""
    """The kind that the configuration names."""
    zones: tuple[str, ...] = ()
    unheard: bool = False
    """What it was given for some seconds went nowhere, as far as it can know."""
    is_asked: bool = False
    """Whether somebody is asked if a loudspeaker is connected."""

    @property
    def is_well(self) -> bool:
        """It is open, and nothing tells that its sound reaches no loudspeaker."""
        return self.state == "open" and not (self.unheard and self.counts)

    @property
    def is_proved(self) -> bool:
        """It is well by what was measured: its device takes the sound. Of a file, or of an address that sound is only
        sent to, nobody knows.
        """
        return self.is_well and not output_kind(self.kind).is_file and not _is_not_known(self)

    @property
    def may_sound(self) -> bool:
        """Whether a loudspeaker may stand behind it: of one that nobody has opened yet it is not known."""
        return self.counts or self.kind == "auto"


def output_text(one: OutputSeen) -> str:
    """The sentence of an output behind its name: "card âm thanh (hw:0): đang mở."."""
    where = f" ({one.device})" if one.device and one.kind != "null" else ""
    why = f"{_LINES['no_card']}, " if one.wanted == "auto" and one.kind == "wavfile" else ""
    parts = (f"{why}{output_kind(one.kind).called}{where}: {_state(one)}", loudness(one), one.message)
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip()) + "."


def state_word(one: OutputSeen) -> str:
    """As a table names its state."""
    return _LINES["unheard_state"] if one.state == "open" and not one.is_well else STATES.get(one.state, one.state)


def _state(one: OutputSeen) -> str:
    match one.state:
        case "open":
            return _LINES["open" if one.is_well else "unheard"]
        case "retrying" | "down":
            return _LINES[one.state]
        case "":
            return _LINES["not_reported"]
    return one.state


def loudness(one: OutputSeen) -> str:
    """What its kind does not say by itself: that no loudspeaker sounds there, that it is only held to be one, or that
    what was sent is all that is known.
    """
    if output_kind(one.kind).is_file:
        return _LINES["counts" if one.counts else "silent"]
    if not one.may_sound:
        return _LINES["not_counted"]
    return output_kind(one.kind).not_known if _is_not_known(one) else ""


def _is_not_known(one: OutputSeen) -> bool:
    return output_kind(one.kind).unanswered and not one.is_asked


def log_line(one: OutputSeen) -> str:
    """For the log, of an output that has just opened: where its sound goes."""
    why = "no sound card was found, " if one.wanted == "auto" and one.kind == "wavfile" else ""
    where = f" ({one.device})" if one.device and one.kind != "null" else ""
    line = f"{why}output {one.name} is open and goes to {output_kind(one.kind).logged}{where}"
    if not one.counts:
        return f"{line}: no loudspeaker sounds there"
    return f"{line}: whether a loudspeaker is there is not known" if _is_not_known(one) else line


def silence_of(outputs: Iterable[OutputSeen]) -> str:
    """Where the sound goes when no output is a loudspeaker, in words; empty when one may be, or none is known."""
    seen = tuple(outputs)
    if not seen or any(one.may_sound for one in seen):
        return ""
    if all(one.kind == "null" for one in seen):
        return _LINES["all_nowhere"]
    if all(output_kind(one.kind).is_file for one in seen):
        return _LINES["all_files"]
    return _LINES["all_uncounted"]


def mute_zones(outputs: Sequence[OutputSeen], zones: Iterable[str]) -> tuple[str, ...]:
    """Those of the station's zones in which no output may be a loudspeaker."""
    loud = [one for one in outputs if one.may_sound]
    return tuple(zone for zone in zones if not any(sounds_in(zone, one.zones) for one in loud))
