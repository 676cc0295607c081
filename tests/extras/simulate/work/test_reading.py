import json
from dataclasses import fields
from datetime import UTC, datetime, time

import pytest

from scheduler.core.model import DEFAULT_ZONE
from scheduler.extras.simulate.work.keys import EVENTS, CampaignKeys
from scheduler.extras.simulate.work.reading import ScenarioError, changed_campaign, load, parse

GOOD = {
    "start": "2026-12-01",
    "days": 2,
    "clips": {"a": 30, "b": 45.5},
    "campaigns": [{"title": "Sáng", "clip": "a", "times": ["05:30"]}],
}


def read(**changes):
    return parse(json.dumps(GOOD | changes), is_toml=False)


def faults(**changes):
    with pytest.raises(ScenarioError) as error:
        read(**changes)
    return error.value.faults


def test_json_and_toml_say_the_same():
    toml = """
        start = 2026-12-01
        days = 2
        [settings]
        quiet_hours = ["21:00-05:00"]
        zones = ["to-1", {name = "to-2", quiet_hours = ["12:00-13:00"]}]
        [config.cap]
        legal_basis = "QĐ 5"
        [clips]
        a = 30
        b = 45.5
        [[campaigns]]
        clip = "a"
        times = [05:30:00]
        from = 2026-12-01
        boost = {factor = 2}
        [[one_offs]]
        at = 2026-12-01 10:00:00
        clip = "b"
        [[events]]
        at = 2026-12-01T03:00:00Z
        kind = "clock_set"
        to = "true"
    """
    as_json = {
        "start": "2026-12-01",
        "days": 2,
        "settings": {
            "quiet_hours": ["21:00-05:00"],
            "zones": ["to-1", {"name": "to-2", "quiet_hours": ["12:00-13:00"]}],
        },
        "config": {"cap": {"legal_basis": "QĐ 5"}},
        "clips": {"a": 30, "b": 45.5},
        "campaigns": [{"clip": "a", "times": ["05:30"], "from": "2026-12-01", "boost": {"factor": 2}}],
        "one_offs": [{"at": "2026-12-01T10:00:00", "clip": "b"}],
        "events": [{"at": "2026-12-01T03:00:00+00:00", "kind": "clock_set", "to": "true"}],
    }
    assert parse(toml, is_toml=True) == parse(json.dumps(as_json), is_toml=False)


@pytest.mark.parametrize("name", ["scenario.json", "scenario.toml"])
def test_a_file_is_read_by_its_ending(tmp_path, name):
    path = tmp_path / name
    path.write_text('start = "2026-12-01"\ndays = 2\n' if name.endswith("toml") else json.dumps(GOOD), encoding="utf-8")
    assert load(path).start == datetime(2026, 11, 30, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        pytest.param("2026-12-01", datetime(2026, 11, 30, 17, tzinfo=UTC), id="a_day"),
        pytest.param("2026-12-01 05:30", datetime(2026, 11, 30, 22, 30, tzinfo=UTC), id="a_local_time"),
        pytest.param("2026-12-01T05:30:10", datetime(2026, 11, 30, 22, 30, 10, tzinfo=UTC), id="iso"),
        pytest.param("2026-12-01T05:30Z", datetime(2026, 12, 1, 5, 30, tzinfo=UTC), id="utc"),
        pytest.param("2026-12-01T05:30+01:00", datetime(2026, 12, 1, 4, 30, tzinfo=UTC), id="an_offset"),
    ],
)
def test_an_instant_is_a_day_a_local_time_or_has_its_offset(text, start):
    assert read(start=text).start == start


def test_days_are_local_days_also_when_one_has_25_hours():
    scenario = read(start="2026-10-25", days=1, settings={"time_zone": "Europe/Paris"})
    assert (scenario.end - scenario.start).total_seconds() == 25 * 3600


