"""Which extras this page has, and what they add to pages of the core: notes above all, beside an airing, beside a duty.

Looked at once when the application is built, and again when `web.pages` looks; a page that is drawn asks no table
about an extra, and its templates have them as `extras`. An application that stands alone, as in tests, looks at every
request. It decides nothing: what is on is the record's to say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, current_app

from scheduler.features import FEATURES, Feature, Hook, folder_of, used, with_pages
from scheduler.station import Station

__all__ = [
    "Here",
    "extra_on",
    "extra_templates",
    "here",
    "install",
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


def install(app: Flask, station: Station, found: Here | None, also: frozenset[str]) -> None:
    """Let an application have these extras; None = what there is at each request, and `also`."""
    if found is None:
        app.before_request(lambda: app.extensions.update({"extras here": seen(station, also)}))
    app.extensions["extras here"] = found or seen(station, also)


def here() -> Here:
    """Those of this application."""
    found: Here = current_app.extensions["extras here"]
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
