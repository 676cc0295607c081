"""Lịch phát: a day as strip, grid and list; the week; what sounds in the next 48 hours; a day copied onto another.

Thin: what may stand where is refused by the desk in its own words, and the page comes back with what was typed. Every
change leads to the day it changed, with a way to take it back.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for

from scheduler.core.model import DEFAULT_ZONE, AnnouncementState, Priority
from scheduler.core.planning import rules
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotFound, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, services
from web.formats import clock, clock_of, day_words, number_of, today
from web.planning.schedule_view import (
    day_strip,
    grid_of,
    lines_of,
    long_day,
    not_planned,
    part_tabs,
    slots_strip,
)
from web.words.schedule_words import PART_WORDS, STATES
from web.words.zones import own_zone_choices, zone_word

bp = Blueprint("schedule", __name__)

MOST_READY = 500
"""Announcements offered for an airing by hand, newest first."""
MOST_DIGITS = 10
"""Of an instant in whole seconds: until the year 2286."""


@bp.get("/lich")
@page_of("see")
def page() -> Answer:
    try:
        day = _day(request.args.get("ngay", ""))
    except Refused as refused:
        return _page(today(), fault=sentence_of(refused)), REFUSED
    return _page(day)


@bp.get("/lich/ban")
@page_of("see")
def version() -> Answer:
    """Changes when anything of the day has: an open page asks, and is drawn anew only then."""
    return Response(services().schedule_days.version(_day(request.args.get("ngay", ""))), mimetype="text/plain")


@bp.get("/lich/tuan")
@page_of("see")
def week() -> Answer:
    day = _day(request.args.get("ngay", ""))
    first = day - timedelta(days=day.weekday())
    return render_template(
        "schedule/week.html",
        first=first,
        last=first + timedelta(days=6),
        today=today(),
        before=first - timedelta(days=7),
        after=first + timedelta(days=7),
        days=[_week_day(one) for one in services().schedule_days.week(first)],
    )


@bp.get("/lich/48-gio")
@page_of("see")
def coming() -> Answer:
    found, zone = services().schedule_days.coming(), _zone()
    lines = long_day(lines_of(found.items, zone), zone)
    causes = services().outlook.missing({line.slot.zone for line in lines}) if lines else ()
    return render_template(
        "schedule/coming.html",
        coming=found,
        lines=lines,
        zone_word=zone_word,
        silent=sum(line.mark in {"err", "warn"} for line in lines),
        missing=sentence_of(causes[0]) if causes else "",
    )


@act(bp, "/lich/luot/<slot_id>/doi", may="plan")
def move(slot_id: str) -> Answer:
    """A new time for an airing: typed (`gio`), or counted by the page's script (`at`, whole seconds)."""
    day = _day(request.form.get("ngay", ""))
    try:
        to = _instant("at") or _typed_time(day, request.form.get("gio", ""))
        return _done(day, services().schedule.move(actor(), slot_id, to, _instant("thay")))
    except Refused as refused:
        return _again(day, refused, edit=slot_id)


@act(bp, "/lich/luot/<slot_id>/bo", may="plan")
def leave_out(slot_id: str) -> Answer:
    day = _day(request.form.get("ngay", ""))
    try:
        return _done(
            day, services().schedule.leave_out(actor(), slot_id, request.form.get("vi_sao", ""), _instant("thay"))
        )
    except Refused as refused:
        return _again(day, refused, edit=slot_id)


@act(bp, "/lich/xep-lai", may="plan")
def release() -> Answer:
    """Leave an airing to the planner again."""
    day = _day(request.form.get("ngay", ""))
    campaign_id = request.form.get("dot", 0, type=int)
    try:
        number = request.form.get("luot", 0, type=int)
        return _done(day, services().schedule.release(actor(), day, campaign_id, number))
    except Refused as refused:
        return _again(day, refused)


