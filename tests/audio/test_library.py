"""The library keeps sound whole or not at all, believes no file, and costs an idle page next to nothing."""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import unicodedata
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audio_assets.library import Library, safe_name
from audio_assets.loudness import integrated_lufs, true_peak_dbtp
from audio_assets.part_file import part_file
from scheduler.core.model import HOUSE_RATE, Sha256
from scheduler.kernel.errors import NotFound, Refused
from tests.audio.make_audio import house, speech_like, tone


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "kho")


def in_a_child(code: str, *arguments: object, **more) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())}, **more,
    )  # fmt: skip


def test_a_master_is_a_wav_named_by_its_own_bytes(library: Library):
    pcm = house(speech_like(1.5))
    clip = library.add_master(pcm)
    path = library.path(clip.sha256)
    assert path == library.root / "clips" / clip.sha256[:2] / f"{clip.sha256}.wav"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == clip.sha256
    with wave.open(str(path)) as reader:
        assert (reader.getnchannels(), reader.getsampwidth(), reader.getframerate()) == (1, 2, HOUSE_RATE)
        assert reader.readframes(len(pcm)) == pcm.tobytes()
    assert (clip.frames, clip.seconds) == (len(pcm), 1.5)
    assert clip.lufs == integrated_lufs(pcm, HOUSE_RATE)
    assert clip.true_peak_dbtp == true_peak_dbtp(pcm, HOUSE_RATE)
    assert np.array_equal(library.load(clip.sha256), pcm)
    assert library.seconds(clip.sha256) == 1.5
    assert library.has(clip.sha256)


def test_a_sound_longer_than_one_piece_is_written_whole(library: Library):
    pcm = np.resize(house(speech_like(5.0)), (1 << 20) + 12_345)
    assert np.array_equal(library.load(library.add_master(pcm).sha256), pcm)


def test_the_same_sound_is_the_same_clip(library: Library):
    pcm = house(tone(1.0))
    assert library.add_master(pcm) == library.add_master(pcm.copy())
    assert len(list(library.root.rglob("*.wav"))) == 1


def test_an_original_is_kept_byte_for_byte(library: Library, tmp_path: Path):
    source = tmp_path / "ghi âm.mp3"
    source.write_bytes(os.urandom(3_000_000))
    sha256 = library.add_original(source)
    assert library.original(sha256).read_bytes() == source.read_bytes()
    assert library.has_original(sha256)


def test_an_original_that_changed_since_it_was_heard_is_refused(library: Library, tmp_path: Path):
    source = tmp_path / "a.mp3"
    source.write_bytes(b"khac")
    with pytest.raises(Refused, match="audio_changed"):
        library.add_original(source, expected=Sha256("0" * 64))
    assert not [path for path in library.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-2], id="cut"),
        pytest.param(lambda data: data + b"\0\0", id="longer"),
        pytest.param(lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:], id="one_bit"),
        pytest.param(lambda _: b"", id="emptied"),
    ],
)
def test_a_changed_master_is_refused(library: Library, damage):
    sha256 = library.add_master(house(tone(1.0))).sha256
    library.verify(sha256)
    path = library.path(sha256)
    path.write_bytes(damage(path.read_bytes()))
    for look in (library.load, library.verify):
        with pytest.raises(Refused) as caught:
            look(sha256)
        assert caught.value.reason == "audio_changed"


@pytest.mark.parametrize(
    "sha256", ["f" * 64, "", "../../../etc/passwd", "F" * 64, "a" * 63, "/" * 64, "a" * 62 + "\0."]
)
def test_what_is_not_kept_is_not_found(library: Library, sha256: str):
    library.add_master(house(tone(0.5)))
    for look in (library.path, library.load, library.original, library.verify, lambda key: library.peaks(key, 9)):
        with pytest.raises(NotFound):
            look(Sha256(sha256))


def test_nothing_is_not_a_clip(library: Library):
    with pytest.raises(Refused, match="audio_empty"):
        library.add_master(np.zeros(0, np.int16))


