"""Each thing that a dispatch asks for, in the order of its text, and the draft that it gives."""

from pathlib import Path

import pytest

from scheduler.core.dispatch import OWN, Channel, contents_of, read_dispatch, tidy, work_of
from tests.core.dispatch import letter
from tests.rows import over

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "samples" / "dispatch-642.txt"
CORPUS = sorted((ROOT / "tests" / "core" / "dispatches").glob("*.txt"))


def work(text):
    return work_of(read_dispatch(text))


def test_dispatch_642_gives_two_announcements_and_one_text_message():
    if not REAL.exists():
        pytest.skip("the real text is not beside this checkout")
    items = work(REAL.read_text(encoding="utf-8"))
    said = [(one.channel, one.content) for one in items if one.content]
    assert [channel for channel, _ in said] == [Channel.LOUDSPEAKER, Channel.LOUDSPEAKER, Channel.SMS]
    portal, duty, sms = (content for _, content in said)
    assert portal.text.startswith("Ủy ban nhân dân thị xã Bỉm Sơn hướng dẫn: ")
    assert "https://dichvucong.thanhhoa.gov.vn" in portal.text
    assert all(phone in portal.text for phone in ("02373761666", "02373776559"))
    assert duty.text.startswith("Ủy ban nhân dân thị xã Bỉm Sơn thông báo: toàn thể nhân dân")
    assert "tự giác khai báo" in duty.text
    assert "Liên hệ" not in duty.text
    assert sms.text in tidy(REAL.read_text(encoding="utf-8")).replace("\n", " ")
    assert {one.channel for one in items if not one.content} == {Channel.OTHER, Channel.POST}


def test_an_order_to_air_without_words_gives_the_dispatch_as_a_whole():
    read = letter.dispatch_with("Yêu cầu Đài Truyền thanh phường phát thanh 02 lần/ngày về phòng, chống dịch.")
    (item,) = [one for one in work_of(read) if one.content]
    assert (item.key, item.is_aired) == (OWN, True)
    assert item.content.text


def test_a_dispatch_that_orders_nothing_to_be_aired_gives_no_announcement():
    read = letter.dispatch_with("Yêu cầu các đơn vị báo cáo kết quả trước ngày 20 hằng tháng về Ủy ban nhân dân.")
    assert [one for one in work_of(read) if one.is_aired] == []


@over("path", CORPUS)
def test_nothing_of_a_dispatch_is_lost_among_its_items(path):
    read = read_dispatch(path.read_text(encoding="utf-8"))
    items = work_of(read)
    assert len({one.key for one in items}) == len(items)
    kept = [one.content for one in items if one.content]
    assert all(content in kept for content in contents_of(read))
    assert (
        [one.duty for one in items if one.duty] and len([one for one in items if one.duty]) == len(read.duties)
    ) or not read.duties
    assert [one.start for one in items] == sorted(one.start for one in items)
    if read.frequency:
        assert any(one.is_aired for one in items)
