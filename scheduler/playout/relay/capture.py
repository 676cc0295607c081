"""The child process of the line input: record from the sound server, level it, write house format to stdout.

A process of its own, because the sound server's library ends the process it is in when something goes badly wrong, and
waits without end for a server that hangs. PulseAudio and PipeWire are recorded from; a machine with bare ALSA has no
capture here. Called by `scheduler.playout.relay.source`: python -m scheduler.playout.relay.capture [DEVICE]
"""

import argparse
import sys

import numpy as np

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import Refused
from scheduler.playout.relay.child import open_within, run_child, write
from scheduler.playout.relay.fault import RelayError
from scheduler.playout.relay.leveller import Leveller

__all__ = ["main"]

_BLOCK = HOUSE_RATE // 50 * 2
"""Bytes: 20 ms."""
_OPEN = 5
_NO_SUCH_DEVICE = "5"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("device", nargs="?", default="")
    parser.add_argument("--target-lufs", type=float, default=-16.0)
    parser.add_argument("--as-is", action="store_true", help="do not level what is recorded")
    parser.add_argument("--open-seconds", type=int, default=_OPEN)
    args = parser.parse_args()
    return run_child(lambda: _record(args.device, None if args.as_is else args.target_lufs, args.open_seconds))


def _record(device: str, target: float | None, open_seconds: int) -> None:
    try:
        import pasimple
    except OSError as error:  # the binding is there, libpulse is not
        raise Refused("relay_no_sound_server", cause=str(error)) from error
    try:
        with open_within(open_seconds):
            stream = pasimple.PaSimple(
                pasimple.PA_STREAM_RECORD,
                pasimple.PA_SAMPLE_S16LE,
                channels=1,
                rate=HOUSE_RATE,
                app_name="Loa Phường",
                device_name=device or None,
                fragsize=_BLOCK,
            )
    except pasimple.PaSimpleError as error:
        missing = str(error).rsplit(" ", 1)[-1] == _NO_SUCH_DEVICE
        raise RelayError("relay_no_device" if missing else "relay_no_sound_server", f"{device}: {error}") from error
    leveller = None if target is None else Leveller(target)
    try:
        while True:
            samples = np.frombuffer(stream.read(_BLOCK), "<i2")
            write(leveller.feed(samples) if leveller else samples)
    except pasimple.PaSimpleError as error:
        raise RelayError("relay_no_sound_server", str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
