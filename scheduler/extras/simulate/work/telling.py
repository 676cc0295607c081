"""A run as lines: every planned slot, every airing, every warning and refusal, and the summary, in the order of time.

Instants are the station's local time with its offset. The same lines are printed as JSON or as a table for people.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.core.model import AiringOutcome
from scheduler.core.words.wording import OUTCOMES, sentence
from scheduler.extras.simulate.work.promises import Promises, checked, seconds_late
from scheduler.extras.simulate.work.run import Outcome
from scheduler.store import Row, instant_of, instant_text

__all__ = ["Line", "human", "json_lines", "lines_of"]

Line = dict[str, Any]
_REFUSALS = """SELECT f.*, c.title FROM refusal f JOIN campaign c ON c.id = f.campaign_id WHERE f.day >= ?
    ORDER BY f.day, f.campaign_id, f.ordinal"""
_AIRINGS = """SELECT j.*, c.title AS c_title FROM journal j LEFT JOIN campaign c ON c.id = j.campaign_id
    WHERE j.kind = 'airing' AND j.planned_start >= ? ORDER BY j.seq"""
_SLOTS = """SELECT s.*, a.title, c.title AS c_title FROM slot s JOIN announcement a ON a.id = s.announcement_id
    LEFT JOIN campaign c ON c.id = s.campaign_id WHERE s.start >= ? ORDER BY s.start, s.id"""


def lines_of(outcome: Outcome) -> Iterator[Line]:
    """All lines of a run, the summary last."""
    promises = checked(outcome)
    told = _Telling(outcome)
    lines = [*told.slots(), *told.airings(), *told.refusals(), *told.notes()]
    lines.sort(key=lambda pair: pair[0])
    yield from (line for _, line in lines)
    yield told.summary([line for _, line in lines], promises)


def json_lines(lines: Iterable[Line]) -> Iterator[str]:
    return (json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines)


class _Telling:
    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._store = outcome.station.repos.store
        self._zone = ZoneInfo(outcome.station.config.station.time_zone)
        self._since = instant_text(outcome.since) if outcome.since else ""
        self._first_day = outcome.since.astimezone(self._zone).date().isoformat() if outcome.since else ""

    def _local(self, instant: datetime | str | None) -> str | None:
        if not instant:
            return None
        at = instant_of(instant) if isinstance(instant, str) else instant
        return at.astimezone(self._zone).isoformat(timespec="milliseconds")

    def _campaign(self, row: Row) -> str | None:
        """The title the scenario gave it; the station's own where there is no scenario."""
        return self._outcome.titles.get(row["campaign_id"], row["c_title"])

    def slots(self) -> Iterator[tuple[datetime, Line]]:
        for row in self._store.rows(_SLOTS, (self._since,)):
            start = instant_of(row["start"])
            length = timedelta(milliseconds=row["length_ms"])
            yield (
                start,
                {
                    "event": "slot",
                    "id": row["id"],
                    "day": row["day"],
                    "campaign": self._campaign(row),
                    "title": row["title"],
                    "planned": self._local(start),
                    "end": self._local(start + length),
                    "seconds": length.total_seconds(),
                    "zone": row["zone"],
                    "priority": row["priority"],
                    "trigger": row["trigger"],
                    "makes_good": row.get("makes_good", ""),
                    "outcome": row["outcome"],
                    "reason": row["reason"],
                },
            )

    def airings(self) -> Iterator[tuple[datetime, Line]]:
        for row in self._store.rows(_AIRINGS, (self._since,)):
            yield (
                instant_of(row["actual_start"] or row["planned_start"]),
                {
                    "event": "airing",
                    "slot": row["slot_id"],
                    "campaign": self._campaign(row),
                    "title": row["title"],
                    "planned": self._local(row["planned_start"]),
                    "start": self._local(row["actual_start"]),
                    "end": self._local(row["actual_end"]),
                    "seconds": (row["played_ms"] or 0) / 1000,
                    "planned_seconds": (row["planned_ms"] or 0) / 1000,
                    "late_seconds": seconds_late(row),
                    "zone": row["zone"],
                    "trigger": row["trigger"],
                    "outcome": row["outcome"],
                    "reason": row["reason"],
                    "sentence": sentence(row["reason"]),
                    "outputs": json.loads(row["outputs_json"]),
                },
            )

    def refusals(self) -> Iterator[tuple[datetime, Line]]:
        """Airings that were wanted and not planned."""
        for row in self._store.rows(_REFUSALS, (self._first_day,)):
            yield (
                datetime.fromisoformat(row["day"]).replace(tzinfo=self._zone).astimezone(UTC),
                {
                    "event": "refusal",
                    "day": row["day"],
                    "what": "plan",
                    "campaign": self._outcome.titles.get(row["campaign_id"], row["title"]),
                    "ordinal": row["ordinal"],
                    "reason": row["reason"],
                    "sentence": sentence(row["reason"], json.loads(row["details_json"])),
                },
            )

    def notes(self) -> Iterator[tuple[datetime, Line]]:
        for note in self._outcome.notes:
            line: Line = {"event": note.event, "at": self._local(note.at), "what": note.what}
            if note.event == "refusal":
                line |= {"reason": note.reason, "sentence": note.text}
            else:
                line |= {"text": note.text}
            yield note.at, line

    def summary(self, lines: list[Line], promises: Promises) -> Line:
        kinds = Counter(line["event"] for line in lines)
        airings = [line for line in lines if line["event"] == "airing"]
        return {
            "event": "summary",
            "start": self._local(self._outcome.start),
            "end": self._local(self._outcome.end),
            "slots": kinds["slot"],
            "airings": len(airings),
            "outcomes": dict(sorted(Counter(line["outcome"] for line in airings).items())),
            "reasons": dict(sorted(Counter(line["reason"] for line in airings if line["reason"]).items())),
            "seconds_aired": round(sum(line["seconds"] for line in airings), 3),
            "warnings": kinds["warning"],
            "refusals": kinds["refusal"],
            "running_at_end": self._outcome.is_on,
            **asdict(promises),
            "kept": promises.kept,
        }


