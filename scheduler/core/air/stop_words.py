"""What is said to who ordered a stop, from what playout and the ring had told when it was ordered.

It claims no silence that nobody has told, and tells at which instant it was told. Pure.
"""

from pathlib import Path

from scheduler.core.stops import Stopped
from scheduler.kernel.words import Words

__all__ = ["stop_sentences"]

_STOPS = Words(Path(__file__).parent, "stops", str)


def stop_sentences(done: Stopped, clock: str) -> list[str]:
    """For who pressed. `clock`: `answered_at` as it is read here."""
    told = []
    if done.taken_back:
        told.append(_STOPS.say("taken_back", count=len(done.taken_back)))
    if done.ordered:
        told.extend(_of_the_stop(done, clock))
    for key, orders in (("waiting", done.waiting), ("behind", done.behind)):
        if orders:
            titles = ", ".join(f"“{title}”" for _, title in orders)
            told.append(_STOPS.say(key, count=len(orders), titles=titles))
    return told


def _of_the_stop(done: Stopped, clock: str) -> list[str]:
    if done.answered_at is None:
        return [_STOPS["not_answered"]]
    if done.everything:
        return [_STOPS["everything"]]
    if done.sounded:
        return [_STOPS["ordered"]]
    return [] if done.taken_back else [_STOPS.say("nothing_sounded", time=clock)]
