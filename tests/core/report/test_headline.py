"""The headline of a report tells what was cut, and never calls it all."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.standing import Tally
from scheduler.core.report.headline import headline, share, unheard_warning
from scheduler.core.report.report import Unit, cell_text

COUNTS = st.integers(0, 10**7)


@given(COUNTS, COUNTS)
def test_a_share_says_a_hundred_per_cent_only_of_all(part, missing):
    whole = part + missing
    cell = share(part, whole)
    if whole:
        assert (cell_text(cell, Unit.SHARE) == "100,0") == (missing == 0)
    else:
        assert cell == ""


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_the_figures_of_the_headline_add_up(whole, partly, silent, cancelled, recorded):
    of = Tally(whole, partly, silent, cancelled, recorded, whole * 60_000 + partly * 9_000, partly * 9_000)
    cells = {fact.key: fact.cell for fact in headline(of)}
    ways = ("SoLuotDaPhat", "SoLuotPhatDo", "SoLuotKhongPhat", "SoLuotDaHuy", "SoLuotChiGhiTep")
    assert sum(cells[way] for way in ways) == cells["SoLuotKeHoach"]
    assert cells["ThoiLuongPhatDo"] <= cells["TongThoiLuong"]


@given(COUNTS, COUNTS, COUNTS)
def test_a_paper_warns_as_soon_as_one_airing_was_only_recorded(whole, silent, recorded):
    warning = unheard_warning(Tally(whole=whole, silent=silent, recorded=recorded))
    assert bool(warning) == bool(recorded)
    assert ("KHÔNG CÓ LOA NÀO" in warning) == bool(recorded and not whole)
