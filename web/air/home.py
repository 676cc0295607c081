"""The page Hôm nay drawn whole: what the board tells everybody, and one person's own tasks.

What is refused to a task is told on it; acts stand in `live` and in `station.tasks`.
"""

from pathlib import Path
from typing import Any

from flask import render_template, request

from scheduler.kernel.words import Words
from scheduler.services.station.tasks import seen
from web.air.air_board import board
from web.auth import actor
from web.words.task_words import todo_told

__all__ = ["LATER", "home_page"]

LATER = Words(Path(__file__).parent, "later", str)
"""For how long a task is put off, as the desk knows it -> its word."""


def home_page(*, fault: str = "", fault_of: str = "", sent: object = None) -> str:
    """`fault`: why the task `fault_of` was not mended or put off; `sent`: what was sent a moment ago."""
    words = board().words()
    mine = seen(words["tasks"], actor().id, words["put_offs"].get(actor().id, {}), words["now"])
    return render_template(
        "live/page.html",
        **words,
        todos=[todo_told(task, words["now"]) for task in mine.tasks],
        put_off=[(todo_told(task, words["now"]), until) for task, until in mine.put_off],
        later=LATER,
        just_put_off=_just_put_off(mine.put_off),
        fault=fault,
        fault_of=fault_of,
        sent=sent,
    )


def _just_put_off(hidden: list[Any]) -> tuple[str, Any] | None:
    """What has been put off a moment ago, for its undo."""
    key = request.args.get("vua", "")
    return next(((task.key, until) for task, until in hidden if task.key == key), None)
