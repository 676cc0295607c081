"""A bulletin of the province as it reads, and which way it goes: every key, every doubt, every time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import DEFAULT_ZONE, Priority
from scheduler.core.vendor_values import hms, instant, length, plain
from scheduler.extras.province.rules.bulletins import Bulletin, Moment, Policy, Way, entry_of, read_bulletin
from scheduler.kernel.errors import Refused

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)
HERE = Moment(NOW)
MINUTE = timedelta(minutes=1)
TRUSTING = Policy(emergency="air", priority="next_session", trusted=frozenset({"H24"}), own_ids=frozenset({"W1"}))
WHOLE = {
    "BanTinID": 642,
    "LoaiBanTin": "3",
    "MucDoUuTien": "1",
    "TieuDe": "Xả lũ  khẩn cấp",
    "LoaiLinhVuc": "2",
    "NoiDungTomTat": "Hồ xả lũ lúc 15 giờ.",
    "NoiDung": "https://kho.tinh.example/a/xa-lu.mp3",
    "ThoiLuong": "00:01:30",
    "ThoiGianSanXuat": int((NOW - MINUTE).timestamp()),
    "TacGia": {"TenDayDu": "Trần Văn Bình", "ButDanh": "TVB"},
    "NguonTin": "Chi cục Thủy lợi",
    "NguonID": "H24",
    "TenNguon": "Tỉnh",
    "DanhSachDiaBanNhan": [{"DichID": "W1", "TenDich": "Phường Một"}],
    "LichPhat": {"NgayKetThuc": "03/12/2026"},
}
EMERGENCY = Bulletin(
    id="a",
    title="Lũ",
    kind=1,
    priority=Priority.EMERGENCY,
    text="Lũ về.",
    issuer_id="H24",
    produced_at=NOW - MINUTE,
)
PRIORITY = replace(EMERGENCY, priority=Priority.PRIORITY, produced_at=None)


def way(bulletin, policy=TRUSTING, moment=HERE):
    return entry_of(bulletin, policy, moment).way


def doubts(bulletin, policy=TRUSTING, moment=HERE):
    return [code for code, _ in entry_of(bulletin, policy, moment).doubts]


def test_every_key_is_read():
    found = read_bulletin(WHOLE, ZONE)
    assert found == Bulletin(
        id="642",
        title="Xả lũ khẩn cấp",
        kind=3,
        priority=Priority.EMERGENCY,
        field=2,
        summary="Hồ xả lũ lúc 15 giờ.",
        audio_url="https://kho.tinh.example/a/xa-lu.mp3",
        length=timedelta(seconds=90),
        produced_at=NOW - MINUTE,
        issuer_id="H24",
        issuer_name="Tỉnh",
        source="Chi cục Thủy lợi",
        author="Trần Văn Bình",
        expires=datetime(2026, 12, 3, 17, 0, tzinfo=UTC),
        receivers=("W1",),
    )
    assert way(found) is Way.AIR


@pytest.mark.parametrize("told", [None, "BT-1", [], {}, {"BanTinID": ""}, {"BanTinID": {"a": 1}}, {"BanTinID": True}])
def test_what_has_no_number_is_no_bulletin(told):
    with pytest.raises(Refused) as refused:
        read_bulletin(told, ZONE)
    assert refused.value.reason == "province_bulletin_bad"


def test_a_text_that_names_an_address_is_still_a_text():
    found = read_bulletin({"BanTinID": 1, "NoiDung": "Xem https://tinh.example/a để biết."}, ZONE)
    assert (found.audio_url, found.text) == ("", "Xem https://tinh.example/a để biết.")


def test_html_is_read_as_the_words_in_it():
    assert plain("<p>Bà con &amp; nhân dân<br/>chú ý</p>", 100) == "Bà con & nhân dân\nchú ý"
    assert plain("3 < 5 và 7 > 2", 100) == "3 < 5 và 7 > 2"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1764644400, datetime(2025, 12, 2, 3, 0, tzinfo=UTC)),
        ("1764644400", datetime(2025, 12, 2, 3, 0, tzinfo=UTC)),
        (1764644400000, datetime(2025, 12, 2, 3, 0, tzinfo=UTC)),
        ("2025-12-02T10:00:00", datetime(2025, 12, 2, 3, 0, tzinfo=UTC)),
        ("2025-12-02T03:00:00Z", datetime(2025, 12, 2, 3, 0, tzinfo=UTC)),
        ("02/12/2025 10:00", datetime(2025, 12, 2, 3, 0, tzinfo=UTC)),
        ("02/12/2025 10:00:30", datetime(2025, 12, 2, 3, 0, tzinfo=UTC)),
        ("02/12/2025", datetime(2025, 12, 1, 17, 0, tzinfo=UTC)),
        ("2025-12-02", datetime(2025, 12, 1, 17, 0, tzinfo=UTC)),
        ("31/02/2025", None),
        ("sáng mai", None),
        (-5, None),
        (10**15, None),
        ("9" * 16, None),
        (True, None),
        ([1], None),
    ],
)
def test_instants_in_every_form_a_server_writes(value, expected):
    assert instant(value, ZONE) == expected


def test_a_last_day_lasts_to_its_end():
    assert instant("02/12/2025", ZONE, end_of_day=True) == datetime(2025, 12, 2, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"), [("00:01:30", 90), ("1:00:00", 3600), (90, 90), ("90", 90), ("1 phút", None), (-1, None)]
)
def test_lengths(value, seconds):
    assert length(value) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_length_is_told_as_it_was_read():
    assert hms(timedelta(hours=1, seconds=61.6)) == "01:01:02"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Way.AIR),
        ({"issuer_id": "LA"}, Way.INBOX),
        ({"issuer_id": ""}, Way.INBOX),
        ({"kind": 4}, Way.INBOX),
        ({"text": "", "audio_url": ""}, Way.INBOX),
        ({"produced_at": None}, Way.INBOX),
        ({"produced_at": NOW - timedelta(minutes=60)}, Way.AIR),
        ({"produced_at": NOW - timedelta(minutes=60, seconds=1)}, Way.INBOX),
        ({"produced_at": NOW + timedelta(minutes=10)}, Way.AIR),
        ({"produced_at": NOW + timedelta(minutes=10, seconds=1)}, Way.INBOX),
        ({"begins": NOW}, Way.AIR),
        ({"begins": NOW + timedelta(seconds=1)}, Way.INBOX),
        ({"expires": NOW + timedelta(seconds=1)}, Way.AIR),
        ({"expires": NOW}, Way.EXPIRED),
        ({"cancelled": True}, Way.CANCELLED),
        ({"receivers": ("W2",)}, Way.INBOX),
        ({"receivers": ("W2", "W1")}, Way.AIR),
        ({"unreadable": ("NgayKetThuc",)}, Way.INBOX),
        ({"unknown": ("KieuLich=2",)}, Way.AIR),
        ({"priority_told": False}, Way.INBOX),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_emergency_airs_by_rule_or_waits(change, expected):
    assert way(replace(EMERGENCY, **change)) is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Way.SESSION),
        ({"unknown": ("CheDoPhat=1",)}, Way.INBOX),
        ({"issuer_id": "LA"}, Way.INBOX),
        ({"expires": NOW - MINUTE}, Way.EXPIRED),
        ({"cancelled": True}, Way.CANCELLED),
    ],
    ids=str,
)
def test_a_priority_bulletin_enters_the_session_only_without_a_doubt(change, expected):
    assert way(replace(PRIORITY, **change)) is expected


def test_without_the_wards_word_nothing_goes_by_rule():
    asking = Policy(trusted=frozenset({"H24"}))
    assert {way(one, asking) for one in (EMERGENCY, PRIORITY)} == {Way.INBOX}
    assert way(replace(PRIORITY, priority=Priority.NORMAL)) is Way.INBOX


def test_what_nobody_has_written_down_is_a_doubt_and_never_a_guess():
    told = WHOLE | {"LichPhat": {"KieuLich": 0, "DanhSachNgayPhat": [2, 4]}, "CheDoPhat": 1}
    found = read_bulletin(told, ZONE)
    assert found.unknown == ("CheDoPhat=1", "KieuLich=0", "DanhSachNgayPhat")
    assert "province_schedule_unknown" in doubts(found)
    assert way(replace(found, priority=Priority.PRIORITY)) is Way.INBOX


def test_the_expanded_schedule_says_when_it_begins_and_ends():
    day = {"ThoiDiemPhat": [{"ThoiGianBatDau": 1796180400, "ThoiGianKetThuc": 1796184000}]}
    found = read_bulletin(WHOLE | {"LichPhat": {"DanhSachNgayPhat": [day]}}, ZONE)
    assert (found.begins, found.expires) == (
        datetime.fromtimestamp(1796180400, UTC),
        datetime.fromtimestamp(1796184000, UTC),
    )


def test_a_server_clock_that_is_off_does_not_make_an_emergency_old_or_new():
    hours = timedelta(hours=3)
    behind = Moment(NOW, NOW - hours)
    assert way(replace(EMERGENCY, produced_at=NOW - hours - MINUTE), moment=behind) is Way.AIR
    assert way(replace(EMERGENCY, produced_at=NOW - MINUTE), moment=behind) is Way.INBOX
    assert way(replace(EMERGENCY, expires=NOW - MINUTE), moment=behind) is Way.EXPIRED
    ahead = Moment(NOW, NOW + hours)
    late = replace(EMERGENCY, expires=NOW + hours, produced_at=NOW + hours)
    assert (way(late, moment=ahead), doubts(late, moment=ahead)) == (Way.INBOX, ["province_expired_there"])


def test_a_zone_of_the_station_is_found_and_a_strange_one_is_a_doubt():
    policy = replace(TRUSTING, zones=(DEFAULT_ZONE, "Bắc"))
    assert entry_of(replace(EMERGENCY, zone="bắc"), policy, Moment(NOW)).zone == "Bắc"
    strange = entry_of(replace(EMERGENCY, zone="Nam"), policy, Moment(NOW))
    assert (strange.zone, strange.way) == (DEFAULT_ZONE, Way.AIR)
    assert [code for code, _ in strange.doubts] == ["province_zone_unknown"]


def test_a_new_signature_in_an_address_is_not_a_new_bulletin():
    one = read_bulletin(WHOLE | {"NoiDung": "https://kho.example/a.mp3?sig=1"}, ZONE)
    two = read_bulletin(WHOLE | {"NoiDung": "https://kho.example/a.mp3?sig=2", "ThoiGianSanXuat": 1764644400}, ZONE)
    other = read_bulletin(WHOLE | {"NoiDung": "https://kho.example/b.mp3?sig=1"}, ZONE)
    assert one.digest == two.digest != other.digest
    assert one.said != other.said


@pytest.mark.parametrize("state", ["HUY", "Đã hủy", "cancelled"])
def test_words_for_cancelled(state):
    assert read_bulletin({"BanTinID": 1, "TrangThai": state}, ZONE).cancelled
    assert not read_bulletin({"BanTinID": 1, "TrangThai": "Đã duyệt"}, ZONE).cancelled


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(WHOLE)), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*sorted(WHOLE), "KieuLich", "DaHuy", "VungPhat", "TrangThai"]), JSON), JSON)
def test_whatever_a_server_writes_is_read_or_refused_and_judged(told, number):
    try:
        found = read_bulletin(told | {"BanTinID": number}, ZONE)
    except Refused:
        return
    assert found.id
    assert found.digest == read_bulletin(told | {"BanTinID": number}, ZONE).digest
    entry = entry_of(found, TRUSTING, Moment(NOW))
    if entry.way is Way.AIR:
        assert found.issuer_id == "H24"
        assert found.priority is Priority.EMERGENCY
    if entry.way is Way.SESSION:
        assert found.priority is Priority.PRIORITY
        assert not entry.doubts
