"""`loa relay …` and `loa live`: sound that comes in from outside, by the window or by the hand.

They write rows and ask for their state; what is relayed is fetched and aired by playout alone. A live talk is let go
however the command ends.
"""

import signal
import threading
from datetime import timedelta
from typing import Any

import click

from scheduler.commands.base import Context, Day, json_option, pass_context, print_json, print_table, today
from scheduler.commands.language import say
from scheduler.core.model import DEFAULT_ZONE, Relay, Sha256
from scheduler.core.planning.rules import parse_window
from scheduler.core.words.wording import CAMPAIGN_STATES, STATES, sentence
from scheduler.kernel.errors import Refused

LONGEST_LIFE = timedelta(days=3650)
"""A relay without a last day goes on for ten years."""


@click.group()
def relay() -> None:
    """Tiếp âm: relay a stream or a sound input in its windows."""


@relay.command("add")
@click.argument("title")
@click.option("--source", "sources", multiple=True, required=True, help="Address of a source; again for the next one.")
@click.option("--window", "windows", multiple=True, required=True, help="When, such as 05:00-05:30; again for more.")
@click.option("--weekday", "weekdays", multiple=True, type=click.IntRange(0, 6), help="Only on this day, Monday = 0.")
@click.option("--from", "start", type=Day(), help="First day; default: today.")
@click.option("--to", "end", type=Day(), help="Last day; default: for good.")
@click.option("--zone", default=DEFAULT_ZONE, help="Zone it sounds in; default: all.")
@click.option("--fallback", "fallback", multiple=True, help="Clip (sha256) aired when every source is silent.")
@pass_context
def add(context: Context, /, title: str, **given: Any) -> None:
    """Keep a relay; a leader approves its sources, then it is started."""
    with context.station() as station:
        start = given["start"] or today(station)
        made = Relay(
            id=0,
            announcement_id=0,
            windows=tuple(parse_window(text) for text in given["windows"]),
            start=start,
            end=given["end"] or start + LONGEST_LIFE,
            sources=given["sources"],
            fallback=tuple(
                Sha256(station.services.recordings.clip_starting(text).sha256) for text in given["fallback"]
            ),
            weekdays=frozenset(given["weekdays"]) or frozenset(range(7)),
            zone=str(given["zone"]),
        )
        say(f"Đã lưu tiếp âm {station.services.relays.save(context.actor(station), title, made)}, đang chờ duyệt.")


@relay.command("list")
@json_option
@pass_context
def listed(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Every relay with its state and its approval."""
    with context.station() as station:
        found = station.services.relays.all()
        if as_json:
            print_json(
                [
                    {
                        "id": one.id,
                        "title": announcement.title,
                        "state": one.state.value,
                        "approval": announcement.state.value,
                        "windows": [str(window) for window in one.windows],
                        "zone": one.zone,
                        "sources": list(one.sources),
                    }
                    for one, announcement in found
                ]
            )
            return
        rows = [
            (one.id, seen.title, CAMPAIGN_STATES[one.state], STATES[seen.state], ", ".join(map(str, one.windows)))
            for one, seen in found
        ]
        print_table(("Số", "Tên", "Trạng thái", "Duyệt", "Khung giờ"), rows)


@relay.command("approve")
@click.argument("relay_id", type=int)
@pass_context
def approve(context: Context, relay_id: int) -> None:
    """Approve the sources and stand-in clips of a relay as they are now; not for the person who wrote them."""
    with context.station() as station:
        station.services.relays.approve(context.actor(station), relay_id)
        say("Đã duyệt nguồn tiếp âm.")


@relay.command("start")
@click.argument("relay_id", type=int)
@pass_context
def start(context: Context, relay_id: int) -> None:
    """Let a relay into the plan.

    It sounds in its windows once its sources are approved; campaigns are planned around it.
    """
    with context.station() as station:
        station.services.relays.start(context.actor(station), relay_id)
        say("Tiếp âm đã vào kế hoạch.")


@relay.command("stop")
@click.argument("relay_id", type=int)
@pass_context
def stop(context: Context, relay_id: int) -> None:
    """Take a relay out of the plan, and off the air where it sounds."""
    with context.station() as station:
        station.services.relays.stop(context.actor(station), relay_id)
        say("Đã dừng tiếp âm.")


@click.command()
@click.option("--line", default="line:", help="Sound input: line:DEVICE; default: the machine's own.")
@click.option("--seconds", type=float, help="Let go by itself after so long.")
@click.option("--zone", default=DEFAULT_ZONE, help="Zone it sounds in; default: all.")
@pass_context
def live(context: Context, line: str, seconds: float | None, zone: str) -> None:
    """Speak live into this machine's microphone: the chime, then your voice, until Ctrl-C.

    It waits for what sounds, speaks over a relay, and ends by itself after `live.longest_minutes`. Quiet hours and caps
    hold; near them it is shorter. What was said becomes a recording of the library.
    """
    over = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: over.set())
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with context.station() as station:
        services, actor = station.services.live, context.actor(station)
        if not station.services.air.on_air().alive:
            raise Refused("playout_off")
        lease = services.open(actor, source=line, zone=zone)
        say("Hãy nói sau nhạc hiệu. Bấm Ctrl-C khi nói xong.")
        until = station.clock.monotonic() + min(seconds or lease.longest.total_seconds(), lease.longest.total_seconds())
        said = False
        try:
            while not over.wait(0.2) and station.clock.monotonic() < until and services.state(lease.id).open:
                if not said and services.state(lease.id).on_air:
                    said = True
                    say("Đang phát trực tiếp.")
        finally:
            services.release(actor, lease.id)
        why = services.state(lease.id).ended_by
        say(sentence(why) if why else "Đã thả micro.")


COMMANDS = (relay, live)
