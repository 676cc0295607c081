"""Orders for now that stand: the same order again is the one that stands, for as long as it may still sound.

An order that nobody took while it was valid is dead: playout did not run, or lost it. It blocks nothing, and gets its
end with whoever orders the same again, or with playout's next look, whichever comes first.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from scheduler.core.model import AiringOutcome, Slot, Trigger
from scheduler.kernel.causes import INTERNAL
from scheduler.services.repositories import Repositories
from scheduler.store import Ending, instant_text

__all__ = ["end_dead", "standing", "valid_for"]

_SAME = "audio_sha256 = ? AND trigger = ? AND zone = ? AND outcome IS NULL"
_TAKEN = "EXISTS (SELECT 1 FROM airing WHERE airing.slot_id = slot.id)"


def standing(repos: Repositories, slot: Slot, now: datetime, ended: Collection[str] = ()) -> str | None:
    """The open order that says the same in the same zone and may still sound, if rows tell of one (its slot's id).

    `ended`: orders whose rows do not tell their end yet.
    """
    sql = f"SELECT id FROM slot WHERE {_SAME} AND (start >= ? OR {_TAKEN}) ORDER BY start"  # noqa: S608 - our SQL
    found = repos.store.known_rows(sql, (*_named(slot), instant_text(now - valid_for(repos, slot))))
    return next((str(row["id"]) for row in found if row["id"] not in ended), None)


def end_dead(repos: Repositories, slot: Slot, now: datetime, *, playout_runs: bool) -> None:
    """The end of orders that say the same and can sound no more."""
    sql = f"SELECT id FROM slot WHERE {_SAME} AND start < ? AND NOT {_TAKEN}"  # noqa: S608 - our SQL
    for row in repos.store.rows(sql, (*_named(slot), instant_text(now - valid_for(repos, slot)))):
        ending = Ending(AiringOutcome.MISSED, INTERNAL if playout_runs else "station_off")
        repos.slots.close(row["id"], ending, now)


def _named(slot: Slot) -> tuple[str, str, str]:
    return slot.audio_sha256, slot.trigger.value, slot.zone


def valid_for(repos: Repositories, slot: Slot) -> timedelta:
    """How long after its time an order may still begin."""
    if slot.trigger is Trigger.EMERGENCY:
        return timedelta(minutes=repos.config.emergency.valid_minutes)
    return repos.config.rules.late_tolerance
