"""Work on a thread of its own: nobody waits for a thread that cannot begin, and one that was given up does nothing."""

import _thread
import threading

import pytest

from scheduler.kernel import beside
from scheduler.kernel.beside import Beside
from tests.threads import Asking, starved

PATIENCE = 120.0


def test_it_works_beside_who_begins_it_under_its_name_and_is_over():
    go, named = threading.Event(), []
    one = Beside(lambda: (go.wait(PATIENCE), named.append(threading.current_thread().name)), "beside")
    assert not one.lives
    assert one.begin()
    assert one.begins(PATIENCE)
    assert one.lives
    assert not one.join(0.01)
    go.set()
    assert one.join()
    assert (named, one.lives, one.is_stillborn) == (["beside"], False, False)


def test_what_its_work_raises_ends_it_and_stands_in_the_log(caplog):
    one = Beside(lambda: 1 / 0, "dividing")
    one.begin()
    assert one.join(PATIENCE)
    assert "dividing ended" in caplog.text


def test_one_that_was_never_begun_is_over():
    one = Beside(print, "never")
    assert one.join(0)
    assert not one.is_stillborn


@pytest.mark.parametrize("refuses", [False, True], ids=["dies at once", "cannot be begun"])
def test_nobody_waits_longer_than_asked_for_a_thread_that_has_no_memory(monkeypatch, refuses):
    done, one = [], Beside(lambda: done.append(1), "stillborn")
    asking = Asking(lambda: (one.begin(), one.begins(0.05), one.lives, one.is_stillborn, one.join()))
    with starved(monkeypatch) as machine:
        machine.lacks, machine.refuses = True, refuses
        assert asking.ask() == (not refuses, False, False, True, True)
    assert done == []


def test_one_that_begins_when_it_was_given_up_does_nothing(monkeypatch):
    done, late = [], []
    one = Beside(lambda: done.append(1), "late")
    monkeypatch.setattr(_thread, "start_new_thread", lambda work, _: late.append(work))
    monkeypatch.setattr(beside, "BEGINS_WITHIN", 0.0)
    assert one.begin()
    assert not one.lives
    late[0]()
    assert (done, one.is_stillborn) == ([], True)


def test_one_that_begins_before_it_is_given_up_is_not(monkeypatch):
    done, late = [], []
    one = Beside(lambda: done.append(1), "late")
    monkeypatch.setattr(_thread, "start_new_thread", lambda work, _: late.append(work))
    one.begin()
    assert one.lives
    late[0]()
    assert one.begins(0)
    assert (done, one.is_stillborn, one.join(0)) == ([1], False, True)
