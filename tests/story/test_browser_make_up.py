"""What a fixed time would cost is made up tomorrow: from the refusal by the chip to the approval and the rows of both days.

It is about noon at the station, and the wish is for five.
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.model import Campaign, Phase
from scheduler.core.planning.rules import local_day, parse_window
from tests.conftest import noon_zone
from tests.ports import free_port
from tests.story import test_browser_desk as desk_story
from tests.story.test_browser_approve import MINH, minh, playing  # noqa: F401 - fixtures
from tests.story.test_browser_compose import (  # noqa: F401 - fixtures
    as_lan,
    cast_of,
    chromium,
    lan,
    looked_at,
    recording,
    seen,
)
from tests.story.test_browser_desk import clock, expect, open_page, served, sign_in  # noqa: F401 - fixtures
from tests.story.test_browser_one_screen import at_five
from tests.story.test_browser_wish import FLEXIBLE, drafted  # noqa: F401 - fixtures

pytestmark = desk_story.pytestmark


@pytest.fixture
def config(config):
    return replace(
        config,
        station=replace(config.station, time_zone=noon_zone()),
        quiet_hours=replace(config.quiet_hours, windows=("21:00-05:00",)),
        web=replace(config.web, port=free_port()),
    )


@pytest.fixture
def would_be_lost(station, lan, minh, cast_of):  # noqa: F811 - the fixtures above
    """The planner's own airing in four minutes around five today; from tomorrow on its campaign has two hours."""
    number, day = cast_of(FLEXIBLE, pitch=420.0), local_day(station.clock.now(), station.config.station.time_zone)
    station.services.announcements.approve(minh, number, seen(station, number).audio_sha256, heard=True)
    behind = day + timedelta(days=1)
    campaign = Campaign(
        id=0,
        title="Đợt vệ sinh",
        announcement_id=number,
        windows=(parse_window("16:58-17:02"),),
        base=1,
        start=day,
        end=behind,
        min_gap=timedelta(minutes=5),
        chime=False,
        phases=(Phase(start=behind, base=1, windows=(parse_window("16:00-18:00"),)),),
    )
    station.services.campaigns.start(lan, station.services.campaigns.save(lan, campaign))
    (slot,) = station.repos.slots.of_day(day)
    return slot


def test_what_five_would_cost_is_made_up_tomorrow_from_the_chip_to_the_rows(
    as_lan,  # noqa: F811
    open_page,  # noqa: F811
    station,
    would_be_lost,
    drafted,  # noqa: F811
):
    page = as_lan()
    page.goto(f"/ban-tin/{drafted}")
    page.locator("#luc").fill("17:00")
    verdict = page.locator("#gio-noi")
    expect(verdict.locator(".says.err")).to_contain_text(f"Dời “{FLEXIBLE}” thì hôm ấy mất 1 lượt")
    expect(verdict.locator("button[data-at]")).to_have_count(3)
    chip = verdict.get_by_label("Bù vào")
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    looked_at(page, "gio-mat-luot")
    chip.check()
    expect(verdict).to_contain_text("17:00 hôm nay phát được.")
    expect(chip).to_be_checked()
    expect(chip).to_be_focused()
    told = re.search(r"nhường chỗ, phát bù lúc (\d\d:\d\d) mai\.", verdict.inner_text())
    looked_at(page, "gio-co-bu")
    page.locator("[data-main]:not([aria-disabled])").click()
    page.wait_for_url("**/truc-tiep*")

    phone = open_page("phone")
    sign_in(phone, MINH, at=f"/duyet/{drafted}")
    expect(phone.locator("#phat-khi-nao")).to_contain_text(told[0])
    expect(phone.locator("#phat-khi-nao")).to_contain_text(f"“{FLEXIBLE}” lúc")
    phone.get_by_role("button", name="Nghe hết").click()
    phone.locator("#nut-duyet").wait_for()
    expect(phone.locator("#phat-khi-nao")).to_contain_text(told[0])
    looked_at(phone, "duyet-co-bu")
    playing(station)
    phone.locator("#nut-duyet").click()
    expect(phone.locator("#ket-qua.good")).to_contain_text(told[0])

    days = [would_be_lost.day, would_be_lost.day + timedelta(days=1)]
    today, tomorrow = map(station.repos.slots.of_day, days)
    assert [(slot.announcement_id, slot.start) for slot in today] == [(drafted, at_five(station))]
    (paid,) = [slot for slot in tomorrow if slot.makes_good]
    assert (paid.makes_good, len(tomorrow)) == (would_be_lost.id, 2)
    assert f"{paid.start.astimezone(at_five(station).tzinfo):%H:%M}" == told[1]
    playing(station)
    station.services.campaigns.replan()
    assert station.repos.slots.of_day(days[1]) == tomorrow
    page.goto("/truc-tiep")
    task = page.locator("main li", has_text=FLEXIBLE).first
    expect(task).to_contain_text(f"{told[1]} mai")
