"""`loa todo`: what will fail or waits for somebody (việc cần làm), as the page lists it, soonest first.

It reads rows and heartbeats and mends nothing; what a running station's readiness check has found is among it.
"""

from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.base import Context, json_option, local, pass_context, print_json, print_table
from scheduler.commands.language import say
from scheduler.core.station.tasks import Gravity, Task, task_sentence

if TYPE_CHECKING:
    from scheduler.station import Station

NOW = "ngay bây giờ"


@click.command()
@json_option
@pass_context
def todo(context: Context, as_json: bool) -> None:  # noqa: FBT001 - click gives a flag
    """Everything that will fail or waits for somebody (việc cần làm), as the page lists it: what fails now first, then
    the soonest. One line for each cause, however many airings it spoils.
    """
    with context.station() as station:
        tasks = station.services.to_do.open()
        if as_json:
            print_json({"todo": [_json(task, station) for task in tasks]})
        else:
            _print(tasks, station)


def _json(task: Task, station: "Station") -> dict[str, Any]:
    airings = task.details.get("airings", "")
    return {
        "key": task.key,
        "reason": task.reason,
        "sentence": task_sentence(task),
        "title": task.details.get("title", ""),
        "due": local(task.due, station.config).isoformat() if task.due else None,
        "gravity": task.gravity.name.lower(),
        "mend": str(task.mend),
        "about": task.about,
        "airings": int(airings) if airings.isdecimal() else 0,
    }


def _print(tasks: list[Task], station: "Station") -> None:
    if not tasks:
        say("Không có việc gì cần làm.")
        return
    say(f"Việc cần làm: {len(tasks)}")
    table = [(_when(task, station), task.details.get("title", ""), task_sentence(task)) for task in tasks]
    print_table(("Trước", "Bản tin", "Việc"), table)


def _when(task: Task, station: "Station") -> str:
    if task.gravity is Gravity.NOW:
        return NOW
    return f"{local(task.due, station.config):%H:%M %d/%m/%Y}" if task.due else "-"


COMMANDS = (todo,)
