"""Where an alert counts: polygons and circles of CAP against the ward's own place, and codes against the ward's own.

Coordinates are WGS 84 degrees, latitude before longitude. A polygon that is open, empty or crosses itself is refused:
whoever sent it meant something else. A border belongs to its area. It draws nothing and knows no map.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, isfinite, radians, sin, sqrt

from scheduler.kernel.errors import Refused

__all__ = [
    "Circle",
    "Point",
    "Polygon",
    "in_circle",
    "in_polygon",
    "meets",
    "read_circle",
    "read_place",
    "read_polygon",
]

Point = tuple[float, float]
"""Latitude, longitude."""
MOST_POINTS = 1000
LEAST_POINTS = 4
"""A triangle and its first point again."""
EARTH_KM = 6371.0088
_HALF_TURN = 180.0
_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Polygon:
    points: tuple[Point, ...]
    """Closed: the last is the first."""


@dataclass(frozen=True, slots=True)
class Circle:
    center: Point
    radius_km: float


def read_polygon(told: str) -> Polygon:
    """Points "lat,lon lat,lon …", closed. Raises Refused cap_area."""
    words = told.split()
    if not LEAST_POINTS <= len(words) <= MOST_POINTS:
        raise Refused("cap_area", told=told[:_LETTERS])
    made = Polygon(tuple(map(_point, words)))
    points = made.points
    distinct = len(set(points[:-1])) == len(points) - 1
    if points[0] != points[-1] or not distinct or _crosses_itself(points):
        raise Refused("cap_area", told=told[:_LETTERS])
    longitudes = [longitude for _, longitude in points]
    if max(longitudes) - min(longitudes) >= _HALF_TURN:  # over the date line: west and east are not told apart
        raise Refused("cap_area", told=told[:_LETTERS])
    if not any(_side(points[0], points[1], other) for other in points[2:]):
        raise Refused("cap_area", told=told[:_LETTERS])
    return made


def read_circle(told: str) -> Circle:
    """Words "lat,lon radius" in kilometres. Raises Refused cap_area."""
    words = told.split()
    if len(words) != 2:  # noqa: PLR2004 - a centre and a radius
        raise Refused("cap_area", told=told[:_LETTERS])
    radius = _number(words[1])
    if not 0 <= radius <= EARTH_KM * 4:
        raise Refused("cap_area", told=told[:_LETTERS])
    return Circle(_point(words[0]), radius)


def read_place(told: str) -> tuple[Point, ...]:
    """The ward's own place: one point, or a closed polygon. Raises Refused cap_area."""
    words = told.split()
    if len(words) == 1:
        return (_point(words[0]),)
    return read_polygon(told).points if words else ()


def _point(word: str) -> Point:
    parts = word.split(",")
    if len(parts) != 2:  # noqa: PLR2004 - latitude and longitude
        raise Refused("cap_area", told=word[:_LETTERS])
    latitude, longitude = map(_number, parts)
    if abs(latitude) > _HALF_TURN / 2 or abs(longitude) > _HALF_TURN:
        raise Refused("cap_area", told=word[:_LETTERS])
    return latitude, longitude


def _number(word: str) -> float:
    digits = word.lstrip("+-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(word) < 32):  # noqa: PLR2004 - no coordinate is longer
        raise Refused("cap_area", told=word[:_LETTERS])
    try:
        value = float(word)
    except ValueError:
        raise Refused("cap_area", told=word[:_LETTERS]) from None
    if not isfinite(value):
        raise Refused("cap_area", told=word[:_LETTERS])
    return value


def _side(a: Point, b: Point, c: Point) -> float:
    """Above 0: c lies to the left of a→b; 0: on its line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between(a: Point, b: Point, c: Point) -> bool:
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _touch(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Do two stretches have a point in common?"""
    one, two, three, four = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    if (one > 0) != (two > 0) and (three > 0) != (four > 0) and one and two and three and four:
        return True
    on = ((one, a, b, c), (two, a, b, d), (three, c, d, a), (four, c, d, b))
    return any(side == 0 and _between(start, end, point) for side, start, end, point in on)


def _crosses_itself(points: tuple[Point, ...]) -> bool:
    edges = list(pairwise(points))
    last = len(edges) - 1
    for first, (a, b) in enumerate(edges):
        for second in range(first + 2, len(edges)):
            if (first, second) != (0, last) and _touch(a, b, *edges[second]):
                return True
    return False


def in_polygon(polygon: Polygon, point: Point) -> bool:
    """Inside, or on the border."""
    inside = False
    for a, b in pairwise(polygon.points):
        if _side(a, b, point) == 0 and _between(a, b, point):
            return True
        if (a[0] > point[0]) != (b[0] > point[0]):
            crossing = (b[1] - a[1]) * (point[0] - a[0]) / (b[0] - a[0]) + a[1]
            inside ^= point[1] < crossing
    return inside


def in_circle(circle: Circle, point: Point) -> bool:
    """By the great circle."""
    first, second = radians(circle.center[0]), radians(point[0])
    step, turn = (second - first) / 2, radians(point[1] - circle.center[1]) / 2
    half = sin(step) ** 2 + cos(first) * cos(second) * sin(turn) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half))) <= circle.radius_km


def _holds(shape: Polygon | Circle, point: Point) -> bool:
    return in_circle(shape, point) if isinstance(shape, Circle) else in_polygon(shape, point)


def meets(shape: Polygon | Circle, place: tuple[Point, ...]) -> bool:
    """Has the ward's place anything in common with an area? A place of one point: does it lie in it?"""
    if any(_holds(shape, point) for point in place):
        return True
    if len(place) < LEAST_POINTS:
        return False
    ward = Polygon(place)
    if isinstance(shape, Circle):
        return in_polygon(ward, shape.center) or _reaches(shape, place)
    if any(in_polygon(ward, point) for point in shape.points):
        return True
    own = list(pairwise(place))
    return any(_touch(a, b, c, d) for a, b in pairwise(shape.points) for c, d in own)


def _reaches(circle: Circle, place: tuple[Point, ...]) -> bool:
    """Does a circle reach one of the ward's edges? Flat is good enough for a ward."""
    narrow = cos(radians(circle.center[0]))
    for a, b in pairwise(place):
        ax, ay = (a[1] - circle.center[1]) * narrow, a[0] - circle.center[0]
        bx, by = (b[1] - circle.center[1]) * narrow, b[0] - circle.center[0]
        length = (bx - ax) ** 2 + (by - ay) ** 2
        along = max(0.0, min(1.0, -(ax * (bx - ax) + ay * (by - ay)) / length)) if length else 0.0
        near = (a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1]))
        if in_circle(circle, near):
            return True
    return False
