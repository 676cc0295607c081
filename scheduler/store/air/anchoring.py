"""Both chains and their anchor: what is noted after each commit, and what no longer agrees with what was noted.

A chain that is found shorter than, or other than, what was anchored gets a row that says so, once, and is anchored anew
from there: what is missing stays told. A file of anchors that is gone is begun again, and that is a row too. Nothing
here raises into a write that is already kept. What the file is stands in `anchor`.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from scheduler.core.local_time import local_day
from scheduler.core.report.proof import Break
from scheduler.kernel.causes import reason_of
from scheduler.kernel.errors import LoaError, Refused
from scheduler.store.air.anchor import NAME, Anchor, Anchored, Ends
from scheduler.store.air.journal import Entry, Journal
from scheduler.store.chain import START, Mark
from scheduler.store.database import Store, insert, instant_text

__all__ = ["DIFFERS", "LOST", "RESCUED", "RESTORED", "Anchoring", "Checked", "checked", "ends_of"]

log = logging.getLogger(__name__)

DIFFERS, LOST, RESTORED, RESCUED = "anchor_differs", "anchor_lost", "restored", "rescued"
"""Reasons of the journal's rows about its own anchor."""
_CUT = {"journal": "journal_anchor_cut", "audit": "audit_anchor_cut"}
_OTHER = {"journal": "journal_anchor_other", "audit": "audit_anchor_other"}
AGAIN = timedelta(minutes=1)
"""How long a file that could not be begun (a full disk) is left alone."""


class Checked(NamedTuple):
    """What the anchor says of the chains."""

    broken: Break | None
    """The first thing that does not hold."""
    notes: tuple[tuple[str, str], ...] = ()
    """Reason and note of rows about the anchor: a restore, a file begun again."""
    anchored: int = 0
    """The last row of the journal that is anchored."""


class Anchoring:
    """What `Store.write` calls when a commit is kept."""

    def __init__(self, store: Store, now: Callable[[], datetime], zone_name: str) -> None:
        self._store, self._now, self._zone_name = store, now, zone_name
        self.file = Anchor(store.path.with_name(NAME))
        self._lock = threading.RLock()
        self._busy = False
        self._seen: tuple[int, Ends] | None = None
        self._not_before: datetime | None = None

    def kept(self) -> None:
        """Anchor what is newest now. Never raises."""
        with self._lock:
            if self._busy:
                return
            self._busy = True
            try:
                self._keep()
            except (LoaError, OSError, ValueError, sqlite3.Error) as error:
                log.error("the ends of the chains are not anchored: %s", error)  # noqa: TRY400 - the next commit tries
            finally:
                self._busy = False

    def begin_term(self) -> None:
        """Rows have come whole from elsewhere (the ward's other machine): they count from here on. Never raises."""
        with self._lock:
            try:
                if self.file.path.exists():
                    self.file.begin_term(ends_of(self._store), self._now())
            except (OSError, sqlite3.Error) as error:
                log.error("the anchor was not begun anew: %s", error)  # noqa: TRY400 - told by the next verify
            self._seen = None

    def _keep(self) -> None:
        if self._seen is not None and self._seen[1] == ends_of(self._store):
            return
        now = self._now()
        term = self.file.term()
        if term is None:
            self._begin(now)
            return
        before = self._seen[1] if self._seen and self._seen[0] == term else self._newest()
        if before is not None and (fault := _fault(self._store, before)):
            self._differs(before, fault, now)
            term = self.file.term() or 0
        ends = ends_of(self._store)
        self.file.keep(ends, now)
        self._seen = term, ends

    def _newest(self) -> Ends | None:
        held = self.file.held()
        return held.records[-1].ends if held and held.records else None

    def _begin(self, now: datetime) -> None:
        """The first anchor of all, or the first after the file was lost: then the journal says so."""
        if self._not_before and abs(now - self._not_before) < AGAIN:
            return
        self._not_before = now
        if not any(one.seq for one in ends_of(self._store)):
            return
        if self._store.value("SELECT 1 FROM anchored LIMIT 1"):
            self._note(LOST, self.file.path.name, now)
        name = self.file.begin(ends_of(self._store), now)
        with self._store.write(own=True) as db:
            insert(db, "anchored", {"name": name, "since": instant_text(now)})
        self._not_before = None

    def _differs(self, before: Ends, fault: str, now: datetime) -> None:
        log.error("the chains are not what was anchored: %s", fault)
        self._note(DIFFERS, f"{fault}; anchored: {_format_ends(before)}", now)
        self.file.begin_term(ends_of(self._store), now)

    def _note(self, reason: str, note: str, now: datetime) -> None:
        day = local_day(now, self._zone_name).isoformat()
        with self._store.write() as db:
            Journal(self._store).append(db, Entry(at=now, kind="station", day=day, reason=reason, note=note))


