"""Notes of the journal, read back: what is understood becomes its parts, what is not stays as it stands."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.report.journal_notes import RuleChange, moved_note, read_moved, read_rules
from tests.rows import over

AT = datetime(2026, 11, 26, 22, 30, tzinfo=UTC)


@over(
    "note, read",
    [
        (moved_note(AT.isoformat(timespec="microseconds")), (AT, "")),
        (moved_note(AT.isoformat()) + "; Minh", (AT, "Minh")),
        ("", (None, "")),
        ("Minh", (None, "Minh")),
        ("moved from 2026-13-99T99:99", (None, "moved from 2026-13-99T99:99")),
        ("Lan moved from 2026-11-26T05:00:00+00:00", (None, "Lan moved from 2026-11-26T05:00:00+00:00")),
    ],
)
def test_the_time_an_airing_was_moved_from_is_read_from_its_note(note, read):
    assert read_moved(note) == read


def test_who_changed_which_rules_is_read_from_the_note():
    note = "Hùng: quiet_hours.windows: ('21:00-05:00',) -> ('22:00-05:00',); zone:Khu phố 3.homes: None -> 400"
    assert read_rules(note) == (
        "Hùng",
        [
            RuleChange("quiet_hours.windows", ("21:00-05:00",), ("22:00-05:00",)),
            RuleChange("zone:Khu phố 3.homes", None, 400),
        ],
    )


@pytest.mark.parametrize("note", ["", "Hùng", "Hùng: something else", "Hùng: a: 1 -> 2; and more"])
def test_a_note_that_is_not_understood_is_given_back_whole(note):
    assert read_rules(note) == (note, ())


@given(st.text())
def test_no_note_is_too_strange_to_be_read(note):
    _, rest = read_moved(note)
    assert rest == note or note.startswith("moved from ")
    who, changes = read_rules(note)
    assert changes or who == note
