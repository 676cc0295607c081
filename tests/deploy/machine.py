"""A machine of its own for the operations pages: their commands are run there, by a real systemd.

It is this system under an overlay in memory, with its own processes, mounts, network and accounts, and the Debian package
made from this source and put in by dpkg. The package stands on the libraries and the Python of the tests, which are
brought in from outside; everything else is what the page says. It ends with the test, and with a test that is killed.
"""

import os
import site
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from filelock import FileLock

from tests.deploy.pages import Block
from tests.needs import missing, needed
from tests.waiting import PATIENCE, until

SYSTEMD = "/usr/lib/systemd/systemd"
OF_ITS_OWN = ("setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child")
"""Words before a command: it and all that it starts end with the process that runs them, however that ends."""
IDLE = (
    "systemd-modules-load.service", "systemd-binfmt.service", "systemd-sysctl.service", "systemd-remount-fs.service",
    "ldconfig.service", "systemd-sysusers.service", "systemd-journal-catalog-update.service",
    "systemd-update-done.service", "systemd-udevd.service", "systemd-udev-trigger.service",
    "proc-sys-fs-binfmt_misc.automount", "systemd-tmpfiles-setup-dev.service",
    "systemd-tmpfiles-setup-dev-early.service", "systemd-hwdb-update.service", "systemd-firstboot.service",
)  # fmt: skip
"""What a machine does at its start that would cost time here, or reach the system around it."""
GROUND = """\
set -e
mount -t tmpfs -o size=2g none "$1"
mkdir "$1/up" "$1/work" "$1/root"
test -z "$UNDER" || cp -a "$UNDER/." "$1/up"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -o bind,ro proc/sys proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 none sys/fs/cgroup
mkdir sys/fs/cgroup/tried && rmdir sys/fs/cgroup/tried
ip link set lo up
"""
"""What a machine stands on; a sandbox may forbid some of it. UNDER: what lies in the layer from the start."""
BROUGHT = """\
mount --rbind /dev dev
mount -t tmpfs none dev/shm
mount -t tmpfs none run
mount -t tmpfs none tmp
mkdir -p srv/python srv/libraries srv/given
mount --bind "$2" srv/python
mount --bind "$3" srv/libraries
mount --bind "$4" srv/given
test -n "$UNDER" ||
    rm -rf var/lib/loa-* etc/loa-phuong opt/loa-phuong usr/sbin/policy-rc.d var/lib/man-db/auto-update
"""
BOOT = """\
for unit in $5; do ln -sf /dev/null "etc/systemd/system/$unit"; done
test -s etc/machine-id || echo 0123456789abcdef0123456789abcdef > etc/machine-id
exec env -i container=loa PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /usr/lib/systemd/systemd --unit=basic.target \\
    --show-status=no
"""
PUT_IN = """\
env -i LANG=C.UTF-8 HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin chroot . sh -ec "$5"
cp -a "$1/up" "$6"
"""
INSTALL = """\
echo /srv/python/lib > /etc/ld.so.conf.d/00-of-the-tests.conf
ldconfig
export PYTHONPATH=/srv/libraries
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
dpkg --force-depends -i /srv/given/*.deb
rm /usr/sbin/policy-rc.d
cd /opt/loa-phuong/.venv
ln -sf /srv/python/bin/{python} bin/python
ln -sf python bin/python3
ln -sf python bin/{python}
sed -i "s|^home = .*|home = /srv/python/bin|" pyvenv.cfg
echo /srv/libraries > lib/{python}/site-packages/of-the-tests.pth
"""
"""Nothing starts before the package has the Python of the tests: two stations on one network would want one port."""


