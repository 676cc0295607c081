"""A station of the release before, opened by this one: drafts, requests and bookmarks are all there.

Its file is made here by the steps that were released then, which never change (`released.sha256`), and by rows as that
release wrote them.
"""

import sqlite3
from contextlib import closing
from datetime import time, timedelta

import numpy as np
import pytest
from sqlite_utils.db import Database

from audio_assets.library import Library
from scheduler.core.model import AnnouncementState, CampaignState, Role
from scheduler.core.planning.rules import local_day, local_instant
from scheduler.features import FEATURES
from scheduler.kernel.passwords import hashed
from scheduler.station import Station
from scheduler.store import instant_text
from scheduler.store.schema.migrations import CORE_STEPS, all_steps
from tests.rows import each
from tests.web.conftest import PASSWORDS, hears

LAST = "m035_submission"
"""The last step of the core that the release before has."""
BOOKMARKS = (
    "/", "/truc-tiep", "/viec-can-lam", "/khan-cap", "/khan-cap/dien-tap", "/truc-tiep-micro", "/tiep-am", "/tiep-am/moi",
    "/cong-van", "/tu-dien", "/tu-dien/da-doi", "/ban-tin", "/ban-tin/moi", "/ban-tin/1", "/ban-tin/1/noi-dung",
    "/ban-tin/1/cach-doc", "/ban-tin/1/nghe", "/ban-tin/1/trinh-duyet", "/ban-tin/2", "/ban-tin/2/trinh-duyet",
    "/duyet", "/duyet/2", "/duyet?xong=duyet&ban_tin=3", "/kho", "/lich", "/lich/tuan", "/lich/48-gio", "/dot",
    "/dot/moi", "/dot/1", "/nhat-ky", "/bao-cao", "/bao-cao/ban-in", "/cai-dat", "/cai-dat/dau-ra",
    "/cai-dat/gio-yen-tinh", "/cai-dat/vung", "/cai-dat/don-vi", "/cai-dat/am-thanh", "/cai-dat/sao-luu",
    "/cai-dat/tinh-trang", "/cai-dat/phan-mo-rong", "/cai-dat/dong-ho", "/cai-dat/dien-thoai", "/tai-khoan",
    "/nhat-ky-thao-tac", "/nhat-ky-thao-tac?kiem=1", "/tat-ca",
)  # fmt: skip
"""What people of the release before may have kept, of the pages that a leader opens."""
PERSON = "INSERT INTO person (id, login, name, role, password_hash, created_at) VALUES (?, ?, ?, ?, ?, ?)"
CLIP = "INSERT INTO clip (sha256, title, origin, frames, created_at, created_by) VALUES (?, ?, 'upload', ?, ?, 1)"
ANNOUNCEMENT = """INSERT INTO announcement (id, title, text, state, audio_sha256, heard, author_id, approver_id, approved_at,
    approved_sha256, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)"""
CAMPAIGN = """INSERT INTO campaign (id, title, announcement_id, state, windows_json, base, weekdays_json, start, end,
    min_gap_ms, chime, repeat, zone, created_at, created_by)
    VALUES (1, 'Tuyên truyền nước sạch', 3, 'draft', '["17:00-18:30"]', 2, '[0,1,2,3,4,5,6]', ?, ?, 600000, 0, 1, 'all', ?, 1)"""
SUBMISSION = """INSERT INTO submission (id, announcement_id, kind, at, state, created_at, created_by)
    VALUES (1, 2, 'once', ?, 'open', ?, 1)"""


def released_steps():
    """The steps that the release before had gone."""
    known = all_steps(FEATURES)
    later = set(CORE_STEPS[CORE_STEPS.index(LAST) + 1 :])
    known.steps = tuple(step for step in known.steps if step.name not in later)
    return known


@pytest.fixture
def asked_at(config, clock):
    zone = config.station.time_zone
    return local_instant(local_day(clock.now(), zone), time(17), zone)


