"""What the town proposes: campaigns, forms, word lists, rules; taken by people, but for rules that only close."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.core.delivery import ScriptKind, Shape
from scheduler.core.model import (
    AiringOutcome,
    AirtimeLimit,
    Announcement,
    AnnouncementState,
    Boost,
    BoostKind,
    Campaign,
    CampaignState,
    Phase,
    Priority,
)
from scheduler.core.planning.rules import parse_window
from scheduler.extras.hub.rules.bodies import campaign_body, caps_body, lexicon_body, template_body
from scheduler.extras.town.rules.envelope import Act, Kind
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import NotPermitted, Refused
from tests.conftest import DAY
from tests.extras.town.service.test_sounds import clip, come
from tests.extras.town.service.test_up import ended
from tests.extras.town.service.town import tend, told

ORDER = Campaign(
    id=9,
    title="Đợt tiêm chủng",
    announcement_id=1,
    windows=(parse_window("06:00-07:00"), parse_window("17:00-18:00")),
    base=2,
    start=DAY,
    end=DAY + timedelta(days=20),
    boost=Boost(BoostKind.FACTOR, 2.0),
    min_gap=timedelta(minutes=5),
    priority=Priority.PRIORITY,
    topic="Y tế",
    field=5,
    phases=(Phase(DAY + timedelta(days=10), None, 1),),
)


def said(number, text="Sáng thứ bảy, trạm y tế phường tiêm chủng cho trẻ em."):
    return Announcement(number, f"Tiêm chủng {number}", text, 1, AnnouncementState.APPROVED, None, 1)


def proposed(town, clips=(None,), **changes):
    body = campaign_body(ORDER, [(said(number), sound) for number, sound in enumerate(clips, 1)])
    told = {"kind": Kind.CAMPAIGN, "body": body, "title": ORDER.title, "priority": Priority.PRIORITY}
    told |= {"expires": town.station.clock.now() + timedelta(days=40), "dispatch_number": "642/UBND-VX"}
    return town.issue(**(told | changes))


def all_approved(station, minh):
    for one in station.services.announcements.waiting():
        unread = station.services.announcements.unread(one.id)
        station.services.announcements.approve(minh, one.id, one.audio_sha256, heard=True, read_as=unread)


# Campaigns


def test_a_campaign_is_taken_edited_approved_and_planned_under_the_wards_own_rules(station, town, lan, minh):
    row = proposed(town)
    assert (row.state, told(station, row.issue_id)) == ("waiting", ["waiting"])
    station.services.get(TownService).inbox.accept(lan, row.id)
    row = station.services.get(TownService).inbox.get(row.id)
    campaign = station.repos.programme.campaign(row.campaign_id)
    assert (campaign.state, campaign.base, campaign.boost, campaign.phases) == (
        CampaignState.DRAFT,
        2,
        ORDER.boost,
        ORDER.phases,
    )
    assert station.repos.programme.dispatch(campaign.dispatch_id).number_symbol == "642/UBND-VX"
    tend(station)
    all_approved(station, minh)
    tend(station)
    assert station.services.get(TownService).inbox.get(row.id).state == "approval"
    station.services.campaigns.save(lan, replace(campaign, base=1, windows=campaign.windows[:1]))
    station.services.campaigns.start(lan, campaign.id)
    tend(station)
    assert told(station, row.issue_id) == ["waiting", "preparing", "approved", "planned"]
    assert len(station.repos.slots.of_day(DAY)) == 2  # base 1 × 2: the ward's word, under the town's boost


def test_what_the_ward_is_editing_is_not_handed_in_over_its_head(station, town, lan, minh):
    row = proposed(town)
    station.services.get(TownService).inbox.accept(lan, row.id)
    tend(station, 1)
    campaign = station.repos.programme.campaign(station.services.get(TownService).inbox.get(row.id).campaign_id)
    seen = station.repos.programme.announcement(campaign.announcement_id)
    station.services.announcements.edit(
        lan, seen.id, seen.version, seen.title, "Chủ nhật, trạm y tế phường tiêm chủng."
    )
    tend(station)
    seen = station.repos.programme.announcement(campaign.announcement_id)
    assert seen.state is AnnouncementState.DRAFT


def test_the_towns_recordings_are_fetched_before_anybody_decides_and_become_the_sounds(station, town, lan):
    row = proposed(town, (clip(), None))
    assert [one[0] for one in station.services.get(TownService).clips.wanted()] == [clip().sha256]
    come(station)
    station.services.get(TownService).inbox.accept(lan, row.id)
    tend(station)
    origins = [
        station.repos.programme.clip(one.audio_sha256).origin
        for one in sorted(station.services.announcements.waiting(), key=lambda one: one.id)
    ]
    assert origins == ["upload", "speech"]


def test_what_was_measured_of_a_campaign_is_told_when_it_is_over(station, town, lan, minh, clock):
    row = proposed(town)
    station.services.get(TownService).inbox.accept(lan, row.id)
    tend(station)
    all_approved(station, minh)
    campaign_id = station.services.get(TownService).inbox.get(row.id).campaign_id
    station.services.campaigns.start(lan, campaign_id)
    tend(station)
    first, second, *_ = station.repos.slots.of_day(DAY)
    ended(station, first.id, 20_000)
    ended(station, second.id, 9_000, AiringOutcome.PARTIAL)
    station.services.campaigns.stop(lan, campaign_id)
    tend(station)
    assert told(station, row.issue_id)[-1] == "played"
    assert station.services.get(TownService).inbox.get(row.id).state == "aired"


def test_a_running_campaign_goes_on_until_its_update_runs(station, town, lan, minh):
    row = proposed(town)
    station.services.get(TownService).inbox.accept(lan, row.id)
    tend(station)
    all_approved(station, minh)
    station.services.campaigns.start(lan, station.services.get(TownService).inbox.get(row.id).campaign_id)
    tend(station)
    new = proposed(town, act=Act.UPDATE, references=(row.issue_id,))
    tend(station)
    assert station.services.get(TownService).inbox.get(row.id).state == "planned"
    station.services.get(TownService).inbox.accept(lan, new.id)
    tend(station)
    all_approved(station, minh)
    station.services.campaigns.start(lan, station.services.get(TownService).inbox.get(new.id).campaign_id)
    tend(station)
    assert [station.services.get(TownService).inbox.get(one.id).state for one in (row, new)] == [
        "superseded",
        "planned",
    ]


def test_a_stopped_campaign_airs_nothing_more_and_its_drafts_are_gone(station, town, lan, minh):
    row = proposed(town)
    station.services.get(TownService).inbox.accept(lan, row.id)
    tend(station)
    all_approved(station, minh)
    station.services.campaigns.start(lan, station.services.get(TownService).inbox.get(row.id).campaign_id)
    tend(station)
    town.issue(kind=Kind.STOP, references=(row.issue_id,))
    assert station.repos.store.value("SELECT count(*) FROM slot WHERE outcome IS NULL") == 0
    assert told(station, row.issue_id)[-1] == "cancelled"


def test_a_campaign_that_does_not_fit_the_ward_is_a_draft_that_shows_why(station, town, lan):
    body = campaign_body(replace(ORDER, windows=(parse_window("22:00-23:00"),)), [(said(1), None)])
    row = proposed(town, body=body)
    station.services.get(TownService).inbox.accept(lan, row.id)
    campaign = station.repos.programme.campaign(station.services.get(TownService).inbox.get(row.id).campaign_id)
    assert station.services.campaigns.faults(campaign)


# Forms and words


def test_a_form_becomes_a_draft_of_the_wards_own(station, town, lan):
    body = template_body(Shape(ScriptKind.STORM, paced=True, times=2))
    row = town.issue(
        kind=Kind.TEMPLATE, title="Bão số [số]", text="Bão ở [vị trí].", body=body, priority=Priority.EMERGENCY
    )
    station.services.get(TownService).inbox.accept(lan, row.id)
    row = station.services.get(TownService).inbox.get(row.id)
    made = station.repos.programme.announcement(row.announcement_id)
    assert (made.state, made.priority, made.shape.kind) == (
        AnnouncementState.DRAFT,
        Priority.EMERGENCY,
        ScriptKind.STORM,
    )
    assert (row.state, told(station, row.issue_id)) == ("taken", ["waiting", "approved"])


def word_list(said="Văn hóa Thông tin", version="1"):
    return lexicon_body(
        f'name = "Thị xã"\nversion = "{version}"\n\n[[entry]]\nwritten = "VHTT"\nsaid = "{said}"\n', version
    )


def test_a_word_list_lies_between_the_wards_words_and_the_shipped_ones(station, town, lan):
    row = town.issue(kind=Kind.LEXICON, body=word_list())
    station.services.get(TownService).inbox.accept(lan, row.id)
    (taken,) = station.services.lexicon.rows.lists()
    assert (taken.name, taken.version, taken.entries) == ("Thị xã", "1", 1)
    newer = town.issue(kind=Kind.LEXICON, body=word_list("văn hóa và thông tin", "2"))
    station.services.get(TownService).inbox.accept(lan, newer.id)
    assert [one.version for one in station.services.lexicon.rows.lists()] == ["2"]


def test_an_older_word_list_that_comes_late_is_stale(station, town):
    old = town.envelope(kind=Kind.LEXICON, body=word_list())
    town.send(town.envelope(kind=Kind.LEXICON, body=word_list("khác", "2")))
    assert town.send(old).reason == "envelope_stale"


# Rules


def caps(sessions=None, minutes=None, basis="QĐ 5/QĐ-UBND", **more):
    return dict(caps_body(AirtimeLimit(sessions, minutes, legal_basis=basis))) | more


def test_rules_that_only_close_are_taken_by_the_wards_rule_and_the_journal_has_it(trusting, alarm):
    row = alarm.issue(kind=Kind.CAPS, body=caps(3, 20.0))
    assert (row.state, told(trusting, row.issue_id)) == ("taken", ["stored", "approved"])
    assert trusting.config.rules.cap.sessions_a_day == 3
    note = trusting.repos.store.value("SELECT note FROM journal WHERE kind = 'rules'")
    assert note.startswith("Quy tắc của phường (lệnh cấp trên)")


def test_rules_that_open_anything_wait_for_a_leader_who_proves_who_it_is(trusting, alarm, boss, lan, minh):
    alarm.issue(kind=Kind.CAPS, body=caps(2, 10.0))
    row = alarm.issue(kind=Kind.CAPS, body=caps(5, 10.0))
    assert (row.state, row.reason) == ("waiting", "town_loosens")
    assert trusting.services.get(TownService).take.loosens(row) == ("5",)
    with pytest.raises(NotPermitted):
        trusting.services.get(TownService).inbox.accept(lan, row.id)
    with pytest.raises(NotPermitted):
        trusting.services.get(TownService).inbox.accept(minh, row.id)

    def unproved():
        raise Refused("code_needed")

    with pytest.raises(Refused, match="code_needed"):
        trusting.services.get(TownService).inbox.accept(boss, row.id, prove=unproved)
    assert trusting.config.rules.cap.sessions_a_day == 2
    asked = []
    trusting.services.get(TownService).inbox.accept(boss, row.id, prove=lambda: asked.append(1))
    assert (trusting.config.rules.cap.sessions_a_day, asked) == (5, [1])


def test_a_ward_that_asks_takes_no_rule_by_itself(station, town):
    row = town.issue(kind=Kind.CAPS, body=caps(3))
    assert row.state == "waiting"
    assert station.config.rules.cap.sessions_a_day is None


def test_rules_without_a_document_wait(trusting, alarm):
    row = alarm.issue(kind=Kind.CAPS, body=caps(3, basis=""))
    assert (row.state, row.reason) == ("waiting", "legal_basis_needed")


def test_what_stands_in_the_wards_own_file_is_not_laid_over(config, trusting, alarm, clock):
    from scheduler.station import Station

    written = replace(
        trusting.written, written=frozenset({"cap.sessions_a_day", "cap.minutes_a_session", "cap.weekdays"})
    )
    opened = Station.open(written, clock)
    alarm.station = opened
    row = alarm.issue(kind=Kind.CAPS, body=caps(3))
    assert (row.state, row.reason) == ("waiting", "setting_in_file")
    opened.close()
