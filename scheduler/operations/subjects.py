"""Every subject of the table: the core's, and those that extras bring through their record.

Who needs the whole table imports it here; nothing is decided.
"""

from scheduler.features import FEATURES, load
from scheduler.operations import (
    air,
    announcements,
    campaigns,
    clock,
    dispatches,
    emergency,
    house,
    journal,
    plan,
    sounds,
    submissions,
)
from scheduler.operations.table import Operation, Subject

__all__ = ["OPERATIONS", "SUBJECTS"]

SUBJECTS: tuple[Subject, ...] = (
    house.subject,
    announcements.subject,
    sounds.recordings,
    sounds.uploads,
    sounds.jobs,
    campaigns.subject,
    plan.subject,
    submissions.subject,
    air.subject,
    clock.subject,
    emergency.subject,
    journal.journal,
    journal.reports,
    dispatches.subject,
    *(load(where) for feature in FEATURES for where in feature.operations),
)
OPERATIONS: tuple[Operation, ...] = tuple(one for subject in SUBJECTS for one in subject.operations)
"""Every operation there is, in the order of the document."""
