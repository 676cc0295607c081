"""Cài đặt: what holds, what may be changed by whom, the question before a loosening, the way back, backups, the guide."""

import re
from dataclasses import replace

import pytest

from scheduler.config.loading import OutputConfig, ZoneConfig, parse
from scheduler.core.model import Role
from scheduler.station import Station
from web import create_app
from web.language import COOKIE

LOUD = {"name": "wav", "kind": "wavfile", "state": "open", "message": "", "device": "hw:1,0"}
QUIET = {"gio-tu": ["21:00", "11:30", ""], "gio-den": ["05:00", "13:30", ""], "can-cu": "QĐ 12/QĐ-UBND"}
PAGES = (
    "/cai-dat",
    "/cai-dat/dau-ra",
    "/cai-dat/vung",
    "/cai-dat/gio-yen-tinh",
    "/cai-dat/don-vi",
    "/cai-dat/am-thanh",
    "/cai-dat/sao-luu",
    "/cai-dat/tinh-trang",
    "/cai-dat/tinh-trang/kiem-tra",
)


@pytest.fixture
def tuans(client_of, tuan):
    return client_of(tuan)


@pytest.fixture
def tuan(station):
    """Tuấn looks after the machine."""
    from tests.web.conftest import PASSWORDS

    PASSWORDS["tuan"] = "mat-khau-cua-tuan"
    return station.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, PASSWORDS["tuan"], station.clock.now())


@pytest.fixture
def beaten(station, clock):
    def beat(**changes):
        state = {"outputs": [LOUD | changes], "clock_trusted": True, "airings": []}
        station.repos.jobs.beat("playout", 1, clock.now(), state)

    beat()
    return beat


def test_every_role_may_look_at_everything(lans, minhs, tuans, hungs):
    roles = {"lan": lans, "minh": minhs, "tu": tuans, "hung": hungs}
    told = {(name, path): client.get(path).status_code for name, client in roles.items() for path in PAGES}
    assert {place: status for place, status in told.items() if status != 200} == {}


def test_a_page_without_right_to_change_has_no_form_of_its_own(lans):
    pages = {path: lans.get(path).text for path in PAGES}
    mains = {path: text[text.index("<main") :] for path, text in pages.items()}
    assert [path for path, main in mains.items() if re.search(r'<form method="post" action="/cai-dat', main)] == []


class TestQuietHours:
    def test_are_shown_with_their_basis_and_what_today_looks_like(self, lans):
        text = lans.get("/cai-dat/gio-yen-tinh").text
        assert "21:00–05:00" in text
        assert "QĐ 12/QĐ-UBND" in text
        assert "00:00–05:00, 11:30–13:30, 21:00–24:00" in text
        assert '<rect class="quiet"' in text

    def test_grow_at_once_and_offer_the_way_back(self, tuans, send, station):
        answer = send(
            tuans, "/cai-dat/gio-yen-tinh", **(QUIET | {"gio-tu": ["20:30", "11:30"], "gio-den": ["05:00", "13:30"]})
        )
        assert answer.status_code == 303
        assert station.config.quiet_hours.windows == ("20:30-05:00", "11:30-13:30")
        text = tuans.get(answer.location).text
        assert "Đã lưu." in text
        assert "21:00–05:00, 11:30–13:30 thành 20:30–05:00, 11:30–13:30" in text
        assert "Hoàn tác" in text

    def test_shrink_only_after_the_question_that_names_what_opens(self, tuans, send, station):
        smaller = QUIET | {"gio-tu": ["21:00"], "gio-den": ["05:00"]}
        answer = send(tuans, "/cai-dat/gio-yen-tinh", **smaller)
        assert answer.status_code == 422
        assert "Được phát trong khoảng 11:30–13:30." in answer.text
        assert 'name="dong-y"' in answer.text
        assert station.config.quiet_hours.windows == ("21:00-05:00", "11:30-13:30")
        assert send(tuans, "/cai-dat/gio-yen-tinh", **(smaller | {"dong-y": "1"})).status_code == 303
        assert station.config.quiet_hours.windows == ("21:00-05:00",)

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"gio-tu": ["25:00"], "gio-den": ["05:00"]}, "phải viết như"),
            ({"gio-tu": ["21:00"], "gio-den": [""]}, "phải viết như"),
            ({"gio-tu": ["20:00", "11:30"], "gio-den": ["05:00", "13:30"], "can-cu": " "}, "văn bản căn cứ"),
            ({"gio-tu": ["<script>"], "gio-den": ["05:00"]}, "&lt;script&gt;"),
        ],
        ids=["no time", "half a row", "no document", "hostile"],
    )
    def test_that_do_not_fit_come_back_as_typed(self, tuans, send, station, changes, told):
        answer = send(tuans, "/cai-dat/gio-yen-tinh", **(QUIET | changes))
        assert answer.status_code == 422
        assert told in answer.text
        assert f'value="{changes["gio-tu"][0].replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text
        assert station.config.quiet_hours == station.written.quiet_hours

    def test_are_not_for_an_editor_to_change(self, lans, send, station):
        assert send(lans, "/cai-dat/gio-yen-tinh", **QUIET).status_code == 403
        assert station.services.settings.history() == []


