"""The station's own certificate: a private authority of its own and a server certificate below it.

A phone's browser opens the microphone only over HTTPS, and a ward has no public name. The authority can be installed on
a phone once; the certificate under it is made anew a month before it ends and whenever the machine's names change. Both
keys lie in `data/tls`, readable by their owner alone. Where config.toml names a certificate, that one is used instead.
"""

import ipaddress
import os
import ssl
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scheduler.config.loading import Config
from scheduler.kernel.durable import make_folder, put_in_place
from scheduler.kernel.errors import LoaError
from web.http.own_names import machine_names

__all__ = ["OwnCertificate", "ends_at", "forget", "own", "server_context"]

AUTHORITY_FOR = timedelta(days=3650)
LEAF_FOR = timedelta(days=397)
"""Browsers refuse a longer one (CA/Browser Forum Baseline Requirements, 6.3.2)."""
RENEW_BEFORE = timedelta(days=30)
BACKDATED = timedelta(days=1)
"""A phone whose clock is somewhat behind must not find the certificate in its future."""


class OwnCertificate(NamedTuple):
    """What the page may tell of it; `fingerprint` is the authority's SHA-256 in hexadecimal, as phones show it."""

    authority: Path
    fingerprint: str
    names: tuple[str, ...]
    until: datetime


def server_context(config: Config, now: datetime, context: ssl.SSLContext | None = None) -> ssl.SSLContext:
    """What the HTTPS door shows: the certificate config.toml names, or the station's own, made where need be.

    A `context` that is given shows it from now on. Raises LoaError where the files cannot be used.
    """
    if context is None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
    try:
        if config.web.tls_certificate:
            named, key = config.folder / config.web.tls_certificate, config.folder / config.web.tls_key
            _not_read_by_others(key)
            context.load_cert_chain(named, key)
        else:
            own(config, now)
            context.load_cert_chain(_leaf(config), _folder(config) / "server.key")
    except (OSError, ValueError) as error:
        raise LoaError(f"the page's certificate cannot be used: {error}") from error
    return context


def _not_read_by_others(key: Path) -> None:
    if key.stat().st_mode & 0o077:
        raise LoaError(f"others can read the page's key: chmod 600 {key.name}")


def own(config: Config, now: datetime) -> OwnCertificate:
    """The station's own certificate, made anew where it is missing, ends soon or lacks a name of this machine."""
    folder = _folder(config)
    make_folder(folder, 0o700)
    names = machine_names(config.web.names)
    authority, authority_key = _authority(folder, config.station.name, now)
    leaf = _read(_leaf(config))
    if leaf is None or _key_of(leaf, folder / "server.key") is None or not _still_good(leaf, authority, names, now):
        leaf = _make_leaf(folder, authority, authority_key, names, now)
    fingerprint = authority.fingerprint(hashes.SHA256()).hex(":").upper()
    return OwnCertificate(folder / "authority.crt", fingerprint, names, leaf.not_valid_after_utc)


def ends_at(config: Config) -> datetime | None:
    """When the certificate that config.toml names runs out; None where the station makes its own anew in time."""
    if config.web.tls != "own" or not config.web.tls_certificate:
        return None
    found = _read(config.folder / config.web.tls_certificate)
    return found.not_valid_after_utc if found else None


def forget(config: Config) -> None:
    """Let the next `own` make a new certificate, under the same authority."""
    _leaf(config).unlink(missing_ok=True)


def _folder(config: Config) -> Path:
    return config.data / "tls"


def _leaf(config: Config) -> Path:
    return _folder(config) / "server.crt"


def _authority(folder: Path, station: str, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    made, key_file = folder / "authority.crt", folder / "authority.key"
    found = _read(made)
    if found and (kept := _key_of(found, key_file)) and found.not_valid_after_utc - now > RENEW_BEFORE:
        return found, kept
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, station[:60] or "Loa Phuong")])
    builder = (
        _builder(name, name, key, now, AUTHORITY_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    _write_pair(key_file, key, made, certificate)
    return certificate, key


def _make_leaf(
    folder: Path,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...],
    now: datetime,
) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Loa Phuong")])
    until = min(LEAF_FOR, authority.not_valid_after_utc - now)
    builder = (
        _builder(subject, authority.subject, key, now, until)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
    )
    certificate = builder.sign(authority_key, hashes.SHA256())
    _write_pair(folder / "server.key", key, folder / "server.crt", certificate)
    return certificate


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _still_good(leaf: x509.Certificate, authority: x509.Certificate, names: tuple[str, ...], now: datetime) -> bool:
    told = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    covered = {str(one.value) for one in told}
    return (
        leaf.issuer == authority.subject
        and leaf.not_valid_after_utc - now > RENEW_BEFORE
        and leaf.not_valid_before_utc <= now
        and {str(_general(name).value) for name in names} <= covered
        and _signed_by(leaf, authority)
    )


def _signed_by(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is made anew
        return False
    return True


def _key_of(certificate: x509.Certificate, key_file: Path) -> ec.EllipticCurvePrivateKey | None:
    """The key of a certificate, if it is there and is its key."""
    try:
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError):
        return None
    fits = isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key()
    return key if fits and isinstance(key, ec.EllipticCurvePrivateKey) else None


def _read(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def _write_pair(key_file: Path, key: ec.EllipticCurvePrivateKey, path: Path, certificate: x509.Certificate) -> None:
    """The key first, so that a certificate whose key is missing never stands there after a power cut."""
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.unlink(missing_ok=True)
    _write(key_file, text, 0o600)
    _write(path, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    partial = path.with_suffix(path.suffix + ".part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put_in_place(partial, path)
