"""Bulletins of the province in the ward: taken in once, aired by rule or by a person, never after their end."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.core.model import AiringOutcome, AnnouncementState, CampaignState, Priority, Role, Trigger
from scheduler.core.planning.rules import parse_window
from scheduler.core.report.period import parse_period
from scheduler.extras.inbox.work import air_by_order
from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.extras.province.service.link import NotTaken
from scheduler.extras.province.work.link import ProvinceLink
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station import Station
from scheduler.store import Ending
from tests.extras.province.work.conftest import ISSUER, linked, wav
from tests.extras.province.work.server import BULLETINS, SOUNDS
from tests.waiting import until

MINUTE = timedelta(minutes=1)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def speak_all(station):
    """What the worker does when its process runs."""
    worker = station.worker()
    while worker.work_once():
        pass


def row_of(station, bulletin_id="BT-1"):
    return next(reversed(station.services.get(ProvinceService)._rows.versions(bulletin_id)), None)


def slots_of(station, row):
    sql = "SELECT * FROM slot WHERE announcement_id = ? ORDER BY start"
    return station.repos.store.rows(sql, (row.announcement_id,))


def told(station, slot_id):
    return station.repos.slots.facts(slot_id).row


def leader_approves(station, minh):
    (waiting,) = station.services.announcements.waiting()
    station.services.announcements.approve(minh, waiting.id, waiting.audio_sha256, heard=True)


# Taking in


def test_a_bulletin_waits_in_the_inbox_with_its_sound_ready_and_airs_nothing(station, link, province, bulletin, turn):
    province.bulletins = [bulletin()]
    turn(link)
    speak_all(station)
    row = row_of(station)
    assert (row.state, row.way, row.priority) == ("waiting", "", 3)
    assert station.services.get(ProvinceService).inbox.sound(row).origin == "speech"
    assert slots_of(station, row) == []
    assert station.services.announcements.waiting() == []
    assert [one.id for one in station.repos.programme.announcements()] == []


def test_the_same_bulletin_twice_is_one(station, link, province, bulletin, turn, clock):
    province.bulletins = [bulletin(), bulletin()]
    turn(link)
    clock.advance(60)
    turn(link)
    assert province.asked(BULLETINS) == 2
    assert station.repos.store.value("SELECT count(*) FROM province_inbox") == 1


def test_a_changed_bulletin_is_a_new_version_and_the_end_of_the_old_one(station, link, province, bulletin, turn, clock):
    province.bulletins = [bulletin()]
    turn(link)
    first = row_of(station)
    province.bulletins = [bulletin(NoiDung="Đổi lịch: tiêm chủng sáng chủ nhật.")]
    clock.advance(60)
    turn(link)
    second = row_of(station)
    assert (second.version, second.state) == (2, "waiting")
    old = station.services.get(ProvinceService).inbox.get(first.id)
    assert (old.state, old.reason) == ("superseded", "province_superseded")
    assert station.repos.programme.announcement(old.announcement_id).state is AnnouncementState.WITHDRAWN


def test_one_bad_bulletin_does_not_hide_the_next(station, link, province, bulletin, turn):
    province.bulletins = [None, {"TieuDe": "không số"}, 7, bulletin(BanTinID="tốt")]
    turn(link)
    assert row_of(station, "tốt").state == "waiting"


# What nobody can take


def not_taken(station):
    return station.services.get(ProvinceService).link.not_taken()


def test_what_is_no_bulletin_leaves_a_trace_that_outlives_the_list_and_the_process(
    station, link, province, bulletin, turn, clock
):
    assert not_taken(station) == NotTaken()
    province.bulletins = [7, {"TieuDe": "không số"}, bulletin(BanTinID="tốt")]
    began = clock.now()
    turn(link)
    found = not_taken(station)
    assert (found.listed, found.reason, found.details) == (2, "province_bulletin_bad", {"key": "BanTinID"})
    assert began <= found.at <= clock.now()
    province.bulletins = [bulletin(BanTinID="tốt")]
    clock.advance(60)
    turn(link)
    assert not_taken(station) == replace(found, listed=0)
    clock.advance(60)
    turn(linked(station))
    assert not_taken(station) == replace(found, listed=0)


def test_a_bulletin_on_which_the_software_fails_leaves_a_trace_too(
    station, link, province, bulletin, turn, monkeypatch
):
    def fails(*_):
        raise LookupError("nobody has thought of it")

    monkeypatch.setattr(ProvinceService, "receive", fails)
    province.bulletins = [bulletin()]
    turn(link)
    assert (not_taken(station).listed, not_taken(station).reason) == (1, "province_bulletin_broken")


def test_a_bulletin_that_a_full_disk_did_not_take_is_no_junk_and_is_taken_when_there_is_room(
    station, link, province, bulletin, turn, monkeypatch, clock
):
    def is_full(*_):
        raise Refused("disk_full")

    province.bulletins = [bulletin(BanTinID="tốt")]
    with monkeypatch.context() as fault:
        fault.setattr(ProvinceService, "receive", is_full)
        turn(link)
    assert not_taken(station) == NotTaken()
    assert station.services.get(ProvinceService).link.state().reason == "disk_full"
    clock.advance(60)
    turn(link)
    assert row_of(station, "tốt").state == "waiting"


# Emergencies


@pytest.fixture
def emergency(bulletin):
    return bulletin(MucDoUuTien="1", TieuDe="Xả lũ", NoiDung="Hồ xả lũ. Bà con khu phố 3 sơ tán ngay.")


def test_an_emergency_of_a_trusted_issuer_is_on_its_way_in_one_turn_and_says_who_ordered(
    trusting, province, emergency, turn
):
    station = trusting()
    province.bulletins = [emergency]
    turn(linked(station), times=1)
    row = row_of(station)
    (slot,) = slots_of(station, row)
    facts = told(station, slot["id"])
    assert (row.state, row.way, row.slot_id) == ("aired", "air", slot["id"])
    assert (slot["trigger"], slot["priority"], slot["outcome"]) == ("emergency", 1, None)
    assert facts["operator"] == facts["author"] == facts["approver"] == "Nguồn: Tỉnh"
    assert facts["operator_role"] == Role.APPROVER.value
    assert facts["text"] == emergency["NoiDung"]
    assert facts["engine"] == "espeak"


def test_an_emergency_airs_in_quiet_hours_and_is_ordered_once_however_often_it_is_told(
    trusting, province, emergency, turn, clock
):
    clock.advance(17 * 3600)  # 22:30
    province.now = clock.now()
    station = trusting()
    link = linked(station)
    province.bulletins = [emergency | {"ThoiGianSanXuat": int(clock.now().timestamp())}]
    turn(link)
    clock.advance(60)
    turn(linked(station))
    assert len(slots_of(station, row_of(station))) == 1
    assert station.repos.store.value("SELECT count(*) FROM slot WHERE trigger = 'emergency'") == 1


def test_an_emergency_of_somebody_else_waits_with_its_doubt(trusting, province, emergency, turn):
    station = trusting(trusted_issuers=("ai khác",))
    province.bulletins = [emergency]
    turn(linked(station))
    row = row_of(station)
    assert (row.state, [code for code, _ in row.doubts]) == ("waiting", ["province_not_trusted"])


def test_an_old_emergency_found_after_days_without_a_network_does_not_wake_anybody(
    trusting, province, emergency, turn, clock
):
    clock.advance(10 * 86_400)
    province.now = clock.now()
    station = trusting()
    province.bulletins = [emergency]
    turn(linked(station))
    row = row_of(station)
    assert (row.state, [code for code, _ in row.doubts]) == ("waiting", ["province_old"])
    assert slots_of(station, row) == []


def test_the_sound_of_an_emergency_is_fetched_and_aired_instead_of_its_words(trusting, province, emergency, turn):
    station = trusting()
    province.sounds["lu.wav"] = wav(2.0)
    province.bulletins = [emergency | {"LoaiBanTin": 3, "NoiDung": province.url + SOUNDS + "lu.wav"}]
    turn(linked(station), times=1)
    row = row_of(station)
    (slot,) = slots_of(station, row)
    clip = station.repos.programme.clip(slot["audio_sha256"])
    assert (clip.origin, clip.file_name) == ("upload", "lu.wav")
    assert 1.8 < clip.length.total_seconds() < 2.2
    assert list(station.services.recordings.incoming.iterdir()) == []


@pytest.mark.parametrize("fault", ["status 500", "cut", "half", "drip!", "redirect http://10.1.2.3/a.wav"])
def test_an_emergency_whose_sound_does_not_come_is_spoken_from_its_summary(
    trusting, province, emergency, turn, fault, monkeypatch
):
    monkeypatch.setattr("scheduler.extras.province.work.link.EMERGENCY_SECONDS", 0.5)
    station = trusting()
    province.fails(SOUNDS + "lu.wav", fault)
    province.bulletins = [emergency | {"NoiDung": province.url + SOUNDS + "lu.wav"}]
    turn(linked(station), times=1)
    (slot,) = slots_of(station, row_of(station))
    assert told(station, slot["id"])["text"] == "Tiêm chủng tại trạm y tế."


def test_an_emergency_with_neither_sound_nor_words_ends_in_the_inbox(trusting, province, emergency, turn):
    station = trusting()
    province.bulletins = [emergency | {"NoiDung": province.url + SOUNDS + "khong-co.wav", "NoiDungTomTat": ""}]
    turn(linked(station), times=4, seconds=70)
    row = row_of(station)
    assert (row.state, row.reason) == ("waiting", "province_http_error")
    assert slots_of(station, row) == []


def test_a_correction_of_an_emergency_airs_and_a_mere_change_of_title_does_not(
    trusting, province, emergency, turn, clock
):
    station = trusting()
    link = linked(station)
    province.bulletins = [emergency]
    turn(link, times=1)
    first = row_of(station)
    province.bulletins = [emergency | {"TieuDe": "Xả lũ (sửa tên)"}]
    clock.advance(20)
    turn(link, times=1)
    second = row_of(station)
    assert (second.version, second.state, second.slot_id) == (2, "aired", first.slot_id)
    assert second.reason == "province_same_words"
    province.bulletins = [emergency | {"NoiDung": "Đính chính: hồ chưa xả lũ."}]
    clock.advance(20)
    turn(link, times=1)
    third = row_of(station)
    assert (third.version, third.state) == (3, "aired")
    assert third.slot_id not in {None, first.slot_id}
    assert station.repos.programme.announcement(first.announcement_id).state is AnnouncementState.WITHDRAWN


def test_a_cancelled_emergency_is_stopped(trusting, province, emergency, turn, clock):
    station = trusting()
    link = linked(station)
    province.bulletins = [emergency]
    turn(link, times=1)
    row = row_of(station)
    station.repos.slots.claim(station.repos.slots.facts(row.slot_id).slot, clock.now())
    province.bulletins = [emergency | {"DaHuy": True}]
    clock.advance(20)
    turn(link, times=1)
    assert row_of(station).state == "cancelled"
    (command,) = station.repos.jobs.commands()
    assert command.kind == "stop"
    assert command.args == {"slot_id": row.slot_id, "by": "Nguồn: Tỉnh", "reason": "stopped_by_province"}
    assert station.repos.programme.announcement(row.announcement_id).approved_sha256 is None


def test_one_cancelled_before_it_was_ever_seen_leaves_nothing(station, link, province, emergency, turn):
    province.bulletins = [emergency | {"TrangThai": "Đã hủy"}]
    turn(link)
    assert row_of(station) is None


# The next session


def plan_of(station, row):
    row = station.services.get(ProvinceService).inbox.get(row.id)
    return station.repos.programme.campaign(row.campaign_id)


@pytest.fixture
def priority(bulletin):
    return bulletin(MucDoUuTien="2")


def planned_by_rule(trusting, province, priority, turn):
    """A station that has planned the bulletin by the ward's rule alone, and its link."""
    station = trusting()
    link = linked(station)
    province.bulletins = [priority]
    turn(link)
    speak_all(station)
    turn(link, times=4)
    return station, link


