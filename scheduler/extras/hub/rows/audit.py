"""Where each ward's log of acts ended when the town was told last, and every time it was not what had been told.

One row a ward for the end, one for each fault: those stay. What is a fault `audit_uplink` says. It is called in the
transaction that keeps the word of the ward.
"""

import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlite_utils.db import Database

from scheduler.extras.town.rules.audit_uplink import fault_of, read
from scheduler.store.database import Store

__all__ = ["AuditFault", "audit_faults", "take_end"]

log = logging.getLogger(__name__)


class AuditFault(NamedTuple):
    """The end of a ward's log of acts that did not follow the one told before. `told`: that one's row."""

    ward_id: str
    seq: int
    told: int
    reason: str


def take_end(db: Database, key: tuple[str, int, int], health: Mapping[str, Any], now: str) -> None:
    """Hold what a ward tells of its log of acts against what it told last. `key`: ward, epoch of its line, row."""
    ward_id, epoch, row = key
    if (end := read(health.get("audit"))) is None:
        return
    sql = "SELECT epoch, row, seq, hash FROM hub_audit WHERE ward_id = ? ORDER BY epoch DESC, row DESC LIMIT 1"
    last = db.conn.execute(sql, (ward_id,)).fetchone()
    if last is not None and (last[0], last[1]) >= (epoch, row):
        return  # a word that comes late is not how it stands now
    fault = fault_of((last[2], last[3]), end, same_line=last[0] == epoch) if last is not None else ""
    if fault:
        log.error("ward %s: its log of acts ends at row %d, told was %d: %s", ward_id, end.seq, last[2], fault)
    db.conn.execute("DELETE FROM hub_audit WHERE ward_id = ? AND fault = ''", (ward_id,))
    sql = "INSERT INTO hub_audit (ward_id, epoch, row, seq, hash, told, fault, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    told = last[2] if fault else 0
    db.conn.execute(sql, (ward_id, epoch, row, end.seq, end.hash, told, fault, now))


def audit_faults(store: Store, ward_id: str | None = None) -> list[AuditFault]:
    """Every time that a ward's log of acts was not what it had told, oldest first."""
    only = "" if ward_id is None else "AND ward_id = :ward"
    sql = f"""SELECT ward_id, seq, told, fault AS reason FROM hub_audit WHERE fault <> '' {only}
        ORDER BY ward_id, epoch, row"""  # noqa: S608 - `only` is ours
    return [AuditFault(**row) for row in store.rows(sql, {"ward": ward_id})]
