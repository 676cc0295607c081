"""What waits of alerts in CAP.

It reads rows or values that others have written, and changes nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from scheduler.core.station.tasks import Gravity, Task
from scheduler.extras.cap.intake.signature import pinned
from scheduler.extras.cap.rows import Alerts
from scheduler.extras.inbox.standing import undecided
from scheduler.services.repositories import Repositories
from scheduler.services.station.task_causes import CERTIFICATE_AHEAD, waiting


def tasks(repos: Repositories, now: datetime) -> Iterator[Task]:
    """What waits of alerts in CAP: alerts, rules for a leader, certificates of senders that end soon or have ended."""
    rows = Alerts(repos.store)
    yield from undecided(rows, "cap", "cap_waits", "cap_emergency_waits")
    for rule in rows.rules():
        if not rule.rule.approved:
            told = rule.rule
            task = waiting(f"cap_rule_waits:{told.id}", "cap_rule_waits", "cap_trust", told.id, told.title)
            yield replace(task, authors=frozenset({rule.created_by}))
    for kept in rows.senders():
        sender = kept.sender
        ends = max((one.ends for one in pinned(sender.certificates)), default=None)
        if ends is not None and ends - now <= CERTIFICATE_AHEAD:
            reason = "cap_certificate_ended" if ends < now else "cap_certificate_ends"
            day = f"{repos.config.station.day_of(ends):%d/%m/%Y}"
            key = f"cap_certificate:{sender.sender}"
            yield Task(key, reason, Gravity.WAITS, "cap_trust", due=ends, details={"sender": sender.name, "day": day})
