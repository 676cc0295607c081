"""Shape and unknown words: what voids an approval, what must be confirmed, and what no emergency waits for."""

from dataclasses import replace

import pytest

from scheduler.config.loading import ScriptConfig
from scheduler.core.announcement.script_templates import TEMPLATES, ScriptKind
from scheduler.core.delivery import PLAIN, Shape
from scheduler.core.model import AnnouncementState, Priority
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.services.announcement.scripts import ScriptService
from scheduler.station import Station
from scheduler.station_words import break_in_with
from tests.conftest import DAY
from tests.services.announcement.test_announcement_acts import refused

TEXT = "Mời bà con đi tiêm tại trạm y tế phường."
STRANGE = "Mời bà con đi tiêm Abrysvo tại trạm y tế."
"""Abrysvo: no rule and no entry reads it."""


@pytest.fixture
def acts(station):
    return station.services.announcements


@pytest.fixture
def seen(station):
    return station.repos.programme.announcement


@pytest.fixture
def spoken(station, acts, lan):
    """An announcement whose speech the real worker has made, heard by its author."""

    def make(text=TEXT, title="Tiêm chủng", shape=PLAIN, *, heard=True, priority=Priority.NORMAL):
        announcement_id = acts.write(lan, title, text, priority, shape=shape)
        job_id = acts.make_speech(lan, announcement_id)
        assert station.worker().work_once(job_id)
        if heard:
            sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
            acts.heard(lan, announcement_id, sha256)
        return announcement_id

    return make


def test_a_new_announcement_is_read_as_the_station_usually_reads(station, acts, lan, seen):
    assert seen(acts.write(lan, "Họp", TEXT)).shape == Shape(paced=True)
    plain = ScriptService(
        replace(station.repos, written=replace(station.config, script=ScriptConfig(paced=False))),
        station.services.reading,
    )
    assert plain.usual == PLAIN


def test_a_dispatchs_draft_is_read_as_the_station_usually_reads(station, lan, seen, dispatch_id):
    announcement_id = station.services.dispatch_drafts.make(lan, dispatch_id)[0].announcement_id
    assert seen(announcement_id).shape == station.services.scripts.usual


def test_another_shape_voids_sound_and_approval_like_another_text(acts, lan, minh, seen, spoken):
    announcement_id = spoken()
    acts.submit(lan, announcement_id)
    acts.approve(minh, announcement_id, seen(announcement_id).audio_sha256, heard=True)
    before = seen(announcement_id)
    acts.edit(lan, announcement_id, before.version, before.title, before.text, shape=Shape(paced=True, times=2))
    after = seen(announcement_id)
    assert (after.state, after.audio_sha256, after.approved_sha256) == (AnnouncementState.DRAFT, None, None)
    assert (after.shape.times, after.version) == (2, before.version + 1)


def test_the_same_shape_again_changes_nothing(acts, lan, seen, spoken):
    announcement_id = spoken(shape=Shape(times=2))
    before = seen(announcement_id)
    acts.edit(lan, announcement_id, before.version, before.title, before.text, shape=Shape(times=2))
    acts.edit(lan, announcement_id, before.version, before.title, before.text)
    assert seen(announcement_id) == before


@pytest.mark.parametrize(("heading", "kept"), [(True, False), (False, True)], ids=["title is said", "title is silent"])
def test_a_new_title_voids_the_sound_where_it_is_said(acts, lan, seen, spoken, heading, kept):
    announcement_id = spoken(shape=Shape(heading=heading))
    before = seen(announcement_id)
    acts.edit(lan, announcement_id, before.version, "Tên khác", before.text)
    assert (seen(announcement_id).audio_sha256 is not None) is kept


def test_another_shape_leaves_a_recording_where_it_is(acts, cast, lan, seen, spoken):
    announcement_id = spoken()
    clip = cast.clip()
    acts.use_recording(lan, announcement_id, clip.sha256)
    before = seen(announcement_id)
    acts.edit(lan, announcement_id, before.version, before.title, before.text, shape=Shape(times=2, chime=False))
    after = seen(announcement_id)
    assert (after.audio_sha256, after.shape.times, after.heard) == (clip.sha256, 2, False)


