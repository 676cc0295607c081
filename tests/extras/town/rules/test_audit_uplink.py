"""The end of a ward's log of acts, as the town sees it: whoever goes on is believed, whoever cuts or rewrites is named."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from scheduler.extras.town.rules.audit_uplink import CHANGED, CUT, NEWEST, PARTED, body_of, fault_of, read
from tests.rows import over


def hashes(rows):
    """A chain over these rows: the hash of each, the first at 1."""
    told, before = [], ""
    for row in rows:
        before = hashlib.sha256(f"{before}{row}".encode()).hexdigest()
        told.append(before)
    return told


class Ward:
    """As `TownQueue.audit_end` tells it."""

    def __init__(self):
        self.rows, self.told = [], None

    def tells(self):
        chain = hashes(self.rows)
        newest = [(seq, chain[seq - 1]) for seq in range(len(chain), 0, -1)][:NEWEST]
        last = None
        if self.told is not None:
            last = self.told, chain[self.told - 1] if 0 < self.told <= len(chain) else ""
        self.told = len(chain)
        return read(json.loads(json.dumps(body_of(newest, last))))


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=12))
def test_a_log_that_only_goes_on_is_never_called_cut_whatever_the_town_missed(turns):
    ward, last = Ward(), None
    for more, comes in turns:
        ward.rows += [f"{len(ward.rows)}.{number}" for number in range(more)]
        end = ward.tells()
        if not comes:
            continue
        assert last is None or fault_of(last, end, same_line=True) == ""
        last = end.seq, end.hash


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 90))
def test_a_log_that_was_cut_or_written_anew_is_named_however_long_it_is_by_then(told, kept, more):
    ward = Ward()
    ward.rows = list(range(told))
    first = ward.tells()
    kept = min(kept, told - 1)
    ward.rows = [*ward.rows[:kept], *(f"other {number}" for number in range(more))]
    end = ward.tells()
    wanted = CUT if end.seq < told else CHANGED
    assert fault_of((first.seq, first.hash), end, same_line=True) == wanted
    assert fault_of((first.seq, first.hash), end, same_line=False) == PARTED
    ward.rows += ["more"]
    assert fault_of((end.seq, end.hash), ward.tells(), same_line=True) == "", "said once"


def test_another_machine_that_holds_the_row_that_was_told_has_parted_from_nothing():
    ward, other = Ward(), Ward()
    ward.rows = list(range(100))
    end = ward.tells()
    other.rows, other.told = [*ward.rows, "taken over"], 90
    assert fault_of((end.seq, end.hash), other.tells(), same_line=False) == ""


@over(
    "told",
    [
        None,
        [],
        {},
        {"seq": 1},
        {"seq": True, "hash": ""},
        {"seq": -1, "hash": ""},
        {"seq": 1 << 63, "hash": ""},
        {"seq": 1, "hash": "x" * 65},
        {"seq": 1, "hash": "", "before": [[1]]},
        {"seq": 1, "hash": "", "told": [1, 2]},
    ],
)
def test_what_makes_no_sense_tells_nothing(told):
    assert read(told) is None


def test_an_empty_log_is_row_nought():
    end = read(body_of([], None))
    assert (end.seq, end.hash, end.told_last) == (0, "", None)
