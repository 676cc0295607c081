"""Words of Lịch phát: the parts of a day, how an airing stands, what stands beside its time.

Tables and nothing else.
"""

from pathlib import Path

from scheduler.core.model import AiringOutcome
from scheduler.core.words.wording import OUTCOMES
from scheduler.kernel.words import Words

__all__ = ["BY_HAND", "PART_WORDS", "STATES", "UNAPPROVED"]

PART_WORDS = Words(Path(__file__).parent, "day_parts", str)
"""The parts of a day (`core.planning.schedule.PARTS`)."""
UNAPPROVED = frozenset({"unapproved", "audio_changed"})
"""What a leader's approval mends."""
_STANDS = Words(Path(__file__).parent, "slot_states", str)
STATES = {
    "air": ("air", _STANDS["air"]),
    "wait": ("wait", _STANDS["wait"]),
    "expected": ("wait", _STANDS["expected"]),
    "unapproved": ("warn", _STANDS["unapproved"]),
    "silent": ("err", _STANDS["silent"]),
    "copied": ("done", _STANDS["copied"]),
    "not_copied": ("warn", _STANDS["not_copied"]),
    AiringOutcome.PLAYED: ("done", OUTCOMES[AiringOutcome.PLAYED]),
    AiringOutcome.PARTIAL: ("warn", OUTCOMES[AiringOutcome.PARTIAL]),
    AiringOutcome.PRE_EMPTED: ("warn", OUTCOMES[AiringOutcome.PRE_EMPTED]),
    AiringOutcome.MISSED: ("err", OUTCOMES[AiringOutcome.MISSED]),
    AiringOutcome.REFUSED: ("err", OUTCOMES[AiringOutcome.REFUSED]),
    AiringOutcome.FAILED: ("err", OUTCOMES[AiringOutcome.FAILED]),
    AiringOutcome.CANCELLED: ("off", OUTCOMES[AiringOutcome.CANCELLED]),
    AiringOutcome.RECORDED: ("warn", OUTCOMES[AiringOutcome.RECORDED]),
}
"""How an airing stands: its look, its word."""
BY_HAND = "Thêm tay"
