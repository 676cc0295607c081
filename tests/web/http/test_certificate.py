"""The station's own certificate: made once, renewed in time, its keys its owner's alone."""

import ssl
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from scheduler.config.loading import WebConfig
from scheduler.kernel.errors import LoaError
from web.http.certificate import LEAF_FOR, ends_at, own, server_context
from web.http.own_names import machine_names

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def leaf(config):
    return x509.load_pem_x509_certificate((config.data / "tls" / "server.crt").read_bytes())


def test_it_is_made_once_and_kept(config):
    first = own(config, NOW)
    kept = leaf(config).serial_number
    assert own(config, NOW + timedelta(days=300)) == first
    assert leaf(config).serial_number == kept


def test_it_is_made_anew_a_month_before_it_ends_under_the_same_authority(config):
    first = own(config, NOW)
    second = own(config, NOW + LEAF_FOR - timedelta(days=29))
    assert second.until > first.until
    assert second.fingerprint == first.fingerprint


def test_a_new_name_of_the_machine_makes_a_new_certificate(config):
    own(config, NOW)
    named = replace(config, web=WebConfig(names=("loa.phuong.gov.vn",)))
    assert "loa.phuong.gov.vn" in own(named, NOW).names
    told = leaf(config).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "loa.phuong.gov.vn" in told.get_values_for_type(x509.DNSName)


def test_keys_are_their_owners_alone(config):
    own(config, NOW)
    folder = config.data / "tls"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("authority.key", "server.key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["server.crt", "server.key", "authority.crt", "authority.key"])
def test_a_damaged_file_is_made_anew(name, config):
    own(config, NOW)
    (config.data / "tls" / name).write_bytes(b"-----BEGIN NONSENSE-----\n")
    server_context(config, NOW)


def test_a_named_certificate_is_used_and_its_key_must_be_its_owners(config):
    own(config, NOW)
    folder = config.data / "tls"
    named = replace(
        config, web=WebConfig(tls="own", tls_certificate=str(folder / "server.crt"), tls_key=str(folder / "server.key"))
    )
    assert isinstance(server_context(named, NOW), ssl.SSLContext)
    (folder / "server.key").chmod(0o644)
    with pytest.raises(LoaError, match="chmod 600"):
        server_context(named, NOW)


def test_a_certificate_that_is_not_there_is_one_sentence(config):
    with pytest.raises(LoaError, match="certificate"):
        server_context(replace(config, web=WebConfig(tls_certificate="khong-co.pem", tls_key="khong-co.key")), NOW)


def test_the_machine_knows_its_names():
    names = machine_names(["Loa.Phuong.GOV.vn"])
    assert {"localhost", "127.0.0.1", "loa.phuong.gov.vn"} <= set(names)


def test_only_a_named_certificate_is_told_to_run_out_because_the_stations_own_is_made_anew(config):
    made = own(config, NOW)
    named = replace(
        config, web=WebConfig(tls="own", tls_certificate=str(config.data / "tls" / "server.crt"), tls_key="server.key")
    )
    assert ends_at(named) == made.until
    assert ends_at(replace(config, web=WebConfig(tls="own"))) is None
    assert ends_at(replace(named, web=replace(named.web, tls="off"))) is None
    assert ends_at(replace(named, web=replace(named.web, tls_certificate="khong-co.pem"))) is None
