"""A stranger's sound is decoded in a process of its own: what a hostile file costs, and that nothing is left of it."""

import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from audio_assets import decode_apart as apart
from audio_assets.decode import decode
from audio_assets.decode_apart import decode_apart
from audio_assets.decode_child import MEMORY, bounds_for
from scheduler.config.loading import AudioConfig
from scheduler.kernel.errors import AudioError, NotFound, Refused
from tests.audio.make_audio import encoded, flac_bomb, greedy_mp4, speech_like, stereo, tone, wav, wav_header, wide_alac
from tests.needs import same_clock_everywhere

ROOT = Path(__file__).parents[2]
LIMITS = AudioConfig(max_clip_minutes=1.0)


@pytest.fixture
def file_of(tmp_path):
    def make(data):
        path = tmp_path / "a.mp3"
        path.write_bytes(data)
        return path

    return make


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(wav, id="wav"),
        pytest.param(lambda: encoded("mp3", "libmp3lame", rate=22_050), id="mp3"),
        pytest.param(lambda: stereo(speech_like(), -speech_like()), id="read twice"),
        pytest.param(lambda: encoded("wav", "pcm_f32le", speech_like(level=1.0)), id="scaled"),
        pytest.param(lambda: encoded("wav", "pcm_s16le", layout="5.1"), id="six channels"),
    ],
)
def test_the_same_sound_and_facts_come_out(make, file_of):
    path = file_of(make())
    here, there = decode(path, LIMITS), decode_apart(path, LIMITS)
    assert np.array_equal(here.pcm, there.pcm)
    assert there.pcm.dtype == np.int16
    assert (here.channels, here.sample_rate, here.warnings) == (there.channels, there.sample_rate, there.warnings)
    assert (here.clipped_share, here.scaled_db) == (there.clipped_share, there.scaled_db)


def test_no_file_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        decode_apart(tmp_path / "a", LIMITS)


# What it costs


def empty_ogg_links():
    """Thousands of streams after each other, each with a head and no sound."""
    whole = encoded("ogg", "libopus", speech_like(0.1))
    head = whole[: whole.index(b"OggS", whole.index(b"OpusTags"))]
    return head * 20_000


def boxes_in_boxes():
    """An index of boxes inside boxes, a hundred thousand deep."""
    deep = 100_000
    names = [b"moov", b"trak", b"mdia", b"minf"]
    boxes = [struct.pack(">I4s", 8 * (deep - level), names[min(level, 3)]) for level in range(deep)]
    return b"\0\0\0\x10ftypM4A \0\0\0\0" + b"".join(boxes)


def frames_of_nothing():
    """MP3 frames whose insides are noise: every one wants to be decoded, few give sound."""
    noise = np.random.default_rng(3).integers(0, 255, 413, dtype=np.uint8).tobytes()
    return (b"\xff\xfb\x90\x00" + noise) * 30_000


BOMBS = [
    pytest.param(flac_bomb, id="ten hours in 70 kB"),
    pytest.param(greedy_mp4, id="gigabytes of index"),
    pytest.param(empty_ogg_links, id="empty links"),
    pytest.param(boxes_in_boxes, id="boxes"),
    pytest.param(wide_alac, id="wide frames"),
    pytest.param(frames_of_nothing, id="frames of nothing"),
    pytest.param(lambda: wav_header(0xFFFFFFF0, channels=8, rate=384_000, bits=32) + bytes(30_000_000), id="wide wav"),
]
MEASURED = """
import resource, sys
from pathlib import Path
from audio_assets.ingest import check
from scheduler.config.loading import AudioConfig
def own():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = own()
report = check(Path(sys.argv[1]), AudioConfig(max_clip_minutes=5.0))
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(report.verdict, report.reason or "-", (own() - before) // 1024, used.ru_maxrss // 1024, round(used.ru_utime + used.ru_stime))
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_hostile_file_ends_within_its_bounds_and_takes_nobody_with_it(bomb, file_of):
    """Grown: what the asking process came to need. Child: all that the decoding process had in memory."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", MEASURED, str(file_of(bomb()))],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    verdict, _, grown, child, cpu = done.stdout.split()
    assert verdict in {"refused", "warning"}
    assert int(grown) < 60
    assert int(child) < 400
    assert int(cpu) <= bounds_for(300.0).cpu_most