def test_a_shape_nobody_would_listen_to_is_refused_and_nothing_is_kept(station, acts, lan):
    assert refused(lambda: acts.write(lan, "Họp", TEXT, shape=Shape(times=9))) == "script_times_invalid"
    assert station.repos.programme.announcements() == []


def test_the_clip_says_the_script_and_how_often_it_says_its_words(station, seen, spoken):
    announcement_id = spoken(shape=Shape(ident=True, heading=True, times=2, closing="Xin cảm ơn."))
    clip = station.repos.programme.clip(seen(announcement_id).audio_sha256)
    assert clip.said == station.services.scripts.of_announcement(seen(announcement_id)).text
    assert clip.said.count("Xin nhắc lại") == 1
    assert clip.says == 2


def test_the_same_words_in_another_shape_are_another_clip_and_in_the_same_shape_the_same(seen, spoken):
    first, again, other = spoken(), spoken(), spoken(shape=Shape(paced=True))
    assert seen(first).audio_sha256 == seen(again).audio_sha256
    assert seen(first).audio_sha256 != seen(other).audio_sha256


def test_what_the_clip_says_twice_is_aired_once_where_twice_is_ordered(station, acts, cast, lan, minh, seen, spoken):
    announcement_id = spoken(shape=Shape(times=2))
    acts.submit(lan, announcement_id)
    acts.approve(minh, announcement_id, seen(announcement_id).audio_sha256, heard=True)
    cast.running(announcement_id, repeat=2)
    slot = station.repos.slots.of_day(DAY)[0]
    clip = station.repos.programme.clip(slot.audio_sha256)
    items = station.services.rundowns.of(slot, clip.frames)
    assert [item.kind for item in items] == ["clip"]
    assert abs(slot.length - clip.length).total_seconds() < 0.001


def test_a_recording_is_aired_twice_where_twice_is_ordered(station, cast):
    cast.running(cast.approved(), repeat=2)
    slot = station.repos.slots.of_day(DAY)[0]
    kinds = [
        item.kind for item in station.services.rundowns.of(slot, station.repos.programme.clip(slot.audio_sha256).frames)
    ]
    assert kinds == ["clip", "pause", "clip"]


# Blanks


def test_a_form_with_a_blank_is_kept_but_not_spoken(acts, lan, seen):
    template = TEMPLATES[ScriptKind.MEETING]
    announcement_id = acts.write(lan, "Mời họp tổ", template.text, shape=template.shape)
    assert refused(lambda: acts.make_speech(lan, announcement_id)) == "blank_left"
    acts.edit(lan, announcement_id, seen(announcement_id).version, "Mời họp tổ", "Mời bà con họp tối nay.")
    assert acts.make_speech(lan, announcement_id)


def test_a_blank_in_a_title_matters_where_the_title_is_said(acts, lan):
    said = acts.write(lan, "Mời họp [cuộc họp gì]", TEXT, shape=Shape(heading=True))
    silent = acts.write(lan, "Mời họp [cuộc họp gì]", TEXT)
    assert refused(lambda: acts.make_speech(lan, said)) == "blank_left"
    assert acts.make_speech(lan, silent)


# Words nobody knows to read


def test_an_unknown_word_is_not_submitted_until_somebody_who_has_heard_it_confirms_it(station, acts, lan, seen, spoken):
    announcement_id = spoken(STRANGE)
    assert acts.unread(announcement_id) == ("Abrysvo",)
    assert refused(lambda: acts.submit(lan, announcement_id)) == "word_unread"
    acts.confirm_words(lan, announcement_id, seen(announcement_id).audio_sha256, ["Abrysvo"])
    assert acts.unread(announcement_id) == ()
    (kept,) = station.services.scripts.unknown(seen(announcement_id)).confirmed
    assert (kept.word, kept.person_id, kept.audio_sha256) == ("Abrysvo", lan.id, seen(announcement_id).audio_sha256)
    acts.submit(lan, announcement_id)
    assert seen(announcement_id).state is AnnouncementState.SUBMITTED