@pytest.mark.parametrize("count", [1, 7, 200, 1000, 3000])
def test_the_waveform_shows_loud_and_soft_halves(library: Library, count: int):
    sha256 = library.add_master(house(np.concatenate((tone(1.0, level=0.8), tone(1.0, level=0.1))))).sha256
    peaks = library.peaks(sha256, count)
    assert len(peaks) == count
    assert peaks[0] == pytest.approx(0.8, abs=0.01)
    if count > 1:
        assert peaks[-1] == pytest.approx(0.1, abs=0.03 if count > 200 else 0.01)


def test_a_lost_waveform_is_drawn_again(library: Library):
    sha256 = library.add_master(house(speech_like(1.0))).sha256
    before = library.peaks(sha256, 100)
    for stored in library.root.rglob("*.peaks"):
        stored.unlink()
    assert library.peaks(sha256, 100) == before


def test_a_very_short_clip_has_a_waveform(library: Library):
    assert library.peaks(library.add_master(np.array([32767, -32768, 5], np.int16)).sha256, 5) == [
        1.0,
        1.0,
        1.0,
        1.0,
        0.0,
    ]


def test_discard_takes_back_a_clip_and_an_original(library: Library, tmp_path: Path):
    source = tmp_path / "a"
    source.write_bytes(b"x")
    library.discard(library.add_master(house(tone(0.5))).sha256, library.add_original(source))
    assert not [path for path in library.root.rglob("*") if path.is_file()]


def test_a_master_that_was_set_aside_is_not_there_until_it_is_put_back(library: Library):
    clip, other = (library.add_master(house(tone(0.5, hertz=one))) for one in (440.0, 880.0))
    library.set_aside([clip.sha256, other.sha256, Sha256("0" * 64)])
    assert sorted(library.aside()) == sorted([clip.sha256, other.sha256])
    assert not library.has(clip.sha256)
    library.put_back(clip.sha256)
    library.drop_aside(other.sha256)
    library.verify(clip.sha256)
    assert len(library.peaks(clip.sha256, 4)) == 4
    assert (library.aside(), library.has(other.sha256)) == ([], False)


def test_the_sweep_of_an_empty_place_finds_nothing(library: Library):
    assert library.sweep() == 0


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from audio_assets import library
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
library.settle = die
library.Library(Path(sys.argv[1])).add_master(np.ones(100_000, np.int16))
"""


def test_what_a_killed_writer_left_is_swept_and_nothing_else(library: Library):
    kept = library.add_master(house(tone(0.5)))
    child = in_a_child(KILLED, library.root)
    child.communicate(timeout=120)
    assert child.returncode == -signal.SIGKILL
    assert len(list(library.root.rglob(".part-*"))) == 1
    assert library.sweep() == 1
    assert not list(library.root.rglob(".part-*"))
    assert library.load(kept.sha256).size == kept.frames


def test_a_file_being_written_is_not_swept(library: Library):
    with part_file(library.root / "clips") as (file, part):
        file.write(b"half")
        file.flush()
        assert library.sweep() == 0
        assert part.exists()
    assert not part.exists()


def test_a_sweep_that_comes_before_the_lock_takes_no_file_that_is_then_written(library: Library, monkeypatch):
    lock, swept = fcntl.flock, []

    def late(file, how):
        if how == fcntl.LOCK_EX and not swept:
            swept.append(library.sweep())
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with part_file(library.root / "clips") as (file, part):
        file.write(b"half")
        assert swept == [1]
        assert part.exists()
        assert library.sweep() == 0
    assert not list(library.root.rglob(".part-*"))


FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from audio_assets.library import Library
from scheduler.kernel.errors import Refused
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    if sys.argv[2] == "master":
        Library(Path(sys.argv[1])).add_master(np.ones(100_000, np.int16))
    else:
        Library(Path(sys.argv[1])).add_original(Path(sys.argv[3]))
except Refused as error:
    print(error.reason)
"""


@pytest.mark.parametrize("kind", ["master", "original"])
def test_a_full_disk_is_a_refusal_and_leaves_nothing(library: Library, kind: str, tmp_path: Path):
    source = tmp_path / "a"
    source.write_bytes(bytes(100_000))
    child = in_a_child(FULL, library.root, kind, source)
    out, err = child.communicate(timeout=120)
    assert out.strip() == "disk_full", err
    assert not [path for path in library.root.rglob("*") if path.is_file()]


