"""Who may have the air: two machines of one ward and the broker, of whom two must agree.

Each of the three has one vote at a time. A machine has the air while its own vote and one of the others' last, by its
own steady clock, counted from before it asked; a vote binds its giver longer than it lasts for its receiver, by more
than two clocks can differ. So no two machines ever have the air at one instant, whatever wall clocks say, whoever
stops, dies or is cut off. It reads no clock and sends nothing: instants are seconds of this machine's steady clock.
"""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["HOLD", "RENEW", "TRY", "WAIT", "Copy", "Election", "Lease", "Seat"]

HOLD = 5.0
"""Seconds that a vote lasts for the machine that has it."""
WAIT = 6.5
"""Seconds that a vote binds who gave it: more than HOLD, by clocks that differ by a tenth each way."""
RENEW = 1.0
"""Seconds between two askings."""
TRY = 2.0
"""Seconds that a machine asks for votes before it lets the other try."""
LONGEST_GAP = 3.0
"""Seconds between two looks at the broker's entry beyond which it may have changed and changed back unseen."""
STEPS_BACK = 2.0
"""Seconds that the machine whose name is later lets the other go first."""
SLACK = 500
"""Changes by which a copy may lie behind what was last heard of the original and still count as the same."""


class Seat(StrEnum):
    """Where a machine stands."""

    FOLLOWS = "follows"
    HOLDS = "holds"
    LOST = "lost"
    """It had the air and has lost it: what sounds is ended, rows are closed, nothing new is begun."""


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """How far somebody's data has come: the term in which it was written, and the number of the last change in it."""

    term: int = 0
    change: int = 0

    def reaches(self, other: "Copy") -> bool:
        """Whether nothing worth naming stands there that is not here."""
        if self.term != other.term:
            return self.term > other.term
        return self.change + SLACK >= other.change


@dataclass(frozen=True, slots=True)
class Lease:
    """The broker's entry: who has its vote."""

    machine: str
    term: int
    has: Copy


@dataclass(slots=True)
class _Seen:
    """The broker's entry as it was last looked at."""

    revision: int
    epoch: int
    lease: Lease | None
    since: float
    looked: float