def test_a_priority_bulletin_enters_the_next_session_by_the_wards_rule(trusting, province, priority, turn):
    station, _ = planned_by_rule(trusting, province, priority, turn)
    row = row_of(station)
    campaign = plan_of(station, row)
    assert (row.state, row.way) == ("planned", "session")
    assert (campaign.state, campaign.priority, campaign.base) == (CampaignState.ACTIVE, Priority.PRIORITY, 1)
    assert (str(campaign.windows[0]), campaign.field) == ("06:00-07:00", 5)
    (slot,) = slots_of(station, row)
    facts = told(station, slot["id"])
    assert (facts["author"], facts["approver"]) == ("Nguồn: Tỉnh", "Quy tắc của phường (bản tin nguồn)")
    assert slot["trigger"] == Trigger.SCHEDULE.value


def test_a_session_of_the_wards_own_campaigns_is_the_next_one(trusting, province, priority, turn, cast):
    cast.running(cast.approved(), windows=(parse_window("05:40-05:55"),), base=1)
    station, _ = planned_by_rule(trusting, province, priority, turn)
    assert str(plan_of(station, row_of(station)).windows[0]) == "05:40-05:55"


def test_approved_late_it_enters_the_session_after_that(station, link, province, priority, turn, lan, minh, clock):
    province.bulletins = [priority]
    turn(link)
    speak_all(station)
    station.services.get(ProvinceService).inbox.accept(lan, row_of(station).id)
    turn(link)
    clock.advance(3 * 3600)  # 08:30, the morning session is over
    leader_approves(station, minh)
    turn(link)
    assert str(plan_of(station, row_of(station)).windows[0]) == "17:00-18:00"


