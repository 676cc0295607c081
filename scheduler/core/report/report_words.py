"""Words of the reports: names of sources, sessions, fields, causes, and the notes that keep figures from being misread.

Everything here is read by people, in the terms of Thông tư 39/2020/TT-BTTTT and of the provincial system. It holds no
number and decides nothing.
"""

from datetime import date
from pathlib import Path

from scheduler.core.model import Trigger
from scheduler.core.report.report import Form
from scheduler.core.report.sums import Source
from scheduler.kernel.words import Words

__all__ = [
    "FIELDS",
    "NOTES",
    "SESSIONS",
    "SOURCES",
    "TITLES",
    "TRIGGERS",
    "ZONES",
    "letter_day",
    "numbered",
    "zone_words",
]

_HERE = Path(__file__).parent
TITLES = Words(_HERE, "titles", Form)
SESSIONS = Words(_HERE, "sessions", int)
"""The parts of a day, in their order."""
SOURCES = Words(_HERE, "sources", Source)
FIELDS = Words(_HERE, "fields", int)
"""LoaiLinhVuc of the provincial system."""
TRIGGERS = Words(_HERE, "triggers", Trigger)
"""What set an airing off, in a word."""
ZONES = Words(_HERE, "zones", str)
NOTES = Words(_HERE, "notes", str)
"""By what they are about; said at the foot of a report."""


def zone_words(zone: str) -> str:
    return ZONES.get(zone, zone)


def letter_day(place: str, day: date) -> str:
    """Địa danh and day at the head of a letter; days below 10 and the first two months with a zero (Nghị định 30)."""
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)  # noqa: PLR2004 - January and February
    return f"{place or '…………'}, ngày {day:%d} tháng {month} năm {day.year}"


def numbered(at: int, title: str) -> str:
    """The title of a part with its number, as in a letter: "IV. Thời lượng theo lĩnh vực"."""
    tens, ones = divmod(at, 10)
    return f"{'X' * tens}{('', 'I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX')[ones]}. {title}"
