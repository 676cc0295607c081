"""What the air monitor has found, in words and marks: beside an airing, and silence and stray sound of a day.

The word always stands beside its mark. It asks nothing and decides nothing.
"""

from datetime import timedelta
from typing import Any

from scheduler.core.air_watch import REASONS, Heard
from scheduler.core.wording import sentence
from scheduler.core.wording_air import HEARD_WORDS, SPELL_WORDS, measured_words
from scheduler.store.heard import StoredHeard

__all__ = ["heard_words"]

_MARKS = {
    Heard.HEARD: ("done", "check"),
    Heard.PARTLY: ("warn", "warn"),
    Heard.SOUND: ("done", "check"),
    Heard.OTHER: ("err", "cross"),
    Heard.SILENT: ("err", "cross"),
    Heard.UNKNOWN: ("off", "stop"),
}
"""How a verdict looks, and its picture."""


def heard_words(one: StoredHeard) -> dict[str, Any]:
    """One finding for a page: word, mark, picture, why, numbers; of a spell also when and how long."""
    mark, picture = _MARKS[one.verdict] if one.verdict else ("err", "warn")
    length = (one.ended_at - one.began_at) // timedelta(seconds=1) if one.ended_at else None
    return {
        "word": HEARD_WORDS[one.verdict] if one.verdict else SPELL_WORDS[one.kind],
        "mark": mark,
        "picture": picture,
        "why": sentence(REASONS[one.verdict]) if one.verdict else "",
        "numbers": measured_words(one.measured),
        "title": one.title,
        "began_at": one.began_at,
        "seconds": length,
    }
