"""The black box: what a process measured is there after kill -9, whole or as it was one write before."""

import mmap
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import HOUSE_RATE
from scheduler.playout import blackbox
from scheduler.playout.blackbox import RECORDS, BlackBox, Measured
from tests.playout.fake_output import FakeOutput
from tests.playout.stepped_desk import SIX, Services, card, programme, seconds

AT = datetime(2020, 3, 13, 6, 0, 0, 123_456, tzinfo=UTC)


def again(path: Path) -> dict[str, Measured]:
    """What a process that comes after reads."""
    box = BlackBox.open(path)
    try:
        return box.read()
    finally:
        box.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "blackbox"


def test_a_new_one_is_empty_and_has_its_blocks(path: Path):
    assert again(path) == {}
    assert path.stat().st_blocks * 512 >= path.stat().st_size == RECORDS * 2 * 128


def test_the_last_of_each_is_kept(path: Path):
    box = BlackBox.open(path)
    for frames in (960, 1920, 2880):
        box.put("a", AT, frames)
        box.put("khẩn cấp", AT + timedelta(seconds=1), frames * 2)
    assert box.read() == again(path)
    assert again(path) == {"a": Measured(AT, 2880), "khẩn cấp": Measured(AT + timedelta(seconds=1), 5760)}


@pytest.mark.parametrize("torn", [0, 1])
@pytest.mark.parametrize("writes", [1, 2, 5])
def test_what_was_cleared_does_not_come_back_even_from_a_torn_record(path: Path, writes: int, torn: int):
    box = BlackBox.open(path)
    for frames in range(writes):
        box.put("a", AT, frames + 1)
    box.put("b", AT, 9)
    box.clear("a")
    box.clear("a")
    box.clear("nobody")
    assert again(path) == {"b": Measured(AT, 9)}
    raw = bytearray(path.read_bytes())
    raw[torn * 128 + 4] ^= 0xFF
    path.write_bytes(raw)
    assert again(path) == {"b": Measured(AT, 9)}


def test_it_goes_on_where_the_process_before_it_ended(path: Path):
    first = BlackBox.open(path)
    for frames in (1, 2, 3):
        first.put("a", AT, frames)
    first.close()
    second = BlackBox.open(path)
    second.put("a", AT, 4)
    second.put("b", AT, 1)
    assert again(path) == {"a": Measured(AT, 4), "b": Measured(AT, 1)}
    second.clear("a")
    assert again(path) == {"b": Measured(AT, 1)}


def test_with_no_room_the_oldest_goes(path: Path):
    box = BlackBox.open(path)
    for number in range(RECORDS):
        box.put(str(number), AT, 1)
    box.put("0", AT, 2)
    box.put("new", AT, 7)
    found = again(path)
    assert len(found) == RECORDS
    assert "1" not in found
    assert (found["0"].frames, found["new"].frames) == (2, 7)


@given(st.integers(0, 127), st.integers(1, 255), st.integers(1, 40))
def test_a_torn_write_is_seen_and_the_one_before_counts(
    tmp_path_factory: pytest.TempPathFactory, byte: int, damage: int, writes: int
):
    path = tmp_path_factory.mktemp("box") / "blackbox"
    box = BlackBox.open(path)
    for frames in range(1, writes + 1):
        box.put("a", AT, frames)
    box.close()
    raw = bytearray(path.read_bytes())
    newest = (writes + 1) % 2 * 128
    used = blackbox._CRC.size + blackbox._BODY.size
    raw[newest + byte] ^= damage
    path.write_bytes(raw)
    previous = {"a": Measured(AT, writes - 1)} if writes > 1 else {}
    assert again(path) == (previous if byte < used else {"a": Measured(AT, writes)})


@pytest.mark.parametrize("rubbish", [b"", b"x" * 100, os.urandom(RECORDS * 256), b"\xff" * RECORDS * 256])
def test_a_strangers_file_is_an_empty_box_that_works(path: Path, rubbish: bytes):
    path.write_bytes(rubbish)
    box = BlackBox.open(path)
    assert box.read() == {}
    box.put("a", AT, 1)
    box.flush()
    assert again(path) == {"a": Measured(AT, 1)}


