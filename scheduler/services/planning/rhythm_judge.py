"""What comes of a rhythm before it is asked for: its first airing, its days, its number, and whom it displaces.

The days are planned as they would be with it; nothing is written. How often a campaign may ask is its own rules'
question, and what it displaces is told, because who goes first among campaigns is the ward's order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from scheduler.core.model import Campaign
from scheduler.core.planning.day_plan import DayPlan, PlannedCampaign, Refusal
from scheduler.core.planning.outlook_words import NamedMove
from scheduler.core.planning.rotation import ordered_by, turns_before
from scheduler.services.planning.campaigns import CampaignService
from scheduler.services.repositories import Repositories

__all__ = ["JudgedRhythm", "RhythmDay", "RhythmJudge", "together"]

MOST_DAYS = 3
"""Days that are planned to look at: up to the first airing, and the day behind it."""
_DAY = timedelta(days=1)
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RhythmDay:
    day: date
    starts: tuple[datetime, ...]
    ordered: int
    """Airings that it is to have."""


@dataclass(frozen=True, slots=True)
class JudgedRhythm:
    """`refusal`: why it cannot be asked for so; then the rest is empty."""

    refusal: Refusal | None
    days: tuple[RhythmDay, ...] = ()
    airings: int = 0
    """Of all its days, as ordered."""
    last_day: date | None = None
    moved: tuple[NamedMove, ...] = ()
    lost: tuple[str, ...] = ()
    """Titles of what finds no place any more on these days."""
    looked_until: date | None = None
    """The last day of which `moved` and `lost` are known, where it airs behind it too; None = all are."""

    @property
    def first(self) -> datetime | None:
        return next((start for one in self.days for start in one.starts), None)


def together(judged: Sequence[JudgedRhythm]) -> JudgedRhythm:
    """Several rhythms of one wish, at least one, as one: refused where one of them is; the days are those of the first
    airing.
    """
    if refused := next((one for one in judged if one.refusal), None):
        return refused
    told = min((one for one in judged if one.first), key=lambda one: one.first or _LATEST)
    looked = [one.looked_until for one in judged if one.looked_until]
    return replace(
        told,
        airings=sum(one.airings for one in judged),
        last_day=max(one.last_day for one in judged if one.last_day),
        moved=tuple(dict.fromkeys(move for one in judged for move in one.moved)),
        lost=tuple(title for one in judged for title in one.lost),
        looked_until=min(looked, default=None),
    )


class RhythmJudge:
    def __init__(self, repos: Repositories, campaigns: CampaignService) -> None:
        self._repos = repos
        self._campaigns = campaigns

    def judge(self, campaign: Campaign) -> JudgedRhythm:
        """Raises NotFound for an unknown announcement."""
        if faults := self._campaigns.faults(campaign):
            return JudgedRhythm(faults[0])
        known = self._campaigns.as_running(campaign)
        others = [one for one in self._campaigns.running() if one.campaign.id != campaign.id]
        day, days = max(campaign.start, self._campaigns.days.ahead()[0]), list[RhythmDay]()
        moved, lost, refused = list[NamedMove](), list[str](), list[Refusal]()
        while day <= campaign.end and len(days) < MOST_DAYS:
            before = self._campaigns.days.kept(day) or self._campaigns.days.plan(day, others)
            after = self._campaigns.days.plan(day, [*others, known])
            self._compare(campaign.id, before, after, moved, lost)
            own = tuple(slot.start for slot in after.slots if slot.campaign_id == campaign.id)
            refused += [one for one in after.refusals if one.campaign_id == campaign.id]
            days.append(RhythmDay(day, own, self._ordered(known, day)))
            day += _DAY
            if len(days) > 1 and any(one.starts for one in days[:-1]):
                break
        if not any(one.starts for one in days):
            return JudgedRhythm(refused[0] if refused else Refusal(campaign.id, 0, "no_windows"))
        total, last = self._whole(known, days[0].day)
        looked_until = days[-1].day if days[-1].day < last else None
        return JudgedRhythm(None, tuple(days), total, last, tuple(moved), tuple(lost), looked_until)

    def _ordered(self, known: PlannedCampaign, day: date) -> int:
        station = self._repos.config.rules
        return ordered_by(known, day, station, turn=turns_before(known, day, station)).airings

    def _whole(self, known: PlannedCampaign, first: date) -> tuple[int, date]:
        """All airings that are ordered from a day on, and the last day that has some."""
        total, last, day = 0, first, first
        while day <= known.campaign.end:
            count = self._ordered(known, day)
            total, last = total + count, day if count else last
            day += _DAY
        return total, last

    def _compare(
        self, campaign_id: int, before: DayPlan, after: DayPlan, moved: list[NamedMove], lost: list[str]
    ) -> None:
        stands = {slot.id: slot.start for slot in after.slots}
        for slot in before.slots:
            if slot.campaign_id == campaign_id:
                continue
            now = stands.get(slot.id)
            if now is None:
                lost.append(self._repos.programme.title_of(slot))
            elif now != slot.start:
                moved.append(NamedMove(self._repos.programme.title_of(slot), slot.start, now))