def test_what_comes_first_is_refused_first(acts, lan, spoken):
    announcement_id = acts.write(lan, "Tiêm", STRANGE)
    assert refused(lambda: acts.submit(lan, announcement_id)) == "no_audio"
    assert refused(lambda: acts.submit(lan, spoken(STRANGE, heard=False))) == "not_heard"


def test_nobody_confirms_what_they_have_not_heard(acts, lan, seen, spoken):
    announcement_id = spoken(STRANGE, heard=False)
    sha256 = seen(announcement_id).audio_sha256
    assert refused(lambda: acts.confirm_words(lan, announcement_id, sha256, ["Abrysvo"])) == "not_heard"
    assert refused(lambda: acts.confirm_words(lan, announcement_id, "0" * 64, ["Abrysvo"])) == "audio_changed"


def test_a_stranger_confirms_nothing(acts, lan, seen, spoken):
    announcement_id = spoken(STRANGE)
    gone = replace(lan, active=False)
    with pytest.raises(NotPermitted):
        acts.confirm_words(gone, announcement_id, seen(announcement_id).audio_sha256, ["Abrysvo"])


def test_a_word_that_is_not_open_is_not_kept_and_a_second_confirmation_changes_nothing(
    station, acts, lan, minh, seen, spoken
):
    announcement_id = spoken(STRANGE)
    sha256 = seen(announcement_id).audio_sha256
    for actor in (lan, minh):
        acts.confirm_words(actor, announcement_id, sha256, ["Abrysvo", "tiêm", "Pfizer"])
    rows = station.repos.store.rows("SELECT word, person_id FROM confirmed_word")
    assert rows == [{"word": "Abrysvo", "person_id": lan.id}]


def test_another_text_asks_again_and_the_old_text_back_does_not(station, acts, lan, seen, spoken):
    announcement_id = spoken(STRANGE)
    acts.confirm_words(lan, announcement_id, seen(announcement_id).audio_sha256, ["Abrysvo"])
    acts.edit(lan, announcement_id, seen(announcement_id).version, "Tiêm chủng", f"{STRANGE} Nhớ mang thẻ.")
    assert acts.unread(announcement_id) == ("Abrysvo",)
    acts.edit(lan, announcement_id, seen(announcement_id).version, "Tiêm chủng", STRANGE)
    assert acts.unread(announcement_id) == ()


def test_a_new_unknown_word_asks_although_the_others_are_confirmed(acts, lan, seen, spoken):
    announcement_id = spoken("Tiêm Abrysvo và Shingrix.")
    acts.confirm_words(lan, announcement_id, seen(announcement_id).audio_sha256, ["Abrysvo"])
    with pytest.raises(Refused) as refusal:
        acts.submit(lan, announcement_id)
    assert refusal.value.details == {"words": "Shingrix"}


def test_a_speech_made_anew_of_the_same_words_keeps_their_confirmation(acts, lan, seen, spoken):
    announcement_id = spoken(STRANGE)
    acts.confirm_words(lan, announcement_id, seen(announcement_id).audio_sha256, ["Abrysvo"])
    before = seen(announcement_id)
    acts.edit(lan, announcement_id, before.version, before.title, before.text, shape=Shape(paced=True))
    assert acts.unread(announcement_id) == ()


def test_a_recording_has_no_unknown_words_a_person_has_read_it(acts, cast, lan, seen, spoken):
    announcement_id = spoken(STRANGE)
    clip = cast.clip()
    acts.use_recording(lan, announcement_id, clip.sha256)
    acts.heard(lan, announcement_id, clip.sha256)
    acts.submit(lan, announcement_id)
    assert seen(announcement_id).state is AnnouncementState.SUBMITTED


def test_what_came_up_after_it_was_submitted_the_leader_confirms_in_approving(station, acts, lan, minh, seen, spoken):
    announcement_id = spoken(STRANGE)
    acts.confirm_words(lan, announcement_id, seen(announcement_id).audio_sha256, ["Abrysvo"])
    acts.submit(lan, announcement_id)
    with station.repos.store.write() as db:
        db.execute("DELETE FROM confirmed_word")
    sha256 = seen(announcement_id).audio_sha256
    assert refused(lambda: acts.approve(minh, announcement_id, sha256, heard=True)) == "word_unread"
    assert seen(announcement_id).state is AnnouncementState.SUBMITTED
    acts.approve(minh, announcement_id, sha256, heard=True, read_as=["Abrysvo"])
    assert seen(announcement_id).state is AnnouncementState.APPROVED
    (kept,) = station.services.scripts.unknown(seen(announcement_id)).confirmed
    assert kept.person_id == minh.id


