"""Campaigns: keep, start, pause, stop, replace, put in order, and see what each would do.

Each operation is one act of a service; what a campaign may ask for are its and the planner's rules. A campaign
has no version of its own: its ETag is a digest of all that it says.
"""

import hashlib
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from scheduler.core import model
from scheduler.core.model import CampaignState
from scheduler.kernel.errors import Refused
from scheduler.operations.requests import (
    AtIn,
    CampaignIn,
    DayQuery,
    OrderIn,
    PauseIn,
    ReplaceIn,
    day_of,
    instant_of,
    page_of_list,
    today,
)
from scheduler.operations.schemas import Day, Id, Items, Listed, Page, Record, Request
from scheduler.operations.serializers import Campaign, Preview, to_campaign, to_refusal, to_slots
from scheduler.operations.table import Answer, Call, Command, Subject
from scheduler.services.repositories import permit

subject = Subject("campaigns", "Đợt phát: what is said, when it may be said, how often.")

ONE = "/campaigns/{campaign_id}"


class Collision(Record, frozen=True):
    campaigns: list[Id]
    days: list[Day]
    decided: bool


class CampaignPage(Page, frozen=True):
    state: CampaignState | None = None


class PreviewQuery(Request, frozen=True):
    date: Annotated[Day, Meta(description="Default: its first day from today on.")] | None = None


@subject.get("/campaigns", may="see")
def listing(call: Call, query: CampaignPage) -> Answer[Listed[Campaign]]:
    """Campaigns, the newest first."""
    found = call.services.campaigns.ids_before(query.state, query.before, query.limit + 1)
    shown, following = page_of_list(found, query.limit)
    return Answer(Listed([to_campaign(call, call.services.campaigns.get(one)) for one in shown], following))


@subject.post("/campaigns", may="plan", status=201)
def create(call: Call, body: CampaignIn) -> Answer[Campaign]:
    """A new draft; nothing airs until it is started. Unless told, it leaves out what its dispatch does."""
    made = body.campaign()
    told = (body.except_days, body.except_windows, body.dates, body.max_minutes)
    if made.dispatch_id is not None and all(one is None for one in told):
        made = call.services.dispatch_drafts.leaving_out(made, made.dispatch_id)
    campaign_id = _saved(call, made)
    found = _answer(call, campaign_id)
    return Answer(found.body, found.etag, f"/api/v1/campaigns/{campaign_id}")


@subject.post("/campaigns/preview", may="plan", keyed=False)
def preview_new(call: Call, body: CampaignIn, query: DayQuery) -> Answer[Preview]:
    """The plan of a day as it would be with a campaign that is not kept."""
    return _preview(call, body.campaign(), query.date)


@subject.get("/campaigns/collisions", may="see")
def collisions(call: Call) -> Answer[Items[Collision]]:
    """Campaigns of equal priority that take each other's air."""
    return _collisions(call)


@subject.post("/campaigns/order", may="plan")
def order(call: Call, body: OrderIn) -> Answer[Items[Collision]]:
    """Put campaigns of equal priority in the ward's order, the first first."""
    for campaign_id in body.campaigns:
        _own(call, campaign_id)
    call.services.campaigns.order(call.actor, body.campaigns)
    return _collisions(call)


@subject.get(ONE, may="see")
def one(call: Call, campaign_id: Id) -> Answer[Campaign]:
    """One campaign; its ETag is wanted to edit it."""
    return _answer(call, campaign_id)


@subject.put(ONE, may="plan", must_match=True)
def edit(call: Call, campaign_id: Id, body: CampaignIn) -> Answer[Campaign]:
    """The whole campaign anew; a running one is planned again."""
    kept = _own(call, campaign_id)
    if call.if_match != _tag(to_campaign(call, kept)):
        raise Refused("edited_meanwhile", title=kept.title)
    return _answer(call, _saved(call, body.campaign(kept)))


@subject.get(f"{ONE}/preview", may="see")
def preview(call: Call, campaign_id: Id, query: PreviewQuery) -> Answer[Preview]:
    """The plan of a day as it would be with it running."""
    return _preview(call, call.services.campaigns.get(campaign_id), query.date)


