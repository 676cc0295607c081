"""Every output is named by its own kind and state, everywhere in the same sentence, and no file is said to sound."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.air.output_kinds import OUTPUT_KINDS
from scheduler.core.air.output_share import counts_by_kind
from scheduler.core.air.output_words import (
    STATES,
    OutputSeen,
    log_line,
    mute_zones,
    output_text,
    silence_of,
    state_word,
)
from tests.rows import over

OWN = {
    "soundcard": "card âm thanh",
    "wavfile": "ghi ra tệp WAV",
    "null": "bỏ mọi âm thanh",
    "fifo": "ống dẫn (FIFO)",
    "rtp": "mạng RTP",
    "icecast": "máy chủ Icecast",
    "snapcast": "máy chủ Snapcast",
}
"""The name of each kind, which no other kind's sentence may hold."""
SAID = {
    "open": "đang mở",
    "retrying": "CHƯA MỞ ĐƯỢC, trạm đang tự thử lại",
    "down": "ĐÃ NGỪNG",
    "": "chưa mở, bộ phát không chạy",
}


def seen(kind: str, state: str = "open", *, counts: bool | None = None, **more) -> OutputSeen:
    return OutputSeen("loa", kind, state, counts_by_kind(kind) if counts is None else counts, **more)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("state", SAID)
@pytest.mark.parametrize("kind", OWN)
def test_an_output_is_named_by_its_own_kind_and_state(kind, state, counts):
    told = output_text(seen(kind, state, counts=counts, device="dev-1", message="chi tiết"))
    assert [one for one, words in OWN.items() if words in told] == [kind]
    assert [one for one, words in SAID.items() if words in told] == [state]
    assert ("dev-1" in told) == (kind != "null")
    assert told.endswith("chi tiết.")
    assert bool(re.search("Loa không kêu|Không tính là loa", told)) == (not counts)


def test_every_kind_and_state_that_there_is_has_its_words():
    assert OUTPUT_KINDS.keys() == {*OWN, "auto"}
    assert STATES.keys() == SAID.keys() - {""}
    assert {kind for kind in OWN if re.search("Loa không kêu|Không tính", output_text(seen(kind)))} == {
        "wavfile",
        "null",
        "icecast",
    }


@over("kind", OWN)
def test_of_what_nobody_answers_for_only_the_sending_is_known(kind):
    """A loudspeaker behind a network is claimed by nobody, unless somebody is asked."""
    is_sent = kind in {"rtp", "snapcast", "icecast"}
    assert ("không biết" in output_text(seen(kind, counts=True))) == is_sent
    assert ("not known" in log_line(seen(kind, counts=True))) == is_sent
    assert "không biết" not in output_text(seen(kind, counts=True, is_asked=True))


def test_an_open_output_whose_sound_goes_nowhere_is_not_well():
    mute = seen("snapcast", unheard=True, is_asked=True)
    assert "TIẾNG KHÔNG TỚI LOA NÀO" in output_text(mute)
    assert (state_word(mute), mute.is_well) == ("Không tới loa nào", False)
    assert (state_word(seen("snapcast")), seen("snapcast").is_well) == ("Đang mở", True)
    assert state_word(seen("icecast", unheard=True)) == "Đang mở"  # no loudspeaker was promised there


def test_a_missing_sound_card_is_said_only_of_what_was_to_find_one():
    assert "không có card âm thanh, ghi ra tệp WAV" in output_text(seen("wavfile", wanted="auto"))
    assert "không có card" not in output_text(seen("wavfile", wanted="wavfile"))


@over("kind", OWN)
def test_the_log_says_of_every_output_whether_a_loudspeaker_sounds(kind):
    assert ("no loudspeaker sounds" in log_line(seen(kind))) == (not OUTPUT_KINDS[kind].counts)
    assert "no loudspeaker sounds" in log_line(seen(kind, counts=False))


@given(
    st.lists(
        st.builds(
            seen,
            st.sampled_from([*OWN, "auto"]),
            st.sampled_from(list(SAID)),
            counts=st.booleans(),
            zones=st.sampled_from([("all",), ("bac",), ("nam",), ("bac", "nam")]),
        ),
        max_size=4,
    )
)
def test_silence_is_told_when_nothing_counts_and_never_when_something_may(outputs):
    may = [one for one in outputs if one.counts or one.kind == "auto"]
    assert bool(silence_of(outputs)) == bool(outputs and not may)
    mute = mute_zones(outputs, ("all", "bac", "nam"))
    assert ("all" in mute) == (not may)
    for zone in ("bac", "nam"):
        assert (zone in mute) == (not any(zone in one.zones for one in may))


@pytest.mark.parametrize(
    ("kinds", "where"),
    [
        (("null",), "không đi đâu cả"),
        (("wavfile",), "ghi ra tệp WAV"),
        (("wavfile", "null"), "ghi ra tệp WAV"),
        (("icecast", "wavfile"), "không tính là loa"),
    ],
)
def test_where_the_sound_goes_instead_is_said(kinds, where):
    assert where in silence_of([seen(kind) for kind in kinds])
