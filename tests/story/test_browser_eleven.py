"""Eleven dispatches, each from its file to a planned campaign, by page and by command; their exceptions kept by plan and gate.

The dispatch of the seed and ten others (docx, pdf, txt). One station of the page, one of the commands, one browser, one
clock that is stepped by hand. What is compared and counted are rows.
"""

import json
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from scheduler.cli import loa as every_command
from scheduler.core.local_time import local_instant
from scheduler.core.model import Campaign, CampaignState, Role, Slot
from scheduler.kernel.clock import SteppedClock
from scheduler.station import Station
from tests.cli.here import Here
from tests.conftest import MORNING
from tests.ports import free_port
from tests.story import dispatches
from tests.story.test_browser_desk import (  # noqa: F401 - fixtures are names
    chromium,
    expect,
    open_page,
    pytestmark,
    served,
    sign_in,
)

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "samples" / "dispatch-642.txt"
SEED = REAL if REAL.exists() else ROOT / "scheduler" / "samples" / "cong-van-mau.txt"
LAN = ("lan", "mat-khau-cua-lan")
ANSWERS = ("count-3", "yes")
"""What an officer presses: three airings a day where it is left open; right, where it is."""


@pytest.fixture
def clock():
    return SteppedClock(MORNING)


@pytest.fixture
def config(config):
    return replace(
        config,
        planning=replace(config.planning, days_ahead=16),
        quiet_hours=replace(config.quiet_hours, windows=("21:00-05:00",)),
        web=replace(config.web, port=free_port()),
    )


@pytest.fixture
def other(config, clock, tmp_path):
    """The station of the commands."""
    opened = Station.open(replace(config, folder=tmp_path / "lenh"), clock)
    opened.prepare()
    yield opened
    opened.close()


def people(station):
    return [
        station.repos.people.add(login, login.title(), role, f"mat-khau-cua-{login}", station.clock.now())
        for login, role in (("lan", Role.EDITOR), ("minh", Role.APPROVER))
    ]


@pytest.fixture
def files(tmp_path):
    """The seed and the ten, by the kind of dispatch."""
    seed = dispatches.Ordered("642/UBND-VX", "", "", "txt", {3: 3, 9: 3}, texts=2 if SEED == REAL else 1)
    return [(SEED, seed), *((one.write(tmp_path), one) for one in dispatches.TEN)]


def by_page(page, path):
    """Upload, answer what is asked, and make the drafts: the number of the dispatch."""
    page.goto("/cong-van")
    page.set_input_files("#file", path)
    page.wait_for_url("**/cong-van/*")
    number = int(page.url.partition("?")[0].rpartition("/")[2])
    for question in page.locator(".question:not(.turns)").all():
        values = question.locator("input[type=checkbox]").all()
        for value in values:
            value.check()
        if not values:
            question.locator(", ".join(f'input[value="{one}"] + label' for one in ANSWERS)).first.click()
    page.click("button:has-text('Soạn bản tin này')")
    page.wait_for_url("**/ban-tin/*")
    return number


def by_command(station, path):
    """Import, confirm what is asked, and make the drafts: the number of the dispatch."""

    def loa(*words):
        done = CliRunner().invoke(
            every_command.get_command(click.Context(every_command), "dispatch"),
            list(words),
            obj=Here(None, None, LAN[0], station),
            catch_exceptions=False,
        )
        assert done.exit_code == 0, done.output
        return done.output

    number = str(json.loads(loa("import", str(path), "--json"))["dispatch_id"])
    if asked := [str(one["ordinal"]) for one in json.loads(loa("doubts", number, "--json"))]:
        loa("confirm", number, *asked)
    loa("draft", number)
    return int(number)


def approved(station, lan, minh, number):
    """Every draft is spoken, heard, handed in and approved; the campaigns that run by then, with their texts."""
    services = station.services
    for made in services.dispatch_drafts.made(number).values():
        sound = station.finish(services.announcements.make_speech(lan, made.announcement_id)).result
        services.announcements.heard(lan, made.announcement_id, sound)
        services.announcements.submit(lan, made.announcement_id)
        seen = services.announcements.get(made.announcement_id)
        words = list(services.scripts.unknown(seen).open)
        services.submissions.approve(minh, made.announcement_id, sound, heard=True, read_as=words)
    return [one for one in services.campaigns.listed(CampaignState.ACTIVE) if one.dispatch_id == number]


