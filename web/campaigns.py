"""Đợt tuyên truyền: what is said when and how often; the plan of a day is seen before anything is kept.

Thin: the form is read by `campaign_form`, judged and planned by the desk, drawn by `day_plan`.
"""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core import rules
from scheduler.core.model import AnnouncementState, BoostKind, Campaign, CampaignState, Priority
from scheduler.core.wording import sentence
from scheduler.errors import NotFound, Refused
from web.auth import REFUSED, Answer, act, actor, desk, page_of, same_origin
from web.campaign_form import CampaignForm
from web.day_plan import PlanView, first_day, plan_view
from web.dispatch_words import order_words
from web.page_words import WEEKDAYS, day_words, decimal, words

bp = Blueprint("campaigns", __name__)
bp.context_processor(words)
DEFAULT_DAYS = 30
DEFAULT_WINDOWS = ("06:00-07:00", "16:30-18:00")
CLOSED = {AnnouncementState.WITHDRAWN, AnnouncementState.EXPIRED}
BOOSTS = (
    (BoostKind.NONE, "Không tăng", ""),
    (BoostKind.FACTOR, "Nhân số lượt (× hệ số)", "(lần)"),
    (BoostKind.TARGET, "Đủ số lượt mỗi ngày", "(lượt mỗi ngày)"),
    (BoostKind.EVERY, "Cứ mỗi … phút một lượt", "(phút)"),
)


@bp.get("/dot")
@page_of("see")
def listed() -> str:
    programme = desk().parts.programme
    campaigns = programme.campaigns()
    return render_template(
        "campaigns/list.html",
        campaigns=[
            {"campaign": campaign, "amount": _amount(campaign), "trouble": _trouble(campaign)} for campaign in campaigns
        ],
        running=sum(campaign.state is CampaignState.ACTIVE for campaign in campaigns),
    )


@bp.get("/dot/moi")
@page_of("plan")
def new() -> str:
    today = _today()
    form = CampaignForm(
        windows=list(DEFAULT_WINDOWS),
        start=day_words(today),
        end=day_words(today + timedelta(days=DEFAULT_DAYS - 1)),
        announcement_id=request.args.get("ban_tin", ""),
    )
    if form.announcement_id.isdecimal():
        form.title = desk().parts.programme.announcement(int(form.announcement_id)).title
    return _page(None, form)


@bp.get("/dot/<int:campaign_id>")
@page_of("see")
def page(campaign_id: int) -> str:
    campaign = desk().parts.programme.campaign(campaign_id)
    plan = None if desk().campaigns.faults(campaign) else plan_view(desk(), campaign, first_day(campaign, _today()))
    return _page(campaign, CampaignForm.of(campaign), plan=plan)


@bp.post("/dot/xem")
@page_of("plan")
def preview_new() -> Answer:
    return _preview(None)


@bp.post("/dot/<int:campaign_id>/xem")
@page_of("plan")
def preview(campaign_id: int) -> Answer:
    return _preview(desk().parts.programme.campaign(campaign_id))


@act(bp, "/dot", may="plan")
def save_new() -> Answer:
    return _save(None)


@act(bp, "/dot/<int:campaign_id>", may="plan")
def save(campaign_id: int) -> Answer:
    return _save(desk().parts.programme.campaign(campaign_id))


@act(bp, "/dot/<int:campaign_id>/chay", may="plan")
def start(campaign_id: int) -> Answer:
    try:
        desk().campaigns.start(actor(), campaign_id)
    except NotFound:
        raise
    except Refused as refused:
        campaign = desk().parts.programme.campaign(campaign_id)
        return _page(campaign, CampaignForm.of(campaign), fault=sentence(refused.reason, refused.details)), REFUSED
    return redirect(url_for("campaigns.page", campaign_id=campaign_id, xong="chay-dot"))


@act(bp, "/dot/<int:campaign_id>/dung", may="plan")
def stop(campaign_id: int) -> Answer:
    desk().campaigns.stop(actor(), campaign_id)
    return redirect(url_for("campaigns.page", campaign_id=campaign_id, xong="dung-dot"))


