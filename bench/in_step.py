"""How far the outputs of one zone are apart: a sound card, RTP and Snapcast, fed by one engine, all three listened to.

    in_step.py [--minutes 10] [--every 5] [--way tcp|pipe] [--restarts] [--stall MS] [--busy]
               [--server-realtime]

A private PulseAudio whose monitor is captured, a snapserver whose instants a client reads, and a receiver of RTP that
keeps the 60 ms of `delay_ms` from the earliest arrivals; the engine plays a burst every few seconds into all of them from
a process of its own (play_at.py). Printed for each burst: when each output sounded it, in ms from its instant, and how
far the outputs are apart. `--restarts`: a third of the way the Snapcast server is killed and started again, at two
thirds the sound server. `--stall`: halfway the engine stands still for so many milliseconds. `--busy`: beside
stress-ng on both cores. `--server-realtime`: the Snapcast server at real-time priority. Nothing is asserted.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
from onset import clips, load, priority
from onset.capture import Monitor
from onset.null_sink import absent, null_sink
from onset.rig import with_bench_on_path
from onset.scoring import RATE, THRESHOLD, onsets
from running import CLOCK, end_on_sigterm, pause
from table import grid

from scheduler.playout.outputs.rtp import RTP_DELAY
from scheduler.playout.outputs.snapcast import SNAPCAST_DELAY

SERVER = """[http]
enabled = false
[tcp-control]
enabled = false
[tcp]
enabled = false
[server]
datadir = {folder}
[stream]
port = {stream}
bind_to_address = 127.0.0.1
buffer = 1000
codec = pcm
source = {source}&sampleformat=48000:16:1&codec=pcm
[logging]
sink = null
"""
OUTPUTS = """[station]
data = "data"
[[output]]
name = "card"
kind = "soundcard"
[[output]]
name = "rtp"
kind = "rtp"
device = "127.0.0.1:{rtp}"
[[output]]
name = "snapcast"
kind = "snapcast"
device = "{snapcast}"
"""
HEADER = struct.Struct("<HHHiiiiI")
HELLO, CHUNK = 5, 2
LEAD = 15.0
"""Seconds from the start of the engine to the first burst."""
AWAY = 2.0
"""Seconds that a restarted server stays away."""
NEAR = 0.5
"""Seconds from an instant within which a sound is its own."""
APART = 10.0
"""ms, as promised for a zone."""


class Ear:
    """Pieces of sound, each with the monotonic instant at which its first frame is heard; `begun` are the onsets."""

    def __init__(self):
        self._ended, self.begun = float("-inf"), []

    def take(self, at, frames):
        """A piece; silence of 0.15 s or more lies between two bursts."""
        loud = np.flatnonzero(np.abs(frames.astype(np.int32)) >= THRESHOLD)
        if len(loud):
            if at + loud[0] / RATE - self._ended > 0.15:
                self.begun.append(at + loud[0] / RATE)
            self._ended = at + loud[-1] / RATE


class RtpEar(Ear):
    """A receiver that plays each frame `RTP_DELAY` after the earliest arrivals say it was sent."""

    def __init__(self):
        super().__init__()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self._lags, self._first, self._turn, self._waiting = [], None, 0, []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            packet = self.socket.recv(4096)
            arrived = CLOCK.monotonic()
            stamp = int.from_bytes(packet[4:8], "big")
            self._first = stamp if self._first is None else self._first
            sent = ((stamp - self._first) % 2**32) / RATE
            self._lags = [*self._lags[-1000:], arrived - sent]  # ten seconds of packets: a receiver's own clock
            self.take(sent + min(self._lags) + RTP_DELAY, np.frombuffer(packet[12:], ">i2"))


class SnapEar(Ear):
    """A client that sounds nothing and reads the instants; the server's clock is this machine's monotonic one."""

    def __init__(self, port):
        super().__init__()
        self._port = port
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            with suppress(OSError, EOFError), socket.create_connection(("127.0.0.1", self._port), timeout=10) as link:
                self._listen(link)
            pause(0.2)

    def _listen(self, link):
        hello = {"MAC": "02:00:00:00:00:01", "HostName": "bench", "Version": "0.26.0", "ClientName": "Snapclient", "OS": "Linux",
                 "Arch": "x86_64", "Instance": 1, "ID": "bench", "SnapStreamProtocolVersion": 2}  # fmt: skip
        text = json.dumps(hello).encode()
        body = struct.pack("<I", len(text)) + text
        link.sendall(HEADER.pack(HELLO, 1, 0, 0, 0, 0, 0, len(body)) + body)
        link.settimeout(None)
        file = link.makefile("rb")
        while head := file.read(HEADER.size):
            kind, *_, size = HEADER.unpack(head)
            body = file.read(size)
            if kind == CHUNK:
                seconds, micros, _ = struct.unpack("<iiI", body[:12])
                self.take(seconds + micros / 1e6 + SNAPCAST_DELAY, np.frombuffer(body[12:], "<i2"))


class CardEar:
    """The monitor of the null sink, captured anew for each life of the sound server."""

    def __init__(self, folder):
        self._folder, self._lives, self.recordings = folder, 0, []

    def start(self):
        self._lives += 1
        self._stack, folder = ExitStack(), self._folder / "sound"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        environment = self._stack.enter_context(null_sink(folder))
        self._monitor = Monitor(environment)
        return environment

    def stop(self):
        with suppress(SystemExit):
            self.recordings.append(self._monitor.stop())
        self._stack.close()


class Snapserver:
    def __init__(self, folder, way, *, realtime):
        self._realtime = realtime
        self.stream, source = free_port(), free_port()
        pipe = folder / "ward.pcm"
        is_pipe = way == "pipe"
        self.target = str(pipe) if is_pipe else f"tcp://127.0.0.1:{source}"
        at = f"pipe://{pipe}?name=loa&mode=create" if is_pipe else f"{self.target}?name=loa&mode=server"
        self._conf = folder / "snap.conf"
        self._conf.write_text(SERVER.format(folder=folder, stream=self.stream, source=at), encoding="utf-8")

    def start(self):
        self._process = priority.start(
            ["snapserver", "-c", self._conf], dict(os.environ), subprocess.DEVNULL, realtime=self._realtime
        )

    def stop(self):
        self._process.kill()
        self._process.wait()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between bursts")
    parser.add_argument("--way", choices=("pipe", "tcp"), default="tcp")
    parser.add_argument("--restarts", action="store_true")
    parser.add_argument("--stall", type=float, default=0.0, help="milliseconds")
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--server-realtime", action="store_true")
    asked = parser.parse_args()
    if gone := [*absent(), *(["snapserver"] if shutil.which("snapserver") is None else [])]:
        print(f"Outputs in step are measured with real servers: {', '.join(gone)} not installed")
        return
    end_on_sigterm()
    priority.ask_for_realtime()
    with tempfile.TemporaryDirectory(prefix="step") as name, ExitStack() as stack:
        tell(*measured(Path(name), asked, stack), asked)


def measured(folder, asked, stack):
    """The instants (wall clock), what each output made of them, and the instants of what was done to it."""
    snapserver, card, rtp = Snapserver(folder, asked.way, realtime=asked.server_realtime), CardEar(folder), RtpEar()
    snapserver.start()
    stack.callback(snapserver.stop)
    environment = with_bench_on_path(card.start())
    if asked.busy:
        stack.enter_context(load.burning((folder / "load.log").open("wb"), environment))
    snap = SnapEar(snapserver.stream)
    first, bursts = CLOCK.now().timestamp() + LEAD, int(asked.minutes * 60 / asked.every)
    instants = [round(first + number * asked.every, 4) for number in range(bursts)]
    (folder / "schedule.txt").write_text("".join(f"{one:.6f}\n" for one in instants), encoding="ascii")
    config = OUTPUTS.format(rtp=rtp.port, snapcast=snapserver.target)
    (folder / "config.toml").write_text(config, encoding="utf-8")
    wav = clips.write(folder / "burst.wav", clips.tone(clips.BURST))
    player = Path(__file__).with_name("play_at.py")
    command = [
        sys.executable,
        player,
        folder / "schedule.txt",
        wav,
        "--config",
        folder / "config.toml",
        "--system",
        "pulse",
    ]
    log = stack.enter_context((folder / "player.log").open("wb"))
    process = priority.start(command, environment, log, realtime=False)
    stack.callback(process.kill)
    events = dict(sorted(disturbed(instants, asked, snapserver, card, process)))
    for at, (_, act) in events.items():
        pause(at - CLOCK.now().timestamp())
        act()
    pause(instants[-1] + 2.5 - CLOCK.now().timestamp())
    offset = CLOCK.now().timestamp() - CLOCK.monotonic()
    card.stop()
    heard = {
        "card": card_onsets(card, instants),
        "rtp": [at + offset for at in rtp.begun],
        "snapcast": [at + offset for at in snap.begun],
    }
    return instants, heard, {at: what for at, (what, _) in events.items()}


def disturbed(instants, asked, snapserver, card, process):
    """(wall instant, (what, act)): what is done to the outputs on the way, between two bursts."""

    def between(share):
        return instants[int(len(instants) * share)] + asked.every / 2

    if asked.restarts:
        yield between(1 / 3), ("Snapcast server killed", snapserver.stop)
        yield between(1 / 3) + AWAY, ("Snapcast server back", snapserver.start)
        yield between(2 / 3), ("sound server killed", card.stop)
        yield between(2 / 3) + AWAY, ("sound server back", card.start)
    if asked.stall:
        yield between(1 / 2), (f"engine stands for {asked.stall:g} ms", lambda: os.kill(process.pid, signal.SIGSTOP))
        yield between(1 / 2) + asked.stall / 1000, ("engine goes on", lambda: os.kill(process.pid, signal.SIGCONT))


def card_onsets(card, instants):
    """Wall instants at which the card sounded, over all lives of the sound server."""
    found = []
    for recording in card.recordings:
        whole = recording.marks[[0, -1], 1] + recording.marks[[0, -1], 2]
        near = [at for at in instants if whole[0] + 1 < at < whole[1] - 1]
        for at in near:
            errors = onsets(recording, [at], 0.15).errors
            found += [at + error / 1e3 for error in errors]
    return found


def tell(instants, heard, events, asked):
    names, rows, apart = list(heard), [], []
    marks = sorted([*((at, what) for at, what in events.items()), *((at, "") for at in instants)])
    for at, what in marks:
        if what:
            rows.append((f"{at - instants[0]:.1f}", *[""] * len(names), "", what))
            continue
        errors = [
            min((1e3 * (one - at) for one in heard[name] if abs(one - at) < NEAR), key=abs, default=None)
            for name in names
        ]
        told = [error for error in errors if error is not None]
        is_whole = len(told) == len(names)
        far = max(told) - min(told) if is_whole else None
        apart += [far] if is_whole else []
        rows.append((f"{at - instants[0]:.1f}", *("not heard" if one is None else f"{one:+.1f}" for one in errors),
                     "" if far is None else f"{far:.1f}", ""))  # fmt: skip
    grid(("s", *(f"{name} ms" for name in names), "apart ms", ""), rows)
    beside = "beside stress-ng" if asked.busy else "nothing else started"
    print(f"{len(instants)} bursts, {beside}, load {os.getloadavg()[0]:.1f}; all three heard: {len(apart)}")
    if apart:
        print(f"apart: median {np.median(apart):.1f} ms, p99 {np.percentile(apart, 99):.1f}, most {max(apart):.1f}; "
              f"over {APART:g} ms: {sum(far > APART for far in apart)}")  # fmt: skip


if __name__ == "__main__":
    main()
