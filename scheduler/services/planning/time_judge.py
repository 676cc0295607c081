"""What comes of a wished time: free, others give way, or refused with its reason; and times that work, always.

Asked while somebody types, again when it is submitted, and again when it is approved; nothing is written. Titles and
people are looked up here; whether a start may stand is `core.planning.wished_times`'s answer.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.core.announcement.approval import ZONE_BOUND
from scheduler.core.model import DEFAULT_ZONE, Announcement, Person, Slot
from scheduler.core.planning.day_plan import DayPlan, PlannedCampaign, Refusal
from scheduler.core.planning.make_up import MakeUp
from scheduler.core.planning.outlook_words import NamedMove, when_words
from scheduler.core.planning.wished_times import CHOICES, TimeVerdict, WishedDay, free_times, soonest
from scheduler.kernel.errors import NotFound
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.planning.make_ups import DaySeen, JudgedMakeUp, MakeUps
from scheduler.services.planning.wished_days import DayVersion, WishedDays
from scheduler.services.repositories import Repositories

__all__ = ["JudgedTime", "TimeJudge", "own_zones", "zones_of"]

LEAST_NOTICE = timedelta(minutes=1)
"""Nothing that is approved sounds sooner: who approved it can still take it back."""
_DAY = timedelta(days=1)
_BESIDE = frozenset(
    {"wish_held", "wish_no_room", "wish_other_zone", "wish_displaces", "slot_too_close", "make_up_gone"}
)
"""Refusals for which another airing is the reason."""


@dataclass(frozen=True, slots=True)
class JudgedTime:
    """A verdict with its words. `choices`: other starts that work when they are taken, by time."""

    verdict: TimeVerdict
    refusal: Refusal | None
    moved: tuple[NamedMove, ...]
    choices: tuple[datetime, ...]
    known: DayVersion
    """The day as it stood when this was judged."""
    after: datetime | None = None
    """Of a start that is refused for another airing: the first free one right behind it, where it is a choice."""
    make_up: JudgedMakeUp | None = None
    """The airing that gives way and when it is made up, as was decided; of a refusal what can be decided."""

    @property
    def start(self) -> datetime:
        return self.verdict.start

    @property
    def end(self) -> datetime:
        return self.verdict.end

    @property
    def slots(self) -> tuple[Slot, ...]:
        return self.verdict.slots

    @property
    def plan(self) -> DayPlan | None:
        return self.verdict.plan

    @property
    def moves(self) -> tuple[NamedMove, ...]:
        """Who gives way if it is approved so: what is made up on another day first."""
        made_up = (self.make_up.move,) if self.make_up and self.refusal is None else ()
        return (*made_up, *self.moved)


@dataclass(frozen=True, slots=True)
class _Look:
    """What every day of one question is judged with."""

    asked: tuple[Slot, ...]
    running: Sequence[PlannedCampaign]
    may_move: Callable[[Slot], bool]
    without: Collection[str]
    as_kept: bool


class TimeJudge:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns
        self._wished = WishedDays(repos, campaigns.days)
        self._make_ups = MakeUps(repos, campaigns.days)

    def version(self, day: date) -> DayVersion:
        return self._wished.version(day)

    def at(
        self,
        seen: Announcement,
        at: datetime,
        zones: Sequence[str],
        by: Person,
        *,
        running: Sequence[PlannedCampaign] | None = None,
        without: Collection[str] = (),
        others: bool = True,
        make_up: MakeUp | None = None,
    ) -> JudgedTime:
        """What comes of a start at `at`.

        Args:
            seen: what is to air; without a sound its length is a guess.
            at: whole seconds count.
            zones: each gets an airing.
            by: whose wish it is; a person of some zones displaces nothing outside them.
            running: the campaigns as they would run; None = as they do.
            without: slots that would be gone.
            others: other times are wanted, too.
            make_up: which airing may give way, and when it is made up.

        """
        at, now = at.replace(microsecond=0), self._repos.clock.now()
        look = self._look(seen, zones, by, running, without)
        day = self._repos.config.station.day_of(at)
        known, wished = self._seen(day, look)
        verdict, made_up = self._made_up(wished, at, look, by, make_up)
        first = now + LEAST_NOTICE
        choices: tuple[datetime, ...] = ()
        if others or not verdict.fits:
            days = self._days(max(at, first), look, wished)
            found = free_times(days, max(at, first), first, CHOICES + verdict.fits)
            choices = _others([one.start for one in found], at)
        refusal = self._named_refusal(verdict.refusal, at, now) if verdict.refusal else None
        after = wished.first_after(max(at, first)) if refusal and refusal.reason in _BESIDE else None
        moved = tuple(
            NamedMove(self._repos.programme.title_of(one.slot), one.slot.start, one.now) for one in verdict.moved
        )
        return JudgedTime(verdict, refusal, moved, choices, known, after if after in choices else None, made_up)

    def _made_up(
        self, wished: WishedDay, at: datetime, look: _Look, by: Person, decided: MakeUp | None
    ) -> tuple[TimeVerdict, JudgedMakeUp | None]:
        """What comes of a start if the airing that it costs is made up as was decided; else what can be decided."""
        verdict = wished.judge(at)
        lost = verdict.gives_way
        if lost is None or lost.day not in self._campaigns.days.ahead():
            return verdict, None
        beside = replace(look, asked=())
        days: dict[date, DaySeen] = {}

        def on(day: date) -> DaySeen:
            if day not in days:
                days[day] = self._seen(day, beside)
            return days[day]

        if decided is not None and decided.slot_id == lost.id:
            found = self._make_ups.at(lost, decided.at, by, on)
            if found and (kept := wished.judge(at, found.pin)).fits:
                return kept, found
            told = {
                "slot": lost.id,
                "made_up": when_words(decided.at, self._repos.clock.now(), self._repos.config.station.time_zone),
            }
            verdict = replace(verdict, refusal=Refusal(0, 0, "make_up_gone", told))
        offer = self._make_ups.first(lost, by, on)
        return verdict, offer if offer and wished.judge(at, offer.pin).fits else None

    def soon(
        self,
        seen: Announcement,
        zones: Sequence[str],
        by: Person,
        *,
        running: Sequence[PlannedCampaign] | None = None,
        without: Collection[str] = (),
    ) -> datetime | None:
        """Ngay khi duyệt: the first start that an approval at this moment would bring; None where none is near."""
        first = self._repos.clock.now() + LEAST_NOTICE
        found = soonest(self._days(first, self._look(seen, zones, by, running, without)), first)
        return found.start if found else None

    def _look(
        self,
        seen: Announcement,
        zones: Sequence[str],
        by: Person,
        running: Sequence[PlannedCampaign] | None,
        without: Collection[str],
    ) -> _Look:
        as_kept, bound = running is None, own_zones(by)
        known = self._campaigns.running() if running is None else running

        def may_move(slot: Slot) -> bool:
            return bound is None or slot.zone in bound

        return _Look(self._wished.asked(seen, zones), known, may_move, without, as_kept)

    def _on(self, day: date, look: _Look) -> WishedDay:
        return self._wished.on(day, look.asked, look.running, look.may_move, without=look.without, as_kept=look.as_kept)

    def _seen(self, day: date, look: _Look) -> DaySeen:
        """The version first: a row that changes while the day is read makes the version old, never the day."""
        return DaySeen(self.version(day), self._on(day, look))

    def _days(self, near: datetime, look: _Look, first: WishedDay | None = None) -> Iterator[WishedDay]:
        """The day of an instant, those behind it, and those before it: as far as days are planned ahead."""
        day, ahead = self._repos.config.station.day_of(near), self._campaigns.days.ahead()
        behind = [one for one in ahead if one > day] or [day + _DAY]
        for one in (day, *behind, *(one for one in reversed(ahead) if one < day)):
            yield first if first is not None and first.day == one else self._on(one, look)

    def _named_refusal(self, refusal: Refusal, at: datetime, now: datetime) -> Refusal:
        details = dict(refusal.details)
        with suppress(NotFound):
            details["title"] = self._repos.programme.title_of(self._repos.slots.slot(str(details.pop("slot", ""))))
        past = refusal.reason == "too_soon" and at <= now
        return replace(refusal, reason="wish_past" if past else refusal.reason, details=details)


def own_zones(person: Person) -> frozenset[str] | None:
    """The zones in which a person's wish may move others; None = everywhere."""
    bound = person.role in ZONE_BOUND or (person.scope is not None and bool(person.zones))
    return frozenset(person.zones) if bound else None


def zones_of(zones: Sequence[str]) -> tuple[str, ...]:
    """Each zone once; the whole ward holds all others."""
    named = tuple(dict.fromkeys(zones)) or (DEFAULT_ZONE,)
    return (DEFAULT_ZONE,) if DEFAULT_ZONE in named else named


def _others(found: Sequence[datetime], at: datetime) -> tuple[datetime, ...]:
    """Without the time itself, and no more than are named."""
    left = [one for one in found if one != at]
    while len(left) > CHOICES:
        left.remove(max(left, key=lambda one: abs(one - at)))
    return tuple(left)