# --- For people ------------------------------------------------------------------------------------------------------


def human(lines: Iterable[Line]) -> Iterator[str]:
    """The same as a table in Vietnamese: what sounds, what does not and why, and whether the promises held."""
    day = ""
    for line in lines:
        match line["event"]:
            case "airing":
                at = datetime.fromisoformat(line["start"] or line["planned"])
                if day != (today := f"{at:%d/%m/%Y}"):
                    day = today
                    yield f"Ngày {day}"
                sound = f"{line['seconds']:7.1f} giây  {line['zone']:<10}"
                yield f"  {at:%H:%M:%S}  {sound}  {line['title']}  [{_ended(line)}]"
            case "refusal" if line["what"] == "plan":
                wanted = f"lượt {line['ordinal']} của “{line['campaign']}” ngày {date.fromisoformat(line['day']):%d/%m}"
                yield f"  Không xếp được {wanted}: {line['sentence']}"
            case "refusal":
                yield f"  {datetime.fromisoformat(line['at']):%H:%M:%S}  Từ chối ({line['what']}): {line['sentence']}"
            case "warning":
                yield f"  {datetime.fromisoformat(line['at']):%H:%M:%S}  Cảnh báo: {line['text']}"
            case "summary":
                yield from _closing(line)


def _ended(line: Line) -> str:
    outcome = OUTCOMES[AiringOutcome(line["outcome"])]
    return f"{outcome}: {line['sentence']}" if line["sentence"] else outcome


def _closing(line: Line) -> Iterator[str]:
    outcomes = ", ".join(f"{OUTCOMES[AiringOutcome(name)]} {many}" for name, many in line["outcomes"].items())
    yield f"Tổng cộng {line['airings']} lượt ({outcomes or 'không có'}), {line['seconds_aired']:.0f} giây."
    told = (
        ("quiet_sounds", "phát trong giờ yên tĩnh"),
        ("excepted_sounds", "phát vào lúc đợt nghỉ"),
        ("played_twice", "phát hai lần"),
        ("open_after_day", "lượt chưa có kết quả sau ngày của nó"),
        ("overlaps", "chồng tiếng"),
        ("longer_than_planned", "dài hơn kế hoạch"),
        ("unlike_journal", "khác nhật ký"),
        ("bursts", "dày hơn lịch"),
    )
    yield "; ".join(f"{words}: {line[name]}" for name, words in told) + "."
    chain = "nguyên vẹn" if line["verified"] else f"BỊ ĐỨT ({line['fault']})"
    yield f"Chuỗi nhật ký {chain}: {line['journal_rows']} dòng."
    yield "Mọi cam kết đều được giữ." if line["kept"] else "CÓ CAM KẾT KHÔNG ĐƯỢC GIỮ."
