"""The one table of what may stand in a scenario: each key with its default, one sentence of help and a check.

`docs/simulate.md` and its test read the same table. A check looks at one value alone; what several keys must keep
together is `reading`'s. A name that Python keeps for itself (`from`) has an underscore behind it here.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, field
from datetime import date
from typing import Any

from scheduler.config.keys import between, key, one_of
from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.planning.campaign_faults import MOST_CLIPS, MOST_PHASES
from scheduler.core.planning.rules import MOST_AIRINGS_A_DAY, MOST_REPEATS
from scheduler.core.written_times import parse_time, parse_window
from scheduler.kernel.errors import Refused

__all__ = [
    "EVENTS",
    "SETTINGS",
    "BoostKeys",
    "CampaignKeys",
    "EventKeys",
    "OneOffKeys",
    "PhaseKeys",
    "RelayKeys",
    "ScenarioKeys",
    "Table",
]

DAY_MINUTES = 1440.0
ALL_WEEK = (0, 1, 2, 3, 4, 5, 6)

SETTINGS: Mapping[str, tuple[str, str]] = {
    "time_zone": ("station", "time_zone"),
    "quiet_hours": ("quiet_hours", "windows"),
    "sessions_a_day": ("cap", "sessions_a_day"),
    "minutes_a_session": ("cap", "minutes_a_session"),
    "cap_weekdays": ("cap", "weekdays"),
    "min_gap_minutes": ("planning", "min_gap_minutes"),
    "late_tolerance_seconds": ("planning", "late_tolerance_seconds"),
    "make_good_minutes": ("planning", "make_good_minutes"),
    "blackout_dates": ("planning", "blackout_dates"),
    "days_ahead": ("planning", "days_ahead"),
}
"""Short names of configuration keys: `settings` key -> section and key of config.toml, whose checks hold."""


def _table_key(text: str) -> Any:
    """A key that is itself a table; empty where it is not there."""
    return field(default_factory=dict, metadata={"help": text, "check": None})


def _up_to(most: int) -> Callable[[Collection[object]], str | None]:
    """A check of a list: the station has a limit for it."""
    return lambda items: f"không được quá {most} mục" if len(items) > most else None


def _day(text: str) -> str | None:
    """Empty is for the key to say."""
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError:
        return 'phải viết như "2026-12-01"'
    return None


def _time(text: str) -> str | None:
    try:
        parse_time(text)
    except Refused:
        return 'phải viết như "05:30"'
    return None


def _window(text: str) -> str | None:
    try:
        parse_window(text)
    except Refused:
        return 'phải viết như "05:00-06:30"'
    return None


def _times(texts: tuple[str, ...]) -> str | None:
    return next((f"{text!r} {fault}" for text in texts if (fault := _time(text))), None)


def _windows(texts: tuple[str, ...]) -> str | None:
    return next((f"{text!r} {fault}" for text in texts if (fault := _window(text))), None)


def _days(texts: tuple[str, ...]) -> str | None:
    return next((f"{text!r} {fault}" for text in texts if (fault := _day(text))), None)


def _weekdays(days: tuple[int, ...]) -> str | None:
    return None if days and set(days) <= set(ALL_WEEK) else "phải gồm các số từ 0 (thứ Hai) đến 6 (Chủ nhật)"


@dataclass(frozen=True, slots=True)
class ScenarioKeys:
    start: str = key(MISSING, "When it begins: a day, a local time or an instant with its offset. The power is on.")
    end: str = key("", "When it ends; in place of `days`.")
    days: int = key(0, "How many days it lasts, from `start`.", between(0, 3700))
    clock: str = key("", "What the station's wall clock says at `start`, where that is wrong; empty = the truth.")
    title: str = key("", "What it is about, for people.")


@dataclass(frozen=True, slots=True)
class BoostKeys:
    """Exactly one of them."""

    factor: float = key(0.0, "That many times as many airings a day.", between(0, MOST_AIRINGS_A_DAY))
    target: int = key(0, "That many airings a day instead.", between(0, MOST_AIRINGS_A_DAY))
    every: float = key(0.0, "One airing every so many minutes of its windows instead.", between(0, DAY_MINUTES))
    minutes: float = key(0.0, "As many airings as sound for so many minutes a day instead.", between(0, DAY_MINUTES))
    share: float = key(
        0.0, "As many as sound for such a part (0-1) of the sessions in its windows instead.", between(0, 1)
    )


@dataclass(frozen=True, slots=True)
class PhaseKeys:
    """Giai đoạn: days with a number or windows of their own."""

    start: str = key("", "Its first day; empty = the campaign's.", _day)
    end: str = key("", "Its last day, included; empty = until the next phase or the campaign's end.", _day)
    per_day: int = key(0, "So many airings a day; not there = the campaign's.", between(0, MOST_AIRINGS_A_DAY))
    boost: Mapping[str, Any] = _table_key(
        "A boost of its own; not there = the campaign's, none where `per_day` is there."
    )
    windows: tuple[str, ...] = key((), "Windows of its own; empty = the campaign's, or its times.", _windows)


@dataclass(frozen=True, slots=True)
class CampaignKeys:
    title: str = key("", 'Its name, by which events mean it; empty = "Đợt 1", "Đợt 2" … in the order written.')
    clip: str = key("", "What is said: a name of [clips].")
    clips: tuple[str, ...] = key((), "Several clips in turn, in place of `clip`.", _up_to(MOST_CLIPS))
    times: tuple[str, ...] = key((), "Airs at exactly these local times.", _times)
    per_day: int = key(0, "Airs so often a day, spread over its windows.", between(0, MOST_AIRINGS_A_DAY))
    every_minutes: float = key(0.0, "Airs every so many real minutes of its windows.", between(0, DAY_MINUTES))
    windows: tuple[str, ...] = key((), "Local windows of `per_day` and `every_minutes`.", _windows)
    weekdays: tuple[int, ...] = key(ALL_WEEK, "Weekdays it airs on, Monday = 0.", _weekdays)
    except_days: tuple[str, ...] = key((), "Days without it.", _days)
    except_windows: tuple[str, ...] = key((), "Local hours of every day in which it never sounds.", _windows)
    dates: tuple[str, ...] = key((), "Only on these days; empty = on all.", _days)
    max_minutes: int = key(0, "No airing is longer than that; 0 = as long as its sound.", between(0, DAY_MINUTES))
    from_: str = key("", "First day; empty = the scenario's.", _day)
    to: str = key("", "Last day, included; empty = the scenario's.", _day)
    boost: Mapping[str, Any] = _table_key("One of the keys of boost; not with `every_minutes`.")
    phases: tuple[Mapping[str, Any], ...] = key((), "Days with an order of their own: see phases.", _up_to(MOST_PHASES))
    plays: int = key(1, "How often the clip is said in one slot.", between(1, MOST_REPEATS))
    session_minutes: float = key(
        0.0, "The clip is said again until a slot lasts so long, in place of `plays`.", between(0, DAY_MINUTES)
    )
    chime: bool = key(False, "Whether the station's chimes open and close each slot.")
    priority: str = key("normal", "normal or priority.", one_of("normal", "priority"))
    rank: int = key(
        0,
        "Where campaigns of equal priority collide, the smaller goes first; equal ones take turns.",
        between(-999, 999),
    )
    zone: str = key(DEFAULT_ZONE, "Where it sounds: a name of settings.zones, or all.")
    min_gap_minutes: float = key(0.0, "Least silence between two of its own airings.", between(0, DAY_MINUTES - 1))
    slip_minutes: float = key(
        30.0, "With `times`: how long after its time a slot may still begin, where its time is taken.", between(0, 240)
    )


@dataclass(frozen=True, slots=True)
class OneOffKeys:
    """A person presses "phát ngay"."""

    at: str = key(MISSING, "When it is pressed.")
    clip: str = key(MISSING, "What is to be said.")
    plays: int = key(1, "How often.", between(1, MOST_REPEATS))
    chime: bool = key(False, "Whether the chimes sound.")


@dataclass(frozen=True, slots=True)
class RelayKeys:
    """Tiếp âm, from a source that is always there and silent: nothing is fetched."""

    windows: tuple[str, ...] = key(MISSING, "Local windows it fills.", _windows)
    title: str = key("", 'Its name; empty = "Tiếp âm 1", "Tiếp âm 2" … in the order written.')
    weekdays: tuple[int, ...] = key(ALL_WEEK, "Weekdays it airs on, Monday = 0.", _weekdays)
    from_: str = key("", "First day; empty = the scenario's.", _day)
    to: str = key("", "Last day, included; empty = the scenario's.", _day)
    zone: str = key(DEFAULT_ZONE, "Where it sounds.")


@dataclass(frozen=True, slots=True)
class EventKeys:
    at: str = key(MISSING, "When it happens, by true time, whatever the station's clock says.")
    kind: str = key(MISSING, "What happens: see the table of events.")
    seconds: float = key(0.0, "Of clock_step (may be negative), stall, output_crash.", between(-4e9, 4e9))
    to: str = key("", 'Of clock_set: what the clock says then; "true" = the true time.')
    clip: str = key("", "Of clip_missing, clip_replaced, urgent, withdraw.")
    campaign: str = key("", "Of edit, delete, stop, pause, resume: the title.")
    until: str = key("", "Of pause: when it ends by itself, by the station's clock; empty = when it is resumed.")
    output: str = key("", "Of output_crash and output_back; empty = every output.")
    change: Mapping[str, Any] = _table_key("Of edit: the campaign's new keys.")
    times: int = key(1, "Of urgent: how often it is pressed.", between(1, 10))
    within_ms: int = key(0, "Of urgent: all presses come within so many milliseconds.", between(0, 60_000))
    zone: str = key(DEFAULT_ZONE, "Of urgent.")


EVENTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "power_off": ((), (), "The whole machine loses its power: nothing more is written, nobody can act."),
    "power_on": ((), (), "The power returns and the station starts."),
    "process_kill": ((), (), "The playout process is killed; the supervisor starts it again a second later."),
    "process_start": ((), (), "The playout process is started, where it does not run."),
    "second_process": ((), (), "A second playout is started on the same data folder; the lock must refuse it."),
    "clock_step": (("seconds",), (), "The wall clock is stepped."),
    "clock_set": (("to",), (), "The wall clock is set."),
    "stall": (("seconds",), (), "The playout process gets no turn; what its outputs hold goes on sounding."),
    "clip_missing": (("clip",), (), "The clip's file is deleted from the library."),
    "clip_replaced": (("clip",), (), "The clip's file is replaced by another sound of the same length."),
    "output_crash": ((), ("seconds", "output"), "An output breaks, for so many seconds or until output_back."),
    "output_back": ((), ("output",), "A broken output can be opened again."),
    "stop_now": ((), (), "An officer presses stop."),
    "edit": (("campaign", "change"), (), "An officer changes a campaign."),
    "delete": (("campaign",), (), "An officer stops a campaign for good."),
    "stop": (("campaign",), (), "The same as delete."),
    "pause": (("campaign",), ("until",), "An officer pauses a campaign."),
    "resume": (("campaign",), (), "An officer ends its pause; one that was stopped is started again."),
    "urgent": (("clip",), ("times", "within_ms", "zone"), "A leader breaks in with an emergency."),
    "withdraw": (("clip",), (), "A leader withdraws the approval of a clip."),
}
"""Kind -> keys it needs, keys it may have, what happens."""

Table = ScenarioKeys | BoostKeys | PhaseKeys | CampaignKeys | OneOffKeys | RelayKeys | EventKeys
