"""An alert that is written and read again is the same alert, whatever its words are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.extras.cap.intake.reading import read_cap
from scheduler.extras.cap.rules.alert import (
    Alert,
    Area,
    Certainty,
    Info,
    MsgType,
    Reference,
    Resource,
    Scope,
    Severity,
    Status,
    Urgency,
)
from scheduler.extras.cap.rules.area import Circle, read_polygon
from scheduler.extras.cap.rules.writing import alert_xml

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Zl", "Zp", "Zs", "Cs", "Cn", "Co")), max_size=40
)
moments = st.integers(0, 3_000_000_000).map(
    lambda seconds: datetime(1980, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
names = st.from_regex(r"[A-Za-z0-9@._:-]{1,40}", fullmatch=True)
pairs = st.lists(st.tuples(names, words), max_size=3).map(tuple)
areas = st.builds(
    Area, words.filter(bool), st.just((read_polygon("1,1 1,2.5 2,2 1,1"),)) | st.just(()),
    st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 20_000)).map(
        lambda told: (Circle((round(told[0], 6), round(told[1], 6)), round(told[2], 3)),)
    ), pairs,
)  # fmt: skip
infos = st.builds(
    Info, names, st.sampled_from(Urgency), st.sampled_from(Severity), st.sampled_from(Certainty), st.just(("Met", "Fire")),
    expires=st.none() | moments, headline=words, description=words, instruction=words, audience=words,
    parameters=pairs, event_codes=pairs, areas=st.lists(areas, max_size=2).map(tuple),
    resources=st.lists(st.builds(Resource, names, names, st.none() | st.integers(0, 10**9)), max_size=2).map(tuple),
)  # fmt: skip


@given(
    st.builds(
        Alert, names, names, moments, st.sampled_from(Status), st.just(MsgType.UPDATE), st.sampled_from(Scope), note=words,
        references=st.lists(st.builds(Reference, names, names, moments), min_size=1, max_size=3).map(tuple),
        infos=st.lists(infos, min_size=1, max_size=2).map(tuple),
    )
)  # fmt: skip
def test_an_alert_written_and_read_again_is_the_same(alert):
    assert read_cap(alert_xml(alert).encode()).alert == alert


def test_what_xml_cannot_hold_is_left_out():
    info = Info("x", Urgency.PAST, Severity.MINOR, Certainty.LIKELY, ("Met",), headline="a\x00b\ud800c\x0b")
    alert = Alert("i", "s", datetime(2026, 1, 1, tzinfo=UTC), Status.TEST, MsgType.ALERT, Scope.PUBLIC, infos=(info,))
    read = read_cap(alert_xml(alert).encode()).alert
    assert read == replace(alert, infos=(replace(info, headline="abc"),))
