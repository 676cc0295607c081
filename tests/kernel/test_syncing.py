"""A sync that somebody else waits for: a machine without memory for a thread holds nobody up."""

import os

from scheduler.kernel import beside
from scheduler.kernel.syncing import Syncing
from tests.faults.sweep import until
from tests.threads import Asking, starved


def test_nobody_waits_for_a_thread_that_had_no_memory_to_begin_and_a_later_one_syncs(tmp_path, monkeypatch):
    synced, one = [], Syncing(os.open(tmp_path / "ring", os.O_RDWR | os.O_CREAT))
    asking = Asking(lambda: (one.soon(), one.within(0.01)))
    monkeypatch.setattr(os, "fdatasync", synced.append)
    with starved(monkeypatch) as machine:
        machine.lacks = True
        assert asking.ask() == (None, False)
        assert synced == []
        machine.lacks = False
        monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.0)
        one.soon()
        assert until(lambda: synced)
