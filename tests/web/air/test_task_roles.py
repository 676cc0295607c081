"""Tôi phải làm gì?, by role: what a person may do has its button, what others mend has none, and nothing is missing."""

import re
from dataclasses import replace

import pytest

from scheduler.core.announcement.approval import ACTS
from scheduler.core.model import Person, Role
from scheduler.core.station.tasks import RIGHTS, Gravity, Mend, Share, Task, share_of
from scheduler.features import FEATURES
from tests.of_extras import rows_of_extras
from tests.web.air.test_tasks import told_by
from tests.web.test_security import REACHES, TABLE
from web.auth import right_of
from web.words.task_words import PLACES, todo_told

DONE_AT = rows_of_extras("pages.routes", "MENDS") | {
    Mend.PLAY_AGAIN: "POST /phat-ngay/<int:announcement_id>",
    Mend.READ_AGAIN: "POST /ban-tin/<int:announcement_id>/giong-doc",
    Mend.REOPEN: "POST /cai-dat/dau-ra/thu",
    Mend.BACKUP: "POST /cai-dat/sao-luu",
    Mend.APPROVE: "POST /duyet/<int:announcement_id>/duyet",
    Mend.UPGRADE: "POST /duyet/giong/<int:upgrade_id>/duyet",
    Mend.RELAY: "POST /tiep-am/<int:relay_id>",
    Mend.APPROVE_RELAY: "POST /tiep-am/<int:relay_id>/duyet",
    Mend.CAMPAIGN: "POST /dot/<int:campaign_id>",
    Mend.ANNOUNCEMENT: "POST /ban-tin/<int:announcement_id>/sua",
    Mend.RECORDINGS: "POST /kho/<sha256>/ban-tin",
    Mend.DISPATCH: "POST /cong-van/<int:dispatch_id>/viec/<int:ordinal>",
    Mend.JOURNAL: "POST /cai-dat/dau-ra/thu",
    Mend.STATION: "POST /cai-dat/don-vi",
    Mend.CLOCK: "POST /cai-dat/dong-ho/xac-nhan",
}
"""What mends a task -> the act that does it, written down a second time; those of extras stand in their tests."""
STATION = {Mend.STATION, Mend.CLOCK, Mend.REOPEN, Mend.JOURNAL}
"""What everybody must know of, though others mend it."""
NAMES = dict.fromkeys(ACTS, ("Kỷ",))


def person(role):
    return Person(9, role.value, role.value.title(), role, zones=("khu-pho-3",))


def task(mend, gravity=Gravity.NOW, **more):
    return Task("k", "audio_missing", gravity, mend, "1", details={"title": "Tiêm chủng"}, **more)


def test_every_kind_of_task_asks_the_right_of_the_act_that_does_it():
    assert set(RIGHTS) == set(DONE_AT) == set(PLACES) | {name for one in FEATURES for name in one.mends}
    assert {mend: TABLE[route] for mend, route in DONE_AT.items()} == RIGHTS


def test_each_role_has_a_button_to_each_kind_that_it_may_do_and_to_no_other(app, clock):
    buttons, cases = set(), 0
    with app.test_request_context():
        for role in Role:
            for mend, route in DONE_AT.items():
                cases += 1
                share = share_of(task(mend), person(role), one_officer=False)
                told = todo_told(task(mend), share, clock.now(), NAMES)
                may = role in REACHES[TABLE[route]]
                assert (share is Share.DOES) == may, (role, mend)
                assert bool(told.press or told.word) == may, (role, mend)
                assert (share is Share.KNOWS) == (not may and mend in STATION), (role, mend)
                assert ("Người sửa được: Kỷ" in told.tails) == (share is Share.KNOWS), (role, mend)
                if may:
                    endpoint, _ = app.url_map.bind("").match(told.address.partition("#")[0])
                    assert role in REACHES[right_of(app, endpoint)], (role, mend)
                    buttons.add((role, mend))
    assert cases == len(Role) * len(RIGHTS)
    assert {role for role, _ in buttons} == set(Role) - {Role.GUEST}


@pytest.mark.parametrize("role", Role)
def test_what_can_wait_of_the_station_is_told_to_who_mends_it_alone(role):
    share = share_of(task(Mend.STATION, Gravity.HEED), person(role), one_officer=False)
    assert share is (Share.DOES if role in REACHES["configure"] else Share.NONE)
    silent = replace(task(Mend.STATION, Gravity.HEED), reason="unheard")
    assert share_of(silent, person(role), one_officer=False) >= Share.KNOWS


@pytest.mark.parametrize("mend", [Mend.APPROVE, Mend.APPROVE_RELAY, Mend.UPGRADE])
@pytest.mark.parametrize("role", Role)
def test_who_wrote_it_waits_for_another_leader_unless_there_is_one_officer(role, mend):
    own, leads = task(mend, authors=frozenset({9})), role in REACHES["approve"]
    assert share_of(own, person(role), one_officer=False) is Share.AWAITS
    assert share_of(own, person(role), one_officer=True) is (Share.DOES if leads else Share.AWAITS)
    others = replace(own, authors=frozenset({1}))
    assert share_of(others, person(role), one_officer=False) is (Share.DOES if leads else Share.NONE)


