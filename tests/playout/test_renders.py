"""Renders on the air: each output of horns sounds its own, frame for frame, and nothing else changes."""

import wave
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scheduler.config.loading import HornConfig, OutputConfig
from scheduler.core.model import Priority
from scheduler.playout.programme import Programme
from scheduler.playout.sound import Sounds
from scheduler.station_words import break_in_with
from tests.playout.aired import rows

NARROW = HornConfig(name="hep", high_hz=3000.0, ratio=3.0)


@pytest.fixture
def config(config):
    """One voice on three outputs: two kinds of horns, and a plain one."""
    outputs = (
        OutputConfig(name="nen", kind="wavfile", counts=True, horn="loa-nen"),
        OutputConfig(name="hep", kind="wavfile", counts=True, horn="hep"),
        OutputConfig(name="goc", kind="wavfile", counts=True),
    )
    return replace(config, outputs=outputs, horns=(NARROW,))


def sounded(station, output):
    """The WAVs that an output has written, in order."""
    found = []
    for path in sorted((station.config.data / "wav" / output).rglob("*.wav")):
        with wave.open(str(path)) as wav:
            found.append(np.frombuffer(wav.readframes(wav.getnframes()), dtype=np.int16))
    return found


def make_all(station):
    while station.services.renders.work():
        pass


def render_of(station, sha256, output):
    profile = station.services.renders.profiles_in("all")[output]
    return station.services.renders.load(sha256, len(station.repos.library.load(sha256)), profile)


def approved_sha256(station, announcement_id):
    return station.repos.programme.announcement(announcement_id).approved_sha256


def air_a_day(station, clock, start):
    start().run_stepped(clock, clock.now() + timedelta(hours=2))


def test_one_voice_sounds_on_each_output_as_its_loudspeakers_need_it(station, cast, clock, start):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1)
    make_all(station)
    air_a_day(station, clock, start)
    sha256 = approved_sha256(station, announcement_id)
    master = station.repos.library.load(sha256)
    aired = {output: sounded(station, output) for output in ("nen", "hep", "goc")}
    assert [len(found) for found in aired.values()] == [1, 1, 1]
    assert np.array_equal(aired["nen"][0], render_of(station, sha256, "nen"))
    assert np.array_equal(aired["hep"][0], render_of(station, sha256, "hep"))
    assert np.array_equal(aired["goc"][0], master)
    assert {len(found[0]) for found in aired.values()} == {len(master)}
    assert not np.array_equal(aired["nen"][0], aired["hep"][0])


def test_chime_pauses_and_repeats_are_in_their_places(station, cast, clock, start):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1, chime=True, repeat=2)
    make_all(station)
    air_a_day(station, clock, start)
    (plain,), (horn,) = sounded(station, "goc"), sounded(station, "nen")
    assert len(plain) == len(horn)
    rundowns, load = station.services.rundowns, station.repos.library.load
    opening, clip = rundowns.chime_sha256("open"), approved_sha256(station, announcement_id)
    frames = len(load(opening))
    assert np.array_equal(horn[:frames], render_of(station, opening, "nen"))
    first = frames + 24_000
    assert not horn[frames:first].any()
    assert np.array_equal(horn[first : first + len(load(clip))], render_of(station, clip, "nen"))
    (row,) = rows(station)
    assert len(horn) == round(row["planned_ms"] * 48)


FIELDS = (
    "planned_start",
    "actual_start",
    "planned_ms",
    "played_ms",
    "outcome",
    "reason",
    "audio_sha256",
    "outputs_json",
)


def test_journal_and_measure_are_the_same_with_renders_and_without(station, cast, clock, start):
    cast.running(cast.approved(seconds=7.3), base=2, chime=True)
    service = start()
    first, second = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))
    service.run_stepped(clock, first.start + timedelta(minutes=1))
    make_all(station)
    service.run_stepped(clock, second.start + timedelta(minutes=1))
    before, after = rows(station)
    told = [{field: row[field] for field in FIELDS if "start" not in field} for row in (before, after)]
    assert told[0] == told[1]
    assert before["actual_start"][14:] == before["planned_start"][14:]
    plain, horn = sounded(station, "nen")
    assert len(plain) == len(horn)
    assert not np.array_equal(plain, horn)
    assert np.array_equal(plain, sounded(station, "goc")[0])


@pytest.mark.parametrize("harm", ["gone", "cut", "changed", "longer"])
def test_a_render_that_is_not_whole_is_not_sounded_and_the_master_is(harm, station, cast, clock, start):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1)
    make_all(station)
    sha256 = approved_sha256(station, announcement_id)
    profile = station.services.renders.profiles_in("all")["nen"]
    path = station.services.renders.path(sha256, profile.key)
    data = path.read_bytes()
    harmed = {"cut": data[:1000], "changed": data[:1000] + b"\x7f" + data[1001:], "longer": data + b"\0\0"}
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(harmed[harm])
    air_a_day(station, clock, start)
    assert np.array_equal(sounded(station, "nen")[0], station.repos.library.load(sha256))
    assert np.array_equal(sounded(station, "hep")[0], render_of(station, sha256, "hep"))
    assert [row["outcome"] for row in rows(station)] == ["played"]


