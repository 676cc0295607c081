"""The named pipe: every frame for a reader who keeps up, and nobody waited for."""

import contextlib
import itertools
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs.fifo import Fifo


def count_up(first: int, frames: int = BLOCK) -> np.ndarray:
    """A block whose every frame names its place."""
    return (np.arange(first, first + frames) % 30_000).astype(np.int16)


def read(pipe: int) -> np.ndarray:
    """All that lies in the pipe."""
    data = b""
    while True:
        try:
            piece = os.read(pipe, 65536)
        except BlockingIOError:
            break
        if not piece:
            break
        data += piece
    return np.frombuffer(data, "<i2")


def reader(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


@pytest.fixture
def fifo(tmp_path: Path) -> Fifo:
    return Fifo("loa", ("all",), path=tmp_path / "loa.pcm")


def test_the_pipe_is_made_where_it_is_missing_and_stays(fifo: Fifo, tmp_path: Path):
    fifo.open()
    fifo.close()
    assert stat.S_ISFIFO((tmp_path / "loa.pcm").stat().st_mode)
    fifo.open()
    fifo.close()


def test_a_reader_who_keeps_up_gets_every_frame_in_order(fifo: Fifo, tmp_path: Path):
    fifo.open()
    pipe = reader(tmp_path / "loa.pcm")
    heard = []
    for number in range(200):
        fifo.write(count_up(number * BLOCK))
        heard.append(read(pipe))
    assert np.array_equal(np.concatenate(heard), count_up(0, 200 * BLOCK))
    assert (fifo.dropped, fifo.note) == (0, "")
    os.close(pipe)
    fifo.close()


def test_a_real_program_reads_the_stream(fifo: Fifo, tmp_path: Path):
    fifo.open()
    size = 50 * BLOCK * 2
    command = [sys.executable, "-c", f"import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read({size}))"]
    with subprocess.Popen([*command, str(tmp_path / "loa.pcm")], stdout=subprocess.PIPE) as program:
        heard = bytearray()
        thread = threading.Thread(target=lambda: heard.extend(program.stdout.read()))
        thread.start()
        pause, block = threading.Event(), np.full(BLOCK, 7, np.int16)
        for _ in range(24_000):
            fifo.write(block)
            pause.wait(0.005)
            if program.poll() is not None:
                break
        fifo.close()  # one that still waits for more ends now
        thread.join(120)
    assert np.frombuffer(bytes(heard), "<i2").tolist() == [7] * (50 * BLOCK)


def test_nobody_there_is_no_error_and_is_said(fifo: Fifo):
    fifo.open()
    for number in range(40):
        fifo.write(count_up(number * BLOCK))
    assert fifo.note == ""
    for number in range(40, 100):
        fifo.write(count_up(number * BLOCK))
    assert "nobody reads" in fifo.note
    assert fifo.dropped < HOUSE_RATE
    fifo.close()
    assert fifo.note == ""


def test_a_reader_who_comes_late_hears_the_present(fifo: Fifo, tmp_path: Path):
    fifo.open()
    for number in range(500):
        fifo.write(count_up(number * BLOCK))
    pipe = reader(tmp_path / "loa.pcm")
    assert np.array_equal(read(pipe), count_up(499 * BLOCK))
    fifo.write(count_up(500 * BLOCK))
    assert np.array_equal(read(pipe), count_up(500 * BLOCK))
    fifo.write(count_up(501 * BLOCK))
    assert fifo.note == ""
    os.close(pipe)
    fifo.close()


def test_a_reader_who_goes_away_breaks_nothing_and_may_come_back(fifo: Fifo, tmp_path: Path):
    fifo.open()
    for turn in range(3):
        pipe = reader(tmp_path / "loa.pcm")
        for number in range(10):
            fifo.write(count_up((turn * 60 + number) * BLOCK))
            read(pipe)
        os.close(pipe)
        for number in range(10, 60):
            fifo.write(count_up((turn * 60 + number) * BLOCK))
    fifo.close()


def test_a_slow_reader_loses_whole_blocks_that_are_counted(fifo: Fifo, tmp_path: Path):
    fifo.open()
    pipe = reader(tmp_path / "loa.pcm")
    for number in range(30):
        fifo.write(count_up(number * BLOCK))
    heard = read(pipe)
    fifo.write(count_up(30 * BLOCK))
    assert len(heard) % BLOCK == 0
    assert np.array_equal(heard, count_up(0, len(heard)))
    assert fifo.dropped == 30 * BLOCK - len(heard) > 0
    assert "too slow" in fifo.note
    assert "dropped" in fifo.note
    fifo.open()
    assert fifo.dropped == 0
    os.close(pipe)
    fifo.close()


def test_an_old_loss_is_told_no_more_but_still_counted(fifo: Fifo, tmp_path: Path):
    fifo.open()
    pipe = reader(tmp_path / "loa.pcm")
    for number in range(30):
        fifo.write(count_up(number * BLOCK))
    for number in range(30, 30 + 59 * 50):
        read(pipe)
        fifo.write(count_up(number * BLOCK))
    assert "too slow" in fifo.note
    for number in range(100):
        read(pipe)
        fifo.write(count_up(number * BLOCK))
    assert (fifo.note, fifo.dropped > 0) == ("", True)
    os.close(pipe)
    fifo.close()


def test_a_reader_who_stalled_is_not_late_for_ever(fifo: Fifo, tmp_path: Path):
    fifo.open()
    pipe = reader(tmp_path / "loa.pcm")
    for number in range(15):
        fifo.write(count_up(number * BLOCK))
    heard = np.zeros(0, np.int16)
    for number in range(15, 300):  # from here on it reads at the clock's pace: what lies before it never gets less
        heard = np.frombuffer(os.read(pipe, BLOCK * 2), "<i2")
        fifo.write(count_up(number * BLOCK))
    late = 299 * BLOCK - (int(heard[0]) + 30_000 * round((299 * BLOCK - int(heard[0])) / 30_000))
    assert abs(late) <= HOUSE_RATE // 10
    assert fifo.dropped > 0
    os.close(pipe)
    fifo.close()


@pytest.mark.parametrize("taken", [1, 3, 777, 1919])
def test_what_is_taken_away_never_tears_a_frame(fifo: Fifo, tmp_path: Path, taken: int):
    """A reader may stop in the middle of a frame; the rest of that frame has to come next."""
    fifo.open()
    pipe = reader(tmp_path / "loa.pcm")
    fifo.write(np.full(BLOCK, 0x0102, np.int16))
    first = os.read(pipe, taken)
    for _ in range(100):
        fifo.write(np.full(BLOCK, 0x0102, np.int16))
    rest = os.read(pipe, 65536)
    whole = first + rest
    assert set(np.frombuffer(whole[: len(whole) // 2 * 2], "<i2").tolist()) == {0x0102}
    os.close(pipe)
    fifo.close()


def test_what_an_earlier_run_left_is_not_heard(fifo: Fifo, tmp_path: Path):
    fifo.open()
    pipe = reader(tmp_path / "loa.pcm")
    fifo.write(count_up(0))
    fifo.close()
    fifo.open()
    fifo.write(count_up(BLOCK))
    assert np.array_equal(read(pipe), count_up(BLOCK))
    os.close(pipe)
    fifo.close()


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir], ids=["file", "folder"])
def test_a_path_that_is_no_pipe_is_refused_for_good_and_untouched(fifo: Fifo, tmp_path: Path, make):
    path = tmp_path / "loa.pcm"
    make(path)
    if path.is_file():
        path.write_text("minutes of the people's committee")
    with pytest.raises(OutputError, match="is no FIFO") as refused:
        fifo.open()
    assert refused.value.permanent
    assert path.is_dir() or path.read_text() == "minutes of the people's committee"


def test_a_missing_folder_is_named_and_tried_again(tmp_path: Path):
    fifo = Fifo("loa", ("all",), path=tmp_path / "away" / "loa.pcm")
    with pytest.raises(OutputError, match=r"No such file or directory.*check the path") as refused:
        fifo.open()
    assert not refused.value.permanent
    (tmp_path / "away").mkdir()
    fifo.open()
    fifo.close()


def test_a_pipe_deleted_and_made_anew_is_taken_at_the_next_opening(fifo: Fifo, tmp_path: Path):
    fifo.open()
    (tmp_path / "loa.pcm").unlink()
    fifo.write(count_up(0))
    fifo.close()
    fifo.open()
    pipe = reader(tmp_path / "loa.pcm")
    fifo.write(count_up(0))
    assert np.array_equal(read(pipe), count_up(0))
    os.close(pipe)
    fifo.close()


def test_its_lead_is_the_readers_delay(tmp_path: Path):
    assert Fifo("loa", ("all",), path=tmp_path / "x", delay=0.25).lead == 0.25


@given(st.lists(st.one_of(st.just("write"), st.just("come and go"), st.integers(1, 9_000)), max_size=150))
def test_whatever_a_reader_does_frames_stay_whole_and_in_order(acts: list[str | int]):
    """Numbers = bytes it reads at a time, odd ones too. Each block is one number, so order shows."""
    with tempfile.TemporaryDirectory() as folder:
        fifo = Fifo("loa", ("all",), path=Path(folder) / "loa.pcm")
        fifo.open()
        pipe, heard, number = reader(Path(folder) / "loa.pcm"), b"", 0
        for act in acts:
            if act == "write":
                number += 1
                fifo.write(np.full(BLOCK, 257 * (number % 100 + 1), np.int16))  # both bytes alike: no order inside
            elif act == "come and go":
                os.close(pipe)
                pipe = reader(Path(folder) / "loa.pcm")
            else:
                with contextlib.suppress(BlockingIOError):
                    heard += os.read(pipe, int(act))
        fifo.close()
        os.close(pipe)
    blocks = [byte for byte, _ in itertools.groupby(heard)]
    falls = sum(after < before for before, after in itertools.pairwise(blocks))
    assert falls <= number // 100, "the past came after the present"


@given(st.integers(1, 100), st.integers(0, 9_999))
def test_a_reader_who_keeps_up_gets_every_frame_whatever_the_blocks(blocks: int, seed: int):
    random = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        fifo = Fifo("loa", ("all",), path=Path(folder) / "loa.pcm")
        fifo.open()
        pipe, heard, written = reader(Path(folder) / "loa.pcm"), [], 0
        for size in random.integers(1, 6_000, blocks):
            fifo.write(count_up(written, int(size)))
            written += int(size)
            heard.append(read(pipe))
        fifo.close()
        os.close(pipe)
    assert np.array_equal(np.concatenate(heard), count_up(0, written))
