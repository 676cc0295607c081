import pytest

from scheduler.core.model import AnnouncementState, Role
from scheduler.kernel.errors import NotPermitted
from tests.refusals import refused


@pytest.fixture
def acts(station):
    return station.services.announcements


def state_of(station, announcement_id):
    return station.repos.programme.announcement(announcement_id)


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        pytest.param("", "Mời bà con.", "title_missing", id="no_title"),
        pytest.param(" \n", "Mời bà con.", "title_missing", id="blank_title"),
        pytest.param("x" * 201, "Mời bà con.", "title_too_long", id="long_title"),
        pytest.param("Họp", "", "text_not_speakable", id="no_text"),
        pytest.param("Họp", "… !!! 🙂", "text_not_speakable", id="no_word"),
        pytest.param("Họp", "a" * 1_000_000, "text_too_long", id="a_megabyte"),
    ],
)
def test_words_that_cannot_be_said_are_refused_and_nothing_is_kept(acts, station, lan, title, text, reason):
    assert refused(lambda: acts.write(lan, title, text)) == reason
    assert station.repos.programme.announcements() == []


def test_new_words_void_sound_and_approval(acts, station, cast, lan):
    announcement_id = cast.approved()
    seen = state_of(station, announcement_id)
    acts.edit(lan, announcement_id, seen.version, seen.title, "Lời mới.")
    after = state_of(station, announcement_id)
    assert (after.state, after.audio_sha256, after.approved_sha256) == (AnnouncementState.DRAFT, None, None)


def test_the_same_words_again_change_nothing(acts, station, cast, lan):
    announcement_id = cast.approved()
    seen = state_of(station, announcement_id)
    acts.edit(lan, announcement_id, seen.version, seen.title, seen.text)
    assert state_of(station, announcement_id) == seen


def test_another_sound_voids_the_approval(acts, station, cast, lan):
    announcement_id = cast.approved()
    acts.use_recording(lan, announcement_id, cast.clip(pitch=900).sha256)
    assert state_of(station, announcement_id).state is AnnouncementState.DRAFT


def test_two_people_editing_the_same_version_the_second_is_told(acts, station, lan):
    announcement_id = acts.write(lan, "Họp tổ", "Mời bà con đi họp.")
    acts.edit(lan, announcement_id, 1, "Họp tổ", "Mời bà con đi họp lúc bảy giờ.")
    assert refused(lambda: acts.edit(lan, announcement_id, 1, "Họp tổ", "Khác.")) == "edited_meanwhile"


def test_a_sound_must_be_heard_before_it_is_submitted(acts, station, cast, lan):
    announcement_id = acts.record(lan, "Thông báo", cast.clip().sha256)
    assert refused(lambda: acts.submit(lan, announcement_id)) == "not_heard"


def test_hearing_another_sound_than_the_one_there_does_not_count(acts, cast, lan):
    announcement_id = acts.record(lan, "Thông báo", cast.clip().sha256)
    assert refused(lambda: acts.heard(lan, announcement_id, "0" * 64)) == "audio_changed"


def test_approval_is_of_the_sound_that_was_on_the_approvers_page(acts, cast, minh):
    announcement_id = cast.submitted()
    assert refused(lambda: acts.approve(minh, announcement_id, "0" * 64, heard=True)) == "audio_changed"


def test_an_approver_who_has_not_listened_cannot_approve(acts, station, cast, minh):
    announcement_id = cast.submitted()
    sha256 = state_of(station, announcement_id).audio_sha256
    assert refused(lambda: acts.approve(minh, announcement_id, sha256, heard=False)) == "not_heard"


def test_an_editor_cannot_approve(acts, station, cast):
    announcement_id = cast.submitted()
    other = station.repos.people.add("mai", "Mai", Role.EDITOR, "mat-khau-cua-mai", station.clock.now())
    sha256 = state_of(station, announcement_id).audio_sha256
    with pytest.raises(NotPermitted):
        acts.approve(other, announcement_id, sha256, heard=True)


def test_a_leader_who_wrote_it_cannot_approve_it(acts, station, cast, minh):
    clip = cast.clip()
    announcement_id = acts.record(minh, "Của lãnh đạo", clip.sha256)
    acts.heard(minh, announcement_id, clip.sha256)
    acts.submit(minh, announcement_id)
    assert refused(lambda: acts.approve(minh, announcement_id, clip.sha256, heard=True)) == "author_is_approver"


def test_a_returned_announcement_says_why_and_may_be_submitted_again(acts, station, cast, lan, minh):
    announcement_id = cast.submitted()
    assert refused(lambda: acts.give_back(minh, announcement_id, " ")) == "reason_missing"
    acts.give_back(minh, announcement_id, "Sai số điện thoại")
    seen = state_of(station, announcement_id)
    assert (seen.state, seen.return_reason) == (AnnouncementState.RETURNED, "Sai số điện thoại")
    acts.heard(lan, announcement_id, seen.audio_sha256)
    acts.submit(lan, announcement_id)
    assert state_of(station, announcement_id).state is AnnouncementState.SUBMITTED


def test_a_retired_sound_cannot_be_approved(acts, station, cast, lan, minh):
    announcement_id = cast.submitted()
    sha256 = state_of(station, announcement_id).audio_sha256
    station.services.recordings.retire(lan, sha256)
    assert refused(lambda: acts.approve(minh, announcement_id, sha256, heard=True)) == "audio_retired"


def test_asking_twice_for_a_speech_is_one_job(acts, lan):
    announcement_id = acts.write(lan, "Họp tổ", "Mời bà con đi họp.")
    assert acts.make_speech(lan, announcement_id) == acts.make_speech(lan, announcement_id)
