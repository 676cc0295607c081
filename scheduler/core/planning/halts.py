"""Tạm dừng, chạy lại, dừng, thay thế: how a campaign's pauses and its stop change by an act from an instant on.

Each answer is the campaign as it would be kept; what is planned of it then follows from `rules.halts`. Pauses of the
past stay, because what was owed on those days depends on them. Who may act, and whether an instant is too long ago, is
the desk's question.
"""

from dataclasses import replace
from datetime import datetime

from scheduler.core.local_time import day_span, local_day, merged
from scheduler.core.model import Campaign, CampaignState, Pause
from scheduler.core.planning.rules import ALWAYS
from scheduler.kernel.errors import Refused

__all__ = ["begun_at", "paused", "pauses_at", "restarted", "resumed", "stopped"]


def paused(campaign: Campaign, since: datetime, until: datetime | None = None) -> Campaign:
    """Nothing of it starts from `since` until `until` (None = until resumed).

    Raises Refused: campaign_not_running, pause_backwards.
    """
    _refuse_idle(campaign, since)
    if until is not None and until <= since:
        raise Refused("pause_backwards")
    return _with_pauses(campaign, (*campaign.pauses, Pause(since, until)))


def resumed(campaign: Campaign, at: datetime) -> Campaign:
    """The pause that holds at `at` ends there; where none does, the next one ahead is called off.

    Raises Refused: not_paused.
    """
    holding = [one for one in campaign.pauses if one.since <= at < (one.until or ALWAYS)]
    ahead = sorted((one for one in campaign.pauses if one.since > at), key=lambda one: one.since)
    if not (ended := holding or ahead[:1]):
        raise Refused("not_paused")
    kept = [one for one in campaign.pauses if one not in ended]
    kept += [replace(one, until=at) for one in ended if one.since < at]
    return _with_pauses(campaign, kept)


def pauses_at(campaign: Campaign, instant: datetime) -> bool:
    """Whether a campaign that runs is paused then."""
    if campaign.state is not CampaignState.ACTIVE or (campaign.stopped_at and campaign.stopped_at <= instant):
        return False
    return any(one.since <= instant < (one.until or ALWAYS) for one in campaign.pauses)


def stopped(campaign: Campaign, at: datetime, now: datetime) -> Campaign:
    """Nothing of it starts from `at` on; ahead of its time it still runs until then. Stopped earlier, it stays so."""
    if campaign.stopped_at is not None and campaign.stopped_at <= at and campaign.stopped_at <= now:
        return campaign
    state = CampaignState.STOPPED if at <= now or campaign.state is not CampaignState.ACTIVE else campaign.state
    return replace(campaign, state=state, stopped_at=at)


def restarted(campaign: Campaign, now: datetime) -> Campaign:
    """It runs from now on; the time in which it was stopped is kept as a pause, so that nothing is owed for it."""
    kept = replace(campaign, state=CampaignState.ACTIVE, stopped_at=None)
    if campaign.stopped_at is None or campaign.stopped_at >= now:
        return kept
    return _with_pauses(kept, (*campaign.pauses, Pause(campaign.stopped_at, now)))


def begun_at(campaign: Campaign, at: datetime, zone_name: str) -> Campaign:
    """It runs from `at` on: its first day is no later than that, and before that instant nothing of it starts."""
    day = local_day(at, zone_name)
    kept = replace(campaign, state=CampaignState.ACTIVE, stopped_at=None)
    if campaign.state is not CampaignState.ACTIVE:
        kept = replace(kept, start=day)
    begins, _ = day_span(min(kept.start, day), zone_name)
    return _with_pauses(kept, (*kept.pauses, Pause(begins, at))) if begins < at else kept


def _refuse_idle(campaign: Campaign, at: datetime) -> None:
    over = campaign.stopped_at is not None and campaign.stopped_at <= at
    if campaign.state is not CampaignState.ACTIVE or over:
        raise Refused("campaign_not_running", title=campaign.title)


def _with_pauses(campaign: Campaign, pauses: tuple[Pause, ...] | list[Pause]) -> Campaign:
    spans = merged([(one.since, one.until or ALWAYS) for one in pauses])
    kept = tuple(Pause(since, None if until == ALWAYS else until) for since, until in spans)
    return replace(campaign, pauses=kept)
