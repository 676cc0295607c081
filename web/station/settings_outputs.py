"""Đầu ra, on Cài đặt: how each output is, what it was last tested with, and the test itself.

Thin: the station sounds the test, the gate has the last word, and what came of it is read from its slot.
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from scheduler.core.air.output_kinds import output_kind
from scheduler.core.air.output_words import loudness
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Trigger
from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.kernel.words import Words
from scheduler.services.air.output_states import as_written, outputs_seen
from web.auth import REFUSED, Answer, act, actor, page_of, services, station, told_here
from web.words.on_air import MARKS, health_words
from web.words.zones import zone_choices

bp = Blueprint("settings_outputs", __name__)

SPEAKING_WAITS = 100
"""Tenths of a second that the second press waits while the first is being spoken."""
SOUNDS = Words(Path(__file__).parent, "test_sounds", str)
LEVELS = Words(Path(__file__).parent, "test_levels", str)


@bp.get("/cai-dat/dau-ra")
@page_of("see")
def page() -> Answer:
    return _page()


@bp.get("/cai-dat/dau-ra/thu/<slot_id>")
@page_of("see")
def progress(slot_id: str) -> Answer:
    """How a test is coming along, for the note that asks every second."""
    test = output_test_words(slot_id)
    if test is None:
        raise NotFound("slot", slot_id)
    return render_template("settings/_test.html", test=test)


@act(bp, "/cai-dat/dau-ra/thu", may="test_output", twin_waits=SPEAKING_WAITS)
def test() -> Answer:
    typed = {name: request.form.get(name, "")[:200] for name in ("noi-thu", "tieng", "muc")}
    kind, _, name = typed["noi-thu"].partition(":")
    where = {"output": name} if kind == "dau-ra" else {"zone": name or DEFAULT_ZONE}
    try:
        slot_id = station().test_output(
            actor(), **where, quiet=typed["muc"] != "thuong", spoken=typed["tieng"] == "noi"
        )
    except Refused as refused:
        told_here(refused)
        return _page(sentence_of(refused), typed), REFUSED
    return redirect(url_for("settings_outputs.page", thu=slot_id))


def _page(fault: str = "", typed: dict[str, str] | None = None) -> str:
    health, last = health_words(), services().output_tests.last()
    config = services().config
    reported = {one["name"]: one for one in health["outputs"]}
    seen = {one.name: one for one in outputs_seen(config, health["outputs"])}
    rows = [
        {
            "name": output.name,
            "zones": [zone_choices().get(zone, zone) for zone in output.zones],
            "state": reported.get(output.name),
            "kind_word": output_kind(one.kind).label,
            "loudness": loudness(one),
            "last": last.get(output.name),
        }
        for output in config.outputs
        for one in [seen.get(output.name) or as_written(output)]
    ]
    return render_template(
        "settings/outputs.html",
        rows=rows,
        on_air=services().air.on_air(),
        amplifier=health["amplifier"],
        listening=_listening(),
        zones=zone_choices(),
        outcomes={outcome.value: word for outcome, word in OUTCOMES.items()},
        marks=MARKS,
        sounds=SOUNDS,
        levels=LEVELS,
        test=output_test_words(request.args.get("thu", "")),
        fault=fault,
        typed=typed or {},
    )


def output_test_words(slot_id: str) -> dict[str, Any] | None:
    """A test by its slot: where, how it ended, and why."""
    try:
        facts = services().slots.facts(slot_id)
    except NotFound:
        return None
    slot = facts.slot
    if slot.trigger is not Trigger.TEST:
        return None
    sounding = any(one["slot_id"] == slot_id for one in services().air.on_air().airings)
    return {
        "id": slot_id,
        "title": facts.title,
        "outcome": slot.outcome.value if slot.outcome else "",
        "good": slot.outcome is AiringOutcome.PLAYED,
        "word": OUTCOMES[slot.outcome] if slot.outcome else "",
        "why": sentence(slot.reason),
        "sounding": sounding,
    }


def _listening() -> float | None:
    """The level on the return line as the monitor has measured it just now, dBFS; None where nobody listens."""
    beat = services().processes.heartbeat("monitor")
    if beat is None or not beat.lives(services().now()) or not beat.state.get("listening"):
        return None
    level = beat.state.get("level_dbfs")
    return None if level is None else float(level)
