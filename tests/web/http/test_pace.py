"""How much of the processor a caller may use, and that no page is dear to anybody but who asks for it."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.config.loading import LimitsConfig
from scheduler.kernel.errors import Refused
from web.http import callers as pacing
from web.http.callers import ALWAYS, COSTLY, Caller, Pace, stranger

ACTS, LOOKS = Caller("person 1", object(), acts=True), Caller("person 2", object())


class Time:
    """A clock and a processor that are told."""

    def __init__(self):
        self.mono = self.used = 0.0

    def pace(self, **limits):
        return Pace(LimitsConfig(**limits), lambda: self.mono, lambda: self.used)


@given(
    st.lists(
        st.tuples(st.floats(0, 30), st.floats(0, 5), st.sampled_from([ACTS, LOOKS, stranger("192.0.2.1")])), max_size=60
    )
)
def test_nobody_has_more_than_their_depth_and_their_share_and_one_request(steps):
    """And all who only look have no more than theirs together, however many they are."""
    time, spent = Time(), {}
    pace = time.pace(processor_seconds=10, processor_percent=25)
    for passes, costs, caller in steps:
        time.mono += passes
        if not pace.waits(caller):
            pace.charge(caller, costs)
            for key in (caller.key, "looking" if not caller.acts else caller.key):
                spent[key] = spent.get(key, 0.0) + costs / (2 if key == caller.key and caller.acts else 1)
    for key, sum_ in spent.items():
        twice = 2 if key == "looking" else 1
        assert sum_ <= twice * (10 + 0.25 * time.mono) + 5 + 1e-6


def test_who_waits_as_long_as_told_may_ask_again():
    time = Time()
    pace = time.pace(processor_seconds=10, processor_percent=25)
    pace.charge(ACTS, 12)
    assert pace.waits(ACTS) == pytest.approx(8)
    time.mono += 8.001
    assert pace.waits(ACTS) == 0


def test_those_who_look_leave_who_acts_alone():
    pace = Time().pace(processor_seconds=10)
    pace.charge(LOOKS, 25)
    assert pace.waits(stranger("192.0.2.9")) > 0
    assert pace.waits(ACTS) == 0


def test_costly_reads_of_one_caller_go_one_by_one_and_one_place_is_kept_for_who_acts(monkeypatch):
    monkeypatch.setattr(pacing, "WAITS", 0.05)
    pace = Time().pace(costly_at_once=2)
    done = pace.take_turn(LOOKS)
    with pytest.raises(Refused, match="caller_busy"):
        pace.take_turn(LOOKS)
    with pytest.raises(Refused, match="server_busy"):
        pace.take_turn(stranger("192.0.2.9"))
    pace.take_turn(ACTS)
    done()
    with pytest.raises(Refused, match="caller_busy"):
        pace.take_turn(ACTS)
    pace.take_turn(Caller("person 3", object(), acts=True))


def test_who_waits_for_a_turn_gets_it_when_it_is_given_back():
    pace, got = Time().pace(), threading.Event()
    done = pace.take_turn(ACTS)
    waiting = threading.Thread(target=lambda: (pace.take_turn(ACTS), got.set()))
    waiting.start()
    done()
    waiting.join()
    assert got.is_set()


def test_every_costly_read_is_an_address_of_the_page(app):
    assert set(app.view_functions) >= COSTLY
    assert {one for one in ALWAYS if one} <= set(app.blueprints)


@pytest.fixture
def dear(app):
    """Every request costs four seconds of processor."""
    pace, count = app.extensions["pace"], iter(range(0, 10_000, 4))
    before = pace.used
    pace.used = lambda: float(next(count))
    yield pace
    pace.used = before


def test_who_has_used_too_much_is_told_when_to_ask_again_and_may_still_stop_what_sounds(dear, lans, send, clock, beat):
    beat()
    for _ in range(3):
        assert lans.get("/ban-tin").status_code == 200
    answer = lans.get("/ban-tin")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 8
    assert "hãy đợi 8 giây" in answer.text
    assert lans.get("/truc-tiep").status_code == 200
    assert lans.get("/khan-cap").status_code == 200
    assert send(lans, "/dung").status_code == 303
    clock.advance(60)
    assert lans.get("/ban-tin").status_code == 200


def test_a_guest_who_reads_dear_pages_keeps_no_officer_from_theirs(dear, client_of, guest, lans, beat):
    beat()
    reader = client_of(guest)
    found = [reader.get("/nhat-ky").status_code for _ in range(6)]
    assert found[0] == 200
    assert found[-1] == 429
    assert lans.get("/nhat-ky").status_code == 200
