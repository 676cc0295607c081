"""The enveloped signature of an alert (XML-DSig), against certificates that the ward has pinned.

A narrow and honest part of the standard: one signature, directly in the alert, over the whole document with the
signature taken out, made canonical, SHA-2 and a key of RSA, EC or Ed25519. Anything else is "not verified", never
"verified". The key that a file brings along is not looked at: a stranger's would verify everything. Of a pinned
certificate the key and the dates count, and nothing else: it is believed because somebody has pinned it.
"""

import base64
import copy
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from scheduler.kernel.errors import Refused

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from lxml.etree import _ElementTree as Tree

__all__ = ["SIGNATURE", "Pinned", "pinned", "signed_bytes", "signers"]

_DS = "http://www.w3.org/2000/09/xmldsig#"
_MORE, _ENC = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#"
_XML = "{http://www.w3.org/XML/1998/namespace}"
SIGNATURE = f"{{{_DS}}}Signature"
_ENVELOPED = f"{_DS}enveloped-signature"
_CANONICAL = {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315": False, "http://www.w3.org/2001/10/xml-exc-c14n#": True}
"""Method → exclusive. Without comments: they have been dropped in reading."""
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    f"{_ENC}sha256": hashes.SHA256, f"{_MORE}sha384": hashes.SHA384, f"{_ENC}sha512": hashes.SHA512,
}  # fmt: skip
_METHODS: dict[str, tuple[str, type[hashes.HashAlgorithm] | None]] = {
    f"{_MORE}rsa-sha256": ("rsa", hashes.SHA256), f"{_MORE}rsa-sha384": ("rsa", hashes.SHA384),
    f"{_MORE}rsa-sha512": ("rsa", hashes.SHA512), f"{_MORE}ecdsa-sha256": ("ec", hashes.SHA256),
    f"{_MORE}ecdsa-sha384": ("ec", hashes.SHA384), f"{_MORE}ecdsa-sha512": ("ec", hashes.SHA512),
    "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519": ("ed25519", None),
}  # fmt: skip
_LEAST_RSA_BITS = 2048
Key = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Pinned:
    """A certificate that is pinned, as far as it matters here."""

    fingerprint: str
    """SHA-256, hex."""
    begins: datetime
    ends: datetime
    """The last instant at which it is valid."""

    def valid(self, at: datetime) -> bool:
        return self.begins <= at <= self.ends


def pinned(certificates: str) -> list[Pinned]:
    """Each of these certificates (PEM). Raises Refused cap_certificate."""
    try:
        return list(_pinned(_loaded(certificates)))
    except (ValueError, UnsupportedAlgorithm):
        raise Refused("cap_certificate") from None


