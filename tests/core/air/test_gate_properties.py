from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.gate import START_SLACK, GateFacts, GateRequest, may_sound, may_start
from scheduler.core.model import ALL_WEEKDAYS, AirtimeLimit, Priority, QuietHours, Sha256, StationRules, Trigger, Window
from scheduler.core.planning.excepted import NONE, Exceptions

HASHES = st.sampled_from([Sha256("a" * 64), Sha256("b" * 64)])
ZONES = st.sampled_from(["Asia/Ho_Chi_Minh", "Europe/Paris", "America/Los_Angeles"])
# Around the changes of summer time as well as plain days.
SEASONS = st.sampled_from([(2020, 3, 7), (2020, 3, 28), (2020, 10, 24), (2020, 10, 31)])
INSTANTS = st.builds(
    lambda season, seconds: datetime(*season, tzinfo=UTC) + timedelta(seconds=seconds),
    SEASONS,
    st.floats(0, 3 * 86_400),
)
WINDOWS = st.builds(Window, st.times(), st.times()).filter(lambda window: window.start != window.end)
CAPS = st.builds(
    AirtimeLimit,
    sessions_a_day=st.none() | st.integers(0, 3),
    minutes_a_session=st.none() | st.floats(0, 30),
    weekdays=st.frozensets(st.integers(0, 6)) | st.just(ALL_WEEKDAYS),
)
STATIONS = st.builds(
    StationRules,
    zone_name=ZONES,
    quiet_hours=st.builds(QuietHours, st.lists(WINDOWS, max_size=3).map(tuple)),
    cap=CAPS,
    min_gap=st.just(timedelta(minutes=1)),
    late_tolerance=st.timedeltas(timedelta(0), timedelta(hours=5)),
)
ZONED = st.builds(
    lambda station, quiet, blackout: replace(station, zone_quiet=tuple(quiet.items()), blackout=blackout),
    STATIONS,
    st.dictionaries(
        st.sampled_from(["bac", "nam"]), st.builds(QuietHours, st.lists(WINDOWS, min_size=1, max_size=2).map(tuple))
    ),
    st.frozensets(st.dates(date(2020, 3, 6), date(2020, 3, 12)), max_size=4),
)
LANES = st.lists(st.sampled_from(["bac", "nam", "dong"]), unique=True).map(tuple)
REQUESTS = st.builds(
    lambda start, length, **rest: GateRequest("s", start, start + length, **rest),
    INSTANTS,
    st.timedeltas(timedelta(seconds=-10), timedelta(hours=3)),
    priority=st.sampled_from(Priority),
    audio_sha256=HASHES,
    approved_sha256=st.none() | HASHES,
    emergency_ordered_by_right=st.booleans(),
    zone=st.sampled_from(["all", "bac", "nam"]),
    trigger=st.sampled_from(Trigger),
    excepted=st.just(NONE)
    | st.builds(
        Exceptions,
        days=st.lists(st.dates(date(2020, 3, 6), date(2020, 3, 12)), max_size=3).map(tuple),
        windows=st.lists(WINDOWS, max_size=2).map(tuple),
        dates=st.just(()) | st.lists(st.dates(date(2020, 3, 6), date(2020, 3, 12)), max_size=4).map(tuple),
        max_minutes=st.none() | st.integers(1, 200),
    ),
)
FACTS = st.builds(
    GateFacts,
    clock_trusted=st.booleans(),
    session=st.integers(0, 4),
    aired=st.lists(
        st.dictionaries(st.integers(0, 4), st.timedeltas(timedelta(0), timedelta(minutes=40))), max_size=2
    ).map(tuple),
)


def is_in(window: Window, instant: datetime, zone: str) -> bool:
    """Quiet by the wall clock alone, written without the code under test."""
    wall = instant.astimezone(ZoneInfo(zone)).time()
    if window.start < window.end:
        return window.start <= wall < window.end
    return wall >= window.start or wall < window.end


def quiet_on_the_wall(rules: StationRules, instant: datetime) -> bool:
    return any(is_in(window, instant, rules.zone_name) for window in rules.quiet_hours.windows)


