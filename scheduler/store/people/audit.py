"""The audit log: every change of what people decide leaves who, when, from where, by which right, before and after.

Complete by construction: each writing connection watches every table that `audit_tables` does not name as noise, and
`Store.write` lets the log settle in the same transaction, so that no act can be kept without its row. Rows hang
together by their hashes as the journal's do, and are never changed. Secrets and telephone numbers never reach it.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from scheduler.core.audit_context import doing
from scheduler.core.model import Person
from scheduler.core.people.kept import AuditFilter, AuditRow
from scheduler.core.planning.rules import local_day
from scheduler.core.report.proof import Break
from scheduler.store.chain import GENESIS, START, Chain, Mark, row_hash, snapshot, walk
from scheduler.store.database import Row, Store, insert, instant_text, json_text
from scheduler.store.mapper import Mapper
from scheduler.store.people.audit_tables import NOISE, TITLES, Watched, as_logged, by_people_only, watches

log = logging.getLogger(__name__)

__all__ = ["AUDIT", "Audit"]

AUDIT = Chain(
    "audit",
    (
        "seq", "at", "day", "kind", "person_id", "name", "via", "address", "session", "act", "route", "subject",
        "subject_id", "title", "before_json", "after_json", "note", "prev_hash",
    ),
    "audit_row_missing",
    "audit_row_moved",
    "audit_row_changed",
)  # fmt: skip
MANY = 40
"""Rows of one table in one act beyond which the act is told as one row."""
SAME_REFUSAL = timedelta(minutes=1)
"""How long the same refusal of the same person is not told again."""
_TITLE = 200
_NOTE = 500
_SAW = "CREATE TEMP TABLE witnessed (id INTEGER PRIMARY KEY, tbl TEXT, old TEXT, new TEXT)"


class _Change(NamedTuple):
    table: str
    kind: str
    old: Row
    new: Row


class Audit:
    def __init__(self, store: Store, now: Callable[[], datetime], zone_name: str) -> None:
        """`now`: the station's clock; `zone_name`: in whose days the log is looked through."""
        self.store, self._now, self._zone_name = store, now, zone_name
        self._tables: dict[str, Watched] = {}
        self._statements: tuple[str, ...] = ()

    # What `Store.write` calls

    def watch(self) -> None:
        """Let the calling thread's connection note every change of a table that counts."""
        conn = self.store.db.conn
        if not self._statements:
            self._tables, self._statements = watches(self.store)
        conn.execute(_SAW)
        for statement in self._statements:
            conn.execute(statement)

    def settle(self) -> None:
        """Inside the transaction, before it is kept: what was changed in it becomes rows of the log."""
        conn = self.store.db.conn
        seen = conn.execute("SELECT tbl, old, new FROM temp.witnessed ORDER BY id").fetchall()
        if not seen:
            return
        conn.execute("DELETE FROM temp.witnessed")
        tables: dict[str, list[_Change]] = {}
        for change in self._merged(seen):
            tables.setdefault(change.table, []).append(change)
        for table, changes in tables.items():
            if len(changes) > MANY:
                self._append("many", subject=table, after=_summed(changes))
                continue
            for one in changes:
                self._tell(one)

    def _tell(self, one: _Change) -> None:
        """A change as a row of the log: the columns that changed, without what must not stand there."""
        both = {name: as_logged(one.table, name, one.old.get(name), one.new.get(name)) for name in one.old | one.new}
        names = [name for name in both if not (one.old and one.new) or _differs(one, name)]
        row, side = (one.new, 1) if one.new else (one.old, 0)
        self._append(
            one.kind,
            subject=one.table,
            subject_id="/".join(str(both[name][side]) for name in self._tables[one.table].key),
            title=str(next((both[name][side] for name in TITLES if row.get(name)), "")),
            before={name: both[name][0] for name in names if one.old},
            after={name: both[name][1] for name in names if one.new},
        )

    def _merged(self, seen: Sequence[tuple[str, str | None, str | None]]) -> list[_Change]:
        """One change for each row, from what it was before the act to what it is after it; without mere noise."""
        rows: dict[tuple[str, str], list[Row]] = {}
        for table, was, now in seen:
            names = self._tables[table].columns
            before, after = (dict(zip(names, json.loads(text), strict=True)) if text else {} for text in (was, now))
            key = table, self._key_of(table, after or before)
            first = rows.setdefault(key, [before, after])
            first[1] = after
        person = doing().person
        changes = []
        for (table, _), (old, new) in rows.items():
            kind = "update" if old and new else "insert" if new else "delete"
            change = _Change(table, kind, old, new)
            counts = kind != "update" or any(_differs(change, name) for name in new if name not in NOISE)
            if (old or new) and counts and not (person is None and by_people_only(table)):
                changes.append(change)
        return changes

    def _key_of(self, table: str, row: Row) -> str:
        return "/".join(str(row.get(name, "")) for name in self._tables[table].key)

    # What leaves no row of its own

    def event(self, kind: str, *, person: Person | None = None, **facts: Any) -> None:
        """Tell of something that changed no row: a sign-in, a refusal, a cancelled order.

        Args:
            kind: what happened, a word of `web.words.audit_words.KINDS`.
            person: who; default: whoever acts just now.
            facts: subject (a table), subject_id, title, note.

        """
        if self.store.is_fenced:  # the log is the ward's, and another machine writes it
            log.info("%s of %s on the machine without the air", kind, person.login if person else "nobody")
            return
        with self.store.write():
            self._append(kind, person=person, **facts)

    def event_if_taken(self, kind: str, *, person: Person | None = None, **facts: Any) -> None:
        """The same where nobody may be kept waiting: a database that takes nothing just now is not told."""
        if not self.store.if_taken(lambda: self.event(kind, person=person, **facts)):
            log.warning("not in the log of acts, the database takes nothing just now: %s", kind)

    def refused(self, person: Person, act: str, reason: str) -> None:
        """Somebody asked for what they have no right to; the same again within a minute is told once."""
        if self.store.is_fenced:
            return
        since = instant_text(self._now() - SAME_REFUSAL)
        sql = "SELECT 1 FROM audit WHERE person_id = ? AND kind = 'refused' AND act = ? AND at > ? LIMIT 1"
        with self.store.write():
            if not self.store.value(sql, (person.id, act, since)):
                self._append("refused", person=person, act=act, note=reason)

    def _append(self, kind: str, *, person: Person | None = None, act: str = "", **facts: Any) -> None:
        """`facts`: subject, subject_id, title, note; before and after as mappings."""
        what, now = doing(), self._now()
        who = person or what.person
        last = self.store.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        row: Row = {
            "seq": (last["seq"] if last else 0) + 1,
            "at": instant_text(now),
            "day": local_day(now, self._zone_name).isoformat(),
            "kind": kind,
            "person_id": who.id if who else None,
            "name": who.recorded_name if who else "",
            "via": what.via,
            "address": what.address[:60],
            "session": what.session[:80],
            "act": act or what.act,
            "route": what.route[:120],
            "subject": facts.get("subject", ""),
            "subject_id": str(facts.get("subject_id", ""))[:120],
            "title": str(facts.get("title", ""))[:_TITLE],
            "before_json": json_text(facts.get("before", {})),
            "after_json": json_text(facts.get("after", {})),
            "note": str(facts.get("note", ""))[:_NOTE],
            "prev_hash": last["hash"] if last else GENESIS,
        }
        insert(self.store.db, "audit", row | {"hash": row_hash(row, AUDIT)})

    # Reading

    def rows(self, asked: AuditFilter, *, before: int | None = None, limit: int = 50) -> list[AuditRow]:
        """The newest rows that fit, older than row `before`."""
        where, values = ["seq < ?"], [before if before is not None else 2**63 - 1]
        for name, value in asked._asdict().items():
            if value not in (None, ""):
                where.append(f"{name} = ?")
                values.append(value)
        sql = f"SELECT * FROM audit WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?"  # noqa: S608 - our names
        return _ROW.read_all(self.store.rows(sql, (*values, limit)))

    def people(self) -> list[tuple[int, str]]:
        """Who has ever done something: number and newest name."""
        sql = "SELECT person_id, name, max(seq) FROM audit WHERE person_id IS NOT NULL GROUP BY person_id"
        return [(row["person_id"], row["name"]) for row in self.store.rows(sql)]

    def verify(self) -> tuple[int, Break | None]:
        """How many rows hold, from the first on, and the first thing that does not."""
        with snapshot(self.store):
            walked = walk(self.store, START, chain=AUDIT)
            return walked.last.seq, walked.broken

    def head(self) -> Mark:
        """The newest row and its hash: written down elsewhere, it proves later that nothing was cut off."""
        row = self.store.row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        return Mark(row["seq"], row["hash"]) if row else START


def _differs(change: _Change, name: str) -> bool:
    return bool(change.old.get(name) != change.new.get(name))


def _summed(changes: Sequence[_Change]) -> Row:
    """Very many rows as one: how many, what the first are called, and the digest of all of them."""
    digest = hashlib.sha256(json_text([[one.kind, one.old, one.new] for one in changes]).encode()).hexdigest()
    named = [
        next((str((one.new or one.old)[name]) for name in TITLES if (one.new or one.old).get(name)), "")
        for one in changes
    ]
    counts = {kind: sum(one.kind == kind for one in changes) for kind in ("insert", "update", "delete")}
    return {"rows": len(changes), **counts, "first": [name for name in named if name][:10], "sha256": digest}


_ROW = Mapper(AuditRow, "audit")
