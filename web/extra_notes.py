"""What extras add to pages of the core: notes above every page, and beside one airing or one duty what they
know of it.

Which templates there are stands in the record; a page includes those that this station has use for.
"""

from collections.abc import Iterator
from pathlib import Path

from scheduler.features import FEATURES, folder_of, used
from web.auth import station

__all__ = ["airing_notes", "announcement_acts", "campaign_acts", "duty_notes", "extra_notes", "extra_templates"]


def extra_templates() -> Iterator[Path]:
    """Folders with the templates of extras; in each they lie in folders of their own names."""
    for feature in FEATURES:
        yield folder_of(feature) / "templates"


def extra_notes() -> list[str]:
    """Templates of what every page shows above its own."""
    return list(used(lambda one: one.notes, station().config, station().services.has_row))


def airing_notes() -> list[str]:
    """Templates of what extras know of one airing."""
    return list(used(lambda one: one.airing_notes, station().config, station().services.has_row))


def announcement_acts() -> list[str]:
    """Templates of what extras do with an announcement."""
    return list(used(lambda one: one.announcement_acts, station().config, station().services.has_row))


def campaign_acts() -> list[str]:
    """Templates of what extras do with a campaign."""
    return list(used(lambda one: one.campaign_acts, station().config, station().services.has_row))


def duty_notes() -> list[str]:
    """Templates of what extras make of one duty of a dispatch."""
    return list(used(lambda one: one.duty_notes, station().config, station().services.has_row))