@given(REQUESTS, STATIONS, INSTANTS, st.integers(1, 60_000), st.booleans(), st.floats(0, 1, exclude_max=True))
def test_no_block_sounds_in_quiet_hours_without_a_permitted_emergency(request, rules, start, length, trusted, share):
    end = start + timedelta(milliseconds=length)
    if may_sound(request, rules, start, end, clock_trusted=trusted).allowed and not request.is_permitted_emergency:
        assert trusted
        assert not quiet_on_the_wall(rules, start)
        assert not quiet_on_the_wall(rules, start + (end - start) * share)


@given(
    REQUESTS, STATIONS, FACTS, st.timedeltas(timedelta(hours=-1), timedelta(hours=6)), st.floats(0, 1, exclude_max=True)
)
def test_nothing_starts_that_would_sound_in_quiet_hours(request, rules, facts, late, share):
    now = request.start + late
    if not may_start(request, rules, facts, now).allowed or request.is_permitted_emergency:
        return
    start = request.start if late <= START_SLACK else now
    assert facts.clock_trusted
    assert not quiet_on_the_wall(rules, start + (request.end - request.start) * share)


def left_out_on_the_wall(kept: Exceptions, instant: datetime, zone: str) -> bool:
    day = instant.astimezone(ZoneInfo(zone)).date()
    hours = any(is_in(window, instant, zone) for window in kept.windows)
    return hours or day in kept.days or bool(kept.dates and day not in kept.dates)


@given(
    REQUESTS, STATIONS, FACTS, st.timedeltas(timedelta(hours=-1), timedelta(hours=6)), st.floats(0, 1, exclude_max=True)
)
def test_nothing_starts_that_its_campaign_leaves_out(request, rules, facts, late, share):
    now = request.start + late
    if not may_start(request, rules, facts, now).allowed or request.is_permitted_emergency:
        return
    start = request.start if late <= START_SLACK else now
    assert not left_out_on_the_wall(request.excepted, start + (request.end - request.start) * share, rules.zone_name)
    most = request.excepted.max_minutes
    assert most is None or request.end - request.start <= timedelta(minutes=most)


@given(REQUESTS, STATIONS, INSTANTS, st.integers(1, 60_000), st.floats(0, 1, exclude_max=True))
def test_no_block_sounds_that_its_campaign_leaves_out(request, rules, start, length, share):
    end = start + timedelta(milliseconds=length)
    if may_sound(request, rules, start, end, clock_trusted=True).allowed and not request.is_permitted_emergency:
        assert not left_out_on_the_wall(request.excepted, start + (end - start) * share, rules.zone_name)


@given(REQUESTS, STATIONS, FACTS, st.timedeltas(timedelta(hours=-1), timedelta(hours=6)))
def test_only_the_very_sound_that_was_approved_is_ever_let_through(request, rules, facts, late):
    allowed = may_start(request, rules, facts, request.start + late).allowed
    block = (request.start, request.start + timedelta(milliseconds=20))
    sounds = may_sound(request, rules, *block, clock_trusted=facts.clock_trusted).allowed
    if allowed or sounds:
        assert request.audio_sha256 == request.approved_sha256


@given(REQUESTS, STATIONS, FACTS, st.timedeltas(timedelta(hours=-1), timedelta(hours=6)))
def test_the_right_alone_or_the_class_alone_opens_nothing(request, rules, facts, late):
    now = request.start + late
    plain = replace(request, priority=Priority.NORMAL, emergency_ordered_by_right=False)
    right_only = replace(request, priority=Priority.NORMAL, emergency_ordered_by_right=True)
    class_only = replace(request, priority=Priority.EMERGENCY, emergency_ordered_by_right=False)
    verdicts = {may_start(one, rules, facts, now).reason for one in (plain, right_only, class_only)}
    assert len(verdicts) == 1


