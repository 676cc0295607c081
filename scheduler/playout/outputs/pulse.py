"""A playback stream on PulseAudio, or on PipeWire through its PulseAudio server.

pasimple binds libpulse-simple: it guards against null handles (libpulse ends the process on one), takes the buffer's
measures and tells the latency, interpolated to a few microseconds. Nothing is known here of time or programmes.
"""

import pasimple

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError

__all__ = ["PulseStream"]

_FRAME_BYTES = 2
_REQUEST = HOUSE_RATE // 50 * _FRAME_BYTES
_CAUSES = {
    "1": "access denied",
    "5": "no such device",
    "6": "no sound server answers",
    "8": "the sound server does not answer in time",
    "11": "the sound server went away",
    "15": "the sound server went away",
}


class PulseStream:
    """An open stream. `buffer`: seconds of sound the server holds."""

    system = "PulseAudio"

    def __init__(self, device: str, buffer: float) -> None:
        try:
            self._stream = pasimple.PaSimple(
                pasimple.PA_STREAM_PLAYBACK,
                pasimple.PA_SAMPLE_S16LE,
                channels=1,
                rate=HOUSE_RATE,
                app_name="Loa Phường",
                device_name=device or None,
                tlength=round(buffer * HOUSE_RATE) * _FRAME_BYTES,
                minreq=_REQUEST,
            )
        except pasimple.PaSimpleError as error:
            raise _trouble("opened", error) from error

    def write(self, data: bytes) -> None:
        try:
            self._stream.write(data)
        except pasimple.PaSimpleError as error:
            raise _trouble("written to", error) from error

    def delay(self) -> float:
        try:
            return float(self._stream.get_latency()) / 1e6
        except pasimple.PaSimpleError as error:
            raise _trouble("asked for its delay", error) from error

    def close(self) -> None:
        self._stream.close()


def _trouble(act: str, error: pasimple.PaSimpleError) -> OutputError:
    code = str(error).rsplit(" ", 1)[-1]
    cause = _CAUSES.get(code, str(error))
    return OutputError(f"PulseAudio could not be {act}: {cause}; is the sound server running?")
