"""What a horn loudspeaker is given instead of the master: a profile, its name by content, and which outputs need it.

A horn gives out a narrow band; what lies outside costs it power and clarity. The profile says which band, how much the
consonants are raised and how far loud and soft are brought together. Two profiles with the same numbers are one, and a
changed number is another profile, so that a render can never be taken for one of older settings. Pure: no sound here.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scheduler.core.model import Frames, Sha256
from scheduler.core.planning.sessions import sounds_in

__all__ = ["NO_HORN", "RENDER_VERSION", "HornProfile", "Needed", "chosen", "profiles_in"]

RENDER_VERSION = 1
"""Raise it when `audio_assets.horn` makes another sound of the same numbers: every render is then made anew."""
NO_HORN = "none"
"""What an output names to be given the master although its zone has a profile."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A clip that will be aired in `zone`."""

    sha256: Sha256
    frames: Frames
    title: str
    zone: str
    is_chime: bool = False


@dataclass(frozen=True, slots=True)
class HornProfile:
    """Hz, dB, LUFS and dBTP. `ratio`: so many dB in give one dB out above the usual level; 1 = as it is."""

    name: str
    low_hz: float
    high_hz: float
    presence_hz: float
    presence_db: float
    ratio: float
    target_lufs: float
    max_true_peak_dbtp: float

    @property
    def key(self) -> str:
        """Sixteen hex digits of everything that changes the sound; the name does not."""
        numbers = [
            self.low_hz,
            self.high_hz,
            self.presence_hz,
            self.presence_db,
            self.ratio,
            self.target_lufs,
            self.max_true_peak_dbtp,
            RENDER_VERSION,
        ]
        return hashlib.sha256(json.dumps([f"{number:.4f}" for number in numbers]).encode()).hexdigest()[:16]


def chosen(own: str, zones: Iterable[str], of_zone: Mapping[str, str]) -> str:
    """The profile's name for an output: its own, else that of the first of its zones that has one; empty = none."""
    name = own or next((of_zone[zone] for zone in zones if of_zone.get(zone)), "")
    return "" if name == NO_HORN else name


def profiles_in(
    zone: str, outputs: Iterable[tuple[str, tuple[str, ...]]], of_output: Mapping[str, HornProfile]
) -> dict[str, HornProfile]:
    """Output -> profile, of the outputs (name, zones) that sound what is aired in `zone` and have one."""
    return {name: of_output[name] for name, zones in outputs if name in of_output and sounds_in(zone, zones)}
