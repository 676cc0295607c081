"""What comes up from the wards, kept once by (ward, line, row): a whole batch in one transaction, and sums over it.

The same message again changes nothing. Another message with the number of one that is here is kept apart and told to
the caller: two stations speak with one name. A row of a ward's journal counts once, however often it is told, and once
where the machine that took over tells what the other had told. A line's epoch is its place among the ward's lines.
Below the highest row of a ward `hub_ahead` knows what has come beyond a hole, so that holes can be named.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils.db import Database

from scheduler.extras.hub.rows.audit import take_end
from scheduler.extras.hub.rules.uplink_reports import Ack, JournalRow, clock_told
from scheduler.extras.hub.rules.wards import merged_rows
from scheduler.store.chain import row_hash
from scheduler.store.database import Row, Store, instant_text, json_text

__all__ = ["AirtimeRow", "Came", "ChainFault", "HubRows", "Twice", "hashed"]


CHANGED, BROKEN = "ward_row_changed", "ward_chain_broken"
STRAY = 0
"""Epoch of rows whose number was taken."""


@dataclass(frozen=True, slots=True)
class Came:
    """One message of a ward, read. Without any of the three it was unreadable and only counts as come."""

    ward_id: str
    row: int
    mark: str
    at: datetime
    """By the ward's clock."""
    ack: Ack | None = None
    journal: JournalRow | None = None
    health: Mapping[str, Any] | None = None
    line: str = ""
    """Of the row's number."""
    stored_at: datetime | None = None
    """By the broker's clock; None = not known."""


class Twice(NamedTuple):
    """A row of a ward that came with two contents."""

    ward_id: str
    row: int


class AirtimeRow(NamedTuple):
    """Sums over a ward's airings of one outcome."""

    ward_id: str
    outcome: str
    airings: int
    measured: int
    """Of them, how many were measured."""
    played_ms: int
    proved: int
    """Of them, how many hash to the hash they came with."""
    last: str
    sounded: int
    """Of them, how many have any sound."""


class ChainFault(NamedTuple):
    """A row of a ward's journal that does not follow the one before it."""

    ward_id: str
    seq: int
    reason: str


@dataclass(slots=True)
class _Line:
    """How far the rows of one line of a ward have come."""

    epoch: int
    line: str | None
    whole_to: int = 0
    top_row: int = 0


@dataclass(slots=True)
class _Ward:
    """A ward as its tables have it while a batch is taken in."""

    id: str
    journal_at: str | None
    stored: str = ""
    """Of its newest health, as `clock_told` keeps it."""
    lines: dict[str, _Line] = field(default_factory=dict)
    ahead: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Epoch -> rows that came beyond a hole."""
    newest: int = 0
    """The newest line's epoch."""

    def add(self, line: _Line) -> None:
        """Lines come in the order of their epochs."""
        self.newest = line.epoch
        if line.line is not None:
            self.lines[line.line] = line


@dataclass(slots=True)
class _Gain:
    """What a batch changes beside its own rows, written at once when all of it is read."""

    now: str
    last: list[tuple[Any, ...]] = field(default_factory=list)
    passed: list[tuple[Any, ...]] = field(default_factory=list)
    ahead: list[tuple[Any, ...]] = field(default_factory=list)
    heard: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    health: list[tuple[Any, ...]] = field(default_factory=list)

    def write(self, db: Database) -> None:
        """In the transaction of the batch. Of two words of a ward on one issue the later row is the last one."""
        last = """INSERT INTO hub_last (issue_id, ward_id, epoch, row, state) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT(issue_id, ward_id) DO UPDATE SET epoch = excluded.epoch, row = excluded.row,
            state = excluded.state WHERE (excluded.epoch, excluded.row) > (epoch, row)"""
        for sql, rows in (
            (last, self.last),
            ("DELETE FROM hub_ahead WHERE ward_id = ? AND epoch = ? AND row <= ?", self.passed),
            ("INSERT OR IGNORE INTO hub_ahead (ward_id, epoch, row) VALUES (?, ?, ?)", self.ahead),
            ("UPDATE hub_presence SET heard_at = ?, journal_at = ? WHERE ward_id = ?", self.heard),
            ("UPDATE hub_line SET whole_to = ?, top_row = ? WHERE ward_id = ? AND epoch = ?", self.lines),
            ("UPDATE hub_presence SET health_json = ?, health_at = ? WHERE ward_id = ?", self.health),
        ):
            db.conn.executemany(sql, rows)


def hashed(row: Mapping[str, Any]) -> str:
    """The hash of a row of a ward's journal; empty where a column is missing or holds what none can hold."""
    try:
        return row_hash(dict(row))
    except (KeyError, TypeError, ValueError):
        return ""


