import numpy as np
import pytest

from scheduler.core.model import HOUSE_RATE
from scheduler.playout.drift_corrector import LOST, DriftCorrector

STEP = 0.02


def fed(*lates: float) -> DriftCorrector:
    """A loop that was told these readings, one a block, after its first second."""
    loop = DriftCorrector()
    loop.restart(0)
    for number, late in enumerate(lates):
        loop.observe(1 + number * STEP, late)
    return loop


def steady(late: float, seconds: float = 3.0) -> DriftCorrector:
    return fed(*[late] * round(seconds / STEP))


@pytest.mark.parametrize(
    ("late", "silent", "sounding"),
    [
        pytest.param(0.0, 0, 0, id="on_time"),
        pytest.param(0.000_1, 0, 0, id="within_a_tenth_of_a_millisecond"),
        pytest.param(0.000_2, 10, 0, id="a_little_late"),
        pytest.param(0.005, 240, 1, id="late"),
        pytest.param(-0.005, -240, -1, id="early"),
        pytest.param(0.2, LOST, 1, id="as_late_as_is_borne"),
        pytest.param(0.201, LOST + 48, LOST + 48, id="lost"),
        pytest.param(-0.5, -HOUSE_RATE // 2, -1, id="far_too_early"),
    ],
)
def test_what_is_put_right(late: float, silent: int, sounding: int):
    assert steady(late).correction(sounding=False) == silent
    assert steady(late).correction(sounding=True) == sounding


@pytest.mark.parametrize(("seconds", "shift"), [(0.98, 0), (1.1, 240)])
def test_less_than_a_second_of_readings_is_not_believed(seconds: float, shift: int):
    assert steady(0.005, seconds).correction(sounding=False) == shift


@pytest.mark.parametrize(("seconds", "shift"), [(0.38, 0), (0.5, 24_000)])
def test_a_lost_device_is_seen_sooner(seconds: float, shift: int):
    assert steady(0.5, seconds).correction(sounding=False) == shift


def test_a_wild_reading_changes_nothing():
    lates = [0.0] * 150
    lates[80] = 4.0
    assert fed(*lates).correction(sounding=False) == 0


def test_a_lie_that_fades_changes_nothing():
    """As a sound server's own smoothing tells it on a busy machine: 30 ms off, then less and less."""
    loop = DriftCorrector()
    loop.restart(0)
    for number in range(300):
        loop.observe(1 + number * STEP, 0.0 if number < 120 else 0.03 * np.exp(-(number - 120) / 25))
        assert abs(loop.correction(sounding=False)) < 48


@pytest.mark.parametrize("ppm", [-250, -50, 50, 250])
def test_a_drift_is_followed_to_its_end_and_not_to_its_middle(ppm: float):
    drift = ppm / 1e6
    loop = fed(*[drift * number * STEP for number in range(150)])
    assert loop.late == pytest.approx(drift * 149 * STEP, abs=drift * STEP * 2 if ppm > 0 else -drift * STEP * 2)


def test_what_moves_faster_than_any_crystal_is_not_believed():
    assert fed(*[0.005 * number * STEP for number in range(150)]).late == 0.0


def test_the_first_second_after_a_start_is_not_believed():
    loop = DriftCorrector()
    loop.restart(10.0)
    for number in range(49):
        loop.observe(10.0 + number * STEP, 0.3)
    assert loop.correction(sounding=False) == 0
    assert loop.late == 0.0


def test_a_shift_is_made_once():
    loop = steady(0.005)
    assert loop.correction(sounding=False) == 240
    assert loop.correction(sounding=False) == 0
    for number in range(100):
        loop.observe(5 + number * STEP, 0.0)
        assert loop.correction(sounding=False) == 0


def test_no_readings_are_no_reason_to_move():
    assert DriftCorrector().correction(sounding=False) == 0
    assert DriftCorrector().late == 0.0


def test_lateness_is_known_once_it_was_measured_and_until_the_next_restart():
    loop = DriftCorrector()
    loop.restart(0)
    assert not loop.is_known
    for number in range(100):
        loop.observe(1 + number * STEP, 0.01)
        assert loop.is_known == (number * STEP >= 1.0)
    loop.restart(5.0)
    assert (loop.is_known, loop.late) == (False, 0.0)
    loop.observe(5.9, 0.01)
    assert not loop.is_known


def test_readings_that_agree_on_nothing_make_nothing_known():
    rng = np.random.default_rng(5)
    assert not fed(*rng.uniform(-0.1, 0.1, 150).tolist()).is_known


@pytest.mark.parametrize(
    ("middle", "width", "known"),
    [
        pytest.param(0.0, 0.001, True, id="a_millisecond_of_noise"),
        pytest.param(0.0, 0.02, False, id="twenty_of_noise"),
        pytest.param(0.002, 0.0015, True, id="off_by_less_than_anybody_hears"),
    ],
)
def test_a_device_is_placed_by_readings_that_are_too_rough_to_move_it(middle: float, width: float, known: bool):  # noqa: FBT001 - a column of the table
    saw = [middle + width * ((number * 7 % 10) / 10 - 0.45) for number in range(100)]
    saw[60] = 0.5  # and one wild one
    loop = fed(*saw)
    assert loop.is_known is known
    assert abs(loop.late - middle) <= 0.003


def test_readings_that_agree_but_on_a_place_that_is_not_believed_place_nothing():
    """20 ms off and moving faster than any crystal: close together for a second, and still no place to start from."""
    moving = fed(*[0.02 + 0.0025 * number * STEP for number in range(52)])
    assert not moving.is_known


@pytest.mark.parametrize(("late", "known"), [(0.000_2, True), (0.02, False)])
def test_a_server_that_takes_sound_four_times_a_second_is_placed_within_a_second(late: float, known: bool):  # noqa: FBT001 - a column of the table
    """As PulseAudio does with a long buffer: a start three seconds after the opening must not wait for more readings."""
    loop = DriftCorrector()
    loop.restart(0.0)
    for number in range(5):
        loop.observe(0.1 + number * 0.28, late)
    assert loop.is_known is known
    assert loop.correction(sounding=False) == 0


def watched(seconds: float = 60.0) -> DriftCorrector:
    """A loop that has heard both witnesses tell the same: on time, frames taken 0.6 s ahead and at times a little late."""
    loop = DriftCorrector()
    loop.restart(-1.0)
    for number in range(round(seconds / STEP)):
        loop.observe(number * STEP, 0.0, taken_at(number))
    return loop


def taken_at(number: int, moved: float = 0.0) -> float:
    """Now and then the machine was busy: late by up to 40 ms, never early."""
    return moved - 0.6 + (number * 7 % 50) / 50 * 0.04


@pytest.mark.parametrize("lie", [-0.023, 0.014, -0.3, 0.5])
def test_a_smooth_lie_of_some_seconds_is_not_believed_while_frames_are_taken_as_ever(lie: float):
    loop = watched()
    for number in range(round(8 / STEP)):
        loop.observe(60 + number * STEP, lie, taken_at(number))
        assert loop.correction(sounding=False) == 0
        assert loop.correction(sounding=True) == 0


@pytest.mark.parametrize("moved", [-0.023, 0.014, 0.5])
def test_a_device_that_really_moved_is_followed_within_seconds(moved: float):
    loop = watched()
    shifts = 0
    for number in range(round(6 / STEP)):
        late = moved - shifts / HOUSE_RATE
        loop.observe(60 + number * STEP, late, taken_at(number, late))
        shifts += loop.correction(sounding=False)
    assert shifts == pytest.approx(moved * HOUSE_RATE, abs=10)


def test_a_lie_told_from_the_opening_on_is_put_right_when_the_truth_has_been_told_for_longer():
    loop = DriftCorrector()
    loop.restart(-1.0)
    shifts = 0
    for number in range(round(60 / STEP)):
        late = (0.014 if number * STEP < 5 else 0.0) - shifts / HOUSE_RATE
        loop.observe(number * STEP, late, taken_at(number, -shifts / HOUSE_RATE))
        shifts += loop.correction(sounding=False)
    assert abs(shifts) <= 10


def test_a_server_that_takes_other_lots_than_before_moves_nothing():
    """A client that wants a shorter delay changes the lots in which a sink takes frames, and nothing else."""
    loop = watched()
    for number in range(round(60 / STEP)):
        in_lots = number % 14 * -STEP  # fourteen blocks at once
        loop.observe(60 + number * STEP, 0.0, taken_at(number) + in_lots)
        assert loop.correction(sounding=False) == 0


def test_a_server_that_takes_other_lots_in_its_first_seconds_moves_nothing():
    """Seen on a busy machine: 20 ms more at once for two seconds, and all of the first minute was 20 ms early."""
    loop = DriftCorrector()
    loop.restart(-1.0)
    for number in range(round(60 / STEP)):
        loop.observe(number * STEP, 0.0, taken_at(number) - (0.02 if number * STEP < 2.1 else 0.0))
        assert loop.correction(sounding=False) == 0


def test_a_device_that_moves_while_it_tells_lies_is_followed_all_the_same():
    """As a stalled sound server does on a busy machine: 17 ms behind, and its curve says 44 ms ahead."""
    loop = watched()
    shifts = 0
    for number in range(round(6 / STEP)):
        made = shifts / HOUSE_RATE
        loop.observe(60 + number * STEP, -0.044 - made, taken_at(number, 0.017 - made))
        shifts += loop.correction(sounding=False)
    assert shifts == pytest.approx(0.017 * HOUSE_RATE, abs=10)


def test_takings_that_are_uneven_for_a_while_let_no_lie_in():
    loop = watched()
    shifts = 0
    for number in range(round(15 / STEP)):
        uneven = -0.002 * (number // 50 % 2) - 0.001 * (number // 130 % 3)
        loop.observe(60 + number * STEP, -0.034, taken_at(number) + uneven)
        shifts += loop.correction(sounding=False)
        assert abs(shifts) <= 0.004 * HOUSE_RATE


def test_a_device_that_never_takes_evenly_is_followed_by_what_it_tells():
    loop = DriftCorrector()
    loop.restart(-1.0)
    shifts = 0
    for number in range(round(10 / STEP)):
        loop.observe(number * STEP, 0.014 - shifts / HOUSE_RATE, (number * 13 % 37) * 0.01 - number // 60 % 7 * 0.02)
        shifts += loop.correction(sounding=False)
    assert shifts == pytest.approx(0.014 * HOUSE_RATE, abs=10)


def test_what_fills_a_device_as_it_is_opened_says_nothing_of_where_it_is():
    """As traced: it takes 0.3 s of sound at once, stands for as long while its server wakes, and then keeps its pace."""
    loop, moved = DriftCorrector(), 0.0
    loop.restart(0)
    for number in range(16):
        loop.observe(0.0, 0.002, -0.02 * number)
    for number in range(1, 1000):
        at = 0.36 + number * STEP
        loop.observe(at, 0.36 - moved, 0.039 - moved + (0.02 if number % 13 else 0.0))
        moved += loop.correction(sounding=False) / HOUSE_RATE
        assert moved == 0 or abs(moved - 0.36) < 0.001
    assert moved == pytest.approx(0.36, abs=0.001)
