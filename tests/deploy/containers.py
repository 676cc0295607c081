"""A machine with podman: the image is built there from deploy/Dockerfile and run by its compose file.

It is this system under an overlay in memory, as in machine.py, without systemd; images and containers lie in memory too and
end with it. The base image is made of Debian's packages (`base_image`): a registry of images cannot be reached from
everywhere.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.deploy.machine import GROUND, Machine, first_process, shell_on_a_layer
from tests.deploy.pages import ROOT
from tests.needs import needed
from tests.waiting import until

BASE = re.search(r"(?m)^FROM (\S+)$", (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8"))[1]
KEPT = (
    Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "loa-phuong" / f"{BASE.replace(':', '-')}.tar"
)
"""Where base_image puts it."""
ENGINE = """\
mount -t proc proc mnt
mount --bind mnt/sys/net proc/sys/net
umount -l mnt
mount -t tmpfs -o mode=755 none dev
for one in null zero full random urandom tty; do cp -a /dev/$one dev/; done
mkdir dev/pts dev/shm dev/snd
mount --rbind /dev/pts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mknod -m 660 dev/snd/controlC0 c 116 0
chgrp audio dev/snd/controlC0
for one in dev/shm run tmp; do mount -t tmpfs none $one; done
mkdir -p var/lib/containers
mount -t tmpfs -o size=4g none var/lib/containers
mkdir -p srv/source srv/given "$1/source" "$1/over"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/source,workdir=$1/over" srv/source
mount --bind "$3" srv/given
echo '[containers]\ncgroups = "disabled"' > etc/containers/containers.conf
kept() { echo "'$1=$(prlimit --$1 --noheadings -o HARD | tr -d ' '):$(prlimit --$1 --noheadings -o HARD | tr -d ' ')'"; }
prlimit --nofile=1048576:1048576 true 2>/dev/null ||
    echo "default_ulimits = [$(kept nofile), $(kept nproc)]" >> etc/containers/containers.conf
prlimit --rtprio=30:30 true 2>/dev/null || sed -i '/ ulimits:/,/ rtprio:/d' srv/source/deploy/*compose.yaml
pivot_root . mnt
umount -l /mnt
cd /
exec sh -c 'sleep infinity & wait'
"""
"""Containers want a root that is no chroot. A sound card's device is there to be handed on, and no card behind it. A sandbox that may
not raise limits keeps its own: there the line of the compose file that raises one is left out."""
REACHES = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "cert")
"""Of pip's configuration: what a build needs to reach the same packages."""


@contextmanager
def engine(folder: Path) -> Iterator[Machine]:
    """A machine with podman and the base image, on a network of its own; this source lies in its /srv/source."""
    needed("podman", "podman-compose", "crun", "nft", "prlimit")
    if not KEPT.exists():
        pytest.skip("tests/deploy/base_image has made no image of Debian's packages")
    shell = shell_on_a_layer(folder)
    with (folder / "boot").open("wb") as told:
        process = subprocess.Popen(
            [*shell, GROUND + ENGINE, "sh", folder / "over", ROOT, KEPT.parent],
            stdout=told, stderr=told, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        made = Machine(until(lambda: first_process(process, folder / "boot", "sh -c sleep"), "its process 1"))
        made.run(f"podman import -q /srv/given/{KEPT.name} docker.io/library/{BASE}")
        tried = made.tried(f"podman run --rm docker.io/library/{BASE} true")
        if tried.returncode != 0:
            pytest.skip(f"no container is allowed here: {tried.stdout}")
        yield made
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def build(one: Machine, command: str) -> str:
    """Run the page's `command` that builds, on the network of the tests, with their way to the packages."""
    config = _pip()
    one.write("/srv/pip.conf", "[global]\n" + "".join(f"{key} = {value}\n" for key, value in config.items()))
    brought = ["/srv/pip.conf:/etc/pip.conf"] + ([f"{config['cert']}:{config['cert']}"] if "cert" in config else [])
    options = ["--isolation chroot --network host --layers=false", *(f"--volume {pair}:ro" for pair in brought)]
    return one.run(
        command.replace("podman-compose", f"podman-compose --podman-build-args '{' '.join(options)}'"), outside=True
    )


def _pip() -> dict[str, str]:
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    pairs = (line.partition("=") for line in listed.stdout.splitlines())
    found = {name.rpartition(".")[2]: value.strip("'\"") for name, _, value in pairs}
    return {key: found[key] for key in REACHES if key in found}
