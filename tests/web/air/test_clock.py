"""Đồng hồ: a clock that ran ahead is told on every page, and the word of two people sets it right."""

from datetime import timedelta

import pytest

PAGE = "/cai-dat/dong-ho"


@pytest.fixture
def ahead(station, clock):
    """Rows of a clock that ran three years ahead."""
    late = clock.now() + timedelta(days=1096)
    station.repos.journal.note("clock", "2029-12-02", "clock_step", "", late)
    return {"rows": 1, "until": late.isoformat()}


def test_it_says_what_happened_and_takes_the_word_once(minhs, lans, hungs, beat, send, clock, ahead):
    beat(clock_trusted=False, clock_ahead=ahead)
    assert PAGE in minhs.get("/truc-tiep").text
    assert "từng chạy trước" in minhs.get("/truc-tiep").text
    told = minhs.get(PAGE).text
    assert "02/12/2029" in told
    assert "Giờ bây giờ đúng" in told
    assert "Giờ bây giờ đúng" not in lans.get(PAGE).text
    seen = clock.now().isoformat()
    assert send(lans, f"{PAGE}/xac-nhan", seen=seen).status_code == 403
    assert send(minhs, f"{PAGE}/xac-nhan", seen="hôm nay").status_code == 422
    assert send(minhs, f"{PAGE}/xac-nhan", seen=seen).status_code == 303
    assert "còn cần một người khác" in minhs.get(PAGE).text
    assert send(hungs, f"{PAGE}/xac-nhan", seen=seen).status_code == 303
    assert "Đáng tin" in hungs.get(PAGE).text
    assert "1 dòng nhật ký mang giờ tới" in minhs.get("/nhat-ky?ngay=2026-12-02").text
