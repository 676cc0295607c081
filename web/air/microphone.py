"""Micro trực tiếp: a browser takes the air, sends its voice in pieces, lets go.

The page's script speaks to these routes in JSON: open, a piece at a byte, let go, how far it has come. The pieces are
many and small, so they carry the session's token instead of a key each; the lease is their owner's alone. Without a
script there is no microphone, and the page says what to do instead.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from scheduler.core.words.wording import OUTCOMES, sentence, sentence_of
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.air.live import LiveState
from scheduler.services.air.live_sound import BYTES_A_SECOND
from web.auth import REFUSED, Answer, act, actor, page_of, piece, services, station
from web.language import in_language
from web.words.zones import chosen_zone, own_zone_choices

bp = Blueprint("microphone", __name__)

PIECE_MS = 200
"""How much sound a browser gathers before it sends."""
MOST_BYTES = 200_000
"""Of one piece: two seconds that a network hiccup kept back."""
HELD_BACK_MS = 250
"""What playout keeps in hand of a live voice, so that a late piece is not heard as a hole."""


@bp.get("/truc-tiep-micro")
@page_of("go_live")
def page() -> Answer:
    config = services().config
    return render_template(
        "microphone/page.html",
        zones=own_zone_choices(),
        longest=timedelta(minutes=config.live.longest_minutes),
        delay_ms=_delay_ms(),
        lost_ms=round(config.live.lost_seconds * 1000),
        piece_ms=PIECE_MS,
        most_bytes=MOST_BYTES,
    )


@act(bp, "/truc-tiep-micro", may="go_live")
def take() -> Answer:
    """Take the air as soon as it is free."""
    try:
        lease = services().live.open(actor(), zone=chosen_zone(request.form.get("zone")))
    except NotPermitted:
        raise
    except Refused as refused:
        return _turned_away(refused)
    return jsonify({"lease": lease.id, "delay_ms": _delay_ms()} | _to_dict(services().live.state(lease.id), 0))


@piece(bp, "/truc-tiep-micro/<lease_id>/<int:at>", may="go_live")
def push(lease_id: str, at: int) -> Answer:
    """A piece of the voice that begins at byte `at`; the answer says which byte is wanted next."""
    pcm = request.get_data()
    state = _own(lease_id)
    try:
        wanted = services().live.push(actor(), lease_id, at - at % 2, pcm[: len(pcm) - len(pcm) % 2])
    except Refused as refused:
        return _turned_away(refused, _to_dict(state, _received(state)))
    return jsonify(_to_dict(services().live.state(lease_id), wanted))


@bp.get("/truc-tiep-micro/<lease_id>")
@page_of("go_live")
def state(lease_id: str) -> Answer:
    seen = _own(lease_id)
    return jsonify(_to_dict(seen, _received(seen)))


@piece(bp, "/truc-tiep-micro/<lease_id>/tha", may="go_live")
def release(lease_id: str) -> Answer:
    """Let go; twice is once."""
    seen = _own(lease_id)
    services().live.release(actor(), lease_id)
    return jsonify(_to_dict(services().live.state(lease_id), _received(seen)))


def _own(lease_id: str) -> LiveState:
    """A lease of the signed-in person. Raises Refused live_over for anybody else's."""
    seen = services().live.state(lease_id)
    if seen.lease.person_id != actor().id:
        raise Refused("live_over")
    return seen


def _received(seen: LiveState) -> int:
    return round(seen.received.total_seconds() * BYTES_A_SECOND)


def _turned_away(refused: Refused, told: dict[str, Any] | None = None) -> tuple[Response, int]:
    sentence_ = in_language(sentence_of(refused))
    return jsonify((told or {}) | {"told": (told or {}).get("told") or sentence_, "open": False}), REFUSED


def _to_dict(seen: LiveState, wanted: int) -> dict[str, Any]:
    """What the script needs: all of it measured or planned by the station, nothing guessed."""
    now = station().clock.now()
    speak_at = _speak_at(seen) if seen.on_air else None
    spoken = max(now - speak_at, timedelta()) if speak_at else timedelta()
    left, at_end = seen.lease.longest - spoken, "live_time_over"
    if seen.silent_from is not None:
        until_quiet = seen.silent_from - max(now, speak_at or now)
        left, at_end = min((until_quiet, "live_quiet"), (left, at_end))
    left = max(
        left - timedelta(milliseconds=_delay_ms()), timedelta()
    )  # what is said later is not heard before the end
    return {
        "wanted": wanted,
        "open": seen.open,
        "on_air": seen.on_air,
        "sounds": services().air.on_air().alive,
        "speak_in_ms": round((speak_at - now) / timedelta(milliseconds=1)) if speak_at else None,
        "left_ms": round(left / timedelta(milliseconds=1)),
        "at_end": in_language(sentence(at_end)),
        "ended": seen.outcome is not None,
        "told": _why_over(seen),
    }


def _why_over(seen: LiveState) -> str:
    """Why it is over, to who speaks; empty while it goes on and where the person let go."""
    if not seen.ended_by:
        return ""
    why = in_language(sentence(seen.ended_by))
    if seen.outcome is None or seen.ended_by.startswith("live_"):
        return why
    return f"{in_language(OUTCOMES[seen.outcome])}. {why}"


def _delay_ms() -> int:
    """How long after it was said a word is heard at the slowest output, the way to the station left out."""
    return _lead_ms() + PIECE_MS + HELD_BACK_MS


def _lead_ms() -> int:
    """How long before it is heard the slowest output wants its sound, as playout tells it; else as configured."""
    beat = services().processes.heartbeat("playout")
    lead = beat.state.get("lead") if beat else None
    return max(round(1000 * lead) if lead else 0, services().config.playout.lead_ms)


def _speak_at(seen: LiveState) -> datetime | None:
    """When the chime before the voice is over, by playout's own beginning of the airing."""
    slot_id = seen.lease.slot_id
    began = services().slots.began(slot_id)
    return began + services().live.opening() if began else None
