"""What a watchman is told: one word at /healthz, the numbers at /metrics, and nothing that opens a door."""

import json
import sqlite3
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scheduler.core.model import AiringOutcome
from scheduler.core.station.tasks import Gravity
from scheduler.operations import health
from scheduler.services.people.tokens import METRICS
from scheduler.store import Ending
from scheduler.store.report.counts import JournalSums

OUTPUT = {"name": "Loa", "kind": "icecast", "state": "open", "message": "http://nguon:bi-mat@dai.example/", "device": "http://nguon:bi-mat@dai.example/", "dropped": 3}  # fmt: skip


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def alive(station, clock):
    """Every process has just said a word."""

    def say(outputs=(OUTPUT,), airings=(), *, trusted=True):
        state = {"outputs": list(outputs), "airings": list(airings), "clock_trusted": trusted}
        station.repos.jobs.beat("playout", 1, clock.now(), state)
        for name in ("web", "worker"):
            station.repos.jobs.beat(name, 1, clock.now(), {})

    return say


@pytest.fixture
def key(station, hung):
    def made(*acts):
        return station.services.tokens.add(hung, "giám sát" + "".join(acts), acts).secret

    return made


def numbers(client, **more):
    answer = client.get("/metrics", **more)
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith("text/plain")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def lost(jobs, name):
    raise sqlite3.OperationalError("disk I/O error")


# healthz


def test_a_station_that_has_never_run_is_down(client):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    told = answer.get_json()
    assert told["status"] == "down"
    [wrong] = [one for one in told["checks"] if one["state"] == "down"]
    assert (wrong["name"], wrong["reason"]) == ("playout", "playout_silent")
    assert wrong["sentence"]


def test_a_station_that_runs_is_well_and_one_without_a_worker_is_not_quite(client, clock, station, alive):
    alive()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "ok")
    clock.advance(40)
    alive()
    station.repos.jobs.beat("worker", 1, clock.now() - timedelta(seconds=31), {})
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
    clock.advance(6)
    assert client.get("/healthz").status_code == 503


def test_no_open_output_and_an_untrusted_clock_are_down(client, alive):
    alive(outputs=[OUTPUT | {"state": "retrying"}])
    assert client.get("/healthz").status_code == 503
    alive(trusted=False)
    assert client.get("/healthz").status_code == 503


def test_a_database_out_of_reach_is_told_and_is_no_fault_of_the_page(client, station, monkeypatch):
    monkeypatch.setattr(type(station.repos.jobs), "heartbeat", lost)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert [one["reason"] for one in answer.get_json()["checks"]] == ["database_lost"]


def test_health_is_open_to_anybody_tells_no_secret_and_writes_nothing(client, station, alive):
    alive()
    before = station.repos.store.version()
    text = client.get("/healthz", environ_base={"REMOTE_ADDR": "192.168.1.20"}).text
    assert station.repos.store.version() == before
    for secret in ("bi-mat", "dai.example", str(station.config.data), "lan", "hw:"):
        assert secret not in json.loads(text).__str__(), secret


def test_health_looks_at_no_disk(client, alive, monkeypatch):
    alive()
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: pytest.fail("the disk was asked"))
    assert client.get("/healthz").status_code == 200


# metrics: who may read them


def test_this_machine_reads_them_and_nobody_else_does_without_a_key(client, alive, key):
    alive()
    assert client.get("/metrics").status_code == 200
    stranger = {"environ_base": {"REMOTE_ADDR": "192.168.1.20"}}
    refused = client.get("/metrics", **stranger)
    assert (refused.status_code, refused.get_json()["reason"]) == (401, "token_missing")
    sent = {"Authorization": f"Bearer {key(METRICS)}"}
    assert client.get("/metrics", headers=sent, **stranger).status_code == 200
    other = {"Authorization": f"Bearer {key('see')}"}
    answer = client.get("/metrics", headers=other, **stranger)
    assert (answer.status_code, answer.get_json()["reason"]) == (403, "token_scope")
    wrong = client.get("/metrics", headers={"Authorization": "Bearer loa_x"})
    assert wrong.status_code == 401, "who shows a key is judged by it, here too"


def test_a_proxy_on_this_machine_does_not_open_them_to_the_world(client, alive):
    alive()
    for host in ("192.168.1.5:8642", "10.0.0.1", "[fe80::1]:8642"):
        assert client.get("/metrics", headers={"Host": host}).status_code == 401, host
    for host in ("127.0.0.1:8642", "localhost", "[::1]:8642"):
        assert client.get("/metrics", headers={"Host": host}).status_code == 200, host


# metrics: what they say


def test_they_can_be_parsed_and_name_what_they_count(client, alive):
    alive()
    text = client.get("/metrics").text
    families = list(text_string_to_metric_families(text))
    assert all(one.name.startswith("loa_") and one.documentation for one in families)
    assert len({one.name for one in families}) == len(families)
    for secret in ("bi-mat", "dai.example"):
        assert secret not in text


def test_they_say_how_the_station_is(client, station, clock, alive):
    airing = {"slot_id": "x", "title": "Tiêm", "trigger": "schedule", "started_at": clock.now().isoformat(), "played_ms": 1, "total_ms": 9}  # fmt: skip
    alive(airings=[airing])
    clock.advance(2)
    found = numbers(client)
    assert found[("loa_heartbeat_age_seconds", "playout")] == 2
    assert found[("loa_clock_trusted",)] == 1
    assert found[("loa_output_open", "Loa")] == 1
    assert found[("loa_output_dropped_total", "Loa")] == 3
    assert found[("loa_on_air", "schedule")] == 1
    assert found[("loa_on_air", "emergency")] == 0
    assert found[("loa_database_up",)] == 1
    assert found[("loa_disk_free_bytes",)] > 0
    assert found[("loa_event_streams",)] == 0
    clock.advance(10)
    assert numbers(client)[("loa_on_air", "schedule")] == 0, "a word that is too old is not believed"


