"""Các phường: every ward of the town on a list and on a map, how each stands, who comes in and who is shut out.

Thin: how a ward stands is the desk's to say. A pairing code is drawn once, in the answer that made it, and is in no
address. The page asks nobody outside anything; its map has no tiles.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from scheduler.core.vietnamese import holds
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.hub.pages.hub_words import GRAVITY, NOTICES, counted, districts_of, town, ward_words
from scheduler.extras.hub.pages.map import SHAPES, drawn
from scheduler.extras.hub.rules.areas import by_code
from scheduler.extras.hub.rules.wards import Standing
from scheduler.extras.hub.service.wards import NewWard, WardState
from scheduler.kernel.errors import NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, page_of, told_here
from web.phones import qr
from web.words.page_words import in_order

bp = Blueprint("hub", __name__)
bp.context_processor(lambda: {"notices": NOTICES})

MOST_SHOWN = 500
"""Wards on one list; with more of them one searches."""
FIELDS = {
    "ward_id_invalid": "id",
    "ward_exists": "id",
    "ward_name_missing": "name",
    "group_invalid": "groups",
    "groups_too_many": "groups",
    "homes_invalid": "homes",
    "place_invalid": "place",
}
"""Reason of a refusal -> the field it stands beside."""
EMPTY = dict.fromkeys(("id", "name", "groups", "homes", "latitude", "longitude", "area"), "")


@bp.app_template_global()
def map_shape(state: str) -> str:
    """The shape of a state, for the key of the map."""
    return SHAPES[Standing(state)]


@bp.get("/cac-phuong")
@page_of("see")
def listed() -> Answer:
    return render_template("hub/list.html", **_list_words())


@bp.get("/cac-phuong/tinh-hinh")
@page_of("see")
def state() -> Answer:
    """How they stand, asked for every few seconds."""
    return render_template("hub/_list.html", **_list_words())


@bp.get("/cac-phuong/phuong/<ward_id>")
@page_of("see")
def ward(ward_id: str) -> Answer:
    return _ward_page(ward_id)


@bp.get("/cac-phuong/them")
@page_of("manage_wards")
def new() -> Answer:
    town()
    return render_template("hub/new.html", typed=EMPTY, faults={})


@act(bp, "/cac-phuong/them", may="manage_wards")
def add() -> Answer:
    """A new ward; its pairing code is shown this once."""
    hub, typed = town(), _typed()
    try:
        told = _ward_of_form(typed)
        code = hub.add_ward(actor(), told)
    except NotPermitted:
        raise
    except Refused as refused:
        return render_template("hub/new.html", typed=typed, faults=_faults(refused)), REFUSED
    return _code_page(hub.ward(told.id.strip()), code)


@act(bp, "/cac-phuong/phuong/<ward_id>/sua", may="manage_wards")
def change(ward_id: str) -> Answer:
    hub, typed = town(), _typed() | {"id": ward_id}
    try:
        hub.change_ward(actor(), _ward_of_form(typed))
    except Refused as refused:
        return _ward_page(ward_id, typed, _faults(told_here(refused))), REFUSED
    return redirect(url_for("hub.ward", ward_id=ward_id, xong="luu-phuong"))


@act(bp, "/cac-phuong/phuong/<ward_id>/ma-moi", may="manage_wards")
def new_code(ward_id: str) -> Answer:
    hub = town()
    return _code_page(hub.ward(ward_id), hub.new_code(actor(), ward_id))


@bp.get("/cac-phuong/phuong/<ward_id>/thu-hoi")
@page_of("manage_wards")
def revoke_form(ward_id: str) -> Answer:
    """Says whom it would shut out, and what that does."""
    return render_template("hub/revoke.html", **ward_words(town().ward(ward_id)))


@act(bp, "/cac-phuong/phuong/<ward_id>/thu-hoi", may="manage_wards")
def revoke(ward_id: str) -> Answer:
    hub = town()
    found = hub.ward(ward_id)
    hub.revoke(actor(), ward_id)
    flash(f"Đã thu hồi phường “{found.name}”; khóa của phường không mở được gì nữa.")
    return redirect(url_for("hub.ward", ward_id=ward_id))


# Drawing


def _list_words() -> dict[str, Any]:
    hub = town()
    wards, areas = hub.wards(), by_code(hub.areas())
    districts = districts_of(wards, areas)
    typed, state_wanted = request.args.get("tim", "")[:100], request.args.get("tinh-trang", "")
    group = request.args.get("nhom", "")
    found = [one for one in wards if _fits(one, typed, districts[one.id], group)]
    counts = counted(found)
    found = [one for one in found if state_wanted not in set(Standing) or one.state == state_wanted]
    found = sorted(in_order(found, lambda one: one.name), key=lambda one: GRAVITY[one.state])
    told, waits = hub.state(), "5s" if len(wards) <= 100 else "10s"  # noqa: PLR2004 - a large list is drawn less often
    return {
        "wards": [ward_words(one, districts[one.id]) for one in found[:MOST_SHOWN]],
        "left_out": max(0, len(found) - MOST_SHOWN),
        "total": len(wards),
        "counts": counts,
        "drawing": drawn(found),
        "hub": told,
        "hub_fault": sentence_of(told),
        "deaf": hub.is_deaf,
        "groups": hub.groups(),
        "ward_at": url_for("hub.ward", ward_id=0).removesuffix("0"),  # once for all: an id is digits
        "query": {"tim": typed or None, "nhom": group or None, "tinh-trang": state_wanted or None},
        "every": waits,
    }


def _fits(one: WardState, typed: str, districts: tuple[str, ...], group: str) -> bool:
    """Does a ward answer to what was typed, also by the name of its old district?"""
    if group and group not in one.groups:
        return False
    return not typed or holds(" ".join((one.id, one.name, *one.groups, *districts)), typed)


def _ward_page(ward_id: str, typed: dict[str, str] | None = None, faults: dict[str, str] | None = None) -> str:
    hub = town()
    found = hub.ward(ward_id)
    faulty = [{"row": one, "why": sentence(one.reason, {"seq": one.seq})} for one in hub.chain_faults(actor(), ward_id)]
    cut = [sentence(one.reason, {"seq": one.seq, "told": one.told}) for one in hub.audit_faults(actor(), ward_id)]
    districts = districts_of([found], by_code(hub.areas()))[found.id]
    paired = found.paired_at is not None and found.revoked_at is None
    said = hub.groups_answer(ward_id) if found.groups_untold else None
    return render_template(
        "hub/ward.html",
        typed=typed or _as_typed(found),
        faults=faults or {},
        chain_faults=faulty,
        audit_faults=cut,
        groups_refused=sentence_of(said),
        fingerprint=_fingerprint(ward_id) if paired else "",
        **ward_words(found, districts),
    )


def _fingerprint(ward_id: str) -> str:
    """What two people compare by telephone; nothing where the authority's file cannot be read just now."""
    try:
        return town().fingerprint(ward_id)
    except Refused:
        return ""


