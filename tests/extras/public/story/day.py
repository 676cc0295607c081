"""What a day of the ward has of the public page: a resident reads, listens and reports, and is answered."""

import re

from tests.story.chromium import context_of, expect, picture
from tests.story.test_browser_day import HEARD, PHONE, in_time

IN_THE_LOG = ("ticket_note", "Lan", "Đã nối lại dây ở cột số 4.")


def walk(day, page):
    the_page_opens(day, page)
    context = context_of(day.browser.chromium, viewport=PHONE, java_script_enabled=False)
    receipt = a_resident_reads_and_reports(day, context.new_page())
    the_report_is_answered(day, page)
    answered = context.new_page()
    answered.goto(receipt)
    expect(answered.locator("main")).to_contain_text("Đã nối lại dây ở cột số 4.")
    context.close()


def the_page_opens(day, page):
    day.go(page, "/cai-dat/phan-mo-rong")
    page.get_by_role("button", name="Bật Trang công khai").click()
    page.get_by_role("link", name="Mở trang Trang công khai").click()
    page.get_by_role("button", name="Mở trang").click()
    expect(page.locator("main")).to_contain_text("Đang mở")
    day.seen(page, "trang-cong-khai")


def a_resident_reads_and_reports(day, resident):
    """Without a script, on a telephone."""
    day.go(resident, "/cong-khai")
    article = resident.locator("article", has_text=HEARD)
    expect(article).to_contain_text("khai báo y tế")
    sound = article.locator("audio")
    in_time(resident, sound)  # the worker makes it small first
    assert resident.request.get(sound.evaluate("audio => audio.currentSrc || audio.querySelector('source').src")).ok
    day.browser.fits(resident, "cong-khai")
    picture(resident, "mot-ngay-cong-khai")
    day.go(resident, "/cong-khai/phan-anh")
    resident.select_option("#noi", index=1)
    resident.check("text=Loa không kêu")
    resident.fill("#noi_dung", "Cột đầu ngõ 12 im từ sáng.")
    resident.click("text=Gửi phản ánh")
    expect(resident.locator("h1")).to_have_text(re.compile(r"Phản ánh số \d+"))
    picture(resident, "mot-ngay-cong-khai-so")
    return resident.url


def the_report_is_answered(day, page):
    day.go(page, "/truc-tiep", "viec-can-lam")
    page.get_by_role("link", name="Mở phản ánh").click()
    expect(page.locator("main")).to_contain_text("Cột đầu ngõ 12 im từ sáng.")
    expect(page.locator("main")).to_contain_text(HEARD)  # what aired there about then
    page.fill("#noi_dung", "Đã nối lại dây ở cột số 4.")
    day.seen(page, "phan-anh")
    page.get_by_role("button", name="Ghi là đã xong").click()
    expect(page.locator("main .head .st")).to_contain_text("Đã xong")
    day.go(page, "/truc-tiep")
    expect(page.get_by_role("link", name="Mở phản ánh")).to_have_count(0)
