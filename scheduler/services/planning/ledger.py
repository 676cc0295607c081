"""The ledger: what each dispatch has ordered, day by day, and what became of it; and what was aired before.

It reads rows and adds them up with `ledger`; it keeps nothing but what an officer states of the time before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from scheduler.core.dispatch.stored import StoredDispatch
from scheduler.core.model import DEFAULT_ZONE, Campaign, CampaignState, Person, Slot, StationRules
from scheduler.core.planning import rules
from scheduler.core.planning.day_plan import PlannedCampaign, Refusal
from scheduler.core.planning.ledger import (
    Account,
    Baseline,
    DayRows,
    Heard,
    Line,
    baseline_of,
    by_day,
    day_is_over,
    increase,
    line_of,
    total,
)
from scheduler.core.planning.rotation import ordered_by, turns_before
from scheduler.core.planning.rules import Ordered
from scheduler.core.planning.topics import related
from scheduler.kernel.errors import Refused
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories, permit
from scheduler.store import LedgerRows, Readings

__all__ = ["DispatchLedger", "LedgerService"]

MOST_MINUTES_A_DAY = 1440.0
MAX_NOTE = 500
"""Characters of a note."""
LONGEST_PAST = timedelta(days=3660)
"""How far back a ledger looks: a campaign whose first day was mistyped must not cost a century of days."""
LONGEST_AHEAD = timedelta(days=400)
"""How far ahead: a campaign without a real end is told for a year."""
_DAY = timedelta(days=1)
LEAD = 7 * _DAY
"""Days shown between a dispatch and the first that it orders, where it was taken in long after it was written."""


@dataclass(frozen=True, slots=True)
class DispatchLedger:
    """The account of one dispatch. Minutes aired are measured; days are those of the station's zone."""

    dispatch_id: int
    number_symbol: str
    issued: date
    """The day of the dispatch, else the day it was taken in."""
    campaigns: tuple[Campaign, ...]
    lines: tuple[Line, ...]
    """By day, then campaign; of campaigns that have been started."""
    days: dict[date, Account]
    over: frozenset[date]
    """Days of `days` on which nothing can sound any more."""
    total: Account
    """Of the whole order, what lies ahead included (`LONGEST_AHEAD` at most)."""
    baseline: Baseline
    minutes_before: dict[date, float]
    """Measured minutes of the same topic on the days of the baseline that were measured."""
    minutes_after: dict[date, float]
    """The same since the dispatch, until its last day or today."""
    minutes_a_day: float | None
    """Measured minutes of the same topic a day, over the days that are over; None while there is none."""
    increase: float | None
    """`minutes_a_day` as so many times the baseline; None where one of them is not known, or nothing was before."""

    def sum_of(self, days: Iterable[date]) -> Account:
        """The account of some of its days."""
        return total(self.days[day] for day in days)


class _Rows(NamedTuple):
    """What the rows say of some campaigns in a span of days, by campaign and day."""

    loose: dict[tuple[int, date], list[Slot]]
    refusals: dict[tuple[int, date], list[Refusal]]
    heard: dict[tuple[int, date], Heard]

    def days_of(self, campaign_id: int) -> set[date]:
        return {day for rows in self for one, day in rows if one == campaign_id}


