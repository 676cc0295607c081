"""The offline map of the wards: coordinates to places on a drawing, its scale, and what has no place on it.

Pure. Equirectangular around the middle of the wards, north above; a town or a province is small enough for it. It says
nothing that the list does not say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians

from scheduler.extras.hub.rules.wards import Standing
from scheduler.extras.hub.service.wards import WardState

__all__ = ["SHAPES", "Drawing", "Marker", "drawn"]

WIDTH = 640.0
LOWEST, HIGHEST = 260.0, 640.0
MARGIN = 34.0
LEAST_DEGREES = 0.01
"""Wards nearer to each other than this (about a kilometre) are not drawn further apart than it."""
KM_A_DEGREE = 111.32
MOST_NAMES = 30
"""With more wards their names would lie upon each other."""
MOST_LETTERS = 22
SHAPES = {
    Standing.ON_AIR: "M-7-10 11 0-7 10Z",
    Standing.QUIET: "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0Z",
    Standing.LATE: "M0-11 11 9H-11Z",
    Standing.CUT_OFF: "M-10-6-6-10 0-4 6-10 10-6 4 0 10 6 6 10 0 4-6 10-10 6-4 0Z",
    Standing.NEVER: "M0-10 10 0 0 10-10 0Z",
    Standing.REVOKED: "M-8-8H8V8H-8Z",
}
"""A shape of its own for each state: colour alone tells nothing to many."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A ward on the drawing, in its units."""

    ward: WardState
    x: float
    y: float
    shape: str
    name: str
    """Short; empty where names are left out."""
    name_left: bool
    """Its name stands to the left of it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    markers: tuple[Marker, ...]
    scale_km: float
    scale_width: float
    placeless: int
    """Wards whose coordinates nobody has told."""


def drawn(wards: Sequence[WardState]) -> Drawing | None:
    """The map of these wards; None where none has a place."""
    placed = [(one, one.place) for one in wards if one.place is not None]
    if not placed:
        return None
    latitudes, longitudes = [place[0] for _, place in placed], [place[1] for _, place in placed]
    narrow = max(0.05, cos(radians((min(latitudes) + max(latitudes)) / 2)))
    middle_y, middle_x = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
    wide = max((max(longitudes) - min(longitudes)) * narrow, LEAST_DEGREES)
    tall = max(max(latitudes) - min(latitudes), LEAST_DEGREES)
    height = min(HIGHEST, max(LOWEST, (WIDTH - 2 * MARGIN) * tall / wide + 2 * MARGIN))
    units = min((WIDTH - 2 * MARGIN) / wide, (height - 2 * MARGIN) / tall)
    named = len(placed) <= MOST_NAMES

    def marker(ward: WardState, place: tuple[float, float]) -> Marker:
        x = WIDTH / 2 + (place[1] - middle_x) * narrow * units
        y = height / 2 - (place[0] - middle_y) * units
        short = ward.name if len(ward.name) <= MOST_LETTERS else ward.name[: MOST_LETTERS - 1] + "…"
        return Marker(ward, round(x, 1), round(y, 1), SHAPES[ward.state], short if named else "", x > WIDTH * 0.6)

    markers = tuple(marker(*one) for one in sorted(placed, key=lambda one: (-one[1][0], one[0].id)))
    km = _round_km(WIDTH / 4 / units * KM_A_DEGREE)
    return Drawing(WIDTH, round(height, 1), markers, km, round(km / KM_A_DEGREE * units, 1), len(wards) - len(placed))


def _round_km(km: float) -> float:
    """The largest of 1, 2, 5, 10 … that is not more."""
    power = 10.0 ** floor(log10(km))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= km * 1.000001)
