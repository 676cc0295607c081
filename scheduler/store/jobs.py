"""Rows the three processes speak through: jobs for the worker, commands for playout, heartbeats of all.

A job is claimed by a conditional update and ends as ready, ready with a warning, or refused with a reason, also when
the worker died in the middle of it (`requeue`). A command is taken once.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scheduler.core.station.kept import Heartbeat, Job
from scheduler.kernel.errors import NotFound, as_texts
from scheduler.store.database import Row, Store, insert, instant_of, instant_or_none, instant_text, json_text, update
from scheduler.store.mapper import Mapper
from scheduler.store.red_ring import RedRing

MAX_ATTEMPTS = 3
"""A job that killed the worker this often is refused instead of tried again."""
BESIDE = "voice"
"""A kind of job that waits for a network, for an hour perhaps: none of the others stands behind it."""
_WAITING = "state IN ('waiting', 'running') AND state = 'waiting'"
"""Said so, the index of open jobs serves; rows of jobs stay, and the worker looks several times a second."""
_REPLAN = "replan"
_KEPT_OF_A_KIND = 20
"""The newest jobs of each kind stay: pages show them, and the number of a job that went is given to no other."""
_PRUNED_AT_ONCE = 500
_PASSED = """SELECT id FROM (SELECT *, json_extract(args_json, '$.announcement_id') AS of_text,
        row_number() OVER (PARTITION BY kind ORDER BY id DESC) AS nth FROM job) AS old
    WHERE ended_at < ? AND nth > ?
    AND NOT EXISTS (SELECT 1 FROM clip WHERE sha256 = old.result)
    AND (of_text IS NULL OR EXISTS (SELECT 1 FROM job WHERE json_extract(args_json, '$.announcement_id') = of_text
        AND id > old.id AND kind = old.kind))"""
"""Jobs that nothing can ask for by what they were about."""
_NAMING = """SELECT t.name AS tbl, f."from" AS col
    FROM main.sqlite_master AS t, pragma_foreign_key_list(t.name, 'main') AS f
    WHERE t.type = 'table' AND f."table" = 'job'"""
ROW_EVERY = timedelta(minutes=1)
"""How far the row of a process that tells the ring may be behind it. A row costs the disk a commit, and makes everybody
who keeps what he has read read it again.
"""
_LEAST = ("airings", "clock_trusted", "stopping")
"""What a beat says of playout at least."""


@dataclass(frozen=True, slots=True)
class Command:
    id: int
    kind: str
    """stop | reopen"""
    args: dict[str, Any]
    created_by: int


class Jobs:
    def __init__(self, store: Store, red: RedRing | None = None) -> None:
        """`red`: where processes say that they live whatever the database does."""
        self.store = store
        self._red = red or RedRing(None)
        self.tells_life = False
        """Somebody in this process tells the ring that it lives, and knows better than who writes the row."""
        self._rows: dict[str, tuple[int, datetime]] = {}
        """Process -> whose row was written here last, and when."""

    def add(self, kind: str, args: dict[str, Any], by: int, now: datetime) -> int:
        with self.store.write() as db:
            row = {"kind": kind, "args_json": json_text(args), "created_at": instant_text(now), "created_by": by}
            return insert(db, "job", row)

    def get(self, job_id: int) -> Job:
        row = self.store.row("SELECT * FROM job WHERE id = ?", (job_id,))
        if row is None:
            raise NotFound("job", job_id)
        return _JOB.read(row)

    def newest_speech(self, key: str, value: object) -> Job | None:
        """The newest job of speech whose arguments hold `key` = `value`."""
        sql = "SELECT * FROM job WHERE kind = 'speech' AND json_extract(args_json, ?) = ? ORDER BY id DESC LIMIT 1"
        row = self.store.row(sql, (f"$.{key}", value))
        return _JOB.read(row) if row else None

    def newest_sound(self, announcement_id: int) -> Job | None:
        """The newest job that makes, takes in or cuts the sound of an announcement."""
        sql = "SELECT * FROM job WHERE json_extract(args_json, '$.announcement_id') = ? ORDER BY id DESC LIMIT 1"
        row = self.store.row(sql, (announcement_id,))
        return _JOB.read(row) if row else None

    def ahead_of(self, job_id: int) -> int:
        """How many jobs the worker does before this one."""
        sql = "SELECT count(*) FROM job WHERE state IN ('waiting', 'running') AND id < ? AND kind != ?"
        return int(self.store.value(sql, (job_id, BESIDE)))

    def newest(self, kind: str, limit: int = 10, *, also: str = "") -> list[Job]:
        """The newest jobs of a kind, or of two."""
        sql = "SELECT * FROM job WHERE kind IN (?, ?) ORDER BY id DESC LIMIT ?"
        return _JOB.read_all(self.store.rows(sql, (kind, also, limit)))

    def waiting(self, kind: str) -> int | None:
        """The oldest waiting job of a kind."""
        sql = f"SELECT id FROM job WHERE {_WAITING} AND kind = ? ORDER BY id LIMIT 1"  # noqa: S608 - words of ours
        found: int | None = self.store.value(sql, (kind,))
        return found

    def claim(self, job_id: int | None = None, *, but: str = "") -> Job | None:
        """The oldest waiting job, or the one with this id, now running and ours; None when there is none.

        `but`: no job of this kind. What is done beside the others (`BESIDE`) is claimed by its id alone.
        """
        sql = f"""SELECT * FROM job WHERE {_WAITING} AND id = coalesce(?, id) AND kind != ?
            AND (kind != ? OR id = ?) ORDER BY id LIMIT 1"""  # noqa: S608 - words of ours
        asked = (job_id, but, BESIDE, job_id)
        if but and self.store.row(sql, asked) is None:  # asked often: a look costs no transaction
            return None
        with self.store.write() as db:
            row = self.store.row(sql, asked)
            if row is None:
                return None
            claimed = {"state": "running", "progress": 0.0, "attempts": row["attempts"] + 1}
            if not update(db, "job", {"id": row["id"], "state": "waiting"}, claimed):
                return None
            return _JOB.read(row | claimed)

    def give_back(self, job_id: int) -> None:
        """A running job that was stopped through no fault of its own waits again, as if it had never been begun."""
        with self.store.write() as db:
            db.conn.execute(
                "UPDATE job SET state = 'waiting', progress = 0, attempts = max(attempts - 1, 0)"
                " WHERE id = ? AND state = 'running'",
                (job_id,),
            )

    def progress(self, job_id: int, share: float) -> None:
        with self.store.write() as db:
            update(db, "job", {"id": job_id, "state": "running"}, {"progress": min(max(share, 0.0), 1.0)})

    def end(
        self, job_id: int, state: str, now: datetime, *, result: str = "", reason: str = "", details: Row | None = None
    ) -> None:
        """The end of a running job."""
        told = json_text(as_texts(details))
        values = {"state": state, "progress": 1.0, "result": result, "reason": reason, "details_json": told}
        with self.store.write() as db:
            update(db, "job", {"id": job_id, "state": "running"}, values | {"ended_at": instant_text(now)})

    def prune(self, before: datetime) -> int:
        """Take out jobs that ended before then, that no row names and nothing can ask for; how many.

        The newest of a kind and of each announcement stay, and those whose sound is in the library: who made a sound is
        known as long as it is there. A few hundred at a time.
        """
        named = "".join(
            f' AND id NOT IN (SELECT "{row["col"]}" FROM main."{row["tbl"]}" WHERE "{row["col"]}" > 0)'  # noqa: S608 - names of the schema
            for row in self.store.rows(_NAMING)
        )
        asked = (instant_text(before), _KEPT_OF_A_KIND, _PRUNED_AT_ONCE)
        with self.store.write() as db:
            sql = f"DELETE FROM job WHERE id IN ({_PASSED}{named} ORDER BY id LIMIT ?)"  # noqa: S608 - words of ours
            return int(db.conn.execute(sql, asked).rowcount)

    def prune_commands(self, before: datetime) -> int:
        """Take out commands that were taken before then; how many.

        The newest stays, so that its number is given to no other, and so do stops of the red lane: it asks for them by
        their key. A few hundred at a time.
        """
        sql = """DELETE FROM command WHERE id IN (SELECT id FROM command WHERE taken_at < ?
            AND id < (SELECT max(id) FROM command) AND json_extract(args_json, '$.red') IS NULL ORDER BY id LIMIT ?)"""
        with self.store.write() as db:
            return int(db.conn.execute(sql, (instant_text(before), _PRUNED_AT_ONCE)).rowcount)

    def requeue(self, now: datetime) -> None:
        """After a start: what a dead worker left running waits again, or is refused when it has killed it too often."""
        with self.store.write() as db:
            db.conn.execute(
                "UPDATE job SET state = 'waiting' WHERE state = 'running' AND attempts < ?", (MAX_ATTEMPTS,)
            )
            db.conn.execute(
                "UPDATE job SET state = 'refused', reason = 'job_crashed', ended_at = ? WHERE state = 'running'",
                (instant_text(now),),
            )

    def owe_plan(self, by: int, now: datetime) -> None:
        """The plan is to follow what this transaction changes."""
        self.command(_REPLAN, {}, by, now)

    def plan_owed(self) -> int:
        """The newest change that the plan does not follow yet, by its number; 0 = it follows all of them."""
        sql = "SELECT max(id) FROM command WHERE taken_at IS NULL AND kind = ?"
        return int(self.store.value(sql, (_REPLAN,)) or 0)

    def plan_owed_since(self) -> datetime | None:
        """When the oldest change came that the plan does not follow yet; None = it follows all of them."""
        sql = "SELECT created_at FROM command WHERE taken_at IS NULL AND kind = ? ORDER BY id LIMIT 1"
        return instant_or_none(self.store.value(sql, (_REPLAN,)))

    def plan_follows(self, newest: int, now: datetime) -> None:
        """The plan follows every change up to this number."""
        with self.store.write() as db:
            sql = "UPDATE command SET taken_at = ? WHERE taken_at IS NULL AND kind = ? AND id <= ?"
            db.conn.execute(sql, (instant_text(now), _REPLAN, newest))

    def command(self, kind: str, args: dict[str, Any], by: int, now: datetime) -> int:
        return self._add_command(kind, args, by, now, {})

    def commands(self) -> list[Command]:
        """The commands nobody has taken, oldest first, but for plans that are owed.

        Only looks: a disk that takes no row lets them be read.
        """
        rows = self.store.rows("SELECT * FROM command WHERE taken_at IS NULL AND kind <> ? ORDER BY id", (_REPLAN,))
        return _COMMAND.read_all(rows)

    def taken(self, commands: Iterable[int], now: datetime) -> None:
        """Whoever looks from now on does not see these any more."""
        with self.store.write() as db:
            for command_id in commands:
                update(db, "command", {"id": command_id}, {"taken_at": instant_text(now)})

    def taken_command(self, kind: str, args: dict[str, Any], by: int, now: datetime) -> int:
        """A command that was carried out before it could be written: nobody takes it again."""
        return self._add_command(kind, args, by, now, {"taken_at": instant_text(now)})

    def _add_command(self, kind: str, args: dict[str, Any], by: int, now: datetime, more: Row) -> int:
        with self.store.write() as db:
            row: Row = {"kind": kind, "args_json": json_text(args), "created_at": instant_text(now), "created_by": by}
            return insert(db, "command", row | more)

    def beat(self, process: str, pid: int, now: datetime, state: dict[str, Any]) -> None:
        """A process lives. First in the ring, which takes it always; the row follows now and then, or is refused."""
        told = self._red.is_there if self.tells_life else self.live(process, pid, now, state)
        by, at = self._rows.get(process, (0, now))
        if told and by == pid and abs(now - at) < ROW_EVERY:
            return
        with self.store.write(own=True) as db:
            db.conn.execute(
                "INSERT INTO heartbeat (process, pid, at, state_json) VALUES (?, ?, ?, ?)"
                " ON CONFLICT(process) DO UPDATE SET pid = excluded.pid, at = excluded.at,"
                " state_json = excluded.state_json",
                (process, pid, instant_text(now), json_text(state)),
            )
        self._rows[process] = pid, now

    @property
    def has_ring(self) -> bool:
        """Whether processes say that they live somewhere else than in rows."""
        return self._red.is_there

    def live(self, process: str, pid: int, now: datetime, state: dict[str, Any], life: str = "") -> bool:
        """The same without its row: what is told whatever the database does. Where it does not fit, less of it; whether
        the ring has a place for it.
        """
        told = {"pid": pid, "at": instant_text(now), "life": life}
        if self._red.beat(process, told | {"state": state}):
            return True
        return self._red.beat(process, told | {"state": {name: state[name] for name in _LEAST if name in state}})

    def heartbeat(self, process: str) -> Heartbeat | None:
        """The last word of a process: its row's, or the ring's where that is newer or the row cannot be read."""
        told = self._red.life(process)
        living = Heartbeat(process, told["pid"], instant_of(told["at"]), told["state"], told["life"]) if told else None
        try:
            row = self.store.row("SELECT * FROM heartbeat WHERE process = ?", (process,))
        except sqlite3.Error:
            if living is None and not self.has_ring:
                raise
            return living
        if row is None or (living is not None and living.at >= instant_of(row["at"])):
            return living
        return Heartbeat(process, row["pid"], instant_of(row["at"]), json.loads(row["state_json"]))


_JOB = Mapper(Job, "job")
_COMMAND = Mapper(Command, "command")
