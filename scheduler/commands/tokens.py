"""`loa token add|list|revoke`: the keys with which programs use the HTTP API.

The key is printed once and kept nowhere; what it may do is the desk's question.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.core.people.kept import ApiToken
from scheduler.kernel.errors import NotFound

if TYPE_CHECKING:
    from scheduler.station import Station


@click.group()
def token() -> None:
    """Keys with which programs use the HTTP API."""


@token.command("add")
@click.argument("name")
@click.option("--act", "acts", multiple=True, required=True, help="A right, such as see; may stand several times.")
@click.option("--owner", help="In whose name it acts (login); default: who makes it.")
@click.option("--zone", "zones", multiple=True, help="Bind it to a zone; may stand several times.")
@click.option("--days", default=365, show_default=True, help="How long it opens anything.")
@json_option
@pass_context
def add(
    context: Context,
    name: str,
    acts: tuple[str, ...],
    owner: str | None,
    zones: tuple[str, ...],
    days: int,
    as_json: bool,  # noqa: FBT001 - click gives a flag
) -> None:
    """Make a key with which a program uses the HTTP API, and print it: this once, and never again."""
    with context.station() as station:
        person = station.services.people.by_login(owner) if owner else None
        if owner and person is None:
            raise NotFound("person", owner)
        actor = context.actor(station)
        made = station.services.tokens.add(actor, name, acts, owner=person, zones=zones, days=days)
        if as_json:
            print_json({"token": made.secret} | _json(made.token, station))
        else:
            click.echo(made.secret)
            say("Hãy cất mã này ngay: trạm không giữ bản nào và không hiện lại.", err=True)


@token.command("list")
@json_option
@pass_context
def list_(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Every key there is or was: whose it is, what it may do, until when."""
    with context.station() as station:
        kept = station.services.tokens.listed(context.actor(station))
        if as_json:
            print_json([_json(one, station) for one in kept])
            return
        now = station.clock.now()
        rows = [
            (
                one.name,
                one.hint + "…",
                one.owner,
                " ".join(one.acts),
                f"{local(one.expires_at, station.config):%d/%m/%Y}",
                "dùng được" if one.is_live(now) else "thu hồi" if one.revoked_at else "hết hạn",
            )
            for one in kept
        ]
        print_table(("Tên", "Mã", "Đứng tên", "Quyền", "Đến", "Trạng thái"), rows)


@token.command("revoke")
@click.argument("name")
@pass_context
def revoke(context: Context, name: str) -> None:
    """End a key at once, by its name."""
    with context.station() as station:
        actor = context.actor(station)
        station.services.tokens.revoke(actor, station.services.tokens.named(actor, name).id)
        say("Đã thu hồi mã truy cập.")


def _json(one: ApiToken, station: "Station") -> dict[str, Any]:
    used = local(one.last_used_at, station.config).isoformat() if one.last_used_at else None
    ended = local(one.revoked_at, station.config).isoformat() if one.revoked_at else None
    return {
        "id": one.id,
        "name": one.name,
        "hint": one.hint,
        "owner": one.login,
        "acts": list(one.acts),
        "zones": list(one.zones),
        "expires_at": local(one.expires_at, station.config).isoformat(),
        "last_used_at": used,
        "revoked_at": ended,
    }


COMMANDS = (token,)
