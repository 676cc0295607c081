"""Faults and acts at known instants of a day, on the whole real station: what becomes of each slot, and of the promises."""

from itertools import pairwise

import pytest


def at(clock, kind, **keys):
    return {"at": f"2026-12-01 {clock}", "kind": kind, **keys}


PLAYED = ("06:00", "played", ""), ("17:00", "played", "")
EVENING = ("17:00", "played", "")

DAYS = [
    pytest.param([], [*PLAYED], id="nothing_happens"),
    pytest.param(
        [at("05:50", "power_off"), at("06:20", "power_on")],
        [("06:00", "missed", "station_off"), EVENING],
        id="power_cut_over_a_slot",
    ),
    pytest.param([at("05:59", "power_off"), at("06:01", "power_on")], [*PLAYED], id="power_back_within_the_tolerance"),
    pytest.param(
        [at("06:00:10", "power_off"), at("06:05", "power_on")],
        [("06:00", "partial", "power_cut"), EVENING],
        id="power_cut_inside_a_slot",
    ),
    pytest.param([at("12:00", "power_off")], [("06:00", "played", "")], id="power_never_back"),
    pytest.param([at("05:59:30", "clock_step", seconds=1)], [*PLAYED], id="clock_a_second_on"),
    pytest.param([at("05:59:30", "clock_step", seconds=-1)], [*PLAYED], id="clock_a_second_back"),
    pytest.param(
        [at("05:30", "clock_step", seconds=10_800)],
        [("06:00", "missed", "clock_step"), EVENING],
        id="clock_three_hours_on",
    ),
    pytest.param([at("06:05", "clock_step", seconds=-600)], [*PLAYED], id="clock_ten_minutes_back_behind_a_slot"),
    pytest.param([at("06:00:10", "clock_step", seconds=-600)], [*PLAYED], id="clock_ten_minutes_back_inside_a_slot"),
    pytest.param([at("05:59:30", "stall", seconds=90)], [*PLAYED], id="stall_over_a_start"),
    pytest.param(
        [at("05:59:30", "stall", seconds=300)], [("06:00", "missed", "too_late"), EVENING], id="stall_beyond_tolerance"
    ),
    pytest.param([at("06:00:05", "stall", seconds=90)], [*PLAYED], id="stall_inside_a_slot"),
    pytest.param([at("06:00:05", "second_process")], [*PLAYED], id="second_process"),
    pytest.param(
        [at("06:00:10", "process_kill")], [("06:00", "partial", "power_cut"), EVENING], id="kill_inside_a_slot"
    ),
    pytest.param([at("05:30", "process_kill")], [*PLAYED], id="kill_between_slots"),
    pytest.param(
        [at("05:00", "clip_missing", clip="a")],
        [("06:00", "failed", "audio_missing"), ("17:00", "failed", "audio_missing")],
        id="clip_missing",
    ),
    pytest.param(
        [at("12:00", "clip_replaced", clip="a")],
        [("06:00", "played", ""), ("17:00", "refused", "audio_changed")],
        id="clip_replaced",
    ),
    pytest.param(
        [at("06:00:10", "output_crash", seconds=60)],
        [("06:00", "partial", "output_failed"), EVENING],
        id="output_gone_half_way",
    ),
    pytest.param([at("05:59", "output_crash", seconds=70)], [*PLAYED], id="output_back_soon_after_the_start"),
    pytest.param(
        [at("05:59", "output_crash"), at("06:10", "output_back")],
        [("06:00", "failed", "output_failed"), EVENING],
        id="output_back_too_late",
    ),
    pytest.param([at("06:00:10", "stop_now")], [("06:00", "partial", "stopped_by"), EVENING], id="stop"),
    pytest.param(
        [at("05:00", "edit", campaign="Tiêm chủng", change={"times": ["07:00", "18:00"]})],
        [("07:00", "played", ""), ("18:00", "played", "")],
        id="edit",
    ),
    pytest.param([at("12:00", "delete", campaign="Tiêm chủng")], [("06:00", "played", "")], id="delete"),
    pytest.param(
        [at("05:00", "pause", campaign="Tiêm chủng"), at("12:00", "resume", campaign="Tiêm chủng")],
        [EVENING],
        id="pause_over_the_morning",
    ),
    pytest.param([at("12:00", "stop", campaign="Tiêm chủng")], [("06:00", "played", "")], id="stop_of_the_campaign"),
    pytest.param(
        [at("05:00", "pause", campaign="Tiêm chủng", until="2026-12-01 12:00")], [EVENING], id="pause_until_noon"
    ),
    pytest.param(
        [at("05:00", "delete", campaign="Tiêm chủng"), at("12:00", "resume", campaign="Tiêm chủng")],
        [EVENING],
        id="resumed_after_a_stop",
    ),
    pytest.param([at("12:00", "withdraw", clip="a")], [("06:00", "played", "")], id="withdrawn"),
    pytest.param(
        [at("03:00", "urgent", clip="b", times=2, within_ms=300)],
        [("03:00", "played", ""), *PLAYED],
        id="urgent_twice_at_night_airs_once",
    ),
]