class TestCaps:
    def test_are_set_with_a_comma_and_their_basis(self, tuans, send, station):
        form = {
            "so-buoi": "3",
            "so-phut": "37,5",
            "thu": list("012345"),
            "can-cu": "TB 9",
            "ngay-nghi": "02/09/2027\n30/04/2027",
        }
        assert send(tuans, "/cai-dat/han-muc", **form).status_code == 303
        rules = station.config.rules
        assert (rules.cap.sessions_a_day, rules.cap.minutes_a_session) == (3, 37.5)
        assert rules.cap.weekdays == frozenset(range(6))
        assert {day.isoformat() for day in rules.blackout} == {"2027-09-02", "2027-04-30"}
        text = tuans.get("/cai-dat/gio-yen-tinh").text
        assert 'value="37,5"' in text
        assert "02/09/2027" in text

    def test_that_rise_are_asked_for_twice(self, tuans, send, station):
        every = {"thu": list("0123456"), "can-cu": "TB 9"}
        send(tuans, "/cai-dat/han-muc", **every, **{"so-buoi": "2"})
        answer = send(tuans, "/cai-dat/han-muc", **every, **{"so-buoi": ""})
        assert answer.status_code == 422
        assert "Không còn giới hạn số buổi." in answer.text
        assert station.config.cap.sessions_a_day == 2

    @pytest.mark.parametrize(
        "changes", [{"so-buoi": "hai"}, {"so-phut": "-1"}, {"ngay-nghi": "31/02/2027"}, {"so-buoi": "1.5"}]
    )
    def test_that_are_no_numbers_or_days_are_refused(self, tuans, send, station, changes):
        form = {"thu": list("0123456"), "can-cu": "TB 9"} | changes
        answer = send(tuans, "/cai-dat/han-muc", **form)
        assert answer.status_code == 422
        assert next(iter(changes.values())) in answer.text
        assert station.config.cap == station.written.cap


class TestUndo:
    def test_gives_the_old_value_back(self, tuans, send, station):
        send(tuans, "/cai-dat/don-vi", ten="Đài phường An Bình")
        assert "Đài phường An Bình" in tuans.get("/cai-dat").text
        batch = station.services.settings.history()[0].batch
        assert send(tuans, f"/cai-dat/hoan-tac/{batch}").status_code == 303
        assert station.config.station.name == "Đài truyền thanh phường"

    def test_that_opens_a_quiet_hour_asks_first(self, tuans, send, station):
        send(tuans, "/cai-dat/gio-yen-tinh", **(QUIET | {"gio-tu": ["20:00", "11:30"], "gio-den": ["05:00", "13:30"]}))
        batch = station.services.settings.history()[0].batch
        answer = send(tuans, f"/cai-dat/hoan-tac/{batch}")
        assert answer.status_code == 422
        assert "20:00–21:00" in answer.text
        assert send(tuans, f"/cai-dat/hoan-tac/{batch}", **{"dong-y": "1"}).status_code == 303
        assert station.config.quiet_hours.windows == station.written.quiet_hours.windows

    def test_leads_nowhere_but_back_into_the_house(self, tuans, send, station):
        send(tuans, "/cai-dat/don-vi", ten="A")
        batch = station.services.settings.history()[0].batch
        answer = send(tuans, f"/cai-dat/hoan-tac/{batch}", toi="https://evil.example/")
        assert answer.location == "/cai-dat"

    def test_of_nothing_is_not_found(self, tuans, send):
        assert send(tuans, "/cai-dat/hoan-tac/99").status_code == 404

    def test_of_what_was_changed_since_says_so(self, tuans, send, station):
        send(tuans, "/cai-dat/don-vi", ten="A")
        batch = station.services.settings.history()[0].batch
        send(tuans, "/cai-dat/don-vi", ten="B")
        answer = send(tuans, f"/cai-dat/hoan-tac/{batch}")
        assert answer.status_code == 422
        assert "không hoàn tác được" in answer.text


