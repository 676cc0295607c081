"""How far a Snapcast server lays the station's sound behind the instant it is due, before and after the station stalls.

    in_step.py [--minutes M] [--stall MS] [--way pipe|tcp]

Starts a snapserver of its own, feeds it through the station's output at the clock's pace, reads as a client what instant
the server gives to each piece, and prints the difference in milliseconds every five seconds. 0 ms is in step with the
sound card. Halfway the feeding thread stands still for --stall milliseconds. Nothing is asserted.
"""

import argparse
import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np

from scheduler.clock import SystemClock
from scheduler.core.model import HOUSE_RATE
from scheduler.playout.mixer import BLOCK
from scheduler.playout.outputs.snapcast import Snapcast

CONF = """[http]
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
HEADER = struct.Struct("<HHHiiiiI")
HELLO, CHUNK = 5, 2
MARK = 250
"""Blocks between two marked ones: five seconds."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--stall", type=float, default=120.0, help="milliseconds")
    parser.add_argument("--way", choices=("pipe", "tcp"), default="tcp")
    asked = parser.parse_args()
    if shutil.which("snapserver") is None:
        sys.exit("wants Debian's snapserver")
    with tempfile.TemporaryDirectory() as name:
        folder, stream, source = Path(name), port(), port()
        pipe = folder / "ward.pcm"
        at = (
            f"pipe://{pipe}?name=loa&mode=create"
            if asked.way == "pipe"
            else f"tcp://127.0.0.1:{source}?name=loa&mode=server"
        )
        (folder / "snap.conf").write_text(CONF.format(folder=folder, stream=stream, source=at), encoding="utf-8")
        server = subprocess.Popen(["snapserver", "-c", str(folder / "snap.conf")])
        try:
            link = reach(stream)
            feed(str(pipe) if asked.way == "pipe" else f"tcp://127.0.0.1:{source}", link, asked)
        finally:
            server.kill()
            server.wait()


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def reach(number: int) -> socket.socket:
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", number), timeout=10)
        except OSError:
            SystemClock().sleep_until(SystemClock().monotonic() + 0.1)
    sys.exit("snapserver does not answer")


def feed(target: str, link: socket.socket, asked: argparse.Namespace) -> None:
    """A marked block every five seconds; the output is handed each block when it is due, bursts after a stall."""
    due: list[float] = []
    threading.Thread(target=listen, args=(link, due), daemon=True).start()
    clock, output = SystemClock(), Snapcast("loa", ("all",), target=target)
    output.open()
    blocks = int(asked.minutes * 60 * HOUSE_RATE / BLOCK)
    begun = clock.monotonic() + 0.5
    for number in range(blocks):
        when = begun + number * BLOCK / HOUSE_RATE
        clock.sleep_until(when)
        if number == blocks // 2 + MARK // 2 and asked.stall:
            clock.sleep_until(when + asked.stall / 1000)
            print(f"stood still for {asked.stall:g} ms", flush=True)
        is_marked = number % MARK == MARK // 2 - 1
        if is_marked:
            due.append(when + output.lead - 1.0)  # the server plays it a second after its stamp
        output.write(np.full(BLOCK, 20_000 if is_marked else 0, np.int16))
        if number % 50 == 0 and output.note:
            print(f"the output says: {output.note}", flush=True)
    output.close()


def listen(link: socket.socket, due: list[float]) -> None:
    """A client that sounds nothing and reads the instants. The server's clock is this machine's monotonic one."""
    hello = json.dumps({"MAC": "02:00:00:00:00:01", "HostName": "bench", "Version": "0.26.0", "ClientName": "Snapclient",
                        "OS": "Linux", "Arch": "x86_64", "Instance": 1, "ID": "bench", "SnapStreamProtocolVersion": 2}).encode()  # fmt: skip
    body = struct.pack("<I", len(hello)) + hello
    link.sendall(HEADER.pack(HELLO, 1, 0, 0, 0, 0, 0, len(body)) + body)
    link.settimeout(None)
    file, told = link.makefile("rb"), 0.0
    while head := file.read(HEADER.size):
        kind, *_, size = HEADER.unpack(head)
        body = file.read(size)
        if kind != CHUNK:
            continue
        seconds, micros, _ = struct.unpack("<iiI", body[:12])
        marked = np.flatnonzero(np.abs(np.frombuffer(body[12:], "<i2")) > 10_000)
        if not len(marked) or not due:
            continue
        stamp = seconds + micros / 1e6 + marked[0] / HOUSE_RATE
        nearest = min(due, key=lambda when: abs(stamp - when))
        if nearest != told:  # the rest of a marked block may come in the next piece
            print(f"{1000 * (stamp - nearest):+.1f} ms", flush=True)
            told = nearest


if __name__ == "__main__":
    main()
