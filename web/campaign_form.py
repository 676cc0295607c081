"""The form of a campaign: what an officer typed -> a Campaign, or every fault at once beside its field.

A field that cannot be read gets a harmless stand-in, so that the other fields are still checked by the desk's rules;
what was typed is always kept and shown again. It decides no rule of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Protocol, TypeVar

from scheduler.core import rules
from scheduler.core.model import Boost, BoostKind, Campaign, CampaignState, Priority, Refusal, Window
from scheduler.core.wording import sentence
from scheduler.errors import Refused

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
}
"""Which field a fault stands beside; any other stands at the head of the form."""
_STAND_IN = Window(time(12), time(13))
_MAX_DIGITS = 9
MAX_TITLE = 200
MAX_WINDOWS = 24


class Form(Protocol):
    """A posted form, as Flask gives it."""

    def get(self, key: str, default: str) -> str: ...
    def getlist(self, key: str) -> list[str]: ...


def typed_number(text: str) -> float:
    """A number as typed: "3", "2,5", "2.5". Raises Refused number_invalid."""
    shown = text.strip()
    plain = shown.replace(",", ".", 1)
    if not plain.replace(".", "", 1).isascii() or not plain.replace(".", "", 1).isdigit() or len(plain) > _MAX_DIGITS:
        raise Refused("number_invalid", value=shown[:40] or "(để trống)")
    return float(plain)


def _whole(text: str) -> int:
    number = typed_number(text)
    if number != int(number):
        raise Refused("number_invalid", value=text.strip()[:40])
    return int(number)


def _tidy_number(number: float) -> str:
    return f"{number:g}".replace(".", ",")


@dataclass(slots=True)
class CampaignForm:
    """What stands in the fields, as typed, and the faults found: field -> sentences."""

    title: str = ""
    announcement_id: str = ""
    windows: list[str] = field(default_factory=list)
    base: str = "2"
    boost_kind: str = BoostKind.NONE.value
    boost_value: str = ""
    weekdays: list[str] = field(default_factory=lambda: [str(day) for day in range(7)])
    start: str = ""
    end: str = ""
    min_gap: str = "10"
    chime: bool = True
    repeat: str = "1"
    priority: str = str(Priority.NORMAL.value)
    faults: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, campaign: Campaign) -> "CampaignForm":
        """The form of a campaign that is kept."""
        boosted = campaign.boost.kind is not BoostKind.NONE
        return cls(
            title=campaign.title,
            announcement_id=str(campaign.announcement_id),
            windows=[str(window) for window in campaign.windows],
            base=str(campaign.base),
            boost_kind=campaign.boost.kind.value,
            boost_value=_tidy_number(campaign.boost.value) if boosted else "",
            weekdays=[str(day) for day in sorted(campaign.weekdays)],
            start=f"{campaign.start:%d/%m/%Y}",
            end=f"{campaign.end:%d/%m/%Y}",
            min_gap=_tidy_number(campaign.min_gap.total_seconds() / 60),
            chime=campaign.chime,
            repeat=str(campaign.repeat),
            priority=str(campaign.priority.value),
        )

    @classmethod
    def typed(cls, form: Form) -> "CampaignForm":
        """What was just posted."""
        return cls(
            title=form.get("title", "")[: MAX_TITLE + 1],
            announcement_id=form.get("announcement_id", ""),
            windows=[window for window in form.getlist("window")[:MAX_WINDOWS] if window.strip()],
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
        )

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
            announcement_id=self._read("announcement_id", lambda: _whole(self.announcement_id), 0),
            windows=tuple(self._windows()),
            base=self._read("base", lambda: _whole(self.base), 1),
            boost=self._boost(),
            weekdays=frozenset(int(day) for day in self.weekdays if day in set("0123456")),
            start=start,
            end=self._read("end", lambda: rules.parse_date(self.end), start),
            min_gap=timedelta(minutes=self._read("min_gap", lambda: typed_number(self.min_gap), 10.0)),
            chime=self.chime,
            repeat=self._read("repeat", lambda: _whole(self.repeat), 1),
            priority=self._read("priority", self._priority, Priority.NORMAL),
            dispatch_id=kept.dispatch_id if kept else None,
            state=kept.state if kept else CampaignState.DRAFT,
        )

    def add(self, refusals: Iterable[Refusal]) -> None:
        """The desk's own faults, each beside its field; a field that could not even be read has its fault already."""
        unread = set(self.faults)
        for refusal in refusals:
            name = FIELD_OF.get(refusal.reason, "form")
            if name not in unread or name == "windows":
                self.fault(name, refusal.reason, dict(refusal.details))

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
        kind = self._read("boost_kind", lambda: _boost_kind(self.boost_kind), BoostKind.NONE)
        if kind is BoostKind.NONE:
            return Boost()
        return Boost(kind, self._read("boost_value", lambda: typed_number(self.boost_value), 1.0))

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


def _boost_kind(text: str) -> BoostKind:
    try:
        return BoostKind(text)
    except ValueError as error:
        raise Refused("boost_invalid") from error
