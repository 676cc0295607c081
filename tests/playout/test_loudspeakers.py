"""Stations with loudspeakers, without any, and with some in one zone only: what their journals say they sounded."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.config.loading import OutputConfig, ZoneConfig
from scheduler.core.air.output_share import Hole, OutputShare, from_row
from scheduler.core.model import AiringOutcome, Role, Slot, Trigger
from scheduler.core.planning.make_good import debts
from scheduler.playout.blackbox import Measured
from scheduler.playout.programme import Ended
from scheduler.playout.recovery import end_of
from scheduler.playout.sound import ending_of
from scheduler.station import Station
from scheduler.store import Airing, Ending
from scheduler.store.air.endings import with_earlier
from tests.conftest import MORNING, Cast
from tests.playout.aired import rows, sound

FILE = OutputConfig(name="ghi", kind="wavfile")
CARD = OutputShare("loa", "soundcard", counts=True, zones=("all",), played_ms=20_000, total_ms=20_000, first_at=MORNING)


def shares(row):
    return {one.name: one for one in from_row(json.loads(row["shares_json"]))}


@pytest.fixture
def opened(config, clock, tmp_path):
    """Makes stations with other outputs, and runs two hours of theirs with one airing."""
    made = []

    def run(*outputs, zones=(), seconds=3):
        told = replace(config, outputs=outputs, zones=zones, folder=tmp_path / f"other-{len(made)}")
        told.folder.mkdir()
        station = Station.open(told, clock)
        station.prepare()
        people = station.repos.people
        lan = people.add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", clock.now())
        minh = people.add("minh", "Minh", Role.ADMIN, "mat-khau-cua-minh", clock.now())
        cast = Cast(station, lan, minh)
        cast.running(cast.approved(seconds=seconds), base=1)
        service = station.playout()
        made.append((station, service))
        service.start()
        service.run_stepped(clock, clock.now() + timedelta(hours=2))
        return station

    yield run
    for station, service in made:
        service.stop()
        station.close()


def test_a_station_that_only_writes_files_has_recorded_and_owes_nothing(opened):
    station = opened(FILE)
    (row,) = rows(station)
    assert (row["outcome"], row["reason"], row["played_ms"]) == ("recorded", "", 0)
    assert (row["actual_start"], row["zones_json"]) == (None, "[]"), "nothing was heard anywhere"
    share = shares(row)["ghi"]
    assert (share.counts, share.played_ms, share.state) == (False, 3000, "ok")
    assert len(sound(station)) == 1, "everything else works"
    slots = station.repos.slots.of_day(MORNING.date())
    assert debts(slots) == []
    assert station.repos.journal.verify().whole


def test_a_file_beside_a_loudspeaker_says_nothing_for_it(opened):
    station = opened(OutputConfig(name="loa", kind="null", counts=True), FILE)
    (row,) = rows(station)
    assert (row["outcome"], row["played_ms"]) == ("played", 3000)
    assert {name: one.counts for name, one in shares(row).items()} == {"loa": True, "ghi": False}


def test_a_zone_without_a_loudspeaker_is_not_named_as_heard(opened):
    north = OutputConfig(name="bac", kind="null", counts=True, zones=("bac",))
    station = opened(north, replace(FILE, zones=("nam",)))
    (row,) = rows(station)
    assert (row["outcome"], row["played_ms"], row["zones_json"]) == ("played", 3000, '["bac"]')


def test_a_zone_that_rests_is_silent_alone_and_the_others_are_not_told_less(opened):
    outputs = [OutputConfig(name=name, kind="null", counts=True, zones=("all", name)) for name in ("bac", "nam")]
    rest = ZoneConfig(name="nam", quiet_hours=("05:00-12:00",), legal_basis="QĐ 9")
    station = opened(*outputs, zones=(rest,))
    (row,) = rows(station)
    assert (row["outcome"], row["played_ms"]) == ("played", 3000)
    told = shares(row)
    assert (told["bac"].state, told["nam"].played_ms, told["nam"].is_refused) == ("ok", 0, True)
    assert json.loads(row["outputs_json"])["nam"] != "ok"


# -- what a crash has left open, and several attempts -------------------------------------------------------------------


@pytest.fixture
def slot():
    return Slot("s", MORNING.date(), "all", MORNING, timedelta(seconds=20), None, 1, "0" * 64)


def attempt(number, *told, ended=True):
    played = min((one.played_ms for one in told if one.counts), default=0)
    return Airing("s", "all", number, MORNING, MORNING, played, MORNING if ended else None, told)


@pytest.mark.parametrize(
    ("told", "outcome", "played_ms"),
    [
        pytest.param((CARD,), "played", 20_000, id="whole"),
        pytest.param((replace(CARD, played_ms=9_000),), "partial", 9_000, id="in_part"),
        pytest.param((replace(CARD, played_ms=0), replace(CARD, name="b")), "partial", 0, id="one_was_mute"),
        pytest.param((replace(CARD, counts=False),), "recorded", 0, id="no_loudspeaker"),
    ],
)
def test_what_a_crash_left_is_told_of_the_worst_loudspeaker(slot, told, outcome, played_ms):
    ending = end_of(slot, attempt(1, *told, ended=False), [], {})
    assert (ending.outcome, ending.played_ms) == (outcome, played_ms)


def test_the_black_box_is_newer_than_the_row_and_speaks_for_every_loudspeaker(slot):
    told = (
        replace(CARD, played_ms=8_000),
        replace(CARD, name="b", played_ms=8_600),
        replace(CARD, name="ghi", counts=False),
    )
    ending = end_of(slot, attempt(1, *told, ended=False), [], {"s": Measured(MORNING, 8_500 * 48)})
    assert ending.played_ms == 8_500
    assert [one.played_ms for one in ending.shares] == [8_500, 8_600, 20_000]


def test_two_beginnings_of_one_clip_are_no_whole_one(slot):
    """Cut at nine seconds it began anew, and the power went at eleven: twenty seconds, but never the clip."""
    before = [attempt(1, replace(CARD, played_ms=9_000))]
    ending = end_of(slot, attempt(2, replace(CARD, played_ms=11_000), ended=False), before, {})
    assert ending.outcome is AiringOutcome.PARTIAL
    assert with_earlier(before, ending).played_ms == 20_000


def test_attempts_add_up_for_each_output(slot):
    holed = replace(CARD, name="b", played_ms=7_000, holes=(Hole(2_000, 5_000),))
    before = [attempt(1, replace(CARD, played_ms=12_000), holed)]
    rest = replace(CARD, played_ms=8_000, total_ms=8_000)
    last = Ending(AiringOutcome.PARTIAL, shares=(rest, replace(rest, name="b")), played_ms=8_000, started_at=MORNING)
    whole = with_earlier(before, last)
    assert [(one.played_ms, one.total_ms) for one in whole.shares] == [(20_000, 20_000), (15_000, 20_000)]
    assert whole.played_ms == 15_000


MUTE = replace(CARD, name="b", played_ms=0, first_at=None, holes=(Hole(0, 9_000),))


@pytest.mark.parametrize("outcome", ["cancelled", "pre_empted", "failed"])
def test_what_one_of_two_sounded_before_it_was_cut_stays_heard_when_its_rest_never_sounds(outcome):
    first = replace(CARD, played_ms=9_000)
    ending = with_earlier([attempt(1, first, MUTE)], Ending(AiringOutcome(outcome), "stopped_by"))
    assert (ending.outcome, ending.played_ms, ending.started_at) == (AiringOutcome.PARTIAL, 0, MORNING)
    assert ending.ended_at == MORNING + timedelta(seconds=9)


def test_a_crash_ends_an_airing_where_its_last_loudspeaker_fell_silent(slot):
    """Not where the worst one did: what follows keeps its gap behind what was heard."""
    holed = replace(CARD, name="b", played_ms=2_000, holes=(Hole(2_000, 7_000),))
    for told in ((replace(CARD, played_ms=9_000), holed), (replace(CARD, played_ms=9_000), MUTE)):
        ending = end_of(slot, attempt(1, *told, ended=False), [], {})
        assert ending.ended_at == MORNING + timedelta(seconds=9)


@pytest.mark.parametrize("cut", ["pre_empted", "stopped_by", "quiet_hours", None])
def test_an_end_with_one_mute_loudspeaker_of_two_is_partial_whatever_ended_it(slot, cut):
    live = replace(slot, trigger=Trigger.LIVE)
    told = (replace(CARD, played_ms=9_000), MUTE)
    event = Ended("s", MORNING, MORNING + timedelta(seconds=9), 0, 20_000 * 48, (), cut=cut, shares=told)
    assert ending_of(event, live).outcome is AiringOutcome.PARTIAL