@act(bp, "/lich/them", may="plan")
def add() -> Answer:
    day = _day(request.form.get("ngay", ""))
    try:
        day = rules.parse_date(request.form.get("ngay_phat", "")) if request.form.get("ngay_phat") else day
        at = _typed_time(day, request.form.get("gio", ""))
        announcement_id = request.form.get("ban_tin", 0, type=int)
        return _done(day, services().schedule.add(actor(), announcement_id, at, request.form.get("vung", DEFAULT_ZONE)))
    except Refused as refused:
        return _again(day, refused, adds=True)


@act(bp, "/lich/hoan-tac/<int:change_id>", may="plan")
def undo(change_id: int) -> Answer:
    day = services().schedule.change(change_id).day
    try:
        return _done(day, services().schedule.undo(actor(), change_id))
    except Refused as refused:
        return _again(day, refused)


@bp.get("/lich/chep")
@page_of("plan")
def copy_form() -> Answer:
    """Which day onto which; with both chosen, what would become of each airing."""
    source, typed = _day(request.args.get("tu", "")), request.args.get("sang", "")
    return _copy_page(source, typed)


@act(bp, "/lich/chep", may="plan")
def copy() -> Answer:
    source, typed = _day(request.form.get("tu", "")), request.form.get("sang", "")
    try:
        target = rules.parse_date(typed)
        change = services().schedule_copies.take(actor(), source, target, request.form.get("mark", ""))
    except Refused as refused:
        return _copy_page(source, typed, sentence_of(refused)), REFUSED
    return _done(target, change)


def plan_owed() -> str:
    """When the change came that the rows of the plan do not follow yet; empty = they follow all."""
    since = services().schedule_days.owed_since()
    return clock(since) if since else ""


# What was asked


def _zone() -> ZoneInfo:
    return ZoneInfo(services().config.station.time_zone)


def _day(typed: str) -> date:
    """A day as ISO or dd/mm/yyyy; empty = today. Raises Refused date_invalid."""
    return rules.parse_date(typed) if typed.strip() else today()


def _typed_time(day: date, typed: str) -> datetime:
    """A typed wall time of `day`, with seconds as the list shows them. Raises Refused: add_time_missing, time_invalid,
    copy_no_time.
    """
    if not typed.strip():
        raise Refused("add_time_missing")
    instant = services().campaigns.days.instant_on(day, rules.parse_typed_time(typed))
    if instant is None:
        raise Refused("copy_no_time")
    return instant


def _instant(field: str) -> datetime | None:
    """An instant that the page wrote, in whole seconds. Raises Refused time_invalid."""
    typed = request.form.get(field, "")
    if typed.isdecimal() and len(typed) > MOST_DIGITS:
        raise Refused("time_invalid", value=typed[:20])
    return datetime.fromtimestamp(int(typed), UTC) if typed.isdecimal() else None


# What comes back


def _done(day: date, change: int) -> Answer:
    part = _part_of(day, change) or request.form.get("khung", "")
    return redirect(url_for("schedule.page", ngay=day_words(day), khung=part or None, xong=change))


def _part_of(day: date, change: int) -> str:
    """The part of the day where what was changed now stands: whoever changed it looks for it there."""
    places = services().schedule.change(change).places
    stands = places[0].stands if len(places) == 1 else None
    parts = services().schedule_days.day(day).parts if stands else ()
    return next((one.key for one in parts if stands and one.start <= stands < one.end), "")


def _again(day: date, refused: Refused, *, edit: str = "", adds: bool = False) -> Answer:
    """The day as it is now, with the refusal and what was typed."""
    if isinstance(refused, NotFound):
        raise refused
    fault = sentence_of(refused)
    return _page(day, fault=fault, edit=edit, adds=adds, part=request.form.get("khung", "")), REFUSED


