"""`loa schedule …`: what sounds next, and the changes of single airings: move, leave out, add, copy a day, take back.

It turns words into instants; whether an airing may stand there the desk says, in the words of the page.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import (
    Context,
    Day,
    json_option,
    length_text,
    local,
    pass_context,
    print_json,
    print_table,
    today,
)
from scheduler.commands.derived import DerivedGroup
from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.planning import rules
from scheduler.core.report.report_words import TRIGGERS
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.kernel.errors import NotFound, Refused
from scheduler.services.planning.schedule_copies import CopiedAiring
from scheduler.services.planning.schedule_days import ScheduledAiring

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group(cls=DerivedGroup)
def schedule() -> None:
    """The schedule (lịch phát), airing by airing."""


@schedule.command("next")
@click.option("--hours", type=click.IntRange(1, 24 * 14), default=48, help="How far ahead; default: 48.")
@json_option
@pass_context
def coming(context: Context, hours: int, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Every sound of the next hours (relays, orders and make-goods too), and what would keep it silent."""
    with context.station() as station:
        found = station.services.schedule_days.coming(hours)
        if as_json:
            print_json([_item_json(station, one) for one in found.items])
            return
        rows = [
            (
                f"{local(one.slot.start, station.config):%d/%m %H:%M:%S}",
                length_text(one.slot.length),
                one.slot.zone,
                TRIGGERS[one.slot.trigger],
                one.title,
                sentence(one.hindrance, one.hindrance_details),
            )
            for one in found.items
        ]
        print_table(("Giờ", "Dài", "Vùng", "Loại", "Bản tin", "Vướng"), rows)


@schedule.command("move")
@click.argument("slot_id")
@click.argument("at", metavar="HH:MM")
@pass_context
def move(context: Context, slot_id: str, at: str) -> None:
    """Let an airing start at another time of its day; prints the number by which it is taken back."""
    with context.station() as station:
        to = _instant(station, _day_of(station, slot_id), at)
        click.echo(station.services.schedule.move(context.actor(station), slot_id, to))


@schedule.command("add")
@click.argument("announcement_id", type=int)
@click.argument("at", metavar="HH:MM")
@click.option("--date", "day", type=Day(), help="Default: today.")
@click.option("--zone", default=DEFAULT_ZONE, help="Where it is heard; default: everywhere.")
@pass_context
def add(context: Context, announcement_id: int, at: str, day: date | None, zone: str) -> None:
    """One more airing of an approved announcement; prints the number by which it is taken back."""
    with context.station() as station:
        instant = _instant(station, day or today(station), at)
        click.echo(station.services.schedule.add(context.actor(station), announcement_id, instant, zone))


@schedule.command("copy")
@click.argument("source", type=Day())
@click.argument("target", type=Day())
@click.option("--take", is_flag=True, help="Write it; without this it is only shown.")
@json_option
@pass_context
def copy(context: Context, source: date, target: date, take: bool, as_json: bool) -> None:  # noqa: FBT001 - click's
    """What of a day could stand on another, and why the rest could not; with --take it is written."""
    with context.station() as station:
        actor, copies = context.actor(station), station.services.schedule_copies
        found = copies.preview(actor, source, target)
        change = copies.take(actor, source, target, found.mark) if take else None
        if as_json:
            told = [_copied_json(station, one) for one in found.airings]
            print_json({"change": change, "airings": told})
            return
        rows = [
            (f"{local(one.slot.start, station.config):%H:%M:%S}", one.title, _why(one) or "chép được")
            for one in found.airings
        ]
        print_table(("Giờ", "Bản tin", "Kết quả"), rows)
        if change is not None:
            click.echo(change)


def _why(one: CopiedAiring) -> str:
    return sentence_of(one.refusal)


def _copied_json(station: "Station", one: CopiedAiring) -> dict[str, Any]:
    return {
        "slot": one.slot.id,
        "title": one.title,
        "at": local(one.at, station.config).isoformat() if one.at else None,
        "refused": one.refusal.reason if one.refusal else "",
    }


def _item_json(station: "Station", one: ScheduledAiring) -> dict[str, Any]:
    return {
        "id": one.slot.id,
        "start": local(one.slot.start, station.config).isoformat(),
        "seconds": one.slot.length.total_seconds(),
        "zone": one.slot.zone,
        "trigger": one.slot.trigger.value,
        "title": one.title,
        "hindrance": one.hindrance,
    }


def _day_of(station: "Station", slot_id: str) -> date:
    try:
        return station.services.slots.get(slot_id).day
    except NotFound as gone:
        raise Refused("slot_gone") from gone


def _instant(station: "Station", day: date, at: str) -> datetime:
    """A wall time of a day. Raises Refused: time_invalid, copy_no_time."""
    found = station.services.campaigns.days.instant_on(day, rules.parse_time(at))
    if found is None:
        raise Refused("copy_no_time")
    return found


COMMANDS = (schedule,)
