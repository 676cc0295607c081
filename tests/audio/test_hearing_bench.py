"""The pieces of the intelligibility bench: noise of the strength it says, a horn like a horn, a score that is right."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_assets.loudness import integrated_lufs
from tests.examples import examples

BENCH = str(Path(__file__).parents[2] / "bench")
sys.path.append(BENCH)
street, scoring, speech, listener, rounds = (
    import_module(f"hearing.{name}") for name in ("street", "scoring", "speech", "listener", "rounds")
)
bench = import_module("intelligibility")
sys.path.remove(BENCH)

RATE = 16_000
LENGTH = 3 * RATE
NOISES = {
    "traffic": street.traffic,
    "rain": street.rain,
    "babble": lambda dice, length: street.babble(dice, length, [tone(300), tone(700), tone(1_500)]),
}
WORDS = st.lists(st.sampled_from(["một", "hai", "ba", "bốn", "năm", "sáu"]), max_size=8)


def tone(hertz, level=0.2, length=LENGTH):
    return (level * np.sin(2 * np.pi * hertz * np.arange(length) / RATE)).astype(np.float32)


def noise_like_speech(seed=1):
    return street.shaped(np.random.default_rng(seed), LENGTH, lambda hertz: 1 / (1 + hertz / 500)) * np.float32(0.1)


def band_db(sound, low, high):
    power = np.abs(np.fft.rfft(sound)) ** 2
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return 10 * np.log10(power[(hertz >= low) & (hertz < high)].mean())


def loudness_spread_db(sound):
    """Between the softer and the louder tenths of a second of speech."""
    blocks = 10 * np.log10(np.mean(sound[: len(sound) // 1_600 * 1_600].reshape(-1, 1_600) ** 2, axis=1) + 1e-10)
    return np.ptp(np.quantile(blocks[blocks > blocks.max() - 30], [0.2, 0.95]))


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("snr", [-6, 0, 12])
def test_noise_is_as_much_less_loud_than_the_speech_as_it_says(kind, snr):
    made = NOISES[kind](np.random.default_rng(3), LENGTH)
    silent = np.zeros(LENGTH, np.float32)
    assert integrated_lufs(street.in_noise(silent, made, -20.0, snr), RATE) == pytest.approx(-20.0 - snr, abs=0.1)


@pytest.mark.parametrize("kind", NOISES)
def test_the_same_seed_makes_the_same_noise_and_another_another(kind):
    one, same, other = (NOISES[kind](np.random.default_rng(seed), LENGTH) for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)
    assert np.isfinite(one).all()


def test_louder_speech_is_given_no_louder_noise():
    speech_now, made = noise_like_speech(), street.rain(np.random.default_rng(1), LENGTH)
    soft = street.in_noise(speech_now, made, -20.0, 6) - speech_now
    loud = street.in_noise(4 * speech_now, made, -20.0, 6) - 4 * speech_now
    assert np.allclose(soft, loud, atol=1e-6)


def test_silence_cannot_be_brought_to_a_loudness():
    with pytest.raises(ValueError, match="no loudness"):
        street.at_loudness(np.zeros(LENGTH, np.float32), -20.0)


def test_traffic_rumbles_and_rain_hisses():
    dice = np.random.default_rng(1)
    traffic, rain = street.traffic(dice, LENGTH), street.rain(dice, LENGTH)
    assert band_db(traffic, 50, 500) > band_db(traffic, 3_000, 6_000) + 15
    assert band_db(rain, 1_500, 6_000) > band_db(rain, 50, 300) + 3


def test_a_horn_carries_the_middle_and_neither_the_bass_nor_the_top():
    hertz = np.array([100.0, 200.0, 700.0, 1_500.0, 3_000.0, 7_900.0])
    gain = 20 * np.log10(street.horn_gain(hertz))
    assert gain[0] < -30
    assert gain[1] < -15
    assert (np.abs(gain[2:5]) < 6).all()
    assert gain[5] < -10


def test_the_horn_rings_after_a_click_and_never_before_it():
    click = np.zeros(LENGTH, np.float32)
    click[8_000] = 1.0
    rung = street.response(click, street.horn_gain)
    assert np.abs(rung[:7_990]).max() < 1e-3
    assert np.sum(rung[8_000:8_400] ** 2) > 0.9 * np.sum(rung**2)


def test_the_driver_bends_a_loud_tone_by_some_percent_and_a_soft_one_hardly():
    def distortion(level):
        spectrum = np.abs(np.fft.rfft(street.driven(tone(500, level))))
        at = 500 * LENGTH // RATE
        return np.sqrt(np.sum(spectrum[2 * at :: at] ** 2)) / spectrum[at]

    assert 0.01 < distortion(1.0) < 0.06
    assert distortion(0.05) < 0.005


def test_the_echo_is_the_same_sound_later_and_weaker():
    echo = street.Echo(metres=80, nearest_metres=60)
    sound = noise_like_speech()
    both = street.with_echo(sound, echo)
    late = round(80 / 343 * RATE)
    assert echo.seconds == pytest.approx(0.233, abs=0.001)
    assert echo.decibels == pytest.approx(-7.36, abs=0.01)
    assert np.allclose(both[:late], sound[:late])
    assert np.allclose(both[len(sound) :], sound[-late:] * 10 ** (echo.decibels / 20), atol=1e-5)


def test_a_word_is_caught_where_it_stands_and_not_elsewhere():
    spoken = scoring.syllables("gọi số một chín không không")
    assert scoring.caught(spoken, scoring.syllables("Gọi số, một tám không không")) == [
        True,
        True,
        True,
        False,
        True,
        True,
    ]
    assert scoring.caught(spoken, []) == [False] * 6
    assert scoring.caught([], spoken) == []


@given(WORDS, WORDS)
@settings(max_examples=examples(200))
def test_what_is_caught_was_said_in_that_order(spoken, heard):
    got = [word for word, was in zip(spoken, scoring.caught(spoken, heard), strict=True) if was]
    rest = iter(heard)
    assert all(word in rest for word in got)


@given(WORDS)
def test_who_repeats_everything_has_caught_everything(spoken):
    assert all(scoring.caught(spoken, spoken))


def test_another_spelling_of_the_same_syllable_is_no_mistake():
    assert scoring.syllables("Hòa, lẻ tỉ ngàn") == scoring.syllables("hoà linh tỷ nghìn")


def test_letters_are_compared_without_their_marks():
    assert "".join(scoring.letters("Đường dây nóng, một mốt!")) == "duongdaynongmotmot"


def test_the_interval_holds_the_mean_and_narrows_with_more_bulletins():
    dice = np.random.default_rng(1)
    few, many = scoring.mean(dice.random(10)), scoring.mean(dice.random(400))
    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 3
    assert (few.n, many.n) == (10, 400)


def test_the_interval_is_right_nineteen_times_in_twenty():
    dice = np.random.default_rng(7)
    holds = [one.low <= 0.6 <= one.high for one in (scoring.mean(dice.random(40) < 0.6) for _ in range(200))]
    assert 0.88 <= np.mean(holds) <= 0.99


def test_a_difference_is_taken_bulletin_by_bulletin():
    base = np.random.default_rng(1).random(30)
    more = scoring.difference(base + 0.1, base)
    assert (more.value, more.low, more.high) == pytest.approx((0.1, 0.1, 0.1))
    assert more.points() == "+10 [+10 … +10]"


def test_a_bulletin_with_nothing_to_score_takes_no_part():
    assert scoring.mean([float("nan"), 0.5, 0.5]).n == 2
    assert scoring.mean([float("nan")]).n == 0


def test_a_closed_question_has_five_foils_and_each_differs_in_its_digit_alone():
    for bulletin in speech.bulletins(24):
        assert len(bulletin.figures) == len(bulletin.places) == len(scoring.syllables(bulletin.said))
        assert bulletin.figures[bulletin.asked]
        words = [text.split() for text in (bulletin.said, *bulletin.foils)]
        assert len(set(map(tuple, words))) == 6
        assert all(sum(a != b for a, b in zip(foil, words[0], strict=True)) == 1 for foil in words[1:])


def test_one_bulletin_in_four_gives_a_number_to_call():
    names = [bulletin.name.partition("-")[0] for bulletin in speech.bulletins(24)]
    assert (names.count("phone"), names.count("sentence")) == (6, 18)
    assert len({bulletin.said for bulletin in speech.bulletins(24)}) == 24


def test_pacing_says_the_same_words_in_more_time():
    (bulletin,) = speech.bulletins(1)
    plain, slow = speech.spoken(bulletin.said), speech.paced(bulletin, number_speed=0.8, phrase_pause_ms=400)
    assert 1.1 < len(slow) / len(plain) < 2.5


def test_the_render_cuts_the_bass_lifts_the_middle_and_evens_out_the_loudness():
    pcm = speech.levelled(speech.spoken("Kính mời bà con đến nhà văn hóa lúc bảy giờ tối nay."))
    out = speech.rendered(pcm, presence_db=6, ratio=4)
    before, after = speech.at_the_ear(pcm), speech.at_the_ear(out)
    assert len(out) == len(pcm)
    tilt = [band_db(sound, 2_000, 3_000) - band_db(sound, 80, 200) for sound in (before, after)]
    assert tilt[1] > tilt[0] + 8
    spread = [loudness_spread_db(speech.at_the_ear(speech.rendered(pcm, ratio=ratio))) for ratio in (1, 4)]
    assert spread[1] < spread[0] - 2


def test_what_reaches_the_ear_at_a_third_of_the_rate_is_the_same_sound():
    wide = (20_000 * np.sin(2 * np.pi * 1_000 * np.arange(48_000) / 48_000)).astype(np.int16)
    assert np.allclose(speech.at_the_ear(wide)[500:-500], tone(1_000, 20_000 / 32_768, RATE)[500:-500], atol=1e-3)


def test_a_tone_stands_in_the_band_of_its_pitch():
    picture = listener.mel_of(tone(1_000))
    centres = listener.mel_filters() @ np.fft.rfftfreq(400, 1 / RATE) / listener.mel_filters().sum(axis=1)
    assert picture.shape == (80, 1_600)
    assert centres[picture[:, 100].argmax()] == pytest.approx(1_000, abs=60)
    assert picture[:, 1_000].max() < picture[:, 100].max() - 0.5


def test_a_bulletin_longer_than_the_listener_hears_is_refused_and_not_cut():
    with pytest.raises(ValueError, match="16 s at once"):
        listener.mel_of(np.zeros(16 * RATE + 1, np.float32))


def test_a_missing_listener_says_what_to_read(tmp_path):
    with pytest.raises(listener.NoListenerError, match=r"docs/hearing\.md"):
        listener.Listener(tmp_path)


class Parrot:
    """Hears nothing and writes what it was taught; believes letters in turn as it was told to, silence first."""

    def __init__(self, *written, beliefs=(0.5,)):
        self.written, self.beliefs, self.turn = written, iter(beliefs), 0

    def hear(self, sound):
        return sound

    def write(self, _heard, _seconds):
        self.turn += 1
        return self.written[(self.turn - 1) % len(self.written)]

    def believe(self, _heard, texts, _seconds):
        belief = next(self.beliefs, 0.5)
        return [np.full(len(text), belief if not at else 0.4) for at, text in enumerate(texts)]


def asked(parrot, times=1):
    (bulletin,) = speech.bulletins(1)
    made = rounds.Rounds(parrot, [bulletin])
    return rounds.Scores(*made.ask(0, speech.at_the_ear(speech.spoken(bulletin.said)), rounds.ROOM, times)), bulletin


def test_what_was_written_right_the_first_time_or_the_second_is_right():
    (bulletin,) = speech.bulletins(1)
    words = bulletin.said.split()
    halves = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
    once, twice = (asked(Parrot(*halves), times)[0] for times in (1, 2))
    assert once.written == pytest.approx(len(halves[0].split()) / len(words))
    assert twice.written == 1.0
    assert twice.letters > once.letters + 0.3


def test_a_sound_that_doubles_what_silence_made_likely_tells_one_bit_a_letter():
    scores, bulletin = asked(Parrot("", beliefs=(0.25, 0.5)))
    assert scores.told == pytest.approx(len(bulletin.said) / len(bulletin.places))
    assert scores.told_numbers > 0


def test_two_hearings_are_believed_alike():
    scores, bulletin = asked(Parrot("", beliefs=(0.25, 0.2, 0.8)), times=2)
    assert scores.told == pytest.approx(len(bulletin.said) / len(bulletin.places))


@pytest.mark.parametrize(("belief", "chosen"), [(0.5, 1.0), (0.3, 0.0)])
def test_a_digit_is_told_when_it_fits_better_than_every_other(belief, chosen):
    assert asked(Parrot("", beliefs=(0.5, belief)))[0].chosen == chosen


def test_every_way_of_speaking_meets_the_same_noise():
    (bulletin,) = speech.bulletins(1)
    made = rounds.Rounds(Parrot(""), [bulletin])
    street_now = next(one for one in rounds.STREETS if one.noise == "babble")
    sound = speech.at_the_ear(speech.levelled(speech.spoken(bulletin.said)))
    assert np.array_equal(made.at_ear(0, sound, street_now), made.at_ear(0, sound, street_now))
    assert not np.allclose(made.at_ear(0, sound, street_now, 0), made.at_ear(0, sound, street_now, 1))


def test_a_run_that_was_broken_off_finds_what_it_had_measured(tmp_path):
    kept = {"said": (7.5, {"no horn": rounds.Scores(told=[1.0, 2.0], like=[0.5, float("nan")])})}
    bench.keep(tmp_path / "scores.json", kept)
    found = bench.kept_in(tmp_path / "scores.json")["said"]
    assert found[0] == 7.5
    assert found[1]["no horn"].told == [1.0, 2.0]
    assert np.isnan(found[1]["no horn"].like[1])
    assert bench.kept_in(tmp_path / "other.json") == {}


def test_a_street_where_nothing_was_asked_does_not_count_in_the_mean():
    rain, traffic = rounds.Scores(chosen=[1.0, 0.0]), rounds.Scores(chosen=[float("nan"), float("nan")])
    streets = [rounds.Street("rain"), rounds.Street("traffic")]
    assert bench.over({"rain": rain, "traffic": traffic}, "chosen", streets).tolist() == [1.0, 0.0]
    assert np.isnan(bench.over({"rain": traffic, "traffic": traffic}, "chosen", streets)).all()


@pytest.mark.parametrize("ways", [bench.usual_ways, bench.pace_ways, bench.horn_ways])
def test_every_comparison_has_the_plain_reading_to_compare_with_and_names_no_way_twice(ways):
    names = [way.name for way in ways()]
    assert "said" in names
    assert len(set(names)) == len(names)
