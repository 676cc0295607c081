"""Việc cần làm: each cause really happens, is told with the button that mends it, is mended, and is gone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.config.loading import OutputConfig
from scheduler.core.dispatch.duty_list import DutyState
from scheduler.core.dispatch.model import Channel
from scheduler.core.model import AiringOutcome, Role, Trigger
from scheduler.core.planning.rules import parse_window
from scheduler.core.station.tasks import Gravity, Mend, task_sentence
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.services.station import tasks
from scheduler.station import Station
from scheduler.store import Ending
from scheduler.store.database import insert
from tests.conftest import DAY

OUTPUT = {"name": "wav", "kind": "soundcard", "state": "open", "message": "", "device": ""}
LETTER = """ỦY BAN NHÂN DÂN PHƯỜNG
Số: 642/UBND-VHTT
Bắc Sơn, ngày 1 tháng 12 năm 2026
V/v tăng cường tuyên truyền phòng cháy

Tăng cường thời lượng phát thanh trên hệ thống loa truyền thanh từ ngày 02/12/2026 đến ngày 05/12/2026."""


@pytest.fixture
def services(station):
    return station.services.to_do


@pytest.fixture
def beat(station):
    """Playout's and the worker's word as they would be now."""

    def write(outputs=(OUTPUT,), *, clock_trusted=True):
        now = station.clock.now()
        state = {"airings": [], "outputs": list(outputs), "clock_trusted": clock_trusted}
        station.repos.jobs.beat("playout", 1, now, state)
        station.repos.jobs.beat("worker", 2, now, {})

    write()
    return write


def told(services):
    return [(task.key, task.reason, task.mend) for task in services.open()]


def reasons(services):
    return sorted(task.reason for task in services.open())


def keys(services):
    return [task.key for task in services.open()]


@pytest.fixture
def tech(station):
    """Hùng maintains."""
    return station.repos.people.add("hung", "Hùng", Role.ADMIN, "mat-khau-cua-hung", station.clock.now())


def test_where_all_is_well_there_is_nothing_to_do(services, beat, cast):
    cast.planned(cast.approved())
    assert services.open() == []


def test_every_task_has_a_sentence_of_its_own(services, cast, beat):
    cast.submitted()
    beat([OUTPUT | {"state": "down", "message": "không có card"}], clock_trusted=False)
    for task in services.open():
        assert "chưa có lời giải thích" not in task_sentence(task)
        assert "{" not in task_sentence(task)


# The air


def test_a_playout_that_is_silent_is_all_that_is_told_of_the_air_until_it_speaks(services, beat, clock):
    clock.advance(6)
    assert told(services) == [("playout_silent:station", "playout_silent", Mend.STATION)]
    beat()
    assert services.open() == []


def test_a_clock_that_is_not_trusted_fails_now(services, beat):
    beat(clock_trusted=False)
    (task,) = services.open()
    assert (task.key, task.gravity) == ("clock_untrusted:station", Gravity.NOW)


def test_an_output_in_trouble_is_opened_again_by_its_button(services, beat, station, tech, lan):
    beat([OUTPUT | {"state": "down", "message": "không có card"}])
    (task,) = services.open()
    assert (task.reason, task.mend, task.about) == ("output_down", Mend.REOPEN, "wav")
    assert "không có card" in task_sentence(task)
    with pytest.raises(NotPermitted):
        services.mend(lan, task.key)
    services.mend(tech, task.key)
    (command,) = station.repos.jobs.commands()
    assert (command.kind, command.args, command.created_by) == ("reopen", {"output": "wav"}, tech.id)
    beat()
    assert services.open() == []


def test_a_station_without_loudspeakers_is_told_so_last(services, beat, cast):
    cast.submitted()
    beat([OUTPUT | {"kind": "wavfile", "counts": False}])
    assert [task.reason for task in services.open()] == ["approval_waits", "unheard"]


def test_an_output_in_trouble_stands_for_the_airing_that_nobody_would_hear(services, beat, cast, station, clock):
    cast.planned(cast.approved())
    first = station.repos.slots.of_day(DAY)[0]
    clock.step_wall((first.start - clock.now() - timedelta(minutes=5)).total_seconds())
    beat([OUTPUT | {"state": "retrying", "message": "mất dây"}])
    station.services.readiness.check()
    assert [todo.reason for todo in station.repos.todos.open()] == ["no_output_open"]
    (task,) = services.open()
    assert (task.key, task.due) == ("output:wav", first.start)


# Sounds and approvals


def test_a_missing_voice_is_read_again_by_its_button(services, beat, cast, station):
    announcement_id = station.services.announcements.write(cast.lan, "Tiêm chủng", "Sáng mai tiêm chủng ở trạm y tế.")
    station.finish(station.services.announcements.make_speech(cast.lan, announcement_id), alone=True)
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    station.services.announcements.heard(cast.lan, announcement_id, sha256)
    station.services.announcements.submit(cast.lan, announcement_id)
    station.services.announcements.approve(cast.minh, announcement_id, sha256, heard=True)
    cast.planned(announcement_id)
    path = station.repos.library.path(sha256)
    path.unlink()
    station.services.readiness.check()
    (task,) = services.open()
    assert (task.reason, task.mend, task.about) == ("audio_missing", Mend.READ_AGAIN, str(announcement_id))
    services.mend(cast.lan, task.key)
    job = station.services.announcements.speech_job(announcement_id)
    station.finish(job.id, alone=True)
    beat()
    station.services.readiness.check()
    assert "audio_missing" not in {task.reason for task in services.open()}


def test_a_missing_recording_leads_to_its_announcement(services, beat, cast, station):
    announcement_id = cast.approved()
    cast.planned(announcement_id)
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    path = station.repos.library.path(sha256)
    data = path.read_bytes()
    path.unlink()
    station.services.readiness.check()
    assert told(services) == [(f"audio_missing:{sha256}", "audio_missing", Mend.ANNOUNCEMENT)]
    path.write_bytes(data)
    station.services.readiness.check()
    assert services.open() == []


def test_what_waits_for_approval_and_is_needed_today_is_one_task_with_its_time(services, beat, cast, station):
    announcement_id = cast.submitted()
    cast.planned(announcement_id)
    station.services.readiness.check()
    (task,) = services.open()
    assert (task.key, task.mend, task.about) == (f"unapproved:{announcement_id}", Mend.APPROVE, str(announcement_id))
    assert task.due is not None
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    station.services.announcements.approve(cast.minh, announcement_id, sha256, heard=True)
    cast.plan_follows()
    station.services.readiness.check()
    assert services.open() == []


# What did not sound today


@pytest.fixture
def missed(cast, station, beat):
    """A slot of today that was missed, with no rule to make it good."""
    station.services.campaigns.replan()
    cast.planned(cast.approved())
    first = station.repos.slots.of_day(DAY)[0]
    station.repos.slots.close(first.id, Ending(AiringOutcome.MISSED, "station_off"), station.clock.now())
    return first


def test_a_missed_airing_is_aired_again_by_its_button(services, missed, cast, station, clock, beat):
    clock.step_wall((missed.start - clock.now()).total_seconds() + 900)
    beat()
    (task,) = [task for task in services.open() if task.reason == "not_aired_today"]
    assert (task.mend, task.about, task.due) == (Mend.PLAY_AGAIN, missed.id, missed.start)
    done = services.mend(cast.lan, task.key)
    slot = station.repos.slots.slot(done.about)
    assert (slot.trigger, slot.announcement_id, slot.zone) == (Trigger.MANUAL, missed.announcement_id, missed.zone)
    assert (slot.chime, slot.repeat) == (missed.chime, missed.repeat)
    assert services.open() == []


def test_what_was_heard_in_part_is_not_told_as_not_aired(services, missed, cast, station, clock, beat):
    clock.step_wall((missed.start - clock.now()).total_seconds() + 900)
    beat()
    cut = Ending(AiringOutcome.PARTIAL, "playout_died", clock.now(), clock.now(), 1000)
    done = services.mend(cast.lan, f"not_aired:{missed.announcement_id}")
    station.repos.slots.close(done.about, cut, clock.now())
    (task,) = [task for task in services.open() if task.key.startswith("not_aired:")]
    assert task_sentence(task).startswith("Hôm nay 1 lượt phát dở, nghe được chưa tới một nửa.")
    station.repos.slots.add(
        replace(station.repos.slots.slot(missed.id), id="20261202-n9", outcome=None, reason="", start=clock.now()),
        None,
        clock.now(),
    )
    station.repos.slots.close("20261202-n9", Ending(AiringOutcome.MISSED, "station_off"), clock.now())
    (task,) = [task for task in services.open() if task.key.startswith("not_aired:")]
    assert task_sentence(task).startswith("Hôm nay 1 lượt không phát được, 1 lượt phát dở nghe được chưa tới một nửa.")


def test_what_was_aired_again_and_failed_is_told_again(services, missed, cast, station, clock, beat):
    clock.step_wall((missed.start - clock.now()).total_seconds() + 900)
    beat()
    done = services.mend(cast.lan, f"not_aired:{missed.announcement_id}")
    station.repos.slots.close(done.about, Ending(AiringOutcome.FAILED, "output_failed"), clock.now())
    (task,) = [task for task in services.open() if task.reason == "not_aired_today"]
    assert task.about == done.about  # the first is to be made good by the plan; what was ordered by hand is not


def test_what_is_made_good_is_nothing_to_do(services, missed, station):
    good = replace(
        station.repos.slots.slot(missed.id),
        id="20261202-b1",
        trigger=Trigger.MAKE_GOOD,
        makes_good=missed.id,
        outcome=None,
        reason="",
    )
    assert f"not_aired:{missed.announcement_id}" in keys(services)
    station.repos.slots.add(good, None, station.clock.now())
    assert f"not_aired:{missed.announcement_id}" not in keys(services)


def test_airing_again_asks_the_right_and_the_gate(services, missed, station, clock, beat):
    guest = station.repos.people.add("khach", "Khách", Role.GUEST, "mat-khau-cua-khach", clock.now())
    with pytest.raises(NotPermitted):
        services.mend(guest, f"not_aired:{missed.announcement_id}")


def test_in_quiet_hours_airing_again_is_refused_and_the_task_stays(services, missed, cast, clock, beat):
    clock.step_wall(6.5 * 3600)  # 12:00, within 11:30-13:30
    beat()
    with pytest.raises(Refused, match="quiet_hours"):
        services.mend(cast.lan, f"not_aired:{missed.announcement_id}")
    assert f"not_aired:{missed.announcement_id}" in keys(services)


def test_what_the_plan_has_no_place_for_leads_to_its_campaign(services, beat, cast, station, clock):
    clock.advance(2 * 3600)  # its window has gone by
    beat()
    campaign_id = cast.planned(cast.approved(3.0), base=2)
    (task,) = services.open()
    assert (task.reason, task.mend, task.about) == ("not_planned_today", Mend.CAMPAIGN, str(campaign_id))
    assert "1, 2" in task_sentence(task)
    station.services.campaigns.stop(cast.lan, campaign_id)
    cast.plan_follows()
    assert services.open() == []


def test_nothing_is_said_to_be_not_planned_while_the_plan_is_owed(services, beat, cast, station, clock):
    clock.advance(2 * 3600)  # its window has gone by
    beat()
    campaign_id = cast.planned(cast.approved(3.0), base=2)
    assert reasons(services) == ["not_planned_today"]
    asked = station.repos.programme.campaign(campaign_id)
    windows = (*asked.windows, parse_window("16:00-18:00"))
    station.services.campaigns.save(cast.lan, replace(asked, windows=windows))
    assert station.services.campaigns.owed.since() is not None
    assert services.open() == []
    cast.plan_follows()
    assert "not_planned_today" not in reasons(services), "they are planned"


def test_what_the_readiness_check_finds_of_the_plan_waits_while_it_is_owed_and_the_rest_does_not(
    services, beat, cast, station
):
    beat()
    campaign_id = cast.planned(cast.approved(3.0))
    asked = station.repos.programme.campaign(campaign_id)
    windows = (*asked.windows, parse_window("16:00-18:00"))
    station.services.campaigns.save(cast.lan, replace(asked, base=3, windows=(*windows, parse_window("22:00-23:00"))))
    cast.plan_follows()
    station.services.readiness.check()
    assert reasons(services) == ["window_closed"]
    other = cast.running(cast.approved(4.0, title="Tin khác", pitch=700.0), base=2, windows=windows, title="Đợt khác")
    found = [one.reason for one in station.services.readiness.check()]
    assert "window_unasked" not in found, f"campaign {other} is about to be planned"
    assert "window_closed" not in reasons(services)
    cast.plan_follows()
    assert reasons(services) == ["window_closed"], "it stood all the while"


# Dispatches, processes, and further places


def test_a_dispatch_with_a_deadline_is_told_three_days_before_and_goes_when_it_is_answered(
    services, beat, cast, station
):
    dispatch_id, _ = station.services.dispatches.import_dispatch(cast.lan, LETTER.encode(), "cv.txt")
    deadline = date(2026, 12, 6)
    with station.repos.store.write() as db:
        db.conn.execute("DELETE FROM duty")
        row = {"dispatch_id": dispatch_id, "ordinal": 1, "channel": Channel.REPORT.value, "text": "Báo cáo",
               "addressed": "", "deadline": deadline.isoformat(), "start": 0, "end": 4}  # fmt: skip
        insert(db, "duty", row)
    assert services.open() == []
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE duty SET deadline = '2026-12-05'")
    (task,) = services.open()
    assert (task.reason, task.mend, task.about) == ("report_due", Mend.DISPATCH, str(dispatch_id))
    assert task_sentence(task) == "Công văn 642/UBND-VHTT: phải báo cáo trong ngày 05/12/2026."
    assert f"{task.due:%d %H:%M}" == "05 17:00"  # the end of that day in Việt Nam
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE duty SET deadline = '2026-12-01'")
    assert [task.reason for task in services.open()] == ["report_late"]
    station.services.duties.mark(cast.lan, dispatch_id, 1, DutyState.DONE)
    assert services.open() == []


@pytest.mark.parametrize(("minutes", "silent"), [(2, False), (2.1, True)], ids=["at", "just after two minutes"])
def test_a_worker_that_fell_silent_is_told(services, station, beat, clock, minutes, silent):
    beat()
    clock.advance(minutes * 60)
    station.repos.jobs.beat("playout", 1, clock.now(), {"outputs": [OUTPUT], "clock_trusted": True})
    assert ("worker_silent" in keys(services)) == silent


def test_on_a_machine_without_the_air_what_rests_on_purpose_is_no_task(services, station, beat, clock):
    beat()
    clock.advance(130)
    station.repos.jobs.beat("playout", 1, clock.now(), {"outputs": [OUTPUT], "clock_trusted": True})
    assert "worker_silent" in keys(services)
    station.repos.store.fence = rests
    assert "worker_silent" not in keys(services)


def rests():
    raise Refused("pair_not_here")


def test_a_worker_with_a_job_in_hand_may_be_quiet_for_longer(services, station, beat, clock, lan):
    station.repos.jobs.add("speech", {"announcement_id": 1, "version": 1}, lan.id, clock.now())
    station.repos.jobs.claim()
    beat()
    clock.advance(600)
    station.repos.jobs.beat("playout", 1, clock.now(), {"outputs": [OUTPUT], "clock_trusted": True})
    assert services.open() == []
    clock.advance(301)
    station.repos.jobs.beat("playout", 1, clock.now(), {"outputs": [OUTPUT], "clock_trusted": True})
    assert keys(services) == ["worker_silent"]


def test_a_backup_that_failed_is_asked_for_again_by_its_button(services, beat, station, tech, lan, clock):
    run = station.services.backups.ask(tech)
    assert services.open() == []  # one is under way
    with station.repos.store.write() as db:
        values = (clock.now().isoformat(), run)
        db.conn.execute(
            "UPDATE backup_run SET state = 'failed', reason = 'backup_failed', ended_at = ? WHERE id = ?", values
        )
    (task,) = services.open()
    assert (task.key, task.reason, task.mend) == ("backup", "backup_failed", Mend.BACKUP)
    with pytest.raises(NotPermitted):
        services.mend(lan, "backup")
    services.mend(tech, "backup")
    assert station.services.backups.newest().state == "waiting"
    assert services.open() == []


@pytest.mark.parametrize(
    ("days", "reason"),
    [(21.1, None), (21, "certificate_ends"), (0, "certificate_ended")],
    ids=["long before", "three weeks before", "over"],
)
def test_a_certificate_that_runs_out_is_told_three_weeks_before(services, beat, station, clock, days, reason):
    ends = clock.now() + timedelta(days=days)
    station.repos.jobs.beat("web", 1, clock.now(), {"certificate_ends": ends.isoformat()})
    assert [task.reason for task in services.open()] == ([reason] if reason else [])


# Put off


def seen_by(services, person):
    return tasks.seen(services.open(), services.put_offs().get(person.id, {}), services._repos.clock.now())


def test_what_is_put_off_is_hidden_from_that_person_alone_and_can_be_had_back(services, beat, cast, clock):
    key = f"unapproved:{cast.submitted()}"
    until = services.put_off(cast.lan, key, "mai")
    assert f"{until:%d/%m %H:%M %z}" == "03/12 07:00 +0700"
    hidden = seen_by(services, cast.lan)
    assert (hidden.tasks, [task.key for task, _ in hidden.put_off]) == ([], [key])
    assert [task.key for task in seen_by(services, cast.minh).tasks] == [key]
    assert services.take_back(cast.lan, key)
    assert not services.take_back(cast.lan, key)
    assert [task.key for task in seen_by(services, cast.lan).tasks] == [key]


@pytest.mark.parametrize(("later", "seconds"), [("gio", 3600), ("mai", 25.5 * 3600), ("3ngay", 3 * 86_400)])
def test_it_is_seen_again_when_its_time_has_come(services, beat, cast, clock, later, seconds):
    key = f"unapproved:{cast.submitted()}"
    services.put_off(cast.lan, key, later)
    clock.advance(seconds - 1)
    assert key not in {task.key for task in seen_by(services, cast.lan).tasks}
    clock.advance(1)
    assert key in {task.key for task in seen_by(services, cast.lan).tasks}


def test_what_is_failing_cannot_be_put_off(services, beat, cast):
    beat(clock_trusted=False)
    with pytest.raises(Refused, match="todo_pressing"):
        services.put_off(cast.lan, "clock_untrusted:station", "gio")


def test_a_task_that_is_gone_is_neither_put_off_nor_mended(services, beat, cast):
    for act in (
        lambda: services.put_off(cast.lan, "unapproved:9", "gio"),
        lambda: services.mend(cast.lan, "unapproved:9"),
    ):
        with pytest.raises(Refused, match="todo_gone"):
            act()


def test_what_is_mended_elsewhere_has_no_act_of_one_press(services, beat, cast):
    key = f"unapproved:{cast.submitted()}"
    with pytest.raises(Refused, match="todo_gone"):
        services.mend(cast.minh, key)


def test_an_unknown_time_to_put_off_is_not_found(services, beat, cast):
    with pytest.raises(NotFound):
        services.put_off(cast.lan, f"unapproved:{cast.submitted()}", "mãi mãi")


def test_looking_writes_nothing(services, beat, cast, station):
    cast.submitted()
    before = station.repos.store.version()
    services.open()
    seen_by(services, cast.lan)
    assert station.repos.store.version() == before


def test_an_output_that_names_no_zone_covers_the_whole_ward(config, clock, tmp_path):
    zoned = replace(
        config,
        folder=tmp_path / "vung",
        outputs=(OutputConfig(name="wav", kind="wavfile", counts=True, zones=("kp3",)),),
    )
    ward = Station.open(zoned, clock)
    ward.repos.jobs.beat(
        "playout", 1, clock.now(), {"outputs": [OUTPUT | {"state": "retrying"}], "clock_trusted": True}
    )
    (task,) = ward.services.to_do.open()
    assert task.covers == {"no_output_open:kp3", "no_output_open:all"}
    ward.close()


def test_a_plan_that_waits_for_a_leaders_word_leads_there(services, beat, cast, station):
    campaign_id = cast.running(cast.approved())
    about = station.repos.programme.campaign(campaign_id).announcement_id
    clip = cast.clip(4.0, "Thu lại")
    station.services.announcements.use_recording(cast.lan, about, clip.sha256)
    cast.plan_follows()
    task = lambda: [(one.key, one.mend, one.about) for one in services.open()]  # noqa: E731 - asked twice
    assert task() == [(f"unapproved:{about}", Mend.ANNOUNCEMENT, str(about))]
    station.services.announcements.heard(cast.lan, about, clip.sha256)
    station.services.announcements.submit(cast.lan, about)
    assert task() == [(f"unapproved:{about}", Mend.APPROVE, str(about))]


def test_those_who_mend_are_named_machines_people_first_and_nobody_who_left(services, station, tech, minh, clock):
    named = services.who_mends()
    assert named["configure"] == (tech.name,)
    assert named["test_output"] == (tech.name, minh.name)
    with station.repos.store.write() as db:
        db.conn.execute("UPDATE person SET active = 0 WHERE id = ?", (tech.id,))
    assert services.who_mends()["configure"] == ()