def slots_of(station, campaigns, day):
    ids = {one.id for one in campaigns}
    return [slot for slot in station.repos.slots.of_day(day) if slot.campaign_id in ids]


def wrong_in(station, campaigns, ordered) -> list[str]:
    """What the rows of the plan, and the gate, do not keep of an order."""
    found = []
    texts = {said for one in campaigns for said in one.announcement_ids}
    if len(texts) != ordered.texts:
        found.append(f"{len(texts)} texts")
    for number, count in ordered.airings.items():
        slots = slots_of(station, campaigns, date(2026, 12, number))
        if len(slots) != count or (len(slots) >= ordered.texts and {one.announcement_id for one in slots} != texts):
            found.append(f"day {number}: {[(f'{one.start:%H:%M}', one.announcement_id) for one in slots]}")
    found += [f"airs on {day}" for day in ordered.days(*ordered.silent) if slots_of(station, campaigns, day)]
    for campaign in campaigns:
        if (tuple(map(str, campaign.except_windows)), campaign.max_minutes) != (ordered.hours, ordered.most):
            found.append(f"{campaign.except_windows} {campaign.max_minutes}")
        found += _wrong_at_the_gate(station, campaign, ordered)
    return found


def _wrong_at_the_gate(station: Station, campaign: Campaign, ordered: dispatches.Ordered) -> list[str]:
    """An airing that is brought into each exception, whatever brought it there, has to be refused."""
    ordinary = date(2026, 12, min(ordered.airings))
    slot = slots_of(station, [campaign], ordinary)[0]
    forced = [(day, time(6, 30), slot.length, "excepted_day") for day in ordered.days(*ordered.silent)]
    forced = [one for one in forced if one[0].weekday() in campaign.weekdays]
    hours = [
        time(5, 50) if window.start == time(0) else window.start for window in campaign.except_windows
    ]  # before five it is quiet anyway
    forced += [(ordinary, at, slot.length, "excepted_hours") for at in hours]
    if ordered.most:
        forced.append((ordinary, None, timedelta(minutes=ordered.most, seconds=1), "airing_over_limit"))
    found = []
    for day, at, length, reason in forced:
        start = slot.start if at is None else local_instant(day, at, station.config.station.time_zone)
        told = _asked(station, replace(slot, day=day, start=start, length=length))
        if told != (False, reason):
            found.append(f"gate {day} {at}: {told}")
    if _asked(station, slot) != (True, ""):
        found.append(f"gate refuses what is ordered: {_asked(station, slot)}")
    return found


def _asked(station: Station, slot: Slot) -> tuple[bool, str]:
    facts = station.repos.slots.facts(slot.id)
    _, verdict = station.services.air.ask_gate(
        slot, facts.approved_sha256, slot.start, clock_trusted=True, ordered_by_right=False, excepted=facts.excepted
    )
    return verdict.allowed, verdict.reason


def told_of(campaign: Campaign) -> tuple[object, ...]:
    """What page and command have to agree on."""
    return (
        campaign.windows, campaign.weekdays, campaign.start, campaign.end, campaign.except_days,
        campaign.except_windows, campaign.dates, campaign.max_minutes, len(campaign.announcement_ids), len(campaign.phases),
    )  # fmt: skip


def test_eleven_dispatches_become_planned_campaigns_by_page_and_by_command(open_page, station, other, files):  # noqa: F811
    lan, minh = people(station)
    writer, leader = people(other)
    page = open_page("desk")
    sign_in(page, LAN)
    wrong = {}
    for path, ordered in files:
        number = by_page(page, path)
        campaigns = approved(station, lan, minh, number)
        again = approved(other, writer, leader, by_command(other, path))
        found = wrong_in(station, campaigns, ordered) + [f"command: {one}" for one in wrong_in(other, again, ordered)]
        if [*map(told_of, campaigns)] != [*map(told_of, again)]:
            found.append(f"page {[*map(told_of, campaigns)]} command {[*map(told_of, again)]}")
        page.goto(f"/cong-van/{number}")
        expect(page.locator(".said")).to_contain_text("Sẽ xếp:")
        for one in campaigns:
            station.services.campaigns.stop(lan, one.id)
        for one in again:
            other.services.campaigns.stop(writer, one.id)
        if found:
            wrong[path.name] = found
    assert wrong == {}
