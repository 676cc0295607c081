"""The account of a dispatch as machines read it: one shape for `loa ledger show --json` and the API.

Airings are counts, minutes are rounded to three places. It adds nothing up.
"""

from typing import Any

from scheduler.core.planning.ledger import Account, Baseline
from scheduler.services.planning.ledger import DispatchLedger

__all__ = ["ledger_facts"]

_COUNTS = ("ordered", "planned", "aired", "made_good", "owed", "partial", "beyond")
_MINUTES = ("ordered", "planned", "aired", "made_good", "owed")


def ledger_facts(found: DispatchLedger) -> dict[str, Any]:
    """What a dispatch has ordered and what became of it, day by day, in values that JSON has."""
    days = [{"day": day.isoformat(), "over": day in found.over} | _account(one) for day, one in found.days.items()]
    return {
        "dispatch_id": found.dispatch_id,
        "number_symbol": found.number_symbol,
        "issued": found.issued.isoformat(),
        "campaign_ids": [one.id for one in found.campaigns],
        "days": days,
        "total": _account(found.total),
        "baseline": _baseline(found.baseline),
        "minutes_a_day": found.minutes_a_day,
        "increase": found.increase,
    }


def _account(account: Account) -> dict[str, Any]:
    counts = {name: getattr(account, name) for name in _COUNTS}
    minutes = {f"{name}_minutes": round(getattr(account, f"{name}_minutes"), 3) for name in _MINUTES}
    lost = {"written_off": dict(account.written_off), "written_off_minutes": round(account.lost_minutes, 3)}
    return counts | minutes | lost


def _baseline(before: Baseline) -> dict[str, Any]:
    return {
        "source": before.source.value,
        "minutes_a_day": before.minutes_a_day,
        "first": before.first.isoformat(),
        "last": before.last.isoformat(),
        "days": before.days,
        "stated_by": before.stated.by if before.stated else None,
        "note": before.stated.note if before.stated else None,
    }
