"""The ward's own word list wins over the rules, is refused whole when it is faulty, and comes back as it was written."""

import pytest

from audio_assets.speech.lexicon import DEFAULT_LEXICON, Entry, Lexicon, fault_of, layered, parse_lexicon, write_lexicon
from audio_assets.speech.normalise import normalise
from audio_assets.speech.normalise_tables import CODES, LABELS, UNITS
from scheduler.kernel.errors import Refused
from tests.rows import over

OWN = """
[[entry]]
written = "https://dichvucong.thanhhoa.gov.vn"
said = "cổng dịch vụ công trực tuyến của tỉnh"

[[entry]]
written = "VHHT"
said = "văn hóa thông tin"

[[entry]]
written = "NVH TDP 5"
said = "nhà văn hóa tổ dân phố năm"

[[entry]]
written = 'Cụm (\\d)'
said = 'cụm loa'
pattern = true
"""


@over(
    "written, said",
    [
        ("Lưu: VHHT", "Lưu: văn hóa thông tin"),
        ("tại https://dichvucong.thanhhoa.gov.vn, bà con", "tại cổng dịch vụ công trực tuyến của tỉnh, bà con"),
        ("họp ở NVH TDP 5 lúc 8h", "họp ở nhà văn hóa tổ dân phố năm lúc tám giờ"),
        ("Cụm 3 hỏng", "cụm loa hỏng"),
        ("VHHTX", "vê hát hát tê ích"),
        ("UBND phường", "ủy ban nhân dân phường"),
    ],
)
def test_the_wards_words_win_over_rules_and_shipped_words(written, said):
    lexicon = layered([parse_lexicon(OWN).entries, DEFAULT_LEXICON.entries])
    assert normalise(written, lexicon).text == said


def test_a_word_of_the_ward_overrides_the_shipped_one():
    lexicon = layered([[Entry("HTX", "hội thơ xã")], DEFAULT_LEXICON.entries])
    assert normalise("HTX chợ", lexicon).text == "hội thơ xã chợ"
    assert normalise("HTX chợ").text == "hợp tác xã chợ"


@pytest.mark.parametrize(
    ("entry", "written", "said"),
    [
        (Entry("TƯ", "trung ương"), "Tư duy TƯ", "Tư duy trung ương"),
        (Entry("HCM", "Hồ Chí Minh"), "hcm HCM", "Hồ Chí Minh Hồ Chí Minh"),
        (Entry("HCM", "Hồ Chí Minh", case="exact"), "HCM Hcm", "Hồ Chí Minh hát xê mờ"),
        (Entry("BO", "bộ", case="any"), "bo BO", "bộ bộ"),
    ],
    ids=["a-syllable-needs-its-case", "no-word-any-case", "told-exact", "told-any"],
)
def test_case_agrees_where_the_lower_case_form_is_a_word(entry, written, said):
    assert normalise(written, Lexicon((entry,))).text == said


def test_a_word_said_as_written_is_known():
    lexicon = Lexicon((Entry("Grundfos", "Grundfos"),))
    assert normalise("Công ty Grundfos", lexicon).unknown == ()
    assert normalise("Công ty Grundfos").unknown == ("Grundfos",)


