"""The page Hôm nay drawn whole: what the board tells everybody, and one person's own tasks.

What is refused to a task is told on it; acts stand in `live` and in `station.tasks`.
"""

from pathlib import Path
from typing import Any

from flask import render_template, request

from scheduler.core.station.tasks import Task
from scheduler.kernel.words import Words
from scheduler.services.station.tasks import seen
from web.air.air_board import board
from web.auth import actor
from web.words.task_words import TodoTold, todo_told

__all__ = ["LATER", "home_page"]

LATER = Words(Path(__file__).parent, "later", str)
"""For how long a task is put off, as the desk knows it -> its word."""


def home_page(*, fault: str = "", fault_of: str = "", sent: object = None) -> str:
    """`fault`: why the task with the key `fault_of` was not mended or put off; `sent`: what was sent a moment ago."""
    words = board().words()
    shares = board().shares_of(actor())
    told = [task for task in words["tasks"] if task.key in shares]
    mine = seen(told, words["put_offs"].get(actor().id, {}), words["now"])

    def in_words(task: Task) -> TodoTold:
        return todo_told(task, shares[task.key], words["now"], words["who_mends"])

    todos = [in_words(task) for task in mine.tasks]
    return render_template(
        "live/page.html",
        **words,
        todos=todos,
        put_off=[(in_words(task), until) for task, until in mine.put_off],
        later=LATER,
        just_put_off=_just_put_off(mine.put_off),
        fault=fault,
        fault_of=next((one.name for one in todos if one.key == fault_of), ""),
        sent=sent,
    )


def _just_put_off(hidden: list[Any]) -> tuple[str, Any] | None:
    """What has been put off a moment ago, for its undo."""
    key = request.args.get("vua", "")
    return next(((task.key, until) for task, until in hidden if task.key == key), None)
