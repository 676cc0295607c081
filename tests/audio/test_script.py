"""What one clip says, in order; and that a voice says exactly that, with its pauses and speeds."""

from datetime import timedelta

import pytest

from audio_assets.speech.normalise import normalise
from audio_assets.speech.script import plain_script, script_of
from audio_assets.speech.voice import Voice
from scheduler.core.delivery import PLAIN, Frame, Pace, Shape
from scheduler.kernel.errors import Refused
from tests.audio.fake_engine import FakeEngine

FRAME = Frame(ident="Đây là Đài truyền thanh phường.", again="Xin nhắc lại.")
PACE = Pace(sentence_pause_ms=500, paced_pause_ms=800, again_pause_ms=1500, phrase_pause_ms=300)
TEXT = "Mời bà con đi tiêm. Nhớ mang thẻ."


def script(shape, title="Lịch tiêm chủng", text=TEXT):
    return script_of(normalise, title, text, shape, frame=FRAME, pace=PACE)


def test_a_plain_script_is_the_text_read_straight_through():
    made = script(PLAIN)
    assert made.text == TEXT
    assert made.parts == plain_script(TEXT, 500).parts
    assert made.times == 1


def test_a_whole_script_says_who_speaks_the_subject_the_words_again_and_thanks():
    made = script(Shape(ident=True, heading=True, times=2, opening="Kính thưa bà con!", closing="Xin cảm ơn."))
    assert made.text.splitlines() == [
        "Đây là Đài truyền thanh phường.",
        "Kính thưa bà con!",
        "Lịch tiêm chủng",
        TEXT,
        "Xin nhắc lại.",
        "Lịch tiêm chủng",
        TEXT,
        "Xin cảm ơn.",
    ]
    assert [told.role for told in made.told if told.again] == ["heading", "body"]
    assert made.times == 2


def test_before_the_words_are_said_again_echoes_may_die_away():
    pauses = {part.text: part.pause_after_ms for part in script(Shape(heading=True, times=2)).parts[:4]}
    assert pauses == {
        "Lịch tiêm chủng.": 650,
        "Mời bà con đi tiêm.": 500,
        "Nhớ mang thẻ.": 1500,
        "Xin nhắc lại.": 500,
    }


def test_a_text_that_begins_with_its_title_does_not_say_it_twice():
    made = script(Shape(heading=True), title="Mời bà con đi tiêm")
    assert made.text == TEXT


def test_titles_and_words_around_are_read_like_any_text():
    made = script(Shape(heading=True, closing="Gọi 113."), title="Họp lúc 7h30")
    assert made.text.splitlines()[0].startswith("Họp lúc bảy giờ ba mươi")
    assert made.text.splitlines()[-1] == "Gọi một một ba."


def test_unknown_words_are_listed_once_wherever_they_stand():
    made = script(Shape(heading=True, times=3), title="Tiêm Pfizer", text="Thuốc Pfizer và Abrysvo.")
    assert made.unknown == tuple(dict.fromkeys([*normalise("Tiêm Pfizer").unknown, *normalise("Abrysvo").unknown]))


def test_without_words_nothing_is_said_at_all():
    assert script(Shape(ident=True, heading=True), text="… !!!").parts == ()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Shape(paced=True), id="paced"),
        pytest.param(Shape(heading=True), id="heading"),
        pytest.param(Shape(times=2), id="twice"),
        pytest.param(Shape(closing="Hết."), id="closing"),
    ],
)
def test_another_shape_is_another_clip(other):
    assert script(other).key != script(PLAIN).key


def test_another_pause_is_another_clip():
    slower = script_of(normalise, "", TEXT, Shape(paced=True), frame=FRAME, pace=Pace(paced_pause_ms=801))
    same = script_of(normalise, "", TEXT, Shape(paced=True), frame=FRAME, pace=Pace(paced_pause_ms=800))
    assert slower.key != same.key


def test_a_voice_says_every_part_at_its_own_speed_with_its_own_pause():
    engine = FakeEngine(rate=48_000)
    made = script(Shape(paced=True, heading=True), title="Họp", text="Gọi số điện thoại 0905123456 để được hướng dẫn.")
    clip = Voice([engine], pause_ms=0, speed=1.0).speak_script(made)
    assert engine.asked == [part.text for part in made.parts]
    hummed = sum(sum(map(str.isalnum, part.text)) * 0.06 / part.speed for part in made.parts)
    pauses = sum(part.pause_after_ms for part in made.parts[:-1]) / 1000
    assert clip.seconds == pytest.approx(hummed + pauses, abs=0.08 * len(made.parts))


def test_what_is_said_again_is_asked_of_the_voice_once_and_sounds_the_same():
    engine = FakeEngine(rate=48_000)
    made = script(Shape(heading=True, times=3))
    clip = Voice([engine], pause_ms=0, speed=1.0).speak_script(made)
    once = Voice([FakeEngine(rate=48_000)], pause_ms=0, speed=1.0).speak_script(script(Shape(heading=True)))
    assert sorted(engine.asked) == sorted({part.text for part in made.parts})
    assert clip.seconds > 3 * once.seconds


def test_a_script_that_says_nothing_is_refused_by_the_voice():
    with pytest.raises(Refused) as refusal:
        Voice([FakeEngine()], pause_ms=0, speed=1.0).speak_script(script(PLAIN, text="…"))
    assert refusal.value.reason == "text_not_speakable"


def test_a_script_takes_as_long_as_its_parts():
    made = script(Shape(times=2))
    assert made.length(3.0) > 2 * script(PLAIN).length(3.0) + timedelta(seconds=1.5)