def test_a_refused_approval_confirms_nothing(station, acts, lan, minh, seen, spoken):
    announcement_id = spoken(STRANGE)
    sha256 = seen(announcement_id).audio_sha256
    assert (
        refused(lambda: acts.approve(minh, announcement_id, sha256, heard=True, read_as=["Abrysvo"])) == "wrong_state"
    )
    assert station.repos.store.value("SELECT count(*) FROM confirmed_word") == 0


def test_an_emergency_of_the_moment_waits_for_no_word(station, minh):
    slot_id = break_in_with(station, minh, "Cháy ở kho Abrysvo, bà con ra khỏi nhà ngay.")
    assert station.repos.slots.facts(slot_id).slot.priority is Priority.EMERGENCY


def test_a_template_for_the_emergency_page_is_asked_about_like_any_other(acts, lan, spoken):
    announcement_id = spoken(STRANGE, priority=Priority.EMERGENCY)
    assert refused(lambda: acts.submit(lan, announcement_id)) == "word_unread"


def test_a_speech_from_before_the_word_list_changed_is_not_submitted(station, acts, lan, seen, spoken):
    announcement_id = spoken(STRANGE)
    with station.repos.store.write() as db:
        db.execute("UPDATE clip SET said = 'Mời bà con đi tiêm a bờ rít vô tại trạm y tế.'")
    assert station.services.scripts.has_changed(
        seen(announcement_id), station.repos.programme.clip(seen(announcement_id).audio_sha256)
    )
    assert refused(lambda: acts.submit(lan, announcement_id)) == "reading_changed"


def test_stops_alone_are_no_other_reading(station, acts, lan, seen, spoken):
    announcement_id = spoken()
    with station.repos.store.write() as db:
        db.execute("UPDATE clip SET said = rtrim(said, '.')")
    acts.submit(lan, announcement_id)
    assert seen(announcement_id).state is AnnouncementState.SUBMITTED


# Length


def test_the_estimate_comes_near_the_measured_length(station, seen, spoken):
    scripts = station.services.scripts
    for shape in (PLAIN, Shape(paced=True), TEMPLATES[ScriptKind.NOTICE].shape):
        announcement = seen(spoken(LONG, shape=shape))
        measured = station.repos.programme.clip(announcement.audio_sha256).length
        estimate = scripts.estimate(scripts.of_announcement(announcement))
        assert abs(estimate / measured - 1) < 0.15, (shape, estimate, measured)


def test_a_voice_of_another_pace_is_measured_here(station, lan, seen, spoken):
    scripts = station.services.scripts
    announcement = seen(spoken(LONG))
    expected = scripts.estimate(scripts.of_announcement(announcement))
    with station.repos.store.write() as db:
        db.execute("UPDATE clip SET frames = 2 * frames WHERE origin = 'speech'")
    spoken("Mời bà con đi họp tối nay tại nhà văn hóa của tổ.")
    slower = scripts.estimate(scripts.of_announcement(announcement))
    assert 1.3 < slower / expected < 2.1


LONG = (
    "Ủy ban nhân dân phường mời bà con đưa trẻ từ 6 đến 59 tháng tuổi đi tiêm vắc xin sởi tại Trạm Y tế phường, sáng "
    "ngày 15/3/2026. Bà con nhớ mang theo sổ tiêm chủng. Cần biết thêm, xin gọi số điện thoại 02373761666. Trẻ đang sốt "
    "thì chưa tiêm; gia đình báo cho tổ trưởng để được hẹn ngày khác."
)


def test_the_station_itself_can_say_its_name(config, clock):
    named = Station.open(replace(config, station=replace(config.station, name="Đài phường An Bình")), clock)
    script = named.services.scripts.of("Họp", TEXT, Shape(ident=True))
    assert script.text.startswith("Đây là Đài phường An Bình.")
    named.close()
