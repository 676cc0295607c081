"""Sounds that only typing made leave the library; nothing that was handed on, aired or is named anywhere does."""

import os
import random
import signal
import sys
from datetime import timedelta
from itertools import count
from threading import Thread

import pytest

from audio_assets.speech.voice import Voice
from scheduler.core.announcement.kept import StoredClip
from scheduler.core.audit_context import AuditContext, begin
from scheduler.core.model import AnnouncementState, Frames, Sha256
from scheduler.kernel.clock import SteppedClock
from scheduler.services.announcement.typed_sounds import MOST
from scheduler.station import Station
from scheduler.worker import Worker
from tests.audio.fake_engine import FakeEngine
from tests.lives import lived

WEEK = timedelta(days=7, minutes=1)


class Desk:
    """Typing at a station whose worker reads at once; texts of other lengths have other sounds."""

    def __init__(self, station, lan):
        self.station, self.lan, self.texts = station, lan, (f"Mời{' bà' * number} con." for number in count(1))
        self.repos, self.acts, self.sweep = station.repos, station.services.announcements, station.services.typed_sounds
        self.bundled = self.names()
        self.worker = Worker(
            station.services, lambda: Voice([FakeEngine("espeak")], pause_ms=100, speed=1.0, now_mono=lambda: 0.0)
        )

    def seen(self, number):
        return self.repos.programme.announcement(number)

    def new(self):
        return self.acts.write(self.lan, "Họp tổ", next(self.texts))

    def read(self, number):
        """A pause: the words as they are become a sound (its name)."""
        assert self.worker.work_once(self.acts.make_speech(self.lan, number))
        return self.seen(number).audio_sha256

    def typed(self, number, text=""):
        """More words and a pause."""
        self.acts.edit(self.lan, number, self.seen(number).version, "Họp tổ", text or next(self.texts))
        return self.read(number)

    def submit(self, number):
        self.acts.heard(self.lan, number, self.seen(number).audio_sha256)
        self.acts.submit(self.lan, number)
        return self.seen(number).audio_sha256

    def wait(self, time=WEEK):
        self.station.clock.step_wall(time.total_seconds())

    def left(self):
        """The names of the sounds there are, by rows; each has its file, whole."""
        rows = {row["sha256"] for row in self.repos.store.rows("SELECT sha256 FROM clip WHERE origin = 'speech'")}
        for sha256 in rows:
            self.repos.library.verify(sha256)
        return rows

    def files(self):
        """The names of the sounds there are, by files."""
        return self.names() - self.bundled

    def names(self):
        return {path.stem for path in (self.repos.library.root / "clips").rglob("*.wav")}


@pytest.fixture
def desk(station, lan):
    return Desk(station, lan)


def test_what_a_later_pause_has_superseded_goes_after_a_week(desk):
    number = desk.new()
    first, second, last = desk.read(number), desk.typed(number), desk.typed(number)
    desk.wait(timedelta(days=6))
    assert desk.sweep.remove() == (0, True)
    desk.wait(timedelta(days=1, minutes=1))
    assert desk.sweep.remove() == (2, True)
    assert desk.left() == {last}
    assert not {first, second} & desk.files()
    assert not list(desk.repos.library.root.glob(f"clips/*/{first}.peaks"))
    assert desk.repos.library.aside() == []
    assert desk.sweep.remove() == (0, True)


def test_the_log_of_acts_tells_how_many_went(desk):
    number = desk.new()
    desk.read(number)
    desk.typed(number)
    desk.wait()
    desk.sweep.remove()
    told = desk.repos.store.rows("SELECT kind, person_id, subject, note FROM audit ORDER BY seq DESC LIMIT 1")
    assert told == [{"kind": "typed_sounds_gone", "person_id": None, "subject": "clip", "note": "1"}]


def test_what_was_handed_in_stays_after_it_was_taken_back_and_typed_over(desk):
    number = desk.new()
    desk.read(number)
    handed = desk.submit(number)
    desk.typed(number)
    last = desk.typed(number)
    desk.wait()
    assert desk.sweep.remove() == (1, True)
    assert desk.left() == {handed, last}