@over(
    "toml, reason",
    [
        ("[[entry]", "lexicon_not_toml"),
        ("entry = 3", "lexicon_not_a_list"),
        ("[other]\na = 1", "lexicon_not_a_list"),
        ('[[entry]]\nwritten = "A"', "lexicon_entry_incomplete"),
        ('[[entry]]\nwritten = " "\nsaid = "x"', "lexicon_entry_incomplete"),
        ('[[entry]]\nwritten = "A"\nsaid = "a"\ncasing = "any"', "lexicon_unknown_key"),
        ('[[entry]]\nwritten = "A"\nsaid = "a"\ncase = "some"', "lexicon_bad_option"),
        ('[[entry]]\nwritten = "(A"\nsaid = "a"\npattern = true', "lexicon_bad_pattern"),
        ('[[entry]]\nwritten = "A*"\nsaid = "a"\npattern = true', "lexicon_pattern_matches_nothing"),
        ('[[entry]]\nwritten = "&&"\nsaid = "a"', "lexicon_written_needs_word"),
        ('[[entry]]\nwritten = "A"\nsaid = "số 5"', "lexicon_said_has_digits"),
        ('[[entry]]\nwritten = "A"\nsaid = ""', "lexicon_entry_incomplete"),
        ('[[entry]]\nwritten = "(A+)+B"\nsaid = "a"\npattern = true', "lexicon_pattern_too_slow"),
        ('[[entry]]\nwritten = "(A)\\\\1"\nsaid = "a"\npattern = true', "lexicon_pattern_not_allowed"),
        ('[[entry]]\nwritten = "A"\nsaid = "a"\npattern = true\n' * 51, "lexicon_too_many_patterns"),
        (f'[[entry]]\nwritten = "{"A" * 300}"\nsaid = "a"', "lexicon_entry_too_long"),
        ('[[entry]]\nwritten = "A"\nsaid = "a"\n' * 5_001, "lexicon_too_long"),
    ],
)
def test_a_faulty_list_is_refused_whole_with_its_reason(toml, reason):
    with pytest.raises(Refused) as refusal:
        parse_lexicon(toml)
    assert refusal.value.reason == reason


def test_a_list_written_out_is_read_back_as_it_was():
    entries = (Entry('a "b" \\c', "x"), *parse_lexicon(OWN).entries, *DEFAULT_LEXICON.entries)
    assert parse_lexicon(write_lexicon(Lexicon(entries))).entries == entries


def test_forms_are_kept_composed_with_single_spaces():
    assert parse_lexicon('[[entry]]\nwritten = "A  B"\nsaid = "a\u0302  b"').entries == (Entry("A B", "â b"),)


def test_a_pattern_that_cannot_be_said_is_not_taken_and_nothing_else_is_lost():
    with pytest.raises(Refused) as refusal:
        parse_lexicon(OWN + "\n[[entry]]\nwritten = '(x)'\nsaid = '\\2'\npattern = true")
    assert refusal.value.details["written"] == "(x)"


def test_the_shipped_list_says_only_what_a_vietnamese_voice_can():
    for entry in DEFAULT_LEXICON.entries:
        again = normalise(entry.said)
        assert (again.text, again.unknown) == (entry.said, ()), entry.written


def test_no_written_form_is_shipped_twice():
    written = [entry.written for entry in DEFAULT_LEXICON.entries]
    assert sorted(set(written)) == sorted(written)


def test_every_shipped_form_is_said_as_listed_when_it_stands_alone():
    for entry in DEFAULT_LEXICON.entries:
        assert normalise(entry.written).text.removesuffix(".") == entry.said, entry.written


def test_the_tables_of_the_rules_are_said_as_they_stand():
    for said in (*LABELS.values(), *CODES.values(), *UNITS.values()):
        again = normalise(said)
        assert (again.text, again.unknown) == (said, ())


def test_what_an_entry_of_the_shipped_list_says_is_read_as_it_stands():
    said = [normalise(entry.said).text for entry in DEFAULT_LEXICON.entries if not entry.pattern]
    assert [text for text in said if normalise(text).text != text] == []


