"""Addresses that people may type, meant to make the station fetch from inside; and a backup that is no backup."""

import io
import json
import tarfile
from contextlib import suppress

import pytest

from scheduler.kernel.errors import Refused
from scheduler.services.backup.restore import restore

INSIDE = (
    "http://127.0.0.1/", "http://localhost/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://127.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://0.0.0.0/",
    "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/",
    "http://100.64.0.1/", "http://[fe80::1]/", "http://[fd00::1]/", "http://[64:ff9b::7f00:1]/",
    "http://127.0.0.1:8642@1.1.1.1:80@127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:25/", "ftp://127.0.0.1/a",
    "http://ⓛocalhost/", "http://127。0。0。1/", "http://evil.example\r\nHost: 127.0.0.1/", "data:audio/wav;base64,AAAA",
    "concat:/etc/passwd|x", "rtsp://127.0.0.1/x", "/etc/passwd", "http://localhost./", "HTTP://LOCALHOST/",
)  # fmt: skip
RELAY = {
    "title": "Thời sự", "from_day": "02/12/2026", "to_day": "02/12/2026", "start": "02/12/2026", "end": "02/12/2026",
    "window": "06:00-06:30", "zone": "all", "weekday": "0",
}  # fmt: skip


def test_a_relay_takes_no_address_that_leads_inside(station, lans, send):
    answers = {address: send(lans, "/tiep-am", **RELAY, sources=address).status_code for address in INSIDE}
    assert answers == dict.fromkeys(INSIDE, 422)
    assert station.services.relays.all() == []


def test_the_rule_itself_refuses_what_leads_inside():
    """Whatever form it comes by: also a configuration's."""
    from scheduler.kernel.net.address_policy import check_url

    taken = []
    for address in INSIDE:
        with suppress(Refused):
            check_url(address)
            taken.append(address)
    assert taken == []


# A backup that somebody has prepared


def prepared(path, members):
    head = {"format": 1, "station": "x", "made_at": "2026-12-01T00:00:00+00:00"}
    with tarfile.open(path, "w") as tar:
        for info, data in [(named("loa-phuong.json"), json.dumps(head).encode()), *members]:
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return path


def named(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


MEMBERS = {
    "a path that climbs": named("data/../../../evil"),
    "an absolute path": named("/tmp/evil"),  # noqa: S108 - nothing is written there
    "a path of backslashes": named("data\\..\\..\\evil"),
    "a symbolic link": named("data/evil", tarfile.SYMTYPE, "/etc/passwd"),
    "a hard link": named("data/evil", tarfile.LNKTYPE, "/etc/passwd"),
    "a device": named("data/evil", tarfile.CHRTYPE),
    "a pipe": named("data/evil", tarfile.FIFOTYPE),
    "a folder of another root": named("etc/evil"),
    "the database alone": named("data/loa.db"),
    "an empty name": named("data/"),
}


@pytest.mark.parametrize("member", MEMBERS.values(), ids=MEMBERS.keys())
def test_a_prepared_backup_is_refused_and_leaves_nothing(member, tmp_path):
    place = prepared(tmp_path / "x.loabak", [(member, b"evil")])
    folder = tmp_path / "nha" / "data"
    folder.parent.mkdir()
    with pytest.raises(Refused):
        restore(place, folder)
    assert list(folder.parent.iterdir()) == []
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 4096, b"PK\x03\x04" + b"\0" * 500, b"loa-phuong" * 500],
    ids=["empty", "zeros", "zip", "words"],
)
def test_a_file_that_is_no_backup_is_told_as_such(data, tmp_path):
    place = tmp_path / "x.loabak"
    place.write_bytes(data)
    with pytest.raises(Refused):
        restore(place, tmp_path / "data")
    assert not (tmp_path / "data").exists()
