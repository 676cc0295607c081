"""docs/hub-operations.md from a bare system on: its commands as they stand, until a ward has aired what the town issued.

Two machines with the package on one network: the town's hub with the real nats-server and the real Caddy, and a ward.
"""

import re

import pytest

from tests.conftest import noon_zone
from tests.deploy.machine import machine
from tests.deploy.pages import Page
from tests.needs import needed

NAMES = "hub.thixa.example.vn loa.thixa.example.vn"
WARD = """
[station]
name = "Phường Mẫu"
time_zone = "{zone}"
[town]
clip_spread_minutes = 0
[web]
port = 8080
[speech]
engines = ["espeak"]
[[output]]
name = "loa"
kind = "wavfile"
counts = true
"""
OF_A_TOWN = '\n[speech]\nengines = ["espeak"]\n[quiet_hours]\nlegal_basis = "QĐ 1/QĐ-UBND"\n'
"""What a town writes behind the example: a voice that needs no network, and the basis of the quiet hours."""
AUTHORITY = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
"""Caddy's own: no public authority is reached from here."""
NAMED = "loa-1a2b3c4d-20261126-023000.loabak"
FIRST = "The first ward, and the first issue"


@pytest.fixture(scope="module")
def town(deb, tmp_path_factory):
    """A hub and a ward beside it, each a bare system with the package."""
    needed("/usr/sbin/nats-server", "/usr/bin/caddy", "openssl")
    folder = tmp_path_factory.mktemp("town")
    with machine(folder / "hub", deb) as hub, machine(folder / "ward", deb, beside=hub) as ward:
        hub.run("ip addr add 10.10.0.5/32 dev lo; mkdir -p /media/stick")
        for one in (hub, ward):
            one.run(f"echo 10.10.0.5 {NAMES} >> /etc/hosts")
        yield hub, ward


def test_a_ward_airs_what_a_town_issues_when_both_do_as_the_page_says(town):
    hub, ward = town
    page = Page("docs/hub-operations.md")
    _install(page, hub)
    _pair(page, hub, ward)
    _issue(page, hub, ward)
    _put_back(page, hub, ward)
    _ = [block.text() for block in page.under("In containers")]  # test_image.py runs them
    _ = [block.text() for block in page.under("Three brokers (province)")]  # test_three_brokers_page.py runs them
    assert page.left() == []


def _install(page, hub):
    folders, backups, proxy, start, look = page.under("Install")
    hub.page(folders)
    text = hub.run("cat /etc/loa-phuong/config.toml")
    hub.write("/etc/loa-phuong/config.toml", text + OF_A_TOWN)
    hub.page(backups)
    hub.page(page.under("Certificates")[0], {"203.0.113.5": "10.10.0.5"})
    hub.page(proxy)
    caddy = hub.run("cat /etc/caddy/Caddyfile")
    hub.write("/etc/caddy/Caddyfile", f"{{\n\tlocal_certs\n\tskip_install_trust\n}}\n{caddy}")
    hub.run("systemctl reload caddy")
    hub.page(start)
    hub.run("systemctl stop nats-server")
    unreached = hub.tried(page.inline("loa hub status"))
    hub.run("systemctl start nats-server")
    assert unreached.returncode == 1, unreached.stdout
    hub.until(page.inline("loa hub status"), "the hub at its broker")
    assert "[HỎNG]" not in hub.until(look.text(), "a hub with nothing to mend")
    hub.run(page.inline("nats-server -t -c /etc/loa-phuong/nats/nats-server.conf"))
    hub.until(f"test -s {AUTHORITY}", "Caddy's authority")


def _pair(page, hub, ward):
    people, pair, status = page.under(FIRST)[:3]
    told = ""
    for line in people.text().splitlines():
        told = hub.run(line, answer="mat-khau-thu-1\n" * 2)
    code = re.search(r"([a-z0-9]{4}-){2}[a-z0-9]{4}", told)[0]
    ward.write("/etc/loa-phuong/config.toml", WARD.format(zone=noon_zone()))
    ward.run("sudo systemctl enable loa; sudo systemctl restart loa")
    ward.write("/usr/local/share/ca-certificates/town.crt", hub.run(f"cat {AUTHORITY}"))
    ward.run("update-ca-certificates")
    assert "Đã ghép nối" in ward.page(pair, {"CODE": code}, answer="y\n")
    ward.until(status.text(), "the ward's link", "Đang liên lạc được")


def _issue(page, hub, ward):
    issue, inbox, air, journal, issues = page.under(FIRST)[3:]
    assert "Phường Mẫu" in hub.page(issue)
    ward.until(inbox.text(), "the issue in the ward", "Lịch tiêm chủng")
    ward.until(air.text(), "the sound of the issue, and its airing")
    ward.until(journal.text(), "the row of the ward's journal", "Lịch tiêm chủng")
    hub.until(issues.text(), "the ward's word at the town", "Đã phát 1")


def _put_back(page, hub, ward):
    backup, restore, look = page.under("Backup")
    secret = hub.run("cat /etc/loa-phuong/mat-khau-sao-luu")
    make, check = backup.text().splitlines()
    file = re.search(r"/mnt/sao-luu/(loa-\S+\.loabak)", hub.run(make))[1]
    assert "Bản sao lưu tốt" in hub.run(check.replace(NAMED, file), answer=secret)
    hub.run("sudo loa hub add 26735 'Phường Sau'")
    hub.page(restore, {NAMED: file}, answer=secret)
    wards, status, test, issues = look.text().splitlines()
    told = hub.until(wards, "the wards of the backup", "Phường Mẫu")
    assert "Phường Sau" not in told
    assert "đang liên lạc được với máy chủ tin" in hub.until(status, "the hub at its broker again")
    hub.run(test, answer="y\n")
    told = hub.until(issues, "the ward's word on the test", "Đã lưu 1")
    assert "Đã phát 1" in told, "what was issued before the backup and its answer are known"
    assert "[HỎNG]" not in hub.until("sudo loa doctor", "a hub with nothing to mend")
    ward.until(page.under(FIRST)[2].text(), "the ward's link, with the pairing that it has", "Đang liên lạc được")


def test_both_pages_say_that_nobody_pairs_a_restored_ward_again():
    for name in ("docs/hub-operations.md", "docs/vi/van-hanh-thi-xa.md"):
        (row,) = re.findall(r"(?m)^\| (?:A ward was restored|Phường vừa khôi phục).*$", Page(name).words)
        assert "Nothing" in row or "Không phải ghép nối lại" in row
