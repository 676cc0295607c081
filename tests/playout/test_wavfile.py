import os
import wave
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE, Priority
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import OutputError
from scheduler.playout.engine import Engine
from scheduler.playout.mixer import FADE
from scheduler.playout.outputs.wavfile import WavFile
from scheduler.playout.programme import Ended, Programme

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
EVENING = datetime(2020, 3, 13, 17, 0, tzinfo=HANOI)


@dataclass(frozen=True)
class Yes:
    allowed: bool = True
    reason: str = ""


def recorder(folder: Path, **more: int) -> WavFile:
    return WavFile("loa", ("all",), folder=folder, zone=HANOI, **more)


def noise(seconds: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-30_000, 30_000, round(seconds * HOUSE_RATE)).astype(np.int16)


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (HOUSE_RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_each_airing_is_one_file_with_exactly_its_samples(tmp_path: Path):
    clock = SteppedClock(EVENING)
    engine = Engine(clock, [recorder(tmp_path)], allow=lambda *_: Yes(), on_event=lambda _: None)
    first, second = noise(1.2345, 1), noise(0.5, 2)
    engine.arm(Programme("20200313-0001", "all", Priority.NORMAL, (first, second)), EVENING + timedelta(seconds=30.01))
    engine.arm(Programme("20200313-0002", "all", Priority.NORMAL, (second,)), EVENING + timedelta(seconds=40))
    for _ in range(500):
        clock.advance(0.1)
        engine.step()
    day = tmp_path / "2020-03-13"
    assert sorted(path.name for path in day.iterdir()) == ["170030-20200313-0001.wav", "170040-20200313-0002.wav"]
    assert np.array_equal(read(day / "170030-20200313-0001.wav"), np.concatenate([first, second]))
    assert np.array_equal(read(day / "170040-20200313-0002.wav"), second)


def test_a_cut_airing_ends_in_its_fade(tmp_path: Path):
    clock = SteppedClock(EVENING)
    ended: list[Ended] = []
    engine = Engine(clock, [recorder(tmp_path)], allow=lambda *_: Yes(), on_event=ended.append)
    engine.step()
    engine.arm(Programme("a", "all", Priority.NORMAL, (noise(10),)), EVENING)
    for _ in range(20):
        clock.advance(0.1)
        engine.step()
    engine.cut("a", "stopped_by")
    for _ in range(3):
        clock.advance(0.1)
        engine.step()
    sound = read(tmp_path / "2020-03-13" / "170000-a.wav")
    assert len(sound) == 2 * HOUSE_RATE + FADE
    assert np.array_equal(sound[: 2 * HOUSE_RATE], noise(10)[: 2 * HOUSE_RATE])
    assert ended[-1].frames_accepted == len(sound)


def test_the_day_is_the_stations_day(tmp_path: Path):
    output = recorder(tmp_path)
    output.open()
    output.begin("a", datetime(2020, 3, 13, 22, 30, tzinfo=UTC))
    output.close()
    assert (tmp_path / "2020-03-14" / "053000-a.wav").is_file()


def test_a_file_is_whole_while_it_is_being_written(tmp_path: Path):
    output = recorder(tmp_path)
    output.open()
    output.begin("a", EVENING)
    sound = noise(2.5)
    for start in range(0, len(sound), 960):
        output.write(sound[start : start + 960])
    assert output.last is not None
    left_by_a_crash = read(output.last)
    assert len(left_by_a_crash) >= 2 * HOUSE_RATE
    assert np.array_equal(left_by_a_crash, sound[: len(left_by_a_crash)])
    output.close()
    assert np.array_equal(read(output.last), sound)


def test_a_recording_is_never_overwritten(tmp_path: Path):
    output = recorder(tmp_path)
    output.open()
    for length in (1, 2):
        output.begin("a", EVENING)
        output.write(noise(length))
        output.end("a")
    day = tmp_path / "2020-03-13"
    assert len(read(day / "170000-a.wav")) == HOUSE_RATE
    assert len(read(day / "170000-a-2.wav")) == 2 * HOUSE_RATE


@pytest.mark.parametrize(
    "slot_id",
    [
        pytest.param("../../etc/passwd", id="climbing_out"),
        pytest.param("bản tin: sáng", id="letters_and_colon"),
        pytest.param("x" * 300, id="very_long"),
        pytest.param("a\x00b", id="zero_byte"),
    ],
)
def test_no_slot_id_leaves_the_folder(tmp_path: Path, slot_id: str):
    output = recorder(tmp_path / "wav")
    output.open()
    output.begin(slot_id, EVENING)
    output.write(noise(0.1))
    output.close()
    (written,) = tmp_path.rglob("*.wav")
    assert written.parent == tmp_path / "wav" / "2020-03-13"
    assert written == output.last


def test_a_full_disk_is_an_output_error_that_says_what_to_do(tmp_path: Path):
    if not Path("/dev/full").exists():
        pytest.skip("only where the system has /dev/full")
    day = tmp_path / "2020-03-13"
    day.mkdir()
    output = recorder(tmp_path)
    output.open()
    output.begin("a", EVENING)
    recording = output._recordings["a"]
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, recording.file.fileno())  # from here on the disk is full, as the system itself says it
    os.close(full)
    with pytest.raises(OutputError, match=r"No space left.*free some space"):
        output.write(noise(1.2))
    output.close()
    output.open()
    output.begin("b", EVENING)
    output.write(noise(0.5))
    output.end("b")
    assert len(read(day / "170000-b.wav")) == HOUSE_RATE // 2


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path):
    (tmp_path / "wav").write_text("a file stands in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot record into"):
        recorder(tmp_path / "wav").open()


def test_a_folder_that_vanishes_is_made_anew(tmp_path: Path):
    output = recorder(tmp_path / "wav")
    output.open()
    (tmp_path / "wav").rmdir()
    output.begin("a", EVENING)
    output.close()
    assert output.last is not None
    assert output.last.is_file()


def test_sweep_deletes_only_its_own_old_recordings(tmp_path: Path):
    output = recorder(tmp_path, keep_days=2)
    output.open()
    for days in range(5):
        output.begin("a", EVENING - timedelta(days=days))
        output.end("a")
    (tmp_path / "2020-03-09" / "notes.txt").write_text("keep", encoding="utf-8")
    (tmp_path / "2019-01-01-old").mkdir()
    assert output.sweep(EVENING) == 2
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == [
        "2020-03-09/notes.txt",
        "2020-03-11/170000-a.wav",
        "2020-03-12/170000-a.wav",
        "2020-03-13/170000-a.wav",
    ]
    assert (tmp_path / "2019-01-01-old").is_dir()
    assert not (tmp_path / "2020-03-10").exists()


def test_sweep_before_anything_was_recorded_is_harmless(tmp_path: Path):
    assert recorder(tmp_path / "never").sweep(EVENING) == 0
