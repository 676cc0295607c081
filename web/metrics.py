"""`/healthz` and `/metrics`: what a watchman asks every few seconds, and what it plots.

Truth is in the rows, so the numbers are right whichever process is asked and after any restart; only the durations of
requests are this process's own. `/healthz` is open and says no more than it must; `/metrics` answers this machine
itself, or a key with the scope `metrics`.
"""

import ipaddress
import threading
from bisect import bisect_left
from itertools import accumulate

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from scheduler.core.station.health import HealthState
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.operations.health import health_to_dict
from scheduler.services.people.tokens import METRICS
from scheduler.station import Station
from web.api.door import entered
from web.api.problems import problem, status_of
from web.auth import station

__all__ = ["Durations", "bp", "install"]

bp = Blueprint("metrics", __name__)

Labels = tuple[str, str, str]
"""Method, route, status."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds."""
STATUSES = {HealthState.OK.value: 200, HealthState.DEGRADED.value: 200, HealthState.DOWN.value: 503}
HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class Durations:
    """How long requests of this process took, by method, route and status. Any thread may tell one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def observe(self, labels: Labels, seconds: float) -> None:
        with self._lock:
            counts = self._counts.setdefault(labels, [0] * (len(BUCKETS) + 1))
            counts[bisect_left(BUCKETS, seconds)] += 1
            self._sums[labels] = self._sums.get(labels, 0.0) + seconds

    def told(self) -> list[tuple[Labels, list[tuple[str, int]], float]]:
        """Labels, how many took at most as long as each of BUCKETS and how many in all, and their seconds together."""
        names = [*map(str, BUCKETS), "+Inf"]
        with self._lock:
            known = [(labels, list(accumulate(counts)), self._sums[labels]) for labels, counts in self._counts.items()]
        return [(labels, list(zip(names, counts, strict=True)), seconds) for labels, counts, seconds in known]


def install(app: Flask) -> None:
    """Let every request be timed."""
    place: Station = app.extensions["station"]
    durations = app.extensions["durations"] = Durations()

    def begin() -> None:
        g.began = place.clock.monotonic()

    def end(answer: Response) -> Response:
        if "began" in g and not answer.is_streamed:
            route = request.url_rule.rule if request.url_rule else "none"
            known = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "DELETE"} else "other"
            took = place.clock.monotonic() - g.began
            durations.observe((known, route, f"{answer.status_code // 100}xx"), took)
        return answer

    app.before_request(begin)
    app.after_request(end)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """ok, degraded (200) or down (503)."""
    told = health_to_dict(station())
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
    from web.metrics_text import CONTENT_TYPE, text_of  # a megabyte, for a station that is watched alone

    streams, durations = len(current_app.extensions["streams"]), current_app.extensions["durations"]
    return Response(text_of(station(), streams, durations.told()), content_type=CONTENT_TYPE)


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