class Machine:
    """One that runs. Its process 1 is `init`, seen from outside."""

    def __init__(self, init: int) -> None:
        self.net = ("nsenter", "-t", str(init), "--net")
        self._enter = ("nsenter", "-t", str(init), "-a", "-r", "-w")
        self._enter_but_net = ("nsenter", "-t", str(init), "-m", "-u", "-i", "-p", "-C", "-r", "-w")

    def tried(
        self, command: str, *, answer: str = "", user: str = "", outside: bool = False
    ) -> "subprocess.CompletedProcess[str]":
        """A shell command as root (or as `user`), as it stands on a page; its output is both streams together.

        `outside`: on the network of the tests, and for longer.
        """
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/root",
        }
        words = ["runuser", "-u", user, "--"] if user else []
        return subprocess.run(
            [*(self._enter_but_net if outside else self._enter), *words, "sh", "-ec", command], input=answer, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE * (4 if outside else 2), check=False,
            env=environment,
        )  # fmt: skip

    def run(self, command: str, *, answer: str = "", user: str = "", outside: bool = False) -> str:
        """The same; what it printed. A command of the page that fails is a fault of the page."""
        done = self.tried(command, answer=answer, user=user, outside=outside)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{self.log()}"
        return done.stdout

    def page(self, block: Block, changed: dict[str, str] | None = None, *, answer: str = "") -> str:
        """A block of a page, run by one shell as it stands there."""
        return self.run(block.text(changed), answer=answer)

    def write(self, path: str, text: str) -> None:
        """What somebody writes with an editor: the file keeps its owner and mode where it is there."""
        self.run(f"cat > {path}", answer=text)

    def log(self) -> str:
        """The last lines of the units that the pages are about."""
        return self.tried("journalctl -b -n 40 --no-pager -o cat -u 'loa*' -u nats-server -u caddy -u mosquitto").stdout

    def until(self, command: str, what: str, words: str = "", every: float = 1.0) -> str:
        """Wait for a command, tried `every` so many seconds, to succeed and to print `words`; what it printed."""
        told: list[str] = []

        def done() -> bool:
            answer = self.tried(command)
            told[:] = [answer.stdout]
            return answer.returncode == 0 and words in answer.stdout

        try:
            until(done, what, every=every)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{told}\n{self.log()}") from late
        return told[0]


def shell_on_a_layer(folder: Path, *, beside: Machine | None = None) -> list[str | Path]:
    """The words that run a script on this system's files under a layer in memory, whose place is its first argument.

    The script begins with `GROUND`. The test is left out where the sandbox forbids that, and without root; what is not
    installed is a failure in CI.
    """
    needed("setpriv", "unshare", "nsenter", "ip", "dpkg-deb", "sudo", "adduser", SYSTEMD)
    if os.geteuid() != 0:
        missing("root, for a machine of its own")
    (folder / "over").mkdir(parents=True)
    net = [] if beside else ["--net"]
    words = [*(beside.net if beside else []), *OF_ITS_OWN, "--cgroup", "--uts", "--ipc", *net, "sh", "-c"]
    tried = subprocess.run([*words, GROUND, "sh", folder / "over"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"no machine of its own is allowed here: {tried.stderr}")
    return [*words]


@contextmanager
def machine(folder: Path, deb: Path, *, beside: Machine | None = None, script: str = "") -> Iterator[Machine]:
    """A machine with the package put in, or with what `script` makes of it, which begins without.

    `beside`: on the network of another one, else on its own.
    """
    shell = shell_on_a_layer(folder, beside=beside)
    brought = [*_brought(deb), " ".join(IDLE)]
    environment = os.environ | {"UNDER": "" if script else str(installed(deb))}
    with (folder / "boot").open("wb") as told:
        process = subprocess.Popen(
            [*shell, GROUND + BROUGHT + BOOT, "sh", folder / "over", *brought],
            stdout=told, stderr=told, stdin=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
    try:
        made = Machine(until(lambda: first_process(process, folder / "boot", SYSTEMD), "its process 1"))
        made.until("systemctl is-active basic.target", "the start of the machine")
        if script:
            made.run(_for_this_python(script))
        yield made
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def installed(deb: Path) -> Path:
    """What dpkg makes of a bare system when it puts the package in, as a layer: made once for the machines of a run."""
    layer = deb.parent.with_name("installed")
    with FileLock(f"{layer}.lock"):
        if not layer.exists():
            folder = layer.with_name(f"installing-{os.getpid()}")
            words = [*shell_on_a_layer(folder), GROUND + BROUGHT + PUT_IN, "sh", folder / "over", *_brought(deb)]
            words += [_for_this_python(INSTALL), folder / "layer"]
            done = subprocess.run(
                words, env=os.environ | {"UNDER": ""}, capture_output=True, text=True, timeout=PATIENCE * 2, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "layer").rename(layer)
    return layer


def _brought(deb: Path) -> list[str | Path]:
    """What a machine has from outside: Python, its libraries, and the folder of the package."""
    return [sys.base_prefix, site.getsitepackages()[0], deb.parent]


def _for_this_python(script: str) -> str:
    return script.format(python=f"python{sys.version_info[0]}.{sys.version_info[1]}")


def first_process(process: "subprocess.Popen[bytes]", told: Path, command: str) -> int:
    """The number of its process 1 once it is `command`, else 0."""
    assert process.poll() is None, told.read_text(encoding="utf-8")
    (child, *_) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="utf-8").split() or ["0"]
    with suppress(FileNotFoundError):
        begun = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ")
        return int(child) if begun.startswith(command.encode()) else 0
    return 0