def test_every_fault_is_told_at_once():
    found = faults(
        strat="2026",
        settings={"quiet_hour": ["21:00-05:00"], "min_gap_minutes": "1", "make_good_minutes": -1},
        clips={"a": "30", "b": 0},
        campaigns=[{"clip": "a", "timse": ["05:30"], "plays": True, "weekdays": [7]}],
        events=[{"at": "gestern", "kind": "power_of"}],
    )
    told = "\n".join(found)
    for part in (
        'không biết khóa "strat"; có phải muốn viết "start"?',
        'không biết khóa "settings.quiet_hour"; có phải muốn viết "settings.quiet_hours"?',
        '"settings.min_gap_minutes" phải là số',
        '"settings.make_good_minutes" phải từ 0 đến 1440',
        '"clips.a" phải là số giây',
        '"clips.b" phải lớn hơn 0',
        'không biết khóa "campaigns 1.timse"; có phải muốn viết "campaigns 1.times"?',
        '"campaigns 1.plays" phải là số nguyên',
        '"campaigns 1.weekdays" phải gồm các số từ 0',
        '"events 1.kind" không biết "power_of"; có phải muốn viết "power_off"?',
    ):
        assert part in told


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        pytest.param({"days": 0}, 'đúng một trong hai khóa "end" và "days"', id="no_end"),
        pytest.param({"end": "2026-12-02"}, 'đúng một trong hai khóa "end" và "days"', id="two_ends"),
        pytest.param({"days": 0, "end": "2026-11-01"}, '"end" phải sau "start"', id="end_before_start"),
        pytest.param({"start": "01/12/2026"}, '"start" phải viết như', id="start_unreadable"),
        pytest.param({"start": "0001-01-01"}, '"start" phải từ năm 1970 đến 2199', id="start_long_ago"),
        pytest.param({"start": "9999-12-31"}, '"start" phải từ năm 1970 đến 2199', id="start_far_ahead"),
        pytest.param(
            {"start": "x", "settings": {"time_zone": "America/Los_Angeles"}}, '"start" phải viết như', id="start_west"
        ),
        pytest.param({"clips": {"a": float("nan"), "b": 1}}, '"clips.a" phải lớn hơn 0', id="clip_of_nan"),
        pytest.param(
            {"config": {"cap": {"legal_basis": None}}, "settings": {"blackout_dates": [None]}}, "cấu hình: ", id="null"
        ),
        pytest.param({"start": 5}, '"start" phải là chuỗi', id="start_a_number"),
        pytest.param({"clips": []}, '"clips" phải là một bảng', id="clips_a_list"),
        pytest.param({"campaigns": {}}, '"campaigns" phải là danh sách các bảng', id="campaigns_a_table"),
        pytest.param({"settings": {"zones": "a"}}, '"settings.zones" phải là danh sách', id="zones_text"),
        pytest.param({"settings": {"zones": ["a", "a"]}}, "hai vùng phát cùng tên", id="zones_twice"),
        pytest.param(
            {"settings": {"time_zone": "Mars/Base"}}, '"settings.time_zone" không phải tên múi giờ', id="zone"
        ),
        pytest.param(
            {"config": {"plannin": {}}}, 'không biết khóa "plannin"; có phải muốn viết "planning"?', id="config_section"
        ),
        pytest.param(
            {"config": {"web": {"prot": 1}}},
            'không biết khóa "web.prot"; có phải muốn viết "web.port"?',
            id="config_key",
        ),
        pytest.param({"one_offs": [{"clip": "a"}]}, 'thiếu khóa "one_offs 1.at"', id="one_off_without_time"),
        pytest.param(
            {"one_offs": [{"at": "2026-12-01", "clip": "aa"}]},
            'không có cái nào tên "aa"; có phải muốn viết "a"?',
            id="unknown_clip",
        ),
        pytest.param({"relays": [{"title": "x"}]}, 'thiếu khóa "relays 1.windows"', id="relay_without_windows"),
    ],
)
def test_a_fault_of_the_frame_is_named(changes, part):
    assert part in "\n".join(faults(**changes))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        pytest.param(
            {"clip": "a", "times": ["05:30"], "per_day": 2}, "đúng một trong các khóa times, per_day", id="two_cadences"
        ),
        pytest.param({"clip": "a"}, "đúng một trong các khóa times, per_day", id="no_cadence"),
        pytest.param({"clip": "a", "per_day": 2}, 'thiếu khóa "windows"', id="no_windows"),
        pytest.param({"clip": "a", "times": ["5"]}, 'phải viết như "05:30"', id="bad_time"),
        pytest.param({"clip": "a", "per_day": 2, "windows": ["05-06"]}, 'phải viết như "05:00-06:30"', id="bad_window"),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "windows": ["05:00-06:00"]}, "không dùng được với times", id="windows"
        ),
        pytest.param({"clip": "a", "clips": ["b"], "times": ["05:30"]}, 'khóa "clip" và "clips"', id="two_clips"),
        pytest.param({"clips": ["c"], "times": ["05:30"]}, 'không có cái nào tên "c"', id="unknown_clip"),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "zone": "to-9"}, 'zone" không có cái nào tên "to-9"', id="unknown_zone"
        ),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "boost": {"faktor": 2}},
            'có phải muốn viết "campaigns 1.boost.factor"?',
            id="boost_key",
        ),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "boost": {"factor": 2, "target": 3}},
            "đúng một trong các khóa factor",
            id="boosts",
        ),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "boost": 2}, '"campaigns 1.boost" phải là một bảng', id="boost_number"
        ),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "boost": {"factor": 2, "target": 0}},
            "đúng một trong các khóa factor",
            id="boost_and_nothing",
        ),
        pytest.param(
            {"clip": "a", "windows": ["05:00-06:00"], "boost": {"factor": 2}},
            "đúng một trong các khóa times",
            id="factor_of_nothing",
        ),
        pytest.param(
            {"clip": "a", "per_day": 1, "windows": ["05:00-06:00"], "boost": {"share": 1.5}},
            '"campaigns 1.boost.share" phải từ 0 đến 1',
            id="share_over_one",
        ),
        pytest.param(
            {"clips": ["a"] * 25, "times": ["05:30"]}, '"campaigns 1.clips" không được quá 24 mục', id="clips"
        ),
        pytest.param({"clip": "a", "times": ["05:30"], "rank": 1000}, "từ -999 đến 999", id="rank"),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "plays": 2, "session_minutes": 3},
            'khóa "plays" và "session_minutes"',
            id="plays",
        ),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "from": "hôm nay"}, '"campaigns 1.from" phải viết như', id="bad_day"
        ),
        pytest.param(
            {"clip": "a", "times": ["05:30"], "priority": "urgent"},
            "phải là một trong: normal, priority",
            id="priority",
        ),
    ],
)
def test_a_fault_of_a_campaign_is_named(changes, part):
    assert part in "\n".join(faults(campaigns=[changes]))


