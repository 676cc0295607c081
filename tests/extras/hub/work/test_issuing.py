"""What may be issued, by whom, to whom, until when; and that a ward reads what was written."""

import json
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.announcement.word_list import OwnForm
from scheduler.core.model import AirtimeLimit, Boost, BoostKind, Phase, Priority, Role
from scheduler.core.planning.rules import parse_window
from scheduler.extras.hub.keys import HubConfig
from scheduler.extras.hub.service.intake import Up
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.rules.bodies import read_campaign, read_caps, read_lexicon, read_template, shape_of
from scheduler.extras.town.rules.envelope import Act, Kind, Status, Told, UpKind, unseal, up_body
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import NotPermitted
from scheduler.station import Station
from tests.conftest import MORNING
from tests.extras.hub.work.conftest import Town
from tests.refusals import refused

HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    return SteppedClock(MORNING)


@pytest.fixture
def town(desk_of_town):
    desk_of_town.ward("101", "bac")
    desk_of_town.ward("102", "nam")
    return desk_of_town


@pytest.fixture
def hoa(station):
    """Hoa approves as well, and has written nothing."""
    return station.repos.people.add("hoa", "Hoa", Role.APPROVER, "mat-khau-cua-hoa", station.clock.now())


def order(town, number, kind=Kind.ANNOUNCEMENT, **more):
    told = {"expires": town.station.clock.now() + 2 * HOUR} | more
    return IssueOrder(kind, of=number, **told)


def envelope(town, issue):
    return unseal(town.services._issues.envelope(issue).encode(), {town.services.keys.current().public: "town"})


# Who and what


def test_only_an_approved_sound_is_issued(town, cast, hoa):
    submitted = cast.submitted()
    assert refused(town.services.issue, hoa, order(town, submitted)) == "unapproved"
    assert town.services.issues() == []


def test_the_author_does_not_issue_and_the_approver_may(town, cast, minh, station):
    number = cast.approved()
    wrote = station.repos.people.add("viet", "Viết", Role.APPROVER, "mat-khau-cua-viet", station.clock.now())
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET writer_id = ? WHERE id = ?", (wrote.id, number))
    assert refused(town.services.issue, wrote, order(town, number)) == "author_is_issuer"
    with pytest.raises(NotPermitted):
        town.services.issue(cast.lan, order(town, number))
    issue = town.services.issue(minh, order(town, number))
    told = envelope(town, issue)
    assert (told.author, told.approver) == ("Lan", "Minh")


def test_one_officer_may_be_both(town, cast, config, clock, minh):
    number = cast.approved()
    lone = Station.open(replace(config, station=replace(config.station, one_officer=True)), clock)
    with lone.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET author_id = ? WHERE id = ?", (minh.id, number))
    assert Town(lone, town.server).services.issue(minh, order(town, number))
    lone.close()


def test_an_emergency_asks_who_it_is_and_waits_a_moment(town, cast, minh, clock):
    number = cast.approved()
    urgent = order(town, number, priority=Priority.EMERGENCY)
    assert town.services.asks(minh, Priority.EMERGENCY) == "password"
    assert town.services.asks(minh, Priority.NORMAL) == ""
    assert refused(town.services.issue, minh, urgent) == "code_needed"
    assert refused(town.services.issue, minh, urgent, code="sai") == "code_wrong"
    issue = town.services.issue(minh, urgent, code="mat-khau-cua-minh", grace=timedelta(seconds=5))
    assert town.services.intake.due() == []
    clock.advance(6)
    (message,) = town.services.intake.due()
    assert (message.issue_id, message.subject, message.message_id) == (issue, "dispatch.all", issue)
    assert not town.services.take_back(minh, issue)  # it may have left


def test_what_was_taken_back_never_leaves(town, cast, minh, clock):
    number = cast.approved()
    issue = town.services.issue(
        minh, order(town, number, priority=Priority.EMERGENCY), code="mat-khau-cua-minh", grace=timedelta(seconds=5)
    )
    assert town.services.take_back(cast.lan, issue)
    assert not town.services.take_back(cast.lan, issue)
    clock.advance(60)
    assert town.services.intake.due() == []
    assert refused(town.services.publish_again, minh, issue) == "issue_unknown"
    assert town.services.issues()[0].issue.taken_back_at is not None


