"""What a box is to air and by which rules: a ward's slots and holds as JSON, and read again with nothing believed.

The holds of ward and box are laid together, the stricter of each: a box never sounds where its ward would be silent,
nor where its own configuration is. A plan carries names of sounds (sha256) and never sound. It decides no time.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from scheduler.core.model import Priority, Sha256, Slot, StationRules, Trigger
from scheduler.core.planning.rules import parse_window
from scheduler.core.vendor_values import plain, shown
from scheduler.kernel.errors import Refused

__all__ = [
    "ALL_DAY",
    "CARRIED",
    "BoxClip",
    "BoxPlan",
    "BoxSlot",
    "Holds",
    "holds_of",
    "plan_json",
    "read_holds",
    "read_plan",
    "read_slot",
    "slot_json",
    "stricter",
]

CARRIED = frozenset({Trigger.SCHEDULE, Trigger.MAKE_GOOD, Trigger.MANUAL, Trigger.DRILL})
"""What goes by plan. Emergencies go as orders; relays and live voices go as sound (RTP, Icecast, Snapcast)."""
ALL_DAY = ("00:00-12:00", "12:00-00:00")
MOST_SLOTS = 2_000
_SHA = re.compile(r"[0-9a-f]{64}\Z")
_SLOT_ID = re.compile(r"[\w.-]{1,80}\Z", re.ASCII)
_LONGEST_MS = 24 * 3600 * 1000
_MOST_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class BoxClip:
    """A sound that a plan names. `says`: how often its words are said in it."""

    sha256: Sha256
    bytes: int
    frames: int
    says: int = 1


@dataclass(frozen=True, slots=True)
class BoxSlot:
    """One airing as a box is told of it."""

    id: str
    day: date
    start: datetime
    length_ms: int
    clip: BoxClip
    title: str
    priority: Priority
    trigger: Trigger
    chime: bool
    repeat: int
    intro: BoxClip | None = None
    text: str = ""
    """Of an emergency: its words, for a box that has not the sound."""

    @property
    def clips(self) -> tuple[BoxClip, ...]:
        """Every sound it needs from the ward."""
        return (self.clip, self.intro) if self.intro else (self.clip,)


@dataclass(frozen=True, slots=True)
class Holds:
    """What the ward holds against every airing of this box; windows are written as in config.toml."""

    time_zone: str = ""
    quiet: tuple[str, ...] = ()
    quiet_basis: str = ""
    sessions_a_day: int = 0
    minutes_a_session: float = 0.0
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    cap_basis: str = ""
    blackout: tuple[str, ...] = ()
    late_seconds: float = 0.0
    gap_seconds: float = 0.0
    emergency_minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class BoxPlan:
    slots: tuple[BoxSlot, ...]
    holds: Holds
    from_day: date
    to_day: date
    """The days it speaks of, both included: a slot of them that it does not name is taken back."""


# What the ward writes


def slot_json(slot: Slot, delay: timedelta, title: str, clips: Mapping[str, BoxClip], text: str = "") -> dict[str, Any]:
    """A slot for a box whose horns start `delay` later than others."""
    told: dict[str, Any] = {
        "id": slot.id,
        "day": slot.day.isoformat(),
        "start": (slot.start + delay).isoformat(),
        "length_ms": round(slot.length / timedelta(milliseconds=1)),
        "clip": _clip_json(clips[slot.audio_sha256]),
        "title": title,
        "priority": slot.priority.value,
        "trigger": slot.trigger.value,
        "chime": slot.chime,
        "repeat": slot.repeat,
    }
    if slot.intro_sha256:
        told["intro"] = _clip_json(clips[slot.intro_sha256])
    return told | ({"text": text} if text else {})


def _clip_json(clip: BoxClip) -> dict[str, Any]:
    return {"sha256": clip.sha256, "bytes": clip.bytes, "frames": clip.frames, "says": clip.says}


def holds_of(rules: StationRules, zones: Sequence[str], emergency_minutes: float) -> dict[str, Any]:
    """The ward's holds on a box that sounds in `zones`: of the station, and of each zone besides."""
    quiets = [rules.quiet_hours, *(quiet for zone in zones if (quiet := rules.quiet_of(zone)))]
    return {
        "time_zone": rules.zone_name,
        "quiet": list(dict.fromkeys(str(window) for quiet in quiets for window in quiet.windows)),
        "quiet_basis": "; ".join(dict.fromkeys(quiet.legal_basis for quiet in quiets if quiet.legal_basis)),
        "sessions_a_day": rules.cap.sessions_a_day or 0,
        "minutes_a_session": rules.cap.minutes_a_session or 0.0,
        "weekdays": sorted(rules.cap.weekdays),
        "cap_basis": rules.cap.legal_basis,
        "blackout": sorted(day.isoformat() for day in rules.blackout),
        "late_seconds": rules.late_tolerance.total_seconds(),
        "gap_seconds": rules.min_gap.total_seconds(),
        "emergency_minutes": emergency_minutes,
    }


