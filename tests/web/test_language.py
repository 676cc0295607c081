"""The English switch: the catalogue is whole, the templates are compiled in it, other people's words stay as they are."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from scheduler.config.loading import StationConfig
from scheduler.core.model import AiringOutcome, Priority, Relay, Role
from scheduler.core.planning.outlook_words import NamedMove, later_words, move_words, when_words, where_words
from scheduler.core.planning.rules import parse_window
from scheduler.core.words.phrases import Phrases, english, read
from scheduler.core.words.wording import REASONS, sentence
from scheduler.kernel.words import GAP, PART
from scheduler.store import Ending
from tests.conftest import MORNING
from tests.web.messages import (
    FILES,
    SCRIPT_WORDS,
    VIETNAMESE,
    catalogues,
    kept_messages,
    messages,
    of_scripts,
    script_words,
    strings,
    templates,
    write,
)
from tests.web.test_security import TABLE, path_of
from web.language import COOKIE
from web.translated import drawn, in_english, rewritten, runs

DISPATCH = """UY BAN NHAN DAN
PHUONG AN BINH
So: 77/UBND-VHXH
An Binh, ngay 01 thang 12 nam 2026
V/v tang thoi luong tuyen truyen tiem chung

Kinh gui: Tram truyen thanh phuong

Yeu cau Tram truyen thanh phuong phat ban tin tiem chung 04 luot/ngay tren he thong loa.
Noi dung tin nhan: "De nghi ba con khai bao y te."
./.
"""


# The catalogue


def test_every_message_of_every_page_stands_in_the_catalogue_and_none_else():
    kept = set(read_all())
    asked = set(messages())
    assert sorted(asked - kept) == [], "run: python tests/web/messages.py"
    assert sorted(kept - asked) == [], "run: python tests/web/messages.py"


def test_every_message_has_its_english():
    assert [key for key, told in read_all().items() if not all(told)] == []


def test_no_english_has_a_vietnamese_letter_but_names_and_samples():
    found = {key: told for key, told in read().items() if any(VIETNAMESE.search(one) for one in told)}
    strange = {key for key in found if not any(name in found[key][0] for name in KEPT_NAMES)}
    assert strange == set()


KEPT_NAMES = (
    "Loa Phường",
    "“Kính gửi”",
    "“Số điện thoại”",
    "“viết”",
    "“đọc”",
    "khu phố",
    "Tiếng Việt",
    "Cốc Cốc",
    "“Thử loa”",
    "UBND",
    "“Ghi ra tệp WAV”",
    "Thử loa. Một",
)


def test_each_gap_of_a_message_is_filled_in_english_too():
    for key, told in read().items():
        for one in told:
            assert set(GAP.findall(one)) == set(GAP.findall(key)), key
            assert len(PART.findall(one)) == len(PART.findall(key)), key


def test_the_english_of_a_template_is_safe_where_it_is_put():
    words = read()
    for path in templates():
        for run in runs(path.read_text(encoding="utf-8")):
            for told in words.get(run.text, ()):
                assert not re.search(r"[<\"]|\{[{%#]|&(?! |\w+;)", told), run.text


def read_all():
    return {key: (one.string,) if isinstance(one.string, str) else one.string for key, one in kept_messages().items()}


def test_the_files_are_as_the_generator_writes_them(tmp_path):
    made = catalogues()
    assert set(made) == {name for name, path in FILES.items() if path.exists()}
    for name, one in made.items():
        write(one, tmp_path / "en.po")
        assert (tmp_path / "en.po").read_text(encoding="utf-8") == FILES[name].read_text(encoding="utf-8"), name


def test_what_scripts_say_is_handed_to_them_in_english():
    assert script_words() == SCRIPT_WORDS.read_text(encoding="utf-8"), "run: python tests/web/messages.py"
    said = json.loads(script_words().split("=", 1)[1].rsplit(";", 1)[0])
    assert set(said) == set(of_scripts())
    assert not any(VIETNAMESE.search(one) for one in said.values())


def test_only_english_pages_load_the_english_of_the_scripts(lans):
    assert "words.en.js" not in lans.get("/tat-ca").text
    lans.post("/ngon-ngu", data={"ngon_ngu": "en"})
    assert "words.en.js" in lans.get("/tat-ca").text


# Reading the source


def test_no_vietnamese_text_of_a_template_escapes_the_reading():
    for path in templates():
        unread = rewritten(path.read_text(encoding="utf-8"), lambda _: "")
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", unread, flags=re.DOTALL)
        assert vietnamese_left(bare) == [], path


def test_a_sentence_with_a_gap_is_one_message():
    assert [run.text for run in runs("<p>{{ n }} bản tin chờ duyệt.</p>")] == ["{0} bản tin chờ duyệt."]


@pytest.mark.parametrize(
    ("source", "read_as"),
    [
        ('<a title="Mở trang">x</a>', ["Mở trang", "x"]),
        ('<td data-l="Giờ">5</td>', ["Giờ"]),
        ('<input value="Nháp" placeholder="Tên">', ["Tên"]),
        ("<textarea>Nội dung</textarea>", []),
        ("<p>Lưu {% if a %}ngay{% else %}sau{% endif %}</p>", ["Lưu", "ngay", "sau"]),
        ("<code>loa run</code>", []),
        ('<b lang="vi">Tiêm <i>chủng</i></b> xong', ["xong"]),
        ("{# Ghi chú #}<p>Một\n   hai</p>", ["Một hai"]),
        ("<p>{{ icons.icon('pen') }} Soạn</p>", ["Soạn"]),
        ('<button data-told="Đã ra lệnh" name="a" value="Dừng">x</button>', ["Đã ra lệnh", "x"]),
    ],
)
def test_what_is_read_of_a_template(source, read_as):
    assert [run.text for run in runs(source)] == read_as


def test_docstrings_are_no_messages_and_f_strings_have_gaps():
    import ast

    tree = ast.parse('"""Trực tiếp: mô tả."""\nA = "Nháp"\ndef f(n):\n    "Trả lời."\n    return f"{n} lượt đã phát"\n')
    assert sorted(strings(tree)) == ["Nháp", "{0} lượt đã phát"]


def test_every_reason_has_its_sentence_among_the_words():
    found = set(read())
    assert [code for code, told in REASONS.items() if told not in found] == []


# Translating


@pytest.fixture
def phrases():
    return Phrases(
        {
            "Nháp": ("Draft",),
            "Loa Phường": ("Loa Phường",),
            "Đã phát": ("Aired",),
            "{0} bản tin chờ duyệt": ("{0} waits", "{0} wait"),
            "Cổng {port} đang bận[, hãy đợi {seconds} giây].": ("Port {port} is busy[, wait {seconds} seconds].",),
            "{0} phút": ("{0} min",),
            "Thứ Hai": ("Monday",),
            "{text} (Căn cứ: {basis})": ("{text} (Basis: {basis})",),
        }
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nháp", "Draft"), ("nháp", "draft"), ("NHÁP", "DRAFT"), (" Nháp ", " Draft "), ("", ""),
        ("1 bản tin chờ duyệt", "1 waits"), ("12 bản tin chờ duyệt", "12 wait"),
        ("Cổng 80 đang bận.", "Port 80 is busy."), ("Cổng 80 đang bận, hãy đợi 5 giây.", "Port 80 is busy, wait 5 seconds."),
        ("Cổng … đang bận.", "Port … is busy."), ("7,5 phút", "7.5 min"), ("7,5", "7.5"),
        ("Thứ Hai 30/11/2026", "Monday 30/11/2026"), ("Nháp · Đã phát", "Draft · Aired"),
        ("Nháp (Căn cứ: Quyết định 12)", "Draft (Basis: Quyết định 12)"),
        ("05:30 Thứ Hai 30/11", "05:30 Monday 30/11"), ("05:30 mai", "05:30 mai"),
        ("Cổng 80 đang bận. Cổng 81 đang bận. “Tin mới”", "Port 80 is busy. Port 81 is busy. “Tin mới”"),
        ("Đã phát nháp", "Aired draft"), ("Loa phường", "Loa phường"), ("Ra quân dọn vệ sinh mười phút", "Ra quân dọn vệ sinh mười phút"), ("Nháp, của tôi", "Nháp, của tôi"),
    ],
)  # fmt: skip
def test_a_text_about_to_be_drawn_is_told_in_english(phrases, text, told):
    assert phrases.translate(text) == told


def test_every_sentence_of_a_reason_is_told_in_english_with_and_without_its_details():
    for code, pattern in REASONS.items():
        gaps = set(GAP.findall(pattern))
        for details in ({}, {name: f"7{number}" for number, name in enumerate(sorted(gaps))}):
            told = english().translate(sentence(code, details))
            left = told
            for name in KEPT_NAMES:
                left = left.replace(name.strip("“”"), "")
            assert not VIETNAMESE.search(left), (code, told)
            assert all(value in told for value in details.values()), (code, told)


@pytest.mark.parametrize("ahead", range(-3, 9))
@pytest.mark.parametrize(
    "reason", ["will_sound", "wont_sound", "outlook_on_air", "outlook_sounded", "outlook_recorded"]
)
def test_what_is_to_come_is_told_in_english_on_every_day_of_the_week_with_all_that_gives_way(ahead, reason):
    when = when_words(MORNING + timedelta(days=ahead, minutes=61), MORNING, "Asia/Ho_Chi_Minh")
    moved = [
        move_words(NamedMove("Tin A", MORNING, MORNING + timedelta(days=ahead)), MORNING, "Asia/Ho_Chi_Minh"),
        move_words(NamedMove("Tin B", MORNING, MORNING + timedelta(days=4), made_up=True), MORNING, "Asia/Ho_Chi_Minh"),
        later_words(),
    ]
    details = {"when": when, "where": where_words(["all"], ["a", "b", "c"]), "why": sentence("no_loudspeaker", {})}
    for more in ({}, {"moved": moved[0]}, {"moved": " ".join(moved)}, {"count": "3", "last": "31/12", "ends": "05/01"}):
        told = english().translate(sentence(reason, details | more))
        assert not VIETNAMESE.search(told), told


@pytest.mark.parametrize(
    ("code", "one", "several", "details"),
    [
        ("move_displaces", "1 airing of another campaign would lose its", "2 airings of other campaigns would lose their", {}),
        ("wish_displaces", "would lose 1 airing of", "would lose 2 airings of", {"title": "Tin A"}),
        ("window_unasked", "there is only 1 airing a day for 3 windows", "there are only 2 airings a day for 3 windows", {"window": "05:00-06:00", "windows": "3"}),
        ("duties_due", "Dispatch 1: 1 duty is due", "Dispatch 1: 2 duties are due", {"number": "1", "day": "05/12"}),
        ("dispatch_doubtful", "Dispatch 1 has 1 place in doubt;", "Dispatch 1 has 2 places in doubt;", {"number": "1"}),
    ],
)  # fmt: skip
def test_one_and_several_are_told_by_what_is_counted_wherever_it_stands(code, one, several, details):
    assert one in english().translate(sentence(code, details | {"count": "1"}))
    assert several in english().translate(sentence(code, details | {"count": "2"}))


def test_other_peoples_words_and_what_a_form_sends_are_left_alone(app):
    source = '<input value="{{ a }}"><b lang="vi">{{ a }}</b><p>{{ one.title }}</p><textarea>{{ a }}</textarea>'
    assert in_english(source) == source


def test_markup_and_numbers_pass():
    from markupsafe import Markup

    assert drawn(Markup("<b>Nháp</b>")) == Markup("<b>Nháp</b>")
    assert drawn(7) == 7


# The pages


class Seen(HTMLParser):
    """Text and worded attributes of a page, without what stands in Vietnamese on purpose."""

    VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
    WORDED = re.compile(r"aria-label|aria-description|title|placeholder|alt|label|data-(?!keep|autosave)")

    def __init__(self):
        super().__init__()
        self.stack, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        foreign = held.get("lang") == "vi" or tag in {"textarea", "script", "style", "code", "pre", "q"}
        inside = bool(self.stack and self.stack[-1][1])
        if not (inside or foreign):
            self.texts += [value for name, value in attrs if value and self.WORDED.match(name)]
        if tag not in self.VOID:
            self.stack.append((tag, (inside or foreign) and tag != "html"))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if not (self.stack and self.stack[-1][1]):
            self.texts.append(text)


QUOTED = re.compile(
    r"“[^”]*”|\{\".*|Loa Phường|Máy trạm|Cốc Cốc|khu phố|UBND phường|Quyết định số 12/QĐ-UBND ngày 03/02/2026"
)
"""What is quoted is said on the air or was typed by somebody; the rest are names."""


def vietnamese_left(page):
    seen = Seen()
    seen.feed(page)
    texts = [QUOTED.sub("", " ".join(text.split())).strip() for text in seen.texts]
    return sorted({text for text in texts if VIETNAMESE.search(text)})


@pytest.fixture
def config(config):
    return replace(
        config,
        station=StationConfig(name="Dai Bac Son", data="data"),
        quiet_hours=replace(config.quiet_hours, legal_basis="QD 12/QD-UBND"),
    )


@pytest.fixture
def house(cast):
    """A station with something on every page; every word that people gave it is plain ASCII."""
    services, lan, minh = cast.station.services, cast.lan, cast.minh
    approved = cast.approved(3.0, "Tiem chung")
    cast.submitted(4.0, "Thu gom rac", 500.0)
    services.announcements.write(lan, "Ban nhap", "Kinh moi ba con.", Priority.NORMAL)
    cast.running(approved, title="Dot tiem chung")
    services.campaigns.save(lan, cast.campaign(approved, title="Dot sau"))
    relay = Relay(id=0, announcement_id=0, windows=(parse_window("06:00-06:30"),), start=cast.campaign(1).start,
                  end=cast.campaign(1).end, sources=("https://dai.example/thoi-su.mp3",))  # fmt: skip
    services.relays.save(lan, "Thoi su", relay)
    services.dispatches.import_dispatch(lan, DISPATCH.encode(), "77.txt")
    slot_id = services.air.play_now(minh, approved)
    ending = Ending(AiringOutcome.PARTIAL, "power_cut", started_at=cast.station.clock.now(), ended_at=cast.station.clock.now(),
                    played_ms=1000, outputs={"wav": "ok"})  # fmt: skip
    cast.station.repos.slots.close(slot_id, ending, cast.station.clock.now())
    return cast


@pytest.fixture
def hung(station):
    return station.repos.people.add("hung", "Hung", Role.ADMIN, "mat-khau-cua-hung", station.clock.now())


PAGES = [route for route in TABLE if route.startswith("GET ") and "/static/" not in route and "/su-kien" not in route]


def test_no_page_in_english_shows_a_vietnamese_letter(house, hung, client_of, app):
    client = client_of(hung)
    client.set_cookie(COOKIE, "en")
    found, read_pages = {}, 0
    for route in PAGES:
        path = path_of(route)
        answer = client.get(path, follow_redirects=True)
        if answer.mimetype == "text/html" and "/api/" not in path:
            read_pages += 1
            assert '<html lang="en">' in answer.text or "<html" not in answer.text, route
            if left := vietnamese_left(answer.text):
                found[route] = left
        answer.close()
    assert found == {}, "\n".join(f"{route}: {left}" for route, left in found.items())
    assert read_pages > 30


def test_the_door_speaks_english_too(app, lan):
    client = app.test_client()
    client.set_cookie(COOKIE, "en")
    for path in ("/dang-nhap", "/cai-dat-lan-dau", "/khong-co"):
        assert vietnamese_left(client.get(path).text) == [], path


def test_a_refusal_is_told_in_english(house, hung, client_of, send):
    client = client_of(hung)
    client.set_cookie(COOKIE, "en")
    told = client.post("/dung", data={"csrf": "wrong", "act": "k"}).text
    assert "The form is too old" in told


def test_what_was_just_done_is_told_in_english(house, hung, client_of, send):
    client = client_of(hung)
    client.set_cookie(COOKIE, "en")
    answer = send(client, "/dung", toi="/truc-tiep")
    assert "Playout does not answer. The stop is recorded" in client.get(answer.location).text


def test_titles_stay_as_their_authors_wrote_them(cast, client_of, minh):
    cast.approved(3.0, "Nháp", 700.0)
    client = client_of(minh)
    client.set_cookie(COOKIE, "en")
    assert "Nháp" in client.get("/ban-tin").text


# The switch


def test_the_switch_draws_pages_in_english_and_back(lans):
    assert '<html lang="vi">' in lans.get("/truc-tiep").text
    answer = lans.post("/ngon-ngu", data={"ngon_ngu": "en", "toi": "/nhat-ky"})
    assert (answer.status_code, answer.location) == (303, "/nhat-ky")
    assert '<html lang="en">' in lans.get("/nhat-ky").text
    lans.post("/ngon-ngu", data={"ngon_ngu": "vi", "toi": ""})
    assert '<html lang="vi">' in lans.get("/nhat-ky").text


def test_one_browsers_english_is_nobody_elses(lans, minhs):
    lans.post("/ngon-ngu", data={"ngon_ngu": "en"})
    for _ in range(2):
        assert "<h1>Tất cả các trang</h1>" in minhs.get("/tat-ca").text
        assert "<h1>All pages</h1>" in lans.get("/tat-ca").text


def test_what_pages_share_of_the_air_is_drawn_in_each_ones_language(client_of, lan, beat):
    one, other = client_of(lan), client_of(lan)
    beat()
    other.post("/ngon-ngu", data={"ngon_ngu": "en"})
    for _ in range(2):
        assert "Đang im lặng" in one.get("/thanh?ngay=1").text
        assert "Silent now" in (told := other.get("/thanh?ngay=1").text)
        assert vietnamese_left(told) == []


@pytest.mark.parametrize("wanted", ["", "fr", "EN", "en; Path=/", "../en"])
def test_a_language_that_is_none_changes_nothing(wanted, lans):
    answer = lans.post("/ngon-ngu", data={"ngon_ngu": wanted})
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    assert '<html lang="vi">' in lans.get("/truc-tiep").text


@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_switch_leads_nowhere_else(away, lans):
    assert lans.post("/ngon-ngu", data={"ngon_ngu": "en", "toi": away}).location == "/truc-tiep"


def test_another_site_does_not_switch_the_language(lans):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert lans.post("/ngon-ngu", data={"ngon_ngu": "en"}, headers=headers).status_code == 422


def test_the_switch_needs_no_session(app, lan):
    client = app.test_client()
    client.post("/ngon-ngu", data={"ngon_ngu": "en", "toi": "/dang-nhap"})
    assert "Sign in" in client.get("/dang-nhap").text