@pytest.mark.parametrize(
    ("phase", "part"),
    [
        pytest.param(
            {"per_dai": 2},
            'không biết khóa "campaigns 1.phases 1.per_dai"; có phải muốn viết "campaigns 1.phases 1.per_day"?',
            id="key",
        ),
        pytest.param({"start": "2026-12-02"}, "ít nhất một trong các khóa per_day, boost, windows", id="nothing"),
        pytest.param({"start": "mai", "per_day": 2}, '"campaigns 1.phases 1.start" phải viết như', id="start"),
        pytest.param({"end": "mai", "per_day": 2}, '"campaigns 1.phases 1.end" phải viết như', id="end"),
        pytest.param({"windows": ["5-6"]}, 'phases 1.windows" \'5-6\' phải viết như "05:00-06:30"', id="windows"),
        pytest.param({"boost": {}, "end": "mai"}, '"campaigns 1.phases 1.end" phải viết như', id="empty_boost"),
        pytest.param({"boost": {"shares": 1}}, 'có phải muốn viết "campaigns 1.phases 1.boost.share"?', id="boost_key"),
        pytest.param({"boost": {"minutes": 5, "share": 0.5}}, 'phases 1.boost" phải có đúng một', id="two_boosts"),
        pytest.param(5, '"campaigns 1.phases" phải là danh sách các bảng', id="number"),
    ],
)
def test_a_fault_of_a_phase_is_named(phase, part):
    one = {"clip": "a", "per_day": 1, "windows": ["05:00-06:00"], "phases": [phase]}
    assert part in "\n".join(faults(campaigns=[one]))
    edit = {"at": "2026-12-01 06:00", "kind": "edit", "campaign": "Sáng", "change": {"phases": [phase]}}
    assert part.rpartition("phases")[2].partition(";")[0] in "\n".join(faults(events=[edit]))


@pytest.mark.parametrize(
    "keys", [{"boost": {"minutes": 5}}, {"boost": {"share": 0.5}}, {"phases": [{"start": "2026-12-02", "per_day": 1}]}]
)
def test_a_campaign_needs_no_number_where_its_boost_or_its_phases_have_one(keys):
    (campaign,) = read(campaigns=[{"clip": "a", "windows": ["05:00-06:00"]} | keys]).campaigns
    assert campaign.per_day == 0