def test_a_drill_is_told_as_one_and_asks_for_no_code(town, cast, minh, clock):
    number = cast.approved()
    with town.station.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET priority = 1 WHERE id = ?", (number,))
    told = envelope(town, town.services.issue_drill(minh, number, ("group.bac",), clock.now() + HOUR))
    assert (told.status, told.priority, told.targets) == (Status.EXERCISE, Priority.EMERGENCY, ("group.bac",))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"targets": ()}, "targets_missing"),
        ({"targets": ("ward.999",)}, "ward_unknown"),
        ({"targets": ("group.dong",)}, "group_unknown"),
        ({"targets": ("ward.1 >",)}, "envelope_target"),
        ({"targets": ("dispatch.>",)}, "envelope_target"),
        ({"expires": MORNING}, "issue_expired"),
        ({"expires": MORNING + HOUR, "not_before": MORNING + 2 * HOUR}, "issue_expired"),
        ({"expires": MORNING + timedelta(days=500)}, "issue_too_long"),
        ({"expires": MORNING + timedelta(days=3), "priority": Priority.EMERGENCY}, "issue_too_long"),
        ({"updates": "018f0000-0000-7000-8000-000000000000"}, "issue_unknown"),
        ({"of": None}, "issue_of_nothing"),
        ({"kind": Kind.STOP}, "issue_of_nothing"),
        ({"kind": Kind.LEXICON}, "lexicon_empty"),
        ({"kind": Kind.CAMPAIGN, "of": 99}, "not_found"),
        ({"dispatch_number": "x\x00y"}, "envelope_unreadable"),
    ],
)
def test_what_cannot_be_issued_is_refused_and_leaves_nothing(town, cast, minh, change, reason):
    number = cast.approved()
    assert (
        refused(town.services.issue, minh, replace(order(town, number), **change), code="mat-khau-cua-minh") == reason
    )
    assert town.services.issues() == []
    assert town.services.state().waiting == 0


def test_a_revoked_ward_is_no_target_and_is_not_counted(town, cast, minh):
    number = cast.approved()
    town.services.revoke(town.admin, "102")
    assert refused(town.services.issue, minh, order(town, number, targets=("ward.102",))) == "ward_unknown"
    issue = town.services.issue(minh, order(town, number))
    assert town.services.issued(issue)[0].wards == 1
    assert [one.id for one in town.services.reach(("all",))] == ["101"]


def test_each_target_is_one_message_with_an_id_of_its_own(town, cast, minh):
    issue = town.services.issue(minh, order(town, cast.approved(), targets=("ward.101", "group.nam", "ward.101")))
    assert [(one.subject, one.message_id) for one in town.services.intake.due()] == [
        ("dispatch.ward.101", issue),
        ("dispatch.group.nam", f"{issue}.1"),
    ]


def test_a_station_that_is_no_hub_issues_nothing(cast, minh, config, clock):
    plain = Station.open(config.having(replace(config.get(HubConfig), url="")), clock)
    assert refused(plain.services.get(HubService).issue_test, minh) == "no_hub"
    plain.close()


# Later words on the same thing


def test_an_update_and_a_cancel_name_the_first_version_and_a_stop_names_all(town, cast, minh):
    number = cast.approved()
    first = town.services.issue(minh, order(town, number, targets=("ward.101",)))
    second = town.services.issue(minh, order(town, number, targets=("ward.102",), updates=first))
    third = town.services.issue(minh, order(town, number, updates=second))
    assert {envelope(town, one).references for one in (second, third)} == {(first,)}
    assert envelope(town, third).act is Act.UPDATE
    cancel = envelope(town, town.services.issue_cancel(cast.lan, third))
    assert (cancel.act, cancel.kind, cancel.references) == (Act.CANCEL, Kind.ANNOUNCEMENT, (first,))
    assert set(cancel.targets) == {"ward.101", "ward.102", "all"}
    stop = envelope(town, town.services.issue_stop(cast.lan, second))
    assert (stop.kind, stop.references) == (Kind.STOP, (first, second, third))
    numbers = [one.issue.sequence for one in town.services.issues()]
    assert numbers == sorted(set(numbers), reverse=True)
    assert len(numbers) == 5


def test_whoever_may_stop_the_air_stops_it_in_the_wards_and_a_guest_does_not(town, cast, minh, station):
    issue = town.services.issue(minh, order(town, cast.approved()))
    guest = station.repos.people.add("khach", "Khách", Role.GUEST, "mat-khau-cua-khach", station.clock.now())
    with pytest.raises(NotPermitted):
        town.services.issue_stop(guest, issue)
    assert town.services.issue_stop(cast.lan, issue)


# What the ward reads


