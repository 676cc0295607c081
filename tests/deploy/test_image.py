"""docs/operations.md, "In a container": the image of deploy/Dockerfile, built and run by its compose file.

Nothing of it is taken from this system but the kernel: Debian's packages and the libraries come as for anybody.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.conftest import noon_zone
from tests.deploy.containers import build, engine
from tests.deploy.machine import Machine
from tests.deploy.pages import ROOT, Block, Page
from tests.needs import needed

COMPOSE = ROOT / "deploy" / "ward.compose.yaml"
PROGRAM = {"docker compose": "podman-compose"}
NAME = "loa-ward_ward_1"
CONFIG = """
[station]
name = "Phường Mẫu"
time_zone = "{zone}"
[speech]
engines = ["espeak"]
[[output]]
name = "loa"
kind = "rtp"
device = "10.86.42.1:5004"
"""
ORDER = """
for one in "lan editor" "minh approver"; do
    printf 'mat-khau-thu-1\\nmat-khau-thu-1\\n' | loa person add ${one% *} --name ${one% *} --role ${one#* } 2>/dev/null
done
loa --as lan announcement new --title 'Thử khẩn' --text 'Mời bà con chú ý.'
loa --as lan announcement speak 1
loa --as lan announcement submit 1 --heard --only-stored
loa --as minh announcement approve 1 --heard
loa --as minh break-in 1
"""
BROKER = """
mkdir -p /srv/broker/tmp /srv/broker/bin
for one in $(which nats-server wget sh); do
    cp --parents -L "$one" $(ldd "$one" | grep -o '/[^ ]*') /srv/broker
done
cp /bin/sh /srv/broker/bin
tar -cC /srv/broker . | podman import -q -c 'ENTRYPOINT ["nats-server"]' -c 'ENV PATH=/usr/sbin:/usr/bin' - \\
    docker.io/library/nats:2.10.27-alpine
"""
"""The image of the broker, of this system's own nats-server."""
AS_PERSON = "setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/srv/person XDG_RUNTIME_DIR=/run/user/1000"
PERSON = f"""
mkdir -p /srv/person /run/user/1000/pulse /srv/source/deploy/data
chown -R 1000:1000 /srv/person /run/user/1000 /srv/source/deploy/data /srv/source/deploy/backups
{AS_PERSON} pulseaudio -n --daemonize --exit-idle-time=-1 -L module-null-sink -L module-native-protocol-unix
"""
RECEIVER = """
import socket, sys
link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
link.bind(("0.0.0.0", 5004))
link.settimeout(600)
with open(sys.argv[1], "wb", buffering=0) as kept:
    while True:
        kept.write(link.recv(2048)[12:])
"""
"""What RTP carries as L16, without its heads."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Machine]:
    needed("nats-server", "wget", "curl", "openssl", "pulseaudio", "pactl", "pkill")
    with engine(tmp_path / "one") as one:
        yield one


def inside(one: Machine, command: str) -> str:
    """A shell command in the ward's container, by its user."""
    return one.run(f"podman exec -i {NAME} sh -es", answer=command)


def healthy(one: Machine) -> None:
    one.until(f"podman healthcheck run {NAME}", "a healthy container", every=2.0)


def settings(one: Machine, what: str) -> str:
    return one.run(f"podman inspect {NAME} --format '{{{{{what}}}}}'").strip()


def test_a_wards_container_is_built_heard_and_kept_as_the_page_says(host, tmp_path):
    config, commands = Page("docs/operations.md").under("In a container")
    cd, backups, make, up, log, doctor = commands.text(PROGRAM).splitlines()
    build(host, f"cd /srv/source; {cd}\n{backups}\n{make}")
    host.run("mkdir -p /srv/source/deploy/config")
    host.write("/srv/source/deploy/config/ward.toml", config.text() + CONFIG.format(zone=noon_zone()))
    host.run(f"cd /srv/source; {cd}; {up}")
    healthy(host)
    _is_the_image(host)
    _has_what_the_file_gives(host)
    _page(host, host.run(f"cd /srv/source; {cd}; {log}"))
    with _receiver(host, tmp_path / "heard"):
        inside(host, ORDER)
        _dead_page(host)
        host.until(f"podman exec {NAME} loa journal", "the emergency in the journal", "Thử khẩn")
    assert _seconds_of_sound(tmp_path / "heard") > 2
    _doctor(host.run(f"cd /srv/source; {cd}; {doctor}"))
    _backed_up(host)
    _replaced(host, f"cd /srv/source; {cd}; {up.partition(' up')[0]}", up)
    host.run(f"cd /srv/source; {cd}; {up.partition(' up')[0]} down")
    _of_a_person(host)
    _hub(host, *Page("docs/hub-operations.md").under("In containers"))


@contextmanager
def _receiver(one: Machine, file: Path) -> Iterator[None]:
    with subprocess.Popen([*one.net, sys.executable, "-c", RECEIVER, file]) as process:
        try:
            yield
        finally:
            process.kill()


def _is_the_image(one: Machine) -> None:
    """Its own user and first process, a file system that cannot be written, the station as a wheel."""
    told = json.loads(one.run("podman image inspect loa-phuong:0.1.0"))[0]["Config"]
    assert (told["User"], told["Entrypoint"], told["Cmd"]) == ("10640:10640", ["tini", "--", "loa"], ["run"])
    assert "/var/lib/loa-phuong" in told["Volumes"]
    assert inside(one, "tr '\\0' ' ' < /proc/1/cmdline").split() == [*told["Entrypoint"], *told["Cmd"]]
    assert inside(one, "id -un").strip() == "loa"
    inside(one, "! touch /etc/x /opt/loa-phuong/x 2>/dev/null; touch /tmp/x")
    asked = "import importlib.metadata as m; print(m.distribution('loa-phuong').read_text('direct_url.json'))"
    assert re.search(r"/wheel/loa_phuong-.*whl", inside(one, f'python -c "{asked}"'))


def _has_what_the_file_gives(one: Machine) -> None:
    """The devices, the group and the libraries of sound; no right of root; the grace of the end."""
    ward = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["ward"]
    assert inside(one, "getent group audio").split(":")[2] == ward["group_add"][0]
    inside(one, "test -r /dev/snd/controlC0 -a -w /dev/snd/controlC0")
    inside(one, 'python -c \'import ctypes; [ctypes.CDLL(n) for n in ("libasound.so.2", "libpulse-simple.so.0")]\'')
    assert set(inside(one, "sed -n 's/^Cap.*:\\s*//p; s/^NoNewPrivs:\\s*1/new/p' /proc/1/status").split()) == {
        "0" * 16,
        "new",
    }
    assert settings(one, ".Config.StopTimeout") + "s" == ward["stop_grace_period"]


def _page(one: Machine, log: str) -> None:
    """The log's link opens on the published port; a proxy on the host is believed, so its cookies are for HTTPS."""
    link = re.search(r"http://\S+\?ma=\S+", log)[0]
    asked = f"curl -fsS -D - '{link}'"
    told = [one.run(f"{asked} {more}") for more in ("", "-H 'X-Forwarded-Proto: https'")]
    assert [("<form" in page, "Set-Cookie" in page, "Secure" in page) for page in told] == [
        (True, True, False),
        (True, True, True),
    ]


def _dead_page(one: Machine) -> None:
    """The health check tells a page that hangs from one that answers."""
    one.run("pkill -STOP -f '^loa process web'")
    told = one.tried(f"podman healthcheck run {NAME}")
    assert (told.returncode, told.stdout.strip()) == (1, "unhealthy")
    one.run("pkill -CONT -f '^loa process web'")
    healthy(one)


def _seconds_of_sound(file: Path) -> float:
    """How long the loud tenths of a second last together."""
    sound = np.fromfile(file, ">i2").astype(float)
    tenths = sound[: len(sound) // 4800 * 4800].reshape(-1, 4800)
    return float((np.sqrt((tenths**2).mean(axis=1)) > 300).sum()) / 10


def _doctor(told: str) -> None:
    assert "HỎNG" not in told
    assert re.search(r"\[tốt +\] Giọng espeak: sẵn sàng", told)
    assert re.search(r"\[tốt +\] Đầu ra loa: mạng RTP \(10.86.42.1:5004", told)


def _backed_up(one: Machine) -> None:
    """Into the folder that is mounted: the file is there when the container and its volume are not."""
    file = re.search(r"/mnt/sao-luu/(loa-\S+\.loabak)", inside(one, "loa backup"))[1]
    one.run(f"test -s /srv/source/deploy/backups/{file}")
    assert "Bản sao lưu tốt" in inside(one, f"loa restore --check /mnt/sao-luu/{file}")


def _replaced(one: Machine, program: str, up: str) -> None:
    """Stopped within its grace, taken away, made anew: what it had aired is there, and whole."""
    before = settings(one, ".Id")
    one.run(f"{program} stop")
    assert settings(one, ".State.ExitCode") == "0", "it was not killed"
    assert "Đã tắt trạm." in one.run(f"{program} logs ward")
    one.run(f"{program} down")
    one.run(f"{program.rpartition(';')[0]}; {up}")
    healthy(one)
    assert settings(one, ".Id") != before
    told = inside(one, "loa journal --verify")
    assert "Chuỗi nhật ký nguyên vẹn" in told
    assert re.search(r"Đã phát +Thử khẩn", told)


def _of_a_person(one: Machine) -> None:
    """By the sound server of somebody who is signed in, with what the file's remarks say for it."""
    text = one.run("cat /srv/source/deploy/ward.compose.yaml")
    whole = yaml.safe_load(text)
    ward = whole["services"]["ward"]
    del ward["devices"], ward["group_add"]
    ward |= yaml.safe_load("\n".join(re.findall(r"(?m)^    #   ((?:user|environment|volumes): .*)$", text)))
    one.write("/srv/source/deploy/person.compose.yaml", yaml.safe_dump(whole))
    config = '[web]\nhost = "0.0.0.0"\n[speech]\nengines = ["espeak"]\n[[output]]\nname = "loa"\nkind = "soundcard"\n'
    one.write("/srv/source/deploy/config/ward.toml", config)
    one.run(PERSON)
    one.run("cd /srv/source/deploy; podman-compose -f person.compose.yaml up -d")
    healthy(one)
    assert inside(one, "id -u").strip() == "1000"
    assert re.search(
        r"\[tốt +\] Đầu ra loa: card âm thanh \(PulseAudio, default device\): đang mở", inside(one, "loa doctor")
    )
    assert "Loa Phường" in one.run(f"{AS_PERSON} pactl list sink-inputs")
    inside(one, "loa backup --to /mnt/sao-luu")
    one.run("cd /srv/source/deploy; podman-compose -f person.compose.yaml down")


def _hub(one: Machine, files: Block, commands: Block) -> None:
    """The same image as a hub, its broker by the file's second service."""
    one.run(BROKER)
    one.run(f"cd /srv/source; {files.text()}")
    _, check, accounts, up, doctor = commands.text(PROGRAM).splitlines()
    for command in (check, accounts, up):
        one.run(f"cd /srv/source/deploy; {command}")
    told = one.until(f"cd /srv/source/deploy; {doctor}", "a hub that reaches its broker", "Đang liên lạc được")
    assert "HỎNG" not in told
    for service in ("hub", "broker"):
        one.until(f"podman healthcheck run loa-hub_{service}_1", f"a healthy {service}")
