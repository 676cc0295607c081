"""`loa hub` runs the desk of a town; `loa hub …` asks it: its wards, what is issued to them, what they have aired.

The desk is a station like any other, with the process that talks to the broker: where `[hub] url` is set, `loa run`
starts the same.
"""

from datetime import timedelta
from pathlib import Path

import click

from scheduler.commands.air import run_station
from scheduler.commands.base import Context, clock_text, json_option, local, pass_context, print_json, print_table
from scheduler.commands.language import ask_secret, in_words, say
from scheduler.core.model import Priority
from scheduler.core.report.period import parse_period
from scheduler.core.words.wording import sentence_of
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.rules.wording_hub import ACK_STATES, ISSUE_KINDS, STANDINGS
from scheduler.extras.hub.service.issues import Issued, IssueOrder
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard, WardState
from scheduler.extras.town.rules.envelope import Kind
from scheduler.kernel.errors import Refused
from scheduler.paper import FORMATS, draw

_KINDS = {"announcement": Kind.ANNOUNCEMENT, "campaign": Kind.CAMPAIGN, "template": Kind.TEMPLATE}
_WHOLE = {"lexicon": Kind.LEXICON, "test": Kind.TEST}


@click.group(invoke_without_command=True)
@click.pass_context
def hub(command: click.Context) -> None:
    """Run the desk of a town: the page, playout, the worker and the process that talks to the broker, under one
    supervisor, until Ctrl-C. Refused where `[hub] url` is empty; where it is set, `loa run` starts the same.
    """
    if command.invoked_subcommand is not None:
        return
    context: Context = command.obj
    if not context.config().get(HubConfig).url:
        raise Refused("no_hub")
    run_station(context)


@hub.command("status")
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """How the hub stands with its broker; exit code 1 where it does not reach it, or something is wrong."""
    with context.station() as station:
        state = station.services.get(HubService).state()
    told = sentence_of(state)
    if as_json:
        found = {"configured": state.configured, "alive": state.alive, "connected": state.connected}
        print_json(found | {"reason": state.reason, "told": told, "waiting": state.waiting})
    elif not state.configured:
        raise Refused("no_hub")
    else:
        alive = "đang chạy" if state.alive else "không trả lời (hãy xem loa run có chạy không, ổ đĩa còn chỗ không)"
        connected = "đang liên lạc được với máy chủ tin" if state.connected else "chưa liên lạc được với máy chủ tin"
        say(f"Bộ phát hành {alive}; {(told or connected).rstrip('.')}. Chờ gửi: {state.waiting}.")
    if not (state.alive and state.connected) or state.reason:
        raise click.exceptions.Exit(1)