class HubRows:
    def __init__(self, store: Store) -> None:
        self.store = store

    # Taking in

    def take(self, batch: Sequence[Came], now: datetime) -> list[Twice]:
        """Keep a batch in one transaction; gives the rows that came with another content than the one that is here."""
        by_line: dict[tuple[str, str], list[Came]] = defaultdict(list)
        for came in batch:
            by_line[came.ward_id, came.line].append(came)
        twice: list[Twice] = []
        with self.store.write() as db:
            known = self._known({ward_id for ward_id, _ in by_line})
            gain = _Gain(instant_text(now))
            for (ward_id, line), messages in by_line.items():
                if ward_id in known:
                    twice += self._take_line(db, known[ward_id], line, messages, gain)
            gain.write(db)
        return twice

    def _known(self, ward_ids: Collection[str]) -> dict[str, _Ward]:
        """What is known of these wards; of one that is none of ours nothing. Three reads, however many they are."""
        these = (json_text(sorted(ward_ids)),)
        of = "ward_id IN (SELECT value FROM json_each(?))"
        stored = "json_extract(health_json, '$.stored') AS stored"
        rows = self.store.rows(f"SELECT ward_id, journal_at, {stored} FROM hub_presence WHERE {of}", these)  # noqa: S608 - ours
        found = {row["ward_id"]: _Ward(row["ward_id"], row["journal_at"], str(row["stored"] or "")) for row in rows}
        for row in self.store.rows(f"SELECT * FROM hub_line WHERE {of} ORDER BY epoch", these):  # noqa: S608 - ours
            if row["ward_id"] in found:
                found[row["ward_id"]].add(_Line(row["epoch"], row["line"], row["whole_to"], row["top_row"]))
        for row in self.store.rows(f"SELECT ward_id, epoch, row FROM hub_ahead WHERE {of}", these):  # noqa: S608 - ours
            if row["ward_id"] in found:
                found[row["ward_id"]].ahead[row["epoch"]].add(row["row"])
        return found

    def reached(self, batch: Iterable[Came]) -> dict[tuple[str, str], range]:
        """(Ward, line) that is known -> the rows that this batch brings it to without a gap; empty where it is none."""
        rows: dict[tuple[str, str], list[int]] = defaultdict(list)
        for came in batch:
            rows[came.ward_id, came.line].append(came.row)
        sql = """SELECT ward_id, line, whole_to FROM hub_line
            WHERE line IS NOT NULL AND ward_id IN (SELECT value FROM json_each(?))"""
        known = self.store.rows(sql, (json_text(sorted({ward_id for ward_id, _ in rows})),))
        whole = {(one["ward_id"], one["line"]): one["whole_to"] for one in known}
        return {
            key: range(whole[key] + 1, merged_rows(whole[key], (), numbers)[0] + 1)
            for key, numbers in rows.items()
            if key in whole
        }

    def _take_line(
        self, db: Database, ward: _Ward, told: str, messages: Sequence[Came], gain: _Gain
    ) -> Iterator[Twice]:
        line = ward.lines.get(told) or _begun(db, ward, told)
        for came in messages:
            table, values = _row_of(came)
            if not table:
                continue
            key = (ward.id, line.epoch, came.row)
            row = values | {"received_at": gain.now, "mark": came.mark}
            if not _kept(db, table, key, row):
                _keep_stray(db, table, ward.id, row)
                yield Twice(ward.id, came.row)
            elif table == "hub_ack":
                gain.last.append((values["issue_id"], *key, values["state"]))
            else:
                _followed(db, key, row)
        ahead = ward.ahead[line.epoch]
        line.whole_to, beyond = merged_rows(line.whole_to, ahead, (came.row for came in messages))
        if beyond != ahead:
            gain.passed.append((ward.id, line.epoch, line.whole_to))
            gain.ahead += [(ward.id, line.epoch, row) for row in sorted(beyond - ahead)]
        health = max((one for one in messages if one.health is not None), key=lambda one: one.row, default=None)
        # One that was sent again, or in an older line, is not how it stands now.
        if health is not None and line.epoch == ward.newest and health.row >= line.top_row:
            before = [one.stored_at for one in messages if one.health is not None and one.row < health.row]
            clock = clock_told((line.epoch, health.row), health.at, health.stored_at, ward.stored, before)
            now = dict(health.health or {}) | clock
            gain.health.append((json_text(now), gain.now, ward.id))
            take_end(db, (ward.id, line.epoch, health.row), health.health or {}, gain.now)
        line.top_row = max(line.top_row, *(one.row for one in messages))
        if any(one.journal is not None for one in messages):
            ward.journal_at = gain.now
        gain.heard.append((gain.now, ward.journal_at, ward.id))
        gain.lines.append((line.whole_to, line.top_row, ward.id, line.epoch))

    def _ahead(self, ward_id: str, epoch: int) -> set[int]:
        sql = "SELECT row FROM hub_ahead WHERE ward_id = ? AND epoch = ?"
        return {row["row"] for row in self.store.rows(sql, (ward_id, epoch))}

    def holes_known(self) -> dict[tuple[str, str], tuple[int, list[int]]]:
        """(Ward, line) -> (up to where all has come, rows that came beyond), of lines with a hole, the newest first."""
        sql = """SELECT a.ward_id, l.line, a.row, l.whole_to FROM hub_ahead a
            JOIN hub_line l ON l.ward_id = a.ward_id AND l.epoch = a.epoch AND l.line IS NOT NULL
            ORDER BY a.ward_id, l.epoch DESC, a.row"""
        found: dict[tuple[str, str], tuple[int, list[int]]] = {}
        for row in self.store.rows(sql):
            found.setdefault((row["ward_id"], row["line"]), (row["whole_to"], []))[1].append(row["row"])
        return found

    def give_up(self, ward_id: str, first: int, last: int, line: str = "") -> None:
        """These rows are with the ward no more: they are counted as lost and not asked for again."""
        with self.store.write() as db:
            known = self.store.row("SELECT * FROM hub_line WHERE ward_id = ? AND line = ?", (ward_id, line))
            if known is None or first != known["whole_to"] + 1:
                return
            epoch = known["epoch"]
            ahead = self._ahead(ward_id, epoch)
            lost = [row for row in range(first, last + 1) if row not in ahead]
            whole_to, _ = merged_rows(known["whole_to"], ahead, lost)
            sql = "DELETE FROM hub_ahead WHERE ward_id = ? AND epoch = ? AND row <= ?"
            db.conn.execute(sql, (ward_id, epoch, whole_to))
            sql = "UPDATE hub_line SET whole_to = ? WHERE ward_id = ? AND epoch = ?"
            db.conn.execute(sql, (whole_to, ward_id, epoch))
            sql = "UPDATE hub_presence SET lost_rows = lost_rows + ? WHERE ward_id = ?"
            db.conn.execute(sql, (len(lost), ward_id))

    # Sums

    def airtime(self, first: str, last: str, number: str | None = None) -> list[AirtimeRow]:
        """Airings of these days (of one dispatch) by ward and outcome."""
        sql = """SELECT ward_id, outcome, count(*) AS airings, count(played_ms) AS measured,
                coalesce(sum(played_ms), 0) AS played_ms, sum(proved) AS proved, max(day) AS last,
                sum(coalesce(played_ms, 0) > 0) AS sounded
            FROM hub_journal WHERE kind = 'airing' AND "trigger" <> 'test' AND again = 0
                AND day BETWEEN :first AND :last"""
        if number is not None:
            sql += " AND dispatch_number = :number AND dispatch_number <> ''"
        values = {"first": first, "last": last, "number": number}
        return [AirtimeRow(**row) for row in self.store.rows(f"{sql} GROUP BY ward_id, outcome", values)]

    def evidence(self, number: str, ward_id: str, limit: int = 1000) -> list[Row]:
        """The airings of a dispatch that a ward told, oldest first, each with its hash."""
        sql = """SELECT seq, day, title, zone, "trigger", outcome, reason, planned_start, actual_start, planned_ms,
                played_ms, audio_sha256, hash, prev_hash, proved, received_at FROM hub_journal
            WHERE dispatch_number = ? AND dispatch_number <> '' AND ward_id = ? AND kind = 'airing' AND again = 0
            ORDER BY coalesce(actual_start, planned_start), row LIMIT ?"""
        return self.store.rows(sql, (number, ward_id, limit))

    def chain_faults(self, ward_ids: Iterable[str] | None = None, most: int = 100) -> list[ChainFault]:
        """Rows that do not hash to their hash, and rows that do not follow the one before them, where both are here."""
        only = "" if ward_ids is None else "AND ward_id IN (SELECT value FROM json_each(:wards))"
        sql = f"""SELECT ward_id, seq, fault AS reason FROM hub_journal WHERE fault <> '' {only}
            ORDER BY ward_id, seq LIMIT :most"""  # noqa: S608 - `only` is ours
        wards = json_text(list(ward_ids or ()))
        return [ChainFault(**row) for row in self.store.rows(sql, {"wards": wards, "most": most})]

    def fault_counts(self) -> dict[str, int]:
        """Ward -> how many such rows."""
        rows = self.store.rows("SELECT ward_id, count(*) AS n FROM hub_journal WHERE fault <> '' GROUP BY ward_id")
        return {row["ward_id"]: row["n"] for row in rows}


