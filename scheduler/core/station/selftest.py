"""The weekly self-test of a station: when it is due, and what its parts found.

Pure. The minute is drawn anew for each week from a seed of the station, so it is the same after a restart and nobody
knows it beforehand. What is tested, and how, is `station_selftest`'s.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scheduler.core.words.wording import sentence_of

__all__ = ["SelfTestPart", "due_at", "part_words", "parts_note", "read_parts", "week_of"]

PARTS: Mapping[str, str] = {
    "outputs": "Đầu ra",
    "voice": "Giọng đọc",
    "database": "Cơ sở dữ liệu",
    "clips": "Các tệp tiếng",
    "backup": "Bản sao lưu",
}
WEEK = timedelta(days=7)
_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class SelfTestPart:
    """What was found of one part; an empty reason is a part that is well."""

    name: str
    """outputs, voice, database, clips, backup"""
    reason: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


def week_of(now: datetime) -> datetime:
    """The beginning of the week of an instant, in UTC."""
    return _MONDAY + (now - _MONDAY) // WEEK * WEEK


def due_at(seed: str, now: datetime) -> datetime:
    """The minute of this week in which the station tests itself; in quiet hours it waits for their end."""
    week = week_of(now)
    drawn = hashlib.sha256(f"{seed} {week:%Y-%m-%d}".encode()).digest()
    return week + timedelta(minutes=int.from_bytes(drawn[:8], "big") % _MINUTES)


def part_words(part: SelfTestPart) -> str:
    """One part in a line for people."""
    title = part.details.get("title", "") if part.name == "outputs" else ""
    what = PARTS.get(part.name, part.name) + (f" “{title}”" if title else "")
    return f"{what}: {sentence_of(part) if part.reason else 'tốt'}"


def parts_note(parts: tuple[SelfTestPart, ...]) -> str:
    """The note of the journal row of a self-test."""
    return json.dumps([[one.name, one.reason, dict(one.details)] for one in parts], ensure_ascii=False)


def read_parts(note: str) -> tuple[SelfTestPart, ...]:
    """What `parts_note` told; none where the note is not understood."""
    with suppress(ValueError, TypeError):
        return tuple(SelfTestPart(name, reason, details) for name, reason, details in json.loads(note))
    return ()