def test_the_same_words_within_the_week_are_not_read_anew(desk):
    number, engine = desk.new(), desk.worker._chain().engines[0]
    text = desk.seen(number).text
    first = desk.read(number)
    desk.typed(number)
    desk.wait(timedelta(days=6))
    asked = len(engine.asked)
    assert desk.typed(number, text) == first
    assert len(engine.asked) == asked
    last = desk.typed(number)
    desk.wait(timedelta(days=2))
    desk.sweep.remove()
    assert desk.left() == {first, last}, "it was asked for two days ago"
    desk.wait(timedelta(days=6))
    desk.sweep.remove()
    assert desk.left() == {last}
    assert desk.typed(number, text) == first, "read anew"
    assert desk.left() == {first, last}


def test_a_sentence_that_was_listened_to_goes_and_is_read_again(desk):
    number = desk.new()
    job_id = desk.acts.read_sentence(desk.lan, number, "Mời bà con.")
    assert desk.worker.work_once(job_id)
    assert desk.acts.read_sentence(desk.lan, number, "Mời bà con.") == job_id
    desk.wait()
    assert desk.sweep.remove() == (1, True)
    again = desk.acts.read_sentence(desk.lan, number, "Mời bà con.")
    assert again != job_id
    assert desk.worker.work_once(again)
    assert len(desk.left()) == 1


def test_what_a_person_has_retired_or_put_back_stays(desk):
    number = desk.new()
    first, second = desk.read(number), desk.typed(number)
    desk.typed(number)
    recordings = desk.station.services.recordings
    with begin(AuditContext("page", "recordings.retire", desk.lan)):
        recordings.retire(desk.lan, first)
        recordings.retire(desk.lan, second)
    with begin(AuditContext("page", "recordings.offer_again", desk.lan)):
        recordings.offer_again(desk.lan, second)
    desk.wait()
    assert desk.sweep.remove() == (0, True)


def test_what_a_file_beside_the_database_names_stays(desk):
    number = desk.new()
    first = desk.read(number)
    desk.typed(number)
    order = desk.repos.written.data / "red.json"
    order.write_text(f'{{"sha256": "{first}"}}')
    desk.wait()
    assert desk.sweep.remove() == (0, True)
    order.unlink()
    assert desk.sweep.remove() == (1, True)


