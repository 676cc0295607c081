"""Rules changed on the page while the station runs, and tests of loudspeakers: heard in the sound and in the journal."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from scheduler.config.loading import CapConfig, OutputConfig, ZoneConfig
from scheduler.core.model import Role
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station import Station
from scheduler.store.report.report_rows import ReportRows
from tests.playout.aired import rows, sound

SECOND = timedelta(seconds=1)


@pytest.fixture
def tuan(station):
    return station.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", station.clock.now())


def test_a_quiet_hour_that_begins_on_the_page_ends_what_sounds_within_a_second(station, cast, clock, start, tuan):
    cast.running(cast.approved(seconds=120), base=1)
    service = start()
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, slot.start + 10 * SECOND)
    station.services.settings.put(tuan, {"quiet_hours.windows": ["21:00-05:00", "11:30-13:30", "06:00-09:00"]})
    service.run_stepped(clock, slot.start + 60 * SECOND)
    (row,) = rows(station)
    assert (row["slot_id"], row["reason"]) == (slot.id, "quiet_hours")
    assert 10_000 <= row["played_ms"] <= 11_500


def test_a_quiet_hour_that_ends_on_the_page_lets_the_next_airing_sound(station, cast, clock, start, tuan):
    announcement_id = cast.approved(seconds=5)
    clock.advance(6 * 3600 + 600)  # 11:40, in the noon rest
    service = start()
    with pytest.raises(Refused, match="quiet_hours"):
        station.services.air.play_now(cast.lan, announcement_id, chime=False)
    station.services.settings.put(tuan, {"quiet_hours.windows": ["21:00-05:00"]}, confirmed=True)
    slot_id = station.services.air.play_now(cast.lan, announcement_id, chime=False)
    service.run_stepped(clock, clock.now() + 20 * SECOND)
    (row,) = rows(station)
    assert (row["slot_id"], row["outcome"]) == (slot_id, "played")


class TestATestOfLoudspeakers:
    @pytest.fixture
    def wired(self, config, clock, tmp_path):
        """Two outputs, one of them in a zone that rests at seven."""
        outputs = (
            OutputConfig(name="bac", kind="wavfile", counts=True, zones=("all", "bac")),
            OutputConfig(name="nam", kind="wavfile", counts=True, zones=("all", "nam")),
        )
        zones = (ZoneConfig(name="nam", quiet_hours=("07:00-08:00",), legal_basis="QĐ 9"),)
        opened = Station.open(replace(config, outputs=outputs, zones=zones), clock)
        opened.prepare()
        yield opened
        opened.close()

    @pytest.fixture
    def keeper(self, wired):
        return wired.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", wired.clock.now())

    def files(self, opened):
        return {path.parent.parent.name for path in (opened.config.data / "wav").rglob("*.wav")}

    def test_sounds_on_its_output_alone_and_is_journalled_as_a_test(self, wired, keeper, clock, start):
        service = start(wired)
        service.run_stepped(clock, clock.now() + SECOND)
        slot_id = wired.services.output_tests.test(keeper, output="bac")
        service.run_stepped(clock, clock.now() + 10 * SECOND)
        (row,) = rows(wired)
        assert (row["slot_id"], row["trigger"], row["outcome"], row["operator"]) == (
            slot_id,
            "test",
            "played",
            "Tuấn (tuan)",
        )
        assert row["title"] == "Thử loa: bac"
        assert 2_900 <= row["played_ms"] <= 3_100
        assert self.files(wired) == {"bac"}
        assert wired.services.output_tests.last()["bac"][1] == "played"
        assert wired.services.proof.verify().whole

    def test_in_a_zone_sounds_on_every_output_of_it(self, wired, keeper, clock, start):
        service = start(wired)
        service.run_stepped(clock, clock.now() + SECOND)
        wired.services.output_tests.test(keeper, zone="nam", quiet=False)
        service.run_stepped(clock, clock.now() + 10 * SECOND)
        assert self.files(wired) == {"nam"}

    def test_the_quiet_choice_is_quieter_and_both_begin_and_end_in_silence(self, wired, keeper, clock, start):
        service = start(wired)
        service.run_stepped(clock, clock.now() + SECOND)
        for quiet in (True, False):
            wired.services.output_tests.test(keeper, output="bac", quiet=quiet)
            service.run_stepped(clock, clock.now() + 15 * SECOND)
        soft, loud = (np.asarray(one, dtype=float) for one in sound(wired))
        ratio = 20 * np.log10(np.sqrt(np.mean(loud**2)) / np.sqrt(np.mean(soft**2)))
        assert 11 < ratio < 13
        assert abs(loud[:10]).max() < 300
        assert abs(loud[-10:]).max() < 300

    def test_pressed_twice_sounds_once(self, wired, keeper, clock, start):
        service = start(wired)
        service.run_stepped(clock, clock.now() + SECOND)
        first = wired.services.output_tests.test(keeper, output="bac")
        assert wired.services.output_tests.test(keeper, output="bac") == first
        service.run_stepped(clock, clock.now() + 10 * SECOND)
        assert len(rows(wired)) == 1

    def test_spoken_says_what_it_is(self, wired, keeper, clock, start):
        service = start(wired)
        service.run_stepped(clock, clock.now() + SECOND)
        wired.test_output(keeper, output="bac", spoken=True)
        service.run_stepped(clock, clock.now() + 10 * SECOND)
        (row,) = rows(wired)
        assert (row["trigger"], row["outcome"]) == ("test", "played")

    @pytest.mark.parametrize(
        ("hours", "output", "zone", "reason"),
        [
            (17, "bac", "all", "quiet_hours"),
            (1.75, "nam", "all", "quiet_hours"),
            (1.75, "", "nam", "quiet_hours"),
            (1.75, "bac", "all", ""),
        ],
        ids=["at night", "in its zone's rest", "in the zone's rest", "beside that zone"],
    )
    def test_never_sounds_in_quiet_hours(self, wired, keeper, clock, start, hours, output, zone, reason):
        clock.advance(hours * 3600)
        service = start(wired)
        service.run_stepped(clock, clock.now() + SECOND)
        if reason:
            with pytest.raises(Refused, match=reason):
                wired.services.output_tests.test(keeper, output=output, zone=zone)
            service.run_stepped(clock, clock.now() + 10 * SECOND)
            assert self.files(wired) == set()
        else:
            wired.services.output_tests.test(keeper, output=output, zone=zone)
            service.run_stepped(clock, clock.now() + 10 * SECOND)
            assert self.files(wired) == {"bac"}

    def test_never_sounds_into_a_bulletin_or_shortly_before_one(self, station, cast, clock, start, tuan):
        cast.running(cast.approved(seconds=30), base=1)
        service = start()
        slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
        for before in (timedelta(seconds=10), timedelta(seconds=-10)):
            service.run_stepped(clock, slot.start - before)
            with pytest.raises(Refused, match="test_busy"):
                station.services.output_tests.test(tuan, output="wav")

    def test_is_refused_while_nobody_would_hear_it(self, station, tuan, clock, start):
        with pytest.raises(Refused, match="playout_off"):
            station.services.output_tests.test(tuan, output="wav")
        start()
        with pytest.raises(Refused, match="test_no_output"):
            station.services.output_tests.test(tuan, output="không có")
        with pytest.raises(Refused, match="zone_unknown"):
            station.services.output_tests.test(tuan, zone="không có")
        clock.advance(60)
        with pytest.raises(Refused, match="playout_off"):
            station.services.output_tests.test(tuan, output="wav")

    def test_is_for_those_who_may(self, station, lan, start):
        start()
        with pytest.raises(NotPermitted):
            station.services.output_tests.test(lan, output="wav")

    def test_takes_no_session_from_the_day(self, config, clock, start, tmp_path):
        opened = Station.open(replace(config, cap=CapConfig(sessions_a_day=1, legal_basis="QĐ 1")), clock)
        opened.prepare()
        keeper = opened.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", clock.now())
        service = start(opened)
        service.run_stepped(clock, clock.now() + SECOND)
        for _ in range(2):
            opened.services.output_tests.test(keeper, output="wav")
            service.run_stepped(clock, clock.now() + 20 * SECOND)
        assert [row["outcome"] for row in rows(opened)] == ["played", "played"]
        opened.close()

    def test_is_no_airtime_in_any_report(self, wired, keeper, clock, start):
        service = start(wired)
        service.run_stepped(clock, clock.now() + SECOND)
        wired.services.output_tests.test(keeper, output="bac")
        service.run_stepped(clock, clock.now() + 10 * SECOND)
        assert len(rows(wired)) == 1
        assert wired.services.journal.airtime(keeper, date(2026, 12, 2), date(2026, 12, 2)) == {}
        noon = clock.now() + timedelta(hours=5)
        assert ReportRows(wired.repos.store).groups([(date(2026, 12, 2), noon, noon)]) == []
