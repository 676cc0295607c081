"""Where a said text is cut, and that no cut loses or breaks a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_assets.speech.sentences import Piece, is_speakable, packed, plain, split


def whole(text: str) -> Piece:
    return Piece(text, ends_sentence=True)


def part(text: str) -> Piece:
    return Piece(text, ends_sentence=False)


SPLITS = {
    "one_sentence": ("Xin chào bà con.", [whole("Xin chào bà con.")]),
    "no_full_stop": ("Xin chào bà con", [whole("Xin chào bà con")]),
    "three_marks": ("Một. Hai! Ba? Bốn", [whole("Một."), whole("Hai!"), whole("Ba?"), whole("Bốn")]),
    "ellipsis": ("Khoan đã… Đợi nhé... Xong", [whole("Khoan đã…"), whole("Đợi nhé..."), whole("Xong")]),
    "a_heading_ends_at_its_line": ("THÔNG BÁO\nBà con chú ý.", [whole("THÔNG BÁO"), whole("Bà con chú ý.")]),
    "empty_lines": ("Một.\r\n\r\n  \nHai.", [whole("Một."), whole("Hai.")]),
    "closing_quote_stays": ('"Xin chào." Cảm ơn.', [whole('"Xin chào."'), whole("Cảm ơn.")]),
    "closing_bracket_stays": ("(Hết.) Xin cảm ơn.", [whole("(Hết.)"), whole("Xin cảm ơn.")]),
    "a_stop_inside_a_word_is_no_end": ("mạng chấm.vn hay 1.000", [whole("mạng chấm.vn hay 1.000")]),
    "white_space_is_one_space": ("xin \t chào  bà con", [whole("xin chào bà con")]),
    "lonely_marks_say_nothing": ("Một. … ! Hai.", [whole("Một."), whole("Hai.")]),
    "nothing": ("  \n … ", []),
}


@pytest.mark.parametrize(("said", "pieces"), SPLITS.values(), ids=SPLITS.keys())
def test_sentences_end_where_a_reader_stops(said: str, pieces: list[Piece]):
    assert list(split(said)) == pieces


CUTS = {
    "at_the_last_comma_that_fits": ("một hai, ba bốn, năm sáu", 16, [part("một hai, ba bốn,"), whole("năm sáu")]),
    "at_a_semicolon": ("một hai; ba bốn năm", 14, [part("một hai;"), whole("ba bốn năm")]),
    "before_a_dash": ("một hai – ba bốn năm", 14, [part("một hai"), whole("– ba bốn năm")]),
    "at_spaces_when_there_is_no_comma": ("một hai ba bốn", 8, [part("một hai"), whole("ba bốn")]),
    "inside_a_word_only_when_it_must": ("nghiêngnghiêng a", 6, [part("nghiên"), part("gnghiê"), whole("ng a")]),
    "exactly_the_limit_is_whole": ("12345 7890", 10, [whole("12345 7890")]),
    "one_over_the_limit_is_cut": ("12345 78901", 10, [part("12345"), whole("78901")]),
}


@pytest.mark.parametrize(("said", "limit", "pieces"), CUTS.values(), ids=CUTS.keys())
def test_a_long_sentence_is_cut_where_it_hurts_least(said: str, limit: int, pieces: list[Piece]):
    assert list(split(said, limit)) == pieces


def test_short_sentences_share_a_pack_and_long_ones_are_cut():
    said = "Một. Hai. Ba. " + "chữ " * 30 + "hết."
    packs = packed(said)
    assert packs[0] == "Một. Hai. Ba."
    assert [len(pack) <= 100 for pack in packs] == [True] * 3
    assert " ".join(packs) == said


@pytest.mark.parametrize(
    ("text", "clean"),
    [("  a  ", "a"), ("á", "á"), ("a\0b", "a b"), ("a\ud800b", "a b"), ("a\tb", "a b"), ("a\r\nb\rc", "a\nb\nc")],
    ids=["ends", "decomposed", "nul", "lone_surrogate", "tab", "line_ends"],
)
def test_plain_text_is_what_every_voice_can_take(text: str, clean: str):
    assert plain(text) == clean


@pytest.mark.parametrize("text", ["a", "đ", "7", " … ạ"], ids=repr)
def test_a_letter_or_digit_is_speakable(text: str):
    assert is_speakable(text)


@pytest.mark.parametrize("text", ["", " ", "…", "?!", "😀", "–\n-"], ids=repr)
def test_marks_alone_are_not_speakable(text: str):
    assert not is_speakable(text)


VIETNAMESE = st.text(st.sampled_from("aăâđêôơưạếữ ABC .,;:!?…()\"”–-\n\t'0159"), max_size=400)
ANY = st.text(st.characters(), max_size=200)


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


@given(said=VIETNAMESE | ANY, limit=st.integers(1, 120))
def test_no_letter_is_lost_or_moved_and_no_piece_is_too_long(said: str, limit: int):
    clean = plain(said)
    for pieces in ([piece.text for piece in split(said, limit)], packed(said, limit)):
        assert letters("".join(pieces)) == letters(clean)
        assert all(0 < len(piece) <= limit and is_speakable(piece) for piece in pieces)


@given(said=VIETNAMESE, limit=st.integers(20, 120))
def test_only_a_word_longer_than_the_limit_is_ever_cut(said: str, limit: int):
    words = [word for word in plain(said).split() if is_speakable(word)]
    kept = [word for piece in split(said, limit) for word in piece.text.split() if is_speakable(word)]
    if all(len(word) <= limit for word in words):
        assert kept == words


@given(said=VIETNAMESE | ANY)
def test_plain_of_plain_is_itself(said: str):
    assert plain(plain(said)) == plain(said)


@given(said=VIETNAMESE)
def test_the_last_piece_ends_a_sentence(said: str):
    pieces = split(said)
    assert not pieces or pieces[-1].ends_sentence
