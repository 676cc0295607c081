"""The step of writing and approving: jobs of the release before stay with what refers to them, old approvals are told."""

import pytest

from scheduler.store import Jobs, Store
from scheduler.store.announcement.decisions import Decisions
from scheduler.store.schema.migrations import migrations
from tests.conftest import MORNING

AT = MORNING.isoformat(timespec="microseconds")


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "loa.db")
    migrations.apply(opened.db, stop_before="m017_compose")
    with opened.write() as db:
        db.execute(
            "INSERT INTO person (id, login, name, role, password_hash, created_at) VALUES (1, 'a', 'A', 'admin', '', ?)",
            (AT,),
        )
        db.execute(
            "INSERT INTO job (id, kind, args_json, created_at, created_by) VALUES (7, 'ingest', '{}', ?, 1)", (AT,)
        )
        db.execute(
            "INSERT INTO upload (id, person_id, path, file_name, title, origin, size, mark, begun_at, touched_at, job_id)"
            " VALUES ('u', 1, 'p', 'f', 't', 'upload', 1, 'a', ?, ?, 7)",
            (AT, AT),
        )
        for number, state, sha256 in ((1, "approved", "a" * 64), (2, "draft", None)):
            db.execute(
                "INSERT INTO announcement (id, title, text, author_id, state, approver_id, approved_at, approved_sha256,"
                " created_at, updated_at) VALUES (?, 'Họp', 'Họp tối nay.', 1, ?, 1, ?, ?, ?, ?)",
                (number, state, AT, sha256, AT, AT),
            )
    opened.migrate()
    yield opened
    opened.close()


def test_jobs_and_what_refers_to_them_are_kept_and_a_cut_may_be_one(store):
    assert Jobs(store).get(7).kind == "ingest"
    assert store.value("SELECT job_id FROM upload") == 7
    assert store.rows("PRAGMA foreign_key_check") == []
    assert Jobs(store).add("trim", {"announcement_id": 1}, 1, MORNING) > 7


def test_what_was_approved_before_is_a_decision_and_a_draft_is_none(store):
    last = Decisions(store).newest(1)
    assert (last.act, last.person_id, last.at, last.text) == ("approve", 1, MORNING, "Họp tối nay.")
    assert Decisions(store).newest(2) is None


def test_the_newest_job_of_an_announcement_is_found_and_how_many_are_before_it(store):
    jobs = Jobs(store)
    first, other, second = (jobs.add("speech", {"announcement_id": one}, 1, MORNING) for one in (1, 2, 1))
    assert jobs.newest_sound(1).id == second
    assert jobs.newest_sound(2).id == other
    assert jobs.newest_sound(3) is None
    assert (jobs.ahead_of(7), jobs.ahead_of(first), jobs.ahead_of(second)) == (0, 1, 3)
    assert [job.kind for job in jobs.newest("ingest", also="trim")] == ["ingest"]
