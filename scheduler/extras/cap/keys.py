"""What the place of the ward must be, for alerts.

It reads values that others have read, and changes nothing.
"""

from collections.abc import Mapping
from typing import Any

from scheduler.config.cap import CapAlertConfig
from scheduler.extras.cap.rules.area import read_place
from scheduler.kernel.errors import Refused

PLACE = "một điểm như 21.03,105.85, hoặc một hình khép kín gồm các điểm như thế cách nhau bằng dấu cách"


def faults(parts: Mapping[str, Any]) -> list[str]:
    """A sentence where `cap_alert.place` is neither a point nor a border."""
    told: CapAlertConfig = parts.get("cap_alert", CapAlertConfig())
    try:
        read_place(told.place)
    except Refused:
        return [f'"cap_alert.place" phải là {PLACE} (đang là {told.place!r})']
    return []
