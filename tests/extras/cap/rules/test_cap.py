"""Alerts as written and read again, points in shapes, and the rule: what must always hold, whatever comes."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.extras.cap.rules.alert import (
    Alert,
    Area,
    Certainty,
    Info,
    MsgType,
    Scope,
    Severity,
    Status,
    Urgency,
    said_of,
)
from scheduler.extras.cap.rules.area import Circle, in_polygon, meets, read_circle, read_place, read_polygon
from scheduler.extras.cap.rules.rules import Policy, Proof, Rule, Sender, covers, entry_of, rule_for
from scheduler.extras.inbox.rules import Way
from scheduler.kernel.errors import Refused
from tests.rows import over

NOW = datetime(2026, 12, 2, tzinfo=UTC)
PLACE = (21.03, 105.85)
HERE = Area("Phường Một", geocodes=(("DVHC", "00004"),))
AWAY = Area("Phường Chín", geocodes=(("DVHC", "00099"),))
INFO = Info(
    "Lũ quét", Urgency.IMMEDIATE, Severity.EXTREME, Certainty.OBSERVED, ("Met",), "vi-VN",
    expires=NOW + timedelta(hours=2), areas=(HERE,),
)  # fmt: skip
ALERT = Alert("A-1", "a@b", NOW - timedelta(minutes=1), Status.ACTUAL, MsgType.ALERT, Scope.PUBLIC, infos=(INFO,))
RULE = Rule(1, "Nặng", Way.AIR, approved=True)
POLICY = Policy({"a@b": Sender("a@b", "Đài", "PEM")}, (RULE,), (PLACE,), frozenset({"00004"}))
SQUARE = "21.0,105.8 21.0,105.9 21.1,105.9 21.1,105.8 21.0,105.8"


def with_info(**changes):
    return replace(ALERT, infos=(replace(INFO, **changes),))


# Shapes


@over(
    "told",
    [
        "",
        "1,1",
        "1,1 1,2 2,2",
        "1,1 1,2 2,2 3,3",
        "1,1 2,2 3,3 1,1",
        "0,0 2,2 0,2 2,0 0,0",
        "0,0 0,2 0,0 2,0 0,0",
        "0,0 0,4 2,4 2,0 0,2 0,0",
        "91,0 0,1 1,1 91,0",
        "0,181 0,1 1,1 0,181",
        "0,179 1,-179 1,179 0,179",
        "nan,0 0,1 1,1 nan,0",
        "1e1,0 0,1 1,1 1e1,0",
        "1,1,1 0,1 1,0 1,1,1",
        "inf,0 0,1 1,1 inf,0",
        "١,0 0,1 1,1 ١,0",
        " ".join(["0,0"] * 2000),
    ],
)
def test_a_polygon_that_is_none_is_refused(told):
    with pytest.raises(Refused, match="cap_area"):
        read_polygon(told)


@over("told", ["", "1,1", "1,1 x", "1,1 -1", "1,1 1 1", "1,1 99999999", "100,0 1"])
def test_a_circle_that_is_none_is_refused(told):
    with pytest.raises(Refused, match="cap_area"):
        read_circle(told)


@over(
    "point, inside",
    [
        ((21.05, 105.85), True),
        ((21.0, 105.85), True),
        ((21.0, 105.8), True),
        ((21.1, 105.9), True),
        ((20.9999, 105.85), False),
        ((21.05, 105.9001), False),
        ((-21.05, 105.85), False),
    ],
)
def test_a_border_belongs_to_its_area(point, inside):
    assert in_polygon(read_polygon(SQUARE), point) is inside


def test_the_hollow_of_a_bent_polygon_is_outside():
    bent = read_polygon("0,0 0,3 3,3 3,2 1,2 1,1 3,1 3,0 0,0")
    assert not in_polygon(bent, (2, 1.5))
    assert in_polygon(bent, (2, 0.5))
    assert in_polygon(bent, (0.5, 1.5))


@given(
    corners=st.lists(st.floats(0.0, 2 * math.pi - 0.01), min_size=3, max_size=12, unique=True),
    at=st.tuples(st.floats(-60, 60), st.floats(-100, 100)),
    where=st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
)
def test_a_point_is_in_a_convex_polygon_just_when_it_is_on_one_side_of_every_edge(corners, at, where):
    corners = sorted({round(one, 2) for one in corners})
    if len(corners) < 3:
        return
    points = [(at[0] + math.cos(one), at[1] + math.sin(one)) for one in corners]
    told = " ".join(f"{lat:.9f},{lon:.9f}" for lat, lon in [*points, points[0]])
    polygon = read_polygon(told)
    point = (at[0] + where[0], at[1] + where[1])
    edges = zip(polygon.points, polygon.points[1:], strict=False)
    sides = [(b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) for a, b in edges]
    if min(map(abs, sides)) < 1e-6:  # too near to an edge for this arithmetic
        return
    expected = all(side > 0 for side in sides) or all(side < 0 for side in sides)
    assert in_polygon(polygon, point) is expected
    turned = read_polygon(" ".join(reversed(told.split())))
    assert in_polygon(turned, point) is expected


@given(st.floats(-80, 80), st.floats(-170, 170), st.floats(0.1, 50), st.floats(0, 2 * math.pi))
def test_a_circle_holds_what_is_nearer_than_its_radius(lat, lon, radius, turn):
    circle = Circle((lat, lon), radius)

    def at(km):
        return lat + km / 111.195 * math.cos(turn), lon + km / 111.195 * math.sin(turn) / math.cos(math.radians(lat))

    assert meets(circle, (at(radius * 0.97),))
    assert not meets(circle, (at(radius * 1.03 + 0.05),))


@over(
    "shape, meeting",
    [
        (read_polygon("20,105 20,107 22,107 22,105 20,105"), True),
        (read_polygon("21.04,105.84 21.04,105.86 21.06,105.86 21.04,105.84"), True),
        (read_polygon("21.05,105 21.06,107 21.07,107 21.05,105"), True),
        (read_polygon("10,105 10,107 12,107 10,105"), False),
        (Circle((21.05, 105.85), 0.1), True),
        (Circle((21.05, 105.79), 2), True),
        (Circle((21.05, 105.7), 2), False),
    ],
)
def test_a_ward_with_a_border_counts_where_any_part_of_it_does(shape, meeting):
    assert meets(shape, read_place(SQUARE)) is meeting


@over(
    "areas, here",
    [
        ((HERE,), True),
        ((AWAY,), False),
        ((AWAY, HERE), True),
        ((Area("x"),), None),
        ((), None),
        ((AWAY, Area("x")), None),
        ((Area("x", circles=(Circle(PLACE, 1),)),), True),
        ((Area("x", circles=(Circle((10, 10), 1),)),), False),
        ((Area("x", circles=(Circle((10, 10), 1),), geocodes=(("DVHC", "00004"),)),), True),
    ],
)
def test_areas_are_one_union(areas, here):
    assert covers(areas, POLICY) is here


def test_a_ward_that_has_told_no_place_is_never_left_out():
    bare = replace(POLICY, place=(), geocodes=frozenset())
    assert covers((AWAY,), bare) is None
    assert covers((Area("x", circles=(Circle((10, 10), 1),)),), bare) is None
    assert covers((Area("x", circles=(Circle((10, 10), 1),)),), replace(POLICY, place=())) is None


# The rule

alerts = st.builds(
    replace,
    st.just(ALERT),
    status=st.sampled_from(Status),
    msg_type=st.sampled_from([MsgType.ALERT, MsgType.UPDATE]),
    scope=st.sampled_from(Scope),
    sender=st.sampled_from(["a@b", "x@y"]),
    sent=st.integers(-180, 180).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    infos=st.lists(
        st.builds(
            replace,
            st.just(INFO),
            urgency=st.sampled_from(Urgency),
            severity=st.sampled_from(Severity),
            certainty=st.sampled_from(Certainty),
            language=st.sampled_from(["vi", "vi-VN", "en-US"]),
            expires=st.none() | st.integers(-90, 90).map(lambda minutes: NOW + timedelta(minutes=minutes)),
            areas=st.lists(st.sampled_from([HERE, AWAY, Area("x")]), max_size=3).map(tuple),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)
policies = st.builds(
    replace,
    st.just(POLICY),
    senders=st.sampled_from([{}, POLICY.senders, {"a@b": Sender("a@b", "Đài", "", unsigned=True)}]),
    rules=st.lists(
        st.builds(
            Rule, st.integers(1, 9), st.just("r"), st.sampled_from([Way.AIR, Way.SESSION]), st.sampled_from([(), ("bão",), ("LŨ",)]),
            approved=st.booleans(),
        ), max_size=3,
    ).map(tuple),
)  # fmt: skip


@given(alerts, st.sampled_from(Proof), policies)
def test_nothing_sounds_unless_all_of_it_holds(alert, proof, policy):
    entry = entry_of(alert, proof, policy, NOW)
    if entry.way not in {Way.AIR, Way.SESSION}:
        assert entry.doubts
        return
    info, known = alert.infos[entry.block], policy.senders[alert.sender]
    rule = next(one for one in policy.rules if one.id == entry.rule_id and one.approved)
    assert (alert.status, alert.scope) == (Status.ACTUAL, Scope.PUBLIC)
    assert proof is Proof.SIGNED or (proof is Proof.NONE and known.unsigned)
    assert info.language.startswith("vi")
    assert info.expires is None or info.expires > NOW
    assert HERE in info.areas
    assert "bão" not in rule.events
    assert list(Severity).index(info.severity) <= list(Severity).index(rule.severity)
    assert not entry.doubts


@given(alerts, st.sampled_from(Proof), policies)
def test_nobody_unproved_ends_anything(alert, proof, policy):
    ended = entry_of(replace(alert, msg_type=MsgType.CANCEL, infos=()), proof, policy, NOW)
    if ended.ends:
        assert alert.status is Status.ACTUAL
        assert proof is Proof.SIGNED or (proof is Proof.NONE and policy.senders[alert.sender].unsigned)
    assert ended.ends == (ended.way is Way.END)


@over(
    "alert, way",
    [
        (ALERT, Way.AIR),
        (with_info(expires=NOW), Way.EXPIRED),
        (with_info(expires=NOW + timedelta(seconds=1)), Way.AIR),
        (replace(ALERT, sent=NOW + timedelta(minutes=10)), Way.AIR),
        (replace(ALERT, sent=NOW + timedelta(minutes=10, seconds=1)), Way.INBOX),
        (with_info(severity=Severity.MODERATE), Way.INBOX),
        (with_info(areas=(AWAY,)), Way.KEPT),
        (with_info(language="en-US"), Way.INBOX),
    ],
)
def test_the_way_just_before_at_and_after(alert, way):
    assert entry_of(alert, Proof.SIGNED, POLICY, NOW).way is way


def test_the_block_in_vietnamese_for_this_ward_is_the_one_that_is_said():
    blocks = (
        replace(INFO, language="en-US", headline="1"),
        replace(INFO, areas=(AWAY,), headline="2"),
        replace(INFO, headline="3"),
    )
    entry = entry_of(replace(ALERT, infos=blocks), Proof.SIGNED, POLICY, NOW)
    assert (entry.way, entry.block) == (Way.AIR, 2)


def test_a_rule_for_emergencies_goes_before_one_for_sessions_whatever_their_order():
    later = Rule(2, "Buổi", Way.SESSION, severity=Severity.MINOR, approved=True)
    assert rule_for(INFO, (later, RULE)) == RULE
    assert rule_for(replace(INFO, severity=Severity.MINOR), (later, RULE)) == later


def test_what_is_said_says_nothing_twice():
    assert said_of(replace(INFO, headline="Lũ", description="Lũ", instruction="Chạy!")) == "Lũ.\nChạy!"
