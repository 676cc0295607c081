"""Which extras this page has, and what they add to pages of the core: notes above all, beside an airing, beside a duty.

Looked at once when the application is built, and again when `web.pages` looks; a page that is drawn asks no table
about an extra. An application that stands alone, as in tests, looks at every request. It decides nothing: what is on
is the record's to say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import current_app, g

from scheduler.features import FEATURES, Feature, Hook, folder_of, used, with_pages
from scheduler.station import Station

__all__ = [
    "Here",
    "airing_notes",
    "announcement_acts",
    "campaign_acts",
    "duty_notes",
    "extra_notes",
    "extra_templates",
    "here",
    "not_here",
    "seen",
]

SWITCHED = frozenset(feature.name for feature in FEATURES if feature.switch)
"""Those that a page of the core turns on."""


@dataclass(frozen=True, slots=True)
class Here:
    """The extras of one page."""

    names: frozenset[str]
    """Whose pages are there."""
    notes: tuple[str, ...]
    """Templates of what every page shows above its own."""
    airing_notes: tuple[str, ...]
    """Templates of what extras know of one airing."""
    duty_notes: tuple[str, ...]
    """Templates of what extras make of one duty of a dispatch."""
    announcement_acts: tuple[str, ...]
    """Templates of what extras do with an announcement."""
    campaign_acts: tuple[str, ...]
    """Templates of what extras do with a campaign."""


def seen(station: Station, also: frozenset[str] = frozenset()) -> Here:
    """What there is now. `also`: extras to be there whatever the station says."""
    config, has_row = station.config, cache(station.services.has_row)
    names = with_pages(config, station.services.has_used) | also

    def of(hooks: Callable[[Feature], tuple[Hook, ...]]) -> tuple[str, ...]:
        return tuple(used(hooks, config, has_row, names))

    return Here(
        names,
        notes=of(lambda one: one.notes),
        airing_notes=of(lambda one: one.airing_notes),
        duty_notes=of(lambda one: one.duty_notes),
        announcement_acts=of(lambda one: one.announcement_acts),
        campaign_acts=of(lambda one: one.campaign_acts),
    )


def here() -> Here:
    """Those of this application."""
    kept: Here | None = current_app.extensions["extras here"]
    if kept is not None:
        return kept
    if "extras_here" not in g:
        g.extras_here = seen(current_app.extensions["station"], current_app.extensions["extras also"])
    found: Here = g.extras_here
    return found


def extra_templates() -> Iterator[Path]:
    """Folders with the templates of extras; in each they lie in folders of their own names."""
    for feature in FEATURES:
        yield folder_of(feature) / "templates"


def extra_on(name: str) -> bool:
    """Whether this station uses the extra."""
    return name in here().names


def not_here(path: str) -> Feature | None:
    """The extra whose page stands at this address where it is on, if it is off."""
    for feature in FEATURES:
        if any(path == one or path.startswith(f"{one}/") for one in feature.addresses):
            return feature if feature.name not in here().names else None
    return None


def extra_notes() -> tuple[str, ...]:
    """Templates of what every page shows above its own."""
    return here().notes


def airing_notes() -> tuple[str, ...]:
    """Templates of what extras know of one airing."""
    return here().airing_notes


def duty_notes() -> tuple[str, ...]:
    """Templates of what extras make of one duty of a dispatch."""
    return here().duty_notes


def announcement_acts() -> tuple[str, ...]:
    """Templates of what extras do with an announcement."""
    return here().announcement_acts


def campaign_acts() -> tuple[str, ...]:
    """Templates of what extras do with a campaign."""
    return here().campaign_acts
