"""What every alarm clock of ours keeps, the real APScheduler and the stepped one alike."""

import queue
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest

from scheduler.kernel.clock import SteppedClock, SystemClock
from scheduler.playout.alarms import SteppedAlarms, SystemAlarms

ZONE = "Asia/Ho_Chi_Minh"


class Rig:
    """An alarm clock, the clock it goes by, and a way to let time pass."""

    def __init__(self, kind: str) -> None:
        self.rung: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.real = kind == "system"
        self.clock = SystemClock() if self.real else SteppedClock(datetime(2026, 12, 2, tzinfo=UTC))
        self.alarms = (SystemAlarms if self.real else SteppedAlarms)(ZONE, self.rung.put)

    def wait_for(self, count: int) -> list[str]:
        if not self.real:
            for _ in range(10):
                self.clock.advance(0.1)
                self.alarms.tick(self.clock.now())
        return [self.rung.get(timeout=120) for _ in range(count)]

    def quiet(self, seconds: float = 0.25) -> bool:
        try:
            self.rung.get(timeout=seconds if self.real else 0.01)
        except queue.Empty:
            return True
        return False

    def soon(self, then: Callable[[], object]) -> float:
        """Set an alarm `a` and do `then` before it rings; the seconds after which it would have rung for certain.

        Where the machine stood still in between, it has rung rightly: then once more, with more time.
        """
        seconds = 0.15
        while True:
            at = self.clock.now() + timedelta(seconds=seconds)
            self.alarms.set("a", at)
            then()
            if not self.real or self.clock.now() < at:
                return seconds + 0.25
            while not self.quiet():
                pass
            seconds *= 3


@pytest.fixture(params=["system", "stepped"])
def rig(request):
    rig = Rig(request.param)
    rig.alarms.start()
    yield rig
    rig.alarms.stop()


def test_an_alarm_rings_once_when_its_instant_has_come(rig):
    rig.alarms.set("a", rig.clock.now() + timedelta(milliseconds=200))
    assert rig.wait_for(1) == ["a"]
    assert rig.quiet()


def test_an_instant_that_is_long_past_rings_at_once_instead_of_being_dropped(rig):
    rig.alarms.set("late", rig.clock.now() - timedelta(hours=1))
    assert rig.wait_for(1) == ["late"]


def test_setting_a_name_again_moves_its_alarm(rig):
    seconds = rig.soon(lambda: rig.alarms.set("a", rig.clock.now() + timedelta(days=1)))
    if not rig.real:
        rig.alarms.tick(rig.clock.now() + timedelta(seconds=1))
    assert rig.quiet(seconds)


def test_a_cancelled_alarm_does_not_ring_and_cancelling_nothing_is_no_fault(rig):
    seconds = rig.soon(lambda: rig.alarms.cancel("a"))
    rig.alarms.cancel("never set")
    if not rig.real:
        rig.alarms.tick(rig.clock.now() + timedelta(seconds=1))
    assert rig.quiet(seconds)


def test_many_alarms_of_one_instant_all_ring(rig):
    at = rig.clock.now() + timedelta(milliseconds=200)
    for number in range(30):
        rig.alarms.set(f"a{number}", at)
    assert sorted(rig.wait_for(30)) == sorted(f"a{number}" for number in range(30))


@pytest.mark.parametrize(
    ("hours", "rings"),
    [
        pytest.param(16, 0, id="before_it"),
        pytest.param(18, 1, id="once_past_it"),
        pytest.param(18 + 48, 3, id="three_nights"),
    ],
)
def test_a_stepped_daily_alarm_rings_at_local_time_each_day(hours, rings):
    rung: list[str] = []
    alarms = SteppedAlarms(ZONE, rung.append)
    alarms.daily("plan", time(0, 5))
    now = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)  # 07:00 there; 00:05 comes after 17 h and 5 min
    for hour in range(hours + 1):
        alarms.tick(now + timedelta(hours=hour))
    assert rung == ["plan"] * rings


def test_a_daily_alarm_can_be_set_on_the_real_scheduler():
    alarms = SystemAlarms(ZONE, lambda _: None)
    alarms.start()
    alarms.daily("plan", time(0, 5))
    alarms.cancel("plan")
    alarms.stop()


def test_the_next_alarm_is_the_soonest_one(rig):
    later, sooner = (rig.clock.now() + timedelta(hours=hours) for hours in (2, 1))
    assert rig.alarms.next_at() is None
    rig.alarms.set("later", later)
    rig.alarms.set("sooner", sooner)
    rig.alarms.daily("plan", time(0, 5))
    assert abs(rig.alarms.next_at() - sooner) < timedelta(milliseconds=1)