@pytest.mark.parametrize(("events", "ends"), DAYS)
def test_every_slot_of_the_day_has_its_one_end(simulated, events, ends):
    run = simulated(events=events)
    assert run.ends == ends
    assert run.summary["kept"], run.summary


def test_a_clock_that_starts_in_1970_airs_nothing_until_it_is_put_right(simulated):
    run = simulated(clock="1970-01-01T00:00:00Z", events=[at("10:00", "clock_set", to="true")])
    assert run.starts == ["17:00:00"]
    assert run.ends[0][1] == "missed"
    assert run.summary["kept"]


def test_what_a_power_cut_left_is_measured_to_the_second_it_sounded(simulated):
    run = simulated(events=[at("06:00:10", "power_off"), at("06:05", "power_on")])
    assert 8.8 <= run.of("airing")[0]["seconds"] <= 10.02


def test_a_missed_slot_is_made_good_when_the_power_is_back(simulated):
    settings = {"make_good_minutes": 240}
    run = simulated(settings=settings, events=[at("05:50", "power_off"), at("06:20", "power_on")])
    assert [(line["trigger"], line["outcome"]) for line in run.of("airing")] == [
        ("schedule", "missed"),
        ("make_good", "played"),
        ("schedule", "played"),
    ]
    assert run.of("slot")[1]["makes_good"] == run.of("slot")[0]["id"]
    assert run.summary["kept"]


def test_nothing_bursts_when_power_returns_to_many_missed_slots(simulated):
    times = [f"06:{minute:02d}" for minute in range(0, 60, 5)]
    settings = {"min_gap_minutes": 1, "make_good_minutes": 240}
    campaigns = [{"clip": "a", "times": times, "slip_minutes": 2}]
    run = simulated(settings=settings, campaigns=campaigns, events=[at("05:30", "power_off"), at("06:31", "power_on")])
    assert run.summary["short_gaps"] == 0
    assert run.summary["kept"]


def test_an_emergency_cuts_in_within_a_second_and_is_aired_once_however_often_it_is_pressed(simulated):
    run = simulated(events=[at("06:00:10", "urgent", clip="b", times=3, within_ms=500)])
    urgent = [line for line in run.of("airing") if line["trigger"] == "emergency"]
    assert [(line["outcome"], line["start"][11:18]) for line in urgent] == [("played", "06:00:1")]
    assert float(urgent[0]["start"][17:23]) <= 11
    assert run.summary["kept"]


def test_a_second_playout_is_refused_by_the_lock(simulated):
    run = simulated(events=[at("06:00:05", "second_process")])
    assert [line["reason"] for line in run.of("refusal")] == ["station_busy"]


def test_a_second_playout_is_the_first_one_where_none_runs(simulated):
    run = simulated(events=[at("05:00", "power_off"), at("05:01", "power_on"), at("05:02", "process_start")])
    assert run.of("refusal") == []
    assert run.ends == [*PLAYED]


def test_nobody_acts_at_a_desk_without_power(simulated):
    off = [at("12:00", "power_off"), at("12:30", "delete", campaign="Tiêm chủng"), at("13:00", "power_on")]
    run = simulated(events=off, one_offs=[{"at": "2026-12-01 12:40", "clip": "b"}])
    assert [(line["what"], line["reason"]) for line in run.of("refusal")] == [
        ("delete", "station_off"),
        ("one_off", "station_off"),
    ]
    assert run.ends == [*PLAYED]


def test_play_now_sounds_at_once_and_is_refused_in_quiet_hours(simulated):
    run = simulated(one_offs=[{"at": f"2026-12-01 {hour}", "clip": "b"} for hour in ("10:00", "12:00")])
    manual = [line for line in run.of("airing") if line["trigger"] == "manual"]
    assert [(line["start"][11:19], line["seconds"]) for line in manual] == [("10:00:00", 45.5)]
    assert [line["reason"] for line in run.of("refusal")] == ["quiet_hours"]


