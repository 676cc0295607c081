"""Reading CAP: every part of the standard, and every kind of bad file refused by its reason, quickly."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.extras.cap.intake.reading import read_cap
from scheduler.extras.cap.rules.alert import MsgType, Scope, Status
from scheduler.extras.cap.rules.rules import Proof
from scheduler.kernel.errors import Refused
from tests.extras.cap.work.alerts import (
    BEGINS,
    EC,
    ED,
    ENDS,
    EXC,
    INC,
    RSA,
    alert,
    by_xmlsec1,
    certificate_of,
    info,
    key_of,
    reference,
    sample,
    signed,
)
from tests.needs import needed

NOW = datetime(2026, 12, 2, tzinfo=UTC)
BOMB = b"""<?xml version="1.0"?><!DOCTYPE alert [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&d;</identifier></alert>"""
XXE = b"""<?xml version="1.0"?><!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&x;</identifier></alert>"""


def test_every_part_of_an_alert_is_read():
    made = read_cap(sample("flood-alert.xml")).alert
    assert (made.status, made.msg_type, made.scope) == (Status.ACTUAL, MsgType.ALERT, Scope.PUBLIC)
    assert [one.language for one in made.infos] == ["en-US", "vi-VN"]
    told = made.infos[1]
    assert told.categories == ("Met", "Safety")
    assert told.event_codes == (("VD", "LQ"),)
    assert told.parameters == (("mucNuoc", "11,5 m"),)
    assert (told.resources[0].size, told.resources[0].digest[:4]) == (204800, "da39")
    assert told.areas[0].circles[0].radius_km == 3.5
    assert told.areas[0].geocodes == (("DVHC", "00004"),)
    assert len(told.areas[0].polygons[0].points) == 5


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "cap_unreadable", id="empty"),
        pytest.param(b"\xff\xfe<\x00a\x00/\x00>\x00", "cap_unreadable", id="utf-16"),
        pytest.param(b"\x00", "cap_unreadable", id="nul"),
        pytest.param(alert(info(headline="a\x00b")), "cap_unreadable", id="nul-inside"),
        pytest.param(b"<alert", "cap_unreadable", id="cut"),
        pytest.param(XXE, "cap_unreadable", id="xxe"),
        pytest.param(BOMB, "cap_unreadable", id="billion-laughs"),
        pytest.param(BOMB.decode().replace("<!DOCTYPE", "<!doctype").encode(), "cap_unreadable", id="doctype-in-small"),
        pytest.param(alert(info(headline="a<?x y?>b")), "cap_unreadable", id="instruction-inside"),
        pytest.param(b" " * 50_000_000, "cap_too_big", id="50-mb"),
        pytest.param(alert("<x>" * 200 + "</x>" * 200), "cap_too_big", id="deep"),
        pytest.param(alert(info() + "<code/>" * 30_000), "cap_too_big", id="many"),
        pytest.param(alert(info() * 30), "cap_too_big", id="many-blocks"),
        pytest.param(b"<html/>", "cap_not_cap", id="no-cap"),
        pytest.param(alert(space="urn:x"), "cap_not_cap", id="other-namespace"),
        pytest.param(alert(space="urn:oasis:names:tc:emergency:cap:1.1"), "cap_version", id="cap-1.1"),
        pytest.param(alert(identifier=""), "cap_invalid", id="no-identifier"),
        pytest.param(alert(identifier="a b"), "cap_invalid", id="space-in-identifier"),
        pytest.param(alert(sender="a,b"), "cap_invalid", id="comma-in-sender"),
        pytest.param(alert(status="Real"), "cap_invalid", id="odd-status"),
        pytest.param(alert(msgType="Update"), "cap_invalid", id="update-of-nothing"),
        pytest.param(alert("", msgType="Cancel", references="x"), "cap_invalid", id="odd-references"),
        pytest.param(alert(""), "cap_invalid", id="no-info"),
        pytest.param(alert(info(urgency="")), "cap_invalid", id="no-urgency"),
        pytest.param(alert(info(event="")), "cap_invalid", id="no-event"),
        pytest.param(alert(info(category="Sea")), "cap_invalid", id="odd-category"),
        pytest.param(alert(info(headline="a</headline><headline>b")), "cap_invalid", id="two-headlines"),
        pytest.param(alert(sent="2026-12-02T05:25:00"), "cap_time", id="no-zone"),
        pytest.param(alert(sent="2026-13-02T05:25:00+07:00"), "cap_time", id="month-13"),
        pytest.param(alert(sent="0001-01-01T00:00:00+14:00"), "cap_time", id="before-time"),
        pytest.param(alert(info(expires="hôm nay")), "cap_time", id="odd-expiry"),
        pytest.param(
            alert(info(area="<area><areaDesc>x</areaDesc><polygon>1,1 1,2 2,2</polygon></area>")),
            "cap_area",
            id="open-polygon",
        ),
        pytest.param(alert(info(area="<area><areaDesc>x</areaDesc><polygon/></area>")), "cap_area", id="empty-polygon"),
        pytest.param(alert(info(area="<area><areaDesc>x</areaDesc><circle>1,1 -5</circle></area>")), "cap_area", id="circle"),
        pytest.param(alert(info(area="<area><polygon>1,1 1,2 2,2 1,1</polygon></area>")), "cap_invalid", id="no-name"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_by_its_reason(data, reason):
    with pytest.raises(Refused) as refused:
        read_cap(data)
    assert refused.value.reason == reason


def test_marks_that_turn_letters_round_are_dropped():
    made = read_cap(alert(info(headline="Lũ \u202equét\u2066 về"))).alert
    assert made.infos[0].headline == "Lũ quét về"


def test_a_comment_does_not_cut_a_text_in_two():
    made = read_cap(alert(info(headline="Lũ <!-- không -->quét"))).alert
    assert made.infos[0].headline == "Lũ quét"


def test_elements_of_another_namespace_say_nothing():
    data = alert(info() + '<x:info xmlns:x="urn:x"><x:event>Khác</x:event></x:info>')
    assert len(read_cap(data).alert.infos) == 1


def test_references_are_read_with_their_instants():
    (one,) = read_cap(alert("", msgType="Cancel", identifier="A-2", references=reference())).alert.references
    assert (one.identifier, one.sent.isoformat()) == ("A-1", "2026-12-01T22:25:00+00:00")


@pytest.mark.parametrize(("kind", "method"), [("rsa", RSA), ("ec", EC), ("ed25519", ED)])
@pytest.mark.parametrize("canonical", [INC, EXC])
def test_a_right_signature_is_proved_by_its_pinned_certificate_alone(kind, method, canonical):
    key, other = key_of(kind), key_of(kind)
    file = read_cap(signed(sample("flood-alert.xml"), key, method, canonical))
    assert file.proof(certificate_of(key), NOW) is Proof.SIGNED
    assert file.proof(certificate_of(other) + certificate_of(key), NOW) is Proof.SIGNED
    assert file.proof(certificate_of(other), NOW) is Proof.UNPROVED
    assert file.proof("", NOW) is Proof.UNPROVED
    assert read_cap(sample("flood-alert.xml")).proof(certificate_of(key), NOW) is Proof.NONE


@pytest.mark.parametrize("prefix", ["ds", ""], ids=["prefix", "default namespace"])
@pytest.mark.parametrize("canonical", [INC, EXC], ids=["inclusive", "exclusive"])
@pytest.mark.parametrize(("kind", "method"), [("rsa", RSA), ("ec", EC)])
def test_a_signature_of_another_makers_signer_is_proved(tmp_path, kind, method, canonical, prefix):
    needed("xmlsec1")
    key = key_of(kind)
    data = sample("flood-alert.xml").replace(b"<alert ", b'<alert xml:lang="vi" xmlns:x="urn:unused" ', 1)
    file = read_cap(by_xmlsec1(tmp_path, data, key, method, canonical, prefix))
    assert file.proof(certificate_of(key), NOW) is Proof.SIGNED
    assert file.proof(certificate_of(key_of(kind)), NOW) is Proof.UNPROVED


@pytest.mark.parametrize(
    ("now", "proof"),
    [
        (BEGINS - timedelta(seconds=1), Proof.EARLY),
        (BEGINS, Proof.SIGNED),
        (ENDS, Proof.SIGNED),
        (ENDS + timedelta(seconds=1), Proof.EXPIRED),
    ],
    ids=["before its first second", "its first", "its last", "after it"],
)
def test_a_pinned_certificate_counts_within_its_dates_alone(now, proof):
    key = key_of("ed25519")
    file = read_cap(signed(alert(), key, ED))
    assert file.proof(certificate_of(key), now) is proof
    assert file.proof(certificate_of(key_of("ed25519")), now) is Proof.UNPROVED


def test_of_two_certificates_of_one_key_the_one_that_is_valid_counts():
    key = key_of("ed25519")
    old = certificate_of(key, BEGINS - timedelta(days=700), NOW - timedelta(days=1))
    later = certificate_of(key, NOW + timedelta(days=1), ENDS)
    file = read_cap(signed(alert(), key, ED))
    assert file.proof(old + certificate_of(key), NOW) is Proof.SIGNED
    assert file.proof(old, NOW) is Proof.EXPIRED
    assert file.proof(later, NOW) is Proof.EARLY
    assert file.proof(old + later, NOW) is Proof.EXPIRED


def tampered():
    key = key_of()
    good = signed(alert(), key)
    yield "word", good.replace("lên nhanh".encode(), "xuống".encode()), key
    yield "other key's name", signed(alert(), key, EC), key
    yield "twice", good.replace(b"</alert>", good[good.index(b"<ds:Sig") : good.index(b"</alert>")] + b"</alert>"), key
    yield "reference", good.replace(b'URI=""', b'URI="#x"'), key
    yield "no transform", good.replace(b"enveloped-signature", b"base64"), key
    yield "sha-1", good.replace(b"xmlenc#sha256", b"xmldsig#sha1"), key
    yield "added block", good.replace(b"<info>", info().encode() + b"<info>", 1), key
    yield "no base64", good.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>*"), key
    yield "empty", good.replace(good[good.index(b"<ds:SignedInfo") : good.index(b"</ds:SignedInfo>") + 16], b""), key


@pytest.mark.parametrize(("data", "key"), [pytest.param(*rest, id=name) for name, *rest in tampered()])
def test_whatever_is_changed_in_a_signed_alert_is_no_longer_proved(data, key):
    assert read_cap(data).proof(certificate_of(key), NOW) is Proof.UNPROVED


def test_a_signature_somewhere_inside_is_not_the_alerts_own():
    key = key_of()
    good = signed(alert(), key)
    inner = good[good.index(b"<ds:Sig") : good.index(b"</alert>")]
    file = read_cap(good.replace(inner, b"").replace(b"</info>", inner + b"</info>"))
    assert file.proof(certificate_of(key), NOW) is not Proof.SIGNED
