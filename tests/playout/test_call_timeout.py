"""Calls that hang: waited for a while, left behind once, and put away when they come back after all."""

import threading

import pytest

from scheduler.kernel import beside
from scheduler.kernel.errors import OutputError
from scheduler.playout.outputs.call_timeout import CallTimeout
from tests.threads import Asking, starved


def test_an_answer_in_time_is_passed_on():
    put_away: list[int] = []
    assert CallTimeout("asking", 120).call(lambda: 7, put_away.append) == 7
    assert put_away == []


def test_an_error_in_time_is_passed_on():
    def fail() -> int:
        raise OutputError("no such device", permanent=True)

    with pytest.raises(OutputError, match="no such device") as error:
        CallTimeout("asking", 120).call(fail, print)
    assert error.value.permanent


def test_a_call_that_hangs_becomes_an_error_and_its_late_answer_is_put_away():
    release, put_away, came_back = threading.Event(), [], threading.Event()

    def hang() -> str:
        release.wait(120)
        return "late"

    def away(answer: str) -> None:
        put_away.append(answer)
        came_back.set()

    patience = CallTimeout("opening the sound card", 0.05)
    with pytest.raises(OutputError, match=r"opening the sound card gave no answer within 0\.05 s"):
        patience.call(hang, away)
    assert put_away == []
    release.set()
    assert came_back.wait(120)
    assert put_away == ["late"]


def test_only_one_thread_is_ever_left_behind():
    release, started, begun, ended = threading.Event(), [], threading.Event(), threading.Event()

    def hang() -> None:
        started.append(1)
        begun.set()
        release.wait(120)

    patience = CallTimeout("asking", 0.02)
    for _ in range(3):
        with pytest.raises(OutputError, match=r"no answer|still hangs"):
            patience.call(hang, lambda _: ended.set())
    assert begun.wait(120)
    assert started == [1]
    release.set()
    assert ended.wait(120)
    pause = threading.Event()
    for _ in range(12_000):  # the thread is over a moment after what it brought is put away
        try:
            assert patience.call(lambda: "again", print) == "again"
        except OutputError:
            pause.wait(0.01)
        else:
            return
    pytest.fail("it never tried again")


def test_a_late_error_is_nobodys():
    release, ended = threading.Event(), threading.Event()

    def hang_and_fail() -> None:
        release.wait(120)
        ended.set()
        raise OutputError("too late")

    patience = CallTimeout("asking", 0.02)
    with pytest.raises(OutputError, match="no answer"):
        patience.call(hang_and_fail, print)
    release.set()
    assert ended.wait(120)


@pytest.mark.parametrize("refuses", [False, True], ids=["dies at once", "cannot be begun"])
def test_a_machine_without_memory_for_its_thread_is_an_error_in_bounded_time_and_it_is_tried_again(
    monkeypatch, refuses
):
    patience, made = CallTimeout("asking", 120), list[int]()
    asking = Asking(lambda: patience.call(lambda: made.append(1), print))
    with starved(monkeypatch) as machine:
        machine.lacks, machine.refuses = True, refuses
        monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.1)
        with pytest.raises(OutputError, match="asking could not be begun: this machine has no memory"):
            asking.ask()
        assert made == []
    monkeypatch.setattr(beside, "BEGINS_WITHIN", 120.0)
    assert patience.call(lambda: "again", print) == "again"