def test_a_campaign_in_quiet_hours_is_refused_when_it_is_started_and_the_rest_goes_on(simulated):
    campaigns = [{"title": "Đêm", "clip": "a", "times": ["22:00"]}, {"clip": "a", "times": ["06:00"]}]
    run = simulated(campaigns=campaigns)
    assert [(line["what"], line["reason"]) for line in run.of("refusal")] == [("campaign Đêm", "all_quiet")]
    assert run.starts == ["06:00:00"]


def test_two_campaigns_at_one_time_follow_each_other_with_the_stations_gap(simulated):
    campaigns = [{"clip": "a", "times": ["06:00"]}, {"clip": "b", "times": ["06:00"]}]
    run = simulated(campaigns=campaigns, settings={"min_gap_minutes": 2})
    assert run.starts == ["06:00:00", "06:03:00"]


def test_clips_in_turn_move_on_from_day_to_day(simulated):
    campaigns = [{"clips": ["a", "b"], "times": ["06:00", "12:00", "18:00"]}]
    run = simulated(days=2, campaigns=campaigns, settings={})
    assert [line["title"] for line in run.of("airing")] == ["a", "b", "a", "b", "a", "b"]


def test_clips_in_turn_go_on_rightly_after_a_night_without_power(simulated):
    campaigns = [{"clips": ["a", "b"], "times": ["06:00"]}]
    off = [{"at": "2026-12-01 20:00", "kind": "power_off"}, {"at": "2026-12-02 05:00", "kind": "power_on"}]
    run = simulated(days=3, campaigns=campaigns, events=off)
    assert [line["title"] for line in run.of("airing")] == ["a", "b", "a"]


def test_times_nearer_than_an_airing_say_the_clips_in_turn_over_the_days(simulated):
    campaigns = [{"clips": ["a", "b"], "times": ["06:00", "06:01", "12:00"], "plays": 2}]
    run = simulated(days=2, campaigns=campaigns, settings={})
    assert [line["title"] for line in run.of("airing")] == ["a", "b", "a", "b", "a", "b"]
    assert {line["campaign"] for line in run.of("airing")} == {"Đợt 1"}


def test_a_clip_that_is_withdrawn_leaves_its_turns_to_the_next(simulated):
    campaigns = [{"clips": ["a", "b"], "times": ["06:00", "12:00", "18:00"]}]
    events = [{"at": "2026-12-02 05:00", "kind": "withdraw", "clip": "a"}]
    run = simulated(days=2, campaigns=campaigns, settings={}, events=events)
    assert [line["title"] for line in run.of("airing")] == ["a", "b", "a", "b", "b", "b"]


def test_a_phase_gives_its_days_their_own_number(simulated):
    phases = [{"start": "2026-12-02", "end": "2026-12-02", "per_day": 3}, {"start": "2026-12-03", "per_day": 0}]
    campaigns = [{"clip": "a", "per_day": 1, "windows": ["06:00-08:00"], "phases": phases}]
    run = simulated(days=4, campaigns=campaigns)
    assert [line["start"][8:10] for line in run.of("airing")] == ["01", "02", "02", "02"]


@pytest.mark.parametrize(
    ("boost", "airings"), [({"minutes": 5}, 10), ({"share": 0.1}, 12)], ids=["minutes", "share_of_an_hour"]
)
def test_an_order_in_minutes_or_a_share_is_so_many_airings_of_the_clip(simulated, boost, airings):
    run = simulated(campaigns=[{"clip": "a", "windows": ["06:00-07:00"], "boost": boost}])
    assert run.summary["outcomes"] == {"played": airings}


@pytest.mark.parametrize(("ranks", "airings"), [((0, 0), 1), ((1, -1), 2)], ids=["no_rank", "ranked"])
def test_of_equal_campaigns_the_smaller_rank_has_all_the_air_it_wants(simulated, ranks, airings):
    one = {"clip": "a", "per_day": 2, "windows": ["06:00-06:02"]}
    campaigns = [one | {"title": "Sau", "rank": ranks[0]}, one | {"title": "Trước", "rank": ranks[1]}]
    run = simulated(campaigns=campaigns)
    assert len(run.of("airing")) == 2
    assert [line["campaign"] for line in run.of("airing")].count("Trước") == airings


def test_half_a_day_in_a_pause_takes_half_of_the_days_airings_off(simulated):
    campaigns = [{"title": "Cả ngày", "clip": "a", "per_day": 4, "windows": ["06:00-10:00"]}]
    run = simulated(campaigns=campaigns, events=[at("04:00", "pause", campaign="Cả ngày", until="2026-12-01 08:00")])
    assert [start >= "08:00" for start in run.starts] == [True, True]
    assert run.of("refusal") == []