def ends_of(store: Store) -> Ends:
    """Where both chains end now."""
    return Ends(_end(store, "journal"), _end(store, "audit"))


def checked(store: Store, file: Anchor) -> Checked:
    """Hold the chains against their anchor, and tell what rows say of it; call it inside one snapshot.

    Raises Refused where the file cannot be asked (no descriptor, a fault of the disk): that says nothing of it.
    """
    rows = store.rows(
        "SELECT seq, reason, note FROM journal WHERE kind = 'station' AND reason IN (?, ?, ?, ?) ORDER BY seq",
        (DIFFERS, LOST, RESTORED, RESCUED),
    )
    notes = tuple((row["reason"], row["note"]) for row in rows if row["reason"] != DIFFERS)
    differs = next((row for row in rows if row["reason"] == DIFFERS), None)
    if differs:
        told = {"seq": differs["seq"], "note": differs["note"]}
        return Checked(Break(differs["seq"], differs["note"], DIFFERS, told), notes)
    try:
        held = file.held()
    except OSError as error:
        raise Refused(reason_of(error)) from error
    known = store.value("SELECT 1 FROM anchored LIMIT 1")
    if held is None:
        lost = Break(None, f"{file.path.name} is gone", "anchor_missing", {"file": file.path.name}) if known else None
        return Checked(lost, notes)
    for one in reversed(held.records):
        for chain, mark in zip(("journal", "audit"), one.ends, strict=True):
            if broken := _break(store, chain, mark, one):
                return Checked(broken, notes)
    anchored = max((one.ends.journal.seq for one in held.records), default=0)
    return Checked(None, notes, anchored)


def _break(store: Store, chain: str, mark: Mark, one: Anchored) -> Break | None:
    found = _hash(store, chain, mark)
    if found == mark.hash:
        return None
    last = _end(store, chain).seq
    at = one.at.isoformat(timespec="seconds")
    if last < mark.seq:
        told = f"rows of the {chain} behind {last} are missing: row {mark.seq} was anchored at {at}"
        return Break(last + 1, told, _CUT[chain], {"seq": last, "anchored": mark.seq, "at": at})
    told = f"row {mark.seq} of the {chain} is not the row that was anchored at {at}"
    return Break(mark.seq, told, _OTHER[chain], {"seq": mark.seq, "at": at})


def _fault(store: Store, before: Ends) -> str:
    """What of the chains is no longer as it was anchored; empty = all holds."""
    for chain, mark in zip(("journal", "audit"), before, strict=True):
        if _hash(store, chain, mark) != mark.hash:
            return f"{chain} row {mark.seq} is gone or another, the last is {_end(store, chain).seq}"
    return ""


def _hash(store: Store, chain: str, mark: Mark) -> str:
    if not mark.seq:
        return mark.hash
    return str(store.value(f"SELECT hash FROM {chain} WHERE seq = ?", (mark.seq,)))  # noqa: S608 - our names


def _end(store: Store, chain: str) -> Mark:
    row = store.row(f"SELECT seq, hash FROM {chain} ORDER BY seq DESC LIMIT 1")  # noqa: S608 - our names
    return Mark(row["seq"], row["hash"]) if row else START


def _format_ends(ends: Ends) -> str:
    (journal, journal_hash), (audit, audit_hash) = ends
    return f"journal {journal} {journal_hash[:16]}, audit {audit} {audit_hash[:16]}"
