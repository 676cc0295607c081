"""Bắt đầu: the guide of the first days, a page a step, left and taken up at will.

The one-time link and the first user are `auth`'s. Each step shows one thing, in words for somebody who has never seen
the program, and leads to the same acts as the pages of Cài đặt. Thin: the desk says what is behind us.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for

from scheduler.core.announcement import approval
from scheduler.core.model import Person, Role
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.kernel.words import Words
from scheduler.services.air.output_states import outputs_seen
from scheduler.services.station.onboarding import STEPS
from web.auth import REFUSED, Answer, act, actor, page_of, services, station
from web.station.settings_form import edges, kept, typed_windows
from web.station.settings_outputs import output_test_words

bp = Blueprint("first_run", __name__)

WORDS = Words(Path(__file__).parent, "first_run", str)
MOST_DIGITS = 12
PATIENCE = timedelta(seconds=60)
"""So long is waited for playout's answer: with a card it starts again first."""


@bp.get("/bat-dau")
@page_of("configure")
def page() -> Answer:
    """The first step that is not behind us; when all are, how to go on."""
    steps = services().guide.steps()
    current = next((step.name for step in steps if not step.done), "")
    return redirect(url_for("first_run.step", name=current), 303) if current else _finished()


@bp.get("/bat-dau/<name>")
@page_of("configure")
def step(name: str) -> Answer:
    if name == "xong":
        return _finished()
    return _step(name)


@act(bp, "/bat-dau/don-vi", may="configure")
def name_station() -> Answer:
    values = {"station.name": request.form.get("ten", "").strip()[:200]}
    authority = request.form.get("co-quan")
    values |= {"report.authority": authority.strip()[:200]} if authority is not None else {}
    _, fault, _ = kept(values)
    if fault:
        return _step("don-vi", fault), REFUSED
    return _on("don-vi")


@act(bp, "/bat-dau/lanh-dao", may="manage_people")
def add_leader() -> Answer:
    return _added("lanh-dao", Role.APPROVER)


@act(bp, "/bat-dau/nguoi-soan", may="manage_people")
def add_writer() -> Answer:
    return _added("nguoi-soan", Role.EDITOR)


def _added(step: str, role: Role) -> Answer:
    """A person of this role, with a password for the first time; then the next step."""
    form = {field: request.form.get(field, "").strip()[:200] for field in ("name", "login")}
    password = request.form.get("password", "")[:200]
    try:
        services().people.add(actor(), form["login"], form["name"], role, password, code=_code(), must_change=True)
    except NotPermitted:
        raise
    except Refused as refused:
        return _step(step, sentence_of(refused), form), REFUSED
    if role is Role.APPROVER:
        services().ready_templates.keep_up()  # there is somebody now who may approve them
    return _on(step)


@act(bp, "/bat-dau/dau-ra", may="test_output")
def test_output() -> Answer:
    """The three quiet notes, on one output."""
    try:
        slot_id = station().test_output(actor(), output=request.form.get("dau-ra", "")[:80])
    except NotPermitted:
        raise
    except Refused as refused:
        return _step("dau-ra", sentence_of(refused)), REFUSED
    return redirect(url_for("first_run.step", name="dau-ra", thu=slot_id), 303)


@act(bp, "/bat-dau/dau-ra/tim", may="test_output")
def look_for_card() -> Answer:
    """Tìm lại: playout looks at once; the page waits for what it has found."""
    asked = services().air.look_for_card(actor())
    return redirect(url_for("first_run.step", name="dau-ra", tim=int(asked.timestamp())), 303)


@bp.get("/bat-dau/dau-ra/tim")
@page_of("configure")
def looked() -> Answer:
    """What has come of it so far, drawn anew every second; the whole page where there is a loudspeaker now."""
    if _loud():
        answer = make_response("")
        answer.headers["HX-Refresh"] = "true"
        return answer
    return render_template("settings/_look.html", look=_look())


def _loud() -> list[str]:
    on_air = services().air.on_air()
    return [one.name for one in outputs_seen(services().config, on_air.outputs) if one.counts] if on_air.alive else []