@pytest.mark.parametrize("slot_id", ["", "x" * 97, "ạ" * 40])
def test_an_id_without_room_is_left_out_and_raises_nothing(path: Path, slot_id: str):
    box = BlackBox.open(path)
    box.put(slot_id, AT, 1)
    box.clear(slot_id)
    assert box.read() == {}


def test_a_closed_one_takes_nothing_and_raises_nothing(path: Path):
    box = BlackBox.open(path)
    box.put("a", AT, 1)
    box.close()
    box.close()
    box.put("a", AT, 2)
    box.clear("a")
    box.flush()
    assert box.read() == {}
    assert again(path) == {"a": Measured(AT, 1)}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        BlackBox.open(tmp_path / "no" / "blackbox")


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from scheduler.playout.blackbox import BlackBox
box = BlackBox.open(Path(sys.argv[1]))
at = datetime(2020, 3, 13, 6, 0, 0, 123456, tzinfo=UTC)
for frames in range(1, 10**9):
    box.put("a", at, frames)
    box.put("b", at, frames)
    if frames % 100 == 0:
        print(frames, flush=True)
"""


@pytest.mark.parametrize("told", [1, 7, 23])
def test_a_process_that_is_killed_leaves_what_it_measured(path: Path, told: int):
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    frames = [int(child.stdout.readline()) for _ in range(told)][-1]
    os.kill(child.pid, signal.SIGKILL)
    more = child.stdout.read().split()
    child.wait()
    child.stdout.close()
    last = int(more[-1]) if more else frames
    found = again(path)
    assert set(found) == {"a", "b"}
    assert found["a"].started_at == AT
    assert last <= found["a"].frames <= last + 101
    assert found["a"].frames - found["b"].frames in {0, 1}


# -- the engine ---------------------------------------------------------------------------------------------------------


def test_the_engine_writes_what_has_been_heard(path: Path):
    box = BlackBox.open(path)
    services = Services(card(lead=0.6), blackbox=box)
    services.engine.step()
    services.engine.arm(programme("a", 4), SIX + seconds(1))
    services.run(0.9)
    assert again(path) == {}
    services.run(1.1)
    measured = again(path)["a"]
    assert measured.started_at == SIX + seconds(1)
    assert measured.frames == pytest.approx(HOUSE_RATE, abs=1)
    services.run(5)
    assert again(path)["a"] == Measured(SIX + seconds(1), 4 * HOUSE_RATE)
    assert services.ended[0].frames_accepted == 4 * HOUSE_RATE


def test_what_becomes_audible_after_the_last_block_was_taken_is_written_too(path: Path):
    box = BlackBox.open(path)
    services = Services(FakeOutput(lead=0.6), blackbox=box)
    services.engine.step()
    services.engine.arm(programme("a", 2), SIX + seconds(1))
    services.run(2.9)
    assert again(path)["a"].frames == pytest.approx(1.9 * HOUSE_RATE, abs=1)


def test_an_output_without_a_lead_is_measured_to_the_frame(path: Path):
    box = BlackBox.open(path)
    out = FakeOutput()
    services = Services(out, blackbox=box)
    services.engine.arm(programme("a", 4), SIX + seconds(1))
    services.run(2.5)
    assert again(path)["a"].frames == out.frames == round(1.5 * HOUSE_RATE)


class Flushed(mmap.mmap):
    """Memory that counts how often it was asked for on the disk."""

    count = 0

    def flush(self, *args):
        self.count += 1
        return super().flush(*args)


def test_what_is_on_the_disk_is_not_asked_for_again():
    memory = Flushed(-1, RECORDS * 2 * 128)
    box, asked = BlackBox(memory), []
    for act in (
        lambda: None,
        lambda: None,
        lambda: box.put("a", AT, 1),
        lambda: None,
        lambda: box.clear("a"),
        lambda: None,
    ):
        act()
        box.flush()
        asked.append(memory.count)
    assert asked == [1, 1, 2, 2, 3, 3]
    box.close()
