"""The order of words of the moment that stands already: the same words in the same zone, spoken by now or not.

No clip tells that it is the same: a voice may still be at work, and another voice gives another clip. It reads ring and
rows, and writes nothing.
"""

from datetime import timedelta

from scheduler.core.model import Trigger
from scheduler.services.air.red_orders import OPEN, UNHEARD, RedOrders
from scheduler.services.repositories import Repositories
from scheduler.store import instant_of, instant_text
from scheduler.store.red_lane.typed_words import words_key

__all__ = ["same_words"]


def same_words(repos: Repositories, red: RedOrders, text: str, zone: str) -> str | None:
    """The slot's id of the open order; `text`: as it is kept, without space around it."""
    key, ended = words_key(text), set()
    dead = repos.clock.now() - timedelta(minutes=repos.config.emergency.valid_minutes)
    for one in red.orders():
        never_taken = one.state in UNHEARD and instant_of(one.order["start"]) < dead
        if one.state not in OPEN or one.cancel is not None or never_taken:
            ended.add(one.key)
        elif one.order.get("words") == key and one.order["zone"] == zone:
            return one.key
    sql = """SELECT s.id FROM slot s JOIN announcement a ON a.id = s.announcement_id
        WHERE s.outcome IS NULL AND s.trigger = ? AND s.zone = ? AND a.kind = 'typed' AND a.text = ?
        AND (s.start >= ? OR EXISTS (SELECT 1 FROM airing WHERE airing.slot_id = s.id)) ORDER BY s.start"""
    found = repos.store.rows(sql, (Trigger.EMERGENCY.value, zone, text, instant_text(dead)))
    return next((str(row["id"]) for row in found if row["id"] not in ended), None)