@pytest.mark.parametrize("by_another", [True, False])
def test_a_row_that_changes_meanwhile_puts_it_off(desk, by_another):
    number = desk.new()
    first = desk.read(number)
    desk.typed(number)
    desk.wait()
    tables = desk.repos.store.value("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
    looks = []

    def listen():
        desk.station.services.hearings.begin(desk.lan, first)

    def chosen():
        looks.append(None)
        if len(looks) == tables - 3:  # behind the last but one: the hearings have been looked at
            begun = Thread(target=listen) if by_another else None
            if begun:
                begun.start()
                begun.join()
            else:
                listen()

    assert desk.sweep.remove(chosen) == (0, False)
    assert len(looks) >= tables - 3
    assert desk.sweep.remove() == (0, True), "it is named now"
    assert first in desk.left()


def _sounds(desk, number, many):
    """So many sounds of a draft as rows alone."""
    now, made = desk.station.clock.now(), []
    for place in range(many):
        clip = StoredClip(Sha256(f"{place:064x}"), "Nháp", "speech", Frames(48_000), now, desk.lan.id)
        desk.repos.programme.add_clip(clip)
        job_id = desk.repos.jobs.add("speech", {"announcement_id": number, "version": 1}, desk.lan.id, now)
        desk.repos.jobs.claim(job_id)
        desk.repos.jobs.end(job_id, "ready", now, result=clip.sha256)
        made.append(clip.sha256)
    return made


def test_a_name_in_any_column_of_any_table_keeps_a_sound(desk):
    store = desk.repos.store
    store.db.execute("CREATE TABLE of_a_later_step (words TEXT, bytes BLOB)")
    columns = store.rows(
        "SELECT t.name AS tbl, c.name, c.type, c.pk FROM sqlite_master t, pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name <> 'audit' ORDER BY 1, c.cid"
    )
    named = [
        one for one in columns if one["type"] in {"TEXT", "BLOB"} and (one["tbl"], one["name"]) != ("clip", "sha256")
    ]
    number = desk.new()
    sounds = _sounds(desk, number, len(named) + MOST + 1)
    conn = store.db.conn
    conn.execute("PRAGMA foreign_keys = OFF")
    conn.execute("PRAGMA ignore_check_constraints = ON")
    conn.execute("BEGIN")
    for place, (there, sha256) in enumerate(zip(named, sounds, strict=False)):
        row = {}
        for one in (one for one in columns if one["tbl"] == there["tbl"]):
            is_json = one["name"].endswith("_json")
            row[one["name"]] = "{}" if is_json else f"x{place}" if one["type"] in {"TEXT", "BLOB"} else 10_000 + place
            if one["name"] == there["name"]:
                row[one["name"]] = f'{{"nghe": "{sha256}"}}' if is_json or place % 2 else sha256
        told = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        conn.execute(f'INSERT INTO "{there["tbl"]}" ({told}) VALUES ({marks})', tuple(row.values()))  # noqa: S608 - ours
    conn.execute("COMMIT")
    assert len(named) > 300
    desk.wait()
    assert desk.sweep.remove() == (MOST, False)
    assert desk.sweep.remove() == (1, True)
    left = {row["sha256"] for row in store.rows("SELECT sha256 FROM clip")}
    assert set(sounds[: len(named)]) <= left
    assert not set(sounds[len(named) :]) & left


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_nothing_that_counts_is_removed(desk, minh, seed):
    """Typing, handing in, approving, returning, listening in any order, beside a book that the test keeps."""
    chance = random.Random(seed)
    drafts, counts, made = [desk.new() for _ in range(3)], set(), set()
    for _ in range(40):
        number = chance.choice(drafts)
        seen = desk.seen(number)
        act = chance.choice(["type", "type", "type", "hear", "submit", "approve", "return", "withdraw", "day"])
        if act == "type" or not seen.audio_sha256:
            made.add(desk.typed(number))
        elif act == "hear" and chance.random() < 0.5:
            desk.station.services.hearings.begin(desk.lan, seen.audio_sha256)
            counts.add(seen.audio_sha256)
        elif act == "submit" and seen.state in {AnnouncementState.DRAFT, AnnouncementState.RETURNED}:
            counts.add(desk.submit(number))
        elif act == "approve" and seen.state is AnnouncementState.SUBMITTED:
            desk.acts.approve(minh, number, seen.audio_sha256, heard=True)
        elif act == "return" and seen.state is AnnouncementState.SUBMITTED:
            desk.acts.give_back(minh, number, "Đọc chậm hơn")
        elif act == "withdraw" and seen.state is AnnouncementState.APPROVED:
            desk.acts.withdraw(minh, number)
        elif act == "day":
            desk.wait(timedelta(days=1))
            desk.sweep.remove()
            assert counts <= desk.left()
    counts |= {desk.seen(number).audio_sha256 for number in drafts} - {None}
    desk.wait()
    assert desk.sweep.remove()[1]
    assert desk.left() == counts
    assert made - counts, "the walk has typed over something"


def test_the_worker_looks_after_an_hour_and_then_once_a_day(desk):
    number = desk.new()
    desk.read(number)
    desk.typed(number)
    desk.wait()
    hour, clock = 3600.0, desk.station.clock
    assert not desk.sweep.work(lambda: None)
    clock.advance(hour + 1)
    assert desk.sweep.work(lambda: None)
    desk.typed(number)
    desk.wait()
    clock.advance(hour + 1)
    assert not desk.sweep.work(lambda: None)
    clock.advance(24 * hour)
    assert desk.sweep.work(lambda: None)


def _killed_in_the_middle(config, now, call):
    """A life that is killed at a call after the first file was about to be set aside."""
    station = Station.open(config, SteppedClock(now))
    left = [call]

    def watch(frame, event, arg):
        if left[0] < call or frame.f_code.co_name == "set_aside":
            left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    station.services.typed_sounds.remove()
    sys.setprofile(None)
    station.close()


@pytest.mark.parametrize("share", range(10))
def test_a_kill_in_the_middle_leaves_each_whole_or_gone(desk, config, share):
    number = desk.new()
    desk.read(number)
    for _ in range(3):
        desk.typed(number)
    before, last = desk.left(), desk.seen(number).audio_sha256
    desk.wait()
    call = round(400 * 1.45**share)  # before the first file is gone, between two, before the commit, after it
    code = lived(_killed_in_the_middle, config, desk.station.clock.now(), call)
    assert code in {0, -signal.SIGKILL}
    desk.repos.library.verify(last)
    desk.worker.sweep()  # as the next life of the worker begins
    there = desk.left()
    assert there in ({last}, before)
    assert desk.files() == there
    assert desk.repos.library.aside() == []
    desk.sweep.remove()
    assert desk.left() == desk.files() == {last}