class TestWhatTheFileSays:
    @pytest.fixture
    def locked(self, tmp_path, clock):
        text = (
            '[station]\nname = "Đài trong tệp"\n[quiet_hours]\nwindows = ["21:00-05:00"]\nlegal_basis = "QĐ 1"\n'
            '[[output]]\nname = "wav"\nkind = "null"\ncounts = true\nzones = ["all", "bac"]\n'
            '[[zone]]\nname = "bac"\nhomes = 120\nquiet_hours = ["11:30-13:30"]\n'
        )
        opened = Station.open(parse(text, tmp_path), clock)
        opened.prepare()
        yield opened
        opened.close()

    @pytest.fixture
    def client(self, locked, send, clock):
        person = locked.repos.people.add("tuan", "Tuấn", Role.TECHNICIAN, "mat-khau-cua-tuan", clock.now())
        client = create_app(locked).test_client()
        token = re.search(r'name="form_token" value="([^"]+)"', client.get("/dang-nhap").text)[1]
        fields = {"login": person.login, "password": "mat-khau-cua-tuan", "form_token": token, "toi": ""}
        assert client.post("/dang-nhap", data=fields).status_code == 303
        return client

    def test_is_shown_locked_and_without_a_field(self, client):
        quiet, office = client.get("/cai-dat/gio-yen-tinh").text, client.get("/cai-dat/don-vi").text
        assert "Đặt trong config.toml" in quiet
        assert 'name="gio-tu"' not in quiet
        assert 'name="ten"' not in office
        assert "Đài trong tệp" in office
        zones = client.get("/cai-dat/vung").text
        assert 'name="so-dan"' in zones

    def test_is_not_changed_by_a_form_that_was_made_up(self, client, send, locked):
        answer = send(client, "/cai-dat/don-vi", ten="Khác", **{"co-quan": "UBND"})
        assert answer.status_code == 303
        assert locked.config.station.name == "Đài trong tệp"
        assert locked.config.report.authority == "UBND"
        send(client, "/cai-dat/gio-yen-tinh", **QUIET)
        assert locked.config.quiet_hours.windows == ("21:00-05:00",)


class TestZones:
    @pytest.fixture
    def station(self, config, clock):
        outputs = (OutputConfig(name="wav", kind="null", counts=True, zones=("all", "bac")),)
        opened = Station.open(replace(config, outputs=outputs, zones=(ZoneConfig(name="bac"),)), clock)
        opened.prepare()
        yield opened
        opened.close()

    def test_take_homes_and_people(self, tuans, send, station):
        assert (
            send(
                tuans, "/cai-dat/vung", vung="bac", **{"so-ho": "1240", "so-dan": "4960", "loai": "special"}
            ).status_code
            == 303
        )
        assert station.services.settings.homes("bac") == 1240
        assert station.config.zones[0].noise_class == "special"
        text = tuans.get("/cai-dat/vung").text
        assert "1.240" in text
        assert "1.240 hộ" in tuans.get("/cai-dat").text

    def test_keep_what_does_not_fit_beside_its_sentence(self, tuans, send, station):
        answer = send(tuans, "/cai-dat/vung", vung="bac", **{"so-ho": "nhiều"})
        assert answer.status_code == 422
        assert 'value="nhiều"' in answer.text
        assert station.services.settings.homes("bac") is None

    def test_that_are_not_there_are_not_found(self, tuans, send):
        assert send(tuans, "/cai-dat/vung", vung="nơi khác", **{"so-ho": "1"}).status_code == 404


