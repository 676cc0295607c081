"""What a box's machine measures of itself: free disk, temperature.

A machine without a sensor tells none: nothing here is ever guessed.
"""

import os
from pathlib import Path

__all__ = ["disk_free_mb", "temperature_c"]

_ZONES = Path("/sys/class/thermal")
_HOTTEST, _COLDEST = 150.0, -60.0


def disk_free_mb(folder: Path) -> int | None:
    """Megabytes that this account may still write where the data is."""
    try:
        told = os.statvfs(folder)
    except OSError:
        return None
    return told.f_bavail * told.f_frsize // 1_000_000


def temperature_c(zones: Path = _ZONES) -> float | None:
    """The hottest of the machine's own sensors, in degrees Celsius; None where it has none, or they say nonsense."""
    found = []
    for path in sorted(zones.glob("thermal_zone*/temp")):
        try:
            degrees = int(path.read_text(encoding="ascii").strip()) / 1000
        except (OSError, ValueError):
            continue
        if _COLDEST < degrees < _HOTTEST:
            found.append(degrees)
    return round(max(found), 1) if found else None