def plan_json(
    slots: Iterable[Mapping[str, Any]], holds: Mapping[str, Any], from_day: date, to_day: date
) -> dict[str, Any]:
    return {
        "from_day": from_day.isoformat(),
        "to_day": to_day.isoformat(),
        "holds": dict(holds),
        "slots": [dict(slot) for slot in slots],
    }


# What the box reads


def read_plan(told: Mapping[str, Any]) -> BoxPlan:
    """A plan as it came. Raises Refused cluster_plan_bad: half a plan is none."""
    try:
        rows = told["slots"]
        if not isinstance(rows, list) or len(rows) > MOST_SLOTS:
            raise ValueError("slots")  # noqa: TRY301 - what is wrong in there is all one
        slots = tuple(read_slot(one, CARRIED) for one in rows)
        from_day, to_day = date.fromisoformat(told["from_day"]), date.fromisoformat(told["to_day"])
        return BoxPlan(slots, read_holds(told["holds"]), from_day, to_day)
    except (KeyError, TypeError, ValueError, AttributeError, Refused) as error:
        raise Refused("cluster_plan_bad", detail=str(error)[:120]) from error


def read_slot(told: Mapping[str, Any], triggers: frozenset[Trigger]) -> BoxSlot:
    """One slot. Raises KeyError, TypeError or ValueError for whatever is not one."""
    slot_id, start = str(told["id"]), datetime.fromisoformat(told["start"])
    trigger = Trigger(told["trigger"])
    if not _SLOT_ID.match(slot_id) or start.tzinfo is None or trigger not in triggers:
        raise ValueError(f"slot {slot_id[:80]}")
    return BoxSlot(
        id=slot_id,
        day=date.fromisoformat(told["day"]),
        start=start,
        length_ms=_between(told["length_ms"], 1, _LONGEST_MS),
        clip=_clip(told["clip"]),
        title=shown(told["title"], 200),
        priority=Priority(told["priority"]),
        trigger=trigger,
        chime=bool(told["chime"]),
        repeat=_between(told["repeat"], 1, 100),
        intro=_clip(told["intro"]) if told.get("intro") else None,
        text=plain(told.get("text", ""), 20_000),
    )


def _clip(told: Mapping[str, Any]) -> BoxClip:
    sha256 = str(told["sha256"])
    if not _SHA.match(sha256):
        raise ValueError("sha256")
    frames = _between(told["frames"], 1, _MOST_BYTES)
    return BoxClip(Sha256(sha256), _between(told["bytes"], 1, _MOST_BYTES), frames, _between(told["says"], 1, 100))


def _between(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"not from {low} to {high}: {value!r}")
    return value


def read_holds(told: Mapping[str, Any]) -> Holds:
    """The ward's holds. Raises KeyError, TypeError, ValueError."""
    quiet = tuple(str(one) for one in told["quiet"])
    for one in quiet:
        parse_window(one)
    for day in told["blackout"]:
        date.fromisoformat(day)
    return Holds(
        time_zone=str(told["time_zone"]),
        quiet=quiet,
        quiet_basis=str(told["quiet_basis"])[:500],
        sessions_a_day=_between(told["sessions_a_day"], 0, 1000),
        minutes_a_session=float(told["minutes_a_session"]),
        weekdays=tuple(_between(one, 0, 6) for one in told["weekdays"]),
        cap_basis=str(told["cap_basis"])[:500],
        blackout=tuple(map(str, told["blackout"])),
        late_seconds=float(told["late_seconds"]),
        gap_seconds=float(told["gap_seconds"]),
        emergency_minutes=float(told["emergency_minutes"]),
    )


def stricter(own: Holds, ward: Holds) -> Holds:
    """Both together: every quiet hour of either, the smaller of two limits, the days that both allow."""
    return Holds(
        time_zone=own.time_zone,
        quiet=tuple(dict.fromkeys((*_windows(own.quiet), *_windows(ward.quiet)))),
        quiet_basis=_both(own.quiet_basis, ward.quiet_basis),
        sessions_a_day=int(_least(own.sessions_a_day, ward.sessions_a_day)),
        minutes_a_session=_least(own.minutes_a_session, ward.minutes_a_session),
        weekdays=tuple(sorted(set(own.weekdays) & set(ward.weekdays))),
        cap_basis=_both(own.cap_basis, ward.cap_basis),
        blackout=tuple(sorted({*own.blackout, *ward.blackout})),
        late_seconds=min(own.late_seconds, ward.late_seconds),
        gap_seconds=max(own.gap_seconds, ward.gap_seconds),
        emergency_minutes=_least(own.emergency_minutes, ward.emergency_minutes),
    )


def _windows(texts: Iterable[str]) -> list[str]:
    return [str(parse_window(text)) for text in texts]


def _least(first: float, second: float) -> float:
    """The smaller of two limits, of which 0 is none."""
    return min(first or second, second or first)


def _both(first: str, second: str) -> str:
    return "; ".join(dict.fromkeys(filter(None, (first, second))))
