"""`loa province …`: the link to the provincial system, and the bulletins that wait for a person.

The acts on the inbox are those of every inbox; the link itself is a process of `loa run`.
"""

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json
from scheduler.commands.language import say
from scheduler.core.words.wording import sentence, sentence_of
from scheduler.extras.inbox.commands import InboxCommands, say_link
from scheduler.extras.inbox.rules import STATES
from scheduler.extras.province.service.bulletins import ProvinceService


@click.group()
def province() -> None:
    """Bản tin nguồn: the link to the provincial system and its bulletins."""


@province.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """How the link stands, how many logs wait to go up, how many bulletins wait for a person, what was not taken."""
    with context.station() as station:
        line = station.services.get(ProvinceService).link
        state, junk = line.state(), line.not_taken()
        told = sentence_of(state) if state.configured else sentence("province_off")
        if as_json:
            print_json(
                {
                    "configured": state.configured,
                    "alive": state.alive,
                    "reached_at": local(state.reached_at, station.config).isoformat() if state.reached_at else None,
                    "reason": state.reason if state.configured else "province_off",
                    "sentence": told,
                    "clock_off_minutes": state.clock_off_minutes,
                    "queue": {
                        "waiting": state.queue.waiting,
                        "sent": state.queue.sent,
                        "refused": state.queue.refused,
                        "oldest": local(state.queue.oldest, station.config).isoformat() if state.queue.oldest else None,
                    },
                    "inbox": station.services.get(ProvinceService).inbox.waiting_count(),
                    "not_taken": {
                        "listed": junk.listed,
                        "reason": junk.reason,
                        "sentence": sentence_of(junk),
                        "at": local(junk.at, station.config).isoformat() if junk.at else None,
                    },
                }
            )
            return
        if not state.configured:
            say(told)
            return
        up, dials = "Đang liên lạc được.", "Đang nối."
        say_link(state, station.config, up=up, dials=dials, clock_off="province_clock_off")
        queue = state.queue
        say(f"Nhật ký: {queue.waiting} chờ gửi, {queue.sent} đã gửi, {queue.refused} không được nhận.")
        say(f"Hộp bản tin: {station.services.get(ProvinceService).inbox.waiting_count()} chờ quyết định.")
        if junk.at:
            say(f"Không nhận được: {junk.listed} mục trong danh sách đọc gần nhất của tỉnh.")
            why = sentence_of(junk)
            say(f"Mục không nhận được gần nhất, lúc {local(junk.at, station.config):%H:%M:%S %d/%m/%Y}: {why}")


InboxCommands(
    inbox=lambda station: station.services.get(ProvinceService).inbox,
    own=lambda _, row: {"bulletin_id": row.bulletin_id, "version": row.version},
    nothing="Không có bản tin nguồn nào chờ.",
    accepted=lambda _: "Đã nhận; bản tin chờ lãnh đạo duyệt rồi vào buổi phát tới.",
    dismissed="Đã bỏ qua bản tin.",
    states=STATES,
).add_to(province)

COMMANDS = (province,)
