"""What `/metrics` answers, in Prometheus' own words.

Imported when somebody asks for it: its library is nothing that an unwatched page should carry. It counts nothing.
"""

from collections.abc import Iterator, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from scheduler.core.station.numbers import Number
from scheduler.operations.numbers import station_numbers
from scheduler.station import Station

__all__ = ["CONTENT_TYPE", "text_of"]

CONTENT_TYPE = CONTENT_TYPE_LATEST
Times = Sequence[tuple[tuple[str, str, str], Sequence[tuple[str, int]], float]]
"""Method, route and status; how many requests took at most so long, by the bound in seconds; their seconds together."""


class _Numbers:
    """Every number, read when asked."""

    def __init__(self, place: Station, streams: int, times: Times) -> None:
        self._station, self._streams, self._times = place, streams, times

    def collect(self) -> Iterator[Metric]:
        """Families in the order of the page; what cannot be read is left out, and `loa_database_up` says so."""
        yield from map(_family, station_numbers(self._station))
        yield _family(Number("loa_event_streams", "Open event streams of this process.", {(): self._streams}))
        yield _family_of(self._times)


def text_of(place: Station, streams: int, times: Times) -> bytes:
    """The numbers of a station; `streams`: how many are open."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Numbers(place, streams, times))
    return generate_latest(registry)


def _family(number: Number) -> Metric:
    kind = CounterMetricFamily if number.name.endswith("_total") else GaugeMetricFamily
    family = kind(number.name, number.says, labels=number.labels)
    for key, value in number.values.items():
        family.add_metric(key, float(value))
    return family


def _family_of(times: Times) -> Metric:
    labels = ("method", "route", "status")
    family = HistogramMetricFamily("loa_http_request_seconds", "Time to answer, by route.", labels=labels)
    for values, counts, seconds in times:
        family.add_metric(values, counts, seconds)
    return family
