"""Both ends without a broker between: what a real hub issues is what a real ward does, and the hub learns of it."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.announcement.word_list import OwnForm
from scheduler.core.model import AirtimeLimit, CampaignState, Person, Priority, Role, Trigger
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.intake import Up
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.inbox.work import air_by_rule
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.envelope import AckState, Kind, up_subject
from scheduler.extras.town.service.town import TownService
from scheduler.station import Station
from tests.conftest import DAY, Cast
from tests.extras.town.service.test_up import ended
from tests.extras.town.service.town import WARD, tend

HOUR = timedelta(hours=1)


@pytest.fixture
def town(config, clock, tmp_path):
    """The station of a town, on a folder of its own."""
    told = HubConfig(url="nats://127.0.0.1:1", name="Thị xã", page_url="https://hub.example")
    (tmp_path / "thi-xa").mkdir()
    opened = Station.open(replace(config, folder=tmp_path / "thi-xa").having(TownConfig(), told), clock)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def cast_of_town(town):
    add, now = town.repos.people.add, town.clock.now()
    lan = add("lan", "Lan", Role.EDITOR, "mat-khau-cua-lan", now)
    return Cast(town, lan, add("minh", "Minh", Role.APPROVER, "mat-khau-cua-minh", now))


class Road:
    """What a broker does between the two, at its best."""

    def __init__(self, town: Station, ward: Station, boss: Person) -> None:
        self.town, self.ward, self.place = town, ward, 0
        admin = town.repos.people.machine(town.clock.now())
        town.services.get(HubService).add_ward(admin, NewWard(WARD, "Phường Một", ("ven-song",), homes=900))
        key = town.services.get(HubService).keys.current().public
        ward.services.get(TownService).pin(boss, key, "Thị xã", may_emergency=True)

    def down(self):
        taken = []
        for one in self.town.services.get(HubService).intake.due():
            self.place += 1
            taken.append(self.ward.services.get(TownService).receive(one.envelope.encode(), one.subject, self.place))
            self.town.services.get(HubService).intake.published([(one.id, self.place)])
        return [self.ward.services.get(TownService).inbox.get(one.row.id) for one in taken if one.row is not None]

    def up(self):
        rows = self.ward.services.get(TownService).up.outbox(10_000)
        came = [Up(up_subject(WARD, one.subject_kind), one.body) for one in rows]
        assert self.town.services.get(HubService).intake.take(came) == len(came)
        self.ward.services.get(TownService).up.sent([one.row for one in rows])

    def sounds(self):
        """Give the ward every sound it wants, as the hub's page would."""
        for sha256, size, url, _, _ in self.ward.services.get(TownService).clips.wanted():
            source = self.town.repos.library.path(sha256)
            assert url.endswith(f"/clips/{sha256}.wav")
            data = source.read_bytes()
            assert (hashlib.sha256(data).hexdigest(), len(data)) == (sha256, size)
            path = self.ward.services.recordings.incoming / f"{sha256[:8]}.wav"
            path.write_bytes(data)
            assert self.ward.services.get(TownService).clips.arrived(sha256, path)


@pytest.fixture
def road(town, trusting, boss):
    made = Road(town, trusting, boss)
    trusting.services.get(TownService).up.queue_new()
    return made


def order(town, number, kind=Kind.ANNOUNCEMENT, **more):
    return IssueOrder(kind, of=number, **({"expires": town.clock.now() + 2 * HOUR} | more))


def state_of(town, issue):
    """Where an issue stands in the ward, as the hub has it."""
    _, wards = town.services.get(HubService).issued(issue)
    return wards[0].answer.state


def test_an_emergency_of_the_hub_is_aired_in_the_ward_and_known_at_the_hub(road, town, trusting, cast_of_town):
    number = cast_of_town.approved()
    issue = town.services.get(HubService).issue(
        cast_of_town.minh, order(town, number, priority=Priority.EMERGENCY), code="mat-khau-cua-minh"
    )
    (row,) = road.down()
    road.sounds()
    tend(trusting)
    slot_id = air_by_rule(
        trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
    )
    ended(trusting, slot_id, 3_000)
    tend(trusting, 1)
    trusting.services.get(TownService).up.queue_new()
    road.up()
    assert row.issue_id == issue
    assert state_of(town, issue) == AckState.PLAYED
    assert (
        town.repos.store.value("SELECT played_ms FROM hub_journal WHERE issue_id = ? AND proved = 1", (issue,)) == 3_000
    )