def _look() -> dict[str, Any] | None:
    """Of a look for a sound card that this page has asked for: `what` is empty while nobody has answered."""
    typed = request.args.get("tim", "")
    if not typed.isdecimal() or len(typed) > MOST_DIGITS:
        return None
    asked, told = datetime.fromtimestamp(int(typed), UTC), services().air.on_air().card_look
    at = datetime.fromisoformat(told["at"]) if told else None
    if told and at and at >= asked:
        return {"asked": typed, "what": told["what"], "at": at}
    return {"asked": typed, "what": "silent" if services().now() - asked > PATIENCE else "", "at": asked}


@act(bp, "/bat-dau/gio-yen-tinh", may="configure")
def set_quiet() -> Answer:
    windows, basis = typed_windows(), request.form.get("can-cu", "").strip()[:300]
    _, fault, loosens = kept({"quiet_hours.windows": windows, "quiet_hours.legal_basis": basis})
    if fault or loosens:
        return _step("gio-yen-tinh", fault, {"windows": windows, "basis": basis, "loosens": loosens}), REFUSED
    return _on("gio-yen-tinh")


@act(bp, "/bat-dau/<name>/xong", may="configure")
def done(name: str) -> Answer:
    """Say that a step is behind us; "xong" puts the whole guide away."""
    services().guide.done(actor(), name)
    return _over() if name == "xong" else _next(name)


def _code() -> str:
    return request.form.get("code", "")[:40]


def steps_left() -> int:
    """How many steps are ahead, for who may take them; 0 for everybody else."""
    person: Person | None = g.get("person")
    if person is None or not approval.may(person.role, "configure"):
        return 0
    return services().guide.left


def _on(name: str) -> Answer:
    services().guide.done(actor(), name)
    return _next(name)


def _next(name: str) -> Answer:
    """The step behind `name` that is still ahead of us, else whatever is."""
    steps = services().guide.steps()
    place = STEPS.index(name)
    ahead = [one.name for one in (*steps[place + 1 :], *steps[: place + 1]) if not one.done]
    return redirect(url_for("first_run.step", name=ahead[0]), 303) if ahead else _over()


def _over() -> Answer:
    """The guide ends on Hôm nay, with what comes next by its name."""
    steps = {one.name: one.done for one in services().guide.steps()}
    if not all(steps.values()):
        flash("Bước nào để sau thì làm tiếp ở Cài đặt.")
    flash("Việc tiếp theo: Viết bản tin." if steps["ban-tin"] else "Việc tiếp theo: Viết bản tin đầu tiên.")
    return redirect(url_for("live.page"), 303)


_ASKS = {"lanh-dao": "approve", "nguoi-soan": "write"}
"""Steps that look for somebody -> what they must be allowed to do."""


def _step(name: str, fault: str = "", typed: dict[str, Any] | None = None) -> str:
    if name not in STEPS:
        raise NotFound("step", name)
    place, config, on_air = STEPS.index(name), services().config, services().air.on_air()
    settings = services().settings
    windows = (typed or {}).get("windows", config.quiet_hours.windows)
    return render_template(
        "settings/guide.html",
        name=name,
        number=place + 1,
        steps=_drawn(name),
        following=STEPS[place + 1] if place + 1 < len(STEPS) else "xong",
        config=config,
        locked={
            key: settings.is_locked(key) for key in ("station.name", "quiet_hours.windows", "quiet_hours.legal_basis")
        },
        people=[
            one for one in services().people.listed() if one.active and approval.may(one.role, _ASKS.get(name, "see"))
        ],
        asked_code=services().people.confirms(actor(), "manage_people"),
        outputs=on_air,
        loud=_loud(),
        look=_look() if name == "dau-ra" else None,
        test=output_test_words(request.args.get("thu", "")),
        edges=edges(windows, 3),
        fault=fault,
        typed=typed or {},
    )


def _finished() -> str:
    return render_template("settings/guide_over.html", steps=_drawn(""), left=services().guide.left)


def _drawn(current: str) -> list[dict[str, Any]]:
    return [
        {"name": one.name, "word": WORDS[one.name], "done": one.done, "here": one.name == current}
        for one in services().guide.steps()
    ]
