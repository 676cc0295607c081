"""How loud an output is at an hour: one gain all day, or a curve over the station's day, written as "05:00-06:30 -10".

The spans of a curve name every minute of the day exactly once; what is missing, doubled or unreadable comes back as
Vietnamese sentences, all at once. Behind every change the gain glides for two seconds, so that nothing clicks. Whether
anything sounds at that hour is not decided here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

__all__ = ["FULL_VOLUME", "LOUDEST_DB", "QUIETEST_DB", "RAMP", "Volume", "VolumeSpan", "volume_faults", "volume_of"]

QUIETEST_DB = -60.0
LOUDEST_DB = 0.0
RAMP = timedelta(seconds=2)
_DAY = 24 * 60
_WRITTEN = re.compile(
    r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s+([+\-−]?\d+(?:[.,]\d+)?)(?:\s*dB)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class VolumeSpan:
    """From `start` to `end`, in minutes of the local day (0 <= start < end <= 1440), at `gain_db`."""

    start: int
    end: int
    gain_db: float


@dataclass(frozen=True, slots=True)
class Volume:
    """An output's gain through the day: of its spans, or `base_db` if it has none. `volume_of` reads written ones."""

    base_db: float
    spans: tuple[VolumeSpan, ...] = ()
    zone_name: str = "UTC"

    def gain_at(self, instant: datetime) -> float:
        """The gain in dB at an aware instant, by the wall clock of the zone."""
        if not self.spans:
            return self.base_db
        local = instant.astimezone(_zone(self.zone_name))
        level = self._level(local)
        # Spans begin on whole minutes and so do changes of summer time: whatever changed, changed with this minute.
        past = timedelta(seconds=local.second, microseconds=local.microsecond)
        if past >= RAMP:
            return level
        before = self._level((instant - RAMP).astimezone(_zone(self.zone_name)))
        return before + (level - before) * (past / RAMP)

    def _level(self, local: datetime) -> float:
        minute = local.hour * 60 + local.minute
        return next((span.gain_db for span in self.spans if span.start <= minute < span.end), self.base_db)


FULL_VOLUME = Volume(0.0)
"""As loud as the sound is, at any hour."""


def volume_of(base_db: float, texts: Sequence[str], zone_name: str) -> Volume:
    """The volume that written spans mean; ValueError with every fault when there is one."""
    if faults := volume_faults(texts):
        raise ValueError("; ".join(faults))
    spans = [span for text in texts for span in _spans(text)]
    return Volume(base_db, tuple(sorted(spans, key=lambda span: span.start)), zone_name)


def volume_faults(texts: Sequence[str]) -> list[str]:
    """What is wrong with a written curve, one Vietnamese sentence each; an empty curve has no fault."""
    faults = [fault for text in texts if (fault := _fault(text))]
    if faults or not texts:
        return faults
    written = [(span, text) for text in texts for span in _spans(text)]
    written.sort(key=lambda item: (item[0].start, item[0].end))
    covered = 0
    holes: list[tuple[int, int]] = []
    owner = ""
    for span, text in written:
        if span.start < covered:
            shared = f"{_clock(span.start)}-{_clock(min(covered, span.end))}"
            faults.append(f'"{text}" chồng lên "{owner}" trong khoảng {shared}; mỗi giờ chỉ được một mức âm lượng')
        elif span.start > covered:
            holes.append((covered, span.start))
        if span.end > covered:
            covered, owner = span.end, text
    if covered < _DAY:
        holes.append((covered, _DAY))
    faults.extend(_missing(hole) for hole in _round_midnight(holes))
    return faults


@lru_cache(maxsize=16)
def _zone(zone_name: str) -> ZoneInfo:
    return ZoneInfo(zone_name)


def _fault(text: str) -> str | None:
    """What is wrong with one written span by itself."""
    if not (found := _WRITTEN.fullmatch(text.strip())):
        return f'"{text}" phải viết như "05:00-06:30 -10" (từ giờ - đến giờ, rồi mức dB)'
    start, end = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if start is None or end is None or start == _DAY:
        return f'"{text}" có giờ không tồn tại; giờ phải từ 00:00 đến 24:00'
    if start == end:
        return f'"{text}" có độ dài bằng không; cả ngày thì viết "00:00-24:00"'
    if not QUIETEST_DB <= _decibels(found[5]) <= LOUDEST_DB:
        return f'"{text}" có mức dB ngoài phạm vi; phải từ {QUIETEST_DB:g} đến {LOUDEST_DB:g}'
    return None


def _spans(text: str) -> tuple[VolumeSpan, ...]:
    """The spans of a faultless text: two where it runs over midnight."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return ()
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    gain = _decibels(found[5])
    if start < end:
        return (VolumeSpan(start, end, gain),)
    evening = VolumeSpan(start, _DAY, gain)
    return (evening, VolumeSpan(0, end, gain)) if end else (evening,)


def _minutes(hour: str, minute: str) -> int | None:
    total = int(hour) * 60 + int(minute)
    return total if int(minute) <= 59 and total <= _DAY else None  # noqa: PLR2004 - a clock's last minute


def _decibels(text: str) -> float:
    return float(text.replace("−", "-").replace(",", "."))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _round_midnight(holes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Two holes that meet at midnight are one to a person."""
    if len(holes) > 1 and holes[0][0] == 0 and holes[-1][1] == _DAY:
        return [*holes[1:-1], (holes[-1][0], holes[0][1])]
    return holes


def _missing(hole: tuple[int, int]) -> str:
    span = f"{_clock(hole[0])}-{_clock(hole[1])}"
    return f'thiếu mức âm lượng cho {span}; thêm ví dụ "{span} 0"'
