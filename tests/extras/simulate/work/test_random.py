"""Random days with random faults at random instants: whatever happens, the station keeps its word."""

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.extras.simulate.work.reading import parse
from scheduler.extras.simulate.work.run import played
from tests.examples import examples
from tests.extras.simulate.work.conftest import Run

DAY = 86_400
ENDS = {"played", "partial", "pre_empted", "missed", "refused", "failed", "cancelled"}


def instant(second):
    return f"2026-12-{1 + second // DAY:02d} {second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}"


minutes = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
clips = st.sampled_from(["a", "b", "c"])
windows = st.sampled_from([["05:00-08:00"], ["16:00-23:00"], ["00:00-23:59"], ["05:30-06:30", "10:00-14:00"]])
zones = st.sampled_from(["all", "to-1", "to-2"])
boosts = st.one_of(
    st.fixed_dictionaries({"minutes": st.integers(1, 20)}),
    st.fixed_dictionaries({"share": st.sampled_from([0.01, 0.2, 1.0])}),
)
phases = st.builds(
    lambda phase: [{"start": "2026-12-02"} | phase],
    st.one_of(st.fixed_dictionaries({"per_day": st.integers(0, 6)}), st.fixed_dictionaries({"boost": boosts})),
)
cadences = st.one_of(
    st.fixed_dictionaries({"times": st.lists(minutes, min_size=1, max_size=4, unique=True)}),
    st.fixed_dictionaries({"per_day": st.integers(1, 6), "windows": windows}),
    st.fixed_dictionaries({"every_minutes": st.integers(15, 240), "windows": windows}),
    st.fixed_dictionaries({"boost": boosts, "windows": windows}),
    st.fixed_dictionaries({"phases": phases, "windows": windows, "per_day": st.integers(0, 4)}),
)
said = st.one_of(
    st.fixed_dictionaries({"clip": clips}), st.fixed_dictionaries({"clips": st.lists(clips, min_size=2, max_size=4)})
)
campaigns = st.builds(
    lambda own, says, cadence: own | says | cadence,
    st.fixed_dictionaries(
        {"zone": zones, "plays": st.integers(1, 3), "chime": st.booleans()},
        optional={
            "min_gap_minutes": st.integers(0, 20),
            "priority": st.sampled_from(["normal", "priority"]),
            "rank": st.integers(-1, 1),
        },
    ),
    said,
    cadences,
)
# Near the airings of a day, where it matters most, and anywhere else.
seconds = st.one_of(st.integers(0, 2 * DAY - 1), st.integers(5 * 3600, 8 * 3600))


def kinds(*names, **keys):
    return st.fixed_dictionaries({"kind": st.sampled_from(names)} | keys)


events = st.one_of(
    kinds("power_off", "power_on", "process_kill", "process_start", "second_process", "stop_now", "output_back"),
    kinds("clock_step", seconds=st.sampled_from([-1, 1, 30, -600, 600, 3600, 10_800])),
    kinds("stall", seconds=st.integers(1, 200)),
    kinds("clip_missing", "clip_replaced", clip=clips),
    kinds("withdraw", clip=clips),
    kinds("output_crash", seconds=st.integers(1, 300)),
    kinds("urgent", clip=clips, times=st.integers(1, 3), within_ms=st.integers(0, 900), zone=zones),
    kinds("delete", "stop", "pause", "resume", campaign=st.just("Đợt 1")),
    kinds("edit", campaign=st.just("Đợt 1"), change=said),
)
scenarios = st.fixed_dictionaries(
    {
        "start": st.just("2026-12-01"),
        "days": st.just(2),
        "settings": st.fixed_dictionaries(
            {
                "quiet_hours": st.sampled_from([["21:00-05:00"], ["21:00-05:00", "11:30-13:30"], ["00:00-06:00"]]),
                "min_gap_minutes": st.integers(0, 3),
                "make_good_minutes": st.sampled_from([0, 60, 720]),
                "zones": st.just(["to-1", {"name": "to-2", "quiet_hours": ["12:00-14:00"]}]),
            },
            optional={"sessions_a_day": st.integers(1, 3), "minutes_a_session": st.integers(2, 20)},
        ),
        "clips": st.just({"a": 30, "b": 45.5, "c": 100}),
        "campaigns": st.lists(campaigns, min_size=1, max_size=3),
        "one_offs": st.lists(st.fixed_dictionaries({"at": seconds.map(instant), "clip": clips}), max_size=2),
        "events": st.lists(
            st.builds(lambda at, event: event | {"at": instant(at)}, seconds, events), min_size=1, max_size=6
        ),
    }
)


@settings(
    max_examples=examples(8, few=3),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(scenario=scenarios)
def test_whatever_happens_the_station_keeps_its_word(scenario):
    with tempfile.TemporaryDirectory() as folder:
        outcome = played(parse(json.dumps(scenario), is_toml=False), Path(folder))
        run = Run(outcome)
        outcome.close()
    assert run.summary["kept"], run.summary
    assert run.summary["short_gaps"] == 0
    airings = run.of("airing")
    assert len({line["slot"] for line in airings}) == len(airings)
    assert {line["outcome"] for line in airings} <= ENDS
    if not any(line["trigger"] == "emergency" for line in airings):  # what one cuts early is begun again
        assert all(line["seconds"] <= line["planned_seconds"] + 0.02 for line in airings)
    assert all(line["reason"] or line["outcome"] == "played" for line in airings)
    ended = {line["slot"] for line in airings}
    assert all((line["outcome"] is None) == (line["id"] not in ended) for line in run.of("slot"))
