from datetime import timedelta

import pytest

from scheduler.kernel.errors import NotFound
from scheduler.services.station.jobs import KEPT, PRUNED_EVERY
from scheduler.store import instant_text
from scheduler.store.jobs import Jobs


@pytest.fixture
def jobs(station):
    return station.repos.jobs


def test_a_job_is_given_to_one_worker_only(jobs, lan, clock):
    job_id = jobs.add("speech", {"announcement_id": 1, "version": 1}, lan.id, clock.now())
    claimed = jobs.claim()
    assert claimed is not None
    assert (claimed.id, claimed.state) == (job_id, "running")
    assert jobs.claim() is None


def test_jobs_are_taken_in_the_order_they_came(jobs, lan, clock):
    ids = [jobs.add("ingest", {"path": str(number)}, lan.id, clock.now()) for number in range(3)]
    assert [jobs.claim().id for _ in range(3)] == ids


def test_what_a_dead_worker_left_running_waits_again(jobs, lan, clock):
    job_id = jobs.add("ingest", {"path": "x"}, lan.id, clock.now())
    jobs.claim()
    jobs.requeue(clock.now())
    assert jobs.get(job_id).state == "waiting"


def test_a_job_that_kills_the_worker_again_and_again_is_refused(jobs, lan, clock):
    job_id = jobs.add("ingest", {"path": "x"}, lan.id, clock.now())
    for _ in range(3):
        jobs.claim()
        jobs.requeue(clock.now())
    job = jobs.get(job_id)
    assert (job.state, job.reason, job.ended) == ("refused", "job_crashed", True)


def test_an_ended_job_keeps_its_end(jobs, lan, clock):
    job_id = jobs.add("ingest", {"path": "x"}, lan.id, clock.now())
    jobs.claim()
    jobs.end(job_id, "refused", clock.now(), reason="audio_silent")
    jobs.end(job_id, "ready", clock.now(), result="f" * 64)
    jobs.progress(job_id, 0.5)
    assert (jobs.get(job_id).state, jobs.get(job_id).progress) == ("refused", 1.0)


def test_the_newest_job_of_an_announcement_is_found(jobs, lan, clock):
    jobs.add("speech", {"announcement_id": 7, "version": 1}, lan.id, clock.now())
    newest = jobs.add("speech", {"announcement_id": 7, "version": 2}, lan.id, clock.now())
    jobs.add("speech", {"announcement_id": 8, "version": 1}, lan.id, clock.now())
    assert jobs.newest_speech("announcement_id", 7).id == newest
    assert jobs.newest_speech("announcement_id", 9) is None


class TestWhatEndedLongAgoGoes:
    """And nothing that somebody may still ask for."""

    @pytest.fixture
    def ended(self, jobs, lan, clock):
        def made(kind, args, result=""):
            job_id = jobs.add(kind, args, lan.id, clock.now())
            jobs.claim(job_id)
            jobs.end(job_id, "ready", clock.now(), result=result)
            return job_id

        return made

    @pytest.fixture
    def left(self, jobs, station, clock):
        def ids():
            jobs.prune(clock.now())
            return {row["id"] for row in station.repos.store.rows("SELECT id FROM job")}

        return ids

    def newer(self, ended, clock, kind="speech"):
        """As many of a kind as pages show, all newer."""
        clock.advance(1)
        return {ended(kind, {"sentence_of": 0}) for _ in range(20)}

    def test_after_its_days_and_not_before(self, station, ended, clock):
        old = ended("speech", {"sentence_of": 1})
        newer = self.newer(ended, clock)
        clock.advance(KEPT.total_seconds() - 2)
        station.services.jobs.prune()
        assert station.services.jobs.get(old)
        clock.advance(PRUNED_EVERY)
        station.services.jobs.prune()
        with pytest.raises(NotFound):
            station.services.jobs.get(old)
        assert {row["id"] for row in station.repos.store.rows("SELECT id FROM job")} == newer

    def test_but_the_newest_of_an_announcement_and_of_a_kind(self, jobs, ended, left, clock):
        gone, kept = (ended("speech", {"announcement_id": 7, "version": one}) for one in (1, 2))
        cut = ended("trim", {"announcement_id": 7})
        waits = jobs.add("speech", {"sentence_of": 3}, 1, clock.now())
        newer = self.newer(ended, clock)
        assert left() == {kept, cut, waits, *newer}
        assert jobs.newest_speech("announcement_id", 7).id == kept
        assert jobs.newest_sound(7).id == cut
        assert gone not in left()

    def test_but_one_that_a_row_names(self, station, lan, ended, left, clock):
        named, other = ended("ingest", {"path": "a"}), ended("ingest", {"path": "b"})
        tables = station.repos.store.rows(
            "SELECT t.name AS tbl FROM sqlite_master t, pragma_foreign_key_list(t.name) f"
            " WHERE f.\"table\" = 'job' AND f.\"from\" = 'job_id' AND t.type = 'table'"
        )
        assert "upload" in {row["tbl"] for row in tables}
        station.services.uploads.begin(lan, "a.wav", 4, "ab12")
        with station.repos.store.write() as db:
            db.conn.execute("UPDATE upload SET job_id = ?", (named,))
        newer = self.newer(ended, clock, "ingest")
        assert left() == {named, *newer}, f"and not {other}"

    def test_but_one_whose_sound_is_in_the_library(self, cast, ended, left, clock):
        kept = ended("speech", {"sentence_of": 1}, cast.clip(1.0).sha256)
        ended("speech", {"sentence_of": 1}, "f" * 64)
        newer = self.newer(ended, clock)
        assert left() == {kept, *newer}