def _row_of(came: Came) -> tuple[str, Row]:
    """Table and columns of what a message holds; no table for what is not kept by row."""
    if came.ack is not None:
        return "hub_ack", {
            "issue_id": came.ack.issue_id,
            "state": came.ack.state.value,
            "reason": came.ack.reason,
            "details_json": json_text(dict(came.ack.details)),
            "played_ms": came.ack.played_ms,
            "at": instant_text(came.at),
        }
    if came.journal is not None:
        one = came.journal
        told = {"seq": one.seq, "issue_id": one.issue_id, "hash": one.hash, "prev_hash": one.prev_hash}
        fault = CHANGED if one.seq is not None and not one.proved else ""
        told |= {"proved": int(one.proved), "fault": fault, "late_of": one.late_of}
        return "hub_journal", dict(one.values) | told
    return "", {}


def _begun(db: Database, ward: _Ward, told: str) -> _Line:
    """A line of a ward that was never heard of: the newest of all."""
    line = _Line(ward.newest + 1, told)
    db.conn.execute("INSERT INTO hub_line (ward_id, epoch, line) VALUES (?, ?, ?)", (ward.id, line.epoch, told))
    ward.add(line)
    return line


def _followed(db: Database, key: tuple[str, int, int], values: Row) -> None:
    """What hangs on a row of a journal that was kept: whether it counts, and the links to its neighbours."""
    _count_once(db, key, values)
    if values["seq"] is not None:
        _link(db, key[0], values)


