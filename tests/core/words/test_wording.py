"""The sentences: every gap filled when its details are known, nothing odd left when they are not."""

import re

import pytest

from scheduler.core.model import AiringOutcome, AnnouncementState, CampaignState, Role
from scheduler.core.words.wording import CAMPAIGN_STATES, OUTCOMES, REASONS, ROLES, STATES, sentence


@pytest.mark.parametrize(
    ("reason", "details", "told"),
    [
        pytest.param("", {}, "", id="no_reason"),
        pytest.param("unapproved", {}, "Bản tin chưa được duyệt nên không được phát.", id="plain"),
        pytest.param("quiet_hours", {}, "Giờ yên tĩnh, không được phát.", id="part_left_out"),
        pytest.param(
            "quiet_hours",
            {"window": "21:00-05:00", "legal_basis": "QĐ 12/QĐ-UBND"},
            "Giờ yên tĩnh 21:00-05:00, không được phát. (Căn cứ: QĐ 12/QĐ-UBND)",
            id="gate_names_the_window_and_its_basis",
        ),
        pytest.param(
            "quiet_hours",
            {"windows": "21:00-05:00, 11:30-13:30", "legal_basis": ""},
            "Giờ yên tĩnh 21:00-05:00, 11:30-13:30, không được phát.",
            id="planner_names_all_windows_and_an_empty_basis_is_not_said",
        ),
        pytest.param(
            "too_late",
            {"late_seconds": 130.25, "tolerance_seconds": 120.0},
            "Trễ quá mức cho phép nên không phát (trễ 130,2 giây, cho phép 120 giây).",
            id="decimals_with_a_comma",
        ),
        pytest.param("too_late", {"late_seconds": 3}, "Trễ quá mức cho phép nên không phát.", id="half_known_part"),
        pytest.param("cap_minutes", {"limit": "30.0"}, "Buổi phát đã đủ 30 phút được phép.", id="as_stored_text"),
        pytest.param("cap_weekday", {"limit": [0, 1]}, "Ngày này trong tuần không được phát.", id="a_list_detail"),
        pytest.param(
            "no_airing_day",
            {"start": "2026-12-01", "end": "2026-12-02"},
            "Trong các ngày đã chọn (01/12/2026 đến 02/12/2026) không còn ngày nào được phát; hãy sửa ngày, thứ hoặc các ngày nghỉ phát.",
            id="days_the_local_way",
        ),
        pytest.param(
            "number_invalid", {"value": "1.50"}, "“1.50” không phải là số hợp lệ.", id="what_was_typed_stays_as_typed"
        ),
        pytest.param(
            "already_on_air",
            {"title": "Bản tin [số 2] {a}"},
            "Bản tin “Bản tin [số 2] {a}” đang phát hoặc đang chờ phát; không phát hai lần.",
            id="brackets_of_a_title_are_text",
        ),
        pytest.param("lexicon_not_a_list", {}, "Danh sách cách đọc phải gồm các mục [[entry]].", id="toml_brackets"),
        pytest.param("password_short", {}, "Mật khẩu phải có ít nhất … ký tự.", id="missing_detail_shows_its_gap"),
        pytest.param("strange", {}, "Lý do “strange” chưa có lời giải thích.", id="unknown_code"),
    ],
)
def test_a_reason_reads_as_one_sentence(reason, details, told):
    assert sentence(reason, details) == told


def test_no_sentence_shows_its_brackets_and_each_ends_like_one():
    told = {reason: sentence(reason) for reason in REASONS}
    odd = re.compile(r"(?<!\[)\[(?!\[)|[{}]|\s[,;]|\s\.(?!\w)|  ")
    assert {reason: text for reason, text in told.items() if not text.endswith(".")} == {}
    assert {reason: text for reason, text in told.items() if not (text[0].isupper() or text[0] in "“…")} == {}
    assert {reason: text for reason, text in told.items() if odd.search(text)} == {}


AIRED_ONES = [
    "quiet_hours",
    "unapproved",
    "audio_changed",
    "clock_untrusted",
    "cap_weekday",
    "cap_sessions",
    "cap_minutes",
    "too_late",
    "stopped_by",
    "campaign_stopped",
    "audio_retired",
    "audio_missing",
    "power_cut",
    "station_off",
    "output_failed",
    "pre_empted",
    "station_stopping",
    "clock_step",
    "length_invalid",
    "gate_failed",
]


def test_what_the_journal_shows_without_details_has_no_gap():
    assert [reason for reason in AIRED_ONES if "…" in sentence(reason)] == []


@pytest.mark.parametrize(
    ("table", "kind"),
    [(OUTCOMES, AiringOutcome), (STATES, AnnouncementState), (CAMPAIGN_STATES, CampaignState), (ROLES, Role)],
    ids=["outcomes", "states", "campaign_states", "roles"],
)
def test_every_member_of_an_enumeration_has_its_word(table, kind):
    assert set(table) == set(kind)
    assert len(set(table.values())) == len(table)
