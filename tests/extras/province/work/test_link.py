"""The link itself: login, faults of every kind, the queue that waits for weeks, the status, the clock."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.config.loading import OutputConfig, parse
from scheduler.core.local_time import window_spans
from scheduler.core.model import AiringOutcome
from scheduler.core.planning.sessions import session_choices
from scheduler.core.words.wording import REASONS, sentence
from scheduler.extras.province.keys import ProvinceConfig
from scheduler.extras.province.rules.link import base_source, clusters_of, pause_after
from scheduler.extras.province.service.bulletins import ProvinceService
from scheduler.extras.province.work.client import ProvinceClient
from scheduler.kernel.errors import ConfigError, Refused
from scheduler.store.planning.slots import Ending
from tests.examples import examples
from tests.extras.province.work.conftest import linked
from tests.extras.province.work.server import BULLETINS, LOGIN, LOGS, PASSWORD, STATUS, running


def aired(
    cast, clock, *, outcome=AiringOutcome.PLAYED, seconds=3.0, outputs=None, title="Tiêm chủng", announcement_id=None
):
    """One airing that has ended, as playout leaves it."""
    station = cast.station
    announcement_id = announcement_id or cast.approved(title=title, pitch=440.0 + station.repos.journal.verify().rows)
    slot_id = station.services.air.play_now(cast.lan, announcement_id)
    slot = station.repos.slots.facts(slot_id).slot
    station.repos.slots.claim(slot, clock.now())
    ending = Ending(
        outcome,
        started_at=clock.now() if seconds else None,
        ended_at=clock.now() + timedelta(seconds=seconds) if seconds else None,
        played_ms=round(seconds * 1000),
        outputs={"wav": "ok"} if outputs is None else outputs,
    )
    station.repos.slots.close(slot_id, ending, clock.now())
    return announcement_id


def state(station):
    return station.services.get(ProvinceService).link.state()


def queue(station):
    return station.services.get(ProvinceService).link.rows.queue()


@pytest.fixture
def begun(station, link, turn):
    """The link has been set up: what ends from now on goes up."""
    link._services.link.rows.begin()
    return link


# Login


def test_it_logs_in_once_and_carries_the_token(link, province, turn, clock):
    turn(link, times=5, seconds=20)
    assert province.asked(LOGIN) == 1
    assert province.asked(BULLETINS) > 2
    assert {one.get("authorization") for one in province.headers[1:]} == {f"Bearer {province.tokens[0]}"}


def test_a_token_that_has_run_out_is_renewed_and_nothing_is_lost(begun, station, province, turn, cast, clock):
    turn(begun)
    province.forget_tokens()
    aired(cast, clock)
    turn(begun, seconds=20)
    assert province.asked(LOGIN) == 2
    assert len(province.logs) == 1
    assert state(station).reason == ""


def test_a_wrong_password_is_a_sentence_and_is_not_hammered(station, province, password_file, turn, clock, caplog):
    password_file.write_text("sai mật khẩu")
    link = linked(station)
    turn(link, times=60)
    told = state(station)
    assert told.reason == "province_login"
    assert "Sai tên hoặc mật khẩu" in sentence(told.reason, told.details)
    assert province.asked(LOGIN) < 20
    assert "sai mật khẩu" not in caplog.text


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_password_that_others_can_read_is_not_used(link, station, province, password_file, turn, mode):
    password_file.chmod(mode)
    turn(link)
    assert (state(station).reason, province.asked(LOGIN)) == ("province_password_open", 0)


def test_a_missing_password_file_is_a_sentence(link, station, password_file, turn):
    password_file.unlink()
    turn(link)
    assert state(station).reason == "province_password_missing"


def test_the_password_and_the_token_are_in_no_log_and_no_row(begun, station, province, turn, cast, clock, caplog):
    caplog.set_level(logging.DEBUG)
    aired(cast, clock)
    province.fails(LOGS, "status 500", "html", "no")
    turn(begun, times=30, seconds=5)
    dump = "\n".join(station.repos.store.db.conn.iterdump())
    for secret in (PASSWORD, *province.tokens):
        assert secret not in caplog.text
        assert secret not in dump


# Faults


FAULTS = {
    "status 500": "province_http_error",
    "status 404": "province_http_error",
    "html": "province_not_json",
    "body {": "province_not_json",
    "body []": "province_not_json",
    'body {"NoiDung": []}': "province_not_json",
    'body {"TrangThaiGui": "x"}': "province_said_no",
    "body " + "[" * 100_000: "province_not_json",
    "cut": "province_cut_off",
    "huge": "province_too_big",
    "drip!": "province_slow",
    "no": "province_said_no",
    "redirect http://169.254.169.254/latest": "province_redirected",
    "redirect //10.0.0.1/": "province_redirected",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[:30])
def test_every_fault_of_a_server_is_a_sentence_and_heals_by_itself(
    link, station, province, turn, clock, bulletin, fault
):
    province.fails(BULLETINS, fault)
    province.bulletins = [bulletin()]
    patient = link._client._settings
    if fault == "drip!":  # this one alone lasts as long as it is borne
        link._client._settings = replace(patient, timeout_seconds=1.0)
    turn(link, times=1)
    link._client._settings = patient
    link._beat_at = float("-inf")
    link._beat()
    told = state(station)
    assert told.reason == FAULTS[fault]
    assert told.reason in REASONS
    assert "…" not in sentence(told.reason, told.details)
    province.faults.clear()
    turn(link, times=5, seconds=10)
    assert state(station).reason == ""
    assert station.services.get(ProvinceService).inbox.waiting_count() == 1


def test_a_server_that_is_not_there_is_asked_again_within_half_a_minute(
    config, station, province, turn, clock, bulletin
):
    gone = config.having(replace(config.get(ProvinceConfig), url="http://127.0.0.1:9"))
    with pytest.raises(Refused):
        base_source(gone.get(ProvinceConfig).url)  # port 9 belongs to another protocol
    link = linked(station)
    with running(type(province)(now=clock.now())) as other:
        link._client._base = base_source(other.url)
        turn(link)
    link._client._token = ""
    turn(link, times=60, seconds=10)
    assert state(station).reason == "province_unreachable"
    link._client._base = base_source(province.url)
    province.bulletins = [bulletin()]
    turn(link, times=31)
    assert station.services.get(ProvinceService).inbox.waiting_count() == 1
    assert state(station).reason == ""


def test_a_bulletin_may_not_lead_the_station_into_its_own_network(link, station, province, turn, bulletin):
    with running(type(province)()) as inner:
        province.bulletins = [
            bulletin(BanTinID="1", NoiDung=f"http://127.0.0.1:{inner.port}/am-thanh/a.wav"),
            bulletin(BanTinID="2", NoiDung="http://169.254.169.254/a.mp3"),
            bulletin(BanTinID="3", NoiDung=province.url + "/am-thanh/di.wav"),
            bulletin(BanTinID="4", NoiDung="http://localhost/a.mp3"),
        ]
        province.fails("/am-thanh/di.wav", f"redirect http://127.0.0.1:{inner.port}/am-thanh/a.wav")
        turn(link, times=8)
        assert inner.requests == []
    reasons = {row.bulletin_id: row.reason for row in station.services.get(ProvinceService).inbox.waiting()}
    assert set(reasons.values()) == {"province_private_address"}


def test_the_token_goes_to_no_other_server(config, province, clock, tmp_path):
    with running(type(province)(now=clock.now())) as other:
        other.sounds["a.wav"] = b"RIFF"
        told = replace(config.get(ProvinceConfig), allowed_hosts=("127.0.0.0/8",))
        client = ProvinceClient(config.having(told), clock)
        client.bulletins()
        with (tmp_path / "a").open("wb") as file:
            assert client.fetch_sound(other.url + "/am-thanh/a.wav", file) == "a.wav"
        assert "authorization" not in other.headers[-1]
        with (tmp_path / "b").open("wb") as file, pytest.raises(Refused):
            client.fetch_sound(province.url + "/am-thanh/a.wav", file)
        assert province.headers[-1]["authorization"].startswith("Bearer ")


def test_a_sound_that_is_too_large_is_not_kept(config, province, clock, tmp_path):
    client = ProvinceClient(config.having(replace(config.get(ProvinceConfig), max_audio_mb=1)), clock)
    province.sounds["to.wav"] = b"0" * 1_000_001
    with (tmp_path / "a").open("wb") as file, pytest.raises(Refused) as refused:
        client.fetch_sound(province.url + "/am-thanh/to.wav", file)
    assert refused.value.reason == "province_too_big"
    assert (tmp_path / "a").stat().st_size <= 1_000_000


def test_a_list_inside_an_object_is_read_too(link, station, province, turn, bulletin):
    province.listed_in = "DanhSachBanTin"
    province.bulletins = [bulletin()]
    turn(link)
    assert station.services.get(ProvinceService).inbox.waiting_count() == 1


def test_a_server_whose_clock_is_off_is_told_and_its_emergency_is_judged_by_its_own(
    trusting, province, turn, clock, bulletin
):
    station = trusting()
    link = linked(station)
    hours = timedelta(hours=5)
    province.clock_ahead = -hours.total_seconds()
    made = int((clock.now() - hours - timedelta(minutes=1)).timestamp())
    turn(link)
    province.bulletins = [bulletin(MucDoUuTien="1", ThoiGianSanXuat=made)]
    turn(link, seconds=10)
    assert state(station).clock_off_minutes == -300
    assert station.services.get(ProvinceService).inbox.done()[0].state == "aired"


# The queue


def test_what_was_aired_goes_up_once_with_what_was_measured(begun, station, province, turn, cast, clock):
    aired(cast, clock, seconds=2.6)
    at = clock.now()
    turn(begun, times=5)
    (log,) = province.logs
    assert log["ThoiLuong"] == "00:00:03"
    assert log["ThoiDiemBatDau"] == int(at.timestamp())
    assert (log["CumLoaID"], log["TenThietBi"], log["NguonID"], log["TiepAm"]) == ("860000000000001", "wav", "W1", 0)
    assert (log["MucDoUuTien"], log["LoaiBanTin"], log["TieuDe"]) == ("2", "3", "Tiêm chủng")
    assert log["TacGia"] == {"TenDayDu": "Lan"}
    told = {one["Ten"]: one["GiaTri"] for one in log["ThongTinChiTietBanTin"]}
    assert (told["KetQua"], told["NguoiDuyet"], told["TinhTrangDauRa"]) == ("Đã phát", "Minh", "ok")
    assert {"AmLuong", "CongSuat", "NguonTiepAm", "NoiDung", "DichID"} & set(log) == set()
    assert queue(station).waiting == 0


def test_what_was_not_heard_is_no_play_log(begun, station, province, turn, cast, clock):
    aired(cast, clock, outcome=AiringOutcome.MISSED, seconds=0)
    aired(cast, clock, seconds=1.0)
    turn(begun, times=5)
    assert len(province.logs) == 1


def test_each_output_that_took_the_sound_has_its_log(begun, station, province, turn, cast, clock):
    aired(cast, clock, outputs={"wav": "ok", "Cụm Bắc": "ok", "hỏng": "no answer"})
    turn(begun, times=5)
    assert sorted(log["CumLoaID"] for log in province.logs) == ["860000000000001", "Cụm Bắc"]
    assert len({log["NhatKyID"] for log in province.logs}) == 2


def test_the_log_of_a_provincial_bulletin_has_the_provinces_own_keys(trusting, province, turn, clock, bulletin, cast):
    station = trusting()
    link = linked(station)
    link._services.link.rows.begin()
    province.bulletins = [bulletin(MucDoUuTien="1", BanTinID=77)]
    turn(link, times=1)
    row = station.services.get(ProvinceService).inbox.done()[0]
    station.repos.slots.claim(station.repos.slots.facts(row.slot_id).slot, clock.now())
    ending = Ending(
        AiringOutcome.PLAYED, started_at=clock.now(), ended_at=clock.now(), played_ms=9000, outputs={"wav": "ok"}
    )
    station.repos.slots.close(row.slot_id, ending, clock.now())
    turn(link, times=4)
    (log,) = province.logs
    assert (log["BanTinID"], log["LoaiLinhVuc"], log["NguonTin"]) == ("77", "5", "Sở Y tế")
    assert log["TacGia"] == {"TenDayDu": "Trần Văn Bình"}
    assert log["MucDoUuTien"] == "1"
    assert {"Ten": "NguoiRaLenh", "GiaTri": "Nguồn: Tỉnh"} in log["ThongTinChiTietBanTin"]


def test_what_the_journal_held_before_the_link_does_not_go_up(station, link, province, turn, cast, clock):
    aired(cast, clock)
    turn(link, times=5)
    aired(cast, clock)
    turn(link, times=5)
    assert len(province.logs) == 1


def test_thirty_days_without_a_network_go_up_in_order_each_once_and_not_in_a_flood(
    begun, station, province, turn, cast, clock, monkeypatch
):
    monkeypatch.setattr("scheduler.extras.province.work.link.LONGEST_POLL_PAUSE", 3600.0)
    for path in (LOGIN, BULLETINS, LOGS, STATUS):
        province.fails(path, "cut!")
    announcement_id = cast.approved()
    for _day in range(30):
        for _ in range(2):
            aired(cast, clock, announcement_id=announcement_id)
            clock.advance(12 * 3600)
        begun = linked(station)  # a new process each day
        turn(begun, times=2)
    assert queue(station).waiting == 60
    assert len(province.requests) < 400
    province.faults.clear()
    before = clock.now()
    while queue(station).waiting:
        turn(begun, times=1, seconds=0.1)
    passed = (clock.now() - before).total_seconds()
    seqs = [int(log["NhatKyID"].split("-")[1]) for log in province.logs]
    assert seqs == sorted(seqs)
    assert (len(seqs), province.repeated) == (60, 0)
    assert 5.5 < passed < 400  # 600 a minute: a tenth of a second each, and the pause after the last fault


@pytest.mark.parametrize("conflict", [False, True])
def test_a_log_that_was_taken_although_the_answer_was_lost_is_one(
    begun, station, province, turn, cast, clock, conflict
):
    province.answers_conflict = conflict
    aired(cast, clock)
    province.fails(LOGS, "taken_then_cut")
    turn(begun, times=5, seconds=10)
    assert (len(province.logs), province.repeated, queue(station).waiting) == (1, 1, 0)
    keys = [one.get("idempotency-key") for one in province.headers if "idempotency-key" in one]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_kill_between_the_answer_and_the_row_sends_the_same_log_again(
    begun, station, province, turn, cast, clock, monkeypatch
):
    aired(cast, clock)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(begun._services.link.rows, "log_sent", die)
        with pytest.raises(KeyboardInterrupt):
            turn(begun, times=5)
    turn(linked(station), times=5)
    assert (len(province.logs), province.repeated, queue(station).waiting) == (1, 1, 0)


def test_a_log_that_the_server_will_not_have_does_not_stop_the_ones_behind_it(
    begun, station, province, turn, cast, clock
):
    aired(cast, clock, title="không nhận")
    aired(cast, clock, title="một")
    aired(cast, clock, title="hai")
    turn(begun, times=200, seconds=10)
    assert [log["TieuDe"] for log in province.logs] == ["một", "hai"]
    assert (queue(station).waiting, queue(station).refused) == (0, 1)


def test_a_server_that_refuses_everything_for_a_day_loses_nothing(begun, station, province, turn, cast, clock):
    for number in range(3):
        aired(cast, clock, title=f"số {number}")
    province.fails(LOGS, "no!")
    turn(begun, times=300, seconds=300)
    assert (queue(station).waiting, queue(station).refused) == (3, 0)
    province.faults.clear()
    turn(begun, times=60, seconds=60)
    assert sorted(log["TieuDe"] for log in province.logs) == ["số 0", "số 1", "số 2"]
    assert (queue(station).waiting, queue(station).refused, province.repeated) == (0, 0, 0)


def test_a_server_that_takes_no_logs_is_still_asked_for_emergencies(trusting, province, turn, clock, bulletin, cast):
    station = trusting()
    link = linked(station)
    link._services.link.rows.begin()
    aired(cast, clock)
    province.fails(LOGS, "status 500!")
    province.fails(STATUS, "html!")
    turn(link, times=60)
    made = int(clock.now().timestamp())
    province.now = clock.now()
    province.bulletins = [bulletin(MucDoUuTien="1", ThoiGianSanXuat=made)]
    turn(link, times=11)
    assert station.services.get(ProvinceService).inbox.done()[0].state == "aired"
    assert queue(station).waiting == 1


def test_what_was_sent_is_forgotten_after_a_season_and_what_waits_is_not(begun, station, province, turn, cast, clock):
    aired(cast, clock)
    turn(begun, times=5)
    province.fails(LOGS, "cut!")
    aired(cast, clock)
    turn(begun, times=5)
    clock.advance(91 * 86_400)
    turn(begun, times=2)
    assert station.repos.store.value("SELECT count(*) FROM province_outbox") == 1
    assert queue(station).waiting == 1


# Status


def beat(station, clock, airings=(), state="open"):
    outputs = [{"name": "wav", "kind": "wavfile", "state": state, "message": "", "device": "", "dropped": 0}]
    station.repos.jobs.beat(
        "playout", 1, clock.now(), {"outputs": outputs, "airings": list(airings), "clock_trusted": True}
    )


def test_the_status_goes_up_every_minute_and_says_what_sounds(link, station, province, turn, clock):
    beat(station, clock)
    turn(link, times=1)
    assert province.statuses[-1]["TrangThaiHoatDong"] == "2"
    assert "NoiDungPhat" not in province.statuses[-1]
    started = clock.now()
    for _ in range(59):
        turn(link, times=1)
    assert len(province.statuses) == 1
    airing = {"title": "Tin lũ", "zone": "all", "started_at": started.isoformat()}
    beat(station, clock, [airing])
    turn(link, times=2)
    assert len(province.statuses) == 2
    told = province.statuses[-1]
    assert (told["TrangThaiHoatDong"], told["NoiDungPhat"]) == ("0", "Tin lũ")
    assert told["ThoiDiemBatDau"] == int(started.timestamp())
    assert told["CumLoaID"] == "860000000000001"
    assert {"NhietDo", "AmLuong", "TrangThaiKetNoi", "ViDo"} & set(told) == set()


def test_the_status_of_a_playout_that_does_not_answer_claims_nothing(link, station, province, turn, clock):
    beat(station, clock)
    clock.advance(10)
    turn(link, times=1)
    assert "TrangThaiHoatDong" not in province.statuses[-1]
    assert province.statuses[-1]["TenThietBi"] == "wav"


def test_an_output_that_is_down_is_not_told_to_play(link, station, province, turn, clock):
    airing = {"title": "Tin lũ", "zone": "all", "started_at": clock.now().isoformat()}
    beat(station, clock, [airing], state="retrying")
    turn(link, times=1)
    assert {"TrangThaiHoatDong", "NoiDungPhat"} & set(province.statuses[-1]) == set()


def test_hundreds_of_outputs_are_told_over_many_turns(config, trusting, province, turn, clock):
    station = trusting(emergency="ask", priority="ask")
    many = tuple(OutputConfig(name=f"cụm {number}", kind="null", counts=True) for number in range(60))
    object.__setattr__(station.repos, "written", replace(station.repos.written, outputs=many))
    link = linked(station)
    turn(link, times=1)
    assert len(province.statuses) == 5
    turn(link, times=30)
    assert {told["TenThietBi"] for told in province.statuses} == {output.name for output in many}
    assert len(province.statuses) == 60


def test_statuses_are_never_queued(link, station, province, turn, clock):
    beat(station, clock)
    province.fails(STATUS, "cut!")
    turn(link, times=600)
    province.faults.clear()
    turn(link, times=65)
    assert 1 <= len(province.statuses) <= 2


# Rules


@pytest.mark.parametrize(
    ("url", "allowed", "reason"),
    [
        ("https://nguon.tinh.gov.vn", (), ""),
        ("https://nguon.tinh.gov.vn/api/v1/", (), ""),
        ("http://nguon.tinh.gov.vn", (), "province_plain"),
        ("http://8.8.8.8", (), "province_plain"),
        ("http://8.8.8.8", ("8.8.0.0/16",), ""),
        ("http://nguon.tinh.gov.vn", ("nguon.tinh.gov.vn",), ""),
        ("http://10.1.2.3:8080", (), ""),
        ("http://localhost:8080", (), ""),
        ("https://a:b@nguon.tinh.gov.vn", (), "province_url"),
        ("line:", (), "province_url"),
        ("nguon.tinh.gov.vn", (), "province_url"),
        ("https://nguon.tinh.gov.vn?a=1", (), "province_url"),
    ],
)
def test_which_server_may_be_named(url, allowed, reason):
    try:
        base_source(url, allowed)
        found = ""
    except Refused as refused:
        found = refused.reason
    assert found == reason


def test_pauses_grow_and_stop_growing():
    assert [pause_after(number) for number in (1, 2, 3, 7, 100)] == [5, 10, 20, 300, 300]


def test_clusters_are_pairs():
    assert clusters_of(["loa = 86", "Cụm Bắc=87"]) == {"loa": "86", "Cụm Bắc": "87"}
    with pytest.raises(Refused):
        clusters_of(["loa"])


@given(
    st.lists(st.tuples(st.integers(0, 2880), st.integers(1, 300)), max_size=5),
    st.integers(0, 2880 * 60),
    st.none() | st.integers(0, 2880 * 60),
)
@settings(max_examples=examples(200))
def test_a_session_that_is_left_lies_inside_its_stretch_after_now_and_before_the_end(stretches, now_s, end_s):
    zero = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)  # local midnight
    spans = [
        (zero + timedelta(minutes=low), zero + timedelta(minutes=min(low + long, (low // 1440 + 1) * 1440)))
        for low, long in stretches
    ]
    spans = [span for span in spans if span[0] < span[1]]
    now = zero + timedelta(seconds=now_s)
    end = None if end_s is None else zero + timedelta(seconds=end_s)
    for day, window in session_choices(spans, now, end, "Asia/Ho_Chi_Minh"):
        ((low, high),) = window_spans(window, day, "Asia/Ho_Chi_Minh")
        assert any(span[0] <= low < high <= span[1] for span in spans)
        assert low >= now
        assert end is None or high <= end


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[province]\nurl = "https://a.gov.vn"', "username"),
        ('[province]\nemergency = "air"', "trusted_issuers"),
        ('[province]\npriority = "next_session"', "trusted_issuers"),
        ('[province]\nurl = "http://a.gov.vn"\nusername = "a"\npassword_file = "b"', "https"),
        ('[province]\nclusters = ["loa"]', "clusters"),
        ('[province]\nemergency = "yes"', "air, ask"),
    ],
)
def test_faults_of_the_configuration(text, told, tmp_path):
    with pytest.raises(ConfigError) as error:
        parse(text, tmp_path)
    assert told in "\n".join(error.value.faults)


def test_a_link_may_be_left_out(tmp_path, station):
    assert parse("", tmp_path).get(ProvinceConfig).url == ""
