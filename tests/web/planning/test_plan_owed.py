"""Pages and API say while the plan does not follow what was changed last; an act is answered all the same."""

import pytest

from tests.conftest import DAY

LIVES = {"airings": [], "clock_trusted": True, "stopping": False}
OWED = "Lịch phát đang được xếp lại theo thay đổi lúc"


@pytest.fixture
def draft(station, cast, clock):
    """A campaign that has not begun, beside a playout that plans by itself."""
    campaign_id = station.services.campaigns.save(cast.lan, cast.campaign(cast.approved()))
    station.repos.jobs.beat("playout", 1, clock.now(), LIVES)
    return campaign_id


def test_a_start_is_answered_before_it_is_planned_and_says_no_more(station, lans, send, draft):
    answer = send(lans, f"/dot/{draft}/chay")
    page = lans.get(answer.headers["Location"]).text
    assert "các lượt phát đang được xếp vào lịch" in page
    assert OWED in page
    assert station.repos.slots.of_day(DAY) == []
    station.services.campaigns.replan()
    assert len(station.repos.slots.of_day(DAY)) == 2
    assert OWED not in lans.get(answer.headers["Location"]).text


@pytest.mark.parametrize("address", ["/lich", "/lich/tuan", "/lich/48-gio", "/dot"])
def test_every_page_that_shows_the_plan_says_since_when_it_is_owed(station, lans, send, draft, address):
    assert OWED not in lans.get(address).text
    send(lans, f"/dot/{draft}/chay")
    assert f'{OWED} <span class="num">05:30:00</span>' in lans.get(address).text
    station.services.campaigns.replan()
    assert OWED not in lans.get(address).text


def test_an_open_day_is_drawn_anew_once_the_plan_follows(station, lans, send, draft):
    before = lans.get("/lich/ban").text
    send(lans, f"/dot/{draft}/dung")
    owed = lans.get("/lich/ban").text
    station.services.campaigns.replan()
    assert owed not in {before, lans.get("/lich/ban").text}
