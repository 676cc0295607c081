"""What an officer is offered for a word that the machine does not know."""

import pytest

from audio_assets.speech.normalise import normalise
from audio_assets.speech.suggested_readings import suggested_readings


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("CP", ("chính phủ", "cổ phần", "chi phí")),
        ("P.", ("phó", "phòng", "phường")),
        ("T3", ("thứ ba", "tháng ba", "tầng ba")),
        ("T3-T5", ("thứ ba đến thứ năm", "thứ ba và thứ năm")),
        ("T4/26", ("tháng tư năm hai nghìn không trăm hai mươi sáu", "thứ tư ngày hai mươi sáu")),
        ("thứ 3-5", ("thứ ba đến thứ năm", "thứ ba và thứ năm")),
    ],
)
def test_a_word_of_several_meanings_is_offered_with_them_first(written, offered):
    found = suggested_readings(written, normalise(written).text)
    assert found[: len(offered)] == offered


def test_a_letter_with_a_sign_is_offered_as_a_blood_group_too():
    assert {"a trừ", "a âm"} <= set(suggested_readings("A-", normalise("A-").text))


def test_a_figure_behind_a_dash_is_offered_as_a_point_of_a_list_too():
    assert suggested_readings("-5", normalise("gồm: -5 bộ bàn").changes[-1].said)[:2] == ("âm năm", "năm")


def test_another_word_is_offered_in_parts_and_letter_by_letter():
    found = suggested_readings("XNK7", normalise("XNK7").text)
    assert 1 <= len(found) <= 3
    assert "ích nờ ca bảy" in found


@pytest.mark.parametrize(
    ("written", "sign"),
    [
        ("A-", "trừ âm"),
        ("B+", "cộng dương"),
        ("5A+", "cộng"),
        ("10+", "trên cộng"),
        ("4/6", "phần trên"),
        ("0.5", "phẩy chấm"),
    ],
)
def test_no_offer_drops_a_sign(written, sign):
    offered = suggested_readings(written, normalise(written).text)
    assert offered
    assert [one for one in offered if not set(sign.split()) & set(one.split())] == []


@pytest.mark.parametrize("written", ["CP", "T3-T5", "XNK7", "Phaco"])
def test_what_is_offered_can_be_kept_and_is_said_as_it_stands(written):
    for reading in suggested_readings(written, normalise(written).text):
        assert normalise(reading).text == reading
