"""The relays of the days ahead as rows: written before the campaigns are planned, which keep clear of them.

Where a relay stands in a day is `relay_plan`'s. A day is written only where it has changed, and a relay that has
begun is never touched.
"""

from collections.abc import Sequence
from datetime import date, datetime

from scheduler.core.model import CampaignState, Trigger
from scheduler.core.planning.relay_plan import relay_slots
from scheduler.services.repositories import Repositories

__all__ = ["write_relays"]


def write_relays(repos: Repositories, days: Sequence[date], not_before: datetime, now: datetime) -> None:
    """Put the running relays into `days` where their rows do not say so already; what has begun stays."""
    relays = repos.relays.all(CampaignState.ACTIVE)
    sql = "SELECT DISTINCT day FROM slot WHERE trigger = 'relay' AND outcome IS NULL"
    have = {row["day"] for row in repos.store.rows(sql)}
    for day in days if relays else [day for day in days if day.isoformat() in have]:
        standing, loose = set(), []
        for slot in repos.slots.of_day(day):
            if slot.trigger is Trigger.RELAY:
                if slot.outcome or slot.start < not_before:
                    standing.add(slot.id)
                else:
                    loose.append(slot)
        wanted = relay_slots(day, relays, repos.config.rules, not_before=not_before)
        wanted = [slot for slot in wanted if slot.id not in standing]
        if wanted != loose:
            repos.slots.replace_relays(day, wanted, not_before, now)
