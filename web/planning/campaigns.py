"""Đợt phát: what is said when and how often; the plan of a day is seen before anything is kept.

Thin: the form is read by `campaign_form`, judged and planned by the desk, drawn by `day_plan`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.model import DEFAULT_ZONE, AnnouncementState, BoostKind, Campaign, CampaignState, Priority, Relay
from scheduler.core.planning import rules
from scheduler.core.planning.halts import pauses_at
from scheduler.core.planning.sessions import USUAL_WINDOWS
from scheduler.core.report.report_words import FIELDS
from scheduler.core.words.wording import BOOSTS, sentence, sentence_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.kernel.words import Words
from web.auth import REFUSED, Answer, act, actor, page_of, same_origin, services
from web.formats import WEEKDAYS, day_words, number_of, today
from web.planning.campaign_form import CampaignForm
from web.planning.day_plan import PlanView, first_day, plan_view
from web.planning.impact_view import impact_view
from web.planning.phase_form import PhaseRow, typed_number, whole_number
from web.words.campaign_words import amount_of, collision_views, exception_words, halt_words, standing_of
from web.words.dispatch_words import order_words
from web.words.zones import own_zone_choices, zone_choices

bp = Blueprint("campaigns", __name__)
DEFAULT_DAYS = 30
CLOSED = {AnnouncementState.WITHDRAWN, AnnouncementState.EXPIRED}
UNITS = Words(Path(__file__).parent, "boost_units", BoostKind)
"""What the number beside a boost counts."""


@bp.app_template_test("paused")
def is_paused(one: Campaign | Relay) -> bool:
    """Whether a campaign pauses now; a relay has no pauses."""
    return isinstance(one, Campaign) and pauses_at(one, services().now())


@bp.get("/dot")
@page_of("see")
def listed() -> str:
    campaigns, now = services().campaigns.listed(), services().now()
    return render_template(
        "campaigns/list.html",
        campaigns=[
            {"campaign": campaign, "amount": amount_of(campaign, today()), "trouble": _trouble(campaign)}
            for campaign in campaigns
        ],
        running=sum(one.state is CampaignState.ACTIVE and not pauses_at(one, now) for one in campaigns),
        collisions=collision_views(services()),
    )


@bp.get("/dot/moi")
@page_of("plan")
def new() -> str:
    first = today()
    form = CampaignForm(
        windows=list(USUAL_WINDOWS),
        start=day_words(first),
        end=day_words(first + timedelta(days=DEFAULT_DAYS - 1)),
        announcement_id=request.args.get("ban_tin", ""),
        zone=next(iter(own_zone_choices()), DEFAULT_ZONE),
    )
    if (number := number_of(form.announcement_id)) is not None:
        said = services().announcements.get(number)
        form.title, form.chime, form.repeat = said.title, said.shape.chime, str(said.shape.times)
    return _page(None, form)


@bp.get("/dot/<int:campaign_id>")
@page_of("see")
def page(campaign_id: int) -> str:
    campaign = services().campaigns.get(campaign_id)
    plan = (
        None if services().campaigns.faults(campaign) else plan_view(services(), campaign, first_day(campaign, today()))
    )
    return _page(campaign, CampaignForm.of(campaign), plan=plan, shown=campaign)


@bp.post("/dot/xem")
@page_of("plan")
def preview_new() -> Answer:
    return _preview(None)


@bp.post("/dot/<int:campaign_id>/xem")
@page_of("plan")
def preview(campaign_id: int) -> Answer:
    return _preview(services().campaigns.get(campaign_id))


@bp.post("/dot/tac-dong")
@page_of("plan")
def impact_new() -> Answer:
    return _impact(None)


@bp.post("/dot/<int:campaign_id>/tac-dong")
@page_of("plan")
def impact(campaign_id: int) -> Answer:
    return _impact(services().campaigns.get(campaign_id))


@act(bp, "/dot", may="plan")
def save_new() -> Answer:
    return _save(None)


@act(bp, "/dot/<int:campaign_id>", may="plan")
def save(campaign_id: int) -> Answer:
    return _save(services().campaigns.get(campaign_id))


@act(bp, "/dot/<int:campaign_id>/chay", may="plan")
def start(campaign_id: int) -> Answer:
    return _acted(campaign_id, "chay-dot", lambda: services().campaigns.start(actor(), campaign_id))


@act(bp, "/dot/<int:campaign_id>/dung", may="plan")
def stop(campaign_id: int) -> Answer:
    at = request.form.get("at", "")
    done = "hen-dung-dot" if at.strip() else "dung-dot"
    return _acted(campaign_id, done, lambda: services().campaigns.stop(actor(), campaign_id, _instant(at)))


@act(bp, "/dot/<int:campaign_id>/tam-dung", may="plan")
def pause(campaign_id: int) -> Answer:
    since, until = request.form.get("at", ""), request.form.get("until", "")

    def paused() -> None:
        services().campaigns.pause(actor(), campaign_id, _instant(since), _instant(until))

    return _acted(campaign_id, "tam-dung-dot", paused)


@act(bp, "/dot/<int:campaign_id>/phat-tiep", may="plan")
def resume(campaign_id: int) -> Answer:
    at = request.form.get("at", "")
    return _acted(campaign_id, "phat-tiep-dot", lambda: services().campaigns.resume(actor(), campaign_id, _instant(at)))


@act(bp, "/dot/<int:campaign_id>/thay", may="plan")
def supersede(campaign_id: int) -> Answer:
    """Puts this campaign in the place of the one that is chosen."""
    old, at = request.form.get("old", ""), request.form.get("at", "")

    def replaced() -> None:
        services().campaigns.replace(actor(), whole_number(old), campaign_id, _instant(at))

    return _acted(campaign_id, "thay-dot", replaced)


@act(bp, "/dot/thu-tu", may="plan")
def order() -> Answer:
    """The ward's order among campaigns that collide: each has its number typed beside it."""
    places = {name.removeprefix("place-"): typed for name, typed in request.form.items() if name.startswith("place-")}
    back = request.form.get("back", "")
    ids = [number for one in places if (number := number_of(one)) is not None and str(number) == one]
    here = number_of(back) or (ids or [0])[0]

    def ordered() -> None:
        numbers = {one: typed_number(places[str(one)]) for one in ids}
        services().campaigns.order(actor(), sorted(ids, key=lambda one: (numbers[one], one)))

    return _acted(here, "thu-tu-dot", ordered)


