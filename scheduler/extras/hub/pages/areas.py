"""Đơn vị hành chính and groups of the town: two levels as today, the districts of before 1 July 2025 as history.

Lines that are typed or pasted are read here and kept by the desk; a code that is there already is written anew.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.planning.rules import parse_date
from scheduler.core.vietnamese import holds
from scheduler.core.words.wording import sentence_of
from scheduler.extras.hub.pages.hub_words import NOTICES, town
from scheduler.extras.hub.rules.areas import by_code, old_districts, province_of
from scheduler.extras.hub.rules.report import LEVELS
from scheduler.extras.hub.rules.wards import Area, Level
from scheduler.kernel.errors import NotPermitted, Refused
from web.auth import REFUSED, Answer, act, actor, page_of

bp = Blueprint("hub_areas", __name__)
bp.context_processor(lambda: {"notices": NOTICES})

MOST_SHOWN = 300
MOST_TEXT = 2_000_000
LEAST_PARTS, MOST_PARTS = 3, 7
TYPED_LEVELS = {
    "xã": Level.COMMUNE,
    "phường": Level.COMMUNE,
    "đặc khu": Level.COMMUNE,
    "tỉnh": Level.PROVINCE,
    "thành phố": Level.PROVINCE,
    "huyện cũ": Level.DISTRICT_LEGACY,
}
"""What stands in the third place of a line."""


@bp.get("/cac-phuong/don-vi")
@page_of("see")
def page() -> Answer:
    return _page()


@act(bp, "/cac-phuong/don-vi", may="manage_wards")
def put() -> Answer:
    hub, typed = town(), request.form.get("lines", "")[:MOST_TEXT]
    try:
        hub.put_areas(actor(), read_areas(typed))
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(typed, sentence_of(refused)), REFUSED
    return redirect(url_for("hub_areas.page", xong="luu-don-vi"))


def read_areas(text: str) -> list[Area]:
    """One area a line: code; name; level; parent; merged codes with commas; from; to. Raises Refused area_line_bad."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found.append(_area(number, line))
    if not found:
        raise Refused("area_line_bad", line=1)
    return found


def _area(number: int, line: str) -> Area:
    parts = [part.strip() for part in line.split(";")]
    if not LEAST_PARTS <= len(parts) <= MOST_PARTS:
        raise Refused("area_line_bad", line=number)
    code, name, level, parent, merged, first, last = (*parts, *[""] * (MOST_PARTS - len(parts)))
    known = TYPED_LEVELS.get(level.lower())
    codes = [code, *filter(None, (parent, *(one.strip() for one in merged.split(","))))]
    if known is None or not name or not all(one.isascii() and one.isdecimal() for one in codes):
        raise Refused("area_line_bad", line=number)
    days = [parse_date(day).isoformat() if day else None for day in (first, last)]
    return Area(code, name[:120], known, parent, tuple(one.strip() for one in merged.split(",") if one.strip()), *days)


def _page(typed: str = "", fault: str = "") -> str:
    hub, wanted = town(), request.args.get("tim", "")[:100]
    areas = hub.areas()
    known, names = by_code(areas), {one.id: one.name for one in hub.wards()}
    rows = [_row(one, known, names) for one in areas]
    fitting = [row for row in rows if holds(" ".join((row["area"].code, row["area"].name, row["districts"])), wanted)]
    return render_template(
        "hub/areas.html",
        rows=fitting[:MOST_SHOWN],
        left_out=max(0, len(fitting) - MOST_SHOWN),
        total=len(rows),
        groups=[(name, [(ward, names[ward]) for ward in ids]) for name, ids in hub.groups().items()],
        typed=typed,
        fault=fault,
        wanted=wanted,
    )


def _row(one: Area, areas: dict[str, Area], names: dict[str, str]) -> dict[str, Any]:
    merged = [areas[code].name if code in areas else code for code in one.merged_from]
    return {
        "area": one,
        "level": LEVELS[one.level],
        "districts": ", ".join(old_districts(one.code, areas)),
        "province": province_of(one.code, areas),
        "merged": ", ".join(merged),
        "ward": one.code if one.code in names else "",
        "is_past": one.valid_to is not None,
    }
