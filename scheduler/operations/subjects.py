"""The subjects of the table: the core's, and those that extras bring through their record.

Whoever asks names the extras that count: of the others nothing is imported. Nothing is decided here.
"""

from collections.abc import Iterable

from scheduler.features import Feature, load
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

__all__ = ["operations_of", "subjects_of"]

_CORE: tuple[Subject, ...] = (
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
)


def subjects_of(features: Iterable[Feature]) -> tuple[Subject, ...]:
    """The subjects of the core and of these extras, in the order of the document."""
    return (*_CORE, *(load(where) for feature in features for where in feature.operations))


def operations_of(features: Iterable[Feature]) -> tuple[Operation, ...]:
    """Their operations, in the same order."""
    return tuple(one for subject in subjects_of(features) for one in subject.operations)
