"""Vùng phát, Giờ yên tĩnh & hạn mức, Đơn vị, on Cài đặt: what holds, what it rests on, and forms for what may be set.

A key that stands in config.toml is shown and has no field. Thin: the desk checks, asks for the legal basis, and says
what a change would loosen; the form then comes back with that, and with a box to tick.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for

from scheduler.core.air.chimes import CHIME_WORDS, Use, named
from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.planning.rules import day_span, local_day, quiet_spans, quiets_of
from scheduler.core.planning.sessions import sounds_in
from scheduler.kernel.errors import NotFound
from web.auth import REFUSED, Answer, act, page_of, services
from web.formats import WEEKDAYS, decimal
from web.planning.day_strip import HOURS, Block, hours_of, span_block
from web.station.settings_form import NOISE, Loosens, edges, kept, saved, typed_dates, typed_number, typed_windows
from web.words.zones import EVERYWHERE, zone_choices

bp = Blueprint("settings_rules", __name__)

LEAST_WIDTH = 5.0
"""Minutes on the strip of a day: a short airing must still be seen."""
TEXT = 300


@bp.get("/cai-dat/gio-yen-tinh")
@page_of("see")
def quiet() -> Answer:
    return _quiet_page()


@act(bp, "/cai-dat/gio-yen-tinh", may="configure")
def save_quiet() -> Answer:
    windows, basis = typed_windows(), request.form.get("can-cu", "").strip()[:TEXT]
    batch, fault, loosens = kept({"quiet_hours.windows": windows, "quiet_hours.legal_basis": basis})
    if fault or loosens:
        typed = {"windows": windows, "basis": basis}
        return _quiet_page("quiet", fault, loosens, typed), REFUSED
    return saved(url_for("settings_rules.quiet"), batch)


@act(bp, "/cai-dat/han-muc", may="configure")
def save_caps() -> Answer:
    typed = {name: request.form.get(name, "")[:2000] for name in ("so-buoi", "so-phut", "can-cu", "ngay-nghi")}
    minutes = typed_number("so-phut")
    values = {
        "cap.sessions_a_day": typed_number("so-buoi"),
        "cap.minutes_a_session": float(minutes) if isinstance(minutes, int) else minutes,
        "cap.weekdays": [int(day) for day in request.form.getlist("thu") if day in set("0123456")],
        "cap.legal_basis": typed["can-cu"].strip()[:TEXT],
        "planning.blackout_dates": typed_dates(typed["ngay-nghi"]),
    }
    batch, fault, loosens = kept(values)
    if fault or loosens:
        return _quiet_page("caps", fault, loosens, typed | {"weekdays": values["cap.weekdays"]}), REFUSED
    return saved(url_for("settings_rules.quiet"), batch)


def _quiet_page(
    part: str = "", fault: str = "", loosens: Loosens | None = None, typed: Mapping[str, Any] | None = None
) -> str:
    config, settings = services().config, services().settings
    typed = typed or {}
    quiet_typed, caps_typed = (typed if part == "quiet" else {}), (typed if part == "caps" else {})
    windows = quiet_typed.get("windows", config.quiet_hours.windows)
    return render_template(
        "settings/quiet.html",
        config=config,
        locked={key: settings.is_locked(key) for key in _QUIET_KEYS},
        windows=windows,
        edges=edges(windows, 4),
        basis=quiet_typed.get("basis", config.quiet_hours.legal_basis),
        caps=_caps(caps_typed),
        weekdays=tuple(WEEKDAYS.values()),
        strips=_strips(),
        hours=hours_of(HOURS),
        part=part,
        fault=fault,
        loosens=loosens,
    )


_QUIET_KEYS = (
    "quiet_hours.windows",
    "quiet_hours.legal_basis",
    "cap.sessions_a_day",
    "cap.minutes_a_session",
    "cap.weekdays",
    "cap.legal_basis",
    "planning.blackout_dates",
)


def _caps(typed: Mapping[str, Any]) -> dict[str, Any]:
    config = services().config
    cap = config.cap
    days = "\n".join("/".join(reversed(day.split("-"))) for day in config.planning.blackout_dates)
    return {
        "sessions": typed.get("so-buoi", cap.sessions_a_day or ""),
        "minutes": typed.get("so-phut", decimal(cap.minutes_a_session) if cap.minutes_a_session else ""),
        "basis": typed.get("can-cu", cap.legal_basis),
        "weekdays": typed.get("weekdays", cap.weekdays),
        "days": typed.get("ngay-nghi", days),
    }


def _strips() -> list[dict[str, Any]]:
    """Today of the whole station and of each zone that keeps quiet besides: quiet stretches, and what is planned."""
    rules = services().config.rules
    day = local_day(services().now(), rules.zone_name)
    start, end = day_span(day, rules.zone_name)
    minutes = (end - start) / timedelta(minutes=1)
    slots = services().slots.of_day(day)
    rows = []
    for zone in (DEFAULT_ZONE, *(name for name, _ in rules.zone_quiet if name != DEFAULT_ZONE)):
        spans = sorted({span for quiet in quiets_of(rules, zone) for span in quiet_spans(quiet, day, rules.zone_name)})
        blocks = [span_block("quiet", low, high, start, minutes) for low, high in spans]
        mine = [slot for slot in slots if slot.zone in {zone, DEFAULT_ZONE}]
        blocks += [span_block("own", slot.start, slot.end, start, minutes, LEAST_WIDTH) for slot in mine]
        rows.append(
            {
                "name": zone_choices().get(zone, EVERYWHERE),
                "blocks": blocks,
                "minutes": minutes,
                "told": _format_quiet(blocks),
            }
        )
    return rows


def _format_quiet(blocks: list[Block]) -> str:
    """The quiet stretches of a day in words."""
    found = [f"{_clock(one.x)}–{_clock(one.x + one.width)}" for one in blocks if one.kind == "quiet"]
    return ", ".join(found)


def _clock(minute: float) -> str:
    whole = round(minute)
    return f"{whole // 60:02}:{whole % 60:02}"


# Vùng phát


@bp.get("/cai-dat/vung")
@page_of("see")
def zones() -> Answer:
    return _zones_page()


@act(bp, "/cai-dat/vung", may="configure")
def save_zone() -> Answer:
    zone = request.form.get("vung", "")[:80]
    if zone not in services().config.zone_names:
        raise NotFound("zone", zone)
    typed = {name: request.form.get(name, "")[:TEXT] for name in ("so-ho", "so-dan", "loai", "can-cu")}
    windows = typed_windows()
    values: dict[str, object] = {
        f"zone:{zone}.homes": typed_number("so-ho"),
        f"zone:{zone}.people": typed_number("so-dan"),
    }
    if zone != DEFAULT_ZONE:
        values |= {
            f"zone:{zone}.noise_class": typed["loai"] if typed["loai"] in NOISE else "ordinary",
            f"zone:{zone}.quiet_hours": windows,
            f"zone:{zone}.legal_basis": typed["can-cu"].strip(),
        }
    batch, fault, loosens = kept(values)
    if fault or loosens:
        return _zones_page(zone, fault, loosens, typed | {"windows": windows}), REFUSED
    return saved(url_for("settings_rules.zones"), batch)


def _zones_page(
    open_zone: str = "", fault: str = "", loosens: Loosens | None = None, typed: Mapping[str, Any] | None = None
) -> str:
    return render_template(
        "settings/zones.html",
        zones=[_zone(name, (typed or {}) if name == open_zone else {}) for name in services().config.zone_names],
        noise=NOISE,
        total=services().settings.homes(DEFAULT_ZONE),
        open_zone=open_zone or request.args.get("vung", ""),
        fault=fault,
        loosens=loosens,
    )


def _zone(name: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    settings = services().settings
    told = {
        key: settings.get(f"zone:{name}.{key}")
        for key in ("homes", "people", "noise_class", "quiet_hours", "legal_basis")
    }
    locked = {key: settings.is_locked(f"zone:{name}.{key}") for key in told}
    windows = typed.get("windows", told["quiet_hours"])
    return {
        "name": name,
        "word": zone_choices()[name],
        "whole": name == DEFAULT_ZONE,
        "told": told,
        "homes": settings.homes(name),
        "people": settings.people_in(name),
        "outputs": [one.name for one in services().config.outputs if sounds_in(name, one.zones)],
        "locked": locked,
        "all_locked": all(locked.values()),
        "typed": {
            "homes": typed.get("so-ho", told["homes"] or ""),
            "people": typed.get("so-dan", told["people"] or ""),
            "noise": typed.get("loai", told["noise_class"]),
            "basis": typed.get("can-cu", told["legal_basis"]),
            "edges": edges(windows, 2),
        },
    }


# Đơn vị


@bp.get("/cai-dat/don-vi")
@page_of("see")
def office() -> Answer:
    return _office_page()


FIELDS = {
    "ten": "station.name",
    "co-quan": "report.authority",
    "dia-danh": "report.place",
    "mo-dau": "chime.open",
    "ket-thuc": "chime.close",
}
"""Field of the form -> key."""


@act(bp, "/cai-dat/don-vi", may="configure")
def save_office() -> Answer:
    typed = {name: request.form.get(name, "").strip()[:200] for name in FIELDS if name in request.form}
    batch, fault, _ = kept({FIELDS[name]: value for name, value in typed.items()})
    if fault:
        return _office_page(fault, typed), REFUSED
    return saved(url_for("settings_rules.office"), batch)


def _office_page(fault: str = "", typed: Mapping[str, str] | None = None) -> str:
    settings = services().settings
    values = {name: (typed or {}).get(name, settings.get(key)) for name, key in FIELDS.items()}
    return render_template(
        "settings/office.html",
        values=values,
        locked={name: settings.is_locked(key) for name, key in FIELDS.items()},
        openings={name: CHIME_WORDS[name] for name in named(Use.OPEN)},
        closings={name: CHIME_WORDS[name] for name in named(Use.CLOSE)},
        one_officer=services().config.station.one_officer,
        time_zone=services().config.station.time_zone,
        fault=fault,
    )
