"""The keys of `[cap_alert]`: where the ward lies for alerts in CAP 1.2 (OASIS), and its own name in those it issues.

Whose alerts count, and what becomes of them, is approved on the page; here values are only read.
"""

from dataclasses import dataclass

from scheduler.config.checks import between, key
from scheduler.config.loading import Config
from scheduler.extras.cap.rules.area import read_place
from scheduler.kernel.errors import Refused

__all__ = ["CapAlertConfig", "faults"]

PLACE = "một điểm như 21.03,105.85, hoặc một hình khép kín gồm các điểm như thế cách nhau bằng dấu cách"


def _sender(told: str) -> str | None:
    bad = any(mark in told for mark in ",<& \t\n")
    return "không được có dấu cách, dấu phẩy, < hay &" if bad or len(told) > 100 else None  # noqa: PLR2004 - room for the rest


@dataclass(frozen=True, slots=True)
class CapAlertConfig:
    sender: str = key(
        "",
        "This ward's name as sender of alerts, such as phuong-x@tinh.gov.vn; empty = none are issued.",
        _sender,
    )
    place: str = key(
        "",
        "Where the ward lies: a point as latitude,longitude in degrees, or its border as a closed polygon "
        "(points with spaces between, the last like the first); empty = alerts told by polygon wait for a person.",
    )
    radius_km: float = key(2.0, "How far around its point the ward reaches, in the alerts it issues.", between(0.1, 50))
    geocodes: tuple[str, ...] = key(
        (), "Administrative codes of the ward (first) and of what it lies in; an alert for one of them counts here."
    )
    geocode_name: str = key("DVHC", "What kind of code that is called in the alerts it issues.")
    fresh_minutes: float = key(
        60.0, "How long an alert counts that does not say until when, in minutes.", between(1, 1440)
    )


def faults(config: Config) -> list[str]:
    """A sentence where `cap_alert.place` is neither a point nor a border."""
    told = config.get(CapAlertConfig)
    try:
        read_place(told.place)
    except Refused:
        return [f'"cap_alert.place" phải là {PLACE} (đang là {told.place!r})']
    return []
