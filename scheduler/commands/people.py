"""`loa person …`, `loa audit`: people and what they did, from the machine itself.

Here a lost password or a lost telephone is mended, also when nobody can sign in any more. Acts are the desk's; the log
is only read.
"""

from dataclasses import asdict
from datetime import date

import click

from scheduler.commands.base import (
    Context,
    Day,
    clock_text,
    json_option,
    local,
    new_password,
    pass_context,
    print_json,
    print_list,
    print_table,
)
from scheduler.commands.language import ask_secret, say
from scheduler.core.model import Person, Role
from scheduler.core.words.wording import ROLES, sentence_of
from scheduler.kernel.errors import NotFound
from scheduler.station import Station

_ROLE = click.Choice([role.value for role in Role])
_zones = click.option("--zone", "zones", multiple=True, help="Zone of a contributor; may be given several times.")


@click.group()
def person() -> None:
    """People who use the page: who they are, what they may, how they get in."""


@person.command("list")
@json_option
@pass_context
def list_(context: Context, *, as_json: bool) -> None:
    """Everybody who can sign in or once could: role, zones, whether the account is on.

    With `--json` also whether there is an emergency code.
    """
    with context.station() as station:
        people = [(one, station.services.people.proofs(one)) for one in station.services.people.listed()]
        if as_json:
            print_json(
                [
                    {
                        "login": one.login,
                        "name": one.name,
                        "role": one.role.value,
                        "zones": list(one.zones),
                        "active": one.active,
                        "totp": proofs.totp,
                        "code": proofs.code,
                    }
                    for one, proofs in people
                ]
            )
            return
        rows = [
            (
                one.login,
                one.name,
                ROLES[one.role] + (f" ({', '.join(one.zones)})" if one.zones else ""),
                "đang dùng" if one.active else "đã tắt",
                "có" if proofs.totp else "-",
            )
            for one, proofs in people
        ]
        print_table(("Đăng nhập", "Tên", "Vai trò", "Tình trạng", "Xác thực"), rows)


@person.command()
@click.argument("login")
@click.option("--name", default="", help="Name shown on pages and in the journal.")
@click.option("--role", type=_ROLE, default=Role.EDITOR.value, show_default=True, help="What they may do.")
@_zones
@pass_context
def add(context: Context, login: str, name: str, role: str, zones: tuple[str, ...]) -> None:
    """Add a person who may sign in; asks for their password."""
    with context.station() as station:
        password = new_password()
        one = station.services.people.add(context.actor(station), login, name, Role(role), password, zones)
        say(f"Đã thêm {one.name} ({ROLES[one.role]}).")


@person.command("set")
@click.argument("login")
@click.option("--name", help="Another name.")
@click.option("--role", type=_ROLE, help="Another role.")
@_zones
@pass_context
def set_(context: Context, login: str, name: str | None, role: str | None, zones: tuple[str, ...]) -> None:
    """Another name, role or zones; with another right the person signs in anew."""
    with context.station() as station:
        one = _named(station, login)
        station.services.people.change(
            context.actor(station),
            one.id,
            name=one.name if name is None else name,
            role=one.role if role is None else Role(role),
            zones=zones or one.zones,
        )
        say(f"Đã lưu {station.services.people.get(one.id).name}.")


@person.command()
@click.argument("login")
@click.option("--ask", is_flag=True, help="Ask for the new password instead of making a temporary one.")
@pass_context
def password(context: Context, login: str, *, ask: bool) -> None:
    """A temporary password for somebody who has lost theirs, printed once; it has to be changed at the next sign-in,
    and open sessions end.
    """
    with context.station() as station:
        one, actor = _named(station, login), context.actor(station)
        if ask:
            typed = ask_secret("Mật khẩu mới", twice=True)
            station.services.people.set_password(actor, one.id, typed)
            say(f"Đã đổi mật khẩu của {one.name}.")
        else:
            say(f"Mật khẩu tạm của {one.name}: {station.services.people.give_password(actor, one.id)}")
            say("Lần đăng nhập đầu tiên phải đổi.")


@person.command()
@click.argument("login")
@pass_context
def off(context: Context, login: str) -> None:
    """Switch a person off: signed out at once and kept out. The last active administrator cannot be."""
    with context.station() as station:
        one = _named(station, login)
        station.services.people.switch(context.actor(station), one.id, active=False)
        say(f"Đã tắt {one.name}.")


