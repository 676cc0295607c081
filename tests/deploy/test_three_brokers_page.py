"""docs/hub-operations.md, "Three brokers": three bare systems, each on a network of its own, until a hub stands on all three.

Between them lie lines as between machines in three places; the hub reaches the others by the real ssh.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.machine import Machine, machine
from tests.deploy.pages import Page
from tests.deploy.test_hub_page import OF_A_TOWN
from tests.needs import needed
from tests.waiting import until

NAMES = [f"hub-{number}.example.vn" for number in (1, 2, 3)]
URLS = ",".join(f"tls://{name}:4222" for name in NAMES)
KEY = "UDPV27M6PFKTRRXBHYTVBYDGHVHSM5UV7Q6JJ4MAQV363IV46WOIBPUH"
"""The public half of a ward's key."""
HEADING = "Three brokers (province)"
STREAMS = "curl -fsS 'http://127.0.0.1:8222/jsz?accounts=true&streams=true&config=true'"


def join(one: Machine, other: Machine, number: int, beside: int) -> None:
    """A line between two machines, and the way over it."""
    there = other.net[2]
    line = ["ip", "link", "add", f"to{beside}", "type", "veth", "peer", "name", f"to{number}", "netns", there]
    made = subprocess.run([*one.net, *line], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no lines between machines are allowed here: {made.stderr}")
    for machine_, here, far in ((one, number, beside), (other, beside, number)):
        machine_.run(f"ip link set to{far} up; ip route add 10.10.0.{far}/32 dev to{far} src 10.10.0.{here}")


@pytest.fixture(scope="module")
def three(deb, tmp_path_factory):
    needed("/usr/sbin/nats-server", "openssl", "curl")
    if not Path("/usr/sbin/sshd").exists():
        pytest.skip("no ssh server is installed here")
    folder = tmp_path_factory.mktemp("three")
    with machine(folder / "1", deb) as one, machine(folder / "2", deb) as two, machine(folder / "3", deb) as third:
        machines = [one, two, third]
        hosts = "".join(f"10.10.0.{number} {name}\n" for number, name in enumerate(NAMES, 1))
        for number, each in enumerate(machines, 1):
            each.run(f"ip addr add 10.10.0.{number}/32 dev lo; printf '{hosts}' >> /etc/hosts; mkdir -p /media/stick")
        for number, beside in ((1, 2), (1, 3), (2, 3)):
            join(machines[number - 1], machines[beside - 1], number, beside)
        for each in machines[1:]:
            each.run("mkdir -p /run/sshd; ssh-keygen -A; systemctl start ssh")
        yield machines


def test_a_hub_stands_on_three_brokers_as_the_page_says_and_one_may_be_away(three):
    hub, *others = three
    page = Page("docs/hub-operations.md")
    _install(page, hub)
    folders, certificates, stick, accounts = page.under(HEADING)
    for number, each in enumerate(others, 2):
        each.run(folders.text().replace("hub-2.conf", f"hub-{number}.conf"))
    hub.page(certificates)
    for number, each in enumerate(others, 2):
        for name in (f"hub-{number}/hub.key", f"hub-{number}/hub.pem", f"hub-{number}/ca.pem", "id_ed25519.pub"):
            each.run(f"mkdir -p /media/stick/hub-{number}")
            each.write(f"/media/stick/{name}", hub.run(f"cat /media/stick/{name}"))
        each.run(stick.text().replace("/hub-2/", f"/hub-{number}/"))
    told = hub.page(accounts)
    assert told.count("has the accounts") == 2
    hub.until("loa hub status", "the hub at its brokers", "đang liên lạc được")
    assert "[HỎNG]" not in hub.until("loa doctor", "a hub with nothing to mend")
    for each in three:
        each.until("curl -fsS http://127.0.0.1:8222/healthz", "a broker that has caught up")
    until(lambda: _copies(hub) == {3}, "three copies of each stream", every=0.5)
    _told_to_the_others(hub, others)
    _told_where_the_broker_cannot_read_again(hub, others[0])
    _one_away(hub, others[1])


def _install(page, hub):
    folders, backups, *_ = page.under("Install")
    hub.page(folders)
    text = hub.run("cat /etc/loa-phuong/config.toml").replace("replicas = 1", "replicas = 3")
    text = text.replace("tls://hub.thixa.example.vn:4222", URLS)
    hub.write("/etc/loa-phuong/config.toml", text + OF_A_TOWN)
    hub.page(backups)
    names = {"hub.thixa.example.vn": NAMES[0], "203.0.113.5": "10.10.0.1"}
    hub.page(page.under("Certificates")[0], names)


def _copies(hub):
    """How many brokers keep each stream."""
    told = json.loads(hub.run(STREAMS))
    streams = [stream for account in told.get("account_details", ()) for stream in account.get("stream_detail", ())]
    return {stream["config"]["num_replicas"] for stream in streams}


def _told_to_the_others(hub, others):
    """A ward that comes in, and is revoked, is known to them by itself."""
    code = re.search(r"([a-z0-9]{4}-){2}[a-z0-9]{4}", hub.run("loa hub add 26734 'Phường Mẫu'"))[0]
    body = json.dumps({"v": 1, "code": code, "key": KEY})
    hub.run(f"curl -fsS http://127.0.0.1:8642/ghep-noi -H 'Content-Type: application/json' -d '{body}'")
    for each in others:
        each.until("cat /var/lib/loa-broker/wards.conf", "the accounts that the hub has written", KEY)
    hub.run("loa hub revoke 26734")
    for each in others:
        each.until(f"! grep {KEY} /var/lib/loa-broker/wards.conf", "the accounts without that ward")


def _told_where_the_broker_cannot_read_again(hub, other):
    """A broker that is only just starting refuses to read again; here each does, and is started anew."""
    other.run("mkdir -p /run/systemd/system/nats-server.service.d")
    other.write(
        "/run/systemd/system/nats-server.service.d/deaf.conf", "[Service]\nExecReload=\nExecReload=/bin/false\n"
    )
    other.run("systemctl daemon-reload")
    before = other.run("systemctl show -P MainPID nats-server")
    hub.run("sudo /opt/loa-phuong/deploy/nats/share-wards hub-2.example.vn")
    assert other.run("systemctl show -P MainPID nats-server") != before
    other.until("curl -fsS http://127.0.0.1:8222/healthz", "a broker that has caught up")


def _one_away(hub, other):
    other.run("systemctl stop nats-server")
    hub.run("sudo loa person add minh --name Minh --role approver", answer="mat-khau-thu-1\n" * 2)
    hub.run("loa --as minh hub issue test --to all", answer="y\n")
    hub.until("loa hub status", "the word of two brokers", "Chờ gửi: 0")
    other.run("systemctl start nats-server")
    other.until("curl -fsS http://127.0.0.1:8222/healthz", "a broker that has caught up")
