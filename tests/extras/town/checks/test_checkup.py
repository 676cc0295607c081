"""What `loa doctor` says of the line to the town."""

from dataclasses import replace

import pytest

from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.service.town import TownService
from scheduler.services.station.checkup import checkup
from scheduler.services.station.checkup_links import links
from tests.services.station.test_checkup_links import DAY, beats, certificate, told


class TestTheTown:
    TOWN = TownConfig(url="tls://hub.example.vn:4222", ward_id="26734")

    def test_that_nobody_speaks_with_is_told(self, opened):
        assert told(opened(self.TOWN), "Thị xã") == [(False, "check_town_process")]

    def test_that_answers_is_good_and_one_that_does_not_is_told_with_its_reason(self, opened, clock):
        station = opened(self.TOWN)
        beats(station, "link", reached_at=clock.now().isoformat())
        assert told(station, "Thị xã") == [(True, "check_line_holds")]
        beats(station, "link", reason="disk_full")
        (found,) = [one for one in links(station.services) if one.what == "Thị xã"]
        assert (found.good, found.reason) == (False, "check_line_broken")
        assert "Ổ đĩa đã đầy" in found.told

    @pytest.mark.parametrize(("minutes", "is_told"), [(2, False), (3, True), (-180, True)])
    def test_whose_clock_is_elsewhere_is_told(self, opened, clock, minutes, is_told):
        station = opened(self.TOWN)
        beats(station, "link", reached_at=clock.now().isoformat(), clock_off_minutes=minutes)
        assert told(station, "Đồng hồ") == ([(False, "check_clock_apart")] if is_told else [])

    def test_that_has_long_been_owed_a_report_is_a_word_and_no_fault(self, opened, clock):
        station = opened(self.TOWN)
        station.services.get(TownService).up.queue_health()
        assert told(station, "Báo về thị xã") == []
        clock.advance(3700)
        assert told(station, "Báo về thị xã") == [(None, "check_town_owed")]


class TestCertificates:
    @pytest.mark.parametrize(
        ("days", "reason"),
        [(-1, "check_certificate_ended"), (20, "check_certificate_ends"), (22, "check_certificate_good")],
    )
    def test_of_an_authority_are_told_in_their_last_weeks(self, opened, clock, tmp_path, days, reason):
        certificate(tmp_path / "ca.pem", clock.now() + days * DAY)
        station = opened(replace(TestTheTown.TOWN, ca_file="ca.pem"))
        assert told(station, "Chứng chỉ ca.pem") == [(reason == "check_certificate_good", reason)]

    def test_that_cannot_be_read_are_told(self, opened, tmp_path):
        (tmp_path / "ca.pem").write_text("none")
        station = opened(replace(TestTheTown.TOWN, ca_file="ca.pem"))
        assert told(station, "Chứng chỉ") == [(False, "check_certificate_unreadable")]


def test_the_page_and_the_doctor_read_the_same(opened):
    station = opened(TestTheTown.TOWN)
    assert {one.reason for one in links(station.services)} <= {one.reason for one in checkup(station.services)}