class TestOutputs:
    @pytest.mark.parametrize(
        ("state", "told"), [("open", "Đang mở"), ("retrying", "Đang thử lại"), ("down", "Ngừng"), ("novel", "novel")]
    )
    def test_are_shown_with_their_state_and_what_is_wrong(self, hungs, beaten, state, told):
        beaten(state=state, message="kiểm tra dây", dropped=3)
        text = hungs.get("/cai-dat/dau-ra").text
        for part in ("wav", "hw:1,0", told, "kiểm tra dây", "Tất cả các loa"):
            assert part in text

    def test_are_tested_by_who_may(self, tuans, lans, send, station, beaten):
        answer = send(tuans, "/cai-dat/dau-ra/thu", **{"noi-thu": "dau-ra:wav"})
        assert answer.status_code == 303
        slot_id = answer.location.partition("thu=")[2]
        assert station.repos.slots.slot(slot_id).output == "wav"
        assert "Đang chuẩn bị phát." in tuans.get(answer.location).text
        assert "Đang chuẩn bị phát." in tuans.get(f"/cai-dat/dau-ra/thu/{slot_id}").text
        assert send(lans, "/cai-dat/dau-ra/thu", **{"noi-thu": "dau-ra:wav"}).status_code == 403

    def test_a_test_in_quiet_hours_is_refused_with_the_basis_and_keeps_the_choice(self, tuans, send, clock, beaten):
        clock.advance(6 * 3600 + 1800)
        beaten()
        answer = send(tuans, "/cai-dat/dau-ra/thu", **{"noi-thu": "vung:all", "tieng": "chuong", "muc": "thuong"})
        assert answer.status_code == 422
        assert "QĐ 12/QĐ-UBND" in answer.text
        assert '<option value="vung:all" selected>' in answer.text
        assert re.search(r'value="thuong" checked', answer.text)

    def test_the_same_form_sent_twice_is_one_test(self, tuans, send, station, beaten):
        for _ in range(2):
            send(tuans, "/cai-dat/dau-ra/thu", act="one-key", **{"noi-thu": "dau-ra:wav"})
        assert len(station.repos.store.rows("SELECT * FROM slot WHERE trigger = 'test'")) == 1

    def test_what_is_no_test_has_no_progress(self, tuans):
        assert tuans.get("/cai-dat/dau-ra/thu/khong-co").status_code == 404

    def test_one_of_another_trigger_is_not_told_as_a_test(self, tuans, station, cast, beaten):
        slot_id = station.services.air.play_now(cast.lan, cast.approved())
        assert tuans.get(f"/cai-dat/dau-ra/thu/{slot_id}").status_code == 404


class TestBackups:
    def test_are_asked_for_by_a_button_and_made_by_the_worker(self, tuans, send, station):
        assert send(tuans, "/cai-dat/sao-luu").status_code == 303
        assert "Đang chờ" in tuans.get("/cai-dat/sao-luu").text
        assert send(tuans, "/cai-dat/sao-luu").status_code == 422
        station.worker().back_up()
        text = tuans.get("/cai-dat/sao-luu").text
        assert station.services.backups.kept()[0].name in text
        assert "Đã ghi và đọc lại từng tệp" in tuans.get("/cai-dat/sao-luu/tien-do").text
        assert "Tốt" in tuans.get("/cai-dat").text

    def test_that_failed_say_why(self, tuans, send, station, monkeypatch):
        from scheduler.services.backup import archive as backing

        monkeypatch.setattr("shutil.disk_usage", lambda _: (0, 0, 0))
        monkeypatch.setattr(backing, "_need_room", lambda *_: (_ for _ in ()).throw(backing.Refused("disk_full")))
        send(tuans, "/cai-dat/sao-luu")
        station.worker().back_up()
        monkeypatch.undo()
        assert "Không xong" in tuans.get("/cai-dat/sao-luu").text

    def test_are_not_for_an_editor(self, lans, send):
        assert send(lans, "/cai-dat/sao-luu").status_code == 403

    def test_are_never_given_out_by_the_page(self, tuans, station):
        station.services.backups.make(station.repos.people.by_login("tuan"))
        name = station.services.backups.kept()[0].name
        for path in (f"/cai-dat/sao-luu/{name}", f"/static/{name}", f"/cai-dat/sao-luu?tep={name}"):
            assert b"data/loa.db" not in tuans.get(path).data


