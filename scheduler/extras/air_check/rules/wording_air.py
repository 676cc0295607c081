"""What the air monitor calls its spells, and the numbers of a finding in words.

The words stand in `words.vi.toml`; nothing is measured or judged here.
"""

from pathlib import Path

from scheduler.extras.air_check.rules.air_watch import Measured
from scheduler.kernel.words import Words

__all__ = ["SPELL_WORDS", "measured_words"]

SPELL_WORDS = Words(Path(__file__).parents[1], "spell_words", str)


def measured_words(measured: Measured) -> str:
    """The numbers of a finding: level, how well it fitted, how much of it came back."""
    told = [] if measured.level_dbfs is None else [f"{measured.level_dbfs:.1f} dBFS"]
    if measured.correlation is not None:
        told.append(f"độ khớp {measured.correlation:.2f}")
    if measured.share is not None and measured.share < 1:
        told.append(f"khớp {measured.share * 100:.0f} %")
    return ", ".join(told).replace(".", ",")