@pytest.mark.parametrize("mend", [Mend.ANNOUNCEMENT, Mend.READ_AGAIN, Mend.PLAY_AGAIN, Mend.CAMPAIGN, Mend.RELAY])
def test_a_contributor_does_their_own_in_their_own_zones(mend):
    tu = person(Role.CONTRIBUTOR)
    for authors, zones, does in (
        ({9}, {"khu-pho-3"}, True),
        ((), {"khu-pho-3"}, True),
        ({9}, {"khu-pho-3", "khu-pho-4"}, False),
        ({9}, {"all"}, False),
        ({1}, {"khu-pho-3"}, False),
    ):
        asked = task(mend, authors=frozenset(authors), zones=frozenset(zones))
        assert (share_of(asked, tu, one_officer=False) is Share.DOES) == does, (authors, zones)


# On the page of a station where much is to be done


@pytest.fixture
def busy(cast, station, beat, clock):
    """An output that ended, what waits and what came back."""
    cast.running(cast.approved(title="Đợt chính"))
    cast.submitted(title="Chờ duyệt")
    returned = cast.submitted(title="Bị trả lại")
    station.services.announcements.give_back(cast.minh, returned, "Ghi rõ khu phố nào.")
    clock.step_wall(4 * 3600)
    beat(outputs=[{"name": "Loa", "kind": "soundcard", "state": "down", "message": "", "device": ""}])
    station.repos.jobs.beat("worker", 1, clock.now(), {})
    return station


def buttons(client):
    """Words of what may be pressed, and where its links lead."""
    told = (
        client.get("/truc-tiep")
        .text.split('id="viec-can-lam"')[1]
        .split('id="tinh-trang"')[0]
        .split('class="later"')[0]
    )
    return re.findall(r'name="key" value="([^"]+)"', told), re.findall(r'href="([^"#]+)', told)


def test_the_page_of_each_role_leads_nowhere_that_is_refused(busy, client_of, lan, minh, hung, ky, tu, guest, send):
    seen = {}
    for one in (lan, minh, hung, ky, tu, guest):
        client = client_of(one)
        keys, links = buttons(client)
        for address in links:
            page = client.get(address, follow_redirects=True)  # the guide opens the step that is left
            assert page.status_code == 200, (one.login, address)
            assert page.request.path.startswith(address), (one.login, address)
        for key in keys:
            assert send(client, "/viec-can-lam/lam", key=key).status_code != 403, (one.login, key)
        seen[one.role] = (len(keys) + len(links), told_by(client.get("/truc-tiep")))
    assert {role for role, (count, _) in seen.items() if not count} == {Role.GUEST, Role.CONTRIBUTOR}
    for role, (_, told) in seen.items():
        assert ("Chờ duyệt" in told) == (role in {Role.EDITOR, Role.APPROVER, Role.ADMIN}), role
        assert "Đầu ra “Loa” đã ngừng" in told, role
        assert ("Người sửa được: Kỷ, Hùng" in told) == (role in {Role.EDITOR, Role.CONTRIBUTOR, Role.GUEST}), role
        assert ("Bạn không phải làm gì." in told) == (role in {Role.CONTRIBUTOR, Role.GUEST}), role


def test_what_one_only_knows_of_is_not_counted_as_to_be_done(busy, client_of, guest, ky):
    def counted(one):
        entry = client_of(one).get("/nhat-ky").text.split('href="/truc-tiep"')[1].split("</a>")[0]
        return re.findall(r">(\d+)<", entry)

    assert counted(guest) == []
    assert counted(ky) == ["1"]


def test_the_stream_and_the_page_tell_a_person_the_same(busy, client_of, guest, ky, clock):
    for one in (guest, ky):
        client = client_of(one)
        clock.advance(1)
        stream = client.get("/thanh?ngay=1").text.split('hx-target="#viec-can-lam"')[1].split("</hx-partial>")[0]
        page = client.get("/truc-tiep").text.split('id="viec-can-lam"')[1]
        assert re.findall(r'name="key" value="([^"]+)"', stream) == buttons(client)[0]
        assert ("Người sửa được" in stream) == ("Người sửa được" in page.split("</section>")[0])


def test_a_contributor_is_told_of_what_is_theirs_and_not_of_others_work(cast, station, client_of, tu, beat):
    beat()
    clip = cast.clip(5.0, "Họp tổ dân phố")
    mine = station.services.announcements.record(tu, "Họp tổ dân phố", clip.sha256)
    station.services.announcements.heard(tu, mine, clip.sha256)
    station.services.announcements.submit(tu, mine)
    cast.submitted(title="Của người khác")
    told = told_by(client_of(tu).get("/truc-tiep"))
    assert "“Họp tổ dân phố” chờ lãnh đạo duyệt" in told
    assert "Của người khác" not in told
    station.services.announcements.give_back(cast.minh, mine, "Ghi rõ giờ họp.")
    assert "Sửa" in told_by(client_of(tu).get("/truc-tiep")).split("“Ghi rõ giờ họp.”")[1]
