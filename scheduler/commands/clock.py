"""`loa clock`: whether the hour of this machine is trusted, and the word "giờ bây giờ đúng" after it had run ahead.

It sets no clock; who may say the word, and whether a second person has to agree, is the desk's.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, today
from scheduler.commands.language import in_words, say
from scheduler.core.planning import rules

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group("clock")
def clock() -> None:
    """The hour of this machine, and whether it is trusted."""


@clock.command()
@json_option
@pass_context
def show(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Whether the hour of this machine is trusted, and why not: rows of the journal may have been written by a clock
    that ran ahead.
    """
    with context.station() as station:
        state = station.services.clock.state()
        if as_json:
            ahead = state.ahead
            told = {"now": state.now.isoformat(), "trusted": state.trusted, "asked_by": ""}
            told |= {
                "ahead_until": ahead.until.isoformat() if ahead else None,
                "ahead_rows": ahead.rows if ahead else 0,
            }
            print_json(told | ({"asked_by": state.asked.name} if state.asked else {}))
            return
        say(f"Giờ của máy: {_text(state.now, station)}")
        if state.trusted:
            say("Đáng tin: bản tin thường phát theo lịch.")
        else:
            say(_why(station))


@clock.command()
@click.option("--seen", default="", help="The hour as read elsewhere, such as 17:30 25/12/2026; else it is asked.")
@pass_context
def confirm(context: Context, seen: str) -> None:
    """Say that the hour of this machine is right, after its clock had run ahead and was put right.

    Until then nothing airs but an ordered emergency. Where two or more people have the right, a second one says the
    same within an hour. It sets no clock.
    """
    with context.station() as station:
        actor = context.actor(station)
        config, services = station.config, station.services.clock
        if seen:
            at = rules.parse_instant(seen, today(station), config.station.time_zone)
        else:
            at = services.state().now
            click.confirm(in_words(f"Giờ của máy là {_text(at, station)}. Giờ này có đúng không?"), abort=True)
        if services.confirm(actor, at):
            say("Đã xác nhận giờ của máy. Bản tin thường phát lại theo lịch.")
        else:
            say("Đã ghi lời xác nhận. Trong một giờ tới còn cần một người khác: loa --as TÊN clock confirm")


def _why(station: "Station") -> str:
    state = station.services.clock.state()
    if state.ahead is None:
        return "Chưa được tin: giờ của máy sai, bản tin thường không phát; hãy chỉnh lại giờ của máy."
    words = (
        f"Chưa được tin: đồng hồ máy từng chạy trước tới {_text(state.ahead.until, station)}, {state.ahead.rows} dòng "
        "nhật ký mang giờ sau bây giờ, bản tin thường không phát. Nếu giờ của máy nay đã đúng, chạy: loa clock confirm"
    )
    if state.ahead.airings:
        days = ", ".join(f"{day} ({count} lượt)" for day, count in state.ahead.airings.items())
        words += f"\nĐã phát sớm, sẽ không phát lại: {days}."
    if state.asked:
        words += f"\n{state.asked.name} đã xác nhận giờ đúng; còn cần một người khác."
    return words


def _text(at: datetime, station: "Station") -> str:
    return f"{local(at, station.config):%H:%M %d/%m/%Y}"


COMMANDS = (clock,)
