"""`/healthz` and `/metrics`: what a watchman asks every few seconds, and what it plots.

Truth is in the rows, so the numbers are right whichever process is asked and after any restart; only the durations of
requests are this process's own. `/healthz` is open and says no more than it must; `/metrics` answers this machine
itself, or a key with the scope `metrics`.
"""

import ipaddress
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from scheduler.core.station.health import HealthState
from scheduler.core.station.numbers import Number
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.operations.health import health_told
from scheduler.operations.numbers import station_numbers
from scheduler.services.people.tokens import METRICS
from scheduler.station import Station
from web.api.door import entered
from web.api.problems import problem, status_of
from web.auth import station

__all__ = ["FromRows", "bp", "install"]

bp = Blueprint("metrics", __name__)

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)
STATUSES = {HealthState.OK.value: 200, HealthState.DEGRADED.value: 200, HealthState.DOWN.value: 503}
HERE = frozenset({"127.0.0.1", "localhost", "::1"})


def install(app: Flask) -> None:
    """Let every request be timed, and the rows be read when somebody asks."""
    registry = CollectorRegistry(auto_describe=False)
    place: Station = app.extensions["station"]
    registry.register(FromRows(app, place))
    durations = Histogram(
        "loa_http_request_seconds",
        "Time to answer, by route.",
        ("method", "route", "status"),
        buckets=BUCKETS,
        registry=registry,
    )
    app.extensions["metrics"] = registry

    def begin() -> None:
        g.began = place.clock.monotonic()

    def end(answer: Response) -> Response:
        if "began" in g and not answer.is_streamed:
            route = request.url_rule.rule if request.url_rule else "none"
            known = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "DELETE"} else "other"
            took = place.clock.monotonic() - g.began
            durations.labels(known, route, f"{answer.status_code // 100}xx").observe(took)
        return answer

    app.before_request(begin)
    app.after_request(end)


class FromRows:
    """Every number but the durations, read when asked."""

    def __init__(self, app: Flask, place: Station) -> None:
        self._app, self._station = app, place

    def collect(self) -> Iterator[Metric]:
        """Families in the order of the page; what cannot be read is left out, and `loa_database_up` says so."""
        streams = {(): len(self._app.extensions["streams"])}
        yield from map(_family, station_numbers(self._station))
        yield _family(Number("loa_event_streams", "Open event streams of this process.", streams))


def _family(number: Number) -> Metric:
    kind = CounterMetricFamily if number.name.endswith("_total") else GaugeMetricFamily
    family = kind(number.name, number.says, labels=number.labels)
    for key, value in number.values.items():
        family.add_metric(key, float(value))
    return family


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """ok, degraded (200) or down (503)."""
    told = health_told(station())
    answer = jsonify(told)
    answer.status_code = STATUSES[told["status"]]
    return answer


@bp.get("/metrics")
def metrics() -> ResponseReturnValue:
    """The numbers, as Prometheus reads them."""
    if request.headers.get("Authorization") or not _from_here():
        try:
            entered("")
            _scope()
        except Refused as refused:
            return problem(refused.reason, refused.details, status=status_of(refused))
    registry: CollectorRegistry = current_app.extensions["metrics"]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _scope() -> None:
    if METRICS not in (g.api_token.acts if "api_token" in g else ()):
        raise NotPermitted(METRICS, g.person.role.value, "token_scope")


def _from_here() -> bool:
    """Whether it was asked by this machine and under its own name: a proxy in front asks by another."""
    host = request.host.rsplit(":", 1)[0].strip("[]") if not request.host.endswith("]") else request.host.strip("[]")
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback and host in HERE
    except ValueError:
        return False