@person.command()
@click.argument("login")
@pass_context
def on(context: Context, login: str) -> None:
    """Let a person in again."""
    with context.station() as station:
        one = _named(station, login)
        station.services.people.switch(context.actor(station), one.id, active=True)
        say(f"Đã bật lại {one.name}.")


@person.command("totp-off")
@click.argument("login")
@pass_context
def totp_off(context: Context, login: str) -> None:
    """Switch the authenticator application of somebody who has lost their telephone off."""
    with context.station() as station:
        one = _named(station, login)
        station.services.people.take_totp(context.actor(station), one.id)
        say(f"Đã tắt xác thực bằng ứng dụng của {one.name}.")


@person.command()
@click.argument("login")
@click.option("--end", is_flag=True, help="End all of them.")
@json_option
@pass_context
def sessions(context: Context, login: str, *, end: bool, as_json: bool) -> None:
    """Where somebody is signed in."""
    with context.station() as station:
        one = _named(station, login)
        if end:
            count = station.services.people.end_all_sessions(context.actor(station), one.id)
            say(f"Đã kết thúc {count} phiên của {one.name}.")
            return
        rows = [
            (local(told.since, station.config).strftime("%d/%m/%Y %H:%M"), told.address or "-", told.device[:60] or "-")
            for told in station.services.people.sessions(one)
        ]
        print_list(("since", "address", "device"), ("Từ lúc", "Địa chỉ", "Thiết bị"), rows, as_json=as_json)


def _named(station: Station, login: str) -> Person:
    found = station.services.people.by_login(login)
    if found is None:
        raise NotFound("person", login)
    return found


@click.command()
@click.option("--verify", is_flag=True, help="Walk the chain; exit code 1 when it is broken.")
@click.option("--by", "login", help="Only what this person did (login).")
@click.option("--act", default="", help="Only by this right, such as approve or plan.")
@click.option("--day", type=Day(), help="Only of this day.")
@click.option("--about", "subject", default="", help="Only about this table, such as campaign or person.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many rows at most.")
@json_option
@pass_context
def audit(
    context: Context,
    login: str | None,
    act: str,
    day: date | None,
    subject: str,
    limit: int,
    *,
    verify: bool,
    as_json: bool,
) -> None:
    """Who did what, newest first: number, time, person, where it came from, what, by which right.

    With `--verify`, whether the log's chain holds, and the hash of its last row: written down elsewhere, it proves
    later that nothing was cut off. Exit code 1 when the chain is broken.
    """
    from scheduler.core.people.kept import AuditFilter

    with context.station() as station:
        actor = context.actor(station)
        if verify:
            _verify(station, actor, as_json=as_json)
            return
        person_id = _named(station, login).id if login else None
        asked = AuditFilter(person_id, act, day.isoformat() if day else "", subject)
        rows = station.services.audit.rows(actor, asked, limit=limit)
        if as_json:
            print_json([asdict(row) | {"at": row.at.isoformat()} for row in rows])
            return
        cells = [
            (
                row.seq,
                f"{local(row.at, station.config):%d/%m/%Y} {clock_text(row.at, station.config)}",
                row.name or "-",
                row.via,
                f"{row.kind} {row.subject} {row.subject_id}".rstrip(),
                row.act or "-",
                row.title[:40],
            )
            for row in rows
        ]
        print_table(("Dòng", "Lúc", "Ai", "Qua", "Đã làm", "Quyền", "Với"), cells)


def _verify(station: Station, actor: Person, *, as_json: bool) -> None:
    count, broken = station.services.audit.verify(actor)
    head = station.services.audit.head()
    if as_json:
        told = {"rows": count, "whole": broken is None, "head": head.hash, "reason": broken.reason if broken else ""}
        print_json(told)
    elif broken is None:
        say(f"Nguyên vẹn, {count} dòng. Dấu của dòng cuối: {head.hash}")
    else:
        say(sentence_of(broken), err=True)
    if broken is not None:
        raise SystemExit(1)


user = click.Group("user", person.commands, help=person.help, hidden=True)
"""The old name of `person`; goes with the next release."""

COMMANDS = (person, user, audit)
