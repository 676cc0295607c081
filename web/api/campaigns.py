"""Campaigns over the API: keep, start, pause, stop, replace, put in order, and see what each would do.

Each operation is one act of the desk; what a campaign may ask for are the desk's and the planner's rules. A campaign
has no version of its own: its ETag is a digest of all that it says.
"""

import hashlib
import json

from scheduler.core.model import Campaign, CampaignState
from scheduler.kernel.errors import Refused
from scheduler.services.repositories import permit
from web.api import told
from web.api.asked import campaign_of, day_of, instant_of, known_dispatch, page_by_state, today
from web.api.contract import Asked, Subject, Told, ref
from web.api.shapes import BEFORE, ID, LIMIT, QUERY_DAY, also, array, chosen, given, listed, nothing
from web.auth import services

subject = Subject("campaigns", "Đợt tuyên truyền: what is said, when it may be said, how often.")

ONE = "/campaigns/{campaign_id}"


@subject.get(
    "/campaigns",
    may="see",
    says="Campaigns, the newest first.",
    gives=listed("Campaign", ID),
    query={"state": also(chosen(CampaignState), default=None), "limit": LIMIT, "before": BEFORE},
)
def listing(asked: Asked) -> Told:
    return page_by_state(
        asked, services().campaigns.ids_before, lambda one: told.campaign(services().campaigns.get(one))
    )


@subject.post(
    "/campaigns",
    may="plan",
    says="A new draft; nothing airs until it is started.",
    takes=ref("CampaignIn"),
    gives=ref("Campaign"),
    status=201,
)
def create(asked: Asked) -> Told:
    campaign = campaign_of(asked.body)
    permit(asked.actor, "plan", campaign.zone)
    known_dispatch(campaign.dispatch_id)
    campaign_id = services().campaigns.save(asked.actor, campaign)
    found = _told(campaign_id)
    return Told(found.body, found.etag, f"/api/v1/campaigns/{campaign_id}")


@subject.post(
    "/campaigns/preview",
    may="plan",
    says="The plan of a day as it would be with a campaign that is not kept.",
    takes=ref("CampaignIn"),
    gives=ref("Preview"),
    query={"date": QUERY_DAY},
    keyed=False,
)
def preview_new(asked: Asked) -> Told:
    return _preview(campaign_of(asked.body), asked.query["date"])


@subject.get(
    "/campaigns/collisions",
    may="see",
    says="Campaigns of equal priority that take each other's air.",
    gives=given(items=array(ref("Collision"))),
)
def collisions(asked: Asked) -> Told:  # noqa: ARG001 - every operation is given what was asked
    return Told({"items": _collisions()})


@subject.post(
    "/campaigns/order",
    may="plan",
    says="Put campaigns of equal priority in the ward's order, the first first.",
    takes=ref("OrderIn"),
    gives=given(items=array(ref("Collision"))),
)
def order(asked: Asked) -> Told:
    for campaign_id in asked.body["campaigns"]:
        permit(asked.actor, "plan", services().campaigns.get(campaign_id).zone)
    services().campaigns.order(asked.actor, asked.body["campaigns"])
    return Told({"items": _collisions()})


@subject.get(ONE, may="see", says="One campaign; its ETag is wanted to edit it.", gives=ref("Campaign"))
def one(asked: Asked, campaign_id: int) -> Told:  # noqa: ARG001 - as above
    return _told(campaign_id)


@subject.put(
    ONE,
    may="plan",
    says="The whole campaign anew; a running one is planned again.",
    takes=ref("CampaignIn"),
    gives=ref("Campaign"),
    must_match=True,
)
def edit(asked: Asked, campaign_id: int) -> Told:
    kept = _own(asked, campaign_id)
    if asked.if_match != _tag(kept):
        raise Refused("edited_meanwhile", title=kept.title)
    changed = campaign_of(asked.body, kept)
    permit(asked.actor, "plan", changed.zone)
    known_dispatch(changed.dispatch_id)
    services().campaigns.save(asked.actor, changed)
    return _told(campaign_id)


