"""The bodies of envelopes: what the hub writes is what the ward reads, and nothing else passes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.delivery import TEMPOS, ScriptKind, Shape
from scheduler.core.model import (
    AirtimeLimit,
    Announcement,
    AnnouncementState,
    Boost,
    BoostKind,
    Campaign,
    Phase,
    Priority,
    Sha256,
)
from scheduler.core.planning.rules import parse_window
from scheduler.extras.hub.rules.bodies import campaign_body, caps_body, lexicon_body, shape_body, template_body
from scheduler.extras.town.rules.bodies import read_campaign, read_caps, read_lexicon, read_template, shape_of
from scheduler.extras.town.rules.envelope import Act, Clip, Envelope, Kind, Status
from scheduler.kernel.errors import Refused
from tests.rows import over

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
CLIP = Clip("b" * 64, 500_000, 31.0, "https://hub.example/clips/b.opus")


def holding(body: dict[str, object], kind: Kind = Kind.CAMPAIGN, **changes: object) -> Envelope:
    told: dict[str, object] = {"title": "Tiêm chủng", "text": "Lời [chỗ trống].", "priority": Priority.PRIORITY}
    told |= {"expires": NOW + timedelta(days=30), "body": body, "kind": kind} | changes
    return Envelope(  # type: ignore[misc]  # a table of fields
        id="01930000-0000-7000-8000-000000000000",
        act=Act.ALERT,
        status=Status.ACTUAL,
        sequence=1,
        issuer="a" * 64,
        sent=NOW,
        **told,  # type: ignore[arg-type]
    )


def said(number: int, shape: Shape) -> Announcement:
    state = AnnouncementState.APPROVED
    return Announcement(number, f"Tin {number}", f"Lời {number}.", 1, state, Sha256("b" * 64), 1, shape=shape)


SHAPES = st.builds(
    Shape,
    kind=st.sampled_from(ScriptKind),
    paced=st.booleans(),
    heading=st.booleans(),
    times=st.integers(1, 3),
    opening=st.sampled_from(["", "Kính thưa bà con!"]),
    chime=st.booleans(),
    tempo=st.sampled_from(TEMPOS),
    voice=st.sampled_from(["", "espeak"]),
)
BOOSTS = st.builds(Boost, kind=st.sampled_from(BoostKind), value=st.sampled_from([1.0, 2.0, 0.3]))


@given(
    shape=SHAPES,
    boost=BOOSTS,
    base=st.integers(0, 40),
    gap=st.integers(0, 240),
    several=st.booleans(),
    field=st.integers(1, 6),
)
def test_a_campaign_comes_through_whole(shape, boost, base, gap, several, field):
    spoken = [(said(1, shape), CLIP), *([(said(2, Shape()), None)] if several else [])]
    campaign = Campaign(
        id=7,
        title="Tiêm chủng",
        announcement_id=1,
        windows=(parse_window("05:00-05:30"), parse_window("17:00-17:30")),
        base=base,
        start=date(2026, 12, 1),
        end=date(2026, 12, 20),
        boost=boost,
        weekdays=frozenset({0, 2, 4}),
        min_gap=timedelta(minutes=gap),
        chime=False,
        repeat=2,
        priority=Priority.PRIORITY,
        phases=(Phase(date(2026, 12, 5), None, 3, boost, (parse_window("06:00-06:30"),)),),
        topic="Y tế",
        field=field,
        except_days=(date(2026, 12, 8),) if several else (),
        except_windows=(parse_window("05:10-05:20"),) if several else (),
        dates=(date(2026, 12, 7), date(2026, 12, 9)) if several else (),
        max_minutes=15 if several else None,
    )
    proposal = read_campaign(holding(campaign_body(campaign, spoken)))
    kept = {
        name: getattr(campaign, name) for name in ("windows", "base", "boost", "start", "end", "weekdays", "min_gap")
    }
    kept |= {
        name: getattr(campaign, name) for name in ("chime", "repeat", "priority", "phases", "topic", "field", "title")
    }
    kept |= {name: getattr(campaign, name) for name in ("except_days", "except_windows", "dates", "max_minutes")}
    assert {name: getattr(proposal.order, name) for name in kept} == kept
    assert [(one.title, one.text, one.shape, one.clip) for one in proposal.announcements] == [
        (one.title, one.text, one.shape, clip) for one, clip in spoken
    ]


@given(SHAPES)
def test_a_form_and_its_shape_come_through(shape):
    assert read_template(holding(template_body(shape), Kind.TEMPLATE)) == (shape, False)
    assert shape_of({"shape": shape_body(shape)}) == shape


def test_rules_and_words_come_through():
    cap = AirtimeLimit(3, 20.0, frozenset({0, 1}), "QĐ 12")
    assert read_caps(holding(dict(caps_body(cap)), Kind.CAPS)) == {
        "cap.sessions_a_day": 3,
        "cap.minutes_a_session": 20.0,
        "cap.weekdays": (0, 1),
        "cap.legal_basis": "QĐ 12",
    }
    assert read_caps(holding({"quiet_hours": ["21:00-05:30"]}, Kind.CAPS, legal_basis="QĐ 9")) == {
        "quiet_hours.windows": ("21:00-05:30",),
        "quiet_hours.legal_basis": "QĐ 9",
    }
    assert read_lexicon(holding(lexicon_body("a = 1", "7"), Kind.LEXICON)) == ("a = 1", "7")


GOOD = campaign_body(
    Campaign(1, "Đợt", 1, (parse_window("06:00-07:00"),), 2, date(2026, 12, 1), date(2026, 12, 2)),
    [(said(1, Shape()), None)],
)


@over(
    "changes",
    [
        {"announcements": []},
        {"announcements": [{"title": "", "text": "Lời."}]},
        {"announcements": [{"title": "Tin", "text": ""}]},
        {"announcements": [{"title": "Tin", "text": "Lời.", "clip": {"sha256": "x"}}]},
        {"announcements": [{"title": "Tin", "text": "Lời.", "shape": {"times": 99}}]},
        {"announcements": [{"title": "Tin", "text": "Lời.", "shape": ["x"]}]},
        {"announcements": GOOD["announcements"] * 21},
        {"windows": ["sáng"]},
        {"windows": [7]},
        {"base": -1},
        {"base": True},
        {"base": 10**9},
        {"boost": {"kind": "loud", "value": 1}},
        {"boost": {"kind": "factor", "value": "2"}},
        {"start": "2026-13-01"},
        {"start": "20261201"},
        {"start": None},
        {"weekdays": [7]},
        {"weekdays": [True]},
        {"min_gap_minutes": -5},
        {"repeat": 0},
        {"repeat": 99},
        {"field": 7},
        {"phases": [{"start": "2026-12-01", "base": "x"}]},
        {"phases": "x"},
        {"topic": "a" * 101},
    ],
)
def test_a_campaign_that_cannot_be_meant_is_refused_with_its_key(changes):
    read_campaign(holding(GOOD))
    with pytest.raises(Refused) as refusal:
        read_campaign(holding(GOOD | changes))
    assert refusal.value.reason == "envelope_unreadable"
    assert str(refusal.value.details["key"]).startswith("body.")


@over(
    "body",
    [{}, {"sessions_a_day": "3"}, {"minutes_a_session": 10**9}, {"weekdays": "all"}, {"quiet_hours": ["x"]}, {"a": 1}],
)
def test_rules_that_cannot_be_meant_are_refused(body):
    with pytest.raises(Refused, match="envelope_unreadable"):
        read_caps(holding(body, Kind.CAPS))


@pytest.mark.parametrize("body", [{}, {"toml": ""}, {"toml": 7}, {"toml": "a", "version": 3}], ids=str)
def test_a_word_list_that_is_none_is_refused(body):
    with pytest.raises(Refused, match="envelope_unreadable"):
        read_lexicon(holding(body, Kind.LEXICON))