def test_a_campaign_that_is_edited_in_its_pause_stays_paused(simulated):
    title = {"campaign": "Tiêm chủng"}
    change = {"times": ["07:00", "07:01", "18:00"], "plays": 2}
    events = [
        at("05:00", "pause", **title),
        at("05:30", "edit", change=change, **title),
        at("12:00", "resume", **title),
    ]
    assert simulated(events=events).starts == ["18:00:00"]


def test_a_second_edit_keeps_what_the_first_one_changed(simulated):
    title = {"campaign": "Tiêm chủng"}
    events = [at("04:00", "edit", change={"plays": 2}, **title), at("05:00", "edit", change={"clip": "b"}, **title)]
    assert {line["planned_seconds"] >= 90 for line in simulated(events=events).of("airing")} == {True}


def test_an_edit_that_needs_fewer_campaigns_ends_those_it_does_not_need(simulated):
    title = {"campaign": "Đợt 1"}
    campaigns = [{"clips": ["a", "b"], "times": ["06:00", "06:01", "17:00"], "plays": 2}]
    events = [
        at("12:00", "edit", change={"times": ["06:00", "15:00", "17:00"]}, **title),
        at("12:10", "pause", **title),
        at("12:20", "resume", **title),
    ]
    run = simulated(days=2, campaigns=campaigns, events=events, settings={})
    assert run.of("refusal") == []
    assert [line["start"][8:13] for line in run.of("airing") if line["start"]][2:] == [
        "01T15",
        "01T17",
        "02T06",
        "02T15",
        "02T17",
    ]


def test_clips_go_on_in_turn_when_an_edit_moves_the_times(simulated):
    campaigns = [{"clips": ["a", "b"], "times": ["06:00", "12:00", "18:00"], "plays": 2}]
    change = {"times": ["06:00", "06:01", "12:00", "12:01", "18:00"]}
    events = [{"at": "2026-12-02 03:00", "kind": "edit", "campaign": "Đợt 1", "change": change}]
    run = simulated(days=3, campaigns=campaigns, events=events, settings={})
    heard = "".join(line["title"] for line in run.of("airing"))
    assert heard == "aba" + "babab" + "ababa"


def test_a_refused_edit_leaves_the_campaign_within_reach(simulated):
    title = {"campaign": "Tiêm chủng"}
    events = [at("07:00", "edit", change={"times": ["22:00"]}, **title), at("12:00", "delete", **title)]
    run = simulated(events=events)
    assert [(line["what"], line["reason"]) for line in run.of("refusal")] == [("edit", "all_quiet")]
    assert run.starts == ["06:00:00"]


def test_zones_are_heard_apart_and_together(simulated):
    settings = {"zones": ["to-1", "to-2"], "quiet_hours": ["21:00-05:00"]}
    campaigns = [
        {"title": "Tổ 1", "clip": "a", "times": ["06:00"], "zone": "to-1"},
        {"title": "Tổ 2", "clip": "a", "times": ["06:00"], "zone": "to-2"},
        {"title": "Cả phường", "clip": "b", "times": ["07:00"]},
    ]
    run = simulated(settings=settings, campaigns=campaigns)
    assert run.starts == ["06:00:00", "06:00:00", "07:00:00"]
    assert [sorted(line["outputs"]) for line in run.of("airing")] == [["to-1"], ["to-2"], ["to-1", "to-2"]]
    assert run.summary["kept"]


def test_one_output_of_two_that_breaks_leaves_the_other_to_play_and_is_the_headline(simulated):
    settings = {"zones": ["to-1", "to-2"]}
    run = simulated(settings=settings, events=[at("06:00:10", "output_crash", output="to-2", seconds=600)])
    first = run.of("airing")[0]
    assert (first["outcome"], first["outputs"]["to-1"]) == ("partial", "ok")
    assert first["outputs"]["to-2"] != "ok"


def test_a_relay_fills_its_window_without_fetching_anything(simulated):
    run = simulated(relays=[{"windows": ["05:00-05:30"]}])
    relay = [line for line in run.of("airing") if line["trigger"] == "relay"]
    assert [(line["start"][11:19], line["seconds"], line["outcome"]) for line in relay] == [
        ("05:00:00", 1800.0, "played")
    ]
    assert run.ends[1:] == [*PLAYED]


