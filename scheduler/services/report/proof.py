"""Proof: close the days that are over, say whether the journal holds, hand its proof to a superior.

A day is closed by a signed checkpoint, once, oldest first; who closes it (the nightly run, the worker, a person) makes
no difference. Nothing here changes a row of the journal or a checkpoint, and a day whose rows do not hold is closed all
the same, with that fact in it. What a checkpoint is stands in `core.report.proof`.
"""

import logging
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from scheduler.core.local_time import local_day
from scheduler.core.model import Person
from scheduler.core.report.proof import (
    Checkpoint,
    Exported,
    Sealed,
    Verification,
    closes_at,
    handed_over,
    payload_of,
    read_payload,
)
from scheduler.kernel.causes import MACHINE_FAULTS
from scheduler.kernel.errors import LoaError, Refused
from scheduler.services.repositories import Repositories, permit
from scheduler.store import Break, Checkpoints, Entry, Keys, SigningKey, holds, instant_text
from scheduler.store.air.anchor import NAME, Anchor
from scheduler.store.air.anchoring import checked
from scheduler.store.air.proof_file import write_proof
from scheduler.store.chain import START, Mark, snapshot

log = logging.getLogger(__name__)

MOST_AT_ONCE = 31
"""Days that are closed in one go: what closes them has other things to do."""
_DAY = timedelta(days=1)


