"""A fault stands on every page while it stands, and afterwards among the last hundred on Tình trạng máy."""

from datetime import timedelta

import pytest

from scheduler.core.station.station_faults import StationFault


@pytest.fixture
def fault(station, clock):
    return station.repos.faults.begin(StationFault("output Loa", "fault_output", {"title": "Loa"}), clock.now())


def bar_of(page):
    return page.text.split('id="thanh"')[1].split('id="gio"')[0]


@pytest.mark.parametrize("path", ["/truc-tiep", "/nhat-ky", "/cai-dat", "/cong-van", "/tat-ca"])
def test_every_page_shows_a_fault_that_stands_and_none_that_is_over(lans, beat, fault, station, clock, path):
    beat()
    assert "Đầu ra “Loa” không phát được tiếng" in bar_of(lans.get(path))
    station.repos.faults.over(fault.number, clock.now())
    assert "không phát được tiếng" not in bar_of(lans.get(path))


def test_an_open_page_is_told_of_a_new_fault_by_its_stream(lans, beat, station, clock):
    beat()
    before = lans.get("/thanh").text
    station.repos.faults.begin(StationFault("voice", "fault_voice"), clock.now())
    clock.advance(timedelta(seconds=1).total_seconds())
    after = lans.get("/thanh").text
    assert "Không giọng đọc nào" not in before
    assert "Không giọng đọc nào" in after


def test_the_page_says_when_nobody_looks_for_faults_any_more(lans, beat, station, clock):
    station.repos.faults.note_look(clock.now())
    clock.advance(timedelta(minutes=2).total_seconds())
    beat()
    assert "Bộ canh lỗi không nhìn từ" in bar_of(lans.get("/nhat-ky"))


def test_the_last_faults_stand_with_their_cause_on_the_health_page_and_in_the_journal(
    lans, beat, fault, station, clock
):
    beat()
    station.repos.faults.over(fault.number, clock.now())
    page = lans.get("/cai-dat/tinh-trang").text
    assert "Lỗi đã gặp" in page
    assert "Đầu ra “Loa” không phát được tiếng" in page.split("Lỗi đã gặp")[1]
