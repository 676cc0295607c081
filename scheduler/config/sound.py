"""The keys of what loudspeakers are given: profiles of horns, and the station's own chimes.

One part of the table in `config.keys`; a check looks at one value alone. What a profile does to a sound is told in
docs/horns.md, and nothing here makes any.
"""

from dataclasses import dataclass

from scheduler.config.checks import between, each, key, not_empty, one_of
from scheduler.core.air.chimes import Use, named, siren_words
from scheduler.core.air.horn import HornProfile

__all__ = ["ChimeConfig", "HornConfig"]


def _siren(entry: str) -> str | None:
    sirens = ", ".join(named(Use.EMERGENCY))
    return None if siren_words(entry) else f'phải viết như "lũ=rising"; các còi: {sirens}'


@dataclass(frozen=True, slots=True)
class HornConfig:
    name: str = key("loa-nen", "Name of the profile, as outputs and zones use it.", not_empty)
    low_hz: float = key(300.0, "What is lower only costs a horn power, in Hz.", between(50, 1000))
    high_hz: float = key(6000.0, "What is higher it does not give out, in Hz.", between(2000, 16_000))
    presence_hz: float = key(2500.0, "Where consonants are told apart, in Hz.", between(1000, 5000))
    presence_db: float = key(3.0, "How much that region is raised, in dB.", between(0, 9))
    ratio: float = key(
        2.0, "Above the voice's usual level so many dB more become one dB more; 1 = as it is.", between(1, 6)
    )
    louder_db: float = key(0.0, "How much louder than audio.target_lufs, in dB.", between(-6, 6))

    def profile(self, target_lufs: float, max_true_peak_dbtp: float) -> HornProfile:
        """What it does to a sound. The arguments are those of every sound, in LUFS and dBTP."""
        return HornProfile(
            name=self.name,
            low_hz=self.low_hz,
            high_hz=self.high_hz,
            presence_hz=self.presence_hz,
            presence_db=self.presence_db,
            ratio=self.ratio,
            target_lufs=target_lufs + self.louder_db,
            max_true_peak_dbtp=max_true_peak_dbtp,
        )


@dataclass(frozen=True, slots=True)
class ChimeConfig:
    open: str = key("three-notes", "Before an airing: three-notes, four-notes or bell.", one_of(*named(Use.OPEN)))
    close: str = key("two-notes", "After an airing: two-notes or one-bell.", one_of(*named(Use.CLOSE)))
    emergency: str = key(
        "two-tone",
        "Before an emergency that no word below is found in: two-tone, rising or three-pulses.",
        one_of(*named(Use.EMERGENCY)),
    )
    emergency_words: tuple[str, ...] = key(
        (
            "lũ=rising",
            "lụt=rising",
            "ngập=rising",
            "nước dâng=rising",
            "vỡ đê=rising",
            "xả lũ=rising",
            "triều cường=rising",
            "sạt lở=rising",
            "cháy=three-pulses",
            "hỏa hoạn=three-pulses",
            "nổ=three-pulses",
            "sơ tán=three-pulses",
        ),
        "The siren of an emergency by a word of its title; the first that is found counts.",
        each(_siren),
    )
