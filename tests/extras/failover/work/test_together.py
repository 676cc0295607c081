"""Two pair processes that begin together, are both told to take, or are started again."""

import json
import threading

from scheduler.kernel.air_fence import folder_of
from tests.waiting import pause, until


def test_two_that_have_the_same_copy_and_start_together_or_are_both_told_to_take_agree_on_one(duo_of):
    duo = duo_of()
    first, second = duo.up()
    first.stop()
    second.stop()
    until(lambda: not first.air.has_air() and not second.air.has_air(), "silence")
    first.start()
    second.start()
    until(lambda: first.air.has_air() or second.air.has_air(), "one with the air")
    for one in (first, second):
        (folder_of(one.config.data) / "request.json").write_text(json.dumps({"act": "take", "who": "Minh"}))
    pause(12.0)
    until(lambda: first.air.has_air() != second.air.has_air(), "one with the air")
    assert duo.doubles == []
    holder = first if first.air.has_air() else second
    assert holder.station.services.proof.verify().whole


def test_a_pair_process_that_is_started_again_keeps_the_air_without_a_gap(duo_of, monkeypatch):
    monkeypatch.setattr("scheduler.extras.failover.work.service.FAREWELL", 0.0)  # killed, it says none
    duo = duo_of()
    first, second = duo.up()
    term, silences = first.told().term, []

    def look():
        while not ended.wait(0.02):
            if not first.air.has_air():
                silences.append(1)

    ended = threading.Event()
    watch = threading.Thread(target=look)
    with duo.steady(first, and_back=False):  # the test is over then
        watch.start()
        first.stop()
        first.start()
        pause(4.0)
        ended.set()
        watch.join()
        assert silences == []
        assert first.told().term == term
        assert not second.air.has_air()