def _loaded(certificates: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(certificates.encode()) if certificates.strip() else []


def _pinned(certificates: Iterable[x509.Certificate]) -> Iterable[Pinned]:
    for one in certificates:
        yield Pinned(one.fingerprint(hashes.SHA256()).hex(), one.not_valid_before_utc, one.not_valid_after_utc)


def signers(tree: "Tree", certificates: str) -> list[Pinned]:
    """By which of these certificates (PEM) the one signature of the document is right, whatever their dates."""
    try:
        told = signed_bytes(tree)
        if told is None:
            return []
        method, signature, signed = told
        return list(
            _pinned(one for one in _loaded(certificates) if _right(one.public_key(), method, signature, signed))
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):  # a broken number, a certificate of an odd kind
        return []


def signed_bytes(tree: "Tree") -> tuple[str, bytes, bytes] | None:
    """(method, signature, what it is over) where the digest of the document is right; None = it is not, or not ours."""
    root = tree.getroot()
    inside = root.findall(SIGNATURE)
    if len(inside) != 1 or sum(1 for _ in root.iter(SIGNATURE)) != 1:
        return None
    info = inside[0].find(f"{{{_DS}}}SignedInfo")
    references = info.findall(f"{{{_DS}}}Reference") if info is not None else []
    if info is None or len(references) != 1 or not _digest_right(tree, references[0]):
        return None
    canonical = _algorithm(info, "CanonicalizationMethod")
    method, value = _algorithm(info, "SignatureMethod"), inside[0].findtext(f"{{{_DS}}}SignatureValue") or ""
    if canonical not in _CANONICAL or method not in _METHODS:
        return None
    exclusive = _CANONICAL[canonical]
    signed = _canonical(info if exclusive else _in_its_place(info), exclusive=exclusive)
    return method, base64.b64decode("".join(value.split()), validate=True), signed


def _algorithm(parent: "Element", name: str) -> str:
    found = parent.findall(f"{{{_DS}}}{name}")
    if len(found) != 1 or len(found[0]):  # parameters inside (prefixes, lengths) are not understood here
        return ""
    return found[0].get("Algorithm") or ""


def _digest_right(tree: "Tree", reference: "Element") -> bool:
    transforms = list(reference.iterfind(f"{{{_DS}}}Transforms/*"))
    names = [one.get("Algorithm") or "" for one in transforms]
    if reference.get("URI") != "" or names[:1] != [_ENVELOPED] or any(len(one) for one in transforms):
        return False
    if len(names) > 2 or any(name not in _CANONICAL for name in names[1:]):  # noqa: PLR2004 - taken out, made canonical
        return False
    kind = _DIGESTS.get(_algorithm(reference, "DigestMethod"))
    if kind is None:
        return False
    bare = copy.deepcopy(tree)
    _taken_out(bare.getroot().find(SIGNATURE))
    digest = hashes.Hash(kind())
    digest.update(_canonical(bare, exclusive=bool(names[1:]) and _CANONICAL[names[1]]))
    told = base64.b64decode("".join((reference.findtext(f"{{{_DS}}}DigestValue") or "").split()), validate=True)
    return hmac.compare_digest(digest.finalize(), told)


def _taken_out(signature: "Element | None") -> None:
    """Remove it, and leave the white space behind it where it stands: it is part of what was signed."""
    parent = signature.getparent() if signature is not None else None
    if signature is None or parent is None:
        return
    before, tail = signature.getprevious(), signature.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    signature.tail = None
    parent.remove(signature)


def _in_its_place(part: "Element") -> "Element":
    """A part as inclusive C14N wants it: with every namespace in force there and inherited xml: attributes.

    lxml makes a part canonical as if nothing stood around it, so a default namespace of the alert would be missing.
    """
    from lxml import etree

    made = etree.Element(part.tag, nsmap=part.nsmap)
    for around in [*reversed(list(part.iterancestors())), part]:
        inherited = {name: told for name, told in around.attrib.items() if name.startswith(_XML) or around is part}
        made.attrib.update(inherited)
    made.text = part.text
    made.extend([copy.deepcopy(one) for one in part])
    return made


def _canonical(what: "Element | Tree", *, exclusive: bool) -> bytes:
    from lxml import etree

    made: bytes = etree.tostring(what, method="c14n", exclusive=exclusive, with_comments=False)
    return made


def _right(key: object, method: str, signature: bytes, signed: bytes) -> bool:
    kind, digest = _METHODS[method]
    try:
        if kind == "rsa" and isinstance(key, rsa.RSAPublicKey) and digest and key.key_size >= _LEAST_RSA_BITS:
            key.verify(signature, signed, padding.PKCS1v15(), digest())
            return True
        if kind == "ec" and isinstance(key, ec.EllipticCurvePublicKey) and digest:
            half = (key.key_size + 7) // 8
            if len(signature) != 2 * half:
                return False
            numbers = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
            key.verify(encode_dss_signature(*numbers), signed, ec.ECDSA(digest()))
            return True
        if kind == "ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
            return True
    except InvalidSignature:
        return False
    return False