@given(REQUESTS, STATIONS, FACTS, st.timedeltas(timedelta(hours=-1), timedelta(hours=6)))
def test_what_may_start_may_sound_to_its_end(request, rules, facts, late):
    now = request.start + late
    if may_start(request, rules, facts, now).allowed:
        start = request.start if late <= START_SLACK else now
        whole = may_sound(
            request, rules, start, start + (request.end - request.start), clock_trusted=facts.clock_trusted
        )
        assert whole.allowed


def zone_quiet_on_the_wall(rules: StationRules, zone: str, instant: datetime) -> bool:
    windows = [window for name, quiet in rules.zone_quiet if name == zone for window in quiet.windows]
    return any(is_in(window, instant, rules.zone_name) for window in windows)


@given(REQUESTS, ZONED, INSTANTS, st.integers(1, 60_000), st.floats(0, 1, exclude_max=True), LANES)
def test_no_block_sounds_on_an_output_whose_zone_is_quiet(request, rules, start, length, share, lanes):
    end = start + timedelta(milliseconds=length)
    verdict = may_sound(request, rules, start, end, clock_trusted=True, lane_zones=lanes)
    if verdict.allowed and not request.is_permitted_emergency:
        for zone in (*lanes, request.zone):
            assert not zone_quiet_on_the_wall(rules, zone, start)
            assert not zone_quiet_on_the_wall(rules, zone, start + (end - start) * share)


@given(REQUESTS, ZONED, INSTANTS, st.integers(1, 60_000), LANES)
def test_a_no_to_one_output_is_a_yes_to_one_whose_zones_are_not_quiet(request, rules, start, length, lanes):
    end = start + timedelta(milliseconds=length)
    verdict = may_sound(request, rules, start, end, clock_trusted=True, lane_zones=lanes)
    elsewhere = may_sound(request, rules, start, end, clock_trusted=True, lane_zones=())
    if verdict.local:
        assert not verdict.allowed
        assert elsewhere.allowed
    else:
        assert verdict.allowed == elsewhere.allowed


@given(REQUESTS, ZONED, FACTS, st.timedeltas(timedelta(hours=-1), timedelta(hours=6)))
def test_nothing_ordinary_starts_on_a_blackout_date_or_for_a_zone_that_is_quiet(request, rules, facts, late):
    now = request.start + late
    if may_start(request, rules, facts, now).allowed and not request.is_permitted_emergency:
        start = request.start if late <= START_SLACK else now
        assert start.astimezone(ZoneInfo(rules.zone_name)).date() not in rules.blackout
        assert start.astimezone(ZoneInfo(rules.zone_name)).weekday() in rules.cap.weekdays
        assert not zone_quiet_on_the_wall(rules, request.zone, start)


@given(REQUESTS, ZONED, FACTS, INSTANTS, LANES)
def test_an_emergency_by_right_with_its_approved_sound_is_never_held_back(request, rules, facts, now, lanes):
    approved = replace(request, approved_sha256=request.audio_sha256, end=request.start + timedelta(seconds=30))
    ordered = replace(approved, priority=Priority.EMERGENCY, emergency_ordered_by_right=True)
    block = (now, now + timedelta(milliseconds=20))
    assert may_start(ordered, rules, facts, now).allowed
    assert may_sound(ordered, rules, *block, clock_trusted=facts.clock_trusted, lane_zones=lanes).allowed


@given(STATIONS, FACTS, INSTANTS)
def test_every_refusal_has_a_reason_and_every_yes_has_none(rules, facts, now):
    request = GateRequest("s", now, now + timedelta(seconds=30), Priority.NORMAL, Sha256("a"), Sha256("a"))
    verdict = may_start(request, rules, facts, now)
    assert verdict.allowed is not bool(verdict.reason)


def test_midnight_is_inside_a_window_that_crosses_it():
    """The independent reading above is itself read once by hand."""
    night = Window(time(21), time(5))
    assert is_in(night, datetime(2020, 3, 15, 17, tzinfo=UTC), "Asia/Ho_Chi_Minh")
    assert not is_in(night, datetime(2020, 3, 15, 22, tzinfo=UTC), "Asia/Ho_Chi_Minh")
