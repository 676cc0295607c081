"""Renders as files: whole or not there, whatever happens while one is made."""

import os
import resource

import numpy as np
import pytest

from audio_assets.library import Library
from audio_assets.render_files import RenderFiles
from scheduler.core.model import HOUSE_RATE, Sha256
from scheduler.kernel.errors import NotFound, Refused
from tests.audio.make_audio import house, speech_like
from tests.audio.test_horn import PLAIN, profile, rendered
from tests.lives import lived


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "library")


@pytest.fixture
def files(library):
    return RenderFiles(library)


@pytest.fixture
def master(library):
    return library.add_master(house(speech_like(2.0)))


def left_behind(library):
    return [path for path in (library.root / "renders").rglob("*") if path.is_file()]


def test_a_render_is_kept_beside_its_master_and_loaded_as_it_was_made(files, library, master):
    made = files.make(master.sha256, PLAIN)
    assert made.frames == master.frames
    assert made.lufs == pytest.approx(-16.0, abs=0.5)
    pcm = files.load(master.sha256, PLAIN.key, made.sha256)
    assert np.array_equal(pcm, rendered(library.load(master.sha256)))
    assert files.has(master.sha256, PLAIN.key, master.frames)
    assert not files.has(master.sha256, PLAIN.key, master.frames + 1)
    assert left_behind(library) == [files.path(master.sha256, PLAIN.key)]
    library.verify(master.sha256)


def test_every_profile_has_a_render_of_its_own(files, master):
    narrow = profile(high_hz=3000.0)
    first, second = files.make(master.sha256, PLAIN), files.make(master.sha256, narrow)
    assert first.sha256 != second.sha256
    files.load(master.sha256, PLAIN.key, first.sha256)
    files.load(master.sha256, narrow.key, second.sha256)


def test_a_render_whose_bytes_have_changed_is_refused(files, master):
    made = files.make(master.sha256, PLAIN)
    path = files.path(master.sha256, PLAIN.key)
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(Refused, match="audio_changed"):
        files.load(master.sha256, PLAIN.key, made.sha256)


def test_nothing_is_made_of_a_master_whose_bytes_have_changed(files, library, master):
    path = library.path(master.sha256)
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(Refused, match="audio_changed"):
        files.make(master.sha256, PLAIN)
    assert left_behind(library) == []


def test_what_ends_the_work_in_the_middle_leaves_nothing_behind(files, library):
    master = library.add_master(house(speech_like(25.0)))

    class EnoughError(Exception):
        pass

    def breathe():
        raise EnoughError

    with pytest.raises(EnoughError):
        files.make(master.sha256, PLAIN, breathe)
    assert left_behind(library) == []


def killed_while_making(root, sha256):
    """As a kill -9 would end it: nothing is closed, nothing is cleaned up."""
    RenderFiles(Library(root)).make(sha256, PLAIN, lambda: os._exit(9))


def test_a_process_that_is_killed_in_the_middle_leaves_what_the_next_start_sweeps(files, library):
    master = library.add_master(house(speech_like(25.0)))
    assert lived(killed_while_making, library.root, master.sha256) == 9
    assert len(left_behind(library)) == 2
    with pytest.raises(NotFound):
        files.path(master.sha256, PLAIN.key)
    assert library.sweep() == 2
    assert left_behind(library) == []
    files.make(master.sha256, PLAIN)


def test_a_full_disk_is_said_and_leaves_nothing_behind(files, library, master):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(Refused, match="disk_full"):
            files.make(master.sha256, PLAIN)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert left_behind(library) == []


def test_what_is_not_kept_is_swept_and_the_rest_stays(files, library, master):
    narrow = profile(high_hz=3000.0)
    kept, gone = files.make(master.sha256, PLAIN), files.make(master.sha256, narrow)
    assert files.sweep({(master.sha256, PLAIN.key)}) == 1
    files.load(master.sha256, PLAIN.key, kept.sha256)
    with pytest.raises(NotFound):
        files.load(master.sha256, narrow.key, gone.sha256)
    assert files.sweep(set()) == 1
    assert left_behind(library) == []


@pytest.mark.parametrize(
    ("name", "key"),
    [("0" * 64, "../../../etc"), ("../" * 20, PLAIN.key), ("0" * 63, PLAIN.key), ("0" * 64, ""), ("A" * 64, PLAIN.key)],
)
def test_no_name_leads_out_of_the_folder(files, name, key):
    with pytest.raises(NotFound):
        files.path(Sha256(name), key)


def test_a_very_short_master_has_a_render_too(files, library):
    master = library.add_master(house(speech_like(0.05))[:100])
    assert files.make(master.sha256, PLAIN).frames == 100


def test_it_breathes_several_times_in_a_long_clip(files, library):
    master = library.add_master(house(speech_like(60.0)))
    breaths = []
    files.make(master.sha256, PLAIN, lambda: breaths.append(1))
    assert len(breaths) >= 60 * HOUSE_RATE // (10 * HOUSE_RATE)
