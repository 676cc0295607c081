"""An issue for several zones: heard in each that the ward has and in no other, each under the rules of its zone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.config.loading import OutputConfig, ZoneConfig
from scheduler.core.model import AiringOutcome, Priority
from scheduler.extras.inbox.work import air_by_order, air_by_rule
from scheduler.extras.town.rules.envelope import Act, Kind, Status
from scheduler.extras.town.service.town import TownService
from tests.conftest import MORNING
from tests.extras.town.service.town import tend, told, up

NAMED = ("Đông", "Tây", "Nam")


@pytest.fixture
def config(config):
    """A ward of three zones with loudspeakers of their own; Nam is not one of them, and Tây is quiet until twenty to seven."""
    zones = ("Đông", "Tây", "Bắc")
    return replace(
        config,
        outputs=tuple(
            OutputConfig(name=f"loa-{place}", kind="wavfile", counts=True, zones=(one,))
            for place, one in enumerate(zones)
        ),
        zones=(ZoneConfig(name="Tây", quiet_hours=("05:00-06:40",), legal_basis="QĐ 3/QĐ-UBND"),),
    )


@pytest.fixture
def playout(trusting):
    service = trusting.playout()
    service.start()
    yield service
    service.stop()


def run(playout, clock, seconds):
    playout.run_stepped(clock, clock.now() + timedelta(seconds=seconds))


def airings(station):
    sql = "SELECT zone, outcome, outputs_json, played_ms FROM journal WHERE kind = 'airing' ORDER BY zone"
    return station.repos.store.rows(sql)


def orders(station):
    """What the journal says of orders beside their airings: (reason, zone, note)."""
    rows = station.repos.store.rows("SELECT reason, zone, note FROM journal WHERE kind = 'order' ORDER BY seq")
    return [(row["reason"], row["zone"], row["note"]) for row in rows]


def test_an_emergency_sounds_at_once_in_each_zone_that_is_here_and_nowhere_else(trusting, alarm, playout, clock):
    row = alarm.issue(priority=Priority.EMERGENCY, zones=NAMED)
    assert (row.zones, [code for code, _ in row.doubts]) == (("Đông", "Tây"), ["town_zones_some"])
    air_by_rule(trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air())
    run(playout, clock, 1)
    trusting.services.get(TownService).tend()
    assert told(trusting, row.issue_id) == ["received", "playing"]
    run(playout, clock, 90)
    tend(trusting, 1)
    found = airings(trusting)
    assert [(one["zone"], one["outcome"]) for one in found] == [("Tây", "played"), ("Đông", "played")]
    assert all('"loa-2"' not in one["outputs_json"] for one in found)  # Bắc was not named
    last = up(trusting, "ack")[-1]
    assert (last["state"], last["reason"], last["details"]) == ("played", "town_zones_some", {"zones": "Nam"})
    assert last["played_ms"] == sum(one["played_ms"] for one in found)
    assert orders(trusting) == [("town_zones_some", "Đông", "Nam")]


def test_the_first_word_upwards_names_the_zones_that_are_not_here(trusting, alarm):
    alarm.issue(priority=Priority.EMERGENCY, zones=NAMED)
    assert [(one["state"], one["details"]) for one in up(trusting, "ack")] == [("received", {"zones": "Nam"})]


def test_the_town_proves_both_airings_as_this_issues(trusting, alarm, playout, clock):
    trusting.services.get(TownService).up.queue_new()
    row = alarm.issue(priority=Priority.EMERGENCY, zones=("Đông", "Tây"))
    air_by_rule(trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air())
    run(playout, clock, 90)
    trusting.services.get(TownService).up.queue_new()
    told_up = [one for one in up(trusting, "asrun") if one["journal"]["kind"] == "airing"]
    assert sorted((one["id"], one["journal"]["zone"]) for one in told_up) == [
        (row.issue_id, "Tây"),
        (row.issue_id, "Đông"),
    ]


@pytest.mark.parametrize("how", ["stop", "cancel"])
def test_a_stop_ends_it_in_every_zone(trusting, alarm, playout, clock, how):
    row = alarm.issue(priority=Priority.EMERGENCY, zones=("Đông", "Tây"))
    air_by_rule(trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air())
    run(playout, clock, 4)
    if how == "stop":
        alarm.issue(kind=Kind.STOP, references=(row.issue_id,))
    else:
        alarm.issue(act=Act.CANCEL, references=(row.issue_id,))
    run(playout, clock, 1)
    tend(trusting, 1)
    assert {one["outcome"] for one in airings(trusting)} == {"partial"}
    assert len(airings(trusting)) == 2
    assert told(trusting, row.issue_id) == ["received", "playing", "cancelled"] or told(trusting, row.issue_id) == [
        "received",
        "cancelled",
    ]


def test_an_update_with_the_same_words_for_other_zones_is_said_there(trusting, alarm):
    first = alarm.issue(priority=Priority.EMERGENCY, zones=("Đông",))
    air_by_rule(trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air())
    second = alarm.issue(act=Act.UPDATE, references=(first.issue_id,), priority=Priority.EMERGENCY, zones=("Tây",))
    (due,) = trusting.services.get(TownService).inbox.to_air()
    assert due.id == second.id
    slot = trusting.repos.slots.slot(air_by_rule(trusting, trusting.services.get(TownService).inbox, due))
    assert slot.zone == "Tây"


def test_priority_enters_a_session_of_each_zone_and_is_played_when_both_have_had_it(trusting, alarm, playout, clock):
    row = alarm.issue(priority=Priority.PRIORITY, zones=NAMED)
    tend(trusting, 4)
    campaigns = trusting.repos.store.rows("SELECT zone, windows_json FROM campaign ORDER BY zone")
    assert [one["zone"] for one in campaigns] == ["Tây", "Đông"]
    assert told(trusting, row.issue_id)[-1] == "planned"
    assert orders(trusting) == [("town_zones_some", "Đông", "Nam")]
    while told(trusting, row.issue_id)[-1] != "played" and clock.now() < MORNING + timedelta(hours=6):
        run(playout, clock, 120)
        tend(trusting, 1)
    assert told(trusting, row.issue_id)[-1] == "played"
    assert [(one["zone"], one["outcome"]) for one in airings(trusting)] == [("Tây", "played"), ("Đông", "played")]
    starts = {
        one["zone"]: one["actual_start"]
        for one in trusting.repos.store.rows("SELECT * FROM journal WHERE kind = 'airing'")
    }
    assert starts["Đông"] < "2026-12-01T23:40" <= starts["Tây"]  # its own quiet hours held


def test_a_stop_takes_the_planned_airing_of_every_zone_back(trusting, alarm):
    row = alarm.issue(priority=Priority.PRIORITY, zones=("Đông", "Tây"))
    tend(trusting, 4)
    alarm.issue(kind=Kind.STOP, references=(row.issue_id,))
    tend(trusting, 1)
    states = {one["state"] for one in trusting.repos.store.rows("SELECT state FROM campaign")}
    assert states == {"stopped"}
    assert told(trusting, row.issue_id)[-1] == "cancelled"


def test_where_no_zone_is_here_priority_waits_and_an_emergency_is_for_the_whole_ward(trusting, alarm):
    priority = alarm.issue(priority=Priority.PRIORITY, zones=("Nam", "Biển"))
    assert (priority.state, priority.zones) == ("waiting", ("all",))
    assert [code for code, _ in priority.doubts] == ["town_zone_unknown"]
    alarm.issue(priority=Priority.EMERGENCY, zones=("Nam", "Biển"))
    slot_id = air_by_rule(
        trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
    )
    assert trusting.repos.slots.slot(slot_id).zone == "all"
    assert up(trusting, "ack")[-1]["details"] == {"zone": "Nam, Biển"}


def test_what_one_zones_rules_refuse_keeps_no_other_silent(trusting, alarm, minh):
    """A leader airs it now: Tây keeps quiet, Đông hears it, and the journal says both."""
    row = alarm.issue(zones=("Đông", "Tây"))
    tend(trusting, 2)
    sound = trusting.services.get(TownService).inbox.sound(row)
    air_by_order(trusting, trusting.services.get(TownService).inbox, minh, row.id, sound.sha256, heard=True)
    slots = trusting.repos.store.rows("SELECT zone, outcome FROM slot")
    assert [(one["zone"], one["outcome"]) for one in slots] == [("Đông", None)]
    ((reason, zone, note),) = orders(trusting)
    assert (reason, zone) == ("quiet_hours", "Tây")
    assert "05:00-06:40" in note


def test_a_drill_is_rehearsed_in_each_zone(trusting, alarm):
    alarm.issue(priority=Priority.EMERGENCY, status=Status.EXERCISE, zones=("Đông", "Bắc"))
    air_by_rule(trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air())
    slots = trusting.repos.store.rows('SELECT zone, "trigger" FROM slot ORDER BY zone')
    assert [(one["zone"], one["trigger"]) for one in slots] == [("Bắc", "drill"), ("Đông", "drill")]


def test_who_may_not_act_in_one_of_the_zones_may_not_air_it(trusting, alarm, minh):
    from scheduler.kernel.errors import NotPermitted

    row = alarm.issue(priority=Priority.EMERGENCY, zones=("Đông", "Tây"))
    narrowed = replace(minh, zones=("Đông",), scope=frozenset({"break_in"}))
    with pytest.raises(NotPermitted):
        trusting.services.get(TownService).inbox.airable(narrowed, row.id)
    assert trusting.services.get(TownService).inbox.airable(minh, row.id).id == row.id


def test_the_outcome_of_an_order_in_two_zones_is_told_only_when_both_have_ended(trusting, alarm, clock):
    row = alarm.issue(priority=Priority.EMERGENCY, zones=("Đông", "Tây"))
    air_by_rule(trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air())
    first, second = trusting.services.get(TownService).rows.ordered(
        trusting.services.get(TownService).inbox.get(row.id)
    )
    ending = trusting.repos.slots
    assert ending.slot(first).outcome is ending.slot(second).outcome is None
    from scheduler.store import Ending

    ending.close(first, Ending(AiringOutcome.FAILED, "output_failed"), clock.now())
    trusting.services.get(TownService).tend()
    assert told(trusting, row.issue_id) == ["received"]
    ending.close(second, Ending(AiringOutcome.FAILED, "output_failed"), clock.now())
    trusting.services.get(TownService).tend()
    assert told(trusting, row.issue_id) == ["received", "refused"]
