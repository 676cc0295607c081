"""docs/clusters.md from two bare systems on: a ward with the real mosquitto and a box, both as the page says."""

import json

import pytest

from tests.conftest import noon_zone
from tests.deploy.machine import machine
from tests.deploy.pages import Page
from tests.needs import needed

WARD = "192.168.1.2"
BOX = "860000000000001"
ANSWERED = """
import sqlite3
with sqlite3.connect("/var/lib/loa-phuong/loa.db") as found:
    answered = found.execute("SELECT answer FROM cluster_order WHERE kind = 'test'").fetchall()
assert answered == [("done",)], answered
"""
NOON = '[station]\ntime_zone = "{zone}"\n\n'
VOICE = '\n[speech]\nengines = ["espeak"]\n'
OUTPUT = '\n[[output]]\nname = "loa"\nkind = "wavfile"\ncounts = true\nzones = ["dong"]\n'


@pytest.fixture(scope="module")
def two(deb, tmp_path_factory):
    """A ward and a box beside it, each a bare system with the package."""
    needed("/usr/sbin/mosquitto", "mosquitto_passwd")
    folder = tmp_path_factory.mktemp("ward")
    with machine(folder / "ward", deb) as ward, machine(folder / "box", deb, beside=ward) as box:
        ward.run(f"ip addr add {WARD}/32 dev lo")
        yield ward, box


def test_a_box_comes_in_and_sounds_when_ward_and_box_do_as_the_page_says(two):
    ward, box = two
    page = Page("docs/clusters.md")
    server, restart = page.under("At the ward: an MQTT server")
    for line in server.text().splitlines():
        password = "mk-phuong" if "phuong" in line.rpartition(" ")[2] or "mqtt.txt" in line else "mk-box"
        ward.run(line, answer=f"{password}\n" * (2 if "mosquitto_passwd" in line else 1))
    ward.run(f"sed -i 's/127.0.0.1/{WARD}/' /etc/mosquitto/conf.d/loa.conf")
    ward.page(restart)
    written, station = page.under("At the ward: the station")
    ward.write("/etc/loa-phuong/config.toml", NOON.format(zone=noon_zone()) + written.text() + VOICE)
    told = ward.page(station)
    assert "[box]" in told
    box.write("/etc/loa-phuong/config.toml", told[told.index("[station]") :] + OUTPUT + VOICE)
    begun, look = page.under("At the box")
    box.page(begun, answer="mk-box\n")
    ready = 'sudo loa cluster list --json | tee /dev/stderr | grep -q \'"look": "quiet"\''
    ward.until(ready, "the box at the ward")
    assert "nhận lệnh và phát thử" in ward.page(look)
    ward.write("/srv/asked.py", ANSWERED)
    ward.until("/opt/loa-phuong/.venv/bin/python /srv/asked.py", "the box's word that the tone has sounded")
    (seen,) = json.loads(ward.run("sudo loa cluster list --json"))
    assert seen["id"] == BOX
    assert seen["measured"]["disk_free_mb"] is not None
    assert page.left() == []
    _only_on_its_disk(box)


def _only_on_its_disk(box):
    """deploy/raspberry.md: on a system that is read only a box does not start on a folder that is not the data's disk."""
    pi = Page("deploy/raspberry.md")
    box.run("mkdir -p /etc/systemd/system/loa-cluster.service.d; systemctl stop loa-cluster")
    box.write(
        "/etc/systemd/system/loa-cluster.service.d/override.conf", pi.under("A system that is read only")[0].text()
    )
    box.run("systemctl daemon-reload; systemctl start loa-cluster")
    assert "ConditionResult=no" in box.run("systemctl show loa-cluster -p ConditionResult")
    box.run("mount --bind /var/lib/loa-phuong /var/lib/loa-phuong; systemctl start loa-cluster")
    box.until("systemctl is-active loa-cluster", "the box on its disk")
    assert pi.left() == []