@pytest.mark.parametrize(
    ("event", "part"),
    [
        pytest.param({"kind": "stall"}, '(stall) thiếu khóa "seconds"', id="missing_key"),
        pytest.param({"kind": "stall", "seconds": -1}, '"events 1.seconds" phải lớn hơn 0', id="stall_backwards"),
        pytest.param(
            {"kind": "power_off", "seconds": 5}, '"events 1.seconds" không dùng được với power_off', id="needless_key"
        ),
        pytest.param(
            {"kind": "delete", "campaign": "Sang"},
            'không có cái nào tên "Sang"; có phải muốn viết "Sáng"?',
            id="unknown_campaign",
        ),
        pytest.param(
            {"kind": "output_back", "output": "x"}, '"events 1.output" không có cái nào tên "x"', id="unknown_output"
        ),
        pytest.param(
            {"kind": "edit", "campaign": "Sáng", "change": {"tims": []}}, 'không biết khóa "change.tims"', id="edit_key"
        ),
        pytest.param(
            {"kind": "edit", "campaign": "Sáng", "change": {"per_day": 2}}, 'thiếu khóa "windows"', id="edit_result"
        ),
        pytest.param(
            {"kind": "edit", "campaign": "Sáng", "change": {"from": "mai"}},
            '"change.from" phải viết như',
            id="edit_day",
        ),
        pytest.param(
            {"kind": "resume", "campaign": "Sáng", "until": "2026-12-02"}, "không dùng được với resume", id="until"
        ),
        pytest.param(
            {"kind": "pause", "campaign": "Sáng", "until": "mai"},
            '"events 1.until" phải viết như',
            id="until_unreadable",
        ),
        pytest.param({"kind": "clock_set", "to": "noon"}, '"events 1.to" phải viết như', id="clock"),
    ],
)
def test_a_fault_of_an_event_is_named(event, part):
    assert part in "\n".join(faults(events=[{"at": "2026-12-01 06:00"} | event]))


def test_a_local_time_that_a_gap_swallows_is_no_instant():
    found = faults(
        start="2026-03-29", settings={"time_zone": "Europe/Paris"}, one_offs=[{"at": "2026-03-29 02:30", "clip": "a"}]
    )
    assert "không có thật trong ngày đổi giờ" in "\n".join(found)


@pytest.mark.parametrize(
    ("text", "is_toml", "part"),
    [
        ("start = ", True, "không phải TOML hợp lệ"),
        ("{", False, "không phải JSON hợp lệ"),
        ("[" * 100_000, False, "không phải JSON hợp lệ"),
        ("[]", False, "phải là một bảng"),
    ],
    ids=["toml", "json", "deep", "list"],
)
def test_what_is_no_scenario_is_refused(text, is_toml, part):
    with pytest.raises(ScenarioError, match=part):
        parse(text, is_toml=is_toml)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="không đọc được"):
        load(tmp_path / "nowhere.json")
    (tmp_path / "x.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="UTF-8"):
        load(tmp_path / "x.json")


def test_outputs_are_silent_whatever_the_scenario_asks_for():
    asked = read(config={"output": [{"name": "x", "kind": "soundcard", "zones": ["all", "to-1"]}]})
    assert [(output.name, output.kind, output.zones) for output in asked.config.outputs] == [
        ("x", "null", ("all", "to-1"))
    ]
    zones = read(settings={"zones": ["to-1", "to-2"]}).config.outputs
    assert [output.zones for output in zones] == [("to-1",), ("to-2",)]
    assert [output.zones for output in read().config.outputs] == [(DEFAULT_ZONE,)]


def test_an_edit_changes_what_it_names_and_a_new_cadence_takes_the_place_of_the_old():
    keys = CampaignKeys(title="x", clip="a", times=("05:30",), plays=2, chime=True)
    changed = changed_campaign(keys, {"per_day": 3, "windows": ["05:00-06:00"], "clips": ["a", "b"]})
    assert (changed.times, changed.per_day, changed.windows) == ((), 3, ("05:00-06:00",))
    assert (changed.clip, changed.clips, changed.plays, changed.chime, changed.title) == ("", ("a", "b"), 2, True, "x")


def test_events_come_in_the_order_of_their_instants():
    scenario = read(events=[{"at": f"2026-12-01 {at}", "kind": "stop_now"} for at in ("06:00", "05:00", "05:30")])
    local = [event.at.astimezone(scenario.zone).time() for event in scenario.events]
    assert local == [time(5), time(5, 30), time(6)]


def test_every_kind_of_event_needs_and_has_only_keys_there_are():
    known = {item.name for item in fields(type(read(events=[{"at": "2026-12-01", "kind": "stop_now"}]).events[0].keys))}
    assert all(set(needed) | set(may) <= known for needed, may, _ in EVENTS.values())