def test_the_hubs_stop_ends_it_in_the_ward(road, town, trusting, cast_of_town):
    number = cast_of_town.approved()
    issue = town.services.get(HubService).issue(
        cast_of_town.minh, order(town, number, priority=Priority.EMERGENCY), code="mat-khau-cua-minh"
    )
    (row,) = road.down()
    town.services.get(HubService).issue_stop(cast_of_town.minh, issue)
    road.down()
    assert trusting.services.get(TownService).inbox.get(row.id).state == "cancelled"
    assert trusting.services.get(TownService).inbox.to_air() == []
    road.up()
    assert state_of(town, issue) == AckState.CANCELLED


def test_a_campaign_of_the_hub_runs_in_the_ward_under_its_dispatch(road, town, trusting, cast_of_town, minh, boss):
    campaign = cast_of_town.running(cast_of_town.approved())
    issue = town.services.get(HubService).issue(
        cast_of_town.minh,
        order(town, campaign, Kind.CAMPAIGN, dispatch_number="642/UBND-VX", expires=town.clock.now() + 48 * HOUR),
    )
    (row,) = road.down()
    road.sounds()
    tend(trusting)
    trusting.services.get(TownService).inbox.accept(boss, row.id)
    tend(trusting)
    for one in trusting.services.announcements.waiting():
        trusting.services.announcements.approve(minh, one.id, one.audio_sha256, heard=True)
    made = trusting.services.get(TownService).inbox.get(row.id).campaign_id
    trusting.services.campaigns.start(boss, made)
    tend(trusting)
    assert trusting.repos.programme.campaign(made).state is CampaignState.ACTIVE
    for slot in trusting.repos.slots.of_day(DAY):
        ended(trusting, slot.id, 3_000)
    trusting.services.get(TownService).up.queue_new()
    road.up()
    assert state_of(town, issue) == AckState.PLANNED
    sql = "SELECT sum(played_ms) FROM hub_journal WHERE dispatch_number = '642/UBND-VX' AND issue_id = ?"
    assert town.repos.store.value(sql, (issue,)) == 6_000


def test_words_forms_and_rules_of_the_hub_are_taken(road, town, trusting, cast_of_town, boss):
    town.services.lexicon.keep(cast_of_town.lan, OwnForm("VHTT", "Văn hóa Thông tin"))
    draft = town.services.announcements.write(cast_of_town.lan, "Bão số mấy", "Bão ở [vị trí].")
    minh, hub = cast_of_town.minh, town.services.get(HubService)
    hub.issue(minh, order(town, None, Kind.LEXICON))
    hub.issue(minh, order(town, draft, Kind.TEMPLATE))
    hub.issue(minh, order(town, None, Kind.CAPS, cap=AirtimeLimit(3, 20.0, legal_basis="QĐ 5")))
    hub.issue_test(minh)
    rows = road.down()
    for row in rows:
        if row.state == "waiting":
            trusting.services.get(TownService).inbox.accept(boss, row.id)
    assert {trusting.services.get(TownService).inbox.get(row.id).state for row in rows} == {"taken"}
    assert trusting.config.rules.cap.sessions_a_day == 3
    assert [one.entries for one in trusting.services.lexicon.rows.lists()] == [1]


def test_a_drill_of_the_hub_is_a_drill_in_the_ward(road, town, trusting, cast_of_town):
    number = cast_of_town.approved()
    town.services.get(HubService).issue_drill(cast_of_town.minh, number, ("all",), town.clock.now() + HOUR)
    rows = road.down()
    assert [(row.status, row.way) for row in rows] == [("exercise", "drill")]
    road.sounds()
    tend(trusting)
    slot = trusting.repos.slots.slot(
        air_by_rule(
            trusting, trusting.services.get(TownService).inbox, *trusting.services.get(TownService).inbox.to_air()
        )
    )
    assert slot.trigger is Trigger.DRILL


def test_every_word_a_ward_tells_is_read_by_the_hub(road, town, trusting, boss):
    trusting.services.get(TownService).receive(b"x", "dispatch.all", 99)
    trusting.services.get(TownService).up.queue_health()
    road.up()
    assert town.repos.store.value("SELECT whole_to FROM hub_line WHERE ward_id = ?", (WARD,)) == 2
