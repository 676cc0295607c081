"""A private PulseAudio with one null sink, for tests that want a real sound server: no D-Bus, no card, no root needed."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from tests.needs import missing

_SCRIPT = """\
.fail
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
load-module module-null-sink sink_name=ward rate=48000 channels=2 format=s16le
set-default-sink ward
"""


@dataclass
class AudioServer:
    """One server in `folder`; `environment` sends any client to it and to no other."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None
    listener: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"unix:{self.folder / 'native'}"

    def up(self) -> None:
        run = self.folder / "run"
        (run / "pulse").mkdir(parents=True, exist_ok=True)
        run.chmod(0o700)
        script = self.folder / "ward.pa"
        script.write_text(_SCRIPT.format(socket=self.folder / "native"), encoding="utf-8")
        private = {"HOME": str(self.folder), "XDG_RUNTIME_DIR": str(run), "PULSE_RUNTIME_PATH": str(run / "pulse")}
        self.environment = {**os.environ, **private, "PULSE_SERVER": self.address}
        command = ["pulseaudio", "-n", "-F", str(script), "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no"]
        environment = {**os.environ, **private}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        pause = threading.Event()
        for _ in range(1200):
            asked = subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, check=False)
            if asked.returncode == 0:
                # An idle null sink takes two seconds at a time; somebody who listens closely makes it a brisk card.
                self.listener = self._record(subprocess.DEVNULL)
                return
            pause.wait(0.05)
        pytest.fail("the private PulseAudio did not come up")

    def _record(self, stdout: int) -> subprocess.Popen[bytes]:
        command = ["parec", "-d", "ward.monitor", "--raw", "--format=s16le", f"--rate={HOUSE_RATE}", "--channels=1"]
        return subprocess.Popen(
            [*command, "--latency-msec=5"], env=self.environment, stdout=stdout, stderr=subprocess.DEVNULL
        )

    def kill(self) -> None:
        """As a crash does."""
        for process in (self.process, self.listener):
            if process is not None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        self.process = self.listener = None

    @contextmanager
    def capture(self) -> Iterator["Capture"]:
        """What the null sink sounds, from now on."""
        process = self._record(subprocess.PIPE)
        capture = Capture(process)
        try:
            yield capture
        finally:
            capture.close()


class Capture:
    """Collects mono frames from a recording process until it is closed."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._data = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read1(65536):
            self._data += data

    @property
    def sound(self) -> np.ndarray:
        whole = bytes(self._data)
        return np.frombuffer(whole[: len(whole) // 2 * 2], "<i2")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()


@pytest.fixture
def audio_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AudioServer]:
    """The only sound server this test's clients will find."""
    if not all(map(shutil.which, ("pulseaudio", "pactl", "parec"))):
        missing("PulseAudio")
    # A short path: a Unix socket's may have 107 characters only.
    with tempfile.TemporaryDirectory(prefix="ward") as folder:
        server = AudioServer(Path(folder))
        server.up()
        monkeypatch.setenv("PULSE_SERVER", server.address)
        try:
            yield server
        finally:
            server.kill()
