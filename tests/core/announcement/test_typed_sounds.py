"""Which sounds go: only what typing made, long ago, and what is known to be needed by nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.announcement.typed_sounds import LIFE, KnownSound, handed_on, may_go
from scheduler.core.model import Sha256
from tests.rows import over

NOW = datetime(2026, 12, 2, 3, tzinfo=UTC)
TYPED = KnownSound(Sha256("a" * 64), "speech", NOW - LIFE - timedelta(seconds=1), by_draft=True)


def test_a_sound_of_typing_that_nothing_names_goes():
    assert may_go(TYPED, NOW)


@over(
    "known",
    [
        {"used_at": NOW - LIFE},
        {"used_at": NOW + LIFE},
        {"origin": "upload"},
        {"origin": "recorded"},
        {"origin": "bundled"},
        {"by_draft": False},
        {"retired": True},
        {"handed_on": True},
        {"by_person": True},
        {"named": True},
    ],
)
def test_one_thing_that_speaks_for_it_keeps_it(known):
    assert not may_go(replace(TYPED, **known), NOW)


_STEP = st.tuples(st.sampled_from(["draft", "submitted", "approved", "returned", "withdrawn"]), st.integers(0, 3))


@given(st.lists(_STEP, min_size=1, max_size=12))
def test_whatever_stood_in_more_than_a_draft_is_told(steps):
    acts, was = [], {}
    for state, sound in steps:
        row = {"state": state, "audio_sha256": f"s{sound}"}
        changed = [name for name in row if was.get(name) != row[name]]
        if changed:
            acts.append(({name: was[name] for name in changed if was}, {name: row[name] for name in changed}))
        was = row
    assert handed_on(acts) == {f"s{sound}" for state, sound in steps if state != "draft"}
    assert handed_on(acts[1:]) is None, "nobody knows what stood there before"


def test_a_hole_in_the_acts_tells_nothing():
    begun = ({}, {"state": "draft", "audio_sha256": None})
    late = ({"audio_sha256": "s1"}, {"audio_sha256": "s2"})
    assert handed_on([begun, late]) is None
    assert handed_on([]) is None