def test_slots_airtime_and_jobs_are_counted_from_rows(client, station, clock, cast, alive):
    alive()
    cast.planned(cast.approved())
    slots = station.repos.slots.of_day(clock.now().date() + timedelta(days=1))
    station.repos.slots.close(slots[0].id, Ending(AiringOutcome.PLAYED, played_ms=3500), clock.now())
    found = numbers(client)
    assert found[("loa_slots_total", "played")] == 1
    assert found[("loa_slots_total", "missed")] == 0
    assert found[("loa_airtime_seconds_total", "schedule")] == 3.5
    station.repos.slots.close(slots[1].id, Ending(AiringOutcome.MISSED, "station_off"), clock.now())
    station.repos.jobs.add("speech", {}, cast.lan.id, clock.now())
    found = numbers(client)
    assert found[("loa_slots_total", "played")] == 1
    assert found[("loa_slots_total", "missed")] == 1
    assert found[("loa_jobs", "waiting")] == 1
    assert found[("loa_jobs", "refused")] == 0
    assert found[("loa_last_airing_timestamp_seconds", "played")] == clock.now().timestamp()
    assert ("loa_last_airing_timestamp_seconds", "partial") not in found, "nothing has ended so"


def test_the_last_airing_is_the_last_that_was_journalled_even_when_the_clock_went_back(client, station, clock, cast):
    cast.planned(cast.approved())
    slots = station.repos.slots.of_day(clock.now().date() + timedelta(days=1))
    now = clock.now()
    for slot, at in zip(slots, (now + timedelta(days=9000), now), strict=False):
        station.repos.slots.close(slot.id, Ending(AiringOutcome.PLAYED, played_ms=1), at)
    assert numbers(client)[("loa_last_airing_timestamp_seconds", "played")] == now.timestamp()


def test_things_to_do_are_those_of_the_list_by_how_grave_they_are(client, station, alive):
    alive(outputs=[OUTPUT | {"state": "retrying"}])
    found, tasks = numbers(client), station.services.to_do.open()
    assert tasks[0].gravity is Gravity.NOW
    for gravity in Gravity:
        told = sum(one.gravity is gravity for one in tasks)
        assert found[("loa_todo_open", gravity.name.lower())] == told, gravity


def test_a_silent_process_is_not_believed(client, station, clock, alive):
    alive()
    station.repos.jobs.beat("worker", 1, clock.now(), {"voices": [], "no_voice": ""})
    assert numbers(client)[("loa_voice_ready",)] == 1
    station.repos.jobs.beat("worker", 1, clock.now(), {"voices": [], "no_voice": "engine_missing"})
    assert numbers(client)[("loa_voice_ready",)] == 0
    clock.advance(80)
    found = numbers(client)
    for name in ("loa_voice_ready", "loa_clock_trusted", "loa_output_open", "loa_output_dropped_total"):
        assert not [one for one in found if one[0] == name], name
    assert found[("loa_heartbeat_age_seconds", "playout")] == 80


def test_rows_that_can_no_longer_be_read_are_a_lost_database(client, alive, monkeypatch):
    alive()
    monkeypatch.setattr(JournalSums, "read_on", lost)
    found = numbers(client)
    assert found[("loa_database_up",)] == 0
    assert ("loa_heartbeat_age_seconds", "web") not in found


def test_sums_that_go_on_are_the_same_as_sums_from_the_beginning(station, clock, cast):
    cast.planned(cast.approved(), base=6)
    going = JournalSums()
    for number, slot in enumerate(station.repos.slots.of_day(clock.now().date() + timedelta(days=1))):
        outcome = AiringOutcome.PLAYED if number % 2 else AiringOutcome.PARTIAL
        station.repos.slots.close(slot.id, Ending(outcome, played_ms=1000 * number), clock.now())
        going.read_on(station.repos.store)
        fresh = JournalSums()
        fresh.read_on(station.repos.store)
        assert (going.airings, going.heard_ms) == (fresh.airings, fresh.heard_ms)
    assert sum(going.airings.values()) == 6


def test_requests_are_timed_by_the_route_and_not_by_what_somebody_typed(client, alive, lan):
    alive()
    for path in ("/ban-tin/1", "/ban-tin/2", "/khong-co/1", "/khong-co/2", "/api/v1/announcements/5"):
        client.get(path)
    found = numbers(client)
    counted = {key[1:]: value for key, value in found.items() if key[0] == "loa_http_request_seconds_count"}
    assert counted[tuple(sorted(("GET", "/ban-tin/<int:announcement_id>", "3xx")))] == 2
    assert counted[tuple(sorted(("GET", "none", "4xx")))] == 2
    assert counted[tuple(sorted(("GET", "/api/v1/announcements/<announcement_id>", "4xx")))] == 1
    client.open("/", method="BREW")
    assert not any("BREW" in key for key in numbers(client))


def test_without_a_database_the_numbers_say_so_and_nothing_else(client, station, monkeypatch):
    monkeypatch.setattr(type(station.repos.jobs), "heartbeat", lost)
    found = numbers(client)
    assert found[("loa_database_up",)] == 0
    assert ("loa_clock_trusted",) not in found