def test_every_half_hour_is_real_half_hours_when_the_clocks_change(simulated):
    campaigns = [{"clip": "a", "every_minutes": 30, "windows": ["01:00-04:00"]}]
    settings = {"time_zone": "Europe/Paris", "quiet_hours": ["22:00-23:00"]}
    spring = simulated(start="2026-03-29", settings=settings, campaigns=campaigns)
    assert spring.starts == ["01:00:00", "01:30:00", "03:00:00", "03:30:00"]
    autumn = simulated(start="2026-10-25", settings=settings, campaigns=campaigns)
    assert autumn.starts == [
        "01:00:00",
        "01:30:00",
        "02:00:00",
        "02:30:00",
        "02:00:00",
        "02:30:00",
        "03:00:00",
        "03:30:00",
    ]
    assert spring.summary["kept"]
    assert autumn.summary["kept"]


@pytest.mark.parametrize(("start", "starts"), [("2026-03-29", []), ("2026-10-25", ["02:30:00"])], ids=["gap", "fold"])
def test_a_daily_time_is_skipped_in_a_gap_and_aired_once_in_a_fold(simulated, start, starts):
    settings = {"time_zone": "Europe/Paris", "quiet_hours": ["22:00-23:00"]}
    run = simulated(start=start, settings=settings, campaigns=[{"clip": "a", "times": ["02:30"]}])
    assert run.starts == starts
    assert [line["reason"] for line in run.of("refusal")] == ([] if starts else ["dst_gap"])


def test_the_lines_come_in_the_order_of_time_and_the_summary_counts_them(simulated):
    run = simulated(events=[at("06:00:10", "stop_now"), at("13:00", "clock_step", seconds=5)])
    instants = [line.get("start") or line.get("planned") or line.get("at") for line in run.lines[:-1]]
    assert instants == sorted(instants)
    assert run.summary["slots"] == len(run.of("slot")) == 2
    assert run.summary["airings"] == len(run.of("airing")) == 2
    assert run.summary["outcomes"] == {"partial": 1, "played": 1}
    assert run.summary["warnings"] == len(run.of("warning")) == 1


CUT = [at("06:05", "power_off"), at("14:05", "power_on")]
ALL_DAY = {"quiet_hours": ["21:00-05:00"], "min_gap_minutes": 1, "make_good_minutes": 720}


def test_a_half_hourly_announcement_comes_back_with_one_airing_after_eight_hours_without_power(simulated):
    campaigns = [{"clip": "a", "every_minutes": 30, "windows": ["05:00-20:00"], "min_gap_minutes": 1}]
    run = simulated(settings=ALL_DAY, campaigns=campaigns, events=CUT)
    owed = [line["start"][11:16] for line in run.of("airing") if line["trigger"] == "make_good"]
    assert owed == ["14:06"]
    assert [start[:5] for start in run.starts][3:6] == ["14:06", "14:30", "15:00"]
    assert run.summary["kept"], run.summary


def test_a_campaign_of_four_by_three_does_not_come_every_twelve_minutes_until_evening(simulated):
    boost = {"factor": 3}
    campaigns = [{"clip": "a", "per_day": 4, "boost": boost, "windows": ["05:00-20:00"], "min_gap_minutes": 10}]
    run = simulated(settings=ALL_DAY, campaigns=campaigns, events=CUT)
    minutes = [int(start[:2]) * 60 + int(start[3:5]) for start in run.starts]
    assert min(later - sooner for sooner, later in pairwise(minutes)) >= 59
    reasons = [line["reason"] for line in run.of("refusal")]
    assert set(reasons) == {"make_good_rhythm"}
    assert run.summary["kept"], run.summary


def test_two_a_day_over_a_short_morning_and_a_long_evening_air_once_in_each(simulated):
    run = simulated(campaigns=[{"clip": "a", "per_day": 2, "windows": ["05:30-06:00", "17:00-18:30"]}])
    assert [start[:2] for start in run.starts] == ["05", "17"]


def test_what_a_campaign_leaves_out_is_kept_for_days(simulated):
    campaign = {
        "title": "Tiêm chủng", "clip": "a", "every_minutes": 60, "windows": ["06:00-11:00", "14:00-18:00"],
        "except_days": ["2026-12-02"], "except_windows": ["08:00-15:00"],
    }  # fmt: skip
    run = simulated(days=3, campaigns=[campaign])
    assert run.summary["kept"], run.summary
    assert {line["planned"][:10] for line in run.of("airing")} == {"2026-12-01", "2026-12-03"}
    assert [at[:5] for at in run.starts] == ["06:00", "07:00", "15:00", "16:00", "17:00"] * 2
    assert (
        simulated(days=2, campaigns=[campaign | {"dates": ["2026-12-02"], "except_days": []}]).starts[0] == "06:00:00"
    )
    assert simulated(campaigns=[campaign | {"max_minutes": 1, "plays": 3}]).starts == []
