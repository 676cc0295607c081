"""Acts that are not one's own: other people's things by their number, forced fields, the second step without the first."""

import re

import pytest

from scheduler.core.model import Campaign, Priority, Role
from scheduler.kernel.errors import LoaError, NotPermitted, Refused
from tests.web.test_security import csrf_of, state_of


def announcement(station, number=1):
    return station.repos.programme.announcement(number)


def submitted_text(cast, who, title="Thông báo"):
    """Words of `who` with a recording, submitted."""
    services, clip = cast.station.services.announcements, cast.clip(2.0, title, 510.0)
    number = services.write(who, title, "Một thông báo ngắn.")
    services.use_recording(who, number, clip.sha256)
    services.heard(who, number, clip.sha256)
    services.submit(who, number)
    return number, clip.sha256


# Nobody approves what they wrote


def test_a_leader_cannot_approve_words_of_their_own_on_the_page(cast, minhs, minh, send):
    number, sha256 = submitted_text(cast, minh)
    assert send(minhs, f"/duyet/{number}/duyet", sha256=sha256, heard="yes").status_code == 422
    assert announcement(cast.station, number).approver_id is None


def test_a_leader_cannot_slip_words_into_somebody_elses_text_and_approve_them(cast, minhs, minh, lan, send):
    """The author's name stays; the words are the leader's own."""
    number, _ = submitted_text(cast, lan)
    services, seen = cast.station.services.announcements, announcement(cast.station, number)
    services.edit(minh, number, seen.version, seen.title, "Lời khác hẳn, không ai khác đã đọc.")
    clip = cast.clip(2.0, "của tôi", 620.0)
    services.use_recording(minh, number, clip.sha256)
    services.heard(minh, number, clip.sha256)
    services.submit(minh, number)
    assert send(minhs, f"/duyet/{number}/duyet", sha256=clip.sha256, heard="yes").status_code == 422
    assert announcement(cast.station, number).approver_id is None


def test_a_leader_cannot_change_only_the_recording_and_approve_it(cast, minh, lan):
    number, _ = submitted_text(cast, lan)
    services, clip = cast.station.services.announcements, cast.clip(2.0, "tráo", 700.0)
    services.use_recording(minh, number, clip.sha256)
    services.heard(minh, number, clip.sha256)
    services.submit(minh, number)
    with pytest.raises(Refused, match="author_is_approver"):
        services.approve(minh, number, clip.sha256, heard=True)


def test_when_the_author_has_changed_it_again_the_leader_may_approve(cast, minh, lan):
    number, _ = submitted_text(cast, lan)
    services = cast.station.services.announcements
    services.edit(minh, number, announcement(cast.station, number).version, "Thông báo", "Lời của lãnh đạo.")
    services.edit(lan, number, announcement(cast.station, number).version, "Thông báo", "Lời của người viết.")
    clip = cast.clip(2.0, "lại", 710.0)
    services.use_recording(lan, number, clip.sha256)
    services.heard(lan, number, clip.sha256)
    services.submit(lan, number)
    services.approve(minh, number, clip.sha256, heard=True)
    assert announcement(cast.station, number).approver_id == minh.id


def test_an_approval_names_the_sound_that_is_there_and_no_other(everything, minhs, send):
    other = everything.clip(2.0, "khác", 900.0)
    answer = send(minhs, "/duyet/1/duyet", sha256=other.sha256, heard="yes")
    assert answer.status_code == 422
    assert announcement(everything.station).approver_id is None


@pytest.mark.parametrize("sha256", ["", "0" * 64, "A" * 64, "../../loa.db", "1 OR 1=1"])
def test_an_approval_of_a_made_up_sound_is_none(sha256, everything, minhs, send):
    assert send(minhs, "/duyet/1/duyet", sha256=sha256, heard="yes").status_code in {404, 422}
    assert announcement(everything.station).approver_id is None


def test_approving_without_having_listened_is_refused_whatever_the_form_leaves_out(everything, minhs, send):
    sha256 = announcement(everything.station).audio_sha256
    assert send(minhs, "/duyet/1/duyet", sha256=sha256).status_code == 422
    assert announcement(everything.station).approver_id is None


# Fields that no form has


FORCED = {
    "approved": "1", "approver_id": "2", "approved_sha256": "0" * 64, "state": "approved", "author_id": "1",
    "role": "admin", "person_id": "2", "priority": "1", "actor": "minh", "id": "1", "version": "999", "heard": "1",
    "kind": "typed", "as": "minh", "login": "minh",
}  # fmt: skip


def test_fields_that_no_form_has_make_no_draft_an_approved_one(station, lan, minh, lans, send):
    answer = send(lans, "/ban-tin", **FORCED, title="Thử", text="Một câu để thử.")
    assert answer.status_code in {303, 422}
    for one in station.repos.programme.announcements():
        assert (one.author_id, one.approver_id, one.state.value) == (lan.id, None, "draft")