def test_an_unknown_schedule_keeps_a_trusted_priority_bulletin_in_the_inbox(trusting, province, priority, turn):
    station = trusting()
    province.bulletins = [priority | {"LichPhat": {"KieuLich": 2}, "CheDoPhat": 0}]
    turn(linked(station))
    row = row_of(station)
    assert (row.state, [code for code, _ in row.doubts]) == ("waiting", ["province_schedule_unknown"])


def test_the_sound_of_a_waiting_bulletin_is_fetched_for_the_officer_to_hear(station, link, province, bulletin, turn):
    province.sounds["a.wav"] = wav(1.5)
    province.bulletins = [bulletin(LoaiBanTin=3, NoiDung=province.url + SOUNDS + "a.wav")]
    turn(link)
    speak_all(station)
    turn(link)
    assert station.services.get(ProvinceService).inbox.sound(row_of(station)).file_name == "a.wav"


def test_a_slow_sound_of_a_waiting_bulletin_holds_up_no_emergency(trusting, province, bulletin, emergency, clock):
    station = trusting()
    link = ProvinceLink(station)
    province.fails(SOUNDS + "cham.wav", "drip!")
    province.bulletins = [bulletin(BanTinID="chậm", NoiDung=province.url + SOUNDS + "cham.wav")]
    link.step()
    assert link._fetching
    clock.advance(20)
    province.bulletins.append(emergency)
    link.step()
    assert row_of(station).state == "aired"
    assert link._fetching
    province.released.set()
    until(lambda: not link._fetching, "the end of the slow one")
    assert row_of(station, "chậm").reason == "province_cut_off"  # its header was never ended


