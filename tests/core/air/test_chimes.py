"""Which chime is for what, and which siren an emergency has by the words of its title."""

import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.config.loading import ChimeConfig
from scheduler.core.air.chimes import CHIMES, DRILL, Use, chime_key, named, siren_for, siren_words
from scheduler.kernel.errors import ConfigError
from tests.rows import over

WORDS = ChimeConfig().emergency_words


def test_no_chime_is_for_two_uses_and_none_is_for_nothing():
    sets = [set(named(use)) for use in Use]
    assert all(sets)
    assert all(not one & other for one, other in combinations(sets, 2))
    assert set().union(*sets) == set(CHIMES)


def test_a_drill_has_one_chime_and_no_choice():
    assert named(Use.DRILL) == (DRILL,)


@pytest.mark.parametrize("key", ["open", "close", "emergency"])
@pytest.mark.parametrize("name", CHIMES)
def test_a_configuration_can_give_no_airing_the_chime_of_another_use(key, name, tmp_path):
    from scheduler.config.loading import parse

    text = f"[chime]\n{key} = '{name}'\n"
    if CHIMES[name] == key:
        assert getattr(parse(text, tmp_path).chime, key) == name
    else:
        with pytest.raises(ConfigError, match=f"chime.{key}"):
            parse(text, tmp_path)


@pytest.mark.parametrize("entry", ["lũ", "lũ=", "=rising", "lũ=wood", "lũ=three-notes", "lũ=rung", ""])
def test_a_word_must_name_a_siren(entry, tmp_path):
    from scheduler.config.loading import parse

    assert siren_words(entry) is None
    with pytest.raises(ConfigError, match="emergency_words"):
        parse(f"[chime]\nemergency_words = ['{entry}']\n", tmp_path)


@over(
    "title, siren",
    [
        ("Vỡ đê", "rising"),
        ("Nước lũ đang lên nhanh", "rising"),
        ("KHẨN: XẢ LŨ HỒ CHỨA", "rising"),
        ("Cháy chợ", "three-pulses"),
        ("Sơ tán khu phố 3", "three-pulses"),
        ("Tìm trẻ lạc", "two-tone"),
        ("Lũy tre làng", "two-tone"),
        ("Tiêm vắc xin lứa tuổi lụa", "two-tone"),
        ("Nổ mìn phá đá", "three-pulses"),
        ("Nổi bật trong tuần", "two-tone"),
        ("", "two-tone"),
        ("Cháy nhà trong vùng lũ", "rising"),
    ],
)
def test_the_siren_is_that_of_the_first_word_found_whole(title, siren):
    assert siren_for(title, WORDS, "two-tone") == siren
    assert siren_for(unicodedata.normalize("NFD", title), WORDS, "two-tone") == siren


@given(st.text(), st.sampled_from(named(Use.EMERGENCY)))
def test_whatever_the_title_there_is_a_siren(title, otherwise):
    assert CHIMES[siren_for(title, WORDS, otherwise)] is Use.EMERGENCY


def test_another_loudness_is_another_chime():
    keys = {chime_key("bell", -16.0, -1.0), chime_key("bell", -14.0, -1.0), chime_key("bell", -16.0, -2.0)}
    assert len(keys | {chime_key("one-bell", -16.0, -1.0)}) == 4
