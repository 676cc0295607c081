"""Waiting for another value in memory that processes share, by the futex of Linux: it costs nothing and ends at once.

Where there is none, `wait` is a short pause. A wake too many is possible at any time: who waits looks again.
"""

import ctypes
import mmap
import platform
import sys
import threading
from contextlib import suppress
from errno import EAGAIN, EINTR, ETIMEDOUT

__all__ = ["ring", "wait"]

PAUSE = 0.02
"""Seconds that a wait takes where the system has no futex."""
_NUMBERS = {"x86_64": 202, "aarch64": 98}
"""Of the call on machines of 64 bits."""
_WAIT, _WAKE = 0, 1
_EVERYBODY = 2**31 - 1
_NO_BELL = threading.Event()
"""Never set: waiting for it is a pause."""


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_int64), ("nanoseconds", ctypes.c_int64))


def _call_number() -> int | None:
    return _NUMBERS.get(platform.machine()) if sys.platform == "linux" and sys.maxsize > 2**32 else None


_CALL = _call_number()


def _futex(memory: mmap.mmap, at: int, act: int, value: int, timeout: object) -> int:
    """0, or the system's number of why not. Raises ValueError where the memory is closed."""
    libc = ctypes.CDLL(None, use_errno=True)
    word = ctypes.addressof(ctypes.c_uint32.from_buffer(memory, at))  # which keeps nobody from closing it
    if (
        libc.syscall(ctypes.c_long(_CALL or 0), ctypes.c_void_p(word), act, ctypes.c_uint32(value), timeout, None, 0)
        < 0
    ):
        return ctypes.get_errno()
    return 0


def wait(memory: mmap.mmap, at: int, value: bytes, seconds: float) -> None:
    """Until somebody rings, at most so long; not at all where the four bytes at `at` are not `value` any more."""
    if _CALL is not None:
        rest = _Timespec(int(seconds), int(seconds % 1 * 1e9))
        with suppress(ValueError, OSError, AttributeError):
            fault = _futex(memory, at, _WAIT, int.from_bytes(value, sys.byteorder), ctypes.byref(rest))
            if fault in {0, EAGAIN, EINTR, ETIMEDOUT}:
                return
    _NO_BELL.wait(min(seconds, PAUSE))


def ring(memory: mmap.mmap, at: int) -> None:
    """Wake everybody who waits there, in whatever process."""
    if _CALL is not None:
        with suppress(ValueError, OSError, AttributeError):
            _futex(memory, at, _WAKE, _EVERYBODY, None)
