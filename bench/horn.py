"""What a render for horns costs, and what it does: our filters against PyAV's graph, for a short and for an hour-long clip.

Run: python bench/horn.py [MINUTES …]   (default: 1 60; an hour takes about five minutes)
The master is speech of eSpeak, repeated. Each way runs in a process of its own: seconds of CPU for a minute of sound, the
most memory it had beyond what it began with, and how far the result is from what it was to be.
"""

import resource
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
from table import grid

from audio_assets.horn import FileSound, pieces_of, render
from audio_assets.loudness import Levelling, integrated_lufs, levelling, true_peak_dbtp
from audio_assets.speech.espeak_engine import EspeakEngine
from audio_assets.speech.joining import at_house_rate, joined, trimmed
from scheduler.config.loading import HornConfig, parse
from scheduler.core.model import HOUSE_RATE

TEXTS = (
    "Mời bà con đến trạm y tế phường để tiêm chủng vào sáng thứ bảy.",
    "Ủy ban nhân dân phường thông báo lịch cắt nước từ tám giờ đến mười một giờ ba mươi.",
    "Đường dây nóng: không hai ba bảy ba bảy sáu một sáu sáu sáu.",
)
WAYS = ("levelling alone", "numpy", "PyAV graph")
HEAD = 44
PROFILE = parse("[[output]]\nhorn = 'loa-nen'\n", Path()).horn_of["loa"]


def speech():
    pieces = [trimmed(at_house_rate(EspeakEngine().speak(text, 1.0))) for text in TEXTS]
    return joined(pieces, [600] * len(pieces))


def master_of(path, minutes):
    turn = speech()
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, HOUSE_RATE, 0, "NONE", ""))
        left = round(minutes * 60 * HOUSE_RATE)
        while left > 0:
            file.writeframes(turn[:left].tobytes())
            left -= len(turn)


def by_numpy(sound, between):
    return render(sound, PROFILE, between)


def alone(sound, _):
    """What every way pays: the master levelled as it is."""
    found = levelling(sound, HOUSE_RATE, PROFILE.target_lufs, PROFILE.max_true_peak_dbtp)
    return found or Levelling(sound)


def by_graph(sound, between):
    """The same steps with libavfilter's filters, a second at a time, and our levelling behind them."""
    import av

    graph = av.filter.Graph()
    chain = [
        graph.add_abuffer(format="flt", sample_rate=HOUSE_RATE, layout="mono"),
        graph.add("volume", "volume=-6dB"),
        *(graph.add("highpass", f"f={PROFILE.low_hz}:p=2:t=q:w={q}") for q in (0.541, 1.307)),
        *(graph.add("lowpass", f"f={PROFILE.high_hz}:p=2:t=q:w={q}") for q in (0.541, 1.307)),
        graph.add("equalizer", f"f={PROFILE.presence_hz}:t=q:w=1:g={PROFILE.presence_db}"),
        graph.add("acompressor", f"threshold=-25dB:ratio={PROFILE.ratio}:attack=5:release=80:knee=2.8"),
        graph.add("aformat", "sample_fmts=s16:channel_layouts=mono"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*chain).configure()
    frames = 0

    def drain():
        nonlocal frames
        while True:
            try:
                out = graph.pull().to_ndarray()[0]
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            frames += len(out)
            between.write(out.astype("<i2").tobytes())

    for start in range(0, len(sound), HOUSE_RATE):
        piece = (sound[start : start + HOUSE_RATE].astype(np.float32) / 32768)[None, :]
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="flt", layout="mono")
        frame.sample_rate, frame.pts = HOUSE_RATE, start
        graph.push(frame)
        drain()
    graph.push(None)
    drain()
    between.flush()
    return alone(FileSound(between, frames), between)


def worker(way, path):
    how = dict(zip(WAYS, (alone, by_numpy, by_graph), strict=True))[way]
    if way == "PyAV graph":
        import av  # noqa: F401 - its own size is no part of the work's
    before = resource.getrusage(resource.RUSAGE_SELF)
    frames = (Path(path).stat().st_size - HEAD) // 2
    with open(path, "rb") as source, tempfile.TemporaryFile() as between, tempfile.TemporaryFile() as made:  # noqa: PTH123
        found = how(FileSound(source, frames, HEAD), between)
        for piece in pieces_of(found.sound):
            made.write(piece.tobytes())
        after = resource.getrusage(resource.RUSAGE_SELF)
        result = FileSound(made, len(found.sound))
        told = (
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            (after.ru_maxrss - before.ru_maxrss) / 1000,
            len(result) - frames,
            integrated_lufs(result, HOUSE_RATE) - PROFILE.target_lufs,
            true_peak_dbtp(result, HOUSE_RATE),
        )
    print(*told)


def main():
    if sys.argv[1:2] == ["--worker"]:
        worker(*sys.argv[2:4])
        return
    print(f"Profile {HornConfig().name}: {PROFILE.key}")
    rows = []
    for minutes in map(float, sys.argv[1:] or ("1", "60")):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "master.wav"
            master_of(path, minutes)
            for way in WAYS:
                command = [sys.executable, __file__, "--worker", way, str(path)]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
                cpu, memory, extra, off, peak = map(float, told)
                rows.append(
                    [
                        f"{minutes:g} min",
                        way,
                        f"{cpu:.1f} s",
                        f"{cpu / minutes:.2f} s",
                        f"{memory:.0f} MB",
                        f"{extra:+.0f}",
                        f"{off:+.2f} LU",
                        f"{peak:.2f} dBTP",
                    ]
                )
    grid(["Clip", "Way", "CPU", "for a minute", "memory", "frames", "off target", "peak"], rows)


if __name__ == "__main__":
    main()