def test_nobody_takes_a_role_by_sending_one_with_their_own_name(station, lan, lans, send):
    send(lans, "/tai-khoan/ten", name="Lan", **{key: FORCED[key] for key in ("role", "person_id", "login", "id")})
    after = station.repos.people.get(lan.id)
    assert (after.role, after.login) == (Role.EDITOR, "lan")


def test_an_administrator_cannot_be_made_to_demote_themselves(station, hung, hungs, send):
    assert send(hungs, f"/nguoi-dung/{hung.id}", name="Hùng", role="guest").status_code == 422
    assert station.repos.people.get(hung.id).role is Role.ADMIN


@pytest.mark.parametrize("role", ["root", "ADMIN", "", "guest,admin", "__class__"])
def test_a_role_that_does_not_exist_is_given_to_nobody(role, hungs, send, station):
    answer = send(hungs, "/nguoi-dung", login="moi", name="Mới", role=role)
    assert answer.status_code == 422
    assert station.repos.people.by_login("moi") is None


def test_the_person_of_the_machine_cannot_be_taken_over(hungs, send, station):
    machine = station.repos.people.machine(station.clock.now())
    for path in ("mat-khau", "bat", "tat", "phien"):
        assert send(hungs, f"/nguoi-dung/{machine.id}/{path}").status_code in {403, 404, 422}
    assert not station.repos.people.signs_in(machine.id)


# Things of other people


def test_another_persons_session_is_not_ended_by_its_number(station, lans, minh, minhs, send):
    others = station.repos.people.sessions_of(minh.id, station.clock.now())
    assert others
    for one in others:
        send(lans, f"/tai-khoan/phien/{one.id}")
    assert minhs.get("/truc-tiep").status_code == 200


def test_another_persons_draft_is_neither_read_nor_dropped_by_its_key(station, lan, minh, minhs, send):
    key = "mot-khoa-rat-kho-doan"
    station.services.drafts.keep(lan, key, 0, "Nháp của Lan", "Chữ bí mật của Lan.")
    assert "bí mật của Lan" not in minhs.get("/ban-tin/moi", query_string={"nhap": key, "khoa": key}).text
    send(minhs, "/ban-tin/nhap/bo", key=key, nhap=key, khoa=key)
    assert station.services.drafts.get(lan, key) is not None


def test_another_persons_upload_is_not_there(station, lan, minhs, send):
    upload = station.services.uploads.begin(lan, "a.wav", 1000, "0" * 16).upload.id
    csrf = csrf_of(minhs)
    assert minhs.get(f"/kho/phan/{upload}").status_code == 404
    pushed = minhs.post(f"/kho/phan/{upload}/0", data=b"x" * 10, headers={"X-CSRF-Token": csrf})
    assert pushed.status_code == 404
    assert minhs.post(f"/kho/phan/{upload}/xong", headers={"X-CSRF-Token": csrf}).status_code == 404
    send(minhs, f"/kho/phan/{upload}/bo")
    assert station.services.uploads.state(lan, upload).received == 0


def test_another_persons_voice_is_neither_spoken_into_nor_ended(station, lan, minhs, minh, beat):
    beat()
    lease = station.services.live.open(lan).id
    csrf = csrf_of(minhs)
    headers = {"X-CSRF-Token": csrf}
    assert minhs.get(f"/truc-tiep-micro/{lease}").status_code == 422
    assert minhs.post(f"/truc-tiep-micro/{lease}/0", data=b"\x00" * 100, headers=headers).status_code == 422
    assert minhs.post(f"/truc-tiep-micro/{lease}/tha", headers=headers).status_code == 422
    assert station.services.live.state(lease).open


def test_by_the_number_of_a_file_nothing_is_had_but_papers_of_the_station_by_who_may_see_them(
    everything, lan, stranger, minhs, lans, send, station, tmp_path
):
    """A paper says what everybody inside may see; the number of any other work of the worker leads to nothing."""
    answer = send(lans, "/tep", nguon="nhat-ky", loai="csv", tu="01/12/2026", den="02/12/2026")
    assert answer.status_code == 303
    place = answer.location
    assert minhs.get(f"{place}/tai").status_code == 404  # not made yet
    assert station.worker().work_once()
    with minhs.get(f"{place}/tai") as paper:
        assert paper.status_code == 200
        assert "attachment" in paper.headers["Content-Disposition"]
    for path in (place, f"{place}/tai"):
        assert stranger.get(path).location.startswith("/dang-nhap")
    secret = tmp_path / "ghi.wav"
    secret.write_bytes(b"RIFF" + b"x" * 100)
    other = station.services.recordings.take_in(lan, secret, "ghi.wav", title="Ghi riêng")
    for path in (f"/tep/{other}", f"/tep/{other}/tai", "/tep/999", "/tep/0/tai"):
        assert minhs.get(path).status_code == 404, path


def test_a_thing_put_off_by_one_person_still_stands_before_another(everything, lans, minhs, send):
    before = minhs.get("/truc-tiep").text.count("<li")
    key = re.search(r'<option value="([^"]+)"', lans.get("/truc-tiep").text)[1]
    assert send(lans, "/viec-can-lam/de-sau", key=key, luc="mai").status_code in {303, 422}
    assert minhs.get("/truc-tiep").text.count("<li") == before


