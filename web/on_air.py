"""The words of the on-air bar and of the live page: what sounds, what comes next, what has become of today's slots.

What sounds is read from playout's heartbeat, never from the plan. Everything here is read fresh; nothing is decided.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from scheduler.core.model import AiringOutcome, Announcement, AnnouncementState, Campaign
from scheduler.core.rules import local_day
from scheduler.core.wording import OUTCOMES, sentence
from scheduler.desk import OnAir
from web.auth import desk, station

__all__ = ["MARKS", "NotPlanned", "bar_words", "clock_words", "ready", "today_words"]

MARKS = {
    "played": "done",
    "partial": "warn",
    "pre_empted": "warn",
    "missed": "err",
    "refused": "err",
    "failed": "err",
    "cancelled": "off",
}
"""How an outcome looks; the word stands beside it always."""
TROUBLED = {AiringOutcome.MISSED.value, AiringOutcome.FAILED.value, AiringOutcome.REFUSED.value}
MAX_READY = 30


class NotPlanned(NamedTuple):
    """Airings of a campaign that today has no place for, with one reason between them."""

    campaign: Campaign
    ordinals: str
    why: str


def clock_words() -> dict[str, Any]:
    """The station's time; `now_ms` lets a page keep it."""
    now = station().clock.now()
    return {"now": now, "now_ms": round(now.timestamp() * 1000)}


def bar_words() -> dict[str, Any]:
    """What the bar says. `started_ms` and `now_ms` let the page count on by the server's clock."""
    on_air, now = desk().air.on_air(), station().clock.now()
    airing = on_air.airing
    played_ms, started_ms = 0, 0
    if airing and on_air.at:
        started = _began(airing, on_air.at)
        started_ms = round(started.timestamp() * 1000)
        played_ms = min(max(round((now - started) / timedelta(milliseconds=1)), 0), airing["total_ms"])
    upcoming = desk().parts.slots.open_between(now, now + timedelta(hours=24))
    following = next((slot for slot in upcoming if not airing or slot.id != airing["slot_id"]), None)
    return clock_words() | {
        "on_air": on_air,
        "airing": airing,
        "played_ms": played_ms,
        "started_ms": started_ms,
        "ends_at": now + timedelta(milliseconds=airing["total_ms"] - played_ms) if airing else None,
        "next_slot": following,
        "next_title": desk().parts.programme.announcement(following.announcement_id).title if following else "",
        "unheard": _unheard(on_air),
        "troubled_outputs": [output for output in on_air.outputs if output["state"] != "open"] if on_air.alive else [],
    }


def _began(airing: dict[str, Any], at: datetime) -> datetime:
    """When what sounds began, moved later by whatever the outputs have fallen behind."""
    heard = at - timedelta(milliseconds=airing["played_ms"])
    return max(datetime.fromisoformat(airing["started_at"]), heard)


def _unheard(on_air: OnAir) -> str:
    """Where the sound goes when no loudspeaker can give it out, in words; empty when one can."""
    kinds = {output["kind"] for output in on_air.outputs}
    if not on_air.alive or not kinds or "soundcard" in kinds:
        return ""
    return "đang ghi ra tệp WAV" if "wavfile" in kinds else "âm thanh không đi đâu cả"


def today_words() -> dict[str, Any]:
    """Today's list and what waits for a person."""
    parts, now = desk().parts, station().clock.now()
    today = local_day(now, station().config.station.time_zone)
    slots = [_told(row) for row in parts.slots.told(today)]
    return {
        "today": today,
        "coming": [slot for slot in slots if not slot["outcome"]],
        "gone": [slot for slot in slots if slot["outcome"]][::-1],
        "troubled": [slot for slot in slots if slot["outcome"] in TROUBLED],
        "not_planned": _not_planned(),
        "waiting_count": desk().announcements.waiting_count(),
    }


def ready() -> list[Announcement]:
    """What may be aired at once."""
    return desk().parts.programme.announcements(AnnouncementState.APPROVED)[:MAX_READY]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    outcome = row["outcome"]
    return row | {
        "word": OUTCOMES[AiringOutcome(outcome)] if outcome else "",
        "mark": MARKS.get(outcome or "", "wait"),
        "why": sentence(row["reason"]),
        "again": outcome in {AiringOutcome.MISSED.value, AiringOutcome.FAILED.value}
        and row["a_state"] == AnnouncementState.APPROVED.value,
    }


def _not_planned() -> list[NotPlanned]:
    """Today's refusals; those of one campaign with one reason stand together."""
    parts = desk().parts
    today = local_day(station().clock.now(), station().config.station.time_zone)
    grouped: dict[tuple[int, str], list[str]] = {}
    for refusal in parts.slots.refusals(today):
        why = sentence(refusal.reason, refusal.details)
        grouped.setdefault((refusal.campaign_id, why), []).append(str(refusal.ordinal))
    return [
        NotPlanned(parts.programme.campaign(campaign_id), ", ".join(ordinals), why)
        for (campaign_id, why), ordinals in grouped.items()
    ]
