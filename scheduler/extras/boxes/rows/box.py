"""What a box beside the horns keeps of its ward: orders it has obeyed, holds that came with the plan, sounds it wants.

Rows, and the configuration that holds at a box: its own file and what the ward holds besides, the stricter of each.
An order's number and its answer are kept in the transaction that obeys it, so that it is never obeyed twice.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scheduler.config.loading import Config
from scheduler.extras.boxes.keys import BoxConfig
from scheduler.extras.boxes.rules.messages import Order, gain_of
from scheduler.extras.boxes.rules.plan import ALL_DAY, BoxClip, Holds, read_holds, stricter
from scheduler.store.database import Row, Store, insert, instant_text, json_text, update
from scheduler.store.mapper import Mapper, Of
from scheduler.store.planning.slots import UNCLAIMED
from scheduler.store.station.settings import SettingRows

__all__ = ["BoxRows", "BoxSettings", "WantedClip", "own_holds"]

MOST_STOPS = 500
"""Slots that were stopped are remembered so long: an emergency's order may come behind that of its stop."""
MUTED_BASIS = "cụm loa đang tắt tiếng theo lệnh của phường"
CLOCK_BASIS = "đồng hồ của cụm loa lệch giờ phường"


@dataclass(frozen=True, slots=True)
class WantedClip:
    """A sound that is not here yet."""

    clip: BoxClip
    title: str
    wanted_for: datetime
    tries: int
    retry_at: datetime | None
    reason: str


class BoxRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Orders

    def answer_to(self, order_id: str) -> Row | None:
        return self.store.row("SELECT * FROM box_order WHERE id = ?", (order_id,))

    def obeyed(self, order: Order, answer: str, reason: str, now: datetime) -> None:
        """Keep what became of an order, inside the transaction that obeys it."""
        with self.store.write() as db:
            row: Row = {"id": order.id, "seq": order.seq, "kind": order.kind.value, "answer": answer}
            insert(db, "box_order", row | {"reason": reason, "at": instant_text(now)})

    def answers_after(self, number: int) -> list[Row]:
        return self.store.rows("SELECT * FROM box_order WHERE number > ? ORDER BY number LIMIT 50", (number,))

    def newest_seq(self) -> int:
        """The highest number of any order that was obeyed or kept."""
        sql = "SELECT max(coalesce((SELECT max(seq) FROM box_order), 0), coalesce((SELECT max(seq) FROM box_told), 0))"
        return int(self.store.value(sql))

    # What holds

    def told(self, name: str, default: Any = None) -> Any:
        found = self.store.value("SELECT value_json FROM box_told WHERE name = ?", (name,))
        return default if found is None else json.loads(found)

    def told_seq(self, name: str) -> int:
        return int(self.store.value("SELECT seq FROM box_told WHERE name = ?", (name,)) or 0)

    def tell(self, name: str, value: object, seq: int = 0) -> None:
        """Keep a value that came with order number `seq`."""
        with self.store.write() as db:
            row: Row = {"seq": seq, "value_json": json_text(value)}
            if not update(db, "box_told", {"name": name}, row):
                insert(db, "box_told", {"name": name} | row)

    # Sounds

    def want(self, clips: Iterable[tuple[BoxClip, str, datetime]], here: frozenset[str]) -> None:
        """Note the sounds (with title and when they are to sound first) of a plan; `here`: those of the library."""
        with self.store.write() as db:
            for clip, title, at in clips:
                row: Row = {
                    "bytes": clip.bytes,
                    "frames": clip.frames,
                    "says": clip.says,
                    "title": title,
                    "wanted_for": instant_text(at),
                    "here": int(clip.sha256 in here),
                }
                if not update(db, "box_clip", {"sha256": clip.sha256}, row):
                    insert(db, "box_clip", {"sha256": clip.sha256} | row)

    def next_clip(self, now: datetime) -> WantedClip | None:
        """What is to be fetched now: what sounds first, whose pause is over."""
        sql = """SELECT * FROM box_clip WHERE here = 0 AND (retry_at IS NULL OR retry_at <= ?)
            ORDER BY wanted_for LIMIT 1"""
        row = self.store.row(sql, (instant_text(now),))
        return _WANTED.read(row) if row else None

    def clip(self, sha256: str) -> WantedClip | None:
        row = self.store.row("SELECT * FROM box_clip WHERE sha256 = ?", (sha256,))
        return _WANTED.read(row) if row else None

    def came(self, sha256: str) -> None:
        with self.store.write() as db:
            update(db, "box_clip", {"sha256": sha256}, {"here": 1, "reason": "", "tries": 0, "retry_at": None})

    def did_not_come(self, wanted: WantedClip, reason: str, retry_at: datetime) -> None:
        values: Row = {"reason": reason, "tries": wanted.tries + 1, "retry_at": instant_text(retry_at)}
        with self.store.write() as db:
            update(db, "box_clip", {"sha256": wanted.clip.sha256}, values)

    def missing(self) -> list[Row]:
        """Sounds that are wanted and not here, soonest first."""
        return self.store.rows("SELECT * FROM box_clip WHERE here = 0 ORDER BY wanted_for")

    def unwanted(self, before: datetime) -> list[str]:
        """Sounds that nothing has wanted since an instant."""
        sql = """SELECT sha256 FROM box_clip c WHERE wanted_for < ? AND NOT EXISTS (SELECT 1 FROM slot s WHERE
            s.outcome IS NULL AND (s.audio_sha256 = c.sha256 OR s.intro_sha256 = c.sha256))"""
        return [row["sha256"] for row in self.store.rows(sql, (instant_text(before),))]

    def forget(self, before: datetime) -> None:
        """Let go of orders that the ward has the answers of, and of old words about slots that were stopped."""
        with self.store.write() as db:
            seen = self.told("seen_answer", 0)
            db.conn.execute("DELETE FROM box_order WHERE at < ? AND number <= ?", (instant_text(before), seen))
            sql = """DELETE FROM box_told WHERE name LIKE 'stop %' AND name NOT IN
                (SELECT name FROM box_told WHERE name LIKE 'stop %' ORDER BY seq DESC LIMIT ?)"""
            db.conn.execute(sql, (MOST_STOPS,))

    def drop_clip(self, sha256: str) -> None:
        with self.store.write() as db:
            db.conn.execute("DELETE FROM box_clip WHERE sha256 = ?", (sha256,))

    # Slots

    def unbegun(self, first: str, last: str, after: datetime) -> list[str]:
        """Slots of the plan on some days that start after an instant and have not begun."""
        sql = f"""SELECT id FROM slot WHERE day BETWEEN ? AND ? AND start > ?
            AND "trigger" IN ('schedule', 'make_good', 'manual', 'drill') AND {UNCLAIMED}"""  # noqa: S608 - our SQL
        return [row["id"] for row in self.store.rows(sql, (first, last, instant_text(after)))]

    def take_back(self, slot_id: str) -> bool:
        """Take out a slot that has neither begun nor ended."""
        sql = f"DELETE FROM slot WHERE id = ? AND {UNCLAIMED}"  # noqa: S608 - our SQL
        with self.store.write() as db:
            return bool(db.conn.execute(sql, (slot_id,)).rowcount)

    def has_slot(self, slot_id: str) -> Row | None:
        return self.store.row("SELECT * FROM slot WHERE id = ?", (slot_id,))

    def announcement(self, title: str, text: str, sha256: str, author_id: int) -> int | None:
        sql = """SELECT id FROM announcement WHERE kind = 'typed' AND title = ? AND text = ? AND approved_sha256 = ?
            AND author_id = ? ORDER BY id LIMIT 1"""
        found = self.store.value(sql, (title, text, sha256, author_id))
        return None if found is None else int(found)

    # Reports

    def airings_after(self, seq: int) -> list[Row]:
        """Rows of the box's own journal about airings, behind row `seq`."""
        sql = "SELECT * FROM journal WHERE kind = 'airing' AND seq > ? ORDER BY seq LIMIT 50"
        return self.store.rows(sql, (seq,))


