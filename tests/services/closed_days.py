"""A station that has aired on some days, and somebody with its file and a tool; for the tests of proof."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.core.model import AiringOutcome
from scheduler.store import Ending
from scheduler.store.chain import GENESIS, row_hash

DAY = date(2026, 12, 2)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TRIGGERS = ("journal_no_update", "journal_no_delete", "slot_one_end", "slot_ended_stays")
LINE_TRIGGERS = ("checkpoint_no_update", "checkpoint_no_delete")


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def go_to(clock, at: datetime) -> None:
    clock.advance((at - clock.now()).total_seconds())


def air(cast, clock, day: date, outcome=AiringOutcome.PLAYED, *, at: datetime | None = None, ms: int = 3000) -> str:
    """One airing of a day ends (at noon of it, or `at`); its slot's id."""
    slots = cast.station.repos.slots
    go_to(clock, at or local(day, 12))
    slot = next(slot for slot in slots.of_day(day) if slot.outcome is None)
    slots.close(slot.id, Ending(outcome, "", slot.start, slot.end, ms, {"wav": "ok"}), clock.now())
    return slot.id


def with_a_tool(station, *statements: str) -> None:
    """What somebody with the file can do: no trigger holds them."""
    conn = station.repos.store.db.conn
    for trigger in (*TRIGGERS, *LINE_TRIGGERS):
        conn.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    conn.execute("PRAGMA foreign_keys=OFF")
    for statement in statements:
        conn.execute(statement)
    conn.commit()


def rechain(station) -> None:
    """Hash every row anew, so that the chain holds whatever was changed."""
    store = station.repos.store
    previous = GENESIS
    for row in store.rows("SELECT * FROM journal ORDER BY seq"):
        row["prev_hash"] = previous
        previous = row_hash(row)
        store.db.conn.execute(
            "UPDATE journal SET prev_hash = ?, hash = ? WHERE seq = ?", (row["prev_hash"], previous, row["seq"])
        )
    store.db.conn.commit()


def three_days(cast, clock) -> None:
    """Two airings on each of three days; the clock stands at noon of the third."""
    cast.running(cast.approved(), base=6, end=DAY + timedelta(days=2))
    for ahead in range(3):
        cast.station.services.campaigns.replan()
        air(cast, clock, DAY + timedelta(days=ahead), AiringOutcome.PLAYED)
        air(cast, clock, DAY + timedelta(days=ahead), AiringOutcome.PARTIAL, ms=1500)
