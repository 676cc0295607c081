"""Hôm nay: what sounds now as playout measured it, what comes next, what a person has to do; stop, play now.

One event stream per open page carries the bar (and, on the live page, today's lists) whenever they have changed. A page
that gets no stream asks for the same every few seconds.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)

from scheduler.core.air.cue_list import length, turns
from scheduler.core.air.stop_words import stop_sentences
from scheduler.core.words.wording import sentence_of
from scheduler.kernel.errors import Refused
from web.air.air_board import board, clock_told
from web.air.air_outline import airing_outline
from web.air.home import home_page
from web.air.sent_view import sent_view
from web.auth import REFUSED, Answer, act, actor, local_path, page_of, services, station
from web.formats import clock
from web.http.callers import known
from web.http.streams import Streams
from web.words.today import ready
from web.words.zones import chosen_zone, own_zone_choices

bp = Blueprint("live", __name__)
bp.add_app_template_global(airing_outline)

LOOK_EVERY = 0.25
"""Seconds between a stream's looks at the board."""
SPEAK_EVERY = 5.0
"""A stream says at least the time this often: so the page knows that it lives, and the server that the page does."""
STREAM_FOR = 600.0
"""Seconds a stream lives; the browser opens the next by itself."""


@bp.get("/")
def first() -> Answer:
    return redirect(url_for("live.page"), 303)


@bp.get("/truc-tiep")
@page_of("see")
def page() -> Answer:
    return home_page(sent=sent_view(sent) if (sent := request.args.get("gui", 0, type=int)) else None)


@bp.get("/thanh")
@page_of("see")
def bar() -> Answer:
    """What the stream would say now, for pages whose stream is not to be had."""
    return _told_now(lists=bool(request.args.get("ngay")))


@bp.get("/su-kien")
@page_of("see")
def events() -> Answer:
    """The bar and today's lists as they change, as an event stream."""
    streams: Streams = current_app.extensions["streams"]
    place = streams.enter(known(f"person {actor().id}", actor()), str(g.session_id))
    if place is None:
        return Response("", 503, {"Retry-After": "5"})
    left = request.environ.get("waitress.client_disconnected", lambda: False)
    gone = lambda: left() or place.given_up.is_set()  # noqa: E731 - one word for both
    answer = Response(stream_with_context(_changes(gone)), mimetype="text/event-stream")
    answer.call_on_close(lambda: streams.leave(place))  # also when nobody ever reads it
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _changes(gone: Callable[[], bool]) -> Iterator[str]:
    """What a page is told, until the server stops, the page goes, its person signs out, or its time is over."""
    clock, person, lists = station().clock, actor(), bool(request.args.get("ngay"))
    stop: threading.Event = current_app.extensions.get("stop") or threading.Event()
    began, spoke, seen = clock.monotonic(), float("-inf"), 0
    try:
        while not stop.is_set() and not gone() and (mono := clock.monotonic()) - began < STREAM_FOR:
            serial = board().look(person).serial
            if serial != seen or mono - spoke >= SPEAK_EVERY:
                if services().sessions.of(g.token) is None:
                    return
                text = _told_now(lists=lists) if serial != seen else clock_told()
                seen, spoke = serial, mono
                # Data lines must not break an event, so the text is sent line by line.
                yield "".join(f"data: {line}\n" for line in text.splitlines()) + "\n"
            stop.wait(LOOK_EVERY)
    finally:
        station().end_reading()  # the thread's connection ends with its long read


def _told_now(*, lists: bool) -> str:
    drawn = board().look(actor())
    return clock_told() + drawn.bar + (drawn.lists if lists else "")


@act(bp, "/dung", may="stop", red=True)
def stop() -> Answer:
    """Stop what sounds now, or with `tat-ca` also what waits for its turn; the page it was pressed on comes back."""
    everything = bool(request.form.get("tat-ca"))
    done = services().air.stop(actor(), request.form.get("slot_id") or None, also_waiting=everything)
    if everything or not request.headers.get("HX-Request"):  # a script stays there and shows by itself that it is done
        for words in stop_sentences(done, clock(done.answered_at)):
            flash(words)
        if done.waiting:
            flash("Dừng tất cả: mở lệnh đang phát.")
    return redirect(local_path(request.form.get("toi", "")) or url_for("live.page"), 303)


@bp.get("/phat-ngay")
@page_of("play_now")
def ready_list() -> Answer:
    """What is approved and may be aired at once."""
    return render_template("live/ready.html", ready=ready())


@bp.get("/phat-ngay/<int:announcement_id>")
@page_of("play_now")
def play_now_form(announcement_id: int) -> Answer:
    return _play_now_page(announcement_id)


@act(bp, "/phat-ngay/<int:announcement_id>", may="play_now")
def play_now(announcement_id: int) -> Answer:
    repeat = min(max(request.form.get("repeat", 1, type=int), 1), 3)
    chime = bool(request.form.get("chime"))
    try:
        zone = chosen_zone(request.form.get("vung"))
        services().air.play_now(actor(), announcement_id, chime=chime, repeat=repeat, zone=zone)
    except Refused as refused:
        fault = sentence_of(refused)
        return _play_now_page(announcement_id, fault, chime=chime, repeat=repeat), REFUSED
    return redirect(url_for("live.page"), 303)


def _play_now_page(announcement_id: int, fault: str = "", *, chime: bool = True, repeat: int = 2) -> str:
    found = services().announcements.get(announcement_id)
    clip = services().recordings.clip(found.audio_sha256) if found.audio_sha256 else None
    lengths: dict[int, timedelta | None] = dict.fromkeys((1, 2, 3))
    if clip:
        airing_items = services().campaigns.airing_items
        lengths = {
            times: length(airing_items(clip.frames, chime=chime, repeat=turns(times, clip.says))) for times in lengths
        }
    words: dict[str, Any] = {"announcement": found, "clip": clip, "lengths": lengths, "chime": chime, "repeat": repeat}
    zones, typed = own_zone_choices(), request.form.get("vung")
    return render_template("live/play_now.html", fault=fault, zones=zones, typed_zone=typed, **words)