class LedgerService:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns
        self._rows = LedgerRows(repos.store, repos.slots)
        self._readings = Readings(repos.store)

    def of_dispatch(self, dispatch_id: int) -> DispatchLedger:
        """Everything that a dispatch has ordered, from its first day to its last, as things stand now."""
        stored = self._repos.programme.dispatch(dispatch_id)
        every = self._repos.programme.campaigns()
        own = [one for one in every if one.dispatch_id == dispatch_id]
        today = self._repos.today
        first = max(min((one.start for one in own), default=today), today - LONGEST_PAST)
        last = min(max((one.end for one in own), default=today), today + LONGEST_AHEAD)
        lines = self.lines(own, first, last)
        days = by_day(lines)
        over = _over(lines)
        issued = self._issued(stored)
        before = [done for act in self._readings.acts(dispatch_id) for done in act.campaign_ids]
        ids = related(own, every, before)
        topic = [one for one in every if one.id in ids]
        baseline, minutes_before = self._before(dispatch_id, topic, issued)
        minutes_after = self._after(topic, issued, days, today)
        ended = [minutes_after.get(day, 0.0) for day in days if day in over and days[day].ordered]
        minutes_a_day = sum(ended) / len(ended) if ended else None
        return DispatchLedger(
            dispatch_id=dispatch_id,
            number_symbol=stored.number_symbol,
            issued=issued,
            campaigns=tuple(reversed(own)),
            lines=lines,
            days=days,
            over=over,
            total=total(days.values()),
            baseline=baseline,
            minutes_before=minutes_before,
            minutes_after=minutes_after,
            minutes_a_day=minutes_a_day,
            increase=None if minutes_a_day is None else increase(baseline, minutes_a_day),
        )

    def lines(self, campaigns: Iterable[Campaign], first: date, last: date) -> tuple[Line, ...]:
        """The accounts of some campaigns on the days `first` to `last`, by day and campaign; drafts have none."""
        started = [one for one in campaigns if one.state is not CampaignState.DRAFT]
        ids = [one.id for one in started]
        if not ids or last < first:
            return ()
        rows = _Rows(
            self._rows.loose(ids, first, last),
            self._rows.refusals(ids, first, last),
            self._rows.heard(ids, first, last),
        )
        created, station = self._rows.created(ids), self._repos.config.rules
        found: list[Line] = []
        for campaign in started:
            since = max(first, campaign.start, self._repos.config.station.day_of(created[campaign.id]))
            days = sorted(rows.days_of(campaign.id) | set(_days(since, min(last, campaign.end))))
            known = self._campaigns.known(campaign)
            for day, order in zip(days, self._orders(known, days, station), strict=True):
                line = self._line(known, day, order, rows, station)
                if line.account.ordered or line.account.beyond:
                    found.append(line)
        return tuple(sorted(found, key=lambda line: (line.day, line.campaign_id)))

    def _orders(self, known: PlannedCampaign, days: Sequence[date], station: StationRules) -> Iterator[Ordered]:
        """What a campaign owes on each of `days`, which ascend. Whose turn it is matters only ahead of today."""
        today = self._repos.today
        turn: int | None = None
        for day in days:
            if day >= today and turn is None:
                turn = turns_before(known, day, station)
            ordered = ordered_by(known, day, station, turn=turn or 0)
            if turn is not None:
                turn += ordered.airings
            yield ordered

    def state_baseline(self, actor: Person, dispatch_id: int, minutes_a_day: float, note: str = "") -> None:
        """Say what was aired a day before the dispatch, where nothing was measured.

        Raises Refused: baseline_invalid, note_too_long, baseline_measured.
        """
        permit(actor, "plan", DEFAULT_ZONE)
        if not 0 <= minutes_a_day <= MOST_MINUTES_A_DAY:
            raise Refused("baseline_invalid", most=int(MOST_MINUTES_A_DAY))
        note = note.strip()
        if len(note) > MAX_NOTE:
            raise Refused("note_too_long", limit=MAX_NOTE)
        if any(self.of_dispatch(dispatch_id).minutes_before.values()):
            raise Refused("baseline_measured")
        self._rows.state_baseline(dispatch_id, minutes_a_day, note, actor.id, self._repos.clock.now())

    def _line(self, known: PlannedCampaign, day: date, order: Ordered, rows: _Rows, station: StationRules) -> Line:
        now = self._repos.clock.now()
        _, ends = rules.day_span(day, station.zone_name)
        key = known.campaign.id, day
        slots = rows.loose.get(key, ())
        own = [slot for slot in slots if slot.day == day]
        made_up = (slot for slot in slots if slot.day != day and slot.outcome is None)
        ahead = frozenset(slot.id for slot in made_up if slot.end + station.late_tolerance > now)
        kept = DayRows(slots, rows.refusals.get(key, ()), rows.heard.get(key, Heard()), ahead)
        return line_of(
            known.campaign.id,
            day,
            order,
            kept,
            airing=known.airing,
            over=day_is_over(ends, own, now, station.late_tolerance),
            grace=bool(station.make_good),
        )

    def _before(self, dispatch_id: int, topic: Sequence[Campaign], issued: date) -> tuple[Baseline, dict[date, float]]:
        last = issued - _DAY
        first = issued - self._repos.config.planning.baseline_days * _DAY
        seconds = self._rows.seconds(topic, first, last)
        measured_from = self._rows.first_day()
        baseline = baseline_of(seconds, first, last, measured_from, self._rows.stated(dispatch_id))
        measured = _days(max(first, measured_from), last) if measured_from else ()
        return baseline, {day: seconds.get(day, 0.0) / 60 for day in measured}

    def _after(
        self, topic: Sequence[Campaign], issued: date, days: Mapping[date, Account], today: date
    ) -> dict[date, float]:
        begun = [day for day in days if day <= today]
        measured_from = self._rows.first_day()
        if not begun or measured_from is None:
            return {}
        first = max(issued, begun[0] - LEAD, measured_from)
        seconds = self._rows.seconds(topic, first, begun[-1])
        return {day: seconds.get(day, 0.0) / 60 for day in _days(first, begun[-1])}

    def _issued(self, stored: StoredDispatch) -> date:
        """The day of a dispatch; of one without, or with a day that is a slip of the pen, the day it was taken in."""
        try:
            return rules.parse_date(stored.fields.get("date") or "")
        except Refused:
            return self._repos.config.station.day_of(stored.created_at)


def _days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included; none where they are the other way round."""
    return (first + number * _DAY for number in range((last - first).days + 1))


def _over(lines: Iterable[Line]) -> frozenset[date]:
    """The days on which every campaign's account is over."""
    lines = list(lines)
    return frozenset(line.day for line in lines) - {line.day for line in lines if not line.over}
