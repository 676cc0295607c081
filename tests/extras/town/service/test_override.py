"""An order that names its legal basis: past the ward's approval and caps where its issuer may, and past nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air import gate
from scheduler.core.model import AirtimeLimit, Priority, QuietHours, Sha256, StationRules
from scheduler.core.planning.rules import parse_window
from scheduler.extras.town.service.town import TownService
from scheduler.station import Station
from tests.conftest import MORNING
from tests.extras.town.service.town import pinned, tend, told

BASIS = "Điều 8 Quyết định 12/2026/QĐ-UBND"
SHA = Sha256("a" * 64)


@pytest.fixture
def strict(config, clock):
    """A ward that lets a town's word do nothing by itself, and whose caps leave no room at all today."""
    opened = Station.open(replace(config, cap=replace(config.cap, weekdays=(0,), legal_basis="QĐ 5")), clock)
    opened.prepare()
    yield opened
    opened.close()


def test_a_basis_passes_approval_and_caps_and_stands_in_the_journal(strict, boss):
    town = pinned(strict, boss, may_override=True)
    row = town.issue(legal_basis=BASIS, dispatch_number="642/UBND-VX")
    assert (row.state, row.way, row.basis) == ("preparing", "session", BASIS)
    tend(strict)
    row = strict.services.get(TownService).inbox.get(row.id)
    slot = strict.repos.slots.slot(row.slot_id)
    assert row.state == "aired"
    (noted,) = strict.repos.store.rows("SELECT * FROM journal WHERE reason = 'town_override'")
    assert (noted["note"], noted["author"], noted["dispatch_number"]) == (BASIS, "Cấp trên: Thị xã", "642/UBND-VX")
    approved = strict.repos.programme.announcement(slot.announcement_id).approved_sha256
    _, verdict = strict.services.air.ask_gate(slot, approved, slot.start, clock_trusted=True, ordered_by_right=False)
    assert verdict.allowed


def test_without_the_right_the_basis_is_a_doubt_and_a_person_decides(strict, boss):
    row = pinned(strict, boss).issue(legal_basis=BASIS)
    assert (row.state, row.basis, row.doubts[0][0]) == ("waiting", "", "town_no_override")


def test_in_quiet_hours_it_waits_for_their_end_and_then_airs(strict, boss, clock):
    town = pinned(strict, boss, may_override=True)
    clock.advance(6.5 * 3600)  # 12:00, in the quiet hours of noon
    row = town.issue(legal_basis=BASIS)
    tend(strict)
    row = strict.services.get(TownService).inbox.get(row.id)
    assert (row.state, row.slot_id, row.reason) == ("approval", None, "quiet_hours")
    clock.advance(1.6 * 3600)
    tend(strict)
    assert strict.services.get(TownService).inbox.get(row.id).state == "aired"


def test_what_overrides_once_overrides_nothing_of_the_wards_own_plan(strict, boss, lan):
    town = pinned(strict, boss, may_override=True)
    row = town.issue(legal_basis=BASIS)
    tend(strict)
    slot = strict.repos.slots.slot(strict.services.get(TownService).inbox.get(row.id).slot_id)
    from scheduler.core.model import Trigger

    planned = replace(slot, trigger=Trigger.SCHEDULE)
    approved = strict.repos.programme.announcement(slot.announcement_id).approved_sha256
    _, verdict = strict.services.air.ask_gate(planned, approved, slot.start, clock_trusted=True, ordered_by_right=False)
    assert verdict.reason == "cap_weekday"


def test_it_tells_the_town_how_it_went(strict, boss):
    row = pinned(strict, boss, may_override=True).issue(legal_basis=BASIS)
    tend(strict)
    assert told(strict, row.issue_id) == ["stored", "preparing", "approved"]


RULES = StationRules(
    zone_name="Asia/Ho_Chi_Minh",
    quiet_hours=QuietHours((parse_window("21:00-05:00"),)),
    cap=AirtimeLimit(1, 1.0, frozenset({2})),
    min_gap=timedelta(0),
    late_tolerance=timedelta(minutes=2),
)


@given(
    after=st.integers(0, 7 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    seconds=st.integers(-5, 900),
    approved=st.booleans(),
    trusted=st.booleans(),
    priority=st.sampled_from([Priority.PRIORITY, Priority.NORMAL]),
)
def test_a_basis_turns_no_no_of_the_gate_into_a_yes_but_that_of_a_cap(after, seconds, approved, trusted, priority):
    at = MORNING + after
    request = gate.GateRequest("s", at, at + timedelta(seconds=seconds), priority, SHA, SHA if approved else None)
    with_basis = gate.may_start(request, RULES, gate.GateFacts(clock_trusted=trusted, cap_basis=BASIS), at)
    without = gate.may_start(request, RULES, gate.GateFacts(clock_trusted=trusted), at)
    if with_basis.allowed and not without.allowed:
        assert without.reason.startswith("cap_")
    if not with_basis.allowed:
        assert with_basis.reason == without.reason