@over(
    "entry, text, said",
    [
        (Entry(r"KP(\d{1,2})", r"khu phố \1", pattern=True), "KP12 họp", "khu phố mười hai họp"),
        (Entry(r"T(\d)\.(\d+)", r"tầng \1 phòng \2", pattern=True), "ở T3.405", "ở tầng ba phòng bốn trăm linh năm"),
        (Entry(r"lớp (\w+)", r"lớp học \1", pattern=True), "lớp THCS", "lớp học trung học cơ sở"),
        (Entry("kp", "khu phố", "any", pattern=True), "KP Tân Lập", "khu phố Tân Lập"),
        (
            Entry(r"(\d{1,3})/QĐ-ĐU", r"quyết định \1 của đảng ủy", pattern=True),
            "theo 12/QĐ-ĐU",
            "theo quyết định mười hai của đảng ủy",
        ),
        (Entry(r"\w+\.anbinh\.vn", "trang của phường", pattern=True), "xem tin.anbinh.vn", "xem trang của phường"),
    ],
)
def test_what_a_pattern_keeps_of_the_text_is_read_by_the_rules(entry, text, said):
    assert normalise(text, layered([[entry], DEFAULT_LEXICON.entries])).text == said


def test_what_a_pattern_keeps_and_nobody_reads_is_reported():
    lexicon = layered([[Entry(r"hãng (\w+)", r"hãng \1", pattern=True)], DEFAULT_LEXICON.entries])
    assert normalise("hãng Zyxelq", lexicon).unknown == ("Zyxelq",)


WARD, TOWN = (
    [Entry("TDP 5", "tổ năm"), Entry("NVH", "nhà văn hóa phường")],
    [Entry(r"TDP (\d)", r"tổ \1", pattern=True)],
)


def test_the_upper_list_says_a_form_and_the_lower_one_the_rest():
    lexicon = layered([[Entry("TL", "thừa lệnh")], [Entry("TL", "tỉnh lộ"), Entry("QL", "quốc lộ")]])
    assert normalise("TL và QL", lexicon).text == "thừa lệnh và quốc lộ"


def test_a_form_that_is_off_is_said_by_no_list_below():
    below = [Entry("TL", "tỉnh lộ"), Entry("QL", "quốc lộ")]
    lexicon = layered([[], below], off={("TL", False)})
    assert lexicon.spoken_form("TL") is None
    assert lexicon.spoken_form("QL") == "quốc lộ"
    assert layered([below], off={("TL", False)}).spoken_form("TL") == "tỉnh lộ"


def test_a_pattern_of_a_list_below_gives_way_to_a_word_of_the_wards():
    lexicon = layered([WARD, TOWN, DEFAULT_LEXICON.entries])
    assert normalise("TDP 5 họp", lexicon).text == "tổ năm họp"
    assert normalise("TDP 6 họp", lexicon).text == "tổ sáu họp"


def test_a_pattern_of_the_wards_goes_before_its_words():
    lexicon = layered([[*WARD, *TOWN]])
    assert normalise("TDP 5 họp", lexicon).text == "tổ năm họp"
    assert [entry.written for _, entry in lexicon.matches("TDP 5")] == [TOWN[0].written]


def test_a_list_may_carry_its_name_and_version_and_nothing_else():
    assert parse_lexicon('name = "Thị xã"\nversion = "3"\n[[entry]]\nwritten = "A"\nsaid = "a"').entries
    with pytest.raises(Refused) as refusal:
        parse_lexicon('author = "x"\n[[entry]]\nwritten = "A"\nsaid = "a"')
    assert refusal.value.reason == "lexicon_not_a_list"


@over(
    "entry, fault",
    [
        (Entry("NVH", "nhà văn hóa"), ""),
        (Entry("NVH", " "), "lexicon_entry_incomplete"),
        (Entry("NVH", "nhà văn hóa 5"), "lexicon_said_has_digits"),
        (Entry("...", "ba chấm"), "lexicon_written_needs_word"),
        (Entry("x" * 201, "x"), "lexicon_entry_too_long"),
        (Entry(r"KP(\d)", r"khu phố \1", pattern=True), ""),
        (Entry(r"KP(\d)", r"khu phố \2", pattern=True), "lexicon_bad_pattern"),
        (Entry(r"KP\d*\d*\d*", "khu phố", pattern=True), "lexicon_pattern_too_slow"),
    ],
)
def test_a_single_entry_has_one_fault_or_none(entry, fault):
    assert fault_of(entry) == fault
