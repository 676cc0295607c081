"""Alerts for tests: small ones made of their parts, signed ones, and the schema's structure to hold issued ones to."""

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from lxml import etree

SAMPLES = Path(__file__).parent / "samples"
SENDER = "canhbao@vidu.example"
INSIDE = "21.03,105.85"
AREA = "<area><areaDesc>Phường Một</areaDesc><geocode><valueName>DVHC</valueName><value>00004</value></geocode></area>"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
INC = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
DS = "http://www.w3.org/2000/09/xmldsig#"
RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
EC = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
ED = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"


def sample(name):
    return (SAMPLES / name).read_bytes()


def info(**changes):
    plain = {
        "language": "vi-VN",
        "category": "Met",
        "event": "Lũ quét",
        "responseType": "",
        "urgency": "Immediate",
        "severity": "Extreme",
        "certainty": "Observed",
        "effective": "",
        "expires": "2026-12-02T11:00:00+07:00",
        "headline": "Lũ quét đang lên nhanh",
        "description": "Nước sông dâng nhanh.",
        "instruction": "Bà con chuyển lên chỗ cao ngay.",
    } | {key: value for key, value in changes.items() if key != "area"}
    inside = "".join(f"<{key}>{value}</{key}>" for key, value in plain.items() if value)
    return f"<info>{inside}{changes.get('area', AREA)}</info>"


def alert(infos=None, space="urn:oasis:names:tc:emergency:cap:1.2", **changes):
    """An alert as bytes; an element changed, "" = left out."""
    plain = {
        "identifier": "A-1",
        "sender": SENDER,
        "sent": "2026-12-02T05:25:00+07:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "note": "",
        "references": "",
    } | changes
    inside = "".join(f"<{key}>{value}</{key}>" for key, value in plain.items() if value)
    blocks = infos if infos is not None else info()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<alert xmlns="{space}">{inside}{blocks}</alert>'.encode()


def reference(identifier="A-1", sent="2026-12-02T05:25:00+07:00", sender=SENDER):
    return f"{sender},{identifier},{sent}"


def key_of(kind="rsa"):
    match kind:
        case "rsa":
            return rsa.generate_private_key(65537, 2048)
        case "ec":
            return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=3650)


def certificate_of(key, begins=BEGINS, ends=ENDS):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "canhbao")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def signed(data, key, method=RSA, canonical=EXC, prefix="ds"):
    """The same with an enveloped signature, as a signer would put it: last in the alert."""
    root = etree.fromstring(data)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(etree.tostring(root.getroottree(), method="c14n", exclusive=canonical == EXC, with_comments=False))
    value = base64.b64encode(digest.finalize()).decode()
    made = etree.fromstring(
        f'<{prefix}:Signature xmlns:{prefix}="{DS}"><{prefix}:SignedInfo>'
        f'<{prefix}:CanonicalizationMethod Algorithm="{canonical}"/><{prefix}:SignatureMethod Algorithm="{method}"/>'
        f'<{prefix}:Reference URI=""><{prefix}:Transforms><{prefix}:Transform Algorithm="{DS}enveloped-signature"/>'
        f'<{prefix}:Transform Algorithm="{canonical}"/></{prefix}:Transforms>'
        f'<{prefix}:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<{prefix}:DigestValue>{value}</{prefix}:DigestValue></{prefix}:Reference></{prefix}:SignedInfo>"
        f"<{prefix}:SignatureValue/></{prefix}:Signature>"
    )
    root.append(made)
    told = etree.tostring(made[0], method="c14n", exclusive=canonical == EXC, with_comments=False)
    made[1].text = base64.b64encode(_signature(key, told)).decode()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _signature(key, told):
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(told, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        first, second = decode_dss_signature(key.sign(told, ec.ECDSA(hashes.SHA256())))
        return first.to_bytes(32, "big") + second.to_bytes(32, "big")
    return key.sign(told)


def by_xmlsec1(folder, data, key, method=RSA, canonical=INC, prefix="ds"):
    """The same, signed by xmlsec1: what another maker's signer puts there. `prefix` "" = a default namespace."""
    head, space = (f"{prefix}:", f":{prefix}") if prefix else ("", "")
    template = (
        f'<{head}Signature xmlns{space}="{DS}"><{head}SignedInfo>'
        f'<{head}CanonicalizationMethod Algorithm="{canonical}"/><{head}SignatureMethod Algorithm="{method}"/>'
        f'<{head}Reference URI=""><{head}Transforms><{head}Transform Algorithm="{DS}enveloped-signature"/>'
        f'<{head}Transform Algorithm="{canonical}"/></{head}Transforms>'
        f'<{head}DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<{head}DigestValue/></{head}Reference></{head}SignedInfo><{head}SignatureValue/></{head}Signature>"
    )
    text = data.decode()
    place = text.rindex("</")
    (folder / "alert.xml").write_text(text[:place] + template + text[place:], encoding="utf-8")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    words = ["xmlsec1", "--sign", "--privkey-pem", "key.pem", "--output", "signed.xml", "alert.xml"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return (folder / "signed.xml").read_bytes()