def test_a_command_is_taken_once(jobs, lan, clock):
    jobs.command("stop", {"slot_id": None}, lan.id, clock.now())
    (command,) = jobs.commands()
    assert command.kind == "stop"
    jobs.taken([command.id], clock.now())
    assert jobs.commands() == []


def test_a_heartbeat_replaces_the_one_before(jobs, clock):
    jobs.beat("playout", 10, clock.now(), {"airing": None})
    jobs.beat("playout", 11, clock.now() + timedelta(seconds=1), {"airing": {"slot_id": "x"}})
    beat = jobs.heartbeat("playout")
    assert (beat.pid, beat.state) == (11, {"airing": {"slot_id": "x"}})
    assert jobs.heartbeat("web") is None


def test_the_row_of_who_tells_the_ring_follows_once_a_minute(jobs, clock):
    def beat(pid=10):
        jobs.beat("playout", pid, clock.now(), {"airings": []})
        assert jobs.heartbeat("playout").at == clock.now(), "whoever asks is told the newest word"
        return jobs.store.value("SELECT at FROM heartbeat WHERE process = 'playout'")

    first = beat()
    clock.advance(59)
    assert beat() == first
    assert beat(pid=11) != first, "another process, another row"
    clock.advance(60)
    assert beat(pid=11) == instant_text(clock.now())
    clock.step_wall(-3600)
    assert beat(pid=11) == instant_text(clock.now()), "a clock that was set back makes no row wait"


def test_without_a_ring_every_beat_is_a_row(station, clock):
    jobs = Jobs(station.repos.store)
    for _ in range(3):
        clock.advance(1)
        jobs.beat("playout", 10, clock.now(), {})
        assert jobs.store.value("SELECT at FROM heartbeat WHERE process = 'playout'") == instant_text(clock.now())


def test_a_kind_may_be_left_out_when_a_job_is_taken(jobs, lan, clock):
    jobs.add("ingest", {"path": "x"}, lan.id, clock.now())
    assert jobs.claim(but="ingest") is None
    speech = jobs.add("speech", {"announcement_id": 1}, lan.id, clock.now())
    assert jobs.claim(but="ingest").id == speech


def test_a_job_given_back_waits_as_if_it_had_never_been_begun(jobs, lan, clock):
    job_id = jobs.add("ingest", {"path": "x"}, lan.id, clock.now())
    for _ in range(5):
        jobs.claim()
        jobs.progress(job_id, 0.5)
        jobs.give_back(job_id)
    job = jobs.get(job_id)
    assert (job.state, job.progress) == ("waiting", 0.0)
    assert jobs.store.value("SELECT attempts FROM job WHERE id = ?", (job_id,)) == 0


def test_an_ended_job_cannot_be_given_back(jobs, lan, clock):
    job_id = jobs.add("ingest", {"path": "x"}, lan.id, clock.now())
    jobs.claim()
    jobs.end(job_id, "refused", clock.now(), reason="audio_silent")
    jobs.give_back(job_id)
    assert jobs.get(job_id).state == "refused"


def test_what_waits_is_looked_for_among_open_jobs_alone(jobs):
    asked, conn = [], jobs.store.db.conn
    conn.set_trace_callback(asked.append)
    assert (jobs.claim(), jobs.waiting("speech")) == (None, None)
    conn.set_trace_callback(None)
    plans = [
        row["detail"] for sql in asked if "FROM job" in sql for row in jobs.store.rows(f"EXPLAIN QUERY PLAN {sql}")
    ]
    assert len(plans) > 1
    assert [plan for plan in plans if "job_waiting" not in plan] == []


def test_commands_that_were_taken_go_after_their_days_and_no_other(jobs, station, lan, clock):
    def told(kind="replan", **args):
        return jobs.command(kind, args, lan.id, clock.now())

    old, waits = [told() for _ in range(3)], told("stop", slot_id=None)
    red = jobs.taken_command("stop", {"red": "k1"}, lan.id, clock.now())
    jobs.taken(old, clock.now())
    clock.advance(KEPT.total_seconds() - 2)
    last = told()
    jobs.taken([last], clock.now())
    station.services.jobs.prune()
    assert left_commands(station) == {*old, waits, red, last}
    clock.advance(PRUNED_EVERY)
    station.services.jobs.prune()
    assert left_commands(station) == {waits, red, last}
    clock.advance(2 * KEPT.total_seconds())
    station.services.jobs.prune()
    assert left_commands(station) == {waits, red, last}, "a number is given once"
    assert [one.id for one in jobs.commands()] == [waits]


def left_commands(station):
    return {row["id"] for row in station.repos.store.rows("SELECT id FROM command")}
