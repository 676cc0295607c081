"""What an answer is by its header and first bytes, and what a playlist names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.kernel.errors import Refused
from scheduler.playout.relay.answer import Answer, answer_of, container_of, playlist_entry
from tests.playout.relay.faces import aac, mp3, opus
from tests.rows import over


@over(
    "kind, encoding, path, answer",
    [
        ("audio/mpeg", "", "/live", Answer.AUDIO),
        ("Audio/AACP; charset=x", "identity", "/live", Answer.AUDIO),
        ("application/ogg", "", "/live.ogg", Answer.AUDIO),
        ("", "", "/live", Answer.AUDIO),
        ("application/octet-stream", "", "/live", Answer.AUDIO),
        ("audio/mpeg", "gzip", "/live", Answer.OTHER),
        ("text/html", "", "/live", Answer.OTHER),
        ("text/plain", "", "/live", Answer.OTHER),
        ("image/png", "", "/live", Answer.OTHER),
        ("video/mp4", "", "/live", Answer.OTHER),
        ("audio/x-mpegurl", "", "/live", Answer.PLAYLIST),
        ("audio/x-scpls; charset=utf-8", "", "/", Answer.PLAYLIST),
        ("application/vnd.apple.mpegurl", "", "/", Answer.PLAYLIST),
        ("text/plain", "", "/live.m3u?x=1", Answer.PLAYLIST),
        ("", "", "/LIVE.PLS", Answer.PLAYLIST),
        ("audio/mpeg", "", "/live.m3u", Answer.AUDIO),
        ("text/html", "gzip", "/live.m3u", Answer.OTHER),
    ],
)
def test_the_header_says_what_is_worth_looking_at(kind, encoding, path, answer):
    assert answer_of(kind, encoding, path) is answer


@pytest.mark.parametrize(
    ("sound", "joined_at", "container"),
    [(mp3, 0, "mp3"), (mp3, 700, "mp3"), (aac, 0, "aac"), (aac, 999, "aac"), (opus, 0, "ogg")],
    ids=["mp3", "mp3 joined in the middle", "aac", "aac joined in the middle", "ogg"],
)
def test_sound_is_known_by_its_bytes(sound, joined_at, container):
    assert container_of(sound()[joined_at:][:4096]) == container


@over(
    "head",
    [
        b"",
        b"<html>" * 1000,
        b"#EXTM3U\n/live\n",
        b"\0" * 5000,
        b"\x00\x00\x00\x20ftypM4A " + b"\0" * 4000,
        b"%PDF-1.7" * 500,
    ],
)
def test_what_is_no_stream_of_sound_has_no_reader(head):
    assert container_of(head) is None


@over(
    "text, entry",
    [
        ("http://radio.example/live\n", "http://radio.example/live"),
        ("#EXTM3U\r\n#EXTINF:-1,Đài\r\nhttps://b.example/x\r\nhttp://c.example/\r\n", "https://b.example/x"),
        ("\ufeff#EXTM3U\n\n  /relative \n", "http://a.example/relative"),
        ("[playlist]\nTitle1=x\nFile1=http://b.example:8000/\nFile2=http://c.example\n", "http://b.example:8000/"),
        ("[Playlist]\nfile1 = next\n", "http://a.example/lists/next"),
        ("file:///etc/passwd", "file:///etc/passwd"),
    ],
)
def test_a_playlist_names_one_address(text, entry):
    assert playlist_entry(text.encode(), "http://a.example/lists/one.m3u") == entry


@over(
    "text, why",
    [
        ("", "relay_not_audio"),
        ("# only\n# remarks\n", "relay_not_audio"),
        ("[playlist]\nNumberOfEntries=0\n", "relay_not_audio"),
        ("<html>\n", "relay_not_audio"),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n", "relay_hls"),
        ("http://[bad\n", "relay_url_invalid"),
    ],
)
def test_a_playlist_that_names_none_is_refused(text, why):
    with pytest.raises(Refused) as refusal:
        playlist_entry(text.encode(), "http://a.example/")
    assert refusal.value.reason == why


@given(st.binary(max_size=3000))
def test_no_bytes_do_any_harm(data):
    container_of(data)
    try:
        outcome = "named" if playlist_entry(data, "http://a.example/") else "nothing"
    except Refused as refusal:
        outcome = refusal.reason
    assert outcome in {"named", "relay_not_audio", "relay_hls", "relay_url_invalid"}
