"""The monitor on a station: every airing gets its mark, alarms come and go, and the journal tells it all."""

import json
import threading
from datetime import timedelta

import numpy as np
import pytest

from scheduler.core.air.heard_back import Heard
from scheduler.core.model import HOUSE_RATE
from scheduler.core.report.journal_filter import Filter
from scheduler.core.station.kept import Heartbeat
from scheduler.extras.air_check.rules.air_watch import Air
from scheduler.extras.air_check.work.expected import Expectation, hears
from scheduler.kernel.errors import Refused
from scheduler.store.air.journal_search import JournalSearch
from scheduler.store.station.tasks import AIR
from tests.extras.air_check.work.sounds import babble, horn


def verdicts(line):
    return [one.verdict for one in line.rows.last(10) if one.verdict]


def test_an_airing_that_came_back_is_marked_heard_with_level_and_fit(line, text):
    slot = line.air(text, heard=horn(text, gain_db=-12, noise_db=-60), delay=0.8)
    (one,) = line.rows.last(10)
    assert (one.slot_id, one.verdict, one.title) == (slot.id, Heard.HEARD, "Tiêm chủng")
    assert one.measured.correlation > 0.6
    assert one.measured.share == 1.0
    assert one.measured.delay_ms == pytest.approx(800, abs=100)
    assert -45 < one.measured.level_dbfs < -20
    assert line.todos() == {}


def test_the_mark_is_a_row_of_its_own_in_the_journal_and_the_sums_do_not_count_it(line, text):
    slot = line.air(text)
    airing = line.station.repos.journal.of_day(slot.day.isoformat())[0]
    (row,) = line.journal()
    assert (row["slot_id"], row["outcome"], row["audio_sha256"]) == (slot.id, "heard", slot.audio_sha256)
    assert row["seq"] > airing["seq"]
    assert row["played_ms"] is None
    note = json.loads(row["note"])
    assert (note["share"], note["listened"], note["device"]) == (1.0, 1.0, "loa.monitor")
    assert line.rows.last(1)[0].seq == row["seq"]
    assert line.station.repos.journal.verify().whole
    assert JournalSearch(line.station.repos.store).tally(Filter(slot.day, slot.day)).played_ms == 24_000


def test_an_airing_is_judged_once(line, text):
    line.air(text)
    line.again()
    line.run(60)
    assert verdicts(line) == [Heard.HEARD]


def test_a_dead_line_is_an_alarm_while_it_plays_and_a_verdict_afterwards(line, text):
    nothing = np.zeros(len(text), dtype=np.int16)
    slot = line.slot(text)
    line.station.repos.slots.claim(slot, line.clock.now())
    line.sounding = [line.told(slot, line.clock.now())]
    line.run(18)
    todo = line.todos()[AIR + "silent"]
    assert (todo.reason, todo.slot_id, todo.details["title"]) == ("air_silent", slot.id, "Tiêm chủng")
    line.sounding = []
    line.run(12)
    assert line.todos() == {}
    line.air(babble(5, 24), heard=nothing, title="Sốt xuất huyết")
    assert verdicts(line) == [Heard.SILENT]
    assert line.todos()[AIR + "not_heard"].reason == "air_silent"


def test_the_silence_is_written_down_when_it_is_over(line, text):
    line.air(np.tile(text, 2), heard=np.zeros(10, dtype=np.int16))
    silence = next(one for one in line.rows.last(10) if one.kind == "silence")
    assert silence.ended_at - silence.began_at > timedelta(seconds=20)
    assert [row["reason"] for row in line.journal()] == ["air_silent", "air_silent"]
    assert line.station.repos.journal.verify().whole


def test_another_text_on_the_line_is_not_taken_for_the_airing(line, text):
    line.air(text, heard=babble(2, 24))
    assert verdicts(line) == [Heard.OTHER]
    assert line.todos()[AIR + "not_heard"].reason == "air_other"


def test_half_an_airing_is_told_as_half(line, text):
    half = text.copy()
    half[10 * HOUSE_RATE :] = 0
    line.air(text, heard=half)
    (one,) = (one for one in line.rows.last(10) if one.verdict)
    assert (one.verdict, one.measured.share) == (Heard.PARTLY, 0.5)


def test_what_an_airing_raised_is_cleared_by_the_next_one_that_is_heard(line, text):
    line.air(text, heard=babble(2, 24))
    assert AIR + "not_heard" in line.todos()
    line.run(600)
    line.air(text)
    assert line.todos() == {}


def test_only_what_was_played_of_a_cut_airing_is_looked_for(line, text):
    line.air(text, heard=text[: 12 * HOUSE_RATE], played=0.5)
    assert verdicts(line) == [Heard.HEARD]


def test_a_steady_tone_is_told_as_sound_and_not_as_heard(line):
    tone = (np.sin(np.arange(30 * HOUSE_RATE) / HOUSE_RATE * 2 * np.pi * 700) * 8000).astype(np.int16)
    line.air(tone, heard=np.zeros(10, dtype=np.int16))
    assert verdicts(line) == [Heard.SILENT]


