"""A private PulseAudio with one null sink, in a folder of its own: no D-Bus, no sound card, no root needed.

Whatever sound server the machine has is never asked: clients find this one by `environment`.
"""

import os
import re
import shutil
import subprocess
from contextlib import contextmanager

from running import pause

NEEDS = ("pulseaudio", "pactl", "parec")
_SCRIPT = """\
.fail
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
load-module module-null-sink sink_name=ward rate=48000 channels=2 format=s16le
set-default-sink ward
"""


def absent():
    """The programs that are wanted and not here."""
    return [name for name in NEEDS if shutil.which(name) is None]


@contextmanager
def null_sink(folder):
    """The environment in which clients find the sink, for as long as it lives. `folder`: a short path (sockets)."""
    run, socket, script = folder / "run", folder / "native", folder / "ward.pa"
    (run / "pulse").mkdir(parents=True)
    run.chmod(0o700)
    script.write_text(_SCRIPT.format(socket=socket), encoding="utf-8")
    # PulseAudio's own client files go to the folder too; a proxy or a session bus of the machine plays no part.
    private = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(run), "PULSE_RUNTIME_PATH": str(run / "pulse")}
    environment = {**os.environ, **private, "LC_ALL": "C"}
    command = ["pulseaudio", "-n", "-F", script, "--exit-idle-time=-1", "--daemonize=no", "--use-pid-file=no"]
    log = (folder / "pulseaudio.log").open("wb")
    with log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server:
        environment["PULSE_SERVER"] = f"unix:{socket}"
        try:
            _wait(server, environment, folder)
            yield environment
        finally:
            server.terminate()


def block_ms(environment):
    """How much the sink renders at a time, as its clients have asked for: the least of all wishes."""
    told = subprocess.run(
        ["pactl", "list", "sinks"], env=environment, capture_output=True, check=True, text=True
    ).stdout
    return int(re.search(r"configured (\d+) usec", told)[1]) / 1e3


def _wait(server, environment, folder):
    for _ in range(100):
        if subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False).returncode == 0:
            return
        if server.poll() is not None:
            break
        pause(0.1)
    raise SystemExit(f"PulseAudio did not come up:\n{(folder / 'pulseaudio.log').read_text(errors='replace')}")