def test_a_ward_reads_the_campaign_that_was_issued(town, cast, minh):
    one, two = cast.approved(title="Một"), cast.approved(title="Hai", pitch=300.0)
    phase = Phase(date(2026, 12, 5), None, 6, Boost(BoostKind.FACTOR, 1.5), (parse_window("17:00-18:00"),))
    number = cast.running(
        one,
        end=date(2026, 12, 20),
        rotation=(two,),
        phases=(phase,),
        boost=Boost(BoostKind.TARGET, 4.0),
        weekdays=frozenset({0, 2}),
        topic="Y tế",
        chime=True,
        repeat=2,
    )
    told = envelope(town, town.services.issue(minh, order(town, number, Kind.CAMPAIGN)))
    found = read_campaign(told)
    ours = town.station.repos.programme.campaign(number)
    assert [one.title for one in found.announcements] == ["Một", "Hai"]
    assert all(one.clip for one in found.announcements)
    assert found.announcements[0].clip == told.clip
    same = ("windows", "base", "start", "end", "boost", "weekdays", "min_gap", "chime", "repeat", "topic", "phases")
    assert {name: getattr(found.order, name) for name in same} == {name: getattr(ours, name) for name in same}
    sounds = town.station.repos.programme.announcement(two).approved_sha256
    assert town.services.intake.issues.sound_is_issued(sounds, town.station.clock.now())


def test_a_ward_reads_the_caps_the_template_and_the_words_that_were_issued(town, cast, minh, lan):
    cap = AirtimeLimit(2, 30.0, frozenset(range(5)), "QĐ 12/QĐ-UBND")
    caps = envelope(town, town.services.issue(minh, order(town, None, Kind.CAPS, cap=cap)))
    assert read_caps(caps)["cap.sessions_a_day"] == 2
    assert read_caps(caps)["cap.weekdays"] == (0, 1, 2, 3, 4)
    number = town.station.services.announcements.write(
        lan, "Mẫu bão [số]", "Bão số [số] ở [vị trí].", Priority.EMERGENCY
    )
    form = envelope(town, town.services.issue(minh, order(town, number, Kind.TEMPLATE, status=Status.EXERCISE)))
    assert form.text == "Bão số [số] ở [vị trí]."
    assert shape_of(form.body) == read_template(form)[0] == town.station.repos.programme.announcement(number).shape
    town.station.services.lexicon.keep(lan, OwnForm("KTTV", "khí tượng thủy văn"))
    words = envelope(town, town.services.issue(minh, order(town, None, Kind.LEXICON)))
    assert "khí tượng thủy văn" in read_lexicon(words)[0]


def test_a_clip_names_its_file_by_the_hash_of_its_bytes(town, cast, minh):
    told = envelope(town, town.services.issue(minh, order(town, cast.approved(seconds=2.0))))
    path = town.station.repos.library.path(told.clip.sha256)
    assert (told.clip.bytes, told.clip.seconds) == (path.stat().st_size, 2.0)
    assert told.clip.url == f"http://127.0.0.1:1/clips/{told.clip.sha256}.wav"


def test_a_sound_whose_file_is_gone_is_not_issued(town, cast, minh):
    number = cast.approved()
    sha256 = town.station.repos.programme.announcement(number).approved_sha256
    town.station.repos.library.path(sha256).unlink()
    assert refused(town.services.issue, minh, order(town, number)) == "audio_missing"


# What is kept and given again


def test_what_still_holds_is_published_again_with_the_same_id_and_what_is_over_is_not(town, cast, minh, clock):
    number = cast.approved()
    short = town.services.issue(minh, order(town, number))
    long = town.services.issue(minh, order(town, number, expires=clock.now() + timedelta(days=60)))
    due = town.services.intake.due()
    town.services.intake.published([(one.id, place) for place, one in enumerate(due, 7)])
    assert town.services.intake.due() == []
    assert town.services.intake.issues.last_place() == 8
    clock.advance(26 * 86_400)
    assert town.services.intake.renew() == 1
    assert [(one.issue_id, one.message_id) for one in town.services.intake.due()] == [(long, long)]
    assert town.services.publish_again(minh, short) == 0
    assert town.services.intake.issues.last_place() == 8  # a place that was given is never given again


def test_the_signing_key_is_in_no_row_and_in_a_file_of_its_own(town, cast, minh):
    town.services.issue(minh, order(town, cast.approved()))
    path = town.station.config.data / "issuer-key.json"
    private = json.loads(path.read_text())["private"]
    assert path.stat().st_mode & 0o777 == 0o600
    store = town.station.repos.store
    for table in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        assert private not in json.dumps(store.rows(f"SELECT * FROM {table['name']}"), default=str)  # noqa: S608 - names of the schema