def _code_page(found: WardState, code: str) -> str:
    link = town().pairing_link(code)
    return render_template("hub/code.html", ward=found, code=code, link=link, drawn=qr(link) if link else "")


# Forms


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:400] for name in EMPTY}


def _as_typed(one: WardState) -> dict[str, str]:
    latitude, longitude = (f"{value:g}".replace(".", ",") for value in one.place) if one.place else ("", "")
    homes = "" if one.homes is None else str(one.homes)
    return {
        "id": one.id,
        "name": one.name,
        "groups": ", ".join(one.groups),
        "homes": homes,
        "latitude": latitude,
        "longitude": longitude,
        "area": one.area,
    }


def _ward_of_form(typed: dict[str, str]) -> NewWard:
    """What the form says of a ward. Raises Refused homes_invalid, place_invalid."""
    homes = typed["homes"].replace(".", "").replace(" ", "")
    if homes and not (homes.isascii() and homes.isdecimal() and len(homes) <= 9):  # noqa: PLR2004 - digits of a count
        raise Refused("homes_invalid", limit="1.000.000")
    return NewWard(
        typed["id"],
        typed["name"],
        tuple(one.strip() for one in typed["groups"].split(",") if one.strip()),
        int(homes) if homes else None,
        _place(typed["latitude"], typed["longitude"]),
        typed["area"],
    )


def _place(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Degrees with a comma or a point; both or none."""
    if not latitude and not longitude:
        return None
    try:
        return float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    except ValueError:
        raise Refused("place_invalid") from None


def _faults(refused: Refused) -> dict[str, str]:
    return {FIELDS.get(refused.reason, "id"): sentence_of(refused)}
