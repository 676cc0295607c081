"""A few of the sweep's faults on a real playout; `bench/sweep_faults.py` fails every call with every error."""

from pathlib import Path

import pytest

from tests.faults.day import temporary_folder
from tests.faults.sweep import VERIFY, Fault, Sweep, can_trace

pytestmark = pytest.mark.skipif(not can_trace(), reason="strace is missing, or may not attach to a process here")


@pytest.fixture(scope="module")
def sweep():
    with temporary_folder() as folder, Sweep(Path(folder)) as made:
        yield made


@pytest.fixture(scope="module")
def counted(sweep):
    """The calls of a clean order."""
    return sweep.counted()


def share(counted, call, part):
    return max(1, round(counted[call] * part))


@pytest.mark.parametrize(
    ("call", "part", "error", "lasts"),
    [
        pytest.param("openat", 0, "EMFILE", True, id="no_descriptor_from_the_order_on"),
        pytest.param("read", 0, "EIO", False, id="the_clip_cannot_be_read"),
        pytest.param("pwrite64", 0, "EIO", False, id="the_first_row"),
        pytest.param("pwrite64", 0.5, "ENOSPC", True, id="no_room_from_the_middle_on"),
        pytest.param("fdatasync", 1, "EIO", False, id="the_last_flush"),
    ],
)
def test_an_order_under_a_fault_of_the_kernel_has_one_end_that_is_as_it_sounded(
    sweep, counted, call, part, error, lasts
):
    told = sweep.under(Fault(call, error, share(counted, call, part), lasts))
    assert told.broken == []
    assert told.outcome in {"played", "partial", "failed", "missed"}


def test_what_the_desk_answers_under_a_fault_is_what_stands(sweep):
    counted = sweep.counted_at_desk()
    for number in (1, share(counted, "pwrite64", 0.5), counted["pwrite64"]):
        assert sweep.under(Fault("pwrite64", "EIO", number, desk=True)).broken == []
    assert sweep.under(Fault("pread64", "EACCES", share(counted, "pread64", 0.4), desk=True)).broken == []


@pytest.mark.parametrize(("call", "error"), [("openat", "EMFILE"), ("read", "EIO"), ("pread64", "EACCES")])
def test_no_row_and_no_file_is_called_broken_that_could_not_be_read(sweep, call, error):
    counted = sweep.counted_at_desk(VERIFY)
    assert sweep.under(Fault(call, error, counted[call], desk=True, act=VERIFY)).broken == []
