"""Phong bì: what goes in comes out, what was touched does not, and nothing that may come over a wire brings it down."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduler.core.characters import without_controls
from scheduler.core.model import Priority
from scheduler.extras.town.rules.envelope import (
    MOST_BYTES,
    AckState,
    Act,
    Clip,
    Envelope,
    Kind,
    Moment,
    Status,
    Told,
    UpKind,
    Verdict,
    addressed_to,
    judge,
    new_id,
    public_hex,
    read_claims,
    read_up,
    seal,
    subject_of,
    subjects_for,
    topic_of,
    unseal,
    up_body,
    up_message_id,
    up_subject,
)
from scheduler.kernel.errors import Refused
from tests.examples import examples
from tests.rows import over

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
ISSUER = public_hex(KEY)
KEYS = {ISSUER: "Thị xã"}
OURS = addressed_to("27145", ("ven-song",))


def an_id(number: int = 1) -> str:
    return new_id(NOW, number.to_bytes(10, "big"))


def an_envelope(**changes: object) -> Envelope:
    made = Envelope(
        id=an_id(),
        kind=Kind.ANNOUNCEMENT,
        act=Act.ALERT,
        status=Status.ACTUAL,
        sequence=1,
        issuer=ISSUER,
        sent=NOW,
        expires=NOW + timedelta(hours=6),
        title="Xả lũ",
        text="Hồ xả lũ lúc mười giờ.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def reason_of(raw: bytes, keys: object = KEYS) -> str:
    with pytest.raises(Refused) as refusal:
        unseal(raw, keys)  # type: ignore[arg-type]
    return refusal.value.reason


def outcome_of(raw: bytes) -> Envelope | str:
    """The envelope, or the code of the refusal."""
    try:
        return unseal(raw, KEYS)
    except Refused as refused:
        return refused.reason


def signed(told: object, *, version: object = 1, key: Ed25519PrivateKey = KEY) -> bytes:
    """Well signed, whatever it says."""
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    mark = base64.b64encode(key.sign(text.encode("utf-8", "surrogatepass"))).decode()
    return json.dumps({"v": version, "signed": text, "sig": mark}).encode()


def claims(**changes: object) -> dict[str, object]:
    told: dict[str, object] = json.loads(json.loads(seal(an_envelope(), KEY))["signed"])
    return told | changes


# The way through

TEXTS = st.text(max_size=60).map(without_controls).map(lambda text: text.encode("utf-8", "ignore").decode())
LINES = TEXTS.map(lambda text: " ".join(text.split()))
BODIES = st.dictionaries(
    LINES.filter(bool),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LINES, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(
    title=LINES,
    text=TEXTS,
    zones=st.lists(LINES.filter(bool), max_size=3, unique=True),
    body=BODIES,
    priority=st.sampled_from(Priority),
    status=st.sampled_from(Status),
    sequence=st.integers(1, 2**53),
    clip=st.none() | st.just(Clip("a" * 64, 500_000, 31.5, "https://hub.example/clips/a.opus")),
    early=st.booleans(),
)
@settings(deadline=None)
def test_what_is_sealed_is_what_is_unsealed(title, text, zones, body, priority, status, sequence, clip, early):
    told = an_envelope(
        title=title,
        text=text,
        zones=tuple(zones),
        body=body,
        priority=priority,
        status=status,
        sequence=sequence,
        clip=clip,
        not_before=NOW if early else None,
        targets=("all", "group.ven-song", "ward.27145"),
        legal_basis="Điều 5 Quyết định 12/2026/QĐ-UBND",
        dispatch_number="642/UBND-VX",
    )
    raw = seal(told, KEY)
    assert len(raw) <= MOST_BYTES
    assert unseal(raw, KEYS) == told


@given(place=st.integers(0, 2000), letter=st.integers(0, 255))
@settings(deadline=None, max_examples=examples(300))
def test_one_changed_byte_anywhere_is_refused_or_changes_nothing(place, letter):
    told = an_envelope()
    raw = bytearray(seal(told, KEY))
    raw[place % len(raw)] = letter
    found = outcome_of(bytes(raw))
    assert found == told or str(found).startswith("envelope_")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(deadline=None)
def test_any_bytes_at_all_are_refused_with_a_reason(raw):
    assert reason_of(raw).startswith("envelope_")
    read_claims(raw)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.integers(), st.lists, max_leaves=5
    ),
    st.sampled_from(sorted(claims())),
)
@settings(deadline=None, max_examples=examples(300))
def test_any_value_in_any_field_is_taken_whole_or_refused(value, key):
    found = outcome_of(signed(claims(**{key: value})))
    assert isinstance(found, Envelope) or found.startswith("envelope_")


# Bad input

DEEP = "[" * 20_000 + "]" * 20_000


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", "envelope_unreadable", id="nothing"),
        pytest.param(b"\xff\xfe", "envelope_unreadable", id="no UTF-8"),
        pytest.param(b"[1]", "envelope_unreadable", id="no object"),
        pytest.param(DEEP.encode(), "envelope_unreadable", id="deep JSON outside"),
        pytest.param(signed(DEEP), "envelope_unreadable", id="deep JSON inside"),
        pytest.param(signed("[1]"), "envelope_unreadable", id="signed, and no object"),
        pytest.param(b"x" * 50_000_000, "envelope_too_big", id="50 MB"),
        pytest.param(b"x" * (MOST_BYTES + 1), "envelope_too_big", id="one byte too many"),
        pytest.param(b'{"v":2}', "envelope_newer", id="newer outside"),
        pytest.param(signed(claims(v=2)), "envelope_newer", id="newer inside"),
        pytest.param(signed(claims(), version=True), "envelope_unreadable", id="true for a version"),
        pytest.param(signed(claims(), version=0), "envelope_unreadable", id="version 0"),
        pytest.param(b'{"v":1,"signed":"{}"}', "envelope_unsigned", id="unsigned"),
        pytest.param(b'{"v":1,"signed":"{}","sig":""}', "envelope_unsigned", id="an empty signature"),
        pytest.param(b'{"v":1,"signed":7,"sig":"x"}', "envelope_unreadable", id="signed is a number"),
        pytest.param(signed(claims(issuer=public_hex(OTHER)), key=OTHER), "envelope_unknown_issuer", id="unknown"),
        pytest.param(signed(claims(), key=OTHER), "envelope_forged", id="signed by somebody else"),
        pytest.param(signed(claims(issuer="A" * 64)), "envelope_unreadable", id="issuer no key"),
        pytest.param(signed(claims(id="1")), "envelope_unreadable", id="id no UUID"),
        pytest.param(signed(claims(id=str(UUID(int=0)))), "envelope_unreadable", id="id of another version"),
        pytest.param(signed(claims(sequence=0)), "envelope_unreadable", id="sequence 0"),
        pytest.param(signed(claims(sequence=10**30)), "envelope_unreadable", id="a huge sequence"),
        pytest.param(signed(claims(sequence=1.0)), "envelope_unreadable", id="a broken sequence"),
        pytest.param(signed(claims(priority=4)), "envelope_unreadable", id="priority 4"),
        pytest.param(signed(claims(expires=claims()["sent"])), "envelope_unreadable", id="expires as it is sent"),
        pytest.param(signed(claims(sent="2026-11-26T03:00:00")), "envelope_unreadable", id="time without a zone"),
        pytest.param(signed(claims(expires="9999-12-31T23:59:59-23:59")), "envelope_unreadable", id="the end of time"),
        pytest.param(signed(claims(title="a\x00b")), "envelope_unreadable", id="NUL"),
        pytest.param(signed(claims(text="\u202eevig")), "envelope_unreadable", id="a line turned around"),
        pytest.param(signed(claims(title="một\nhai")), "envelope_unreadable", id="a title of two lines"),
        pytest.param(signed(claims(title="a" * 201)), "envelope_unreadable", id="a long title"),
        pytest.param(signed(claims(targets=[])), "envelope_unreadable", id="for nobody"),
        pytest.param(signed(claims(targets=["ward.>"])), "envelope_unreadable", id="a wildcard"),
        pytest.param(signed(claims(act="cancel")), "envelope_unreadable", id="cancels nothing"),
        pytest.param(signed(claims(kind="stop")), "envelope_unreadable", id="stops nothing"),
        pytest.param(signed(claims(kind="bomb")), "envelope_unreadable", id="unknown kind"),
        pytest.param(signed(claims(clip={"sha256": "../etc"})), "envelope_unreadable", id="clip no hash"),
        pytest.param(signed(claims(clip=[])), "envelope_unreadable", id="clip a list"),
        pytest.param(signed(claims(body=[1])), "envelope_unreadable", id="body a list"),
        pytest.param(signed(claims(body={"n": 10**400})), "envelope_unreadable", id="a huge number"),
        pytest.param(signed(claims(body={"n": [[[[[[[[[[[[[1]]]]]]]]]]]]]})), "envelope_unreadable", id="deep body"),
        pytest.param(signed(claims(body={"n": ["\x00"]})), "envelope_unreadable", id="NUL in the body"),
        pytest.param(signed(json.dumps(claims())[:-1] + ',"id":"x"}'), "envelope_unreadable", id="a key twice"),
        pytest.param(signed(json.dumps(claims(body={"n": float("nan")}))), "envelope_unreadable", id="NaN"),
        pytest.param(signed(json.dumps(claims(text="\ud800"))), "envelope_unreadable", id="half of a letter"),
        pytest.param(signed(claims(text="\ud800")), "envelope_forged", id="half of a letter, for which no bytes exist"),
    ],
)
def test_bad_input_is_refused_for_what_it_is(raw, reason):
    assert reason_of(raw) == reason


@over(
    "changes",
    [
        {"title": "a" * 201},
        {"text": "a\x00"},
        {"text": "\ud800"},
        {"body": {"n": float("inf")}},
        {"body": {"n": object()}},
        {"targets": ()},
        {"expires": NOW},
        {"act": Act.UPDATE},
        {"issuer": public_hex(OTHER)},
    ],
)
def test_what_no_ward_would_take_is_not_even_sealed(changes):
    with pytest.raises(Refused):
        seal(an_envelope(**changes), KEY)


def test_more_than_the_stream_carries_is_not_sealed():
    with pytest.raises(Refused) as refusal:
        seal(an_envelope(text="ữ" * 20_000, body={"n": "ữ" * 20_000}), KEY)
    assert refusal.value.reason == "envelope_too_big"


def test_claims_of_a_forgery_are_shown_clean():
    told = read_claims(signed(claims(title="  Giả\u202e mạo\x00  ", id=7), key=OTHER))
    assert (told.title, told.id, told.kind) == ("Giả mạo", "", "announcement")
    assert read_claims(b"x" * 100_000).title == ""


# Judging


def verdict(
    envelope: Envelope, *, seen: bool = False, newest: int = 0, now: datetime = NOW, hub: datetime | None = None
) -> Verdict:
    return judge(envelope, seen=seen, newest_sequence=newest, moment=Moment(now, hub), addressed=OURS)


@pytest.mark.parametrize(
    ("after", "found"),
    [(timedelta(hours=6) - timedelta(milliseconds=1), Verdict.NEW), (timedelta(hours=6), Verdict.EXPIRED)],
    ids=["just before", "at"],
)
def test_it_expires_at_its_instant_by_the_stations_clock(after, found):
    assert verdict(an_envelope(), now=NOW + after, hub=NOW - timedelta(days=9)) is found


@pytest.mark.parametrize(("newest", "found"), [(6, Verdict.NEW), (7, Verdict.STALE), (8, Verdict.STALE)])
def test_an_earlier_word_on_the_same_thing_is_stale(newest, found):
    assert verdict(an_envelope(sequence=7), newest=newest) is found


def test_the_same_again_is_known_before_it_is_called_old():
    assert verdict(an_envelope(), seen=True, newest=9, now=NOW + timedelta(days=9)) is Verdict.AGAIN


@pytest.mark.parametrize(
    ("targets", "found"),
    [
        (("all",), Verdict.NEW),
        (("group.ven-song",), Verdict.NEW),
        (("ward.27145", "ward.1"), Verdict.NEW),
        (("ward.2714",), Verdict.NOT_FOR_US),
        (("group.nui",), Verdict.NOT_FOR_US),
    ],
)
def test_only_what_names_this_ward_is_for_it(targets, found):
    assert verdict(an_envelope(targets=targets)) is found


@pytest.mark.parametrize("changes", [{"kind": Kind.STOP}, {"act": Act.CANCEL}], ids=["stop", "cancel"])
def test_taking_back_never_comes_too_late(changes):
    envelope = an_envelope(references=(an_id(9),), **changes)
    assert verdict(envelope, newest=99, now=NOW + timedelta(days=300)) is Verdict.NEW


def test_an_update_and_a_cancel_speak_of_the_first_version():
    first = an_envelope()
    update = an_envelope(id=an_id(2), act=Act.UPDATE, references=(first.id,))
    assert topic_of(first) == topic_of(update) == topic_of(replace(update, act=Act.CANCEL)) == first.id
    caps = an_envelope(kind=Kind.CAPS)
    assert topic_of(caps) == topic_of(replace(caps, id=an_id(3))) != topic_of(replace(caps, kind=Kind.LEXICON))


# Names on the wire


def test_a_ward_follows_all_its_groups_and_itself():
    assert subjects_for("27145", ("ven-song",)) == ("dispatch.all", "dispatch.group.ven-song", "dispatch.ward.27145")
    assert subject_of("ward.27145") == "dispatch.ward.27145"


@over("ward", ["", "2.7", "27145\n", "*", "２７", "a"])
def test_a_ward_code_that_is_none_makes_no_subject(ward):
    with pytest.raises(Refused):
        subjects_for(ward)
    with pytest.raises(Refused):
        up_subject(ward, UpKind.ACK)


def test_what_a_ward_tells_is_read_back():
    told = Told("27145", 12, UpKind.ACK, NOW, {"issue": an_id(), "state": AckState.PLAYED.value, "ms": 31_000})
    assert read_up(up_body(told), "27145") == told
    assert (up_subject("27145", "ack"), up_message_id("27145", 12)) == ("up.27145.ack", "27145:12")


@over(
    "raw, reason",
    [
        (b"{", "envelope_unreadable"),
        (b'{"v":9,"ward":"27145"}', "envelope_newer"),
        (b'{"v":1,"ward":"1","row":1,"kind":"ack","at":"2026-11-26T03:00:00Z"}', "envelope_other_ward"),
        (b'{"v":1,"ward":"27145","row":0,"kind":"ack","at":"2026-11-26T03:00:00Z"}', "envelope_unreadable"),
        (b'{"v":1,"ward":"27145","row":1,"kind":"spam","at":"2026-11-26T03:00:00Z"}', "envelope_unreadable"),
        (b"x" * 70_000, "envelope_too_big"),
    ],
)
def test_a_telling_that_is_none_is_refused(raw, reason):
    with pytest.raises(Refused) as refusal:
        read_up(raw, "27145")
    assert refusal.value.reason == reason


@given(st.text(st.characters(codec=None), max_size=20))
@example("\ud800")
@example("á\udfff\u202e")
@example("\x07\u202e")
def test_a_telling_may_steer_but_holds_no_half_of_a_letter(text):
    head = {"v": 1, "ward": "27145", "row": 1, "kind": "log", "at": "2026-11-26T03:00:00Z"}
    for body in ({"note": text}, {"list": [1, {"deep": text}]}, {f"key {text}": 1}):
        raw = json.dumps(head | body).encode()
        told = {name: value for name, value in json.loads(raw).items() if name not in head}  # two halves make a letter
        if any("\ud800" <= letter <= "\udfff" for letter in json.dumps(told, ensure_ascii=False)):
            with pytest.raises(Refused, match="envelope_unreadable"):
                read_up(raw, "27145")
        else:
            assert read_up(raw, "27145").body == told


def test_identifiers_sort_by_the_time_they_were_made():
    made = [new_id(NOW + timedelta(milliseconds=n), bytes([255 - n] * 10)) for n in range(50)]
    assert made == sorted(made)
    assert {UUID(one).version for one in made} == {7}