# Zones


def test_a_contributor_of_another_zone_changes_nothing_of_anybodys(everything, tus, send, tu):
    before = state_of(everything.station)
    version = announcement(everything.station).version
    for path, fields in (
        ("/ban-tin/1/sua", {"title": "x", "text": "y", "version": version}),
        ("/ban-tin/1/rut", {}),
        ("/ban-tin/1/gui", {}),
        ("/ban-tin/1/giong-doc", {}),
        ("/dot/1/chay", {}),
        ("/dot/1/dung", {}),
        ("/dot/1/tam-dung", {}),
        ("/tiep-am/1/chay", {}),
        ("/tiep-am/1/dung", {}),
        ("/lich/xep-lai", {"ngay": "02/12/2026"}),
    ):
        assert send(tus, path, **fields).status_code in {403, 422, 404}, path
    assert state_of(everything.station)[4:10] == before[4:10]


@pytest.mark.parametrize("zone", ["all", "khu-pho-1", "khu-pho-9", "", "khu-pho-3 ", "KHU-PHO-3", "khu-pho-3,all", "%"])
def test_a_contributor_plans_into_no_zone_but_their_own(zone, cast, tu, station):
    campaign = cast.campaign(cast.approved(), zone=zone)
    with pytest.raises(LoaError):
        station.services.campaigns.save(tu, campaign)
    assert station.repos.programme.campaigns() == []


def test_a_contributor_does_not_move_somebodys_campaign_into_their_own_zone(cast, tu, station):
    from dataclasses import replace

    number = station.services.campaigns.save(cast.lan, cast.campaign(cast.approved()))
    seen: Campaign = station.repos.programme.campaign(number)
    with pytest.raises(NotPermitted):
        station.services.campaigns.save(tu, replace(seen, zone="khu-pho-3"))
    assert station.repos.programme.campaign(number).zone == "all"


# The second step without the first


@pytest.mark.parametrize("code", ["", "000000", "mat-khau-cua-lan", "x" * 5000])
def test_an_emergency_is_not_ordered_by_the_second_step_alone(code, template, minhs, send, station):
    number = template()
    answer = send(minhs, f"/khan-cap/mau/{number}", code=code, sure="yes", xac_nhan="1", confirm="1")
    assert answer.status_code == 422
    assert station.repos.slots.of_day(station.clock.now().date()) == []


def test_an_editor_needs_a_leaders_number_however_the_leader_is_named(template, lans, minh, send, station):
    number = template()
    for name in ("minh", "MINH", "hung", "may-tram", "' OR 1=1 --"):
        answer = send(lans, f"/khan-cap/mau/{number}", leader=name, lanh_dao=name, login=name, code="000000")
        assert answer.status_code in {403, 422}
    assert station.repos.store.rows("SELECT * FROM slot WHERE trigger = 'emergency'") == []


def test_a_set_up_link_is_worth_nothing_once_there_is_somebody(stranger, station, lan):
    assert not station.repos.people.setup_token_valid(station.repos.people.new_setup_token(station.clock.now()))
    assert stranger.get("/cai-dat-lan-dau?ma=x").status_code == 403


def test_a_set_up_link_redeemed_twice_at_once_makes_one_person(config, clock, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    from scheduler.station import Station

    station = Station.open(config, clock)
    station.prepare()
    token = station.repos.people.new_setup_token(clock.now())

    def redeem(number):
        try:
            station.repos.people.set_up(token, f"nguoi{number}", "X", "mat-khau-dai-lam", clock.now())
        except Refused as refused:
            return refused.reason
        finally:
            station.repos.store.close()
        return "made"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(redeem, range(4)))
    station.close()
    assert told.count("made") == 1, told


def test_two_approvals_at_once_are_one(everything, minh, hung):
    from concurrent.futures import ThreadPoolExecutor

    station, sha256 = everything.station, announcement(everything.station).audio_sha256

    def approve(person):
        try:
            station.services.announcements.approve(person, 1, sha256, heard=True)
        except Refused as refused:
            return refused.reason
        finally:
            station.repos.store.close()
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(approve, (minh, hung)))
    assert told.count("approved") == 1, told
    assert len(station.repos.store.rows("SELECT * FROM decision WHERE announcement_id = 1")) == 1


def test_a_guest_acts_nowhere_not_even_through_the_desk(station, guest, cast):
    services, number = station.services, cast.submitted()
    for act in (
        lambda: services.announcements.write(guest, "t", "x", Priority.NORMAL),
        lambda: services.announcements.submit(guest, number),
        lambda: services.announcements.withdraw(guest, number),
        lambda: services.campaigns.save(guest, cast.campaign(number)),
        lambda: services.people.add(guest, "x", "x", Role.ADMIN, "mat-khau-dai-lam"),
        lambda: services.tokens.add(guest, "x", ["see"]),
    ):
        with pytest.raises(NotPermitted):
            act()
