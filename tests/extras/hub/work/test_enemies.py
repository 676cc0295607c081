"""What goes wrong between a hub and its real broker: told in one sentence of a hub, with exit code 1, gone once mended.

The certificates are those of deploy/nats/make-certificates; one that has ended is signed by the same authority.
"""

import subprocess
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from scheduler.cli import loa
from scheduler.config.loading import load
from scheduler.extras.hub.service.town import HubService
from scheduler.extras.hub.standing import checks
from scheduler.kernel.clock import SystemClock
from tests.extras.hub.work.conftest import running
from tests.extras.town.broker.servers import Certificates, NatsServer
from tests.needs import needed
from tests.waiting import until

MAKE = Path(__file__).parents[4] / "deploy" / "nats" / "make-certificates"
CONFIG = """
[speech]
engines = ["espeak"]
[[output]]
kind = "null"
[hub]
url = "{server.url}"
name = "Thị xã Mẫu"
page_url = "http://127.0.0.1:1"
wards_conf = "{server.wards_conf}"
ca_file = "{server.ca_file}"
"""


class Told:
    """What `loa hub status` and `loa doctor` say of the broker."""

    def __init__(self, station, config_path: Path) -> None:
        self._station, self._config = station, config_path

    def by_command(self, *words: str) -> tuple[int, str]:
        done = CliRunner().invoke(loa, ["--config", str(self._config), "hub", *words])
        return done.exit_code, done.output

    def by_doctor(self) -> list[tuple[bool | None, str]]:
        return [(one.good, one.reason) for one in checks(self._station.services) if one.what == "Máy chủ tin"]

    def until_it_says(self, reason: str, words: str) -> None:
        state = self._station.services.get(HubService).state
        until(lambda: state().reason == reason, reason)
        code, told = self.by_command("status")
        assert (code, words in told, len(told.splitlines())) == (1, True, 1), told
        assert self.by_doctor() == [(False, reason)]

    def until_all_is_well(self) -> None:
        until(lambda: (found := self.by_command("status"))[0] == 0 and "đang liên lạc được" in found[1], "the broker")
        assert self.by_doctor() == [(True, "check_line_holds")]


def make_certificate(folder: Path) -> Certificates:
    needed("openssl")
    subprocess.run([MAKE, folder, "localhost", "127.0.0.1"], check=True, capture_output=True)
    return Certificates(folder / "ca.pem", folder / "hub.pem", folder / "hub.key")


def end(made: Certificates) -> None:
    """Its certificate has been valid until yesterday."""
    whole = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    key = serialization.load_pem_private_key((made.ca.parent / "ca.key").read_bytes(), None)
    now = SystemClock().now().astimezone(UTC)
    builder = x509.CertificateBuilder(whole.issuer, whole.subject, whole.public_key(), whole.serial_number + 1)
    builder = builder.not_valid_before(now - timedelta(days=9)).not_valid_after(now - timedelta(days=1))
    for one in whole.extensions:
        builder = builder.add_extension(one.value, one.critical)
    made.certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def certificates(tmp_path):
    return make_certificate(tmp_path / "tls")


@pytest.fixture
def server(tmp_path, certificates):
    return NatsServer(tmp_path, wards={}, tls=certificates, more="system_account: SYS")


@pytest.fixture
def config_path(tmp_path, server):
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(server=server), encoding="utf-8")
    return path


@pytest.fixture
def config(config_path):
    return load(config_path)


@pytest.fixture
def told(station, config_path):
    return Told(station, config_path)


def test_a_certificate_that_has_ended_is_told_and_its_successor_taken(told, station, server, certificates):
    told.by_command("conf")
    end(certificates)
    with server, running(station):
        told.until_it_says("hub_tls", "chứng chỉ hết hạn")
        make_certificate(certificates.ca.parent)
        server.reload()
        told.until_all_is_well()


def test_a_key_that_the_broker_does_not_know_is_told_and_the_advice_mends_it(told, station, server):
    with server, running(station):
        told.until_it_says("hub_turned_away", "loa hub conf")
        assert told.by_command("conf")[0] == 0
        server.reload()
        told.until_all_is_well()


def test_an_authority_that_cannot_be_read_is_told_and_then_read(told, station, server, certificates):
    told.by_command("conf")
    aside = certificates.ca.rename(certificates.ca.with_name("aside.pem"))
    with server, running(station):
        told.until_it_says("hub_ca_unreadable", "hub.ca_file")
        aside.rename(certificates.ca)
        told.until_all_is_well()


def test_a_broker_that_is_away_is_told_and_back(told, station, server):
    told.by_command("conf")
    with server, running(station):
        told.until_all_is_well()
        server.stop()
        told.until_it_says("hub_unreachable", "nats-server")
        server.start()
        told.until_all_is_well()
