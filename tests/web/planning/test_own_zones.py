"""Whoever acts in some zones only is offered these, and what they press unchanged is taken: nobody is led to a refusal."""

import re
from dataclasses import replace

import pytest

from scheduler.config.loading import OutputConfig
from tests.conftest import DAY
from tests.web.planning.test_campaigns import GOOD

OPTION = re.compile(r'<option value="([a-z0-9-]+)"[^>]*>(?:Vùng|Tất cả)')


@pytest.fixture
def config(config):
    outputs = (
        OutputConfig("Ba", "wavfile", zones=("khu-pho-3",)),
        OutputConfig("Bốn", "wavfile", zones=("khu-pho-4",)),
    )
    return replace(config, outputs=outputs)


@pytest.fixture
def tus(client_of, tu):
    return client_of(tu)


def test_the_schedule_of_a_contributor_begins_in_their_zone_and_is_kept(tus, send, cast, station):
    cast.approved()
    page = tus.get("/dot/moi").text
    assert "<b>Phát ở đâu?</b> Vùng khu-pho-3</p>" in page
    assert OPTION.findall(page) == []
    zone = re.search(r'name="zone" value="([^"]+)"', page)[1]
    assert send(tus, "/dot", **GOOD, zone=zone, announcement_id="1").status_code == 303
    assert [one.zone for one in station.services.campaigns.listed()] == ["khu-pho-3"]


@pytest.mark.parametrize(
    ("path", "offered"), [("/lich?them=1", 'name="vung" value="khu-pho-3"'), ("/truc-tiep-micro", 'value="khu-pho-3"')]
)
def test_one_zone_of_ones_own_is_not_asked_for(tus, cast, path, offered):
    cast.approved()
    page = tus.get(path).text
    assert offered in page
    assert OPTION.findall(page) == []


def test_a_relay_is_offered_the_zones_of_who_asks(tus, lans):
    assert OPTION.findall(tus.get("/tiep-am/moi").text) == ["khu-pho-3"]
    assert OPTION.findall(lans.get("/tiep-am/moi").text) == ["all", "khu-pho-3", "khu-pho-4"]


def test_an_editor_is_told_where_the_place_of_a_schedule_is_changed(lans, cast):
    cast.approved()
    assert 'Tất cả các loa <span class="small mut">(đổi ở Ít khi cần)</span>' in lans.get("/dot/moi").text


def test_play_now_of_a_contributor_sounds_in_their_zone(tus, send, cast, station):
    number = cast.approved()
    page = tus.get(f"/phat-ngay/{number}").text
    zone = re.search(r'name="vung" value="([^"]+)"', page)[1]
    assert OPTION.findall(page) == []
    assert send(tus, f"/phat-ngay/{number}", vung=zone).status_code == 303
    assert [one.zone for one in station.repos.slots.of_day(DAY)] == ["khu-pho-3"]


def test_play_now_asks_an_editor_where_and_keeps_the_answer(lans, send, cast, station):
    number = cast.approved()
    assert OPTION.findall(lans.get(f"/phat-ngay/{number}").text) == ["all", "khu-pho-3", "khu-pho-4"]
    refused = send(lans, f"/phat-ngay/{cast.submitted()}", vung="khu-pho-4")
    assert '<option value="khu-pho-4" selected>' in refused.text
    assert send(lans, f"/phat-ngay/{number}", vung="khu-pho-4").status_code == 303
    assert [one.zone for one in station.repos.slots.of_day(DAY)] == ["khu-pho-4"]
