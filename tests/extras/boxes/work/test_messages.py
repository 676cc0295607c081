"""What a ward and its boxes say to each other: signed, bounded, fresh; plans and states with nothing believed."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import AirtimeLimit, Priority, QuietHours, Sha256, Slot, StationRules, Trigger
from scheduler.core.planning.rules import is_quiet, parse_window
from scheduler.extras.boxes.rules.messages import (
    CLOCK_SLACK,
    MOST_BYTES,
    ClusterKind,
    Freshness,
    Order,
    claimed_key,
    freshness,
    gain_of,
    open_message,
    order_of,
    public_of,
    seal_message,
    seal_order,
)
from scheduler.extras.boxes.rules.plan import (
    ALL_DAY,
    BoxClip,
    Holds,
    holds_of,
    plan_json,
    read_holds,
    read_plan,
    slot_json,
    stricter,
)
from scheduler.extras.boxes.rules.state import BoxState, Look, look_of, presence_of, read_state
from scheduler.kernel.errors import Refused

KEY, OTHER = "11" * 32, "22" * 32
NOW = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)
CLIP = BoxClip(Sha256("ab" * 32), 96_044, 48_000)
NO_RULES = StationRules("Asia/Ho_Chi_Minh", QuietHours(()), AirtimeLimit(), timedelta(0), timedelta(minutes=2))


def order(**changes):
    plain = {
        "id": "o1",
        "seq": 7,
        "ward": "25771",
        "cluster": "c1",
        "kind": ClusterKind.EMERGENCY,
        "at": NOW,
        "expires": NOW + timedelta(minutes=30),
        "body": {"slot": {}},
    }
    return Order(**(plain | changes))


def slot(**changes):
    plain = {
        "id": "20261202-c1-1",
        "day": date(2026, 12, 2),
        "zone": "all",
        "start": NOW,
        "length": timedelta(seconds=1),
        "campaign_id": 1,
        "announcement_id": 1,
        "audio_sha256": CLIP.sha256,
    }
    return Slot(**(plain | changes))


def plan(*slots, **changes):
    told = plan_json(
        [slot_json(one, timedelta(0), "Tiêm chủng", {CLIP.sha256: CLIP}) for one in slots],
        holds_of(NO_RULES, (), 30.0),
        date(2026, 12, 2),
        date(2026, 12, 3),
    )
    return told | changes


# -- signatures -----------------------------------------------------------------------------------------------------


def test_an_order_that_the_ward_signed_is_read_as_it_was_given():
    assert order_of(seal_order(order(), KEY), public_of(KEY), "25771", "c1") == order()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (seal_order(order(), OTHER), "cluster_forged"),
        (b"", "cluster_unreadable"),
        (b"[]", "cluster_unreadable"),
        (b"{", "cluster_unreadable"),
        (b"\xff\xfe", "cluster_unreadable"),
        (b'{"v": 2, "signed": "{}", "sig": "00"}', "cluster_newer"),
        (b'{"v": "1", "signed": "{}", "sig": "00"}', "cluster_unreadable"),
        (b'{"v": 1, "signed": {}, "sig": "00"}', "cluster_unreadable"),
        (b'{"v": 1, "signed": "{}", "sig": "zz"}', "cluster_forged"),
        (b"[" * 200_000, "cluster_unreadable"),
        (b" " * (MOST_BYTES + 1), "cluster_too_big"),
        (seal_message({"id": "x"}, KEY), "cluster_unreadable"),
        (seal_order(order(cluster="c2"), KEY), "cluster_not_for_us"),
        (seal_order(order(ward="999"), KEY), "cluster_not_for_us"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_order_for_this_box_is_refused_with_its_reason(raw, reason):
    with pytest.raises(Refused) as refused:
        order_of(raw, public_of(KEY), "25771", "c1")
    assert refused.value.reason == reason


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_changed_bit_of_an_order_is_believed(place, bit):
    raw = bytearray(seal_order(order(), KEY))
    raw[place % len(raw)] ^= 1 << bit
    try:
        read = order_of(bytes(raw), public_of(KEY), "25771", "c1")
    except Refused:
        return
    assert read == order()  # only what the signature does not cover, such as a blank between two keys, may differ


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fall(raw):
    claimed_key(raw)
    with pytest.raises(Refused):
        open_message(raw, public_of(KEY))


def test_a_signature_of_the_journal_is_none_of_an_order():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signed = json.dumps({"key": public_of(KEY)})
    mark = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(KEY)).sign(signed.encode()).hex()
    with pytest.raises(Refused, match="cluster_forged"):
        open_message(json.dumps({"v": 1, "signed": signed, "sig": mark}).encode(), public_of(KEY))


def test_a_box_names_the_key_it_is_known_by():
    assert claimed_key(seal_message({"key": public_of(KEY)}, KEY)) == public_of(KEY)
    assert claimed_key(seal_message({"key": "abc"}, KEY)) == ""


# -- freshness ------------------------------------------------------------------------------------------------------

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "ahead", "waited", "wanted"),
    [
        (NOW, None, False, Freshness.NOW),
        (NOW - CLOCK_SLACK, None, False, Freshness.NOW),
        (NOW + 30 * MINUTE, timedelta(0), False, Freshness.EXPIRED),
        (NOW + 30 * MINUTE - timedelta(seconds=1), timedelta(0), False, Freshness.NOW),
        (NOW + 31 * MINUTE, None, False, Freshness.WAITS),
        (NOW + 31 * MINUTE, None, True, Freshness.EXPIRED),
        (NOW + DAY, DAY, False, Freshness.NOW),
        (NOW - DAY, None, False, Freshness.WAITS),
        (NOW - DAY, None, True, Freshness.EXPIRED),
        (NOW - DAY, -DAY, False, Freshness.NOW),
        (NOW - DAY, -DAY - 31 * MINUTE, False, Freshness.EXPIRED),
    ],
    ids=[
        "fresh",
        "a little before it was given",
        "just expired",
        "just not",
        "expired by a clock that nobody has compared",
        "expired, and nobody answers",
        "a day ahead, as is known",
        "a day behind",
        "a day behind, and nobody answers",
        "a day behind, as is known",
        "a day behind, as is known, and expired",
    ],
)
def test_whether_an_emergency_still_counts_at_a_box(now, ahead, waited, wanted):
    assert freshness(order(), now, ahead, waited=waited) is wanted


@given(minutes=st.integers(-10_000, 10_000), ahead=st.integers(-10_000, 10_000), waited=st.booleans())
def test_an_expired_emergency_never_counts_once_the_clocks_were_compared(minutes, ahead, waited):
    true_now = NOW + minutes * MINUTE
    got = freshness(order(), true_now + ahead * MINUTE, ahead * MINUTE, waited=waited)
    assert (got is Freshness.NOW) == (-2 <= minutes < 30)


def test_an_order_without_expiry_counts_whenever_it_comes():
    assert freshness(order(expires=None), NOW + 400 * DAY, None, waited=False) is Freshness.NOW


@pytest.mark.parametrize(("percent", "gain"), [(100, 0.0), (50, -6.0), (10, -20.0), (1, -40.0)])
def test_a_volume_in_percent_is_a_gain_in_db(percent, gain):
    assert gain_of(percent) == gain


@pytest.mark.parametrize("percent", [0, 101, -5])
def test_a_volume_that_is_none_is_refused(percent):
    with pytest.raises(Refused, match="cluster_volume_bad"):
        gain_of(percent)


# -- plans ----------------------------------------------------------------------------------------------------------


def test_a_plan_is_read_as_it_was_written():
    read = read_plan(json.loads(json.dumps(plan(slot(priority=Priority.PRIORITY, chime=True, repeat=2)))))
    (one,) = read.slots
    assert (one.id, one.start, one.length_ms, one.clip, one.title) == (slot().id, NOW, 1000, CLIP, "Tiêm chủng")
    assert (one.priority, one.trigger, one.chime, one.repeat) == (Priority.PRIORITY, Trigger.SCHEDULE, True, 2)


def broken_slot(**changes):
    told = plan(slot())
    told["slots"][0] |= changes
    return told


@pytest.mark.parametrize(
    "told",
    [
        {},
        plan(slots=None),
        plan(slots=[1]),
        plan(slots=[{}] * 2001),
        plan(from_day="yesterday"),
        plan(holds={}),
        plan(holds=plan()["holds"] | {"quiet": ["25:00-26:00"]}),
        broken_slot(trigger="emergency"),
        broken_slot(trigger="relay"),
        broken_slot(start="2026-12-02T03:00:00"),
        broken_slot(length_ms=0),
        broken_slot(length_ms=True),
        broken_slot(repeat=0),
        broken_slot(id="../../x"),
        broken_slot(clip={"sha256": "../etc/passwd", "bytes": 1, "frames": 1, "says": 1}),
        broken_slot(clip=None),
        broken_slot(priority=9),
    ],
)
def test_half_a_plan_is_none(told):
    with pytest.raises(Refused, match="cluster_plan_bad"):
        read_plan(told)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["slots", "holds", "from_day", "to_day", "quiet", "id"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_comes_in_place_of_a_plan_is_refused_and_nothing_falls(told):
    with pytest.raises(Refused):
        read_plan(told)


# -- holds ----------------------------------------------------------------------------------------------------------

windows = st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda one: one[0] != one[1])
written = st.lists(windows.map(lambda one: f"{one[0]:02}:00-{one[1]:02}:00"), max_size=3).map(tuple)
made_holds = st.builds(
    Holds,
    time_zone=st.just("Asia/Ho_Chi_Minh"),
    quiet=written,
    sessions_a_day=st.integers(0, 5),
    minutes_a_session=st.sampled_from([0.0, 10.0, 45.5]),
    weekdays=st.sets(st.integers(0, 6)).map(lambda days: tuple(sorted(days))),
    blackout=st.sets(st.sampled_from(["2026-12-02", "2026-12-03"])).map(lambda days: tuple(sorted(days))),
    late_seconds=st.sampled_from([10.0, 120.0]),
    gap_seconds=st.sampled_from([0.0, 60.0]),
    emergency_minutes=st.sampled_from([5.0, 30.0]),
)


@given(own=made_holds, ward=made_holds, minute=st.integers(0, 24 * 60 - 1))
def test_the_stricter_of_ward_and_box_holds_at_every_minute(own, ward, minute):
    both = stricter(own, ward)
    at = NOW + timedelta(minutes=minute)

    def quiet(holds):
        return (
            is_quiet(QuietHours(tuple(map(parse_window, holds.quiet))), at, at + MINUTE, "Asia/Ho_Chi_Minh") is not None
        )

    assert quiet(both) == (quiet(own) or quiet(ward))
    for one in (own, ward):
        assert both.sessions_a_day <= one.sessions_a_day or not one.sessions_a_day
        assert both.minutes_a_session <= one.minutes_a_session or not one.minutes_a_session
        assert set(both.weekdays) <= set(one.weekdays)
        assert set(both.blackout) >= set(one.blackout)
        assert both.late_seconds <= one.late_seconds
        assert both.emergency_minutes <= one.emergency_minutes
        assert both.gap_seconds >= one.gap_seconds
    assert bool(both.sessions_a_day) == bool(own.sessions_a_day or ward.sessions_a_day)
    assert stricter(ward, own).quiet_basis == both.quiet_basis


def test_all_day_leaves_no_minute():
    quiet = QuietHours(tuple(map(parse_window, ALL_DAY)))
    assert all(is_quiet(quiet, NOW + m * MINUTE, NOW + (m + 1) * MINUTE, "Asia/Ho_Chi_Minh") for m in range(0, 1440, 7))


def test_a_box_in_a_quiet_zone_is_told_the_zones_hours_besides():
    rules = StationRules(
        "Asia/Ho_Chi_Minh",
        QuietHours((parse_window("21:00-05:00"),), "QĐ 1"),
        AirtimeLimit(sessions_a_day=3),
        timedelta(0),
        timedelta(minutes=2),
        zone_quiet=(("truong", QuietHours((parse_window("08:00-11:00"),), "QĐ 2")),),
    )
    told = read_holds(holds_of(rules, ("truong",), 30.0))
    assert (told.quiet, told.quiet_basis) == (("21:00-05:00", "08:00-11:00"), "QĐ 1; QĐ 2")
    assert read_holds(holds_of(rules, ("cho",), 30.0)).quiet == ("21:00-05:00",)


# -- states ---------------------------------------------------------------------------------------------------------


def test_a_state_is_measured_or_absent():
    read = read_state(
        {
            "at": NOW.isoformat(),
            "outputs": [{"name": "loa", "state": "open", "level_dbfs": "-12"}, {"level_dbfs": -12.5}, 7],
            "temperature_c": 4100,
            "disk_free_mb": -1,
            "muted": "yes",
            "clock_trusted": True,
            "volume": 300,
            "plan": [],
            "clips": {"missing": 2, "reason": "disk_full"},
        }
    )
    assert [one.level_dbfs for one in read.outputs] == [None, -12.5]
    assert (read.temperature_c, read.disk_free_mb, read.muted, read.volume) == (None, None, None, None)
    assert (read.clock_trusted, read.clips_missing, read.clips_fault, read.at) == (True, 2, "disk_full", NOW)


@given(
    st.dictionaries(
        st.sampled_from(["at", "outputs", "airing", "plan", "clips", "volume", "every", "temperature_c", "newest_seq"]),
        st.none()
        | st.booleans()
        | st.floats()
        | st.integers()
        | st.text(max_size=6)
        | st.lists(st.text(max_size=3), max_size=2),
    )
)
def test_no_state_makes_the_reader_fall(told):
    read = read_state(told)
    assert read.temperature_c is None or -60 <= read.temperature_c <= 150
    assert read.every > 0


STATE = BoxState(at=NOW, every=60.0)


@pytest.mark.parametrize(
    ("state", "age", "online", "online_age", "wanted"),
    [
        (None, None, None, None, Look.NEVER),
        (None, None, False, 5, Look.CUT_OFF),
        (STATE, 5, True, 5, Look.QUIET),
        (BoxState(at=NOW, every=60.0, airing="Tiêm chủng"), 5, True, 5, Look.ON_AIR),
        (STATE, 150, True, 150, Look.QUIET),
        (STATE, 151, True, 151, Look.LATE),
        (STATE, 5, False, 1, Look.CUT_OFF),
        (STATE, 5, False, 60, Look.QUIET),
        (STATE, 5, None, None, Look.QUIET),
    ],
    ids=[
        "never",
        "gone before it spoke",
        "quiet",
        "on air",
        "just in time",
        "late",
        "will",
        "back since",
        "no presence",
    ],
)
def test_how_a_box_stands(state, age, online, online_age, wanted):
    def ago(seconds):
        return None if seconds is None else NOW - timedelta(seconds=seconds)

    look, _ = look_of(state, ago(age), online, ago(online_age), NOW)
    assert look is wanted


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"presence": "online"}, "online"),
        ({"presence": "offline"}, "offline"),
        ("offline", "offline"),
        (1, "online"),
        (0, "offline"),
        ("", "offline"),
        ("?", None),
        ({}, None),
        ([], None),
    ],
)
def test_a_presence_is_read_in_every_form_boxes_write(told, wanted):
    assert presence_of(told) == wanted