NO_ROOM_FOR_PEAKS = """
import resource, sys
from pathlib import Path
from audio_assets.library import Library
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
print(len(Library(Path(sys.argv[1])).peaks(sys.argv[2], 10)))
"""


def test_a_waveform_that_finds_no_room_is_drawn_all_the_same(library: Library):
    sha256 = library.add_master(house(tone(0.5))).sha256
    for stored in library.root.rglob("*.peaks"):
        stored.unlink()
    out, err = in_a_child(NO_ROOM_FOR_PEAKS, library.root, sha256).communicate(timeout=120)
    assert out.strip() == "10", err
    assert [path.suffix for path in library.root.rglob("*") if path.is_file()] == [".wav"]


NOT_ALLOWED = """
import os, sys
from pathlib import Path
import numpy as np
import audio_assets.loudness
from audio_assets.library import Library
from scheduler.kernel.errors import Refused
if os.geteuid() == 0:
    os.setuid(65534)  # root may write anywhere
try:
    Library(Path(sys.argv[1])).add_master(np.ones(1000, np.int16))
except Refused as error:
    print(error.reason)
"""


def test_a_folder_that_may_not_be_written_is_a_refusal(library: Library):
    library.root.mkdir(mode=0o500)
    out, err = in_a_child(NOT_ALLOWED, library.root).communicate(timeout=120)
    assert out.strip() == "disk_readonly", err


def test_importing_the_library_loads_neither_numpy_nor_a_decoder():
    child = in_a_child("import sys, audio_assets.library; print({'numpy', 'av', 'pydub'} & set(sys.modules))")
    out, err = child.communicate(timeout=120)
    assert out.strip() == "set()", err


def test_a_page_reads_path_length_and_waveform_without_numpy(library: Library):
    sha256 = library.add_master(house(tone(0.5))).sha256
    code = """
import sys
from pathlib import Path
from audio_assets.library import Library
library = Library(Path(sys.argv[1]))
library.path(sys.argv[2]), library.seconds(sys.argv[2]), library.peaks(sys.argv[2], 50), library.verify(sys.argv[2])
print("numpy" in sys.modules)
"""
    out, err = in_a_child(code, library.root, sha256).communicate(timeout=120)
    assert out.strip() == "False", err


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("thông báo.mp3", "thông báo.mp3", id="plain"),
        pytest.param(unicodedata.normalize("NFD", "thông báo.mp3"), "thông báo.mp3", id="nfd"),
        pytest.param("../../etc/passwd", "passwd", id="path"),
        pytest.param("C:\\Users\\lan\\thu.wav", "thu.wav", id="windows_path"),
        pytest.param("a\nb\t c\x00\x1b[31m.mp3", "a b c[31m.mp3", id="control"),
        pytest.param("\u202egpj.exe\u200b", "gpj.exe", id="bidi_and_zero_width"),
        pytest.param("...ẩn", "ẩn", id="dots_in_front"),
        pytest.param("", "không tên", id="empty"),
        pytest.param("../..", "không tên", id="only_dots"),
        pytest.param("\udcff.wav", "wav", id="surrogate"),
        pytest.param("a" * 300 + ".mp3", "a" * 115 + "….mp3", id="long"),
        pytest.param("a" * 300, "a" * 119 + "…", id="long_without_ending"),
        pytest.param("=cmd|' /C calc'!A0", "C calc'!A0", id="formula"),
    ],
)
def test_a_shown_name_is_one_clean_line(name: str, shown: str):
    assert safe_name(name) == shown


@given(st.text(max_size=400))
@example("e" + "\u0301" * 300)
@example("\u1100\u200d\u1161")
def test_any_name_becomes_safe_and_stays_so(name: str):
    shown = safe_name(name)
    assert 0 < len(shown) <= 120
    assert shown == unicodedata.normalize("NFC", shown)
    assert not any(unicodedata.category(character)[0] == "C" or character in "/\\" for character in shown)
    assert safe_name(shown) == shown
