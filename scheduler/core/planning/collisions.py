"""Trùng giờ: campaigns of equal priority between which the air is too small, and the order the ward decides.

A collision is seen in what was planned: an airing was refused for lack of room, or by a cap, on a day on which others
of its priority were heard by the same ears. The order is kept as a rank of each campaign: the smaller goes first, and
0 is the place of all that nobody has put in order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scheduler.core.model import Campaign, Slot
from scheduler.core.planning.day_plan import Refusal
from scheduler.core.planning.planner import CROWDED
from scheduler.core.planning.sessions import hears

__all__ = ["Collision", "collisions", "ranks_of"]


@dataclass(frozen=True, slots=True)
class Collision:
    """Campaigns that take each other's air, in their present order."""

    campaign_ids: tuple[int, ...]
    days: tuple[date, ...]
    lost: tuple[tuple[int, int], ...]
    """(campaign, airings that it loses on those days), for each that loses any."""
    is_decided: bool
    """The ward has put each of them in its place."""


@dataclass(frozen=True, slots=True)
class _Crowd:
    day: date
    campaign_ids: frozenset[int]
    lost: Mapping[int, int]


def collisions(
    campaigns: Iterable[Campaign], days: Iterable[tuple[date, Sequence[Slot], Sequence[Refusal]]]
) -> tuple[Collision, ...]:
    """Every collision among `campaigns` on planned days; campaigns that share a rival stand in one."""
    known = {one.id: one for one in campaigns}
    crowds = [crowd for day, slots, refusals in days for crowd in _crowds(known, day, slots, refusals)]
    groups: list[set[int]] = []
    for crowd in crowds:
        joined = [group for group in groups if group & crowd.campaign_ids]
        groups = [group for group in groups if group not in joined]
        groups.append(set(crowd.campaign_ids).union(*joined))
    found = (_collision(known, group, [one for one in crowds if one.campaign_ids <= group]) for group in groups)
    return tuple(sorted(found, key=lambda one: (one.days[0], one.campaign_ids)))


def _crowds(
    known: Mapping[int, Campaign], day: date, slots: Sequence[Slot], refusals: Sequence[Refusal]
) -> Iterable[_Crowd]:
    """For each campaign that lost an airing: it, and the heard ones of its priority."""
    lost: dict[int, int] = {}
    for refusal in refusals:
        if refusal.reason in CROWDED and refusal.campaign_id in known:
            lost[refusal.campaign_id] = lost.get(refusal.campaign_id, 0) + 1
    heard = {slot.campaign_id for slot in slots if slot.campaign_id in known} - {None}
    for campaign_id, count in lost.items():
        loser = known[campaign_id]
        rivals = {
            other
            for other in (*heard, *lost)
            if other is not None
            and other != campaign_id
            and known[other].priority is loser.priority
            and hears(loser.zone, known[other].zone)
        }
        if rivals:
            yield _Crowd(day, frozenset({campaign_id, *rivals}), {campaign_id: count})


def _collision(known: Mapping[int, Campaign], group: Iterable[int], crowds: Sequence[_Crowd]) -> Collision:
    ids = sorted(group, key=lambda one: (known[one].rank, one))
    lost: dict[int, int] = {}
    for crowd in crowds:
        for campaign_id, count in crowd.lost.items():
            lost[campaign_id] = lost.get(campaign_id, 0) + count
    ranks = [known[one].rank for one in ids]
    return Collision(
        campaign_ids=tuple(ids),
        days=tuple(sorted({crowd.day for crowd in crowds})),
        lost=tuple((one, lost[one]) for one in ids if one in lost),
        is_decided=len(set(ranks)) == len(ranks),
    )


def ranks_of(campaigns: Iterable[Campaign], ordered: Sequence[int]) -> dict[int, int]:
    """The rank of each campaign (all of one priority) once `ordered` go one after the other.

    They take the place of the first of them; before and behind it every other keeps its order. The last place is 0,
    which is also that of a campaign made later.
    """
    by_rank: dict[int, list[int]] = {}
    for one in campaigns:
        by_rank.setdefault(one.rank, []).append(one.id)
    place = min((rank for rank, ids in by_rank.items() if set(ids) & set(ordered)), default=0)
    places: list[list[int]] = []
    for rank, ids in sorted(by_rank.items()):
        others = [one for one in ids if one not in ordered]
        if rank == place:
            places += [[one] for one in ordered[:-1]]
            others.append(ordered[-1])
        if others:
            places.append(others)
    return {one: number - len(places) + 1 for number, ids in enumerate(places) for one in ids}