def test_issuing_is_told_in_the_log_of_acts(town, cast, minh):
    issue = town.services.issue(minh, order(town, cast.approved()))
    rows = town.station.repos.store.rows("SELECT * FROM audit WHERE subject = 'hub_issue'")
    assert [(row["subject_id"], row["kind"]) for row in rows] == [(issue, "insert")]


def test_a_group_that_a_ward_does_not_know_of_yet_is_issued_to_its_wards_one_by_one(town, cast, minh):
    number = cast.approved()
    to_group = order(town, number, targets=("group.bac",))
    assert envelope(town, town.services.issue(minh, to_group)).targets == ("group.bac",)
    change = town.services.change_ward
    change(town.admin, NewWard("102", "Phường 102", ("nam", "bac")))  # it knows of nam alone
    assert town.services.ward("102").groups_untold
    assert envelope(town, town.services.issue(minh, to_group)).targets == ("ward.101", "ward.102")
    change(town.admin, NewWard("102", "Phường 102", ("nam",)))
    change(town.admin, NewWard("101", "Phường 101", ()))  # it still believes that it is in bac
    town.services.add_ward(town.admin, NewWard("103", "Phường 103", ("bac",)))
    assert envelope(town, town.services.issue(minh, to_group)).targets == ("ward.103",)
    code = town.services.new_code(town.admin, "101")
    town.services.join(code, keys.public_of(keys.new_seed()))
    assert envelope(town, town.services.issue(minh, to_group)).targets == ("group.bac",)


def test_a_hub_restored_from_yesterday_gives_no_number_twice(town, cast, minh, clock):
    number = cast.approved()
    numbers = [envelope(town, town.services.issue(minh, order(town, number))).sequence for _ in range(5)]
    with town.station.repos.store.write() as db:  # as an older database would be
        db.conn.execute("DELETE FROM hub_outbox")
        db.conn.execute("DELETE FROM hub_issue")
    clock.advance(60)
    assert envelope(town, town.services.issue(minh, order(town, number))).sequence > max(numbers)


# Many wards


def reads(station, act):
    """How many questions an act asks the database."""
    asked = []
    station.repos.store.db.conn.set_trace_callback(asked.append)
    try:
        act()
    finally:
        station.repos.store.db.conn.set_trace_callback(None)
    return sum(one.lstrip().startswith(("SELECT", "PRAGMA")) for one in asked)


def test_an_order_and_its_answers_ask_as_much_for_two_hundred_wards_as_for_two(town, cast, minh):
    bulletin = cast.approved()

    def orders():
        return reads(town.station, lambda: town.services.issue(minh, order(town, bulletin)))

    def answers(row, wards):
        now = town.station.clock.now()
        told = [(one, Told(one, row, UpKind.ACK, now, {"id": "x", "state": "received"})) for one in wards]
        batch = [Up(f"up.{one}.ack", up_body(word)) for one, word in told]
        return reads(town.station, lambda: town.services.intake.take(batch))

    orders(), answers(1, ("101", "102"))
    few = orders(), answers(2, ("101", "102"))
    more = [str(number) for number in range(200, 400)]
    town.many(more)
    answers(1, more)
    assert (orders(), answers(2, more)) == few


def test_a_new_ward_is_counted_against_the_most_there_may_be(town, monkeypatch):
    monkeypatch.setattr("scheduler.extras.hub.service.wards.MOST_WARDS", 3)
    town.ward("103")
    assert refused(town.services.add_ward, town.admin, NewWard("104", "Phường Bốn")) == "wards_too_many"


def test_without_an_end_a_campaign_holds_to_its_last_day_and_an_announcement_a_week(town, cast):
    """A Friday's campaign is not dead on Monday; page and command ask the same rule."""
    now, number = town.station.clock.now(), cast.approved()
    last = now.date() + timedelta(days=3)
    campaign = cast.running(number, end=last)
    content = town.services.offered(town.admin, Kind.CAMPAIGN, campaign)
    end = town.services.usual_end(content, content.priority, now).astimezone(
        ZoneInfo(town.station.config.station.time_zone)
    )
    assert (end.date(), end.hour, end.minute) == (last, 23, 59)
    content = town.services.offered(town.admin, Kind.ANNOUNCEMENT, number)
    assert (
        now + timedelta(days=7)
        < town.services.usual_end(content, content.priority, now)
        <= now + timedelta(days=7, minutes=1)
    )
    assert town.services.usual_end(content, Priority.EMERGENCY, now) <= now + timedelta(hours=2, minutes=1)
