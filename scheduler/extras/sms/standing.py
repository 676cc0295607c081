"""Which SMS wait for a leader.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from scheduler.core.station.tasks import Task
from scheduler.services.repositories import Repositories
from scheduler.services.station.task_causes import waiting


def tasks(repos: Repositories, _now: datetime) -> Iterator[Task]:
    """Texts that are handed in."""
    for row in repos.store.rows("SELECT id, title, author_id, writer_id FROM sms WHERE state = 'submitted'"):
        task = waiting(f"sms_waits:{row['id']}", "sms_waits", "sms", row["id"], row["title"])
        yield replace(task, authors=frozenset({row["author_id"], row["writer_id"]} - {None}))
