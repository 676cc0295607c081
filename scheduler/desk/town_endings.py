"""How the airings of an issue stand, as one word for the town: what was measured, and nothing else.

It reads rows that playout has written; it asks nothing and changes nothing.
"""

from collections.abc import Sequence

from scheduler.core.envelope import AckState
from scheduler.store import Row

__all__ = ["are_over", "standing_of"]

_WORDS = {
    "played": AckState.PLAYED,
    "partial": AckState.PARTIAL,
    "pre_empted": AckState.PARTIAL,
    "cancelled": AckState.CANCELLED,
}


def standing_of(airings: Sequence[Row]) -> tuple[AckState, int | None, str] | None:
    """The word, the milliseconds measured of all of them, and the reason of the last; None = nothing has begun.

    What was heard counts before what was not: one airing played and one missed is played.
    """
    measured = [one["played_ms"] for one in airings if one["played_ms"] is not None]
    ms = sum(measured) if measured else None
    if any(one["sounds"] for one in airings):
        return AckState.PLAYING, ms, ""
    ended = [one for one in airings if one["outcome"]]
    if not ended:
        return None
    for outcome in ("played", "partial", "pre_empted"):
        if any(one["outcome"] == outcome for one in ended):
            told = AckState.PLAYED if outcome == "played" else AckState.PARTIAL
            return told, ms, "" if outcome == "played" else _reason(ended, outcome)
    last = ended[-1]
    return _WORDS.get(last["outcome"], AckState.REFUSED), ms, last["reason"] or last["outcome"]


def are_over(airings: Sequence[Row], wanted: int) -> bool:
    """Whether at least so many airings have ended, and none is still to come."""
    return len(airings) >= wanted and all(one["outcome"] for one in airings)


def _reason(ended: Sequence[Row], outcome: str) -> str:
    return next((one["reason"] for one in reversed(ended) if one["outcome"] == outcome), "") or outcome
