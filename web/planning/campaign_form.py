"""The form of a campaign: what an officer typed -> a Campaign, or every fault at once beside its field.

A field that cannot be read gets a harmless stand-in, so that the other fields are still checked by the desk's rules;
what was typed is always kept and shown again. It decides no rule of its own.
"""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import zip_longest
from typing import Protocol, TypeVar

from scheduler.core.model import DEFAULT_ZONE, Boost, BoostKind, Campaign, CampaignState, Priority, Window
from scheduler.core.planning import rules
from scheduler.core.planning.campaign_faults import MOST_EXCEPTED
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.words.wording import sentence
from scheduler.kernel.errors import Refused
from web.planning.phase_form import PhaseRow, boost_kind, boost_of, boost_typed, tidy_number, typed_number, whole_number
from web.planning.sessions_form import Session, sessions_of

__all__ = ["CampaignForm", "Form", "typed_number"]

T = TypeVar("T")
FIELD_OF = {
    "title_missing": "title",
    "base_invalid": "base",
    "boost_invalid": "boost_value",
    "repeat_invalid": "repeat",
    "gap_invalid": "min_gap",
    "dates_backwards": "end",
    "no_weekdays": "weekdays",
    "no_airing_day": "weekdays",
    "no_windows": "windows",
    "window_empty": "windows",
    "window_backwards": "windows",
    "all_quiet": "windows",
    "clip_longer_than_window": "windows",
    "windows_more_than_airings": "windows",
    "every_within_gap": "boost_value",
    "zone_unknown": "zone",
    "field_invalid": "field",
    "rotation_too_long": "rotation",
    "phases_overlap": "phases",
    "phases_too_many": "phases",
    "all_excepted": "except_windows",
    "exceptions_too_many": "except_days",
    "max_minutes_invalid": "max_minutes",
    "airing_over_limit": "max_minutes",
}
"""Which field a fault stands beside; any other stands at the head of the form. Faults of a phase stand in its row."""
SHOWN = frozenset({"announcement_id", "base", "per_day", "windows", "start", "end", "form"})
"""Fields whose faults stand in the open."""
COUNTED = frozenset({BoostKind.NONE, BoostKind.TARGET})
_STAND_IN = Window(time(12), time(13))
MAX_TITLE = 200
MAX_TOPIC = 80
MAX_WINDOWS = 24
MAX_LIST = 6000
"""Characters of a list of days or hours."""
MAX_ROWS = 40
"""Of phases and further announcements; the rules ask for fewer, and say so."""


class Form(Protocol):
    """A posted form, as Flask gives it."""

    def get(self, key: str, default: str) -> str: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass(slots=True)
