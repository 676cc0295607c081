"""What a sentence about airing says, before it is known to which order it belongs: drafts, and what is asked.

Plain data that the reading of a sentence fills and the gathering of orders empties. The names are those of
`FrequencyOrder`.
"""

from dataclasses import dataclass, field, replace

from scheduler.core.dispatch.excepted import Excepted
from scheduler.core.dispatch.model import Doubt
from scheduler.core.dispatch.terms import Term

__all__ = ["Read", "Said"]


@dataclass(slots=True)
class Said:
    """A draft of one order: what a stretch of a sentence says. The names are those of `FrequencyOrder`."""

    start: int
    end: int = 0
    increase: bool = False
    factor: float | None = None
    per_day: int | None = None
    per_week: int | None = None
    every_minutes: int | None = None
    session_minutes: int | None = None
    max_minutes: int | None = None
    minutes_a_day: int | None = None
    share: float | None = None
    days: int | None = None
    at: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    at_most: bool = False
    weekdays: set[int] = field(default_factory=set)
    first: str | None = None
    last: str | None = None
    more: list[tuple[str, str]] = field(default_factory=list)
    """Later periods in which the same holds."""
    dates: list[str] = field(default_factory=list)
    rest: bool = False
    sequel: bool = False
    leads: bool = False
    """Its days stand right before its verb, so that they hold for it alone."""
    parts: list[str] = field(default_factory=list)
    each_text: bool = False
    for_text: bool = False
    """It is the order of a text that it names, beside those of other texts."""
    plays: int | None = None
    """So many times in each session, while nobody has said how many sessions there are."""
    once: int | None = None
    times: Term | None = None
    parted: list[tuple[str, int]] = field(default_factory=list)
    """Parts of the day with a count of their own: "một lần buổi sáng, hai lần buổi chiều"."""
    moment: bool = False
    """The last thing said is an hour with its day."""
    since: dict[str, Term] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)
    """Numbers that the values were made of: 2 and 3 of "2 buổi, mỗi buổi 3 lượt"."""

    @property
    def part_sum(self) -> int:
        """How many times a day the parts make together."""
        return sum(number for _, number in self.parted)

    @property
    def orders(self) -> bool:
        """Whether it says how often, how long or at which hour."""
        return self.counts or bool(self.at or self.windows or self.session_minutes or self.max_minutes or self.once)

    @property
    def counts(self) -> bool:
        numbers = (self.factor, self.per_day, self.per_week, self.every_minutes, self.minutes_a_day, self.share)
        return self.increase or any((*numbers, self.times, self.parted, self.plays))

    @property
    def scoped(self) -> bool:
        return bool(self.weekdays or self.first or self.last or self.dates or self.days or self.rest or self.sequel)


@dataclass(slots=True)
class Read:
    """A sentence as read: drafts in order, doubts, whether it ends an airing, and what it left aside."""

    said: list[Said]
    excepted: Excepted = field(default_factory=Excepted)
    doubts: list[Doubt] = field(default_factory=list)
    aside: list[tuple[int, int]] = field(default_factory=list)
    """Spans of background, of other work and of names: their numbers count nothing."""
    about: bool = True
    stops: bool = False
    forbids: bool = False
    """It has a "no" that is that of an order, or that nobody understood."""
    loose: bool = True
    """It has numbers, days, hours or a "no": after an order it belongs to it."""
    verb: bool = False
    """It has a verb of airing."""
    turns: bool = False
    """A word that may turn an order round stands in it, and no rule read that word."""
    of_things: list[Doubt] = field(default_factory=list)
    """Of its doubts those about days that may be a thing's own, a meeting's or a power cut's."""

    def ordering(self, *, about: bool) -> "Read":
        """The same without mere days; where it is not about airing, with what says how often alone."""
        return replace(self, said=[one for one in self.said if (one.orders if about else one.counts)])
