"""Tiếp âm: what is relayed, from which sources, when; how each is now; approve, start, stop.

Thin: the form is read by `relay_form`, judged by the desk. The state of a relay under way is playout's report.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.announcement.kept import StoredClip
from scheduler.core.model import Announcement, CampaignState, Priority, Relay
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.planning.relays import MOST_SOURCES
from web.auth import REFUSED, Answer, act, actor, page_of, services, told_here
from web.formats import WEEKDAYS, day_words, today
from web.people.reauthentication import asked_code, code_fault, page_fault, proof
from web.planning.relay_form import RelayForm
from web.words.on_air import health_words
from web.words.zones import own_zone_choices, zone_choices, zone_word

bp = Blueprint("relays", __name__)
DEFAULT_DAYS = 365
DEFAULT_WINDOWS = ("05:00-05:30",)
STAND_INS = {"upload", "recorded"}
QUIETEST_DB = -60
"""Where the level shown begins."""


@bp.get("/tiep-am")
@page_of("see")
def listed() -> Answer:
    return render_template("relays/list.html", relays=_rows())


@bp.get("/tiep-am/tinh-hinh")
@page_of("see")
def state() -> Answer:
    """How the relays are now, asked for by the list every two seconds."""
    return render_template("relays/_rows.html", relays=_rows())


@bp.get("/tiep-am/moi")
@page_of("plan")
def new() -> Answer:
    first = today()
    last = first + timedelta(days=DEFAULT_DAYS - 1)
    return _page(None, RelayForm(windows=list(DEFAULT_WINDOWS), start=day_words(first), end=day_words(last)))


@bp.get("/tiep-am/<int:relay_id>")
@page_of("see")
def page(relay_id: int) -> Answer:
    relay, seen = services().relays.get(relay_id)
    return _page((relay, seen), RelayForm.of(seen.title, relay))


@act(bp, "/tiep-am", may="plan")
def save_new() -> Answer:
    return _save(None)


@act(bp, "/tiep-am/<int:relay_id>", may="plan")
def save(relay_id: int) -> Answer:
    return _save(services().relays.get(relay_id))


@act(bp, "/tiep-am/<int:relay_id>/duyet", may="approve")
def approve(relay_id: int) -> Answer:
    return _done(
        relay_id, lambda: services().relays.approve(actor(), relay_id, prove=proof("approve")), "duyet-tiep-am"
    )


@act(bp, "/tiep-am/<int:relay_id>/chay", may="plan")
def start(relay_id: int) -> Answer:
    return _done(relay_id, lambda: services().relays.start(actor(), relay_id), "chay-tiep-am")


@act(bp, "/tiep-am/<int:relay_id>/dung", may="plan")
def stop(relay_id: int) -> Answer:
    return _done(relay_id, lambda: services().relays.stop(actor(), relay_id), "dung-tiep-am")


def _save(kept: tuple[Relay, Announcement] | None) -> Answer:
    form = RelayForm.typed(request.form)
    relay = form.read(kept[0].id if kept else 0, today())
    try:
        if form.faults:
            return _page(kept, form), REFUSED
        relay_id = services().relays.save(actor(), form.title, relay)
    except NotPermitted:
        raise
    except Refused as refused:
        form.refuse(refused)
        return _page(kept, form), REFUSED
    return redirect(url_for("relays.page", relay_id=relay_id, xong="luu-tiep-am"))


def _done(relay_id: int, step: Callable[[], None], done: str) -> Answer:
    try:
        step()
    except Refused as refused:
        told_here(refused)
        relay, seen = services().relays.get(relay_id)
        form = RelayForm.of(seen.title, relay)
        return _page((relay, seen), form, refused), REFUSED
    return redirect(url_for("relays.page", relay_id=relay_id, xong=done))


def _page(kept: tuple[Relay, Announcement] | None, form: RelayForm, refused: Refused | None = None) -> str:
    relay, seen = kept or (None, None)
    return render_template(
        "relays/page.html",
        relay=relay,
        announcement=seen,
        own=seen is not None and seen.author_id == actor().id and not services().config.station.one_officer,
        approver=services().people.get(seen.approver_id).name if seen and seen.approver_id else "",
        form=form,
        fault=page_fault(refused),
        asked_code=asked_code("approve"),
        code_fault=code_fault(refused),
        zones=own_zone_choices() | {name: word for name, word in zone_choices().items() if name == form.zone},
        weekdays=tuple(WEEKDAYS.values()),
        shelf=_shelf(),
        most_sources=MOST_SOURCES,
        quiet=", ".join(services().config.quiet_hours.windows),
        action=url_for("relays.save", relay_id=relay.id) if relay else url_for("relays.save_new"),
    )


def _shelf() -> list[StoredClip]:
    """What may stand in for a lost source: recordings, but never the sound of an alarm."""
    alarms = {one.audio_sha256 for one in services().announcements.listed() if one.priority is Priority.EMERGENCY}
    return [clip for clip in services().recordings.shelf() if clip.origin in STAND_INS and clip.sha256 not in alarms]


def _rows() -> list[dict[str, Any]]:
    """Every relay with its approval and, while it is on the air, what sounds of it now."""
    now = {one["announcement_id"]: one for one in health_words()["relays"]}
    return [
        {
            "relay": relay,
            "announcement": seen,
            "zone": zone_word(relay.zone),
            "now": now.get(seen.id),
            "level": _level(now.get(seen.id)),
            "silent_for_want_of": _missing(relay, seen),
        }
        for relay, seen in services().relays.all()
    ]


def _missing(relay: Relay, seen: Announcement) -> str:
    """Why a relay that is started does not sound."""
    is_active = relay.state is CampaignState.ACTIVE
    return "Chưa được duyệt nên chưa phát." if is_active and seen.approved_sha256 is None else ""


def _level(now: dict[str, Any] | None) -> int:
    """0 to 60 on the meter."""
    return max(0, min(-QUIETEST_DB, round(now.get("level_db", QUIETEST_DB)) - QUIETEST_DB)) if now else 0
