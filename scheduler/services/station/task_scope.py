"""Whose work a task is about, and in which zones mending it acts: looked up for a whole list of tasks at once.

Rights of people who may act on their own work and in their own zones only hang on it. Nothing here writes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from scheduler.core.model import DEFAULT_ZONE
from scheduler.core.station.tasks import Mend, Task
from scheduler.services.repositories import Repositories

__all__ = ["with_scope"]

ONES_OWN = {Mend.ANNOUNCEMENT, Mend.READ_AGAIN, Mend.APPROVE, Mend.APPROVE_RELAY, Mend.UPGRADE}
"""What is about an announcement whose author counts."""
CHANGES = {Mend.ANNOUNCEMENT, Mend.READ_AGAIN}
"""Of those, what changes it everywhere it is aired."""
_AUTHORS = """SELECT id, author_id, writer_id FROM announcement
    WHERE id IN (SELECT value FROM json_each(:ids))"""
_ZONES = """SELECT announcement_id id, zone FROM campaign WHERE state <> 'stopped'
        AND announcement_id IN (SELECT value FROM json_each(:ids))
    UNION SELECT r.value, c.zone FROM campaign c, json_each(c.rotation_json) r WHERE c.state <> 'stopped'
        AND r.value IN (SELECT value FROM json_each(:ids))"""


def with_scope(repos: Repositories, tasks: Sequence[Task]) -> list[Task]:
    """The same tasks with `authors` and `zones`, where what they are about has any."""
    authors = _of_announcements(repos, _AUTHORS, (task for task in tasks if task.mend in ONES_OWN))
    zones = _of_announcements(repos, _ZONES, (task for task in tasks if task.mend in CHANGES))
    return [
        replace(
            task,
            authors=task.authors | (authors[task.about] if task.mend in ONES_OWN else frozenset()),
            zones=task.zones | (zones[task.about] if task.mend in CHANGES else _zone(repos, task)),
        )
        for task in tasks
    ]


def _of_announcements(repos: Repositories, sql: str, tasks: Iterable[Task]) -> defaultdict[str, frozenset[Any]]:
    """Number of an announcement as text -> what the rows of `sql` say of it beside its number."""
    found: defaultdict[str, frozenset[Any]] = defaultdict(frozenset)
    if ids := {int(task.about) for task in tasks if task.about.isdecimal()}:
        for row in repos.store.rows(sql, {"ids": json.dumps(sorted(ids))}):
            found[str(row["id"])] |= {value for name, value in row.items() if name != "id" and value is not None}
    return found


def _zone(repos: Repositories, task: Task) -> frozenset[str]:
    """Where mending acts that is not about an announcement's words."""
    match task.mend:
        case Mend.PLAY_AGAIN:
            return frozenset({repos.slots.slot(task.about).zone})
        case Mend.CAMPAIGN:
            return frozenset({repos.programme.campaign(int(task.about)).zone})
        case Mend.RELAY:
            sql = "SELECT zone FROM relay WHERE announcement_id = ?"
            return frozenset({repos.store.value(sql, (int(task.about),)) or DEFAULT_ZONE})
        case Mend.DISPATCH:
            return frozenset({DEFAULT_ZONE})
    return frozenset()
