"""`loa todo`: what will keep an airing off the air unless somebody sees to it (việc cần làm).

It reads the rows that the running station's readiness check has written; it checks and mends nothing itself.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.core.wording import sentence
from scheduler.store.todo import Todo

if TYPE_CHECKING:
    from scheduler.station import Station


@click.command()
@json_option
@pass_context
def todo(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """What needs doing before the next airings, soonest first."""
    with context.station() as station:
        rows = station.parts.todos.open()
        if as_json:
            print_json({"todo": [_json(row, station) for row in rows]})
        else:
            _print(rows, station)


def _json(row: Todo, station: "Station") -> dict[str, Any]:
    return {
        "key": row.key,
        "reason": row.reason,
        "sentence": sentence(row.reason, row.details),
        "title": row.details.get("title", ""),
        "due": local(row.due, station.config).isoformat() if row.due else None,
        "slot_id": row.slot_id,
        "airings": int(row.details.get("airings", 0)),
        "raised_at": local(row.raised_at, station.config).isoformat(),
    }


def _print(rows: list[Todo], station: "Station") -> None:
    if not rows:
        click.echo("Không có việc gì cần làm.")
        return
    click.echo(f"Việc cần làm: {len(rows)}")
    table = [
        (
            f"{local(row.due, station.config):%H:%M %d/%m/%Y}" if row.due else "-",
            row.details.get("airings", "-"),
            row.details.get("title", ""),
            sentence(row.reason, row.details),
        )
        for row in rows
    ]
    print_table(("Trước", "Số lượt", "Bản tin", "Việc"), table)


COMMANDS = (todo,)
