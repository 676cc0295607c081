"""A playback stream on ALSA, straight through libasound: for a machine without a sound server.

libasound ends the whole process when it is given a null handle, so every call goes through a guard. The stream starts
by itself when its buffer has been filled once (a part-filled one stood still for seconds). An underrun is put right
here; that it happened shows in `delay`, which the engine watches.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from functools import cache
from typing import Any

from scheduler.core.model import HOUSE_RATE
from scheduler.kernel.errors import OutputError

__all__ = ["AlsaStream"]

_PLAYBACK = 0
_S16_LE = 2
_INTERLEAVED = 3
_RESAMPLE = 1
_FRAME_BYTES = 2
_EPIPE = -32
_EIO = -5
_ErrorHandler = ctypes.CFUNCTYPE(None, c_char_p, c_int, c_char_p, c_int, c_char_p)
# libasound keeps the pointer: the object must live as long as the process.
_silent = _ErrorHandler(lambda _file, _line, _function, _error, _format: None)


@cache
def _library() -> Any:
    """The library with its signatures, or OutputError. Without them ctypes cuts 64-bit handles to ints."""
    try:
        lib = ctypes.CDLL("libasound.so.2")
    except OSError as error:
        raise OutputError(f"ALSA is not on this machine ({error})") from error
    lib.snd_pcm_open.argtypes = (POINTER(c_void_p), c_char_p, c_int, c_int)
    lib.snd_pcm_set_params.argtypes = (c_void_p, c_int, c_int, c_uint, c_uint, c_int, c_uint)
    lib.snd_pcm_writei.argtypes = (c_void_p, c_char_p, c_ulong)
    lib.snd_pcm_writei.restype = c_long
    lib.snd_pcm_delay.argtypes = (c_void_p, POINTER(c_long))
    lib.snd_pcm_recover.argtypes = (c_void_p, c_int, c_int)
    lib.snd_pcm_close.argtypes = (c_void_p,)
    lib.snd_strerror.argtypes = (c_int,)
    lib.snd_strerror.restype = c_char_p
    lib.snd_lib_error_set_handler.argtypes = (_ErrorHandler,)
    lib.snd_lib_error_set_handler(_silent)
    return lib


class AlsaStream:
    """An open stream. `buffer`: seconds of sound the device holds."""

    system = "ALSA"

    def __init__(self, device: str, buffer: float) -> None:
        self._lib = _library()
        self._name = device or "default"
        self._pcm: c_void_p | None = None
        pcm = c_void_p()
        self._check("opened", self._lib.snd_pcm_open(byref(pcm), self._name.encode(), _PLAYBACK, 0))
        self._pcm = pcm
        microseconds = round(buffer * 1e6)
        fault = self._lib.snd_pcm_set_params(pcm, _S16_LE, _INTERLEAVED, 1, HOUSE_RATE, _RESAMPLE, microseconds)
        if fault < 0:
            self.close()
        self._check("set to 48 kHz mono", fault)

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            taken = self._lib.snd_pcm_writei(self._handle(), bytes(left), len(left) // _FRAME_BYTES)
            if taken < 0:
                self._check("written to", self._lib.snd_pcm_recover(self._handle(), int(taken), 1))
                continue
            left = left[taken * _FRAME_BYTES :]

    def delay(self) -> float:
        frames = c_long()
        fault = self._lib.snd_pcm_delay(self._handle(), byref(frames))
        if fault in {_EPIPE, _EIO}:  # an underrun; the pulse plugin says EIO for it
            self._check("started again", self._lib.snd_pcm_recover(self._handle(), _EPIPE, 1))
            return 0.0
        self._check("asked for its delay", fault)
        return frames.value / HOUSE_RATE

    def close(self) -> None:
        pcm, self._pcm = self._pcm, None
        if pcm is not None:
            self._lib.snd_pcm_close(pcm)

    def _handle(self) -> c_void_p:
        if self._pcm is None:
            raise OutputError(f"ALSA device {self._name} is not open")
        return self._pcm

    def _check(self, act: str, answer: int) -> None:
        if answer < 0:
            cause = self._lib.snd_strerror(answer).decode(errors="replace")
            raise OutputError(f"ALSA device {self._name} could not be {act}: {cause}; is it plugged in and free?")
