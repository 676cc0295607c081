"""Lịch phát for reading: a day with everything in it, a week in sums, and what sounds in the next two days.

Rows of the plan, of the airings and of what people have changed, put together with what would keep each silent. For a
day that is not planned yet it is the plan that the day would get, and nothing of that can be changed. Writes nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.core.local_time import Span
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, AnnouncementState, Campaign, CampaignState, Sha256, Slot
from scheduler.core.planning import rules
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.excepted import NONE, of_campaign
from scheduler.core.planning.placement import Pin
from scheduler.core.planning.schedule import Known, hindrance
from scheduler.core.planning.sessions import DayPart, parts_of, session_stretches
from scheduler.core.station.readiness import Finding
from scheduler.services.planning.day_plans import DayPlans
from scheduler.services.planning.schedule import lock_of
from scheduler.services.repositories import Repositories
from scheduler.store import Moved, Row, instant_of, instant_or_none
from scheduler.store.planning.slots import slot_of

__all__ = ["Coming", "DaySheet", "ScheduleDays", "ScheduledAiring", "Unkept", "WeekDay", "titled", "unkept_findings"]

HOURS_AHEAD = 48
_WEEK = 7
_LEFT_OUT = frozenset({"left_out", "made_up_later"})


@dataclass(frozen=True, slots=True)
class ScheduledAiring:
    """One airing of a day. `lock`: why it cannot be changed; `hindrance`: what would keep it silent."""

    slot: Slot
    title: str
    campaign: str
    lock: str
    hindrance: str
    hindrance_details: dict[str, object]
    on_air: bool
    by: str
    """Who added it, ordered it, or gave it its time."""
    started: datetime | None
    played_ms: int
    is_planned_only: bool = False
    """Of a day that has no rows yet."""


@dataclass(frozen=True, slots=True)
class Unkept:
    """A time that somebody gave to an airing and that cannot be kept now."""

    pin: Pin
    campaign: str
    reason: str
    details: dict[str, str]

    @property
    def stands(self) -> datetime:
        """The time that was given."""
        return self.pin.start or self.pin.made_up or self.pin.was


@dataclass(frozen=True, slots=True)
class DaySheet:
    day: date
    items: tuple[ScheduledAiring, ...]
    left_out: tuple[tuple[Pin, str], ...]
    """Airings that somebody left out, with the title of their campaign."""
    refused: tuple[tuple[Refusal, str], ...]
    """Airings that found no place, with the title of their campaign."""
    unkept: tuple[Unkept, ...]
    idle: tuple[Refusal, ...]
    """Windows of campaigns in which nothing of it airs, or that it begins late; the title is in the details."""
    parts: tuple[DayPart, ...]
    stretches: tuple[Span, ...]
    zones: tuple[str, ...]
    has_rows: bool
    is_over: bool
    version: str

    @property
    def length(self) -> timedelta:
        """Of all that sounds, or has sounded, by the plan."""
        heard = {None, AiringOutcome.PLAYED, AiringOutcome.PARTIAL}
        return sum((one.slot.length for one in self.items if one.slot.outcome in heard), timedelta())


@dataclass(frozen=True, slots=True)
class WeekDay:
    day: date
    slots: tuple[Slot, ...]
    stretches: tuple[Span, ...]
    refused: int
    left_out: int
    has_rows: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """What sounds from `now` until `until`; `planned_until`: the last day that has rows."""

    now: datetime
    until: datetime
    items: tuple[ScheduledAiring, ...]
    planned_until: date


def unkept_findings(days: "ScheduleDays") -> list[Finding]:
    """Times given by people that cannot be kept, as causes of việc cần làm."""
    found: list[Finding] = []
    for one in days.unkept():
        details: dict[str, object] = {"title": one.campaign, "at": one.details.get("at", "")}
        reason, due = "make_up_unkept" if one.pin.made_up else "pin_unkept", one.stands
        found.append(Finding(f"{reason}:{one.pin.slot_id}:{one.pin.campaign_id}", reason, due, None, details))
    return found


class ScheduleDays:
    def __init__(self, repos: Repositories, days: DayPlans) -> None:
        self._repos = repos
        self._days = days
        self._moved = Moved(repos.store)

    def day(self, day: date) -> DaySheet:
        repos, today = self._repos, self._repos.today
        campaigns = {one.id: one for one in repos.programme.campaigns()}
        has_rows = day < today or day in self._days.ahead()
        items, refusals = self._items(day, campaigns, has_rows=has_rows)
        pins = [pin for pin in self._moved.of_day(day) if pin.start is None and pin.day == day]
        running = [one for one in campaigns.values() if one.state is CampaignState.ACTIVE]
        stretches = session_stretches(day, running, repos.config.rules)
        slots = [one.slot for one in items]
        zones = sorted({*(slot.zone for slot in slots), *repos.config.zone_names} - {DEFAULT_ZONE})
        return DaySheet(
            day=day,
            items=tuple(items),
            left_out=tuple((pin, _title(campaigns, pin.campaign_id)) for pin in pins),
            refused=tuple((one, _title(campaigns, one.campaign_id)) for one in refusals if one.reason not in _LEFT_OUT),
            unkept=tuple(one for one in self.unkept() if (one.pin.made_up_day or one.pin.day) == day),
            idle=tuple(titled(one, campaigns) for one in self._days.idle_windows(day, slots)),
            parts=tuple(parts_of(day, stretches, slots, repos.config.rules)),
            stretches=stretches,
            zones=tuple(zones),
            has_rows=has_rows,
            is_over=day < today,
            version=self.version(day),
        )

    def version(self, day: date) -> str:
        """Changes when anything of a day has: its airings, what began, what people did, whether it follows."""
        repos = self._repos
        sql = """SELECT s.id, s.start, s.outcome, s.audio_sha256 = a.approved_sha256 AND a.state = 'approved',
            EXISTS (SELECT 1 FROM airing o WHERE o.slot_id = s.id AND o.ended_at IS NULL)
            FROM slot s JOIN announcement a ON a.id = s.announcement_id WHERE s.day = ? ORDER BY s.id"""
        found = repos.store.db.conn.execute(sql, (day.isoformat(),)).fetchall()
        told = [tuple(row) for row in found]
        sql = """SELECT day, campaign_id, ordinal, start, made_up, unkept FROM moved
            WHERE day = :day OR made_up_day = :day ORDER BY 1, 2, 3"""
        told += [tuple(row) for row in repos.store.db.conn.execute(sql, {"day": day.isoformat()}).fetchall()]
        told.append((self.owed_since(),))
        return hashlib.sha256(repr((day, told)).encode()).hexdigest()[:16]

    def owed_since(self) -> datetime | None:
        """Since when the rows of the plan do not follow what it is made from; None = they do."""
        return self._repos.jobs.plan_owed_since()

    def week(self, first: date) -> list[WeekDay]:
        """Seven days from `first` on; a day that has no rows yet is told by its hours alone."""
        repos, ahead, today = self._repos, self._days.ahead(), self._repos.today
        running = repos.programme.campaigns(CampaignState.ACTIVE)
        found: list[WeekDay] = []
        for number in range(_WEEK):
            day = first + timedelta(days=number)
            refusals = repos.slots.refusals(day)
            found.append(
                WeekDay(
                    day=day,
                    slots=tuple(repos.slots.of_day(day)),
                    stretches=session_stretches(day, running, repos.config.rules),
                    refused=sum(one.reason not in _LEFT_OUT for one in refusals),
                    left_out=sum(one.reason in _LEFT_OUT for one in refusals),
                    has_rows=day < today or day in ahead,
                )
            )
        return found

    def coming(self, hours: int = HOURS_AHEAD) -> Coming:
        """Every sound of the next hours: planned, relayed, ordered, made good; what sounds now first."""
        now = self._repos.clock.now()
        until = now + timedelta(hours=hours)
        campaigns = {one.id: one for one in self._repos.programme.campaigns()}
        day, last = map(self._repos.config.station.day_of, (now, until))
        ahead = self._days.ahead()
        items = self._items(day - timedelta(days=1), campaigns, has_rows=True)[0]
        while day <= last:
            items += self._items(day, campaigns, has_rows=day in ahead)[0]
            day += timedelta(days=1)
        chosen = [one for one in items if one.slot.outcome is None and one.slot.end > now and one.slot.start < until]
        return Coming(now, until, tuple(chosen), ahead[-1])

    def unkept(self) -> list[Unkept]:
        """Times given by people that cannot be kept, of today and the days ahead, soonest first.

        What the campaign as a whole cannot have (its sound is not approved …) is told elsewhere, and left out here.
        """
        titles = {one.id: one.title for one in self._repos.programme.campaigns(CampaignState.ACTIVE)}
        today, now = self._repos.today, self._repos.clock.now()
        found = self._moved.unkept(today, today + timedelta(days=366))
        return [
            Unkept(pin, titles[pin.campaign_id], reason, details)
            for pin, reason, details in found
            if pin.campaign_id in titles and reason not in _WHOLE and (pin.start or pin.made_up or pin.was) > now
        ]

    def of_campaign(self, campaign_id: int) -> list[tuple[date, list[Slot]]]:
        """The airings to come of a campaign, by day, on the days that are planned."""
        now, ahead = self._repos.clock.now(), self._days.ahead()
        found: dict[date, list[Slot]] = {}
        for slot in self._repos.slots.open_between(now, now + timedelta(days=len(ahead))):
            if slot.campaign_id == campaign_id:
                found.setdefault(slot.day, []).append(slot)
        return sorted(found.items())

    def _items(
        self, day: date, campaigns: dict[int, Campaign], *, has_rows: bool
    ) -> tuple[list[ScheduledAiring], list[Refusal]]:
        days, now = self._days, self._repos.clock.now()
        begun, not_before = days.begun(), days.not_before()
        rows = self._repos.slots.rows_of_day(day)
        items = [self._item(row, campaigns, begun, not_before, now) for row in rows]
        if has_rows:
            return items, self._repos.slots.refusals(day)
        plan = days.plan(day, days.running())
        titles = {one.id: one.title for one in self._repos.programme.announcements()} if plan.slots else {}
        for slot in plan.slots:
            title = titles.get(slot.announcement_id, "")
            name = _title(campaigns, slot.campaign_id)
            items.append(
                ScheduledAiring(slot, title, name, "slot_by_rule", "", {}, False, "", None, 0, is_planned_only=True)
            )
        items.sort(key=lambda one: (one.slot.start, one.slot.id))
        return items, list(plan.refusals)

    def _item(
        self, row: Row, campaigns: dict[int, Campaign], begun: set[str], not_before: datetime, now: datetime
    ) -> ScheduledAiring:
        slot = slot_of(row)
        reason, details = "", dict[str, object]()
        if slot.outcome is None:
            campaign = campaigns.get(slot.campaign_id or 0)
            reason, details = hindrance(slot, _known(row, campaign), self._repos.config.rules)
        return ScheduledAiring(
            slot=slot,
            title=row["title"],
            campaign=_title(campaigns, slot.campaign_id),
            lock=lock_of(slot, begun, not_before),
            hindrance=reason,
            hindrance_details=details,
            on_air=slot.outcome is None and slot.id in begun and slot.start <= now,
            by=row["operator"] or "",
            started=instant_or_none(row["actual_start"]),
            played_ms=row["played_ms"] or 0,
        )


_WHOLE = frozenset({"unapproved", "no_audio", "audio_retired", "campaign_stopped"})


def titled(one: Refusal, campaigns: Mapping[int, Campaign]) -> Refusal:
    """A refusal that says which campaign it is of."""
    return replace(one, details={**one.details, "title": _title(campaigns, one.campaign_id)})


def _title(campaigns: Mapping[int, Campaign], campaign_id: int | None) -> str:
    campaign = campaigns.get(campaign_id or 0)
    return campaign.title if campaign else ""


def _known(row: Row, campaign: Campaign | None) -> Known:
    approved = row["approved_sha256"] if row["a_state"] == AnnouncementState.APPROVED else None
    start = instant_of(row["start"])
    stopped = row["r_state"] == CampaignState.STOPPED
    paused, excepted = False, NONE
    if campaign is not None:
        over = campaign.stopped_at is not None and campaign.stopped_at <= start
        stopped = over or campaign.state is CampaignState.STOPPED
        paused = rules.halted_at(campaign, start)
        excepted = of_campaign(campaign)
    return Known(Sha256(approved) if approved else None, row["retired_at"] is not None, stopped, paused, excepted)
