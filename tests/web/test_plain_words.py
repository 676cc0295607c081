"""What an editor and a leader come upon says nothing technical, and nothing in a word that was given up.

Technical words stand under Kỹ thuật alone; the words are those of the office (SHORT-PATH, Wording).

Every page that a link leads to is walked, from Hôm nay on, as each of them sees it.
"""

import re
from datetime import timedelta
from html import unescape

import pytest

from scheduler.core.model import DEFAULT_ZONE, AiringOutcome, Boost, BoostKind, Slot, Trigger
from scheduler.core.planning.rules import local_day, parse_window
from scheduler.store import Ending

TECHNICAL = {
    "a measure of loudness": re.compile(r"LUFS|dBTP"),
    "the file of settings": re.compile(r"config\.toml"),
    "a hash": re.compile(r"(?<![\w/-])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}(?![\w-])"),
    "a path": re.compile(r"(?<![\w/.:])/(?:[\w.-]+/)+[\w.-]+|\b(?:data|library|backup)/[\w./-]+|[A-Z]:\\\\"),
    "an old word": re.compile(
        r"Trình duyệt(?! không cho)|Micro trực tiếp|Việc cần làm|Viết bản tin mới|Máy sẽ đọc là|Giọng và cách đọc|Tạo lại giọng|Lưu nội dung"
        r"|[Tt]ừ điển|Thêm cách đọc|[Đđ]ợt tuyên truyền|Dừng đợt|Số lượt cơ bản|[Kk]hung giờ|Khoảng cách tối thiểu|Luân phiên"
        r"|Thêm (?:một )?lượt phát|Tác động các ngày|Chỗ cần xác nhận|Duyệt cho phát|Tôi đã nghe hết|Trả lại người viết"
        r"|Mã âm thanh|Mã băm|\bKệ\b|[Cc]ất đi|Nhật ký thao tác|Chuỗi nhật ký|[Pp]hiên đăng nhập|Tài khoản của tôi"
        r"|\d × \d+ lượt"
    ),
}
ELSEWHERE = ("/metrics", "/healthz", "/api/")
FOR_MACHINES = re.compile(r"^/huong-dan/(?!vi/)|^/huong-dan/vi/(van-hanh|khi$|index$|cai-dat$)")
"""Documents for whoever looks after a machine: they tell commands and settings, and say so in the index."""
NO_PAGE = re.compile(r"\.(wav|csv|pdf|json|svg|xlsx|html|crt|css)$|/tai/|/tai$|^/static/|^/thoat|^/su-kien|^/ngon-ngu")
_SILENT = re.compile(r"<(script|style|svg|template)\b.*?</\1>", re.DOTALL)
_HINT = re.compile(r'(?:title|placeholder|aria-label)="([^"]*)"')


def words_of(page):
    """All that a page says, its hints too."""
    said = _SILENT.sub(" ", page)
    return unescape(" ".join([*_HINT.findall(said), re.sub(r"<[^>]+>", " ", said)]))


def walked(client):
    """Address -> the words of each page that can be come upon."""
    found, ahead = {}, ["/truc-tiep"]
    while ahead:
        address = ahead.pop()
        if address.partition("?")[0] in found:
            continue  # another day or page of the same
        answer = client.get(address, follow_redirects=True)
        if answer.status_code != 200 or "html" not in answer.content_type:
            found[address.partition("?")[0]] = ""
            continue
        found[address.partition("?")[0]] = words_of(answer.text)
        links = (unescape(one).partition("#")[0] for one in re.findall(r'<a [^>]*href="(/[^"]*)"', answer.text))
        ahead += [
            one
            for one in links
            if not one.startswith(ELSEWHERE)
            and not NO_PAGE.search(one.partition("?")[0])
            and not FOR_MACHINES.match(one)
        ]
    return found


def aired(station, announcement_id):
    """An airing of an hour ago, with its row of the journal."""
    sha256, ago = (
        station.services.announcements.get(announcement_id).audio_sha256,
        station.clock.now() - timedelta(hours=1),
    )
    day, length = local_day(ago, station.config.station.time_zone), timedelta(seconds=3)
    slot = Slot("gone", day, DEFAULT_ZONE, ago, length, None, announcement_id, sha256, trigger=Trigger.MANUAL)
    station.repos.slots.add(slot, None, ago)
    station.repos.slots.claim(slot, ago)
    ended = Ending(
        AiringOutcome.PLAYED, "", started_at=ago, ended_at=ago + length, played_ms=3000, outputs={"wav": "ok"}
    )
    station.repos.slots.close(slot.id, ended, station.clock.now())


@pytest.fixture
def everything(station, cast, lan, minh):
    """Something of each kind: spoken and recorded, waiting, approved, running, aired, raised, and six templates."""
    acts = station.services.announcements
    approved = cast.approved(title="Thu gom rác thải", pitch=310.0)
    cast.running(
        approved, boost=Boost(BoostKind.FACTOR, 1.5), windows=(parse_window("05:40-05:50"), parse_window("06:00-07:00"))
    )
    aired(station, approved)
    cast.submitted(title="Cắt nước", pitch=320.0)
    number = acts.write(lan, "Tiêm chủng", "Mời bà con đi tiêm lúc 7h30.")
    assert station.worker().work_once(acts.make_speech(lan, number))
    acts.write(lan, "Họp tổ dân phố", "Mời bà con đi họp.")
    station.services.ready_templates.keep_up()
    while station.worker().work_once():
        pass
    station.services.ready_templates.keep_up()
    return cast


@pytest.mark.parametrize("who", ["lan", "minh"])
def test_no_page_of_an_editor_or_a_leader_is_technical(request, client_of, everything, who):
    pages = walked(client_of(request.getfixturevalue(who)))
    assert len(pages) > 25
    found = [
        (address, what, told.group())
        for address, words in pages.items()
        for what, pattern in TECHNICAL.items()
        for told in pattern.finditer(words)
    ]
    assert "\n".join(sorted({f"{one} {what}: {told}" for one, what, told in found})) == ""