def test_a_sound_that_never_comes_gives_way_to_the_words(station, link, province, bulletin, turn, clock):
    province.bulletins = [bulletin(NoiDung=province.url + SOUNDS + "mat.wav")]
    for _ in range(6):
        turn(link, times=2)
        clock.advance(1000)
    speak_all(station)
    turn(link)
    row = row_of(station)
    assert (row.state, row.reason, row.tries) == ("waiting", "province_http_error", 5)
    assert station.services.get(ProvinceService).inbox.sound(row).origin == "speech"


def test_phat_ngay_of_an_ordinary_bulletin_needs_a_leader_who_has_heard_it(
    station, link, province, bulletin, turn, lan, minh
):
    province.bulletins = [bulletin()]
    turn(link)
    row = row_of(station)
    with pytest.raises(Refused) as refused:
        air_by_order(station, station.services.get(ProvinceService).inbox, minh, row.id)
    assert refused.value.reason == "province_no_sound"
    speak_all(station)
    sha256 = station.services.get(ProvinceService).inbox.sound(row).sha256
    with pytest.raises(NotPermitted):
        air_by_order(station, station.services.get(ProvinceService).inbox, lan, row.id, sha256, heard=True)
    with pytest.raises(Refused) as refused:
        air_by_order(station, station.services.get(ProvinceService).inbox, minh, row.id, sha256, heard=False)
    assert refused.value.reason == "not_heard"
    assert row_of(station).state == "waiting"
    slot_id = air_by_order(station, station.services.get(ProvinceService).inbox, minh, row.id, sha256, heard=True)
    assert told(station, slot_id)["trigger"] == "manual"
    assert (row_of(station).state, row_of(station).way) == ("aired", "now")