def _acted(campaign_id: int, done: str, act_on: Callable[[], None]) -> Answer:
    """Does one act; a refusal is told on the campaign's own page."""
    try:
        act_on()
    except NotFound:
        raise
    except Refused as refused:
        campaign = services().campaigns.get(campaign_id)
        fault = sentence_of(refused)
        return _page(campaign, CampaignForm.of(campaign), fault=fault), REFUSED
    return redirect(url_for("campaigns.page", campaign_id=campaign_id, xong=done))


def _instant(typed: str) -> datetime | None:
    """A typed instant; empty = now. Raises Refused instant_invalid."""
    return rules.parse_instant(typed, today(), services().config.station.time_zone) if typed.strip() else None


def _read(kept: Campaign | None) -> tuple[CampaignForm, Campaign]:
    """The posted form and its campaign; every fault of it is noted in the form."""
    form = CampaignForm.typed(request.form)
    campaign = form.read(kept.id if kept else 0, kept, today())
    try:
        form.add(services().campaigns.faults(campaign))
    except NotFound as missing:
        first = missing.details.get("key") == campaign.announcement_id
        form.fault("announcement_id" if first else "rotation", missing.reason, dict(missing.details))
    return form, campaign


def _preview(kept: Campaign | None) -> Answer:
    """The plan of a day; a POST only for the size of the form. Changes nothing, so it needs no act key."""
    same_origin()
    form, campaign = _read(kept)
    day = request.form.get("day", "")
    chosen = first_day(campaign, today())
    if day.strip():
        try:
            chosen = rules.parse_date(day)
        except Refused as refused:
            form.fault("day", refused.reason, dict(refused.details))
    if form.faulty:
        return _page(kept, form, day=day), REFUSED
    later = bool(request.headers.get("HX-Request"))  # its script asks for the impact by itself
    plan = plan_view(services(), campaign, chosen)
    return _page(kept, form, day=day, plan=plan, shown=None if later else campaign, impact_later=later)


def _impact(kept: Campaign | None) -> Answer:
    """What the campaign of the form changes on the days ahead: the second half of a preview."""
    same_origin()
    form, campaign = _read(kept)
    if form.faulty:
        return render_template("campaigns/_impact_none.html"), REFUSED
    return render_template("campaigns/_impact.html", impact=impact_view(services(), campaign))


def _save(kept: Campaign | None) -> Answer:
    form, campaign = _read(kept)
    if form.faulty:
        return _page(kept, form, day=request.form.get("day", "")), REFUSED
    campaign_id, done = services().campaigns.save(actor(), campaign), "luu-dot"
    if request.form.get("then") == "start":
        services().campaigns.start(actor(), campaign_id)
        done = "chay-dot"
    elif _waits(campaign_id):
        done = "luu-dot-cho"
    return redirect(url_for("campaigns.page", campaign_id=campaign_id, xong=done))


