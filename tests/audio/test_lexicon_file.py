"""Lists as files: what a town sends is read whole or refused, and what a spreadsheet opens runs nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_assets.speech.lexicon import Entry
from audio_assets.speech.lexicon_file import MOST_BYTES, list_csv, list_toml, read_list
from scheduler.kernel.errors import Refused
from tests.rows import over

ENTRIES = (
    Entry("NVH", "nhà văn hóa"),
    Entry("TƯ", "trung ương", "exact"),
    Entry("zalo oa", "da lô ô a", "any"),
    Entry(r"KP(\d{1,2})", r"khu phố \1", pattern=True),
)
NAMES = "ABCDEGHIKLMNOPQRS"
TABLE = "viết;đọc\nNVH;nhà văn hóa\nKT-XH;kinh tế, xã hội\n"


def test_a_list_comes_back_with_its_name_and_version():
    told = read_list(list_toml(ENTRIES, 'Thị xã "Bỉm"', "2026.1").encode())
    assert (told.name, told.version, told.entries) == ('Thị xã "Bỉm"', "2026.1", ENTRIES)


def test_a_table_comes_back_as_it_was_and_has_no_name():
    told = read_list(list_csv(ENTRIES).encode(), "tu-dien.csv")
    assert (told.name, told.version, told.entries) == ("", "", ENTRIES)


@over(
    "data, name",
    [
        (TABLE.encode(), "a.csv"),
        (TABLE.replace(";", "\t").encode("utf-16"), "a.txt"),
        (("\ufeff" + TABLE).encode(), "khong-duoi"),
        (TABLE.replace("viết;đọc", "Written;Said").encode(), "a.csv"),
        (TABLE.replace("\n", "\r\n\r\n").encode(), "a.csv"),
        (TABLE.replace("viết", "vie\u0302\u0301t").encode(), "a.csv"),
    ],
)
def test_a_table_of_any_office_is_read(data, name):
    assert read_list(data, name).entries == (Entry("NVH", "nhà văn hóa"), Entry("KT-XH", "kinh tế, xã hội"))


def test_columns_may_stand_in_any_order_and_others_are_passed_over():
    table = "ghi chú,đọc,viết\ncủa sở,nhà văn hóa,NVH\n"
    assert read_list(table.encode(), "a.csv").entries == (Entry("NVH", "nhà văn hóa"),)


@over(
    "data, name, reason",
    [
        (b"\xff\x00\x01", "a.csv", "lexicon_not_text"),
        ("written,said\nÀ,à\n".encode("cp1258"), "a.csv", "lexicon_not_text"),
        (b"PK\x03\x04\x00\x00", "a.xlsx", "lexicon_not_text"),
        (b"x" * (MOST_BYTES + 1), "a.csv", "lexicon_file_too_large"),
        (b"", "a.toml", "lexicon_empty"),
        (b" \n", "", "lexicon_empty"),
        ("viết,đọc\n".encode(), "a.csv", "lexicon_empty"),
        ("tên,tuổi\nA,b\n".encode(), "a.csv", "lexicon_not_a_table"),
        ("viết,đọc\nA,a\nA,b\n".encode(), "a.csv", "lexicon_twice"),
        ("viết,đọc\nA  B,a\nA B,b\n".encode(), "a.csv", "lexicon_twice"),
        ("viết,đọc\nA\n".encode(), "a.csv", "lexicon_entry_incomplete"),
        ("viết,đọc,hoa thường\nA,a,tùy\n".encode(), "a.csv", "lexicon_bad_option"),
        ('"viết","đọc'.encode() + b"x" * 200_000, "a.csv", "lexicon_not_a_table"),
        (b"[[entry]", "a.toml", "lexicon_not_toml"),
        (("a = " + "[" * 50_000).encode(), "a.toml", "lexicon_not_toml"),
        ('name = "x"\n[[entry]]\nwritten = "&"\nsaid = "và"'.encode(), "a.toml", "lexicon_written_needs_word"),
        (f'name = "{"x" * 81}"\n[[entry]]\nwritten = "A"\nsaid = "a"'.encode(), "a.toml", "lexicon_name_too_long"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(data, name, reason):
    with pytest.raises(Refused) as refusal:
        read_list(data, name)
    assert refusal.value.reason == reason


def test_forms_are_kept_as_the_rules_meet_them():
    told = read_list("viết,đọc\nÐHQG  HN,đại học\n".encode(), "a.csv")
    assert told.entries == (Entry("ĐHQG HN", "đại học"),)


def test_a_table_that_grows_on_its_way_through_the_page_is_still_read():
    rows = [f"QZX{first}{second}{third};{'một ' * 34}" for first in NAMES for second in NAMES for third in NAMES]
    table = "viết;đọc\n" + "\n".join(rows[:4_500])
    entries = read_list(table.encode(), "a.csv").entries
    toml = list_toml(entries).encode()
    assert len(toml) > MOST_BYTES
    assert read_list(toml, "a.toml", most_bytes=3 * MOST_BYTES).entries == entries


CELLS = st.text(st.sampled_from("=+-@ab'\t,;\"ệ "), min_size=1, max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_no_cell_of_a_table_is_a_formula(rows):
    entries = [Entry(f"{written}x", f"{said}y") for written, said in rows]
    for line in csv.reader(io.StringIO(list_csv(entries), newline="")):
        for cell in line:
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=40))
def test_any_text_is_a_list_or_refused_as_one(text):
    reasons = set()
    for name in ("a.toml", "a.csv", "a"):
        try:
            told = read_list(text.encode(), name)
        except Refused as refusal:
            reasons.add(refusal.reason)
        else:
            assert told.entries
    assert all(reason.startswith("lexicon_") for reason in reasons)