@pytest.fixture
def station(config, clock, asked_at):
    """A draft, a request for 17:00, an approved announcement whose campaign is still a draft; then this release."""
    config.data.mkdir(parents=True)
    now, today = instant_text(clock.now()), local_day(clock.now(), config.station.time_zone)
    tone = (np.sin(np.arange(96_000) / 20) * 8000).astype(np.int16)
    clip = Library(config.data / "library").add_master(tone)
    with closing(sqlite3.connect(config.data / "loa.db")) as conn:
        released_steps().apply(Database(conn, execute_plugins=False))
        for row in ((1, "lan", "Lan", Role.EDITOR), (2, "minh", "Minh", Role.APPROVER)):
            conn.execute(PERSON, (*row[:3], row[3].value, hashed(PASSWORDS[row[1]]), now))
        conn.execute(CLIP, (clip.sha256, "Nước sạch", clip.frames, now))
        none, approved = (None, None, None), (2, instant_text(clock.now() - timedelta(hours=1)), clip.sha256)
        conn.execute(ANNOUNCEMENT, (1, "Đang viết dở", "Mời bà con", "draft", None, 0, *none, now, now))
        conn.execute(ANNOUNCEMENT, (2, "Cắt nước", "", "submitted", clip.sha256, 1, *none, now, now))
        conn.execute(ANNOUNCEMENT, (3, "Nước sạch", "", "approved", clip.sha256, 1, *approved, now, now))
        conn.execute(CAMPAIGN, (today.isoformat(), (today + timedelta(days=6)).isoformat(), now))
        conn.execute(SUBMISSION, (instant_text(asked_at), now))
        conn.execute("INSERT INTO submission_place (submission_id, zone) VALUES (1, 'all')")
        conn.commit()
    opened = Station.open(config, clock)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def minh(station):
    return station.repos.people.get(2)


@pytest.fixture
def lan(station):
    return station.repos.people.get(1)


def test_all_of_it_is_there_as_it_was(station, asked_at):
    services = station.services
    states = {one.title: one.state for one in services.announcements.listed()}
    assert states == {
        "Đang viết dở": AnnouncementState.DRAFT,
        "Cắt nước": AnnouncementState.SUBMITTED,
        "Nước sạch": AnnouncementState.APPROVED,
    }
    assert services.campaigns.get(1).state is CampaignState.DRAFT
    offer = services.submissions.offer(2)
    assert (offer.submission.at, offer.start) == (asked_at, asked_at)


def test_the_open_request_is_heard_approved_and_airs_at_its_time(station, minh, minhs, send, asked_at):
    assert "Cắt nước" in minhs.get("/duyet").text
    sha256 = station.services.announcements.get(2).audio_sha256
    assert send(minhs, "/duyet/2/duyet", sha256=sha256).status_code == 422
    hears(station, minh, sha256)
    assert "Duyệt, phát 17:00 hôm nay" in minhs.get("/duyet/2").text
    assert send(minhs, "/duyet/2/duyet", sha256=sha256).status_code == 303
    (slot,) = station.repos.slots.open_between(asked_at, asked_at + timedelta(seconds=1))
    assert slot.announcement_id == 2


def test_what_was_approved_and_never_planned_is_a_task_and_its_campaign_still_starts(station, lan):
    station.services.campaigns.replan()
    (task,) = [one for one in station.services.to_do.open() if one.reason == "approved_unplanned"]
    assert task.details["title"] == "Nước sạch"
    station.services.campaigns.start(lan, 1)
    station.services.campaigns.replan()
    assert station.services.outlook.of(3).count > 0


def test_the_draft_is_written_on_and_handed_in(station, lan):
    acts = station.services.announcements
    acts.edit(lan, 1, acts.get(1).version, "Viết xong", "Mời bà con đi họp lúc 19 giờ.")
    assert station.worker().work_once(acts.make_speech(lan, 1))
    acts.heard(lan, 1, acts.get(1).audio_sha256)
    acts.submit(lan, 1)
    assert acts.get(1).state is AnnouncementState.SUBMITTED


def test_it_is_given_the_six_templates_for_an_emergency(station):
    assert station.services.ready_templates.keep_up() == 6


def test_a_bookmark_leads_somewhere(minhs):
    def check(address):
        answer = minhs.get(address, follow_redirects=True)
        assert answer.status_code == 200
        assert "<main" in answer.text

    each(BOOKMARKS, check)