@hub.command("wards")
@json_option
@pass_context
def wards(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Every ward and how it stands, since when, and how much waits in it."""
    with context.station() as station:
        found = station.services.get(HubService).wards()
        if as_json:
            print_json([_ward(one) for one in found])
            return
        heads = ("Mã", "Phường", "Nhóm", "Trạng thái", "Từ lúc", "Chờ gửi", "Phiên bản")
        rows = [
            (
                one.id,
                one.name,
                ",".join(one.groups) or "-",
                STANDINGS[one.state],
                f"{local(one.since, station.config):%H:%M %d/%m/%Y}" if one.since else "-",
                "-" if one.queue is None else one.queue,
                one.version or "-",
            )
            for one in found
        ]
        print_table(heads, rows)


def _ward(one: WardState) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "groups": one.groups,
        "state": one.state.value,
        "since": one.since.isoformat() if one.since else None,
        "queue": one.queue,
        "version": one.version,
        "missing_rows": one.missing_rows,
        "clock_off_minutes": one.clock_off_minutes,
        "trouble": one.trouble,
    }


@hub.command("add")
@click.argument("ward_id")
@click.argument("name")
@click.option("--group", "groups", multiple=True, help="A group that it belongs to; may stand several times.")
@click.option("--homes", type=int, default=None, help="How many homes it has.")
@click.option("--place", type=float, nargs=2, default=None, help="Latitude and longitude, degrees.")
@pass_context
def add(
    context: Context,
    ward_id: str,
    name: str,
    groups: tuple[str, ...],
    homes: int | None,
    place: tuple[float, float] | None,
) -> None:
    """Add a ward; prints its one-time pairing code, which is shown only now."""
    with context.station() as station:
        service = station.services.get(HubService)
        code = service.add_ward(context.actor(station), NewWard(ward_id, name, groups, homes, place))
        until = service.ward(ward_id).code_until
        say(f"Mã ghép nối (dùng một lần, tới {clock_text(until, station.config)}): {code}")


@hub.command("groups")
@click.argument("ward_id")
@click.argument("groups", nargs=-1)
@pass_context
def groups(context: Context, ward_id: str, groups: tuple[str, ...]) -> None:
    """The groups that a ward is in, all of them anew (none = it is in none); the ward is told.

    Until it has taken them, what is for a group is issued to its wards one by one.
    """
    with context.station() as station:
        station.services.get(HubService).put_groups(context.actor(station), ward_id, groups)
        named = ", ".join(station.services.get(HubService).ward(ward_id).groups) or "không có"
        say(f"Nhóm của phường {ward_id}: {named}.")


@hub.command("code")
@click.argument("ward_id")
@pass_context
def code(context: Context, ward_id: str) -> None:
    """Another pairing code for a ward, such as for a machine made anew; the one before opens nothing any more."""
    with context.station() as station:
        told = station.services.get(HubService).new_code(context.actor(station), ward_id)
        until = station.services.get(HubService).ward(ward_id).code_until
        say(f"Mã ghép nối (dùng một lần, tới {clock_text(until, station.config)}): {told}")


@hub.command("revoke")
@click.argument("ward_id")
@pass_context
def revoke(context: Context, ward_id: str) -> None:
    """Shut a ward out at once; nothing that came from it is forgotten."""
    with context.station() as station:
        station.services.get(HubService).revoke(context.actor(station), ward_id)
        say("Đã thu hồi; khóa của phường không mở được gì nữa.")


@hub.command("conf")
@pass_context
def conf(context: Context) -> None:
    """Write the broker's file of accounts, and tell the broker where its process is known.

    Once before the broker's first start; later the hub does it by itself.
    """
    with context.station() as station:
        services = station.services.get(HubService).conf
        changed = services.write()
        told = services.tell_broker()
        say(f"{'Đã ghi' if changed else 'Không đổi'}: {services.path}{'; đã báo máy chủ truyền tin' if told else ''}.")


@hub.command("issue")
@click.argument("kind", type=click.Choice((*_KINDS, *_WHOLE)))
@click.argument("number", type=int, required=False)
@click.option("--to", "targets", multiple=True, required=True, help="all, group.<g> or ward.<id>; several times.")
@click.option("--hours", type=float, default=None, help="How long it holds; else as the page has it.")
@click.option("--priority", type=click.IntRange(1, 3), default=None, help="1 emergency, 2 priority, 3 normal.")
@click.option("--legal-basis", default="", help="On what it stands against a ward's caps and approval.")
@click.option("--yes", is_flag=True, help="To all wards without being asked.")
@pass_context
def issue(
    context: Context,
    kind: str,
    number: int | None,
    targets: tuple[str, ...],
    hours: float | None,
    priority: int | None,
    legal_basis: str,
    *,
    yes: bool,
) -> None:
    """Issue an approved announcement, a campaign, a template, the lexicon or a test to wards.

    Without --hours a campaign holds to its last day, an emergency two hours, a test one, the rest seven days.
    """
    with context.station() as station:
        service, actor, now = station.services.get(HubService), context.actor(station), station.clock.now()
        content = service.offered(actor, (_KINDS | _WHOLE)[kind], number)
        meant = Priority(priority) if priority else content.priority
        order = IssueOrder(
            kind=content.kind,
            expires=service.usual_end(content, meant, now) if hours is None else now + timedelta(hours=hours),
            of=number,
            targets=targets,
            priority=meant,
            legal_basis=legal_basis,
        )
        reached = len(service.reach(targets))
        until = f"{local(order.expires, station.config):%H:%M %d/%m/%Y}"
        if "all" in targets and not yes:
            asked = f"Phát hành “{content.title or kind}” tới mọi phường ({reached}), tới {until}?"
            click.confirm(in_words(asked), abort=True)
        code = ask_secret("Mã xác nhận") if service.asks(actor, meant) else ""
        issued = service.issue(actor, order, code=code)
        say(f"Đã phát hành: {issued}. Tới {reached} phường, hiệu lực tới {until}.")


@hub.command("stop")
@click.argument("issue_id")
@pass_context
def stop(context: Context, issue_id: str) -> None:
    """Have the wards end what sounds of an issue, in every version, and take its planned airings back."""
    with context.station() as station:
        say(f"Đã gửi lệnh dừng: {station.services.get(HubService).issue_stop(context.actor(station), issue_id)}")


@hub.command("issues")
@json_option
@pass_context
def issues(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What was issued, the newest first, and how many wards have answered what."""
    with context.station() as station:
        found = station.services.get(HubService).issues()
        if as_json:
            print_json([_issued(one) for one in found])
            return
        heads = ("Lúc", "Loại", "Tên", "Phường", "Trả lời", "Số")
        rows = [
            (
                f"{local(one.issue.sent, station.config):%H:%M %d/%m}",
                ISSUE_KINDS[Kind(one.issue.kind)],
                one.issue.title[:50],
                one.wards,
                _answers(one),
                one.issue.id,
            )
            for one in found
        ]
        print_table(heads, rows)


def _answers(one: Issued) -> str:
    words = {state.value: word for state, word in ACK_STATES.items()}
    return ", ".join(f"{words.get(state, 'chưa trả lời')} {count}" for state, count in sorted(one.states.items()))


def _issued(one: Issued) -> dict[str, object]:
    seen = one.issue
    return {
        "id": seen.id,
        "kind": seen.kind,
        "title": seen.title,
        "targets": seen.targets,
        "sent": seen.sent.isoformat(),
        "expires": seen.expires.isoformat(),
        "stored_by_broker": bool(seen.messages) and seen.published == seen.messages,
        "wards": one.wards,
        "states": dict(one.states),
    }


@hub.command("export")
@click.argument("period")
@click.option("--dispatch", "number", default="", help="Of one dispatch only: its number with symbol.")
@click.option("--format", "kind", type=click.Choice(tuple(FORMATS)), default="xlsx", help="Kind of file.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where to write it.")
@pass_context
def export(context: Context, period: str, number: str, kind: str, out: Path) -> None:
    """The paper for the province: every ward over a period, with what is proved and what was not reported."""
    with context.station() as station:
        report = station.services.get(HubService).export(context.actor(station), parse_period(period), number)
        out.write_bytes(draw(report, kind))
        say(f"Đã ghi {out}")


COMMANDS = (hub,)
