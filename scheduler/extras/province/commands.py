"""`loa province …`: the link to the provincial system, and the bulletins that wait for a person.

It reads rows and calls the desk; the link itself is a process of `loa run`.
"""

from typing import Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json
from scheduler.core.words.wording import sentence
from scheduler.extras.inbox.commands import all_option, inbox_id, reason_option, show
from scheduler.extras.inbox.rules import STATES
from scheduler.extras.inbox.work import air_by_order
from scheduler.extras.province.rules.kept import BulletinRow
from scheduler.extras.province.service.bulletins import ProvinceService


@click.group()
def province() -> None:
    """Bản tin nguồn: the link to the provincial system and its bulletins."""


@province.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """How the link stands and how much waits to go up."""
    with context.station() as station:
        state = station.services.get(ProvinceService).link.state()
        told = sentence(state.reason, state.details) if state.configured else sentence("province_off")
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
                }
            )
            return
        if not state.configured:
            click.echo(told)
            return
        alive = "đang chạy" if state.alive else "không chạy (hãy bật trạm: loa run)"
        click.echo(f"Bộ nối {alive}. {told or 'Đang liên lạc được.'}")
        if state.reached_at:
            click.echo(f"Lần cuối liên lạc được: {local(state.reached_at, station.config):%H:%M:%S %d/%m/%Y}")
        if state.clock_off_minutes:
            click.echo(sentence("province_clock_off", {"minutes": abs(state.clock_off_minutes)}))
        queue = state.queue
        click.echo(f"Nhật ký: {queue.waiting} chờ gửi, {queue.sent} đã gửi, {queue.refused} không được nhận.")
        click.echo(f"Hộp bản tin: {station.services.get(ProvinceService).inbox.waiting_count()} chờ quyết định.")


@province.command()
@all_option
@json_option
@pass_context
def inbox(context: Context, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """The bulletins that wait for a person, emergencies first."""
    with context.station() as station:
        service = station.services.get(ProvinceService).inbox
        rows = service.waiting() + (service.under_way() + service.done(200) if everything else [])
        nothing = "Không có bản tin nguồn nào chờ."
        show(rows, station.config, STATES, _own, as_json=as_json, nothing=nothing)


def _own(row: BulletinRow) -> dict[str, Any]:
    return {"bulletin_id": row.bulletin_id, "version": row.version}


@province.command()
@inbox_id
@pass_context
def accept(context: Context, inbox_id: int) -> None:
    """Put a bulletin into the next session, once a leader has approved its sound."""
    with context.station() as station:
        station.services.get(ProvinceService).inbox.accept(context.actor(station), inbox_id)
        click.echo("Đã nhận; bản tin chờ lãnh đạo duyệt rồi vào buổi phát tới.")


@province.command()
@inbox_id
@click.option("--heard", is_flag=True, help="You have listened to its sound (an emergency needs no such word).")
@pass_context
def air(context: Context, inbox_id: int, heard: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Air a bulletin now: an emergency over everything, any other as soon as may be."""
    with context.station() as station:
        service = station.services.get(ProvinceService).inbox
        clip = service.sound(service.get(inbox_id))
        sha256 = clip.sha256 if clip else ""
        slot_id = air_by_order(station, service, context.actor(station), inbox_id, sha256, heard=heard)
        click.echo(f"Đã gửi lệnh phát ngay: {slot_id}")


@province.command()
@inbox_id
@reason_option("Why; it stays beside the bulletin.")
@pass_context
def dismiss(context: Context, inbox_id: int, reason: str) -> None:
    """Leave a bulletin aside: nothing of it airs."""
    with context.station() as station:
        station.services.get(ProvinceService).inbox.dismiss(context.actor(station), inbox_id, reason)
        click.echo("Đã bỏ qua bản tin.")


COMMANDS = (province,)
