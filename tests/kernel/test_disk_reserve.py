"""The room that is kept back: put aside where there is plenty, let go where it is tight, and never in the way."""

import pytest

from scheduler.kernel.disk_reserve import PLENTY, RESERVE_BYTES, TIGHT_BYTES, Reserve


@pytest.fixture
def reserve(tmp_path):
    """A reserve whose disk has as much as `made.free` says."""
    made = Reserve(tmp_path, lambda _: made.free)
    made.free = PLENTY * RESERVE_BYTES
    return made


def test_it_takes_up_its_blocks_and_is_put_aside_once(reserve):
    assert reserve.keep()
    told = reserve.path.stat()
    assert told.st_size == RESERVE_BYTES
    assert told.st_blocks * 512 >= RESERVE_BYTES  # not a hole
    reserve.free = 0
    assert reserve.keep()
    assert [one.name for one in reserve.path.parent.iterdir()] == ["reserve"]


def test_a_disk_with_little_room_keeps_what_it_has(reserve):
    reserve.free -= 1
    assert not reserve.keep()
    assert not reserve.path.exists()


def test_it_is_let_go_only_where_room_is_tight(reserve):
    reserve.keep()
    reserve.free = TIGHT_BYTES
    assert not reserve.let_go()
    assert reserve.path.exists()
    reserve.free -= 1
    assert reserve.let_go()
    assert not reserve.path.exists()
    assert not reserve.let_go()


def test_a_disk_that_cannot_be_asked_stops_nobody(tmp_path):
    assert not Reserve(tmp_path / "gone").let_go()