class Election:
    """One machine's side: what it has promised, what it was promised, and what follows from both."""

    def __init__(self, me: str, peer: str, now: float, *, rested: bool = False) -> None:
        """`rested`: what this machine had promised before is known (`resume`); else it waits until that is over."""
        self.me, self.peer = me, peer
        self.seat = Seat.FOLLOWS
        self.term = 0
        self.copy = Copy()
        self.alone = False
        self.may_be_behind = False
        """A person has said that it shall take the air with the copy it has."""
        self._bound_until = now if rested else now + WAIT
        self._bound_to = ""
        self._trying_until = float("-inf")
        self._next_try = float("-inf")
        self._met_at = float("-inf")
        self._broker_until = self._peer_until = self._resumed_until = float("-inf")
        self._seen: _Seen | None = None
        self._other = Copy()
        """The best copy that anybody has told of."""

    # What it has

    def until(self, now: float) -> float:
        """Until when it has the air, as far as is known at `now`; before `now` = it has not."""
        if self._bound_until > now and self._bound_to != self.me:
            return float("-inf")
        if self.alone:
            return now + HOLD
        if self.seat is not Seat.HOLDS:
            return float("-inf")
        return max(self._broker_until, self._peer_until, self._resumed_until)

    @property
    def bound_until(self) -> float:
        """Until when it has promised not to take the air."""
        return self._bound_until

    def is_trying(self, now: float) -> bool:
        return self._trying_until > now

    def asks(self, now: float) -> bool:
        """Whether it wants votes: to go on, or to begin."""
        return self.seat is Seat.HOLDS or self.is_trying(now)

    def is_current(self) -> bool:
        """Whether its copy is good enough to air from: complete, and not behind any that is known of."""
        return self.copy.term > 0 and (self.may_be_behind or self.copy.reaches(self._other))

    # Asking

    def may_try(self, now: float) -> bool:
        """Whether to stand for the air now: bound to nobody, current, and somebody is there who could give a vote."""
        if self.seat is not Seat.FOLLOWS or self.is_trying(now) or now < self._next_try or now < self._bound_until:
            return False
        return self.is_current() and (now - self._met_at <= LONGEST_GAP or self._waited_out(now))

    def begin_try(self, now: float) -> None:
        self._trying_until = now + TRY
        self._broker_until = self._peer_until = self._resumed_until = float("-inf")
        if self.me > self.peer:
            self._next_try = now + TRY + STEPS_BACK
        else:
            self._next_try = now + TRY + RENEW

    def may_ask_broker(self, now: float) -> bool:
        """Whether the broker's entry may be written over with ours: ours while we have the air, or unchanged for long.

        Only where every look since has been close upon the last: a broker that lost its newest entries would else show
        an old one as if nothing had happened.
        """
        if not self.asks(now) or (seen := self._seen) is None:
            return False
        if self.seat is Seat.HOLDS and seen.lease is not None and seen.lease.machine == self.me:
            return True
        return self._waited_out(now)

    def _waited_out(self, now: float) -> bool:
        seen = self._seen
        if seen is None or now - seen.looked > LONGEST_GAP:
            return False
        return now - seen.since >= WAIT

    @property
    def revision(self) -> int:
        """Of the broker's entry as it was last seen: what a write must find unchanged."""
        return self._seen.revision if self._seen else 0

    def saw_broker(self, lease: Lease | None, revision: int, epoch: int, asked: float, answered: float) -> None:
        """The broker's entry, looked at between two instants; `epoch` changes with every new connection."""
        seen = self._seen
        close = seen is not None and seen.epoch == epoch and asked - seen.looked <= LONGEST_GAP
        if seen is None or not close or (seen.revision, seen.lease) != (revision, lease):
            self._seen = _Seen(revision, epoch, lease, answered, asked)
        else:
            seen.looked = asked
        if lease is not None:
            self.heard(lease.has, lease.term)

    def lost_broker(self) -> None:
        """It does not answer: whatever it shows next is news."""
        self._seen = None

    def broker_voted(self, lease: Lease, revision: int, epoch: int, asked: float, answered: float) -> None:
        """Our entry stands in the broker."""
        self._seen = _Seen(revision, epoch, lease, answered, asked)
        if self.asks(answered):
            self._broker_until = asked + HOLD
            self._won(answered)

    def peer_voted(self, asked: float, answered: float) -> None:
        """The other machine has promised to leave us the air."""
        if self.asks(answered):
            self._peer_until = asked + HOLD
            self.alone = False
            self._won(answered)

    def _won(self, now: float) -> None:
        if self.seat is Seat.FOLLOWS and self.until_if_held() > now:
            self.seat = Seat.HOLDS
            self.term = max(self.term, self.copy.term, self._other.term) + 1
            self._trying_until = float("-inf")
            self.may_be_behind = False

    def until_if_held(self) -> float:
        return max(self._broker_until, self._peer_until)

    def heard(self, has: Copy, term: int) -> None:
        """What another has told of the term and of its copy."""
        self._other = max(self._other, has)
        if self.seat is not Seat.HOLDS:
            self.term = max(self.term, term)

    # Being asked

    def promise(self, to: str, has: Copy, now: float) -> bool:
        """The other asks for our vote. A yes binds us for WAIT; a copy worse than ours is not given it."""
        if self.asks(now) or self.alone or (self._bound_until > now and self._bound_to not in {"", to}):
            return False
        if self.copy.term and not has.reaches(self.copy):
            return False
        self._bound_to, self._bound_until = to, max(self._bound_until, now + WAIT)
        return True

    # Losing, leaving, coming back

    def look(self, now: float) -> Seat:
        """Where it stands at `now`; what has run out is lost here."""
        if self.seat is Seat.HOLDS and self.until(now) <= now:
            self.seat = Seat.LOST
        return self.seat

    def give_up(self) -> None:
        """Leave the air of one's own will."""
        if self.seat is Seat.HOLDS:
            self.seat = Seat.LOST
        self.alone = False
        self._broker_until = self._peer_until = self._resumed_until = float("-inf")

    def stand_back(self, now: float) -> None:
        """Let the other go first: the air was given up for it."""
        self._next_try = max(self._next_try, now + WAIT)

    def freed(self, now: float) -> None:
        """The other has given up the air for us, and sounds no more: what was promised to it is void."""
        if self._bound_to == self.peer:
            self._bound_to, self._bound_until = "", now
        self._next_try = now

    def settle(self, now: float) -> None:
        """What had to be ended is ended: from here on it follows."""
        if self.seat is Seat.LOST:
            self.seat = Seat.FOLLOWS
            self._next_try = max(self._next_try, now + RENEW)

    def go_alone(self, now: float) -> None:
        """A person has declared the other machine off: the air is ours without any vote."""
        self.alone = True
        self._bound_until = now
        self._bound_to = self.me
        if self.seat is Seat.FOLLOWS:
            self.seat = Seat.HOLDS
            self.term = max(self.term, self.copy.term, self._other.term) + 1

    def met(self, now: float, *, holds: bool) -> None:
        """The other machine is heard. Where both have the air, a person has erred: who is alone lets go."""
        self._met_at = now
        if not holds:
            return
        self._next_try = max(self._next_try, now + LONGEST_GAP)
        if self.alone:
            self.give_up()

    def resume(self, seat: Seat, term: int, until: float, bound_to: str, bound_until: float, *, alone: bool) -> None:
        """The same machine, same boot, a process later: what it had promised and what it had."""
        self.term, self.alone = term, alone
        self._bound_to, self._bound_until = bound_to, bound_until
        self.seat = seat
        self._resumed_until = until

    @property
    def bound_to(self) -> str:
        return self._bound_to

    def lease(self) -> Lease:
        """What it writes into the broker."""
        term = self.term if self.seat is not Seat.FOLLOWS else max(self.term, self.copy.term, self._other.term) + 1
        return Lease(self.me, term, self.copy)