@subject.get(
    f"{ONE}/preview",
    may="see",
    says="The plan of a day as it would be with it running.",
    gives=ref("Preview"),
    query={"date": {**QUERY_DAY, "description": "Default: its first day from today on."}},
)
def preview(asked: Asked, campaign_id: int) -> Told:
    return _preview(services().campaigns.get(campaign_id), asked.query["date"])


@subject.post(f"{ONE}/start", may="plan", says="Let it into the plan.", takes=nothing(), gives=ref("Campaign"))
def start(asked: Asked, campaign_id: int) -> Told:
    _own(asked, campaign_id)
    services().campaigns.start(asked.actor, campaign_id)
    return _told(campaign_id)


@subject.post(
    f"{ONE}/stop",
    may="plan",
    says="Take it out of the plan, now or from `at` on.",
    takes=ref("At"),
    gives=ref("Campaign"),
)
def stop(asked: Asked, campaign_id: int) -> Told:
    _own(asked, campaign_id)
    services().campaigns.stop(asked.actor, campaign_id, instant_of(asked.body.get("at")))
    return _told(campaign_id)


@subject.post(
    f"{ONE}/pause",
    may="plan",
    says="Nothing of it starts from `at` (default: now) until `until` (default: until resumed).",
    takes=ref("PauseIn"),
    gives=ref("Campaign"),
)
def pause(asked: Asked, campaign_id: int) -> Told:
    _own(asked, campaign_id)
    at, until = instant_of(asked.body.get("at")), instant_of(asked.body.get("until"))
    services().campaigns.pause(asked.actor, campaign_id, at, until)
    return _told(campaign_id)


@subject.post(
    f"{ONE}/resume", may="plan", says="End its pause, or call off the next one.", takes=ref("At"), gives=ref("Campaign")
)
def resume(asked: Asked, campaign_id: int) -> Told:
    _own(asked, campaign_id)
    services().campaigns.resume(asked.actor, campaign_id, instant_of(asked.body.get("at")))
    return _told(campaign_id)


@subject.post(
    f"{ONE}/replace",
    may="plan",
    says="Stop it and begin another one at the same instant.",
    takes=ref("ReplaceIn"),
    gives=ref("Campaign"),
)
def replace(asked: Asked, campaign_id: int) -> Told:
    new_id = asked.body["campaign_id"]
    _own(asked, campaign_id)
    _own(asked, new_id)
    services().campaigns.replace(asked.actor, campaign_id, new_id, instant_of(asked.body.get("at")))
    return _told(new_id)


def _own(asked: Asked, campaign_id: int) -> Campaign:
    """A campaign whose zone the key may act in."""
    found = services().campaigns.get(campaign_id)
    permit(asked.actor, "plan", found.zone)
    return found


def _preview(campaign: Campaign, day: str | None) -> Told:
    chosen_day = day_of(day) if day else max(campaign.start, today())
    plan = services().campaigns.preview(campaign, chosen_day)
    return Told(
        {
            "date": plan.day.isoformat(),
            "slots": told.slots(plan.slots),
            "refusals": [told.refusal(one) for one in plan.refusals],
            "idle_windows": [
                told.refusal(one)
                for one in services().campaigns.idle_windows(
                    plan.day, [*services().campaigns.days.standing(plan.day), *plan.slots], campaign
                )
            ],
        }
    )


def _collisions() -> list[dict[str, object]]:
    return [
        {"campaigns": list(one.campaign_ids), "days": [str(day) for day in one.days], "decided": one.is_decided}
        for one in services().campaigns.collisions()
    ]


def _told(campaign_id: int) -> Told:
    found = services().campaigns.get(campaign_id)
    return Told(told.campaign(found), _tag(found))


def _tag(campaign: Campaign) -> str:
    """A digest of all that it says: what was read is still so when the same tag comes back."""
    text = json.dumps(told.campaign(campaign) | {"airing_ms": 0}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
