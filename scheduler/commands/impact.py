"""What a campaign changes, printed: a table of days for people, one JSON document for programs.

The figures are `core.planning.impact`'s; minutes are planned ones.
"""

from typing import TYPE_CHECKING, Any

from scheduler.commands.base import local, print_table
from scheduler.commands.language import say
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.impact import DayAirtime, Displaced, Impact
from scheduler.core.words.wording import sentence_of

if TYPE_CHECKING:
    from scheduler.station import Station

__all__ = ["impact_json", "print_impact"]


def impact_json(impact: Impact) -> dict[str, Any]:
    """Minutes rounded to hundredths; instants in UTC."""
    return {
        "campaign": impact.campaign_id,
        "can_be_met": impact.can_be_met,
        "days": [
            {
                "day": str(one.day),
                "ordered": {"airings": one.ordered.airings, "minutes": one.ordered.minutes},
                "before": _got(one.before),
                "after": _got(one.after),
                "ward_before": _got(one.ward_before),
                "ward_after": _got(one.ward_after),
                "met": one.is_met,
                "most": one.most,
                "hindrances": [_refusal(refusal) for refusal in one.hindrances],
            }
            for one in impact.days
        ],
        "displaced": [_displaced(one) for one in impact.displaced],
    }


def _got(got: DayAirtime) -> dict[str, Any]:
    return {"airings": got.airings, "minutes": round(got.minutes, 2)}


def _refusal(refusal: Refusal) -> dict[str, Any]:
    details = {name: value if isinstance(value, int | float) else str(value) for name, value in refusal.details.items()}
    return {"reason": refusal.reason, "details": details, "sentence": sentence_of(refusal)}


def _displaced(one: Displaced) -> dict[str, Any]:
    return {
        "day": str(one.day),
        "campaign": one.campaign_id,
        "was": one.was.isoformat(),
        "now": one.now.isoformat() if one.now else None,
        "reason": one.refusal.reason if one.refusal else "",
    }


def print_impact(station: "Station", impact: Impact) -> None:
    """The days, whom it displaces, and why an order cannot be met."""
    print_table(
        ("Ngày", "Yêu cầu", "Trước", "Sau", "Cả ngày trước", "Cả ngày sau", "Nhiều nhất"),
        [
            (
                f"{one.day:%d/%m/%Y}",
                f"{one.ordered.airings} lượt",
                _format_got(one.before),
                _format_got(one.after),
                _format_got(one.ward_before),
                _format_got(one.ward_after),
                "đủ" if one.is_met else f"{one.most} lượt",
            )
            for one in impact.days
        ],
    )
    for one in impact.days:
        for refusal in one.hindrances:
            say(f"{one.day:%d/%m/%Y}: {sentence_of(refusal)}")
    for moved in impact.displaced:
        title = station.services.campaigns.get(moved.campaign_id).title
        was = f"{local(moved.was, station.config):%H:%M}"
        now = f"{local(moved.now, station.config):%H:%M}" if moved.now else "mất lượt"
        say(f"{moved.day:%d/%m/%Y}: “{title}” {was} → {now}")


def _format_got(got: DayAirtime) -> str:
    return f"{got.airings} lượt {got.minutes:.1f} phút".replace(".", ",")
