"""Hai máy, on Cài đặt: which of the ward's two machines has the air, how the copy is, and the two acts of a leader.

Thin: the desk says how it stands and leaves the request. On a machine without the air every other act is refused by
the store itself; these two are its own.
"""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for

from scheduler.core.words.wording import sentence
from scheduler.extras.failover.service import FailoverService, PairState
from scheduler.kernel.errors import NotPermitted, Refused
from web.auth import REFUSED, Answer, actor, page_of, piece, services
from web.people.reauthentication import asked_code, code_fault, page_fault, typed_code

bp = Blueprint("pair", __name__)

STANDS = {
    "here": ("air", "speaker", "Đang giữ sóng"),
    "there": ("off", "clock", "Đi theo, không phát"),
    "alone": ("warn", "warn", "Phát một mình"),
    "silent": ("err", "cross", "Không giữ sóng"),
    "unknown": ("err", "cross", "Không trả lời"),
}
"""How a machine stands -> look, picture, word."""


@bp.app_template_global()
def pair_state() -> PairState:
    """How this machine stands."""
    return services().get(FailoverService).state()


@bp.get("/cai-dat/hai-may")
@page_of("see")
def page() -> Answer:
    return _page()


@bp.get("/cai-dat/hai-may/tinh-hinh")
@page_of("see")
def state() -> Answer:
    """How it stands, asked for every few seconds; the whole page anew where a person may do other things now."""
    told = _page_values()
    answer = make_response(render_template("pair/_state.html", **told))
    if request.args.get("viec", "") != told["acts"]:
        answer.headers["HX-Refresh"] = "true"
    return answer


@piece(bp, "/cai-dat/hai-may/nhan-song", may="take_air")
def take() -> Answer:
    try:
        services().get(FailoverService).take(actor(), typed_code())
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(refused, "take"), REFUSED
    flash("Đã yêu cầu nhận sóng; vài giây nữa trang này cho biết kết quả.")
    return redirect(url_for("pair.page"), 303)


@piece(bp, "/cai-dat/hai-may/mot-minh", may="take_air")
def alone() -> Answer:
    if request.form.get("off") != "yes":
        return _page(Refused("pair_say_off"), "alone"), REFUSED
    try:
        services().get(FailoverService).alone(actor(), typed_code())
    except NotPermitted:
        raise
    except Refused as refused:
        return _page(refused, "alone"), REFUSED
    flash("Đã yêu cầu phát một mình; vài giây nữa trang này cho biết kết quả.")
    return redirect(url_for("pair.page"), 303)


def _page(refused: Refused | None = None, act: str = "") -> str:
    coded = code_fault(refused)
    fault = page_fault(refused)
    asked = asked_code("take_air")
    return render_template("pair/page.html", fault=fault, coded=coded, failed=act, asked=asked, **_page_values())


def _page_values() -> dict[str, object]:
    found = services().get(FailoverService).state()
    mine = "unknown" if not found.alive else "alone" if found.alone and found.here else "here" if found.here else ""
    mine = mine or ("there" if found.peer_has_air else "silent")
    return {
        "pair": found,
        "acts": "" if found.here or not found.alive else "take" if found.peer_has_air else "both",
        "mine": STANDS[mine],
        "theirs": STANDS["here" if found.peer_has_air else "there" if found.here else "silent"],
        "heard": not any(reason.startswith(("pair_unreachable", "pair_key")) for reason, _ in found.reasons),
        "faults": [sentence(reason, details) for reason, details in found.reasons],
        "percent": round(100 * found.share),
    }
