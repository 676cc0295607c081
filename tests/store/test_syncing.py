"""A sync that somebody else waits for: a machine without memory for a thread holds nobody up."""

import _thread
import os
import threading

from scheduler.store import syncing
from scheduler.store.syncing import Syncing
from tests.faults.sweep import until


def test_nobody_waits_for_a_thread_that_had_no_memory_to_begin_and_a_later_one_syncs(tmp_path, monkeypatch):
    synced, usual, lacks, may_ask, has_asked = (
        [],
        _thread.start_new_thread,
        [True],
        threading.Event(),
        threading.Event(),
    )
    one = Syncing(os.open(tmp_path / "ring", os.O_RDWR | os.O_CREAT))

    def ask():
        may_ask.wait()
        one.soon()
        one.within(0.01)
        has_asked.set()

    threading.Thread(target=ask, daemon=True).start()  # before the memory is gone

    def started(work, arguments, *rest):
        return usual((lambda *_: None) if lacks else work, arguments, *rest)

    monkeypatch.setattr(os, "fdatasync", synced.append)
    monkeypatch.setattr(_thread, "start_new_thread", started)
    for name in ("_start_new_thread", "_start_joinable_thread"):
        monkeypatch.setattr(threading, name, lambda work, *_, **__: started(work, ()), raising=False)
    may_ask.set()
    assert has_asked.wait(20)
    assert synced == []
    lacks.clear()
    monkeypatch.setattr(syncing, "BEGINS_WITHIN", 0.0)
    one.soon()
    assert until(lambda: synced)