def test_phat_ngay_in_quiet_hours_is_refused_and_changes_nothing(station, link, province, bulletin, turn, minh, clock):
    clock.advance(17 * 3600)
    province.now = clock.now()
    province.bulletins = [bulletin()]
    turn(link)
    speak_all(station)
    row = row_of(station)
    with pytest.raises(Refused) as refused:
        air_by_order(
            station,
            station.services.get(ProvinceService).inbox,
            minh,
            row.id,
            station.services.get(ProvinceService).inbox.sound(row).sha256,
            heard=True,
        )
    assert refused.value.reason == "quiet_hours"
    assert row_of(station).state == "waiting"
    assert station.repos.programme.announcement(row.announcement_id).state is AnnouncementState.DRAFT


def test_the_person_of_an_issuer_cannot_sign_in_and_is_no_person_that_can_be_added(
    station, link, province, bulletin, turn
):
    province.bulletins = [bulletin()]
    turn(link)
    issuer = station.repos.people.get(row_of(station).issuer_id)
    assert (issuer.login, issuer.name) == (f"nguồn {ISSUER}", "Nguồn: Tỉnh")
    assert issuer.id not in {one.id for one in station.repos.people.listed()}
    with pytest.raises(Refused):
        station.repos.people.add(issuer.login, "giả", Role.ADMIN, "mat-khau-gia-mao", station.clock.now())


@pytest.mark.parametrize("is_on", [True, False], ids=["linked", "no_longer_linked"])
def test_a_report_tells_the_airtime_of_the_provinces_bulletins_apart(trusting, province, priority, turn, minh, is_on):
    station, _ = planned_by_rule(trusting, province, priority, turn)
    (slot,) = station.repos.slots.of_day(station.clock.now().astimezone(VIETNAM).date())
    station.repos.slots.claim(slot, slot.start)
    ended = Ending(AiringOutcome.PLAYED, "", slot.start, slot.start + MINUTE, 60_000, {"Loa": "ok"})
    station.repos.slots.close(slot.id, ended, slot.start + MINUTE)
    if not is_on:
        station = Station.open(station.written.having(ProvinceConfig()), station.clock)
    report = station.services.reports.airtime(minh, parse_period(f"{slot.start:%Y-%m}"))
    sources = next(one for one in report.blocks if one.key == "TheoNguon")
    told = {row[0]: row[1:3] for row in sources.rows}
    assert told["Bản tin của hệ thống thông tin nguồn"] == (1, 60_000)
