"""Who reaches which zone: every act that names a zone, by every role, against a table written a second time."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scheduler.config.loading import OutputConfig
from scheduler.core.model import Person, Relay, Role
from scheduler.core.planning.rules import parse_window
from scheduler.kernel.errors import NotPermitted, Refused, ZoneNotYours
from scheduler.store.database import insert
from tests.examples import examples
from tests.of_extras import rows_of_extras

DAY = date(2026, 12, 2)
ZONES = ("all", "khu-pho-1", "khu-pho-3")
LEADERS = {Role.APPROVER, Role.ADMIN}
WRITERS = LEADERS | {Role.EDITOR, Role.CONTRIBUTOR}
MAY = {
    **dict.fromkeys(("save", "move", "start", "stop", "pause", "resume", "replace", "order"), WRITERS),
    **dict.fromkeys(("relay_save", "relay_move", "relay_start", "relay_stop", "play_now", "talk"), WRITERS),
    "silence": WRITERS | {Role.TECHNICIAN},
    "break_in": LEADERS,
    "drill": LEADERS | {Role.EDITOR},
    "dispatch_draft": WRITERS,
}
MORE = rows_of_extras("service.zone_acts", "WHOLE_WARD")
"""Acts of extras, by who writes."""
MAY |= dict.fromkeys(MORE, WRITERS)
WHOLE_WARD = {"dispatch_draft", *MORE}
"""Acts whose reach is the whole ward, whatever the zone."""


@pytest.fixture
def config(config):
    return replace(config, outputs=(OutputConfig(name="wav", kind="wavfile", counts=True, zones=ZONES),))


@pytest.fixture
def ward(cast):
    """In each zone a running campaign, another that waits, a relay and a slot; and one approved emergency."""
    station, approved = cast.station, cast.approved()
    running, waiting, relays, slots = {}, {}, {}, {}
    for zone in ZONES:
        running[zone] = cast.running(approved, zone=zone)
        waiting[zone] = station.services.campaigns.save(cast.lan, cast.campaign(approved, zone=zone))
        relays[zone] = station.services.relays.save(cast.lan, f"Thời sự {zone}", relay(zone))
        slots[zone] = station.repos.store.row("SELECT * FROM slot WHERE zone = ? LIMIT 1", (zone,))
    return cast, approved, running, waiting, relays, slots


def relay(zone):
    return Relay(
        id=0, announcement_id=0, windows=(parse_window("06:00-06:30"),), start=DAY, end=DAY, zone=zone,
        sources=("https://dai.example/thoi-su.mp3",),
    )  # fmt: skip


def put_back(ward):
    """What an earlier example has moved stands in its own zone again, and the slot that it took out of the plan."""
    with ward[0].station.repos.store.write() as db:
        for table, kept in (("campaign", ward[3]), ("relay", ward[4])):
            for zone, row_id in kept.items():
                db.conn.execute(f"UPDATE {table} SET zone = ? WHERE id = ?", (zone, row_id))  # noqa: S608 - names above
        for row in ward[5].values():
            if db.conn.execute("SELECT 1 FROM slot WHERE id = ?", (row["id"],)).fetchone() is None:
                insert(db, "slot", row)


def acted(ward, actor, act, zone):
    cast, approved, running, waiting, relays, slots = ward
    services, programme = cast.station.services, cast.station.repos.programme
    others = next(one for one in ZONES if one != zone)
    clip = programme.clip(programme.announcement(approved).audio_sha256)
    {
        "save": lambda: services.campaigns.save(actor, cast.campaign(approved, zone=zone)),
        "move": lambda: services.campaigns.save(actor, replace(programme.campaign(waiting[zone]), zone="khu-pho-3")),
        "start": lambda: services.campaigns.start(actor, waiting[zone]),
        "stop": lambda: services.campaigns.stop(actor, running[zone]),
        "pause": lambda: services.campaigns.pause(actor, running[zone]),
        "resume": lambda: services.campaigns.resume(actor, running[zone]),
        "replace": lambda: services.campaigns.replace(actor, running[zone], waiting[zone]),
        "order": lambda: services.campaigns.order(actor, [running[zone], waiting[zone], running[others]]),
        "relay_save": lambda: services.relays.save(actor, "Mới", relay(zone)),
        "relay_move": lambda: services.relays.save(actor, "Dời", replace(relay("khu-pho-3"), id=relays[zone])),
        "relay_start": lambda: services.relays.start(actor, relays[zone]),
        "relay_stop": lambda: services.relays.stop(actor, relays[zone]),
        "play_now": lambda: services.air.play_now(actor, approved, zone=zone),
        "talk": lambda: services.live.open(actor, zone=zone),
        "silence": lambda: services.air.stop(actor, slots[zone]["id"]),
        "break_in": lambda: services.emergency.break_in(actor, approved, zone=zone),
        "drill": lambda: services.emergency.drill(actor, approved, clip, zone=zone),
        "dispatch_draft": lambda: services.dispatch_drafts.make(actor, 1),
        **{name: partial(more, services, actor) for name, more in MORE.items()},
    }[act]()


@example(Role.CONTRIBUTOR, "move", "all", frozenset({"khu-pho-3"}))
@example(Role.CONTRIBUTOR, "move", "khu-pho-1", frozenset({"khu-pho-3"}))
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(Role),
    st.sampled_from(sorted(MAY)),
    st.sampled_from(ZONES),
    st.frozensets(st.sampled_from(ZONES), max_size=3),
)
def test_nobody_reaches_a_zone_that_is_not_theirs(ward, role, act, zone, own):
    actor = Person(ward[0].lan.id, "x", "X", role, zones=tuple(own))
    allowed = role in MAY[act]
    if role is Role.CONTRIBUTOR:
        allowed &= act not in WHOLE_WARD and zone != "all" and zone in own
        if act in {"move", "relay_move"}:
            allowed &= "khu-pho-3" in own
    put_back(ward)
    before = ward[0].station.repos.store.rows("SELECT id, state, zone FROM campaign ORDER BY id")
    try:
        acted(ward, actor, act, zone)
        refused = False
    except NotPermitted:
        refused = True
    except Refused:
        refused = False
    if act == "order" and role is Role.CONTRIBUTOR:
        if refused:  # only what has really to move is asked for
            assert ward[0].station.repos.store.rows("SELECT id, state, zone FROM campaign ORDER BY id") == before
        return
    assert refused == (not allowed), (role, act, zone, own)
    if refused:
        assert ward[0].station.repos.store.rows("SELECT id, state, zone FROM campaign ORDER BY id") == before


def test_the_refusal_names_the_zone(ward):
    actor = Person(ward[0].lan.id, "x", "X", Role.CONTRIBUTOR, zones=("khu-pho-1",))
    with pytest.raises(ZoneNotYours) as refused:
        ward[0].station.services.campaigns.stop(actor, ward[2]["khu-pho-3"])
    assert refused.value.details["zone"] == "khu-pho-3"


@pytest.fixture
def tu(station):
    people = station.repos.people
    return people.add("tu", "Bác Tư", Role.CONTRIBUTOR, "mat-khau-cua-tu", station.clock.now(), ("khu-pho-3",))


def test_a_contributor_writes_records_and_submits_their_own_and_airs_it_in_their_zone(cast, tu):
    services, clip = cast.station.services, cast.clip(3.0, "của bác Tư", 500.0)
    mine = services.announcements.record(tu, "Họp tổ dân phố", clip.sha256)
    services.announcements.heard(tu, mine, clip.sha256)
    services.announcements.submit(tu, mine)
    with pytest.raises(NotPermitted):
        services.announcements.approve(tu, mine, clip.sha256, heard=True)
    services.announcements.approve(cast.minh, mine, clip.sha256, heard=True)
    campaign_id = services.campaigns.save(tu, cast.campaign(mine, zone="khu-pho-3"))
    services.campaigns.start(tu, campaign_id)
    assert services.air.play_now(tu, mine, zone="khu-pho-3")


def test_a_contributor_changes_nothing_that_others_wrote(cast, tu):
    services, theirs = cast.station.services, cast.submitted()
    seen = cast.station.repos.programme.announcement(theirs)
    for act in (
        lambda: services.announcements.edit(tu, theirs, seen.version, "Khác", "Bà con chú ý."),
        lambda: services.announcements.use_recording(tu, theirs, cast.clip(2.0, "khác", 700.0).sha256),
        lambda: services.announcements.heard(tu, theirs, seen.audio_sha256),
        lambda: services.announcements.submit(tu, theirs),
        lambda: services.announcements.withdraw(tu, theirs),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert cast.station.repos.programme.announcement(theirs) == seen


def test_a_contributor_does_not_take_their_own_off_the_air_of_the_whole_ward(cast, tu):
    """A new sound would void the approval, and with it what the ward airs everywhere."""
    services, clip = cast.station.services, cast.clip(3.0, "của bác Tư", 500.0)
    mine = services.announcements.record(tu, "Họp tổ dân phố", clip.sha256)
    services.announcements.heard(tu, mine, clip.sha256)
    services.announcements.submit(tu, mine)
    services.announcements.approve(cast.minh, mine, clip.sha256, heard=True)
    cast.running(mine, zone="all")
    with pytest.raises(ZoneNotYours):
        services.announcements.use_recording(tu, mine, cast.clip(2.0, "khác", 700.0).sha256)


def test_a_guest_and_a_technician_write_nothing(cast):
    for role in (Role.GUEST, Role.TECHNICIAN):
        actor = Person(cast.lan.id, "x", "X", role)
        with pytest.raises(NotPermitted):
            cast.station.services.announcements.write(actor, "Tin", "Bà con chú ý.")