@subject.post(f"{ONE}/start", may="plan", command=Command("campaign start", "Đợt phát đang chạy."))
def start(call: Call, campaign_id: Id) -> Answer[Campaign]:
    """Let a campaign into the plan."""
    _own(call, campaign_id)
    call.services.campaigns.start(call.actor, campaign_id)
    return _answer(call, campaign_id)


def _stopped(body: AtIn, _: Campaign) -> str:
    return "Đã hẹn dừng đợt phát." if body.at else "Đã dừng đợt phát."


@subject.post(f"{ONE}/stop", may="plan", command=Command("campaign stop", _stopped))
def stop(call: Call, campaign_id: Id, body: AtIn) -> Answer[Campaign]:
    """Take a campaign out of the plan, now or from an instant on."""
    _own(call, campaign_id)
    call.services.campaigns.stop(call.actor, campaign_id, instant_of(body.at))
    return _answer(call, campaign_id)


@subject.post(f"{ONE}/pause", may="plan", command=Command("campaign pause", "Đã tạm dừng đợt phát."))
def pause(call: Call, campaign_id: Id, body: PauseIn) -> Answer[Campaign]:
    """Nothing of a campaign starts from `at` (default: now) until `until` (default: until resumed)."""
    _own(call, campaign_id)
    call.services.campaigns.pause(call.actor, campaign_id, instant_of(body.at), instant_of(body.until))
    return _answer(call, campaign_id)


@subject.post(f"{ONE}/resume", may="plan", command=Command("campaign resume", "Đợt phát được phát tiếp."))
def resume(call: Call, campaign_id: Id, body: AtIn) -> Answer[Campaign]:
    """End a campaign's pause, or call off the next one."""
    _own(call, campaign_id)
    call.services.campaigns.resume(call.actor, campaign_id, instant_of(body.at))
    return _answer(call, campaign_id)


@subject.post(
    f"{ONE}/replace",
    may="plan",
    command=Command("campaign replace", "Đã thay đợt phát.", arguments=("campaign_id",)),
)
def replace(call: Call, campaign_id: Id, body: ReplaceIn) -> Answer[Campaign]:
    """Stop one campaign and begin another at the same instant."""
    _own(call, campaign_id)
    _own(call, body.campaign_id)
    call.services.campaigns.replace(call.actor, campaign_id, body.campaign_id, instant_of(body.at))
    return _answer(call, body.campaign_id)


def _own(call: Call, campaign_id: int) -> model.Campaign:
    """A campaign whose zone the key may act in."""
    found = call.services.campaigns.get(campaign_id)
    permit(call.actor, "plan", found.zone)
    return found


def _saved(call: Call, campaign: model.Campaign) -> int:
    permit(call.actor, "plan", campaign.zone)
    if campaign.dispatch_id is not None:
        call.services.dispatches.get(campaign.dispatch_id)
    return call.services.campaigns.save(call.actor, campaign)


def _preview(call: Call, campaign: model.Campaign, day: date | None) -> Answer[Preview]:
    work = call.services.campaigns
    plan = work.preview(campaign, day_of(day) if day else max(campaign.start, today(call)))
    whole = [*work.days.standing(plan.day), *plan.slots]
    return Answer(
        Preview(
            plan.day,
            to_slots(call, plan.slots),
            [to_refusal(call, one) for one in plan.refusals],
            [to_refusal(call, one) for one in work.idle_windows(plan.day, whole, campaign)],
        )
    )


def _collisions(call: Call) -> Answer[Items[Collision]]:
    found = call.services.campaigns.collisions()
    return Answer(Items([Collision(list(one.campaign_ids), list(one.days), one.is_decided) for one in found]))


def _answer(call: Call, campaign_id: int) -> Answer[Campaign]:
    found = to_campaign(call, call.services.campaigns.get(campaign_id))
    return Answer(found, _tag(found))


def _tag(campaign: Campaign) -> str:
    """A digest of all that it says: what was read is still so when the same tag comes back."""
    said = msgspec.json.encode(msgspec.structs.replace(campaign, airing=0), order="deterministic")
    return hashlib.sha256(said).hexdigest()[:32]
