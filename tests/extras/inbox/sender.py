"""A sender of an inbox, as the contract of all inboxes needs it: it writes, changes its mind, and is told back.

Each extra with an inbox has one, `Contracted` in `tests/extras/<name>/sender.py`.
"""

from abc import ABC, abstractmethod
from contextlib import contextmanager
from datetime import timedelta

from scheduler.extras.inbox.work import air_by_rule
from scheduler.store import Ending

TEXT = "Hồ chứa xả lũ lúc mười giờ, bà con ở bãi sông lên chỗ cao ngay."
OTHER = "Đính chính: hồ chứa chưa xả lũ, bà con cứ yên tâm."
UNREADABLE = "Sáng thứ bảy, trạm y tế phường tiêm Abrysvo cho người già."


class Sender(ABC):
    """`by_right`: the ward believes it and its rules let it air; else everything of it waits for a person."""

    name: str
    """As the journal calls it."""
    prefix: str
    """Of its reason codes."""
    last_word: str | None
    """What it hears when something was heard; None = it is told of nothing."""

    def __init__(self, station, lan, minh, *, by_right):
        self.station, self.lan, self.minh, self.by_right = station, lan, minh, by_right
        self.in_worker = False
        self.services.adapter.rule()  # who stands for it is there before anything comes
        self.begin()

    @staticmethod
    @abstractmethod
    def configured(config, *, by_right):
        """The configuration of a ward of this sender."""

    @abstractmethod
    def begin(self):
        """What the ward has decided beside its configuration."""

    @abstractmethod
    def distrust(self):
        """The ward believes it no longer."""

    @property
    @abstractmethod
    def services(self): ...

    @abstractmethod
    def write(self, text=TEXT, *, urgent=False, ends=timedelta(hours=14)):
        """Another thing to be heard: an emergency if `urgent`, else in the next session where a rule lets it."""

    @abstractmethod
    def change(self, text=OTHER):
        """The same with other words."""

    @abstractmethod
    def cancel(self):
        """It is not to be heard any more."""

    @abstractmethod
    def deliver(self):
        """What was written last arrives, however often; what else came with it is not asked."""

    @abstractmethod
    def rows(self):
        """Every version of it that came to be heard, the oldest first."""

    @abstractmethod
    def told(self, row):
        """What the sender was told of it, in order."""

    # The same for all

    @property
    def inbox(self):
        return self.services.inbox

    @property
    def row(self):
        return self.rows()[-1]

    def send(self, *words, **more):
        """Written, and here (its row)."""
        self.write(*words, **more)
        self.deliver()
        return self.row

    def air(self):
        """Whatever sounds by rule now."""
        return [air_by_rule(self.station, self.inbox, row) for row in self.inbox.to_air()]

    def tend(self):
        self.services.adapter.tend_all()

    def turn(self, times=1):
        """What its process does again and again, with a worker beside it."""
        for _ in range(times):
            self.air()
            self.tend()
            self.speak()

    def speak(self):
        """What the worker does, in a process of its own."""
        self.in_worker = True
        worker = self.station.worker()
        while worker.work_once():
            pass
        self.in_worker = False

    def slots(self):
        return self.station.repos.store.rows("SELECT * FROM slot ORDER BY created_at, start")

    def sounds(self):
        """The one airing has begun (its slot)."""
        (slot,) = [self.station.repos.slots.slot(one["id"]) for one in self.slots() if one["outcome"] is None]
        assert self.station.repos.slots.claim(slot, self.station.clock.now())
        return slot

    def heard(self, outcome, ms=8_000):
        """The one airing is over, as playout writes it."""
        (slot,) = [self.station.repos.slots.slot(one["id"]) for one in self.slots() if one["outcome"] is None]
        ending = Ending(outcome, "", slot.start, slot.end, ms, {"wav": "ok"})
        self.station.repos.slots.close(slot.id, ending, self.station.clock.now())

    def approve(self):
        """The leader approves the one announcement that waits, every word of it."""
        (waiting,) = self.station.services.announcements.waiting()
        unread = self.station.services.announcements.unread(waiting.id)
        self.station.services.announcements.approve(
            self.minh, waiting.id, waiting.audio_sha256, heard=True, read_as=unread
        )

    def reopened(self, station):
        """The same sender before a new process of the ward."""
        self.station = station
        return self

    def killed_after(self, commits, act):
        """`act` in a process that dies right after so many commits of the inbox; whether it died."""
        kind = type(self.station.repos.store)
        real, left = kind.write, commits

        @contextmanager
        def write(store, **more):
            nonlocal left
            outermost = not store.in_transaction and not self.in_worker
            with real(store, **more) as db:
                yield db
            left -= outermost
            if outermost and left == 0:
                raise Killed

        kind.write = write
        try:
            act()
        except Killed:
            return True
        finally:
            kind.write = real
        return False


class Killed(BaseException):
    """Nothing in the process hears of it."""