def test_an_honest_hour_is_allowed_what_it_costs_on_a_slow_machine():
    bounds = bounds_for(3600.0)
    assert bounds.memory == MEMORY
    assert bounds.cpu_seconds == 20
    assert bounds.cpu_most >= 600
    assert bounds.written >= 3600 * 96_000


BUSY = "from audio_assets.decode_child import bounds_for; from scheduler.kernel.sandbox import Bounds, be_modest; be_modest(Bounds(10**9, 1, 60, 1000)); exec('while True: pass')"
ENDS = [
    pytest.param("import os; os.kill(os.getpid(), 9)", "audio_too_heavy", id="killed for memory"),
    pytest.param("import os; os.kill(os.getpid(), 11)", "audio_damaged", id="fallen over"),
    pytest.param(BUSY, "audio_too_heavy", id="only computing"),
    pytest.param("pass", "audio_damaged", id="nothing said"),
    pytest.param("print('0.50' + 'x' * 5000)", "audio_damaged", id="nonsense said"),
]


@pytest.mark.parametrize(("code", "reason"), ENDS)
def test_whatever_becomes_of_the_process_there_is_a_sentence(code, reason, file_of, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(apart, "COMMAND", (sys.executable, "-c", code))
    with pytest.raises(AudioError) as caught:
        decode_apart(file_of(wav()), LIMITS)
    assert caught.value.reason == reason


# What it leaves


def test_the_sound_has_no_name_on_the_disk_while_it_is_made(file_of, tmp_path):
    scratch, seen = tmp_path / "kho", []
    made = decode_apart(
        file_of(wav(tone(50.0))), LIMITS, scratch=scratch, progress=lambda _: seen.extend(scratch.iterdir())
    )
    assert made.seconds == 50.0
    assert seen == list(scratch.iterdir()) == []


def test_a_full_disk_is_told_as_one_and_leaves_nothing(file_of, tmp_path):
    path = file_of(wav(speech_like(4.0, rate=16_000), rate=16_000))
    code = """
import resource, sys
from pathlib import Path
from audio_assets.decode_apart import decode_apart
from scheduler.config.loading import AudioConfig
from scheduler.kernel.errors import Refused
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    decode_apart(Path(sys.argv[1]), AudioConfig(), scratch=Path(sys.argv[2]))
except Refused as error:
    print(error.reason)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path), str(tmp_path / "kho")],
        capture_output=True, text=True, timeout=120, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ran.stdout.strip() == "disk_full", ran.stderr
    assert list((tmp_path / "kho").iterdir()) == []


def test_the_process_has_no_descriptor_it_does_not_need(file_of, monkeypatch):
    """What the station has open (its database, its lock) is not handed to a decoder of strangers' files."""
    same_clock_everywhere("libfaketime holds a descriptor of its own in every process")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(apart, "_answer_of_child", lambda source, sink, answer, *_: listed(source, sink, answer))
    with open(os.devnull) as other:  # noqa: PTH123 - any open file
        os.set_inheritable(other.fileno(), True)
        with pytest.raises(Refused) as caught:
            decode_apart(file_of(wav()), LIMITS)
    assert caught.value.details["open"] == ["0", "1", "2", "sink"]


def listed(source, sink, answer):
    code = "import os; print(*(n for n in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{n}')))"
    apart.run_apart([sys.executable, "-c", code], source, answer, 120, keep=(sink.fileno(),))
    answer.seek(0)
    names = {str(sink.fileno()): "sink"}
    return {
        "reason": "audio_damaged",
        "details": {"open": sorted(names.get(n, n) for n in answer.read().decode().split())},
    }


def test_an_alarm_counts_as_a_bound():
    assert apart.cost_too_much(-signal.SIGALRM)