def _count_once(db: Database, key: tuple[str, int, int], values: Row) -> None:
    """A row that another one tells once more does not count beside it, whichever of the two came first."""
    if values["late_of"]:
        sql = "UPDATE hub_journal SET again = 1 WHERE ward_id = ? AND hash = ? AND hash <> ''"
        db.conn.execute(sql, (key[0], values["late_of"]))
    sql = "SELECT 1 FROM hub_journal WHERE ward_id = ? AND late_of = ? AND late_of <> ''"
    if values["hash"] and db.conn.execute(sql, (key[0], values["hash"])).fetchone():
        db.conn.execute("UPDATE hub_journal SET again = 1 WHERE ward_id = ? AND epoch = ? AND row = ?", key)


def _link(db: Database, ward_id: str, values: Row) -> None:
    """Note where a row of a ward's chain does not follow the one before it, whichever of the two came first.

    Two machines of a pair may each have written behind the last row that both have: the one that took over says so in
    its first row, and each part follows its own.
    """
    seq, conn = values["seq"], db.conn
    sql = """SELECT seq, kind, hash, prev_hash, fault FROM hub_journal
        WHERE ward_id = ? AND seq BETWEEN ? AND ? AND seq IS NOT NULL"""
    near = [tuple(one) for one in conn.execute(sql, (ward_id, seq - 1, seq + 1))]
    for at in (seq, seq + 1):
        before = {hash_ for other, _, hash_, _, _ in near if other == at - 1}
        here = [one for one in near if one[0] == at]
        for _, _, hash_, prev_hash, fault in here:
            beside = [one[1] for one in here if one[3] == prev_hash]
            forked = len(beside) > 1 and "pair" not in beside
            now = BROKEN if forked or (before and prev_hash not in before) else ""
            if now != fault != CHANGED:
                _fault(db, ward_id, at, hash_, now)


def _fault(db: Database, ward_id: str, seq: int, hash_: str, fault: str) -> None:
    sql = (
        "UPDATE hub_journal SET fault = ? WHERE ward_id = ? AND seq = ? AND seq IS NOT NULL AND hash = ? AND fault <> ?"
    )
    db.conn.execute(sql, (fault, ward_id, seq, hash_, CHANGED))


def _keep_stray(db: Database, table: str, ward_id: str, values: Row) -> None:
    """Keep what came with the number of another row, once, under a number of its own: it was said, and it is proof."""
    sql = f"SELECT coalesce(max(row), 0) + 1, max(mark = ?) FROM {table} WHERE ward_id = ? AND epoch = ?"  # noqa: S608 - our name
    number, known = db.conn.execute(sql, (values["mark"], ward_id, STRAY)).fetchone()
    if not known:
        _kept(db, table, (ward_id, STRAY, number), values)


def _kept(db: Database, table: str, key: tuple[str, int, int], values: Row) -> bool:
    """Keep a row unless it is here; False where another one stands in its place."""
    names = ("ward_id", "epoch", "row", *values)
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" for _ in names)
    sql = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our names
    if db.conn.execute(sql, (*key, *values.values())).rowcount:
        return True
    sql = f"SELECT mark FROM {table} WHERE ward_id = ? AND epoch = ? AND row = ?"  # noqa: S608 - our name
    found = db.conn.execute(sql, key).fetchone()
    return found is None or found[0] == values["mark"]  # None: this row of the journal came in another message