def test_a_changed_master_does_not_sound_however_whole_its_render_is(station, cast, clock, start):
    announcement_id = cast.approved()
    cast.running(announcement_id, base=1)
    make_all(station)
    path = station.repos.library.path(approved_sha256(station, announcement_id))
    data = bytearray(path.read_bytes())
    data[2000] ^= 1
    path.write_bytes(data)
    air_a_day(station, clock, start)
    assert [(row["outcome"], row["reason"]) for row in rows(station)] == [("refused", "audio_changed")]
    assert sounded(station, "nen") == []


def test_an_emergency_typed_now_waits_for_no_render(station, cast, clock, start):
    service = start()
    service.run_stepped(clock, clock.now() + timedelta(seconds=1))
    ordered = clock.now()
    break_in_with(station, cast.minh, "Nước đang lên, mời bà con ra khỏi nhà.")
    service.run_stepped(clock, ordered + timedelta(seconds=60))
    (row,) = rows(station)
    assert (row["outcome"], row["trigger"]) == ("played", "emergency")
    assert row["actual_start"] <= (ordered + timedelta(seconds=1)).isoformat()
    assert np.array_equal(sounded(station, "nen")[0], sounded(station, "goc")[0])


def test_a_ready_emergency_sounds_its_render(station, cast, clock, start):
    announcement_id = cast.approved(title="Vỡ đê")
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE announcement SET priority = 1 WHERE id = ?", (announcement_id,))
    make_all(station)
    service = start()
    station.services.emergency.break_in(cast.minh, announcement_id)
    service.run_stepped(clock, clock.now() + timedelta(seconds=40))
    (plain,), (horn,) = sounded(station, "goc"), sounded(station, "nen")
    siren = len(station.repos.library.load(station.services.rundowns.chime_sha256("emergency")))
    clip = render_of(station, approved_sha256(station, announcement_id), "nen")
    assert np.array_equal(horn[siren + 24_000 :][: len(clip)], clip)
    assert len(horn) == len(plain)


def test_what_an_emergency_cut_goes_on_at_the_same_frame_on_every_output(station, cast, clock, start):
    cast.running(cast.approved(seconds=30), base=1)
    emergency = cast.approved(seconds=4.0, title="Vỡ đê", pitch=1200.0)
    make_all(station)
    service = start()
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    service.run_stepped(clock, slot.start + timedelta(seconds=20))
    station.services.emergency.break_in(cast.minh, emergency)
    service.run_stepped(clock, slot.start + timedelta(minutes=3))
    (scheduled,) = [row for row in rows(station) if row["trigger"] == "schedule"]
    assert (scheduled["outcome"], scheduled["reason"]) == ("played", "resumed")
    plain, horn = sounded(station, "goc"), sounded(station, "nen")
    assert [len(one) for one in plain] == [len(one) for one in horn]
    assert len(plain) == 3
    render = render_of(
        station, approved_sha256(station, station.repos.slots.facts(slot.id).slot.announcement_id), "nen"
    )
    rest = horn[2]
    assert np.array_equal(rest[4800:], render[len(render) - len(rest) + 4800 :])


def test_with_no_time_left_the_masters_are_taken(station, cast, clock):
    """Loading the masters took longer than half of what is left: another load might make the airing late."""
    cast.running(cast.approved(), base=1)
    make_all(station)
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]

    class Slow(Sounds):
        seconds = 0.0

        def _now(self):
            self.seconds += 2.0
            return self.seconds

    assert Slow(station.services).programme(slot, seconds_left=3.9).by_output == {}
    assert set(Slow(station.services).programme(slot, seconds_left=5.0).by_output) == {"nen"}
    assert set(Slow(station.services).programme(slot, seconds_left=10.0).by_output) == {"nen", "hep"}
    assert Sounds(station.services).programme(slot).by_output == {}, (
        "who listens at the far end is held against the master"
    )


def test_where_every_output_has_its_own_the_masters_are_not_kept(station, cast, config, clock):
    from scheduler.station import Station

    cast.running(cast.approved(), base=1)
    make_all(station)
    slot = station.repos.slots.open_between(clock.now(), clock.now() + timedelta(hours=2))[0]
    opened = Station.open(replace(config, outputs=config.outputs[:1]), clock)
    programme = Sounds(opened.services).programme(slot, seconds_left=5.0)
    assert programme.parts == programme.by_output["nen"]
    opened.close()


def test_a_programme_whose_output_would_sound_another_length_is_no_programme():
    parts = (np.zeros(100, np.int16), np.zeros(50, np.int16))
    for other in ((parts[0],), (parts[1], parts[0]), (*parts, parts[0])):
        with pytest.raises(ValueError, match="another length"):
            Programme("s", "all", Priority.NORMAL, parts, by_output={"nen": other})
    assert Programme("s", "all", Priority.NORMAL, parts, by_output={"nen": parts}).frames == 150