class TestHealth:
    def test_a_process_that_does_not_beat_is_said_to_be_silent(self, lans, station, clock):
        assert lans.get("/cai-dat/tinh-trang").text.count("Không trả lời") == 3
        for process in ("playout", "web", "worker"):
            station.repos.jobs.beat(process, 1, clock.now(), {"outputs": [], "clock_trusted": True})
        text = lans.get("/cai-dat/tinh-trang").text
        assert "Không trả lời" not in text
        assert text.count("Đang chạy") == 3
        clock.advance(10)
        assert lans.get("/cai-dat/tinh-trang").text.count("Không trả lời") == 3

    def test_the_deep_look_tells_a_journal_that_was_changed(self, lans, station):
        assert "Nguyên vẹn." in lans.get("/cai-dat/tinh-trang/kiem-tra").text
        station.repos.journal.note("station", "2026-12-02", "x", "y", station.clock.now())
        conn = station.repos.store.db.conn
        conn.execute("DROP TRIGGER journal_no_update")
        conn.execute("UPDATE journal SET note = 'khác' WHERE seq = 1")
        conn.commit()
        assert "Cần sửa" in lans.get("/cai-dat/tinh-trang/kiem-tra").text

    def test_what_was_found_is_told_in_english_too(self, hungs):
        hungs.set_cookie(COOKIE, "en")
        text = hungs.get("/cai-dat/tinh-trang").text
        for told in (
            r"Enough room: [\d.,]+ GB are left\.",
            "Trustworthy.",
            r"In use: [\d.,]+ MB, loa.db.",
            "There is none",
        ):
            assert re.search(told, text), told
        assert re.search(r"Whole: \d+ rows, 0 checkpoints.", hungs.get("/cai-dat/tinh-trang/kiem-tra").text)

    def test_no_secret_stands_on_any_page(self, hungs, station):
        secrets = [row["password_hash"] for row in station.repos.store.rows("SELECT password_hash FROM person")]
        for path in PAGES:
            text = hungs.get(path).text
            assert "argon2" not in text
            assert not [one for one in secrets if one and one in text]


