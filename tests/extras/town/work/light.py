"""A light ward for the conversation alone: rows in memory, every call counted, faults on demand."""

from scheduler.extras.town.work import Taken, Up
from tests import sqlite_faults


class LightWard:
    def __init__(self, ward_id="26734", subjects=("dispatch.all",)):
        self.ward_id = ward_id
        self.subjects = subjects
        self.cursors = {}
        self.taken = []
        """(raw, subject, sequence, in turn), in the order they came."""
        self.rows = {}
        self.told = []
        self.poison = set()
        """What makes `receive` stumble."""
        self.full = 0
        """So many more calls of `receive` find the disk full."""
        self.acknowledges = True

    def cursor(self, subject):
        return self.cursors.get(subject, 0)

    def skip_to(self, subject, sequence):
        self.cursors[subject] = sequence

    def receive(self, raw, subject, sequence, *, in_turn, now_of_hub):
        if self.full:
            self.full -= 1
            raise sqlite_faults.full()
        if raw in self.poison:
            raise ValueError("nobody has thought of this")
        self.taken.append((raw, subject, sequence, in_turn))
        if in_turn:
            self.cursors[subject] = sequence
        if not self.acknowledges:
            return Taken()
        return Taken((self.owe("ack", raw),))

    def owe(self, kind="log", body=b"{}"):
        row = max([*self.rows, *self.told, 0]) + 1
        self.rows[row] = Up(row, kind, body)
        return self.rows[row]

    def outbox(self, limit):
        return [self.rows[row] for row in sorted(self.rows)][:limit]

    def sent(self, rows):
        for row in rows:
            self.rows.pop(row, None)
            self.told.append(row)

    def resend(self, first, last, line=None):
        return 0

    @property
    def texts(self):
        """What was taken in its turn."""
        return [raw for raw, _, _, in_turn in self.taken if in_turn]
