"""What holds for every text there is: nothing raises, nothing is lost in silence, the said form is said as it is."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audio_assets.speech.normalise import normalise
from audio_assets.speech.normalise_syllable import LATIN

WARD = st.sampled_from(
    [
        "13/3/2020",
        "ngày",
        "UBND",
        "TƯ",
        "VI",
        "II",
        "quý",
        "khóa",
        "(",
        '"',
        "/",
        "-",
        " ",
        "\n",
        ".",
        ",",
        "5h30'",
        "17h00",
        "0237 376 1666",
        "642/UBND-VHTT",
        "P.",
        "Q.",
        "đ",
        "%",
        "km/h",
        "COVID-19",
        "www.a.vn",
        "a@b.vn",
        "&",
        "T2-T6",
        "CN",
        "THỨ",
        "I.",
        "x",
        "Ⅷ",
        "½",
        "²",
        "日本",
        "é",
        "ñ",
        "Uû",
        "ban",
        "n\xadíc",
        "B/c",
        "v.v.",
        "1",
        "20",
        "300",
        "1.500.000",
        "+84",
        "😀",
        "điểm",
        "b",
        "A",
        "I",
        "V",
        "H'Mông",
        "Zalo",
        "test",
        "số",
        "gọi",
        "113",
        "tháng",
        "4",
        "thứ",
        "TT.",
        "Thị ủy",
        "Kon",
        "vi",
        "YẾU",
        "CA",
        "~",
        "$",
        "€",
        "°C",
        "m2",
        "3/4",
        "13-15/3",
        "XIV",
        "<br>",
        "&amp;",
        "**",
        "./.",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(WARD, max_size=14).map(" ".join),
    st.lists(WARD, max_size=14).map("".join),
    st.text(alphabet="0123456789/.,:-–'hgđ%mkT &\n()x", max_size=40),
    st.text(alphabet="ABIVXCTƯĐ.&/-' \"iứa", max_size=24),
)
SAID = re.compile(rf"(?:[{LATIN}]+(?:[.,:;?!]? [{LATIN}]+)*[.:;?!]?)?")


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("13/3/2020 - 15/3/2020")
@example("khóa “VI”")
@example("\ud800 1\x00")
def test_any_text_becomes_words_and_pauses_and_nothing_else(text):
    said = normalise(text).text
    assert SAID.fullmatch(said), said
    assert not any(sign.isdigit() for sign in said)
    assert unicodedata.is_normalized("NFC", said)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("Fë")
@example("CA¼")
@example("BAN & TƯ")
@example("0.CNƯB")
@example("$0AA")
def test_the_said_form_of_a_said_form_is_itself(text):
    said = normalise(text).text
    assert normalise(said).text == said


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_every_word_is_kept_or_changed_or_reported(text):
    answer = normalise(text)
    changed = bytearray(len(answer.source))
    for change in answer.changes:
        changed[change.start : change.end] = b"\x01" * (change.end - change.start)
    kept = set(re.findall(rf"[{LATIN}]+", answer.text))
    for word in re.finditer(r"[^\W\d_]+", answer.source):
        if not any(changed[word.start() : word.end()]) and word.group().isalpha():
            assert word.group() in kept
    silent = [c for c in answer.changes if not c.said.strip() and any(map(str.isalpha, answer.source[c.start : c.end]))]
    reported = " ".join(answer.unknown)
    for change in silent:
        assert all(sign in reported for sign in answer.source[change.start : change.end] if sign.isalpha())


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_changes_stand_in_order_apart_and_inside_both_texts(text):
    answer = normalise(text)
    place = said_place = 0
    for change in answer.changes:
        assert place <= change.start < change.end <= len(answer.source)
        assert said_place <= change.said_start <= change.said_end <= len(answer.text)
        place, said_place = change.end, change.said_end


@pytest.mark.parametrize(
    "piece",
    ["1", "a", "1 ", "1.", "/", "a/", ".", "-", "II ", "T2-", "<", "0912", "1-", "\n", "a@", "x.", "số 1, ", "\u0301"],
)
def test_a_hostile_text_is_read_to_its_end(piece):
    """A pattern that backtracks without bound would hang here."""
    answer = normalise(piece * 8_000 + " hết")
    assert answer.text.endswith("hết")
