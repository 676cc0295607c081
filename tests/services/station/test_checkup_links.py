"""What `loa doctor` says of the lines to others: from heartbeats and files, and of what is not configured nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scheduler.config.loading import VoiceServerConfig
from scheduler.services.station.checkup import checkup
from scheduler.services.station.checkup_links import links
from scheduler.station import Station

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def opened(station, clock):
    """The same station with other keys in its configuration."""

    def with_(*of_extras, **changes):
        made.append(Station.open(replace(station.written, **changes).having(*of_extras), clock))
        return made[-1]

    made = []
    yield with_
    for one in made:
        one.close()


def told(station, what):
    return [(one.good, one.reason) for one in links(station.services) if one.what == what]


def beats(station, process, **state):
    station.repos.jobs.beat(process, 1, station.clock.now(), state)


def certificate(path, ends):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(ends - 400 * DAY).not_valid_after(ends)
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def test_a_station_that_stands_alone_hears_of_no_line(station):
    assert {one.what for one in links(station.services)} <= {"Khóa"}


class TestKeys:
    def test_that_others_may_read_are_told_by_name(self, opened, station, tmp_path):
        station.services.proof.make_key()
        assert (True, "check_keys_closed") in told(station, "Khóa")
        secret = tmp_path / "khoa-giong"
        secret.write_text("x")
        secret.chmod(0o640)
        other = opened(voice_server=VoiceServerConfig(key_file="khoa-giong"))
        assert told(other, "Khóa") == [(False, "check_key_open")]
        (found,) = [one for one in links(other.services) if one.what == "Khóa"]
        assert str(secret) in found.told
        secret.chmod(0o600)
        assert told(other, "Khóa") == [(True, "check_keys_closed")]

    @pytest.mark.parametrize("name", ["town.nkey", "hub-broker.nk", "keys/hub-key.json", "pair/pair.key"])
    def test_of_every_line_are_looked_at(self, station, name):
        path = station.config.data / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
        path.chmod(0o644)
        assert (False, "check_key_open") in told(station, "Khóa")


class TestCertificates:
    def test_of_the_page_are_told_as_the_page_reports_them(self, station, clock):
        beats(station, "web", certificate_ends=(clock.now() + 5 * DAY).isoformat())
        assert told(station, "Chứng chỉ trang") == [(False, "check_certificate_ends")]


def test_the_page_and_the_doctor_read_the_same(station):
    station.services.proof.make_key()
    assert links(station.services)
    assert {one.reason for one in links(station.services)} <= {one.reason for one in checkup(station.services)}
