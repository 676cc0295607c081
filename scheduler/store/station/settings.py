"""What the page has set, as rows: every change with who, when, before and after; the newest of a key counts.

Rows only: which key may be set and to what is `config.page`'s, who may is the desk's. Reading it costs one look at the
newest number; the configuration made of it is kept until that number changes.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduler.config.loading import Config
from scheduler.config.page import effective
from scheduler.store.database import Store, insert, instant_text, json_text
from scheduler.store.mapper import Column, Mapper

__all__ = ["SettingChange", "SettingRows"]


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One key, changed. `value` None = set no longer."""

    id: int
    batch: int
    key: str
    value: Any
    before: Any
    name: str
    """Of the person."""
    at: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    number: int
    written: Config
    made: Config


class _Held(threading.local):
    """What a thread holds on to."""

    on = False
    kept: _Kept | None = None
    before: _Kept | None = None
    """What it held when it let go."""
    version: tuple[int, int] | None = None
    """At which it began to hold."""


class SettingRows:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.last_known: Callable[[], Mapping[str, Any]] = dict
        """What the page had set as far as is known outside the database, for a start on one that cannot be read."""
        self._kept: _Kept | None = None
        self._outside: tuple[Config, Config] | None = None
        self._held = _Held()

    def hold(self, version: tuple[int, int] | None = None) -> None:
        """From now on this thread has one configuration, until it lets go or changes it itself: one page, one rule.

        `version`: of the database (`Store.version`), where it is known: at the one of last time, the same holds unread.
        """
        held, is_known = self._held, version is not None and version == self._held.version
        held.kept, held.before = (held.kept or held.before) if is_known else None, None
        held.on, held.version = True, version

    def let_go(self) -> None:
        """From now on every look of the calling thread asks again."""
        held = self._held
        held.on, held.kept, held.before = False, None, held.kept

    def over(self, written: Config) -> Config:
        """The configuration that holds: what the file says, and what the page has set where it says nothing.

        A database that cannot be read changes nothing: what was known last holds.
        """
        held = self._held
        if held.kept is not None and held.kept.written is written:
            return held.kept.made
        kept = self._kept
        try:
            number = int(self.store.value("SELECT max(id) FROM setting_change") or 0)
        except sqlite3.Error:
            return kept.made if kept and kept.written is written else self._known_outside(written)
        if kept is None or kept.number != number or kept.written is not written:
            kept = _Kept(number, written, effective(written, self.values()) if number else written)
        if not self.store.db.conn.in_transaction:  # it may yet be undone, and the number be another change's
            self._kept = kept
            held.kept = kept if held.on else None
        return kept.made

    def _known_outside(self, written: Config) -> Config:
        if self._outside is None or self._outside[0] is not written:
            self._outside = written, effective(written, self.last_known())
        return self._outside[1]

    def values(self) -> dict[str, Any]:
        """What is set now, by key."""
        sql = (
            "SELECT key, value_json FROM setting_change WHERE id IN (SELECT max(id) FROM setting_change GROUP BY key)"
            " AND value_json IS NOT NULL"
        )
        return {row["key"]: _value(row["value_json"]) for row in self.store.rows(sql)}

    def was_set(self, key: str) -> bool:
        """Whether the page has ever changed this key."""
        return self.store.value("SELECT 1 FROM setting_change WHERE key = ? LIMIT 1", (key,)) is not None

    def add(self, changes: Mapping[str, tuple[Any, Any]], person_id: int, now: datetime) -> int:
        """Keep changes, key -> (before, value), of one act; its number. `value` None = set no longer."""
        with self.store.write() as db:
            batch = int(self.store.value("SELECT coalesce(max(batch), 0) + 1 FROM setting_change"))
            for key, (before, value) in changes.items():
                row = {
                    "batch": batch,
                    "key": key,
                    "value_json": None if value is None else json_text(value),
                    "before_json": json_text(before),
                    "person_id": person_id,
                    "at": instant_text(now),
                }
                insert(db, "setting_change", row)
        self._held.kept = None
        return batch

    def history(self, limit: int = 30) -> list[SettingChange]:
        """The newest changes, newest first."""
        return self._changes("ORDER BY c.id DESC LIMIT ?", limit)

    def of_batch(self, batch: int) -> list[SettingChange]:
        """What one act changed."""
        return self._changes("WHERE c.batch = ? ORDER BY c.id", batch)

    def before(self, change: SettingChange) -> Any:
        """What the page had set of this key before the change; None = nothing."""
        sql = "SELECT value_json FROM setting_change WHERE key = ? AND id < ? ORDER BY id DESC LIMIT 1"
        return _value(self.store.value(sql, (change.key, change.id)))

    def is_newest(self, change: SettingChange) -> bool:
        """Whether nothing has changed this key since."""
        return bool(self.store.value("SELECT max(id) FROM setting_change WHERE key = ?", (change.key,)) == change.id)

    def _changes(self, rest: str, value: int) -> list[SettingChange]:
        sql = f"SELECT c.*, p.name FROM setting_change c JOIN person p ON p.id = c.person_id {rest}"  # noqa: S608 - ours
        return _CHANGE.read_all(self.store.rows(sql, (value,)))

    # The guide of the first days

    def steps_done(self) -> frozenset[str]:
        return frozenset(row["name"] for row in self.store.rows("SELECT name FROM guide_step"))

    def step_done(self, name: str, person_id: int, now: datetime) -> None:
        """A step of the guide is behind us; the second time changes nothing."""
        with self.store.write() as db:
            values = (name, person_id, instant_text(now))
            db.conn.execute("INSERT OR IGNORE INTO guide_step (name, person_id, at) VALUES (?, ?, ?)", values)


def _value(text: str | None) -> Any:
    """A kept value; lists come back as the tuples the configuration has."""
    value = json.loads(text) if text is not None else None
    return tuple(value) if isinstance(value, list) else value


_CHANGE = Mapper(
    SettingChange, "setting_change", value=Column("value_json", _value), before=Column("before_json", _value)
)
