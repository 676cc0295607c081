"""Backups as rows: which was asked for, how far it is, how it ended.

Rows only. A run is claimed by a conditional update; one that a dead worker left running is failed by the next.
"""

from collections.abc import Mapping
from datetime import datetime

from scheduler.core.station.kept import BackupRun
from scheduler.kernel.errors import as_texts
from scheduler.store.database import Store, insert, instant_text, json_text, update
from scheduler.store.mapper import Column, Mapper

__all__ = ["BackupRuns"]


class BackupRuns:
    def __init__(self, store: Store) -> None:
        self.store = store

    def ask(self, folder: str, by: int, now: datetime) -> int:
        """A new run that waits; 0 when one waits or is under way already."""
        with self.store.write():
            return 0 if self.is_open() else self.begin(folder, by, now, "waiting")

    def begin(self, folder: str, by: int, now: datetime, state: str = "running") -> int:
        """A new run, whether another one waits or not."""
        row = {"folder": folder, "asked_by": by, "asked_at": instant_text(now), "state": state}
        with self.store.write() as db:
            return insert(db, "backup_run", row)

    def claim(self) -> BackupRun | None:
        """The run that waits, now ours; None when there is none."""
        found = self._one("WHERE r.state = 'waiting' ORDER BY r.id LIMIT 1")
        if found is None:
            return None
        with self.store.write() as db:
            taken = update(db, "backup_run", {"id": found.id, "state": "waiting"}, {"state": "running"})
        return found if taken else None

    def progress(self, run_id: int, share: float) -> None:
        with self.store.write() as db:
            update(db, "backup_run", {"id": run_id, "state": "running"}, {"progress": share})

    def end(self, run_id: int, now: datetime, *, file: str = "", size: int = 0) -> None:
        """It is whole."""
        values = {"state": "good", "progress": 1.0, "file": file, "bytes": size, "ended_at": instant_text(now)}
        with self.store.write() as db:
            update(db, "backup_run", {"id": run_id, "state": "running"}, values)

    def fail(self, run_id: int, reason: str, details: Mapping[str, object], now: datetime) -> None:
        told = json_text(as_texts(details))
        values = {"state": "failed", "reason": reason, "details_json": told, "ended_at": instant_text(now)}
        with self.store.write() as db:
            update(db, "backup_run", {"id": run_id, "state": "running"}, values)

    def give_back(self, run_id: int) -> None:
        """One that was stopped through no fault of its own waits again."""
        values = {"state": "waiting", "progress": 0.0, "reason": "", "ended_at": None}
        with self.store.write() as db:
            update(db, "backup_run", {"id": run_id}, values)

    def is_open(self) -> bool:
        """Whether one waits or is under way."""
        return bool(self.store.value("SELECT 1 FROM backup_run WHERE state IN ('waiting', 'running') LIMIT 1"))

    def fail_left(self, now: datetime) -> None:
        """What a process that is gone has left running."""
        for row in self.store.rows("SELECT id FROM backup_run WHERE state = 'running'"):
            self.fail(row["id"], "backup_stopped", {}, now)

    def end_left(self, now: datetime, *, file: str, size: int) -> None:
        """What a copy of the rows holds as under way is the run that made the copy, and `file` of it."""
        for row in self.store.rows("SELECT id FROM backup_run WHERE state = 'running'"):
            self.end(row["id"], now, file=file, size=size)

    def newest(self) -> BackupRun | None:
        return self._one("ORDER BY r.id DESC LIMIT 1")

    def last_good(self) -> BackupRun | None:
        return self._one("WHERE r.state = 'good' ORDER BY r.id DESC LIMIT 1")

    def history(self, limit: int = 20) -> list[BackupRun]:
        """The newest runs, newest first."""
        sql = "SELECT r.*, p.name FROM backup_run r JOIN person p ON p.id = r.asked_by ORDER BY r.id DESC LIMIT ?"
        return _RUN.read_all(self.store.rows(sql, (limit,)))

    def _one(self, rest: str) -> BackupRun | None:
        sql = f"SELECT r.*, p.name FROM backup_run r JOIN person p ON p.id = r.asked_by {rest}"  # noqa: S608 - ours
        row = self.store.row(sql)
        return _RUN.read(row) if row else None


_RUN = Mapper(BackupRun, "backup_run", by=Column("name"))
