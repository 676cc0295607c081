"""Sound files of every kind and with every fault, made here: no recording is kept in the repository.

`CASES` is the table of what people, phones and enemies hand in and what the intake must say of it.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Sound = NDArray[np.float64]


def speech_like(seconds: float = 2.0, rate: int = RATE, level: float = 0.08, seed: int = 642) -> Sound:
    """Noise with the long-term spectrum of speech, in syllables with pauses between phrases."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate)
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    hertz = np.fft.rfftfreq(frames, 1 / rate)
    noise = np.fft.irfft(spectrum * (hertz > 90) / (1 + (hertz / 500) ** 2), frames)
    syllables = 0.15 + rng.random(round(seconds * 5) + 2) ** 2
    syllables[6::9] = 0.01
    envelope = np.interp(np.arange(frames) / rate * 5, np.arange(len(syllables)), syllables)
    return np.asarray(noise / noise.std() * envelope * level)


def tone(seconds: float = 2.0, rate: int = RATE, hertz: float = 440.0, level: float = 0.25) -> Sound:
    return np.asarray(level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate))


def house(sound: Sound) -> NDArray[np.int16]:
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16)


def encoded(
    container: str,
    codec: str,
    sound: Sound | None = None,
    *,
    rate: int = RATE,
    layout: str = "mono",
    bit_rate: int = 0,
    codec_options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> bytes:
    """One stream of sound in a container. `sound` is mono, or channels × samples."""
    sound = speech_like(rate=rate) if sound is None else sound
    channels = av.AudioLayout(layout).nb_channels
    planes = np.broadcast_to(sound, (channels, sound.shape[-1])).astype(np.float32)
    out = io.BytesIO()
    with av.open(out, "w", format=container, container_options=container_options or {}) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout, options=codec_options or {})
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(planes), format="fltp", layout=layout)
        frame.sample_rate = rate
        frame.time_base = Fraction(1, rate)
        frame.pts = 0
        context = stream.codec_context
        fitted = av.AudioResampler(
            format=context.format, layout=layout, rate=rate, frame_size=context.frame_size or 1024
        )
        for piece in [*fitted.resample(frame), *fitted.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return out.getvalue()


def video(*, with_sound: bool) -> bytes:
    """A second of grey picture, with or without a second of speech."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        picture = file.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        sound = file.add_stream("aac", rate=RATE, layout="mono") if with_sound else None
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 20 * number, np.uint8), format="rgb24")
            frame.pts = number
            file.mux(picture.encode(frame))
        file.mux(picture.encode(None))
        if sound is not None:
            samples = speech_like(1.0).astype(np.float32)[None, : RATE // 1024 * 1024]
            for start in range(0, samples.shape[1], 1024):
                piece = np.ascontiguousarray(samples[:, start : start + 1024])
                part = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
                part.sample_rate, part.pts, part.time_base = RATE, start, Fraction(1, RATE)
                file.mux(sound.encode(part))
            file.mux(sound.encode(None))
    return out.getvalue()


def wav_header(data_bytes: int, *, rate: int = RATE, channels: int = 1, bits: int = 16, code: int = 1) -> bytes:
    block = channels * bits // 8
    byte_rate = min(rate * block, 0xFFFFFFFF)
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", min(data_bytes + 36, 0xFFFFFFFF), b"WAVE", b"fmt ", 16, code, channels, rate,
        byte_rate, block & 0xFFFF, bits, b"data", data_bytes,
    )  # fmt: skip


def wav(sound: Sound | None = None, *, rate: int = RATE, says_bytes: int | None = None) -> bytes:
    data = house(speech_like(rate=rate) if sound is None else sound).tobytes()
    return wav_header(len(data) if says_bytes is None else says_bytes, rate=rate) + data


def float_wav(sound: Sound) -> bytes:
    data = sound.astype("<f4").tobytes()
    return wav_header(len(data), bits=32, code=3) + data


def _crc(data: bytes, polynomial: int, bits: int) -> int:
    value = 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ polynomial if value >> (bits - 1) & 1 else value << 1) & ((1 << bits) - 1)
    return value


def flac_bomb(hours: float = 10.0, value: int = 900) -> bytes:
    """A valid FLAC of constant blocks of eight seconds: ten hours in about 70 kB, each block of another sign."""
    block, rate = 65535, 8000
    frames = round(hours * 3600 * rate / block)
    info = struct.pack(">HH", block, block) + bytes(6) + (rate << 44 | 15 << 36 | frames * block).to_bytes(8, "big")
    out = [b"fLaC", b"\x80\0\0\x22", info, bytes(16)]
    for number in range(frames):
        coded = chr(number).encode() if number < 0xD800 else b""
        head = b"\xff\xf8\x74\x08" + coded + struct.pack(">H", block - 1)
        head += bytes([_crc(head, 0x07, 8)])
        body = head + b"\0" + struct.pack(">h", value if number % 2 else -value)
        out.append(body + struct.pack(">H", _crc(body, 0x8005, 16)))
    return b"".join(out)


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def scribbled(data: bytes) -> bytes:
    """The middle fifth overwritten, as a bad disk or a bad link leaves it."""
    start, stop = len(data) * 2 // 5, len(data) * 3 // 5
    noise = np.random.default_rng(5).integers(0, 255, stop - start, dtype=np.uint8).tobytes()
    return data[:start] + noise + data[stop:]


def stereo(left: Sound, right: Sound) -> bytes:
    return encoded("wav", "pcm_s16le", np.stack((left, right)), layout="stereo")


def faststart(seconds: float = 4.0) -> bytes:
    """An m4a with its index in front, as a web page serves it."""
    return encoded("ipod", "aac", speech_like(seconds), container_options={"movflags": "frag_keyframe+empty_moov"})


ENCRYPTED = {
    "encryption_scheme": "cenc-aes-ctr",
    "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
    "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
}


@dataclass(frozen=True)
class Case:
    """One file: how it is made, under which name it comes and what is to be said of it."""

    id: str
    make: Callable[[], bytes]
    verdict: str
    reason: str = ""
    warnings: tuple[str, ...] = ()
    seconds: float | None = None
    name: str = "thu am.bin"


def _ready() -> list[Case]:
    cases = [
        Case(f"wav_s16_{rate}", lambda rate=rate: wav(rate=rate), "ready", seconds=2.0)
        for rate in (16_000, 22_050, 32_000, 44_100, 48_000, 96_000)
    ]
    cases += [
        Case(f"wav_{codec}", lambda codec=codec: encoded("wav", codec), "ready", seconds=2.0)
        for codec in ("pcm_u8", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw")
    ]
    cases += [
        Case("wav_stereo", lambda: stereo(speech_like(), speech_like()), "ready", seconds=2.0),
        Case("wav_5.1", lambda: encoded("wav", "pcm_s16le", layout="5.1"), "ready", seconds=2.0),
        Case("w64", lambda: encoded("w64", "pcm_s16le"), "ready", seconds=2.0),
        Case("aiff", lambda: encoded("aiff", "pcm_s16be"), "ready", seconds=2.0),
        Case("caf", lambda: encoded("caf", "pcm_s16le"), "ready", seconds=2.0),
        Case("au", lambda: encoded("au", "pcm_s16be"), "ready", seconds=2.0),
        Case("mp3_cbr", lambda: encoded("mp3", "libmp3lame", bit_rate=64_000), "ready", seconds=2.0),
        Case("mp3_vbr", vbr_mp3, "ready", seconds=2.0),
        Case("mp3_without_header", bare_mp3, "ready", seconds=2.0),
        Case("mp3_after_zeros", lambda: bytes(700) + bare_mp3(), "ready", seconds=2.0),
        Case("mp3_named_wav", lambda: encoded("mp3", "libmp3lame"), "ready", seconds=2.0, name="thong bao.wav"),
        Case("mp3_before_zeros", lambda: bare_mp3() + bytes(3000), "ready", seconds=2.0),
        Case("mp3_old_tags_behind", lambda: bare_mp3() + b"TAG" + bytes(125), "ready", seconds=2.0),
        Case("mp3_large_tag_in_front", lambda: id3(200_000) + id3(300) + bare_mp3(), "ready", seconds=2.0),
        Case("mp3_from_the_middle_of_a_stream", lambda: bare_mp3()[5003:], "ready"),
        Case("mp2", lambda: encoded("mp2", "mp2", bit_rate=128_000), "ready", seconds=2.0),
        Case("wav_adpcm", lambda: encoded("wav", "adpcm_ms"), "ready", seconds=2.0),
        Case("wav_odd_last_byte", lambda: wav()[:-1], "ready", seconds=2.0),
        Case("wav_notes_behind", lambda: wav() + b"LIST\x10\0\0\0INFOISFT\4\0\0\0abc\0", "ready", seconds=2.0),
        Case("mkv_flac", lambda: encoded("matroska", "flac"), "ready", seconds=2.0),
        Case("m4a", lambda: encoded("ipod", "aac"), "ready", seconds=2.0),
        Case("m4a_fragmented", faststart, "ready", seconds=4.0),
        Case("m4a_stereo", lambda: encoded("ipod", "aac", layout="stereo"), "ready", seconds=2.0),
        Case("alac", lambda: encoded("ipod", "alac"), "ready", seconds=2.0),
        Case("aac_adts", lambda: encoded("adts", "aac"), "ready", seconds=2.0),
        Case("ogg_opus", lambda: encoded("ogg", "libopus"), "ready", seconds=2.0),
        Case("webm_opus", lambda: encoded("webm", "libopus"), "ready", seconds=2.0),
        Case("webm_without_length", live_webm, "ready", seconds=2.0, name="ghi am.webm"),
        Case("flac", lambda: encoded("flac", "flac"), "ready", seconds=2.0),
        Case("wma", lambda: encoded("asf", "wmav2", rate=44_100, bit_rate=64_000), "ready", seconds=2.0),
        Case("mp4_video_with_sound", lambda: video(with_sound=True), "ready", seconds=1.0),
        Case("wav_of_a_live_recorder", lambda: wav(says_bytes=0xFFFFFFFF), "ready", seconds=2.0),
        Case("wav_float_over_full_scale", lambda: float_wav(speech_like(level=0.9)), "ready", seconds=2.0),
        Case("wav_long_pause_inside", lambda: wav(with_pause(3.0)), "ready", seconds=7.0),
        Case("wav_of_eight_channels", eight_channels, "ready", seconds=2.0),
        Case("wav_big_end_first", rifx, "ready", seconds=2.0),
        Case("rf64", lambda: encoded("wav", "pcm_s16le", container_options={"rf64": "always"}), "ready", seconds=2.0),
        Case("mp3_320k_stereo", lambda: encoded("mp3", "libmp3lame", layout="stereo", bit_rate=320_000), "ready", seconds=2.0),
        Case("mp3_header_says_less", lambda: lying_mp3(frames=1), "ready", seconds=2.0),
        Case("ogg_vorbis", lambda: encoded("ogg", "vorbis", layout="stereo", codec_options={"strict": "-2"}), "ready", seconds=2.0),
        Case("ogg_flac", lambda: encoded("ogg", "flac"), "ready", seconds=2.0),
        Case("flac_24_bit_96k", lambda: encoded("flac", "flac", rate=96_000, codec_options={"bits_per_raw_sample": "24"}), "ready", seconds=2.0),
        Case("mov_aac", lambda: encoded("mov", "aac", layout="stereo"), "ready", seconds=2.0),
        Case("mov_pcm", lambda: encoded("mov", "pcm_s16be"), "ready", seconds=2.0),
        Case("3gp_aac", lambda: encoded("3gp", "aac", rate=16_000), "ready", seconds=2.0, name="ghi am.3gp"),
        Case("avi_mp3", lambda: encoded("avi", "libmp3lame"), "ready", seconds=2.0),
        Case("mkv_ac3_5.1", lambda: encoded("matroska", "ac3", layout="5.1", bit_rate=384_000), "ready", seconds=2.0),
        Case("wma1", lambda: encoded("asf", "wmav1", rate=44_100, bit_rate=64_000), "ready", seconds=2.0),
        Case("wma_stereo", lambda: encoded("asf", "wmav2", rate=44_100, layout="stereo", bit_rate=128_000), "ready", seconds=2.0),
        Case("webm_of_a_phone_call", lambda: encoded("webm", "libopus", rate=16_000, container_options={"live": "1"}), "ready", seconds=2.0),
    ]  # fmt: skip
    return cases + _every_width()


def _every_width() -> list[Case]:
    """WAV as offices have it: every width of a sample, every usual rate, one channel to eight."""
    widths = (("pcm_u8", 44_100), ("pcm_s16le", 88_200), ("pcm_s24le", 96_000), ("pcm_s32le", 32_000), ("pcm_f32le", 44_100), ("pcm_f64le", 22_050))  # fmt: skip
    layouts = ("stereo", "2.1", "3.0", "quad", "5.0", "5.1")
    return [
        *(
            Case(f"wav_{codec}_{rate}", lambda codec=codec, rate=rate: encoded("wav", codec, rate=rate), "ready", seconds=2.0)
            for codec, rate in widths
        ),
        *(
            Case(f"wav_{codec}_{layout}", lambda codec=codec, layout=layout: encoded("wav", codec, rate=32_000, layout=layout), "ready", seconds=2.0)
            for layout in layouts
            for codec in ("pcm_s24le", "pcm_f32le")
        ),
    ]  # fmt: skip


AMR = [("amr", "amr"), ("3gp_amr", "3gp")] if "libopencore_amrnb" in av.codecs_available else []
"""Only some builds of PyAV can make such files; all can read them."""


def amr(container: str) -> bytes:
    return encoded(container, "libopencore_amrnb", rate=8000, bit_rate=12_200)


def _warned() -> list[Case]:
    def case(id: str, make: Callable[[], bytes], *warnings: str, seconds: float | None = 2.0) -> Case:  # noqa: A002 - as in Case
        return Case(id, make, "warning", "", warnings, seconds)

    loud = np.clip(speech_like(level=1.2), -1, 1)
    nan = speech_like()
    nan[1000:1500] = np.nan
    return [
        case("wav_s16_8000", lambda: wav(rate=8000), "low_sample_rate"),
        case("dc_offset", lambda: wav(speech_like() + 0.3), "dc_offset"),
        case("dc_offset_of_one_channel", lambda: stereo(speech_like(), speech_like() - 0.2), "dc_offset"),
        *(case(name, partial(amr, container), "low_sample_rate") for name, container in AMR),
        case("wav_s16_11025", lambda: wav(rate=11_025), "low_sample_rate"),
        case("wav_u8_8000", lambda: encoded("wav", "pcm_u8", rate=8000), "low_sample_rate"),
        case("mp3_8000", lambda: encoded("mp3", "libmp3lame", rate=8000, bit_rate=16_000), "low_sample_rate"),
        case("clipped_mp3", lambda: encoded("wav", "pcm_s24le", loud), "clipped"),
        case("clipped_8_bit", lambda: encoded("wav", "pcm_u8", loud), "clipped"),
        case("opposite_phase_in_mp3", lambda: opposite("mp3", "libmp3lame"), "opposite_phase"),
        case("right_channel_silent_in_m4a", lambda: one_sided("ipod", "aac"), "one_channel_silent"),
        case("clipped", lambda: wav(loud), "clipped"),
        case("very_quiet", lambda: wav(speech_like(level=0.004)), "very_quiet", "mostly_silent"),
        case("right_channel_silent", lambda: stereo(speech_like(), np.zeros(2 * RATE)), "one_channel_silent"),
        case("left_channel_silent", lambda: stereo(np.zeros(2 * RATE), speech_like()), "one_channel_silent"),
        case("opposite_phase", lambda: stereo(speech_like(), -speech_like()), "opposite_phase"),
        case("mostly_silent", lambda: wav(with_pause(16.5)), "mostly_silent", seconds=20.5),
        case("wav_cut", lambda: cut(wav(), 0.5), "truncated_tail", seconds=1.0),
        case("wav_header_says_hours", lambda: wav(says_bytes=0x7000_0000), "truncated_tail"),
        case("mp3_cut", lambda: cut(encoded("mp3", "libmp3lame"), 0.6), "truncated_tail", seconds=1.2),
        case("flac_cut", lambda: cut(encoded("flac", "flac"), 0.6), "truncated_tail", seconds=None),
        case("ogg_cut", lambda: cut(encoded("ogg", "libopus", speech_like(6.0)), 0.7), "truncated_tail", seconds=None),
        case("aac_cut", lambda: cut(encoded("adts", "aac"), 0.5), "truncated_tail", seconds=None),
        case("float_not_a_number", lambda: float_wav(nan), "damaged_parts"),
        case("mp3_scribbled", lambda: scribbled(encoded("mp3", "libmp3lame", speech_like(6.0))), "damaged_parts", seconds=None),
    ]  # fmt: skip


def _refused() -> list[Case]:
    def case(id: str, reason: str, make: Callable[[], bytes], name: str = "thu am.mp3") -> Case:  # noqa: A002 - as in Case
        return Case(id, make, "refused", reason, name=name)

    noise = np.random.default_rng(7)
    return [
        case("zero_bytes", "audio_empty", lambda: b""),
        case("one_byte", "audio_not_sound", lambda: b"\xff"),
        case("html", "audio_not_sound", lambda: b"<!DOCTYPE html><html><body>404</body></html>" * 40),
        case("text_named_mp3", "audio_not_sound", lambda: "Kính gửi bà con tổ dân phố".encode() * 200),
        case("random_bytes", "audio_not_sound", lambda: b"\0\1" + noise.integers(0, 200, 5000, np.uint8).tobytes()),
        case("pdf", "audio_not_sound", lambda: b"%PDF-1.7\n" + bytes(4000), "cong van.pdf"),
        case("zip", "audio_not_sound", lambda: b"PK\x03\x04" + bytes(4000)),
        case("png", "audio_not_sound", lambda: b"\x89PNG\r\n\x1a\n" + bytes(4000)),
        case("playlist_of_passwd", "audio_not_sound", lambda: b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "a.m3u8"),
        case("concat_of_passwd", "audio_not_sound", lambda: b"ffconcat version 1.0\nfile /etc/passwd\n"),
        case("sdp", "audio_not_sound", lambda: b"v=0\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"),
        case("wav_without_data", "audio_damaged", lambda: wav()[:20]),
        case("wav_with_empty_data", "audio_truncated", lambda: wav_header(0)),
        case("wav_with_two_samples", "audio_too_short", lambda: wav(speech_like(0.01))),
        case("mp3_header_says_ten_hours", "audio_truncated", lambda: lying_mp3(frames=1_500_000)),
        case("jpeg", "audio_not_sound", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(4000), "anh.mp3"),
        case("gzip", "audio_not_sound", lambda: b"\x1f\x8b\x08" + bytes(4000)),
        case("midi", "audio_not_sound", lambda: b"MThd\0\0\0\6\0\1\0\1\0\x60MTrk" + bytes(400), "nhac.mid"),
        case("program", "audio_not_sound", lambda: b"\x7fELF\2\1\1" + bytes(4000), "nhac.mp3"),
        case("riff_that_is_no_wave", "audio_not_sound", lambda: b"RIFF\x24\0\0\0WEBPVP8 " + bytes(400)),
        case("nothing_but_zeros", "audio_not_sound", lambda: bytes(50_000)),
        case("stereo_silence", "audio_silent", lambda: stereo(np.zeros(2 * RATE), np.zeros(2 * RATE))),
        case("video_of_silence", "audio_silent", lambda: encoded("mp4", "aac", np.zeros(2 * RATE))),
        case("ten_hours_that_say_one_second", "audio_too_long", lambda: lying_flac(hours=10.0), "nho.flac"),
        case(
            "two_minutes_of_opus_in_little",
            "audio_too_long",
            lambda: encoded("ogg", "libopus", tone(121.0), bit_rate=6000),
        ),
        case("protected_wma", "audio_encrypted", protected_wma, "nhac.wma"),
        case("bought_song", "audio_encrypted", bought_song, "nhac.m4p"),
        case("mp4_that_asks_for_gigabytes", "audio_truncated", greedy_mp4, "nho.m4a"),
        case("frames_of_sixteen_million_samples", "audio_too_heavy", wide_alac, "nho.m4a"),
        case("wav_zero_channels", "audio_damaged", lambda: wav_header(4000, channels=0) + b"\1" * 4000),
        case("wav_too_many_channels", "audio_unsupported", lambda: wav_header(64_000, channels=32) + bytes(64_000)),
        case("wav_one_hertz", "audio_unsupported", lambda: wav_header(8000, rate=1) + bytes(8000)),
        case("m4a_without_index", "audio_truncated", lambda: cut(encoded("ipod", "aac"), 0.6)),
        case("m4a_garbage_index", "audio_damaged", lambda: b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\x10\0moov" + bytes(4096)),
        case("mp3_one_torn_frame", "audio_damaged", lambda: cut(bare_mp3(), 0.005)),
        case("ogg_head_only", "audio_truncated", lambda: cut(encoded("ogg", "libopus"), 0.05)),
        case("video_only", "audio_video_only", lambda: video(with_sound=False), "phim.mp4"),
        case("silence", "audio_silent", lambda: wav(np.zeros(2 * RATE))),
        case("hiss_of_a_dead_microphone", "audio_silent", lambda: wav(speech_like(level=0.0003))),
        case("silent_mp3", "audio_silent", lambda: encoded("mp3", "libmp3lame", np.zeros(2 * RATE))),
        case("ten_hours_in_70_kB", "audio_too_long", flac_bomb, "nho.flac"),
        case("longer_than_allowed", "audio_too_long", lambda: encoded("mp3", "libmp3lame", tone(61.0))),
        case("over_the_size_limit", "audio_too_big", lambda: wav(tone(23.0))),
        case("encrypted_m4a", "audio_encrypted", lambda: encoded("mp4", "aac", container_options=ENCRYPTED)),
        case("bought_audiobook", "audio_encrypted", lambda: b"\0\0\0\x18ftypaax " + bytes(4000)),
    ]


def id3(size: int) -> bytes:
    """An ID3v2 tag with `size` bytes in it, such as a cover picture."""
    return b"ID3\x03\0\0" + bytes(size >> shift & 127 for shift in (21, 14, 7, 0)) + bytes(size)


def bare_mp3() -> bytes:
    """Frames alone, as a stream is saved: no tag and no header with a length."""
    return encoded("mp3", "libmp3lame", container_options={"write_xing": "0", "id3v2_version": "0"})


def vbr_mp3() -> bytes:
    made = encoded("mp3", "libmp3lame", codec_options={"flags": "+qscale", "global_quality": "472"})
    assert b"Xing" in made  # a constant rate would be marked "Info"
    return made


def live_webm() -> bytes:
    """As MediaRecorder makes it: no length, no index."""
    return encoded("webm", "libopus", container_options={"live": "1"})


def lying_mp3(frames: int) -> bytes:
    """Two seconds under a header that counts other frames."""
    made = bytearray(vbr_mp3())
    place = made.index(b"Xing")
    made[place + 8 : place + 12] = struct.pack(">I", frames)
    return bytes(made)


def lying_flac(hours: float) -> bytes:
    made = bytearray(flac_bomb(hours))
    made[18:26] = (8000 << 44 | 15 << 36 | 8000).to_bytes(8, "big")  # the header says one second
    return bytes(made)


def eight_channels() -> bytes:
    data = np.repeat(house(speech_like()), 8).tobytes()
    return wav_header(len(data), channels=8) + data


def rifx() -> bytes:
    data = house(speech_like()).astype(">i2").tobytes()
    return struct.pack(
        ">4sI4s4sIHHIIHH4sI", b"RIFX", len(data) + 36, b"WAVE", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16, b"data", len(data)
    ) + data  # fmt: skip


def opposite(container: str, codec: str) -> bytes:
    return encoded(container, codec, np.stack((speech_like(), -speech_like())), layout="stereo", bit_rate=192_000)


def one_sided(container: str, codec: str) -> bytes:
    return encoded(container, codec, np.stack((speech_like(), np.zeros(2 * RATE))), layout="stereo", bit_rate=128_000)


def protected_wma() -> bytes:
    """A WMA with the header object that the shops' protection leaves; its size makes readers step over it."""
    made = encoded("asf", "wmav2", rate=44_100, bit_rate=64_000)
    return made + bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e") + struct.pack("<Q", 24)


def bought_song() -> bytes:
    """As an old shop of songs sold them: the sound's entry is `drms`, with a `sinf` that says whose key it wants."""
    return encoded("ipod", "aac").replace(b"mp4a", b"drms").replace(b"esds", b"sinf")


def greedy_mp4() -> bytes:
    """A table of contents that says a hundred million samples of one size: each wants an entry in memory."""
    made = bytearray(encoded("ipod", "aac"))
    place = made.index(b"stsz")
    made[place + 8 : place + 16] = struct.pack(">II", 1, 150_000_000)
    return bytes(made)


def wide_alac() -> bytes:
    """Six channels whose every frame, says the header, holds sixteen million samples."""
    made = encoded("ipod", "alac", layout="5.1")
    place = made.rindex(b"alac") + 8
    return made[:place] + struct.pack(">I", 1 << 24) + made[place + 4 :]


def with_pause(seconds: float) -> Sound:
    return np.concatenate((speech_like(), np.zeros(round(seconds * RATE)), speech_like()))


CASES = [*_ready(), *_warned(), *_refused()]
