"""`loa break-in`, `drill`, `correct`: an emergency from the terminal, with or without the page and the network.

They put the order where playout takes it at once, whatever the database does, and say what became of it: it sounds,
it waits, or why not. Without a running playout nothing would sound, and the terminal says so.
"""

import sqlite3
from typing import TYPE_CHECKING

import click

from scheduler.commands.base import Context, clock_text, pass_context
from scheduler.commands.damaged import no_rows
from scheduler.commands.kept import any_station, by_kept, tell_kept, tell_templates
from scheduler.commands.language import say
from scheduler.core.model import DEFAULT_ZONE, AiringOutcome
from scheduler.core.words.wording import OUTCOMES, sentence
from scheduler.kernel.clock import awaited
from scheduler.kernel.errors import LoaError, Refused
from scheduler.station_words import break_in_with, wait_spoken

if TYPE_CHECKING:
    from scheduler.services.air.kept_orders import KeptOrders
    from scheduler.station import Station

zone_option = click.option("--zone", default=DEFAULT_ZONE, help="Zone it sounds in; default: all.")


_WHICH = "hãy cho số bản tin đã duyệt, hoặc --text “nội dung”"
SOUNDS_WITHIN = 3.0
"""Seconds that the terminal waits to see an order sound before it says what it knows."""
LOOK_EVERY = 0.05
"""Seconds between two looks for it."""


def _playout_alive(station: "Station") -> None:
    if not station.services.air.on_air().alive:
        raise Refused("playout_off")


def _tell(station: "Station", what: str, slot_id: str) -> None:
    """What has become of an order by now, as playout tells it: it sounds, it waits, or why it did not."""
    say(f"Đã ra lệnh {what}: {slot_id}")
    said = awaited(station.clock, lambda: _sentence_of(station, slot_id), SOUNDS_WITHIN, LOOK_EVERY)
    told = station.services.air.red.told(slot_id)
    at = told.at if told else station.services.slots.get(slot_id).start
    say(f"Trạm đã nhận lúc {clock_text(at, station.config)}. {said or 'Chưa kêu; xem: loa now'}")
    if wait_spoken(slot_id):  # the voice is at work in this process
        _tell_words(station, slot_id)


def _tell_words(station: "Station", slot_id: str) -> None:
    """Whether its words follow the chime by now; if they do not, why."""

    def is_taken() -> bool:
        told = station.services.air.red.told(slot_id)
        return told is None or told.spoken or bool(told.outcome)

    if not awaited(station.clock, is_taken, SOUNDS_WITHIN, LOOK_EVERY):
        say("Lời đã đọc xong; bộ phát chưa nhận. Xem: loa now")
        return
    ended = _ended(station, slot_id)
    say(ended or "Lời đã đọc xong, phát ngay sau chuông.")


def _sentence_of(station: "Station", slot_id: str) -> str:
    """A sentence once there is something to say; empty = it is on its way."""
    if ended := _ended(station, slot_id):
        return ended
    told = station.services.air.red.told(slot_id)
    state = told.state if told else ""
    airings = station.services.air.on_air().airings
    if state == "sounding" or any(one["slot_id"] == slot_id for one in airings):
        return "Đang kêu." if told is None or told.spoken else "Chuông đang kêu, máy đang đọc lời."
    others = ", ".join(f"“{one['title']}”" for one in airings)
    return f"Đang chờ tới lượt sau: {others}." if state == "waiting" and others else ""


def _ended(station: "Station", slot_id: str) -> str:
    """How it has ended, in a sentence; empty = it has not."""
    told = station.services.air.red.told(slot_id)
    if told is None:
        slot = station.services.slots.get(slot_id)
        outcome, reason = slot.outcome.value if slot.outcome else "", slot.reason
    else:
        outcome, reason = told.outcome, told.reason
    return f"{OUTCOMES[AiringOutcome(outcome)]}. {sentence(reason)}".strip() if outcome else ""


@click.command("break-in")
@click.argument("announcement_id", type=int, required=False)
@click.option("--text", help="Words of the moment instead of an announcement; spoken by this machine's own voice.")
@click.option("--title", default="", help="What the journal calls it.")
@zone_option
@pass_context
def break_in(context: Context, announcement_id: int | None, text: str | None, title: str, zone: str) -> None:
    """Air an emergency at once, over everything, also at night: an approved announcement, or words of the moment.

    Words are spoken by a voice that is in this machine, and said `emergency.repeat` times. The chime does not wait for
    them: it sounds until they are spoken, which the command waits for and tells. The same order while the first still
    stands is no second airing. Prints the order's number. Where the database gives no rows it works for approved
    announcements, by what the station has kept of them outside it; without a number it then lists them.
    """
    if announcement_id is not None and text is not None:
        raise click.UsageError(_WHICH)
    with any_station(context) as (station, kept):
        if announcement_id is None and text is None:
            tell_templates(station)
            raise click.UsageError(_WHICH)
        _playout_alive(station)
        slot_id = _ordered(context, station, kept, announcement_id, text, title, zone)
        _tell(station, "phát khẩn", slot_id)
        say(f"Nếu phát nhầm: loa correct {slot_id}" if kept is None else "Nếu phát nhầm: loa stop")


def _ordered(
    context: Context,
    station: "Station",
    kept: "KeptOrders | None",
    announcement_id: int | None,
    text: str | None,
    title: str,
    zone: str,
) -> str:
    """The slot of the order: by rows, or by what was kept where there are none.

    Nothing is ordered twice: what fails for want of rows has failed before its order was given.
    """
    try:
        if kept is None:
            actor = context.actor(station)
            if text is not None:
                return break_in_with(station, actor, text, title=title, zone=zone)
            slot_id = station.services.emergency.break_in(actor, announcement_id or 0, zone=zone)
            if (told := station.services.air.red.told(slot_id)) and told.kept_as_of:
                tell_kept(station, told.kept_as_of)
            return slot_id
    except (LoaError, sqlite3.Error) as error:
        if not no_rows(error):
            raise
    if announcement_id is None:
        raise Refused("red_needs_rows")
    return by_kept(context, station, announcement_id, zone)


@click.command()
@click.argument("announcement_id", type=int)
@zone_option
@pass_context
def drill(context: Context, announcement_id: int, zone: str) -> None:
    """Rehearse an emergency with an approved announcement.

    The drill's words are said before and after it, knocks on wood open it instead of a siren, it is said once, and it
    is held to every rule of an ordinary airing: it never sounds in quiet hours.
    """
    with context.station() as station:
        actor = context.actor(station)
        _playout_alive(station)
        _tell(station, "diễn tập", station.drill(actor, announcement_id, zone=zone))


@click.command()
@click.argument("slot_id")
@pass_context
def correct(context: Context, slot_id: str) -> None:
    """Air the correction (đính chính) of an emergency, in the zone of that emergency; it is an emergency itself.

    While the wrong one still sounds the correction waits behind it: `loa stop` first. The page does both with one
    press.
    """
    with context.station() as station:
        actor = context.actor(station)
        _playout_alive(station)
        _tell(station, "phát đính chính", station.correct(actor, slot_id))


COMMANDS = (break_in, drill, correct)