class CampaignForm:
    """What stands in the fields, as typed, and the faults found: field -> sentences."""

    title: str = ""
    announcement_id: str = ""
    windows: list[str] = dataclasses.field(default_factory=list)
    base: str = "2"
    boost_kind: str = BoostKind.NONE.value
    boost_value: str = ""
    weekdays: list[str] = dataclasses.field(default_factory=lambda: [str(day) for day in range(7)])
    start: str = ""
    end: str = ""
    min_gap: str = "10"
    chime: bool = True
    repeat: str = "1"
    priority: str = str(Priority.NORMAL.value)
    zone: str = DEFAULT_ZONE
    topic: str = ""
    field: str = "1"
    rotation: list[str] = dataclasses.field(default_factory=list)
    phases: list[PhaseRow] = dataclasses.field(default_factory=list)
    per_day: str = ""
    """Airings a day by a dispatch, where the boost is no other; empty = as many as before it."""
    except_days: str = ""
    except_windows: str = ""
    dates: str = ""
    max_minutes: str = ""
    faults: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, campaign: Campaign) -> "CampaignForm":
        """The form of a campaign that is kept."""
        return cls(
            title=campaign.title,
            announcement_id=str(campaign.announcement_id),
            windows=[str(window) for window in campaign.windows],
            base=str(campaign.base),
            boost_kind=campaign.boost.kind.value,
            boost_value=boost_typed(campaign.boost),
            weekdays=[str(day) for day in sorted(campaign.weekdays)],
            start=f"{campaign.start:%d/%m/%Y}",
            end=f"{campaign.end:%d/%m/%Y}",
            min_gap=tidy_number(campaign.min_gap.total_seconds() / 60),
            chime=campaign.chime,
            repeat=str(campaign.repeat),
            priority=str(campaign.priority.value),
            zone=campaign.zone,
            topic=campaign.topic,
            field=str(campaign.field),
            rotation=[str(one) for one in campaign.rotation],
            phases=[PhaseRow.of(phase) for phase in campaign.phases],
            per_day=_per_day(campaign),
            except_days=_days_typed(campaign.except_days),
            except_windows=", ".join(map(str, campaign.except_windows)),
            dates=_days_typed(campaign.dates),
            max_minutes=str(campaign.max_minutes or ""),
        )

    @classmethod
    def typed(cls, form: Form) -> "CampaignForm":
        """What was just posted."""
        return cls(
            title=form.get("title", "")[: MAX_TITLE + 1],
            announcement_id=form.get("announcement_id", ""),
            windows=_split(form.getlist("window")),
            base=form.get("base", ""),
            boost_kind=form.get("boost_kind", ""),
            boost_value=form.get("boost_value", ""),
            weekdays=form.getlist("weekday"),
            start=form.get("start", ""),
            end=form.get("end", ""),
            min_gap=form.get("min_gap", ""),
            chime=bool(form.get("chime", "")),
            repeat=form.get("repeat", ""),
            priority=form.get("priority", ""),
            zone=form.get("zone", DEFAULT_ZONE),
            topic=form.get("topic", "")[: MAX_TOPIC + 1],
            field=form.get("field", "1"),
            rotation=[one for one in form.getlist("rotation")[:MAX_ROWS] if one.strip()],
            phases=[row for row in _rows(form)[:MAX_ROWS] if not row.is_blank],
            per_day=form.get("per_day", ""),
            except_days=form.get("except_days", "")[:MAX_LIST],
            except_windows=form.get("except_windows", "")[:MAX_LIST],
            dates=form.get("dates", "")[:MAX_LIST],
            max_minutes=form.get("max_minutes", ""),
        )

    @property
    def is_counted(self) -> bool:
        """Whether its boost is a plain number of airings a day, or none."""
        return self.boost_kind in {kind.value for kind in COUNTED}

    @property
    def seldom_faulty(self) -> bool:
        """Whether a fault stands in a field that is folded away."""
        return not set(self.faults) <= SHOWN

    @property
    def sessions(self) -> list[Session]:
        """The sessions to tick: those that were typed, and the usual ones that lie beside them."""
        return sessions_of(self.windows)

    @property
    def faulty(self) -> bool:
        return bool(self.faults)

    def fault(self, name: str, reason: str, details: dict[str, object]) -> None:
        """Note one fault beside a field; the same sentence stands there once."""
        told = self.faults.setdefault(name, [])
        if (text := sentence(reason, details)) not in told:
            told.append(text)

    def read(self, campaign_id: int, kept: Campaign | None, today: date) -> Campaign:
        """A campaign of what was typed; unreadable fields become faults and stand-ins."""
        start = self._read("start", lambda: rules.parse_date(self.start), today)
        return Campaign(
            id=campaign_id,
            title=self._title(),
            announcement_id=self._read("announcement_id", lambda: whole_number(self.announcement_id), 0),
            windows=tuple(self._windows()),
            base=self._read("base", lambda: whole_number(self.base), 1),
            boost=self._boost(),
            weekdays=frozenset(int(day) for day in self.weekdays if day in set("0123456")),
            start=start,
            end=self._read("end", lambda: rules.parse_date(self.end), start),
            min_gap=timedelta(minutes=self._read("min_gap", lambda: typed_number(self.min_gap), 10.0)),
            chime=self.chime,
            repeat=self._read("repeat", lambda: whole_number(self.repeat), 1),
            priority=self._read("priority", self._priority, Priority.NORMAL),
            dispatch_id=kept.dispatch_id if kept else None,
            state=kept.state if kept else CampaignState.DRAFT,
            phases=tuple(row.read(start, self._of_phase(number)) for number, row in enumerate(self.phases, start=1)),
            rotation=self._rotation(),
            rank=kept.rank if kept else 0,
            pauses=kept.pauses if kept else (),
            topic=self._topic(),
            field=self._read("field", lambda: whole_number(self.field), 1),
            replaces=kept.replaces if kept else None,
            stopped_at=kept.stopped_at if kept else None,
            zone=self.zone,
            except_days=self._days("except_days", self.except_days),
            except_windows=self._listed("except_windows", self.except_windows, rules.parse_window),
            dates=self._days("dates", self.dates),
            max_minutes=self._read("max_minutes", lambda: whole_number(self.max_minutes), None)
            if self.max_minutes.strip()
            else None,
        )

    def _days(self, name: str, typed: str) -> tuple[date, ...]:
        return tuple(sorted(set(self._listed(name, typed, rules.parse_date))))

    def _listed(self, name: str, typed: str, reader: Callable[[str], T]) -> tuple[T, ...]:
        """What was typed with commas between; each that cannot be read is a fault of the field."""
        parts = [part for part in typed.replace(";", ",").replace("\n", ",").split(",") if part.strip()]
        if len(parts) > MOST_EXCEPTED:
            self.fault(name, "exceptions_too_many", {"limit": MOST_EXCEPTED})
            return ()
        found: list[T | None] = [self._read(name, lambda part=part: reader(part), None) for part in parts]  # type: ignore[misc]
        return tuple(one for one in found if one is not None)

    def add(self, refusals: Iterable[Refusal]) -> None:
        """The desk's own faults, each beside its field; a field that could not even be read has its fault already."""
        unread = set(self.faults)
        for refusal in refusals:
            name = f"phase-{refusal.ordinal}" if refusal.ordinal else FIELD_OF.get(refusal.reason, "form")
            if name == "boost_value" and self.is_counted and self.per_day.strip():
                name = "per_day"
            if name not in unread or name == "windows":
                self.fault(name, refusal.reason, dict(refusal.details))

    def _of_phase(self, number: int) -> Callable[[str, dict[str, object]], None]:
        return lambda reason, details: self.fault(f"phase-{number}", reason, details)

    def _rotation(self) -> tuple[int, ...]:
        found = (self._read("rotation", lambda one=one: whole_number(one), None) for one in self.rotation)  # type: ignore[misc]  # mypy knows no default of a lambda
        return tuple(one for one in found if one is not None)

    def _topic(self) -> str:
        if len(topic := self.topic.strip()) > MAX_TOPIC:
            self.fault("topic", "title_too_long", {"limit": MAX_TOPIC})
        return topic

    def _title(self) -> str:
        title = self.title.strip()
        if len(title) > MAX_TITLE:
            self.fault("title", "title_too_long", {"limit": MAX_TITLE})
        return title

    def _windows(self) -> list[Window]:
        found: list[Window] = []
        for typed in self.windows:
            window = self._read("windows", lambda typed=typed: rules.parse_window(typed), None)  # type: ignore[misc]
            if window is not None:
                found.append(window)
        return found or [_STAND_IN] * bool(self.windows)

    def _boost(self) -> Boost:
        kind = self._read("boost_kind", lambda: boost_kind(self.boost_kind), BoostKind.NONE)
        if kind in COUNTED and self.per_day.strip():
            count = self._read("per_day", lambda: whole_number(self.per_day), 1)
            return Boost() if self.per_day.strip() == self.base.strip() else Boost(BoostKind.TARGET, count)
        return self._read("boost_value", lambda: boost_of(kind, self.boost_value), Boost(kind))

    def _priority(self) -> Priority:
        """An emergency has a page of its own and is never a campaign."""
        if self.priority not in {str(Priority.PRIORITY.value), str(Priority.NORMAL.value)}:
            raise Refused("number_invalid", value=self.priority[:40])
        return Priority(int(self.priority))

    def _read(self, name: str, reader: Callable[[], T], stand_in: T) -> T:
        try:
            return reader()
        except Refused as refused:
            self.fault(name, refused.reason, dict(refused.details))
            return stand_in


def _split(typed: Iterable[str]) -> list[str]:
    """Windows, each by itself or several with commas between, once each."""
    parts = (part.strip() for one in typed for part in one.replace(";", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))[:MAX_WINDOWS]


def _per_day(campaign: Campaign) -> str:
    """What stands beside "before the dispatch"."""
    match campaign.boost.kind:
        case BoostKind.NONE:
            return str(campaign.base)
        case BoostKind.TARGET:
            return tidy_number(campaign.boost.value)
    return ""


def _days_typed(days: Iterable[date]) -> str:
    return ", ".join(f"{day:%d/%m/%Y}" for day in days)


def _rows(form: Form) -> list[PhaseRow]:
    """The rows of phases as posted, the blank ones too. A list that is too short is filled with blanks."""
    names = ("phase_start", "phase_end", "phase_base", "phase_boost_kind", "phase_boost_value", "phase_windows")
    columns = [form.getlist(name) for name in names]
    return [PhaseRow(*cells) for cells in zip_longest(*columns, fillvalue="")]