_CLIP = Mapper(BoxClip, "box_clip")
_WANTED = Mapper(WantedClip, "box_clip", clip=Of(_CLIP.read))


def own_holds(config: Config) -> Holds:
    """What the box's own file holds."""
    return Holds(
        time_zone=config.station.time_zone,
        quiet=config.quiet_hours.windows,
        quiet_basis=config.quiet_hours.legal_basis,
        sessions_a_day=config.cap.sessions_a_day,
        minutes_a_session=config.cap.minutes_a_session,
        weekdays=config.cap.weekdays,
        cap_basis=config.cap.legal_basis,
        blackout=config.planning.blackout_dates,
        late_seconds=config.planning.late_tolerance_seconds,
        gap_seconds=config.planning.min_gap_minutes * 60,
        emergency_minutes=config.emergency.valid_minutes,
    )


def held(config: Config, holds: Holds) -> Config:
    """A configuration with these holds in place of its own."""
    return replace(
        config,
        quiet_hours=replace(config.quiet_hours, windows=holds.quiet, legal_basis=holds.quiet_basis),
        cap=replace(
            config.cap,
            sessions_a_day=holds.sessions_a_day,
            minutes_a_session=holds.minutes_a_session,
            weekdays=holds.weekdays,
            legal_basis=holds.cap_basis,
        ),
        planning=replace(
            config.planning,
            blackout_dates=holds.blackout,
            late_tolerance_seconds=holds.late_seconds,
            min_gap_minutes=holds.gap_seconds / 60,
            make_good_minutes=0.0,  # the ward makes good what it has lost, and tells
        ),
        emergency=replace(config.emergency, valid_minutes=holds.emergency_minutes),
    )


class BoxSettings(SettingRows):
    """The configuration that holds at a box."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._rows = BoxRows(store)
        self._made: tuple[Config, str, Config] | None = None

    def over(self, written: Config) -> Config:
        """What the box's file says, made stricter by what its ward holds; silent while muted or out of time."""
        config, made = super().over(written), self._made
        try:
            told = {row["name"]: row["value_json"] for row in self.store.rows("SELECT name, value_json FROM box_told")}
        except sqlite3.Error:  # what was known last holds
            return made[2] if made else config
        mark = json_text([told.get(name) for name in ("holds", "volume", "muted", "clock_off")])
        if made is None or made[0] is not config or made[1] != mark:
            kept = {name: json.loads(value) for name, value in told.items()}
            made = self._made = config, mark, _made(config, kept)
        return made[2]


def _made(config: Config, told: dict[str, Any]) -> Config:
    own = own_holds(config)
    holds = stricter(own, read_holds(told["holds"])) if told.get("holds") else own
    if told.get("muted"):
        holds = replace(holds, quiet=ALL_DAY, quiet_basis=MUTED_BASIS)
    elif told.get("clock_off"):
        holds = replace(holds, quiet=ALL_DAY, quiet_basis=CLOCK_BASIS)
    gain = gain_of(int(told["volume"])) if told.get("volume") else config.get(BoxConfig).gain_db
    return held(config.having(replace(config.get(BoxConfig), gain_db=gain)), holds)