def _page(
    campaign: Campaign | None,
    form: CampaignForm,
    *,
    day: str = "",
    plan: PlanView | None = None,
    shown: Campaign | None = None,
    fault: str = "",
    impact_later: bool = False,
) -> str:
    """The page of `campaign` (None: a new one) with `form`; `plan` and the impact are of `shown`, kept or not."""
    announcements = [
        one
        for one in services().announcements.listed()
        if (one.state not in CLOSED and one.priority is not Priority.EMERGENCY)
        or str(one.id) in {form.announcement_id, *form.rotation}
    ]
    dispatch = services().dispatches.get(campaign.dispatch_id) if campaign and campaign.dispatch_id else None
    save_at, preview_at = _addresses(campaign)
    return render_template(
        "campaigns/page.html",
        campaign=campaign,
        form=form,
        plan=plan,
        impact=impact_view(services(), shown) if shown and plan else None,
        plays=services().schedule_days.of_campaign(campaign.id) if campaign else (),
        impact_action=_impact_address(campaign) if impact_later else "",
        fault=fault,
        day=day,
        clips=[services().announcements.get(one) for one in campaign.announcement_ids] if campaign else [],
        announcements=announcements,
        dispatch=dispatch,
        orders=[_order(order) for order in dispatch.fields.get("frequency", ())] if dispatch else [],
        action=save_at,
        preview_action=preview_at,
        boosts=[(kind, BOOSTS[kind], unit) for kind, unit in UNITS.items()],
        blank_phase=PhaseRow(),
        fields={number: text for number, text in FIELDS.items() if number},
        zones=own_zone_choices() | {name: word for name, word in zone_choices().items() if name == form.zone},
        topics=sorted({one.topic for one in services().campaigns.listed() if one.topic}),
        standing=standing_of(services(), campaign, _place(campaign)) if campaign else None,
        left_out=exception_words(campaign) if campaign else (),
        amount=amount_of(campaign, today()) if campaign else "",
        halts=halt_words(campaign, services().config.station.time_zone) if campaign else (),
        replaced=services().campaigns.get(campaign.replaces) if campaign and campaign.replaces else None,
        others=_others_of(campaign) if campaign else (),
        collisions=collision_views(services(), campaign) if campaign else (),
        weekdays=tuple(WEEKDAYS.values()),
        quiet=", ".join(services().config.quiet_hours.windows) or "(không có)",
    )


def _addresses(campaign: Campaign | None) -> tuple[str, str]:
    """Where the form is kept, and where it is looked at."""
    if campaign is None:
        return url_for("campaigns.save_new"), url_for("campaigns.preview_new")
    number = campaign.id
    return url_for("campaigns.save", campaign_id=number), url_for("campaigns.preview", campaign_id=number)


def _impact_address(campaign: Campaign | None) -> str:
    if campaign is None:
        return url_for("campaigns.impact_new")
    return url_for("campaigns.impact", campaign_id=campaign.id)


def _order(order: dict[str, Any]) -> dict[str, Any]:
    counted = any(order.get(name) for name in ("factor", "per_day", "per_week", "every_minutes", "at"))
    return {"words": order_words(order), "quote": order["quote"], "asks": order.get("increase") and not counted}


def _waits(campaign_id: int) -> bool:
    """Whether a campaign begins by itself when its announcement is approved."""
    campaign = services().campaigns.get(campaign_id)
    said = [services().announcements.get(one) for one in campaign.announcement_ids]
    is_approved = any(one.state is AnnouncementState.APPROVED for one in said)
    return campaign.state is CampaignState.DRAFT and not is_approved


def _place(campaign: Campaign) -> str:
    return str(zone_choices().get(campaign.zone, campaign.zone))


def _trouble(campaign: Campaign) -> str:
    """Why nothing of a running campaign can air at all, if so."""
    if campaign.state is not CampaignState.ACTIVE:
        return ""
    if rules.halted_at(campaign, services().now()):
        return sentence("campaign_paused")
    clips = [services().announcements.get(one) for one in campaign.announcement_ids]
    if any(one.audio_sha256 and one.state is AnnouncementState.APPROVED for one in clips):
        return ""
    return sentence("unapproved" if clips[0].audio_sha256 else "no_audio")


def _others_of(campaign: Campaign) -> list[Campaign]:
    """The running campaigns whose place this one could take."""
    return [one for one in services().campaigns.listed(CampaignState.ACTIVE) if one.id != campaign.id]
