"""A link that kills itself (-9) at one point, told by LOA_FAULT: never one of the station, `tests.lives` puts it there.

before_insert | before_commit | before_ack | before_sent: of an acknowledgement, whatever else was told before it.
"""

import os
import signal

from scheduler.extras.town.work import process


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class FaultyWard(process.DeskWard):
    def __init__(self, station):
        super().__init__(station)
        self.point = os.environ["LOA_FAULT"]
        self._store = station.repos.store
        self._acks = set()

    def receive(self, raw, subject, sequence, *, in_turn, now_of_hub):
        if self.point == "before_insert":
            die()
        if self.point == "before_commit":
            with self._store.write():
                super().receive(raw, subject, sequence, in_turn=in_turn, now_of_hub=now_of_hub)
                die()
        taken = super().receive(raw, subject, sequence, in_turn=in_turn, now_of_hub=now_of_hub)
        if self.point == "before_ack":
            die()
        self._acks.update(one.row for one in taken.acks)
        return taken

    def sent(self, rows):
        if self.point == "before_sent" and self._acks & set(rows):
            die()
        super().sent(rows)


def put():
    """In the place of a ward that lives."""
    process.DeskWard = FaultyWard
