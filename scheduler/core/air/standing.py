"""How an airing stands in every sum: sounded whole, in part, not at all, taken off by somebody, or recorded only.

One rule for reports, certificate, journal page, API, metrics and the town's sums, so that none of them takes a file for
a loudspeaker or a cut airing for a whole one. It reads an outcome and what was measured; it knows no plan, no journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scheduler.core.model import AiringOutcome

__all__ = ["Standing", "Tally", "standing_of", "tally_text", "tenths_text"]


class Standing(StrEnum):
    WHOLE = "whole"
    """Every loudspeaker of its zone sounded at least 95 % of it."""
    PARTLY = "partly"
    """Something was heard of it, and not all."""
    SILENT = "silent"
    """Nothing was heard of it, and nobody wanted it so."""
    CANCELLED = "cancelled"
    """Somebody took it off before anything was heard of it."""
    RECORDED = "recorded"
    """No loudspeaker was there to sound it; it went into a file, to a listener's stream, or nowhere."""


def standing_of(outcome: str, played_ms: int | None) -> Standing:
    """The standing of a journal row by its outcome and what was measured of it on loudspeakers.

    `played_ms` is of the worst of them; one that is told as partial was heard on some of them where that is 0.
    """
    if outcome == AiringOutcome.RECORDED:
        return Standing.RECORDED
    if outcome == AiringOutcome.PLAYED:
        return Standing.WHOLE
    if played_ms or outcome == AiringOutcome.PARTIAL:
        return Standing.PARTLY
    return Standing.CANCELLED if outcome == AiringOutcome.CANCELLED else Standing.SILENT


@dataclass(frozen=True, slots=True)
class Tally:
    """Airings by how they stand. Every airing is in exactly one of the five."""

    whole: int = 0
    partly: int = 0
    silent: int = 0
    cancelled: int = 0
    recorded: int = 0
    played_ms: int = 0
    """Measured on loudspeakers, of those heard whole and in part."""
    partly_ms: int = 0
    """Of `played_ms`: of those heard in part."""

    @property
    def planned(self) -> int:
        """Everything that was to air."""
        return self.whole + self.partly + self.silent + self.cancelled + self.recorded

    @property
    def airings(self) -> int:
        """Those of which anything was heard."""
        return self.whole + self.partly

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.whole + other.whole,
            self.partly + other.partly,
            self.silent + other.silent,
            self.cancelled + other.cancelled,
            self.recorded + other.recorded,
            self.played_ms + other.played_ms,
            self.partly_ms + other.partly_ms,
        )

    @classmethod
    def of(cls, outcome: str, rows: int, sounded: int, played_ms: int) -> "Tally":
        """Of `rows` airings with one outcome, `sounded` of which have any sound on the worst of their loudspeakers."""
        if outcome == AiringOutcome.PARTIAL:
            sounded = rows
        match standing_of(outcome, sounded):
            case Standing.RECORDED:
                return cls(recorded=rows)
            case Standing.WHOLE:
                return cls(whole=rows, played_ms=played_ms)
            case _:
                heard = cls(partly=sounded, played_ms=played_ms, partly_ms=played_ms)
                unheard = rows - sounded
                return heard + (cls(cancelled=unheard) if outcome == AiringOutcome.CANCELLED else cls(silent=unheard))

    @classmethod
    def total(cls, parts: Iterable["Tally"]) -> "Tally":
        """All of them together."""
        return sum(parts, cls())


def tenths_text(ms: int) -> str:
    """Seconds with a decimal comma: 4,6; never rounded up to more than was measured."""
    return f"{ms // 100 / 10:.1f}".replace(".", ",")


def tally_text(of: Tally) -> str:
    """The headline in one sentence; what there is none of is left out, but for what sounded whole."""
    parts = [
        f"phát trọn {of.whole}/{of.planned} lượt",
        f"phát dở {of.partly} lượt ({tenths_text(of.partly_ms)} giây)" if of.partly else "",
        f"không phát được {of.silent} lượt" if of.silent else "",
        f"đã hủy {of.cancelled} lượt" if of.cancelled else "",
        f"chỉ ghi tệp, loa không kêu {of.recorded} lượt" if of.recorded else "",
    ]
    return "; ".join(part for part in parts if part)