class TestTheGuide:
    def test_begins_with_the_name_and_leads_through_to_the_end(self, hungs, send, station, beaten):
        assert "bước để bắt đầu" in hungs.get("/cai-dat").text
        assert hungs.get("/bat-dau").location == "/bat-dau/don-vi"
        answer = send(hungs, "/bat-dau/don-vi", ten="Đài phường An Bình", **{"co-quan": "UBND phường An Bình"})
        assert answer.location == "/bat-dau/lanh-dao"
        form = {"name": "Bình", "login": "binh", "password": "mat-khau-cua-binh"}
        assert send(hungs, "/bat-dau/lanh-dao", **form).location == "/bat-dau/nguoi-soan"
        assert station.repos.people.by_login("binh").role is Role.APPROVER
        assert send(hungs, "/bat-dau/nguoi-soan/xong").location == "/bat-dau/dau-ra"
        assert "Phát tiếng thử" in hungs.get("/bat-dau/dau-ra").text
        assert send(hungs, "/bat-dau/dau-ra/xong").location == "/bat-dau/ban-tin", (
            "the basis stands in the file already"
        )
        assert "Soạn bản tin" in hungs.get("/bat-dau/ban-tin").text
        assert send(hungs, "/bat-dau/ban-tin/xong").location == "/truc-tiep"
        assert "Việc tiếp theo: Viết bản tin" in hungs.get("/truc-tiep").text
        assert "Trạm đã sẵn sàng" in hungs.get("/bat-dau/xong").text
        assert "bước để bắt đầu" not in hungs.get("/cai-dat").text

    def test_makes_a_writer_where_there_is_none(self, hungs, send, station, lan):
        station.repos.people.change(lan.id, {"active": 0})
        form = {"name": "Bình", "login": "binh", "password": "mat-khau-cua-binh"}
        assert send(hungs, "/bat-dau/lanh-dao", **form).location == "/bat-dau/nguoi-soan"
        assert "Ai soạn bản tin?" in hungs.get("/bat-dau/nguoi-soan").text
        form = {"name": "An", "login": "an", "password": "mat-khau-cua-an"}
        assert send(hungs, "/bat-dau/nguoi-soan", **form).location == "/bat-dau/dau-ra"
        assert station.repos.people.by_login("an").role is Role.EDITOR

    def test_names_only_those_who_may_do_what_the_step_asks(self, hungs, station, lan, minh, guest, ky):
        for step, named in (("lanh-dao", {"Hùng", "Minh"}), ("nguoi-soan", {"Hùng", "Minh", "Lan"})):
            page = hungs.get(f"/bat-dau/{step}").text
            listed = page.split('<ul class="plain">')[1].split("</ul>")[0]
            assert set(re.findall(r"<b>([^<]+)</b>", listed)) == named

    def test_a_test_tone_is_heard_when_a_person_says_so(self, hungs, send, station, beaten, clock):
        answer = send(hungs, "/bat-dau/dau-ra", **{"dau-ra": "wav"})
        page = hungs.get(answer.location).text
        station.repos.store.db.conn.execute("UPDATE slot SET outcome = 'played' WHERE trigger = 'test'")
        station.repos.store.db.conn.commit()
        steps = {one.name: one.done for one in station.services.guide.steps()}
        assert not steps["dau-ra"]
        assert ("Có nghe thấy không?" in page) == ("Tìm lại" not in page)
        send(hungs, "/bat-dau/dau-ra/xong")
        assert {one.name: one.done for one in station.services.guide.steps()}["dau-ra"]

    def test_a_new_name_is_said_at_once_without_a_restart(self, hungs, send, station):
        send(hungs, "/bat-dau/don-vi", ten="Đài phường An Bình")
        assert station.services.scripts.frame.ident == "Đây là Đài phường An Bình."

    def test_is_taken_up_where_it_was_left(self, hungs, send):
        send(hungs, "/bat-dau/don-vi", ten="Đài phường An Bình")
        assert hungs.get("/bat-dau").location == "/bat-dau/lanh-dao"

    def test_can_be_put_away_at_any_step(self, hungs, send):
        assert send(hungs, "/bat-dau/xong/xong").status_code == 303
        assert "bước để bắt đầu" not in hungs.get("/cai-dat").text

    def test_tests_the_loudspeaker_and_says_why_not(self, hungs, send, station, beaten, clock):
        answer = send(hungs, "/bat-dau/dau-ra", **{"dau-ra": "wav"})
        assert answer.status_code == 303
        assert "Đang chuẩn bị phát." in hungs.get(answer.location).text
        clock.advance(6 * 3600 + 1800)
        beaten()
        station.repos.store.db.conn.execute("UPDATE slot SET outcome = 'missed' WHERE trigger = 'test'")
        station.repos.store.db.conn.commit()
        answer = send(hungs, "/bat-dau/dau-ra", **{"dau-ra": "wav"})
        assert answer.status_code == 422
        assert "QĐ 12/QĐ-UBND" in answer.text

    def test_keeps_a_leader_who_does_not_fit_as_typed(self, hungs, send, station):
        answer = send(hungs, "/bat-dau/lanh-dao", name="Bình", login="binh", password="ngan")
        assert answer.status_code == 422
        assert 'value="Bình"' in answer.text
        assert "ít nhất 10 ký tự" in answer.text

    def test_is_nobodys_who_may_not_configure(self, lans, minhs, send):
        for client in (lans, minhs):
            assert client.get("/bat-dau").status_code == 403
            assert "bước để bắt đầu" not in client.get("/cai-dat").text
            assert send(client, "/bat-dau/don-vi", ten="x").status_code == 403

    def test_a_step_that_is_none_is_not_found(self, hungs, send):
        assert hungs.get("/bat-dau/khong-co").status_code == 404
        assert send(hungs, "/bat-dau/khong-co/xong").status_code == 404


def test_a_guide_that_was_left_is_named_on_the_first_page_to_who_may_go_on(hungs, lans, send):
    assert "Tiếp tục hướng dẫn" in hungs.get("/truc-tiep").text
    assert "Tiếp tục hướng dẫn" not in lans.get("/truc-tiep").text
    send(hungs, "/bat-dau/xong/xong")
    assert "Tiếp tục hướng dẫn" not in hungs.get("/truc-tiep").text