def _read(kept: Campaign | None) -> tuple[CampaignForm, Campaign]:
    """The posted form and its campaign; every fault of it is noted in the form."""
    form = CampaignForm.typed(request.form)
    campaign = form.read(kept.id if kept else 0, kept, _today())
    try:
        form.add(desk().campaigns.faults(campaign))
    except NotFound as missing:
        form.fault("announcement_id", missing.reason, dict(missing.details))
    return form, campaign


def _preview(kept: Campaign | None) -> Answer:
    """The plan of a day; a POST only for the size of the form. Changes nothing, so it needs no act key."""
    same_origin()
    form, campaign = _read(kept)
    day = request.form.get("day", "")
    chosen = first_day(campaign, _today())
    if day.strip():
        try:
            chosen = rules.parse_date(day)
        except Refused as refused:
            form.fault("day", refused.reason, dict(refused.details))
    if form.faulty:
        return _page(kept, form, day=day), REFUSED
    return _page(kept, form, day=day, plan=plan_view(desk(), campaign, chosen))


def _save(kept: Campaign | None) -> Answer:
    form, campaign = _read(kept)
    if form.faulty:
        return _page(kept, form, day=request.form.get("day", "")), REFUSED
    campaign_id, done = desk().campaigns.save(actor(), campaign), "luu-dot"
    if request.form.get("then") == "start":
        desk().campaigns.start(actor(), campaign_id)
        done = "chay-dot"
    return redirect(url_for("campaigns.page", campaign_id=campaign_id, xong=done))


def _page(
    campaign: Campaign | None, form: CampaignForm, *, day: str = "", plan: PlanView | None = None, fault: str = ""
) -> str:
    parts = desk().parts
    announcements = [
        one
        for one in parts.programme.announcements()
        if (one.state not in CLOSED and one.priority is not Priority.EMERGENCY) or str(one.id) == form.announcement_id
    ]
    dispatch = parts.programme.dispatch(campaign.dispatch_id) if campaign and campaign.dispatch_id else None
    save_at, preview_at = url_for("campaigns.save_new"), url_for("campaigns.preview_new")
    if campaign:
        save_at = url_for("campaigns.save", campaign_id=campaign.id)
        preview_at = url_for("campaigns.preview", campaign_id=campaign.id)
    return render_template(
        "campaigns/page.html",
        campaign=campaign,
        form=form,
        plan=plan,
        fault=fault,
        day=day,
        announcement=parts.programme.announcement(campaign.announcement_id) if campaign else None,
        announcements=announcements,
        dispatch=dispatch,
        orders=[_order(order) for order in dispatch.fields.get("frequency", ())] if dispatch else [],
        action=save_at,
        preview_action=preview_at,
        boosts=BOOSTS,
        weekdays=WEEKDAYS,
        quiet=", ".join(parts.config.quiet_hours.windows) or "(không có)",
    )


def _order(order: dict[str, Any]) -> dict[str, Any]:
    counted = any(order.get(name) for name in ("factor", "per_day", "per_week", "every_minutes", "at"))
    return {"words": order_words(order), "quote": order["quote"], "asks": order.get("increase") and not counted}


def _today() -> date:
    parts = desk().parts
    return rules.local_day(parts.clock.now(), parts.config.station.time_zone)


def _amount(campaign: Campaign) -> str:
    """How much, in a word: "2 × 3 lượt/ngày"."""
    value = decimal(campaign.boost.value)
    match campaign.boost.kind:
        case BoostKind.NONE:
            return f"{campaign.base} lượt/ngày"
        case BoostKind.FACTOR:
            return f"{campaign.base} × {value} lượt/ngày"
        case BoostKind.TARGET:
            return f"{value} lượt/ngày"
        case BoostKind.EVERY:
            return f"{value} phút một lượt"


def _trouble(campaign: Campaign) -> str:
    """Why nothing of a running campaign can air at all, if so."""
    if campaign.state is not CampaignState.ACTIVE:
        return ""
    announcement = desk().parts.programme.announcement(campaign.announcement_id)
    if announcement.audio_sha256 is None:
        return sentence("no_audio")
    return "" if announcement.state is AnnouncementState.APPROVED else sentence("unapproved")
