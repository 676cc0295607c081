"""What a writer is told after sending: no promise of a time that nobody chooses, or that no loudspeaker would sound."""

import re
from datetime import timedelta

import pytest

from scheduler.core.model import Priority
from scheduler.services.announcement.submissions import SubmissionRequest
from tests.web.conftest import SOUNDCARD


@pytest.fixture
def note(lans):
    def told(announcement_id):
        page = lans.get(f"/truc-tiep?gui={announcement_id}").text
        found = re.search(r'<div class="note (?:sent|sent err|err|ok)" role="\w+"><b.*?</div>', page, re.DOTALL)
        assert found
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[0]))

    return told


def sent(cast, at=None, priority=Priority.NORMAL, title="Họp dân"):
    services, clip = cast.station.services, cast.clip(3.0, title, 300.0)
    number = services.announcements.write(cast.lan, title, f"{title}.", priority)
    services.announcements.use_recording(cast.lan, number, clip.sha256)
    services.announcements.heard(cast.lan, number, clip.sha256)
    if priority is Priority.EMERGENCY:
        services.submissions.hand_in(cast.lan, number)
    else:
        services.submissions.submit(cast.lan, number, SubmissionRequest(at=at))
    return number


def test_a_template_is_not_promised_a_time(cast, note, beat):
    beat()
    told = note(sent(cast, priority=Priority.EMERGENCY))
    assert "chờ sẵn ở trang Khẩn cấp" in told
    assert "chọn giờ" not in told


def test_where_no_loudspeaker_is_the_time_is_not_promised_alone(cast, note, beat, clock):
    number = sent(cast, clock.now() + timedelta(hours=3))
    beat(outputs=[SOUNDCARD | {"kind": "wavfile"}])
    assert "Máy trạm chưa nối được với loa. Chưa sửa thì đến giờ vẫn không ra loa." in note(number)
    beat()
    assert "Chưa sửa thì" not in note(number)


def test_what_its_campaigns_air_again_is_told_with_their_time(cast, station, lan, note, beat):
    beat()
    number = cast.approved()
    cast.planned(number)
    beat()
    clip = cast.clip(4.0, "Tiêm chủng", 800.0)
    station.services.announcements.use_recording(lan, number, clip.sha256)
    station.services.announcements.heard(lan, number, clip.sha256)
    station.services.submissions.hand_in(lan, number)
    told = note(number)
    assert "duyệt ngay thì đợt đang chạy phát lúc" in told
    assert "chọn giờ" not in told


def test_of_tomorrow_the_last_minute_for_an_approval_has_its_day(cast, note, beat, clock):
    beat()
    told = note(sent(cast, clock.now() + timedelta(days=1, hours=3)))
    assert re.search(r"duyệt trước \d\d:\d\d mai thì phát lúc", told)


def test_the_leader_sees_before_approving_that_no_loudspeaker_is_there(cast, minhs, beat, clock):
    number = sent(cast, clock.now() + timedelta(hours=3))
    beat(outputs=[SOUNDCARD | {"kind": "wavfile"}])
    assert "Lúc này loa chưa kêu được." in minhs.get(f"/duyet/{number}").text
    beat()
    assert "Lúc này loa chưa kêu được." not in minhs.get(f"/duyet/{number}").text