def _page(day: date, *, fault: str = "", edit: str = "", adds: bool = False, part: str = "") -> str:
    sheet, zone = services().schedule_days.day(day), _zone()
    lines = lines_of(sheet, zone)
    part = part or request.args.get("khung", "")
    adds = adds or bool(request.args.get("them"))
    chosen = next((one for one in sheet.parts if one.key == part), None) or _part_now(sheet.parts)
    now = services().now()
    return render_template(
        "schedule/page.html",
        sheet=sheet,
        day=day,
        today=today(),
        lines=lines,
        faults=sum(line.mark == "err" for line in lines),
        strip=day_strip(day, lines, sheet.stretches, services().config.rules),
        now_at=_minutes_of(now) if day == today() else None,
        now_ms=round(now.timestamp() * 1000),
        tabs=part_tabs(sheet, lines, zone),
        part_words=PART_WORDS,
        part=chosen.key if chosen else "",
        grid=grid_of(chosen, lines, sheet.zones, sheet.stretches, zone) if chosen else None,
        fault=fault,
        edit=edit or request.args.get("sua", ""),
        typed=request.form if fault else {},
        adds=adds,
        ready=_ready() if adds else (),
        zones=own_zone_choices() if adds else {},
        zone_word=zone_word,
        change=_change(),
        one_day=timedelta(days=1),
        not_planned=not_planned(sheet),
        sound_ms=round(sheet.length / timedelta(milliseconds=1)),
        clock=lambda instant: clock_of(instant, zone),
    )


def _part_now(parts: tuple[Any, ...]) -> Any:
    """The part of the day that is now or next; the first where the day is another."""
    now = services().now()
    ahead = [one for one in parts if one.end > now]
    return (ahead or list(parts) or [None])[0] if parts and parts[0].start <= now else (parts or (None,))[0]


def _minutes_of(now: datetime) -> float:
    start, _ = rules.day_span(today(), services().config.station.time_zone)
    return round((now - start) / timedelta(minutes=1), 1)


def _ready() -> list[Any]:
    """What may be added: approved, with a sound, no emergency."""
    found = [
        one
        for one in services().announcements.listed()
        if one.state is AnnouncementState.APPROVED and one.audio_sha256 and one.priority is not Priority.EMERGENCY
    ]
    return found[:MOST_READY]


def _change() -> dict[str, Any] | None:
    """What has just been done, by the number in the address; one that cannot be found says nothing."""
    number = request.args.get("xong", "")
    if (of_row := number_of(number)) is None:
        return None
    try:
        change = services().schedule.change(of_row)
    except NotFound:
        return None
    first = change.places[0] if change.places else None
    return {
        "id": change.id,
        "kind": change.kind,
        "title": first.title if first else "",
        "stood": first.stood if first else None,
        "stands": first.stands if first else None,
        "count": len(change.places),
        "is_undone": change.undone_by is not None,
    }


def _week_day(one: Any) -> dict[str, Any]:
    zone, station = _zone(), services().config.rules
    heard = [slot for slot in one.slots if slot.outcome is None or slot.outcome.value in {"played", "partial"}]
    return {
        "day": one.day,
        "strip": slots_strip(one.day, one.slots, one.stretches, station),
        "airings": len(heard),
        "length": sum((slot.length for slot in heard), timedelta()),
        "lost": len(one.slots) - len(heard),
        "refused": one.refused,
        "left_out": one.left_out,
        "has_rows": one.has_rows,
        "first": f"{heard[0].start.astimezone(zone):%H:%M}" if heard else "",
        "last": f"{heard[-1].start.astimezone(zone):%H:%M}" if heard else "",
        "closed": one.day in station.blackout or one.day.weekday() not in station.cap.weekdays,
    }


def _copy_page(source: date, typed: str, fault: str = "") -> str:
    copied = None
    if typed.strip():
        try:
            copied = services().schedule_copies.preview(actor(), source, rules.parse_date(typed))
        except Refused as refused:
            fault = fault or sentence_of(refused)
    zone = _zone()
    return render_template(
        "schedule/copy.html",
        source=source,
        typed=typed,
        copied=copied,
        fault=fault,
        today=today(),
        suggested=source + timedelta(days=1) if source >= today() else today(),
        clock=lambda instant: clock_of(instant, zone),
        zone_word=zone_word,
        states=STATES,
    )
