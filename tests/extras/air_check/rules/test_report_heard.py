"""What the air monitor has heard, as reports tell it: marks in words and numbers, and no zero for what nobody heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.heard_back import AirFigures, Heard, Mark, SpellKind, Spells
from scheduler.core.report.heard import MARK_COLUMNS, air_facts, mark_cells
from tests.rows import over

SILENCE, STRAY = SpellKind.SILENCE, SpellKind.STRAY


def cells(air: AirFigures) -> dict[str, object]:
    return {fact.key: fact.cell for fact in air_facts(air)}


@over(
    "mark, told",
    [
        (Mark(Heard.HEARD, -23.1), ("Nghe được, -23,1 dBFS", -23.1)),
        (Mark(Heard.PARTLY, -31.54), ("Nghe được một phần, -31,5 dBFS", -31.54)),
        (Mark(Heard.SOUND, -20.0), ("Có tiếng, -20,0 dBFS", -20.0)),
        (Mark(Heard.OTHER, 0.0), ("Tiếng khác, 0,0 dBFS", 0.0)),
        (Mark(Heard.SILENT, -72.3), ("Không nghe thấy, -72,3 dBFS", -72.3)),
        (Mark(Heard.HEARD, None), ("Nghe được", "")),
        (Mark(Heard.UNKNOWN, -23.1), ("", "")),
        (None, ("", "")),
    ],
)
def test_a_mark_is_told_with_its_level_and_nothing_where_nobody_listened(mark, told):
    assert mark_cells(mark) == told
    assert len(told) == len(MARK_COLUMNS)


@given(
    st.dictionaries(st.sampled_from(Heard), st.integers(1, 9)),
    st.dictionaries(st.sampled_from(SpellKind), st.builds(Spells, st.integers(1, 9), st.integers(0, 99_999))),
)
def test_the_airings_listened_to_are_those_heard_in_part_with_sound_and_not_heard(verdicts, spells):
    found = cells(AirFigures(verdicts, spells))
    parts = [found[key] for key in ("LuotNgheDuoc", "LuotNgheMotPhan", "LuotCoTieng", "LuotKhongNghe")]
    if not spells and not verdicts.keys() - {Heard.UNKNOWN}:
        assert set(found.values()) == {None}
    else:
        assert found["LuotNgheKiemTra"] == sum(parts)


def test_other_sound_and_none_at_all_were_both_not_heard():
    assert cells(AirFigures({Heard.SILENT: 2, Heard.OTHER: 3, Heard.HEARD: 1}))["LuotKhongNghe"] == 5


@pytest.mark.parametrize("verdicts", [{}, {Heard.UNKNOWN: 4}], ids=["no_monitor", "a_deaf_monitor"])
def test_without_anybody_listening_no_figure_is_a_zero(verdicts):
    found = cells(AirFigures(verdicts))
    assert len(found) == 9
    assert set(found.values()) == {None}


@over(
    "air, silence, stray",
    [
        (AirFigures({Heard.HEARD: 1}), 0, 0),
        (AirFigures({Heard.HEARD: 1}, watches_stray=False), 0, None),
        (AirFigures({Heard.HEARD: 1}, {STRAY: Spells(3, 900)}, watches_stray=False), 0, 3),
        (AirFigures({Heard.SILENT: 1}, {SILENCE: Spells(2, 900)}), 2, 0),
        (AirFigures({Heard.UNKNOWN: 1}, {STRAY: Spells(3, 900)}), None, 3),
        (AirFigures({}, {STRAY: Spells(3, 900)}), None, 3),
    ],
)
def test_no_spell_was_found_only_where_somebody_looked_for_one(air, silence, stray):
    found = cells(air)
    assert (found["SoLanMatTieng"], found["SoLanTiengLa"]) == (silence, stray)
    assert (found["ThoiGianMatTieng"] is None) == (silence is None)
    assert (found["ThoiGianTiengLa"] is None) == (stray is None)