def test_an_airing_nobody_listened_to_is_unknown_and_no_alarm(line, text):
    line.ear.fault = "air_monitor_no_server"
    line.air(text)
    line.run(40)
    assert verdicts(line) == [Heard.UNKNOWN]
    assert AIR + "not_heard" not in line.todos()


def test_a_deaf_monitor_says_so_after_a_minute_and_takes_it_back(line):
    line.ear.fault = "air_monitor_no_server"
    line.run(58)
    assert line.todos() == {}
    line.run(6)
    assert line.todos()[AIR + "deaf"].reason == "air_monitor_no_server"
    line.ear.fault = ""
    line.run(3)
    assert line.todos() == {}


def test_sound_while_nothing_plays_is_an_alarm_that_stays_for_a_day(line, text):
    line.run(20)
    began = line.clock.now()
    line.ear.sound(began, text[: 7 * HOUSE_RATE])
    line.run(30)
    todo = line.todos()[AIR + "stray"]
    assert todo.reason == "air_stray"
    assert todo.details["at"] == "05:30:20"
    assert int(todo.details["seconds"]) in {6, 7, 8}
    (row,) = line.journal()
    assert (row["reason"], row["slot_id"], row["day"]) == ("air_stray", None, "2026-12-02")
    assert row["actual_start"] <= row["actual_end"]
    line.ear.skip(23 * 3600)
    line.run(5)
    assert AIR + "stray" in line.todos()
    line.ear.skip(3600)
    line.run(5)
    assert line.todos() == {}


def test_the_tail_of_an_airing_is_not_stray(line, text):
    line.air(text, heard=np.concatenate([text, babble(3, 3)]))
    assert [one.kind for one in line.rows.last(10)] == ["airing"]


def test_while_playout_says_nothing_sound_is_not_called_stray_and_after_a_minute_it_is(line, text):
    line.run(20)
    line.ear.sound(line.clock.now(), np.tile(text, 5))
    line.run(55, playout=False)
    assert line.todos() == {}
    line.run(20, playout=False)
    assert AIR + "stray" in line.todos()


@pytest.mark.parametrize(
    ("zone", "zones", "heard"),
    [
        ("all", ("bac",), True),
        ("bac", ("all",), True),
        ("bac", ("bac", "nam"), True),
        ("nam", ("bac",), False),
    ],
)
def test_a_zone_is_in_earshot_or_not(zone, zones, heard):
    assert hears(zone, zones) is heard


@pytest.mark.parametrize("zones", [("bac",), ("all",)])
def test_an_airing_out_of_earshot_is_neither_judged_nor_waited_for(line, text, zones):
    slot = line.slot(text)
    told = Heartbeat("playout", 1, line.clock.now(), {"airings": [line.told(slot, line.clock.now(), zone="nam")]})
    expectation = Expectation(zones, 1.0)
    expectation.look(told, line.clock.now() - timedelta(seconds=60))
    expected = expectation.look(told, line.clock.now())
    assert expected.air is (Air.NOTHING if zones == ("bac",) else Air.UNSURE)


def test_a_live_voice_may_be_silent(line, text):
    slot = line.slot(text)
    line.sounding = [line.told(slot, line.clock.now(), trigger="live")]
    line.run(60)
    assert line.todos() == {}


def test_a_spell_that_a_dead_monitor_left_open_ends_when_it_last_listened(line, text):
    line.run(20)
    line.ear.sound(line.clock.now(), np.tile(text, 2))
    line.run(10)
    last = line.clock.now()
    line.clock.advance(3600)
    line.again()
    (one,) = line.rows.last(10)
    assert abs(one.ended_at - last) <= timedelta(seconds=2)
    assert line.rows.open_spells() == []


def test_airings_of_a_time_without_a_monitor_are_unknown(line, text):
    line.run(5)
    line.monitor.step = lambda: None
    line.air(text)
    line.again()
    line.run(40)
    assert verdicts(line) == [Heard.UNKNOWN]


def test_the_readiness_check_leaves_the_alarms_of_the_monitor_alone(line, text):
    line.air(text, heard=babble(2, 24))
    line.station.services.readiness.check()
    assert AIR + "not_heard" in line.todos()


def test_the_heartbeat_tells_how_loud_the_quiet_line_is(line):
    line.ear.sound(line.clock.now(), horn(np.zeros(30 * HOUSE_RATE, dtype=np.int16), noise_db=-60))
    line.run(30)
    state = line.station.repos.jobs.heartbeat("monitor").state
    assert state["listening"]
    assert state["reason"] == ""
    assert -75 < state["quiet_dbfs"] <= state["quiet_most_dbfs"] < -60
    assert state["device"] == "loa.monitor"


def test_a_full_disk_is_waited_for(line, monkeypatch):
    stop, tries = threading.Event(), []

    def step():
        tries.append(1)
        if len(tries) == 2:
            stop.set()
        raise Refused("disk_full")

    monkeypatch.setattr("scheduler.extras.air_check.work.service.FAULT_WAIT", 0.01)
    monkeypatch.setattr(line.monitor, "step", step)
    line.monitor.run(stop)
    assert len(tries) == 2