class ProofService:
    def __init__(self, repos: Repositories) -> None:
        self._repos = repos
        self._keys = Keys(repos.config.data / "keys")
        self._checkpoints = Checkpoints(repos.store)

    # The key

    def make_key(self) -> None:
        """The signing key, once, at set-up; where it cannot be made the station goes on without checkpoints."""
        try:
            self._keys.make()
        except Refused as refused:
            log.error("no signing key: %s", refused)  # noqa: TRY400 - its cause stands in the sentence

    def key(self) -> SigningKey:
        """The key that signs now: its public half is what a superior is given. Raises Refused key_unreadable."""
        return self._keys.current()

    def change_key(self, actor: Person) -> SigningKey:
        """Let a new key sign from the next checkpoint on, with the old one's consent."""
        permit(actor, "change_key")
        return self._keys.change()

    # Closing days

    def close_days_quietly(self) -> None:
        """`close_days` beside other work: its fault is a line in the log and no more, and is tried again next time."""
        try:
            if count := self.close_days():
                log.info("%d checkpoints of the journal signed", count)
        except (LoaError, OSError, ValueError, sqlite3.Error) as error:
            log.error("no checkpoint: %s", error)  # noqa: TRY400 - it comes back every minute until it is mended

    def close_days(self, most: int = MOST_AT_ONCE) -> int:
        """Sign a checkpoint for each day that is over and has none, oldest first; how many were made.

        Raises Refused checkpoint_changed when the newest one is damaged, journal_unreadable, key_unreadable,
        disk_full, disk_readonly.
        """
        made = 0
        while made < most and (following := self._following()) is not None:
            made += self._close(*following)
        return made

    def _following(self) -> tuple[date, Sealed | None, Checkpoint | None] | None:
        """The day to be closed next, and the newest checkpoint; None when no day without one is over."""
        zone_name = self._repos.config.station.time_zone
        newest = self._checkpoints.newest()
        before = None
        if newest is None:
            try:
                first = self._checkpoints.first_written()
            except ValueError as error:  # somebody wrote that row, not we
                raise Refused("journal_unreadable") from error
            if first is None:
                return None
            set_right = self._repos.journal.set_right_after(0)
            day = local_day(min(first, set_right) if set_right else first, zone_name)
        else:
            before = _read(newest)
            day = self._set_back(before) or before.day + _DAY
        return (day, newest, before) if closes_at(day, zone_name) <= self._repos.clock.now() else None

    def _set_back(self, before: Checkpoint) -> date | None:
        """The day on which people set right a clock under which later days had been closed; None = there is none."""
        set_right = self._repos.journal.set_right_after(before.last_seq)
        if set_right is None:
            return None
        day = self._repos.config.station.day_of(set_right)
        return day if day <= before.day else None

    def _close(self, day: date, newest: Sealed | None, before: Checkpoint | None) -> bool:
        """Sign and keep the checkpoint of a day; False when somebody else was quicker."""
        config, now = self._repos.config, self._repos.clock.now()
        after = Mark(before.last_seq, before.last_hash) if before else START
        segment = self._checkpoints.segment(after, closes_at(day, config.station.time_zone))
        key = self._keys.current()
        is_new_line = before is not None and before.key != key.public
        made = Checkpoint(
            number=before.number + 1 if before else 1,
            station=config.station.name,
            day=day,
            first_seq=after.seq + 1,
            last_seq=segment.last.seq,
            last_hash=segment.last.hash,
            sums=segment.sums,
            broken_at=segment.broken_at,
            made_at=instant_text(now),
            previous=newest.signature if newest else "",
            key=key.public,
            key_before=before.key if before and is_new_line else "",
            handovers=key.since(before.key) if before and is_new_line else (),
            clock_back=before is not None and day <= before.day,
        )
        payload = payload_of(made)
        sealed = Sealed(payload, key.sign(payload.encode()))
        with self._repos.store.write() as db:
            if self._checkpoints.newest() != newest:
                return False
            self._checkpoints.add(db, made, sealed)
            if is_new_line:
                reason = "key_changed" if made.handovers else "key_lost"
                note = f"{made.key_before} -> {made.key}"
                today = config.station.day_of(now).isoformat()
                self._repos.journal.append(db, Entry(at=now, kind="key", day=today, reason=reason, note=note))
        if segment.broken_at:
            log.error("the journal does not hold at row %d; checkpoint %d says so", segment.broken_at, made.number)
        return True

    # Asking and handing over

    def verify(self, since: date | None = None, tell: Callable[[float], None] | None = None) -> Verification:
        """Whether journal, slots and checkpoints hold together, and whether the newest checkpoint is this station's.

        `tell` is given the share that is behind us, from 0 to 1; it must not touch this thread's rows. Raises Refused,
        or an error of the database, where it cannot be looked at just now.
        """
        found = self._repos.journal.verify(since, tell)
        if found.whole:
            found = self._anchored(found, walk_audit=since is None)
        if not found.whole or (newest := self._checkpoints.newest()) is None:
            return found
        signed = _read(newest)
        try:
            key = self._keys.current()
        except Refused as refused:
            if refused.reason in MACHINE_FAULTS:
                raise
            return found._replace(broken=Break(None, str(refused), refused.reason, refused.details))
        if signed.key == key.public or handed_over(signed.key, key.public, key.since(signed.key), holds):
            return found
        told = f"checkpoint {signed.number} is signed with a key that is not this station's"
        return found._replace(broken=Break(None, told, "checkpoint_foreign_key", {"number": signed.number}))

    def _anchored(self, found: Verification, *, walk_audit: bool) -> Verification:
        """Both chains against their anchor, and the log of acts from its first row on where that is wanted."""
        store = self._repos.store
        if walk_audit:
            rows, broken = self._repos.audit.verify()
            found = found._replace(audit_rows=rows, broken=broken)
        if store.is_fenced or not found.whole:  # the rows here are copied from the machine that anchors them
            return found
        with snapshot(store):
            seen = checked(store, Anchor(store.path.with_name(NAME)))
        return found._replace(broken=seen.broken, notes=seen.notes, anchored=seen.anchored)

    def checkpoints(self) -> list[Checkpoint]:
        """Every checkpoint, oldest first."""
        return [_read(one) for one in self._checkpoints.all()]

    def export(self, actor: Person, first: date, last: date, path: Path) -> Exported:
        """Write the proof of some days into one file for a superior; days that are over are closed before.

        Raises Refused dates_backwards, proof_nothing, disk_full, file_unwritable.
        """
        permit(actor, "see")
        if first > last:
            raise Refused("dates_backwards")
        self.close_days()
        head = {
            "station": self._repos.config.station.name,
            "time_zone": self._repos.config.station.time_zone,
            "key": self._keys.current().public,
            "made_at": instant_text(self._repos.clock.now()),
        }
        return write_proof(self._repos.store, head, first, last, path)


def _read(sealed: Sealed) -> Checkpoint:
    try:
        return read_payload(sealed.payload)
    except ValueError as error:
        raise Refused("checkpoint_changed") from error
