from datetime import timedelta

import numpy as np
import pytest

from audio_assets.library import Library
from scheduler.config.loading import AmplifierConfig, OutputConfig
from scheduler.core.air.chimes import Use
from scheduler.core.model import HOUSE_RATE
from scheduler.extras.simulate.work.air import Air
from scheduler.extras.simulate.work.silence import Heard, KeptLibrary, Witness, unwired
from scheduler.extras.simulate.work.stage import opened, prepared
from scheduler.kernel.clock import SteppedClock
from scheduler.kernel.errors import OutputError, Refused

PCM = np.arange(1000, dtype=np.int16)


@pytest.fixture
def library(tmp_path):
    return KeptLibrary(tmp_path / "library")


def test_a_sound_kept_unmeasured_is_the_very_master_that_a_library_keeps(library, tmp_path):
    kept = library.add_unmeasured(PCM)
    measured = Library(tmp_path / "another").add_master(PCM)
    assert (kept.sha256, kept.frames, kept.seconds) == (measured.sha256, measured.frames, measured.seconds)
    assert np.array_equal(Library(library.root).load(kept.sha256), PCM)


def test_a_file_is_hashed_once_and_again_when_it_is_another(library):
    sha256 = library.add_unmeasured(PCM).sha256
    first = library.load(sha256)
    assert library.load(sha256) is first
    path = library.path(sha256)
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.unlink()
    path.write_bytes(data)
    with pytest.raises(Refused) as refusal:
        library.load(sha256)
    assert refusal.value.reason == "audio_changed"


def test_a_file_that_is_gone_is_not_remembered(library):
    sha256 = library.add_unmeasured(PCM).sha256
    library.load(sha256)
    library.path(sha256).unlink()
    with pytest.raises(Refused):
        library.load(sha256)


@pytest.fixture
def heard():
    return []


@pytest.fixture
def witness(heard, clock):
    start = clock.now()
    return Witness("loa", ("all",), heard, lambda wall: (wall - start).total_seconds())


def test_a_witness_writes_down_what_it_was_given_and_when(witness, heard, clock):
    witness.open()
    witness.begin("s1", clock.now() + timedelta(seconds=5))
    witness.write(PCM)
    witness.write(PCM)
    witness.end("s1")
    witness.write(PCM)
    (one,) = heard
    assert (one.slot_id, one.output, one.at, one.frames) == ("s1", "loa", 5.0, 2000)
    assert one.until == pytest.approx(5.0 + 2000 / HOUSE_RATE)


def test_a_broken_witness_takes_nothing_until_it_is_well(witness, heard, clock):
    witness.open()
    witness.begin("s1", clock.now())
    witness.is_broken = True
    with pytest.raises(OutputError):
        witness.write(PCM)
    witness.close()
    with pytest.raises(OutputError):
        witness.open()
    witness.is_broken = False
    witness.open()
    witness.write(PCM)
    assert [one.frames for one in heard] == [0]


def test_a_configuration_that_is_unwired_reaches_nothing(config):
    from dataclasses import replace

    wired = replace(
        config,
        outputs=(OutputConfig(name="phường", kind="rtp", device="239.1.1.1:5004", zones=("to-1",)),),
        amplifier=AmplifierConfig(on=("relay-on",)),
    )
    (output,) = unwired(wired).outputs
    assert (output.name, output.kind, output.device, output.zones) == ("phường", "null", "", ("to-1",))
    assert unwired(wired).amplifier == AmplifierConfig()


def test_simulated_chimes_are_as_long_as_the_stations_own(station, config, tmp_path, clock):
    from dataclasses import replace

    simulated = opened(unwired(replace(config, folder=tmp_path / "other")), clock, tmp_path / "other" / "library")
    prepared(simulated)
    sql = "SELECT title, frames, sha256 FROM clip WHERE origin = 'bundled' ORDER BY title"
    assert simulated.repos.store.rows(sql) == station.repos.store.rows(sql)
    assert len(simulated.repos.store.rows(sql)) == len(Use)
    simulated.close()


def test_true_time_goes_on_whatever_the_wall_clock_does(config, tmp_path, clock):
    simulated = opened(unwired(config), clock, tmp_path / "library")
    prepared(simulated)
    start = clock.now()
    air = Air(simulated, clock, start)
    clock.step_wall(-600)
    air.live_until(start + timedelta(seconds=90), is_event=True)
    assert air.true_now == start + timedelta(seconds=90)
    assert clock.now() == start + timedelta(seconds=-510)
    assert isinstance(clock, SteppedClock)
    assert air.heard == []
    simulated.close()


def test_what_was_heard_ends_behind_its_last_frame(clock):
    assert Heard("s", "loa", clock.now(), 10.0, 2 * HOUSE_RATE).until == 12.0
