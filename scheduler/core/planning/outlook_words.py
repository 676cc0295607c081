"""Days and places as people say them: “17:00 hôm nay”, “06:10 mai”, “tất cả các loa (3 cụm)”.

Words only; what is planned, and whether it will sound, is told elsewhere.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.core.model import DEFAULT_ZONE

__all__ = ["WEEKDAYS", "when_words", "where_words"]

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ Nhật")
_NEAR = {-1: "hôm qua", 0: "hôm nay", 1: "mai"}


def when_words(at: datetime, now: datetime, zone_name: str) -> str:
    """An instant on the station's wall clock with its day, as seen from `now`."""
    local, today = (one.astimezone(ZoneInfo(zone_name)) for one in (at, now))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    ahead = (local.date() - today.date()) // timedelta(days=1)
    if ahead in _NEAR:
        return f"{clock} {_NEAR[ahead]}"
    year = f"/{local.year}" if local.year != today.year else ""
    return f"{clock} {WEEKDAYS[local.weekday()]} {local:%d/%m}{year}"


def where_words(zones: Sequence[str], named: Sequence[str]) -> str:
    """The zones of an airing; `named`: all of the station. How well they are is not said: nobody has asked them."""
    clusters = [one for one in named if one != DEFAULT_ZONE]
    if DEFAULT_ZONE in zones:
        return f"tất cả các loa ({len(clusters)} cụm)" if len(clusters) > 1 else "tất cả các loa"
    return ", ".join(f"vùng {zone}" for zone in zones)
