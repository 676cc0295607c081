"""`/healthz` and `/metrics`: what a watchman asks every few seconds, and what it plots.

Truth is in the rows, so the numbers are right whichever process is asked and after any restart; only the durations of
requests are this process's own. `/healthz` is open and says no more than it must; `/metrics` answers this machine
itself, or a key with the scope `metrics`.
"""

import ipaddress
import shutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.station.health import HealthState
from scheduler.features import wanted
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.operations.health import health_told, release, station_facts
from scheduler.services.people.tokens import METRICS
from scheduler.station import Station
from web.api.door import entered
from web.api.problems import problem, status_of
from web.auth import station

__all__ = ["FromRows", "bp", "install"]

bp = Blueprint("metrics", __name__)

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)
STATUSES = {HealthState.OK.value: 200, HealthState.DEGRADED.value: 200, HealthState.DOWN.value: 503}
JOB_STATES = ("waiting", "running", "ready", "warning", "refused")
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
        yield _gauge("loa_build_info", "The release.", {(release(),): 1}, ("version",))
        facts = station_facts(self._station)
        yield _gauge("loa_database_up", "1 = the database can be read.", {(): facts.database})
        if not facts.database:
            return
        ages = {(name,): age for name, age in facts.ages.items() if age is not None}
        yield _gauge("loa_heartbeat_age_seconds", "Since a process said a word.", ages, ("process",))
        yield _gauge("loa_clock_trusted", "1 = the wall clock is trusted.", {(): facts.clock_trusted})
        opened = {(name,): is_open for name, is_open in facts.outputs.items()}
        yield _gauge("loa_output_open", "1 = the output is open.", opened, ("output",))
        yield from self._air()
        yield from self._work()
        free = shutil.disk_usage(self._station.config.data).free
        yield _gauge("loa_disk_free_bytes", "Left on the disk of the data.", {(): free})

    def _air(self) -> Iterable[Metric]:
        on_air = self._station.services.air.on_air()
        triggers = [str(one.get("trigger", "")) for one in on_air.airings]
        sounding = {(one.value,): triggers.count(one.value) for one in Trigger}
        yield _gauge("loa_on_air", "Airings that sound now, by what set them off.", sounding, ("trigger",))
        dropped = {(str(one["name"]),): float(one.get("dropped", 0)) for one in on_air.outputs}
        yield _counter("loa_output_dropped", "Blocks an output was too late for.", dropped, ("output",))
        sums = self._station.services.counts.journal()
        ended = {(one.value,): sums.airings[one.value] for one in AiringOutcome}
        yield _counter("loa_slots", "Slots that have ended, by outcome.", ended, ("outcome",))
        heard = {(one.value,): sums.heard_ms[one.value] / 1000 for one in Trigger}
        yield _counter("loa_airtime_seconds", "Measured seconds of sound on loudspeakers.", heard, ("trigger",))

    def _work(self) -> Iterable[Metric]:
        jobs = self._station.services.counts.jobs()
        yield _gauge(
            "loa_jobs", "Jobs of the worker, by state.", {(one,): jobs.get(one, 0) for one in JOB_STATES}, ("state",)
        )
        yield _gauge("loa_todo_open", "Things that wait for somebody.", {(): self._station.services.counts.tasks()})
        streams = len(self._app.extensions["streams"])
        yield _gauge("loa_event_streams", "Open event streams of this process.", {(): streams})
        # A machine without the air has no line of its own.
        lines = (
            ()
            if self._station.only_reads
            else wanted(lambda one: one.gauges, self._station.config, self._station.services.has_row)
        )
        for gauges in lines:
            for name, says, value in gauges(self._station.services):
                yield _gauge(name, says, {(): value})


def _gauge(name: str, says: str, values: Mapping[Any, float], labels: tuple[str, ...] = ()) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for key, value in values.items():
        family.add_metric(key, float(value))
    return family


def _counter(name: str, says: str, values: Mapping[Any, float], labels: tuple[str, ...]) -> Metric:
    family = CounterMetricFamily(name, says, labels=labels)
    for key, value in values.items():
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
