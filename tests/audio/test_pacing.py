"""Paced reading: where a reader breathes, what is read slowly, and that no word is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_assets.speech.normalise import RULES, normalise
from audio_assets.speech.normalise_rule import Rule
from audio_assets.speech.pacing import LONGEST_PHRASE, MOST_OF_A_BREATH, NOTED, SLOWED, paced
from scheduler.core.delivery import Pace, rate_of
from scheduler.core.voice_engines import VOICE_ENGINES

PACE = Pace(paced_pause_ms=900, phrase_pause_ms=300, speed=0.95, number_speed=0.8)


def parts_of(text):
    return paced(normalise(text), PACE)


def told(text):
    """The phrases, slow ones in capitals."""
    return [part.text.upper() if part.speed == PACE.number_speed else part.text for part in parts_of(text)]


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        pytest.param(
            "Mời bà con đến họp tổ dân phố. Nhớ mang theo giấy tờ.",
            ["Mời bà con đến họp tổ dân phố.", "Nhớ mang theo giấy tờ."],
            id="a_sentence_is_a_phrase",
        ),
        pytest.param(
            "Khi có mưa to gió lớn, bà con không ra khỏi nhà.",
            ["Khi có mưa to gió lớn,", "bà con không ra khỏi nhà."],
            id="a_comma_is_a_breath",
        ),
        pytest.param("Đề phòng mưa, gió, sét, lốc xoáy.", ["Đề phòng mưa, gió,", "sét, lốc xoáy."], id="a_list"),
        pytest.param(
            "Bà con cần biết thêm xin gọi 02373761666 để được hướng dẫn.",
            ["Bà con cần biết thêm xin gọi,", "KHÔNG HAI BA BẢY, BA BẢY SÁU, MỘT SÁU SÁU SÁU,", "để được hướng dẫn."],
            id="a_telephone_number_stands_alone",
        ),
        pytest.param("Gọi 113.", ["GỌI MỘT MỘT BA."], id="one_word_is_said_with_its_number"),
        pytest.param(
            "Thực hiện Quyết định số 16/QĐ-UBND của phường.",
            ["Thực hiện Quyết định,", "SỐ MƯỜI SÁU, QUYẾT ĐỊNH, ỦY BAN NHÂN DÂN,", "của phường."],
            id="the_word_số_belongs_to_its_number",
        ),
        pytest.param(
            "Khám bệnh miễn phí ngày 15/3/2026, bà con nhớ mang thẻ.",
            [
                "KHÁM BỆNH MIỄN PHÍ NGÀY MƯỜI LĂM THÁNG BA NĂM HAI NGHÌN KHÔNG TRĂM HAI MƯƠI SÁU,",
                "bà con nhớ mang thẻ.",
            ],
            id="a_phrase_with_a_date_is_slow_as_a_whole",
        ),
        pytest.param(
            "Ủy ban nhân dân phường kính mời toàn thể bà con nhân dân trong tổ đến dự buổi gặp mặt tại nhà văn hóa.",
            [
                "Ủy ban nhân dân phường kính mời toàn thể bà con nhân dân trong tổ đến dự buổi gặp mặt,",
                "tại nhà văn hóa.",
            ],
            id="a_long_phrase_is_cut_before_a_connecting_word",
        ),
        pytest.param(
            "Đề nghị bà con trong toàn phường thường xuyên theo dõi các bản tin tiếp theo trên hệ thống loa.",
            ["Đề nghị bà con trong toàn phường thường xuyên theo dõi các bản tin tiếp theo trên hệ thống loa."],
            id="two_words_that_are_one_are_not_parted",
        ),
    ],
)
def test_a_reader_breathes_here(text, phrases):
    assert told(text) == phrases


def test_pauses_are_long_behind_a_sentence_and_short_before_a_connecting_word():
    pauses = [part.pause_after_ms for part in parts_of("Mời bà con: khi trời mưa to gió lớn, hãy ở trong nhà.")]
    assert pauses == [630, 300, 900]
    long = "Ủy ban phường kính mời toàn thể bà con nhân dân các tổ đến dự buổi gặp mặt tại nhà văn hóa."
    assert parts_of(long)[0].pause_after_ms == 150


def test_a_pause_that_is_no_end_keeps_the_voice_up():
    parts = parts_of("Bà con cần biết thêm xin gọi 0905123456 gặp tổ trưởng để được hướng dẫn.")
    assert [part.text[-1] for part in parts] == [",", ",", "."]


PIECES = [
    "mời", "bà", "con", "tại", "vào", "để", "khi", "theo", "dõi", "số", "ngày", "Pfizer", "15/3/2026", "7h30", "113",
    "02373761666", "642/UBND-VHTT", "1.500.000đ", ",", ".", ":", ";", "!", "?", "(", ")", "-", "\n",
]  # fmt: skip
words = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.text(max_size=6),
    ),
    max_size=60,
).map(" ".join)


@given(words)
def test_every_word_is_said_once_and_in_its_order(text):
    said = normalise(text)
    bare = re.compile(r"[^\W_]+")
    assert [word for part in paced(said, PACE) for word in bare.findall(part.text)] == bare.findall(said.text)


def test_a_phrase_that_nobody_can_say_in_one_breath_is_cut_outside_names_and_numbers():
    """No comma, no connecting word: before "cho", not inside "Nguyễn Văn"."""
    text = (
        "Kính mời ông Nguyễn Văn An ông Trần Văn Bình bà Lê Thị Hoa thay mặt ban công tác mặt trận các khu phố "
        "trao quà cho học sinh nghèo vượt khó học giỏi năm nay."
    )
    parts = parts_of(text)
    assert len(parts) > 1
    assert all(len(part.text.split()) <= MOST_OF_A_BREATH for part in parts)
    assert not any(part.text.rstrip(",").endswith(("Nguyễn", "Trần", "Văn", "Lê", "Thị")) for part in parts)


def test_addresses_in_a_row_leave_time_to_write_each_down():
    parts = parts_of("Điểm tiêm: số 12 đường Lê Lợi, số 45 đường Trần Phú, số 7 ngõ 3 phố Bà Triệu. Mời bà con đến.")
    addresses = [part.pause_after_ms for part in parts if "đường" in part.text]
    assert addresses == [630, 630]


@given(words)
def test_no_phrase_takes_more_than_one_breath(text):
    """Eight seconds, at the pace of the slowest voice."""
    slowest = min(rate_of(engine) for engine in VOICE_ENGINES)
    for part in parts_of(text):
        syllables = len(re.findall(r"[^\W_]+", part.text))
        assert syllables <= MOST_OF_A_BREATH
    assert MOST_OF_A_BREATH / (slowest * Pace().number_speed) <= 8


@given(words)
def test_no_phrase_is_without_words_and_only_slow_or_unbreakable_ones_are_long(text):
    for part in parts_of(text):
        assert re.search(r"\w", part.text)
        assert part.pause_after_ms > 0


def test_every_rule_that_paced_reading_speaks_of_is_a_reading_rule():
    names = {step.name for step in RULES if isinstance(step, Rule)}
    assert not (NOTED | SLOWED) - names
    assert not NOTED & SLOWED
    assert LONGEST_PHRASE > 10
