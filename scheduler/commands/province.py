"""`loa province …`: the link to the provincial system, and the bulletins that wait for a person.

It reads rows and calls the desk; the link itself is a process of `loa run`.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.core.province_words import BULLETIN_STATES
from scheduler.core.wording import sentence
from scheduler.store.province import InboxRow

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group()
def province() -> None:
    """Bản tin nguồn: the link to the provincial system and its bulletins."""


@province.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """How the link stands and how much waits to go up."""
    with context.station() as station:
        state = station.desk.province.link.state()
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
                    "inbox": station.desk.province.waiting_count(),
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
        click.echo(f"Hộp bản tin: {station.desk.province.waiting_count()} chờ quyết định.")


@province.command()
@click.option("--all", "everything", is_flag=True, help="Also those that are decided.")
@json_option
@pass_context
def inbox(context: Context, everything: bool, as_json: bool) -> None:  # noqa: FBT001 - click gives flags
    """The bulletins that wait for a person, emergencies first."""
    with context.station() as station:
        desk = station.desk.province
        rows = desk.inbox() + (desk.under_way() + desk.done(200) if everything else [])
        if as_json:
            print_json({"inbox": [_told(row, station) for row in rows]})
            return
        if not rows:
            click.echo("Không có bản tin nguồn nào chờ.")
            return
        table = [(row.id, row.priority, row.title[:60], BULLETIN_STATES[row.state], _why(row) or "-") for row in rows]
        print_table(("Số", "Mức", "Bản tin", "Trạng thái", "Lưu ý"), table)


def _why(row: InboxRow) -> str:
    told = [sentence(code, details) for code, details in row.doubts]
    return " ".join(filter(None, (sentence(row.reason, row.details), *told)))


def _told(row: InboxRow, station: "Station") -> dict[str, Any]:
    return {
        "id": row.id,
        "bulletin_id": row.bulletin_id,
        "version": row.version,
        "title": row.title,
        "priority": row.priority,
        "state": row.state,
        "way": row.way,
        "reason": row.reason,
        "doubts": [code for code, _ in row.doubts],
        "sentence": _why(row),
        "received_at": local(row.received_at, station.config).isoformat(),
        "expires_at": local(row.expires_at, station.config).isoformat() if row.expires_at else None,
        "announcement_id": row.announcement_id,
        "campaign_id": row.campaign_id,
        "slot_id": row.slot_id,
    }


@province.command()
@click.argument("inbox_id", type=int)
@pass_context
def accept(context: Context, inbox_id: int) -> None:
    """Put a bulletin into the next session, once a leader has approved its sound."""
    with context.station() as station:
        station.desk.province.accept(context.actor(station), inbox_id)
        click.echo("Đã nhận; bản tin chờ lãnh đạo duyệt rồi vào buổi phát tới.")


@province.command()
@click.argument("inbox_id", type=int)
@click.option("--heard", is_flag=True, help="You have listened to its sound (an emergency needs no such word).")
@pass_context
def air(context: Context, inbox_id: int, heard: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Air a bulletin now: an emergency over everything, any other as soon as may be."""
    with context.station() as station:
        desk = station.desk.province
        clip = desk.sound(desk.get(inbox_id))
        slot_id = station.air_bulletin(context.actor(station), inbox_id, clip.sha256 if clip else "", heard=heard)
        click.echo(f"Đã gửi lệnh phát ngay: {slot_id}")


@province.command()
@click.argument("inbox_id", type=int)
@click.option("--reason", required=True, help="Why; it stays beside the bulletin.")
@pass_context
def dismiss(context: Context, inbox_id: int, reason: str) -> None:
    """Leave a bulletin aside: nothing of it airs."""
    with context.station() as station:
        station.desk.province.dismiss(context.actor(station), inbox_id, reason)
        click.echo("Đã bỏ qua bản tin.")


COMMANDS = (province,)
