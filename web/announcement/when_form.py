"""“Phát khi nào?” as it is posted: once, as soon as approved, every day, or by the campaigns that a bulletin has.

Reads the fields into what the desk is asked for. What is wrong with a field is a Refused; whether the time is free is
the desk's answer, and nothing here is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from flask import request

from scheduler.core.model import DEFAULT_ZONE, Announcement, Campaign, Person, Window
from scheduler.core.planning import rules
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.sessions import USUAL_WINDOWS
from scheduler.core.planning.submission import Submission
from scheduler.core.written_times import parse_typed_time
from scheduler.kernel.errors import Refused
from scheduler.services.announcement.submissions import SubmissionRequest
from scheduler.services.planning.time_judge import own_zones
from web.auth import services
from web.formats import local, today

__all__ = [
    "DAYS",
    "KINDS",
    "MOST_AIRINGS",
    "WINDOWS",
    "WhenForm",
    "asked_before",
    "make_up_of",
    "make_up_typed",
    "wish_of",
]

KINDS = ("once", "daily", "campaigns")
DAYS = (1, 3, 7, 14, 30)
"""How long an airing of every day may be asked for."""
WINDOWS = USUAL_WINDOWS
MOST_AIRINGS = 6
"""Of one session."""
_MOST_TYPED = 20
MOST_DIGITS = 11
"""Of the seconds of an instant."""
MOST_MAKE_UP = 100


@dataclass(frozen=True, slots=True)
class WhenForm:
    """The fields as typed."""

    kind: str = "once"
    day: str = "today"
    """today, tomorrow, other, or soon: as soon as approved."""
    other_day: str = ""
    at: str = ""
    windows: tuple[str, ...] = WINDOWS
    airings: str = "1"
    days: str = "7"
    zones: tuple[str, ...] = ()
    make_up: str = ""
    """Which airing gives way to it and when that is made up, as the page has offered it; empty = nothing decided."""

    @classmethod
    def typed(cls) -> "WhenForm":
        """What was just posted."""
        form = request.form
        kind, day = form.get("kieu", ""), form.get("ngay", "")
        return cls(
            kind=kind if kind in KINDS else "once",
            day=day if day in {"today", "tomorrow", "other", "soon"} else "today",
            other_day=form.get("ngay_khac", "")[:_MOST_TYPED],
            at=form.get("luc", "")[:_MOST_TYPED],
            windows=tuple(one for one in form.getlist("buoi") if one in WINDOWS),
            airings=form.get("luot", "1")[:_MOST_TYPED],
            days=form.get("trong", "7")[:_MOST_TYPED],
            zones=tuple(one for one in form.getlist("vung") if one in services().config.zone_names),
            make_up=form.get("bu", "")[:MOST_MAKE_UP],
        )

    @classmethod
    def at_time(cls, start: datetime, zones: Sequence[str] = ()) -> "WhenForm":
        """The form of one start."""
        seen = local(start)
        ahead = (seen.date() - today()).days
        day = {0: "today", 1: "tomorrow"}.get(ahead, "other")
        other = f"{seen:%d/%m/%Y}" if day == "other" else ""
        return cls(day=day, other_day=other, at=f"{seen:%H:%M:%S}".removesuffix(":00"), zones=tuple(zones))

    @property
    def is_soon(self) -> bool:
        return self.kind == "once" and self.day == "soon"

    def start(self) -> datetime:
        """Raises Refused: add_time_missing, time_invalid, date_invalid, copy_no_time."""
        typed = self.at.strip()
        if not typed:
            raise Refused("add_time_missing")
        instant = services().campaigns.days.instant_on(self._day(), parse_typed_time(typed))
        if instant is None:
            raise Refused("copy_no_time")
        return instant

    def _day(self) -> date:
        if self.day == "other":
            return rules.parse_date(self.other_day)
        return today() + timedelta(days=self.day == "tomorrow")

    def campaigns(self, seen: Announcement, zones: Sequence[str]) -> tuple[Campaign, ...]:
        """Every day, one campaign for each zone. Raises Refused: no_windows, number_invalid."""
        count = int(self.airings) if self.airings.isdecimal() else 0
        days = int(self.days) if self.days.isdecimal() else 0
        if not self.windows:
            raise Refused("no_windows")
        if not 1 <= count <= MOST_AIRINGS or days not in DAYS:
            raise Refused("number_invalid", value=self.airings)
        windows: tuple[Window, ...] = tuple(rules.parse_window(one) for one in self.windows)
        first = today()
        return tuple(
            Campaign(
                id=0,
                title=seen.title,
                announcement_id=seen.id,
                windows=windows,
                base=count * len(windows),
                start=first,
                end=first + timedelta(days=days - 1),
                chime=seen.shape.chime,
                zone=zone,
            )
            for zone in zones
        )


def wish_of(form: WhenForm, seen: Announcement, actor: Person, waiting: Sequence[Campaign]) -> SubmissionRequest:
    """What the desk is asked for; `waiting`: the campaigns that wait for this bulletin. Raises Refused as above."""
    zones = zones_of(form, actor)
    if form.kind == "campaigns" and waiting:
        return SubmissionRequest(campaigns=tuple(waiting), zones=tuple(one.zone for one in waiting))
    if form.kind == "daily":
        return SubmissionRequest(campaigns=form.campaigns(seen, zones), zones=zones)
    if form.is_soon:
        return SubmissionRequest(zones=zones)
    return SubmissionRequest(at=form.start(), zones=zones, make_up=make_up_of(form.make_up))


def make_up_of(typed: str) -> MakeUp | None:
    """What the page has sent of an airing that gives way; None where it is nothing that a page has offered."""
    slot_id, _, second = typed.partition("@")
    is_offered = slot_id and second.isdecimal() and second.isascii() and len(second) <= MOST_DIGITS
    return MakeUp(slot_id, datetime.fromtimestamp(int(second), UTC)) if is_offered else None


def make_up_typed(decided: MakeUp) -> str:
    """The same as a page sends it."""
    return f"{decided.slot_id}@{int(decided.at.timestamp())}"


def zones_of(form: WhenForm, actor: Person) -> tuple[str, ...]:
    """Where it is to sound: what was ticked, else everywhere this person may ask for."""
    bound = own_zones(actor)
    if bound is None:
        return form.zones or (DEFAULT_ZONE,)
    return tuple(one for one in form.zones if one in bound) or tuple(sorted(bound))


def asked_before(submission: Submission | None, now: datetime) -> WhenForm | None:
    """The form of what was asked for last with a bulletin, while it can still be; None = nothing, or it is past."""
    if submission is None:
        return None
    if submission.at is not None:
        if submission.at <= now:
            return None
        decided = make_up_typed(submission.make_up) if submission.make_up else ""
        return replace(WhenForm.at_time(submission.at, submission.zones), make_up=decided)
    form = WhenForm(zones=submission.zones)
    return replace(form, kind="campaigns") if submission.places[0].campaign_id else replace(form, day="soon")
