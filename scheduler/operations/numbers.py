"""The station in numbers: one source for `/metrics` and for `loa status --json`, with the same names in both.

All is read from rows when asked, so it is right whichever process is asked and after any restart. What is not known now
is left out: a process that is silent is not believed about outputs, clock and voice.
"""

import shutil
import sqlite3
from collections.abc import Iterator

from scheduler.core.model import AiringOutcome, Trigger
from scheduler.core.station.numbers import Number, joined
from scheduler.core.station.station_faults import WORKER_SILENT
from scheduler.core.station.tasks import Gravity
from scheduler.features import wanted
from scheduler.operations.health import release, station_facts
from scheduler.station import Station

__all__ = ["station_numbers"]

JOB_STATES = ("waiting", "running", "ready", "warning", "refused")


def station_numbers(station: Station) -> list[Number]:
    """Every number, in the order of the page; `loa_database_up` 0 = the rows cannot be read, and no more is told."""
    try:
        return joined(_from_rows(station))
    except sqlite3.Error:
        return [*_whole(is_up=False)]


def _whole(*, is_up: bool) -> Iterator[Number]:
    yield Number("loa_build_info", "The release.", {(release(),): 1}, ("version",))
    yield Number("loa_database_up", "1 = the database can be read.", {(): is_up})


def _from_rows(station: Station) -> Iterator[Number]:
    facts = station_facts(station)
    yield from _whole(is_up=facts.database)
    if not facts.database:
        return
    ages = {(name,): age for name, age in facts.ages.items() if age is not None}
    yield Number("loa_heartbeat_age_seconds", "Since a process said a word.", ages, ("process",))
    yield from _air(station)
    yield from _aired(station)
    yield from _work(station)
    free = shutil.disk_usage(station.config.data).free
    yield Number("loa_disk_free_bytes", "Left on the disk of the data.", {(): free})
    if station.only_reads:
        return  # a machine without the air has no line of its own
    for gauges in wanted(lambda one: one.gauges, station.config, station.services.has_row):
        yield from gauges(station.services)


def _air(station: Station) -> Iterator[Number]:
    on_air = station.services.air.on_air()
    if on_air.alive:
        yield Number("loa_clock_trusted", "1 = the wall clock is trusted.", {(): on_air.clock_trusted})
        opened = {(str(one["name"]),): one["state"] == "open" for one in on_air.outputs}
        yield Number("loa_output_open", "1 = the output is open.", opened, ("output",))
        dropped = {(str(one["name"]),): float(one.get("dropped", 0)) for one in on_air.outputs}
        yield Number("loa_output_dropped_total", "Blocks an output was too late for.", dropped, ("output",))
    triggers = [str(one.get("trigger", "")) for one in on_air.airings]
    sounding = {(one.value,): triggers.count(one.value) for one in Trigger}
    yield Number("loa_on_air", "Airings that sound now, by what set them off.", sounding, ("trigger",))


def _aired(station: Station) -> Iterator[Number]:
    sums = station.services.counts.journal()
    ended = {(one.value,): sums.airings[one.value] for one in AiringOutcome}
    yield Number("loa_slots_total", "Slots that have ended, by outcome.", ended, ("outcome",))
    last = {(outcome,): at.timestamp() for outcome, at in sums.last_at.items()}
    says = "When the last slot with this outcome was journalled."
    yield Number("loa_last_airing_timestamp_seconds", says, last, ("outcome",))
    heard = {(one.value,): sums.heard_ms[one.value] / 1000 for one in Trigger}
    yield Number("loa_airtime_seconds_total", "Measured seconds of sound on loudspeakers.", heard, ("trigger",))


def _work(station: Station) -> Iterator[Number]:
    services = station.services
    jobs = services.counts.jobs()
    states = {(one,): jobs.get(one, 0) for one in JOB_STATES}
    yield Number("loa_jobs", "Jobs of the worker, by state.", states, ("state",))
    worker = services.processes.heartbeat("worker")
    if worker and "no_voice" in worker.state and abs(station.clock.now() - worker.at).total_seconds() <= WORKER_SILENT:
        yield Number("loa_voice_ready", "1 = the worker has a voice.", {(): not worker.state["no_voice"]})
    found = [one.gravity for one in services.to_do.open()]
    tasks = {(one.name.lower(),): found.count(one) for one in Gravity}
    yield Number("loa_todo_open", "Things that wait for somebody, by how grave they are.", tasks, ("gravity",))
