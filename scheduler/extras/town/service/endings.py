"""How the airings of an issue stand, as one word for the town: what was measured, and nothing else.

It reads rows that playout has written; it asks nothing and changes nothing. Airings that no loudspeaker sounded are
told as refused for the reason `recorded_only`: every town knows that word, and none takes it for aired.
"""

from collections.abc import Sequence

from scheduler.core.planning.ledger import RECORDED_ONLY
from scheduler.extras.town.rules.envelope import AckState
from scheduler.store import Row

__all__ = ["standing_of"]

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
    sounded = [one for one in airings if one["outcome"] != "recorded"]
    measured = [one["played_ms"] for one in sounded if one["played_ms"] is not None]
    ms = sum(measured) if measured else None
    if any(one["sounds"] for one in airings):
        return AckState.PLAYING, ms, ""
    ended = [one for one in airings if one["outcome"]]
    if not ended:
        return None
    heard = [one for one in ended if one["played_ms"] and one["outcome"] != "recorded"]
    for outcome in ("played", "partial", "pre_empted"):
        if any(one["outcome"] == outcome for one in ended):
            told = AckState.PLAYED if outcome == "played" else AckState.PARTIAL
            return told, ms, "" if outcome == "played" else _reason(ended, outcome)
    if not heard and any(one["outcome"] == "recorded" for one in ended):
        return AckState.REFUSED, None, RECORDED_ONLY
    last = ended[-1]
    return _WORDS.get(last["outcome"], AckState.REFUSED), ms, last["reason"] or last["outcome"]


def _reason(ended: Sequence[Row], outcome: str) -> str:
    return next((one["reason"] for one in reversed(ended) if one["outcome"] == outcome), "") or outcome
