"""A town's desk seen from outside: its wards in numbers, and the shipped rules and dashboard, which name no other ones."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from scheduler.core.model import AiringOutcome, Role
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.rows.wards import HubWards
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.keys import TownConfig
from scheduler.operations.numbers import station_numbers
from scheduler.store import Ending
from scheduler.store.database import instant_text, json_text
from tests.services.station.test_checkup_links import beats
from web import create_app

ROOT = Path(__file__).parents[4]
DEPLOY = ROOT / "deploy"
BROKER = "tls://localhost:4222"
OPEN = {"name": "loa", "kind": "soundcard", "state": "open", "message": "", "dropped": 0}
OF_PROMETHEUS = {"instance", "le"}
"""Labels that the scrape adds, and that of a bucket."""
WORD = re.compile(r"loa_\w+")
SELECTED = re.compile(r"(loa_\w+)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
GROUPED = re.compile(r"\b(?:by|without|on|ignoring) ?\(([^)]*)\)")
TOLD = re.compile(r"\{\{ ?(?:\$labels\.)?(\w+) ?\}\}")


def numbers_of(station):
    return {one.name: one.values for one in station_numbers(station)}


@pytest.fixture
def hub(opened):
    """The desk of a town that is a ward of another: one ward is there, one was never heard, one is shut out."""
    station = opened(HubConfig(url=BROKER), TownConfig(url=BROKER, ward_id="26734"))
    service, wards, now = station.services.get(HubService), HubWards(station.repos.store), station.clock.now()
    admin = station.repos.people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", now)
    for ward in ("101", "102", "103"):
        service.add_ward(admin, NewWard(ward, f"Phường {ward}"))
    service.revoke(admin, "103")
    wards.present({"101": 1, "103": 1}, now)
    sql = "UPDATE hub_presence SET heard_at = :at, health_at = :at, health_json = :told WHERE ward_id IN ('101', '103')"
    with station.repos.store.write() as db:
        db.conn.execute(sql, {"at": instant_text(now), "told": json_text({"queue": {"waiting": 7}})})
    return station


def test_a_desk_tells_its_broker_and_each_ward_that_is_not_shut_out(hub, clock):
    beats(hub, "hub", connected=True, presence=True, reached_at=clock.now().isoformat())
    found, now = numbers_of(hub), clock.now().timestamp()
    assert found["loa_link_up"] == {("town",): False, ("wards",): True}
    assert found["loa_link_heard_timestamp_seconds"] == {("wards",): now}
    assert found["loa_ward_connected"] == {("101",): True, ("102",): False}
    assert found["loa_ward_heard_timestamp_seconds"] == {("101",): now}
    assert found["loa_ward_owed"] == {("101",): 7}


@pytest.mark.parametrize("state", [{}, {"connected": True}, {"connected": False, "presence": True}])
def test_who_is_connected_is_not_said_while_nobody_tells_it(hub, state):
    if state:
        beats(hub, "hub", **state)
    assert numbers_of(hub)["loa_ward_connected"] == {}


def test_a_line_whose_process_is_gone_is_not_up(hub, clock):
    beats(hub, "link", reached_at=clock.now().isoformat())
    assert numbers_of(hub)["loa_link_up"][("town",)]
    beats(hub, "link", reached_at=clock.now().isoformat(), reason="disk_full")
    assert not numbers_of(hub)["loa_link_up"][("town",)]
    beats(hub, "link", reached_at=clock.now().isoformat())
    clock.advance(100)
    assert not numbers_of(hub)["loa_link_up"][("town",)]


# What is shipped


@pytest.fixture
def given(hub, clock, cast):
    """Metric -> label -> the values that it was given with, of a desk where there is something of everything."""
    now = clock.now()
    cast.planned(cast.approved())
    slots = hub.repos.slots.of_day(now.date() + timedelta(days=1))
    hub.repos.slots.close(slots[0].id, Ending(AiringOutcome.PLAYED, played_ms=3500), now)
    beats(hub, "playout", outputs=[OPEN], airings=[], clock_trusted=True)
    beats(hub, "worker", voices=[], no_voice="")
    for process in ("link", "hub"):
        beats(hub, process, connected=True, presence=True, reached_at=now.isoformat())
    client = create_app(hub).test_client()
    client.get("/healthz")
    found = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


def faults_of(expression, also_named, given):
    """What an expression, or the words of its legend, name that the station does not give."""
    names = set(WORD.findall(expression))
    faults = [f"no metric {name}" for name in names if name not in given]
    labels = {label for name in names for label in given.get(name, {})} | OF_PROMETHEUS
    every = {}
    for of_metric in given.values():
        for label, values in of_metric.items():
            every.setdefault(label, set()).update(values)
    for name, matchers in SELECTED.findall(expression):
        for label, sign, value in MATCHER.findall(matchers):
            if label not in given.get(name, {}) | dict.fromkeys(OF_PROMETHEUS):
                faults.append(f"no label {label} of {name}")
            elif label not in OF_PROMETHEUS:
                asked = value.split("|") if "~" in sign else [value]
                faults += [f"{label} is never {one}" for one in asked if one not in every[label]]
    grouped = {one.strip() for group in GROUPED.findall(expression) for one in group.split(",")}
    return faults + [f"no label {one}" for one in (grouped | set(also_named)) - labels]


def test_every_metric_and_label_of_the_rules_is_one_that_a_station_gives(given):
    groups = yaml.safe_load((DEPLOY / "prometheus" / "loa.rules.yml").read_text(encoding="utf-8"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 10
    found = {
        rule["alert"]: faults_of(rule["expr"], TOLD.findall(rule["annotations"]["summary"]), given) for rule in rules
    }
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_every_metric_and_label_of_the_dashboard_is_one_that_a_station_gives(given):
    board = json.loads((DEPLOY / "grafana" / "loa.json").read_text(encoding="utf-8"))
    asked = [(one["expr"], TOLD.findall(one["legendFormat"])) for panel in board["panels"] for one in panel["targets"]]
    asked += [(one["query"], ()) for one in board["templating"]["list"] if one["type"] == "query"]
    assert len(asked) > 15
    assert [(expression, faults) for expression, told in asked if (faults := faults_of(expression, told, given))] == []
    variables = {one["name"] for one in board["templating"]["list"]}
    assert set(re.findall(r"\$\{?(\w+)", json.dumps(board))) <= variables


def test_the_document_names_each_metric_and_what_is_shipped(given):
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8").partition("## Metrics")[2]
    named = {name for line in text.splitlines() if line.startswith("| `loa_") for name in WORD.findall(line)}
    of_a_histogram = re.compile(r"_(bucket|count|sum|created)$")
    assert {of_a_histogram.sub("", name) for name in given} == named
    paths = re.findall(r"/usr/lib/loa-phuong/(deploy/\S+)", text)
    assert paths
    assert [one for one in paths if not (ROOT / one).is_file()] == []


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("loa_gone > 0", ()),
        ('loa_jobs{stat="waiting"}', ()),
        ('loa_jobs{state=~"waiting|asleep"}', ()),
        ("sum by (gravity) (loa_jobs)", ()),
        ("loa_jobs", ("ward",)),
    ],
)
def test_a_name_that_no_station_gives_is_found(given, expression, told):
    assert len(faults_of(expression, told, given)) == 1
