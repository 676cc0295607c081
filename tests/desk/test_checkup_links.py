"""What `loa doctor` says of the lines to others: from heartbeats and files, and of what is not configured nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from scheduler.config import BackupConfig, ClusterConfig, HubConfig, MqttConfig, PairConfig, SmsConfig, TownConfig
from scheduler.desk.checkup import checkup
from scheduler.desk.checkup_links import links
from scheduler.station import Station

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def opened(station, clock):
    """The same station with other keys in its configuration."""

    def with_(**changes):
        made.append(Station.open(replace(station.written, **changes), clock))
        return made[-1]

    made = []
    yield with_
    for one in made:
        one.close()


def told(station, what):
    return [(one.good, one.reason) for one in links(station.desk) if one.what == what]


def beats(station, process, **state):
    station.parts.jobs.beat(process, 1, station.clock.now(), state)


def certificate(path, ends):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(ends - 400 * DAY).not_valid_after(ends)
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def test_a_station_that_stands_alone_hears_of_no_line(station):
    assert {one.what for one in links(station.desk)} <= {"Khóa"}


class TestTheTown:
    TOWN = TownConfig(url="tls://hub.example.vn:4222", ward_id="26734")

    def test_that_nobody_speaks_with_is_told(self, opened):
        assert told(opened(town=self.TOWN), "Thị xã") == [(False, "check_town_process")]

    def test_that_answers_is_good_and_one_that_does_not_is_told_with_its_reason(self, opened, clock):
        station = opened(town=self.TOWN)
        beats(station, "link", reached_at=clock.now().isoformat())
        assert told(station, "Thị xã") == [(True, "check_line_holds")]
        beats(station, "link", reason="disk_full")
        (found,) = [one for one in links(station.desk) if one.what == "Thị xã"]
        assert (found.good, found.reason) == (False, "check_line_broken")
        assert "Ổ đĩa đã đầy" in found.told

    @pytest.mark.parametrize(("minutes", "is_told"), [(2, False), (3, True), (-180, True)])
    def test_whose_clock_is_elsewhere_is_told(self, opened, clock, minutes, is_told):
        station = opened(town=self.TOWN)
        beats(station, "link", reached_at=clock.now().isoformat(), clock_off_minutes=minutes)
        assert told(station, "Đồng hồ") == ([(False, "check_clock_apart")] if is_told else [])

    def test_that_has_long_been_owed_a_report_is_a_word_and_no_fault(self, opened, clock):
        station = opened(town=self.TOWN)
        station.desk.town.queue_health()
        assert told(station, "Báo về thị xã") == []
        clock.advance(3700)
        assert told(station, "Báo về thị xã") == [(None, "check_town_owed")]


class TestTheHub:
    def test_says_how_its_broker_stands_and_wants_its_backups_sealed(self, opened, clock):
        station = opened(hub=HubConfig(url="tls://localhost:4222"))
        assert told(station, "Máy chủ tin") == [(False, "check_hub_process")]
        assert told(station, "Sao lưu") == [(False, "check_hub_backup_open")]
        beats(station, "hub", connected=False)
        assert told(station, "Máy chủ tin") == [(False, "check_line_broken")]
        beats(station, "hub", connected=True, reached_at=clock.now().isoformat())
        assert told(station, "Máy chủ tin") == [(True, "check_line_holds")]

    def test_with_a_passphrase_has_sealed_backups(self, opened):
        station = opened(hub=HubConfig(url="tls://localhost:4222"), backup=BackupConfig(passphrase_file="mk"))
        assert told(station, "Sao lưu") == []


CLUSTERS = {"mqtt": MqttConfig(url="mqtt://127.0.0.1:1883"), "clusters": (ClusterConfig(id="17", name="Cụm 17"),)}


class TestClusters:
    def test_that_nobody_speaks_with_are_told(self, opened):
        assert (False, "check_clusters_process") in told(opened(**CLUSTERS), "Cụm loa")

    def test_whose_server_is_away_are_told(self, opened):
        station = opened(**CLUSTERS)
        beats(station, "clusters", reason="disk_full")
        assert (False, "check_line_broken") in told(station, "Cụm loa")
        beats(station, "clusters", reason="")
        assert told(station, "Cụm loa") == [(True, "check_clusters_good")]


class TestTheSecondMachine:
    def test_that_nobody_follows_is_told(self, opened):
        station = opened(pair=PairConfig(machine="may-1", peer="may-2"))
        found = told(station, "Hai máy")
        assert found
        assert all(good is False for good, _ in found)


class TestKeys:
    def test_that_others_may_read_are_told_by_name(self, opened, station, tmp_path):
        station.desk.proof.make_key()
        assert (True, "check_keys_closed") in told(station, "Khóa")
        secret = tmp_path / "sms-mat-khau"
        secret.write_text("x")
        secret.chmod(0o640)
        other = opened(sms=SmsConfig(password_file="sms-mat-khau"))
        assert told(other, "Khóa") == [(False, "check_key_open")]
        (found,) = [one for one in links(other.desk) if one.what == "Khóa"]
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
    @pytest.mark.parametrize(
        ("days", "reason"),
        [(-1, "check_certificate_ended"), (20, "check_certificate_ends"), (22, "check_certificate_good")],
    )
    def test_of_an_authority_are_told_in_their_last_weeks(self, opened, clock, tmp_path, days, reason):
        certificate(tmp_path / "ca.pem", clock.now() + days * DAY)
        station = opened(town=replace(TestTheTown.TOWN, ca_file="ca.pem"))
        assert told(station, "Chứng chỉ ca.pem") == [(reason == "check_certificate_good", reason)]

    def test_of_the_page_are_told_as_the_page_reports_them(self, station, clock):
        beats(station, "web", certificate_ends=(clock.now() + 5 * DAY).isoformat())
        assert told(station, "Chứng chỉ trang") == [(False, "check_certificate_ends")]

    def test_that_cannot_be_read_are_told(self, opened, tmp_path):
        (tmp_path / "ca.pem").write_text("none")
        station = opened(town=replace(TestTheTown.TOWN, ca_file="ca.pem"))
        assert told(station, "Chứng chỉ") == [(False, "check_certificate_unreadable")]


def test_the_page_and_the_doctor_read_the_same(opened):
    station = opened(town=TestTheTown.TOWN)
    assert {one.reason for one in links(station.desk)} <= {one.reason for one in checkup(station.desk)}
