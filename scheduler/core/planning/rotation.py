"""Luân phiên: which clip each airing of a campaign says, and what a campaign with several clips owes on a day.

Airings are counted over all days of the campaign: its n-th says clip n mod k. The count is of what was ordered, played
or not, so that a refusal shifts nothing and planning again gives the same. A clip that may not air loses only its own
turns; they fall to the next one that may.
"""

from datetime import date, timedelta

from scheduler.core.model import StationRules
from scheduler.core.planning.day_plan import Clip, PlannedCampaign
from scheduler.core.planning.rules import Ordered, ordered_on

__all__ = ["clip_of", "mute", "ordered_by", "shut", "turns_before"]

_DAY = timedelta(days=1)


def mute(clip: Clip) -> str:
    """Why a clip cannot air, else empty; one without a length has no sound."""
    return clip.blocked or ("no_audio" if clip.airing <= timedelta(0) else "")


def shut(planned: PlannedCampaign) -> str:
    """Why nothing of a campaign can air, else empty: one clip that may air is enough."""
    reasons = [mute(clip) for clip in planned.clips]
    return reasons[0] if all(reasons) else ""


def clip_of(planned: PlannedCampaign, turn: int) -> Clip:
    """What turn `turn` (from 0) says: its own clip, or the next one in turn that may air."""
    clips = planned.clips
    own = turn % len(clips)
    return next((clip for clip in (*clips[own:], *clips[:own]) if not mute(clip)), clips[own])


def ordered_by(planned: PlannedCampaign, day: date, rules: StationRules, *, turn: int = 0) -> Ordered:
    """What a campaign owes on `day`, by the clips that it would really say from `turn` on."""
    first, *rest = (clip_of(planned, number).airing for number in range(len(planned.clips)))
    return ordered_on(planned.campaign, day, first, rules, rest=rest, turn=turn)


def turns_before(planned: PlannedCampaign, day: date, rules: StationRules) -> int:
    """How many turns a campaign has had before `day`: by the rows as far as they are known, else as ordered."""
    if not planned.rest:
        return 0
    at, turns = planned.had if planned.had and planned.had[0] <= day else (planned.campaign.start, 0)
    while at < day:
        turns += ordered_by(planned, at, rules, turn=turns).airings
        at += _DAY
    return turns
