"""Từ điển đọc: what an entry would change is seen before it is kept, and every change can be taken back on the page."""

import html
import io
import re

import pytest

from scheduler.core.announcement.word_list import OwnForm

VHHT = {"written": "VHHT", "said": "văn hóa thông tin"}
TOWN = 'name = "Thị xã"\nversion = "1"\n[[entry]]\nwritten = "VHHT"\nsaid = "văn hóa huyện"\n'
EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def services(station):
    return station.services.lexicon


@pytest.fixture
def ask(lans):
    """The preview, as htmx asks for it while somebody types."""

    def post(client=None, **fields):
        answer = (client or lans).post("/tu-dien/xem-truoc", data=fields)
        assert answer.status_code == 200, answer.text
        return answer.text

    return post


def upload(lans, send, text, name="a.toml", **fields):
    return send(lans, "/tu-dien/tep", file=(io.BytesIO(text.encode()), name), **({"where": "layer"} | fields))


def confirmation(page):
    """The fields of the form that asks for the last yes."""
    form = page[page.index('action="/tu-dien/nhan"') :]
    fields = {
        found[1]: html.unescape(found[2]) for found in re.finditer(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    }
    toml = re.search(r'<textarea name="toml"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    return {name: fields[name] for name in ("revision", "where", "name", "version")} | {"toml": html.unescape(toml[1])}


def test_an_empty_list_says_so_and_the_shipped_one_can_be_seen(lans):
    assert "Phường chưa có từ nào của riêng mình." in lans.get("/tu-dien").text
    shipped = lans.get("/tu-dien?ds=C%C3%B3+s%E1%BA%B5n").text
    assert "ủy ban nhân dân" in lans.get("/tu-dien", query_string={"ds": "Có sẵn", "q": "UBND"}).text
    assert "Còn" in shipped


@pytest.mark.parametrize("typed", ["uy ban nhan dan", "UBND", "Ủy Ban", "ubnd"])
def test_a_form_is_found_by_what_is_written_or_said_without_diacritics(lans, typed):
    assert "<b>UBND</b>" in lans.get("/tu-dien", query_string={"q": typed}).text


def test_a_search_that_finds_nothing_says_so(lans):
    assert "Không có mục nào khớp." in lans.get("/tu-dien?q=qqqq").text


def test_an_entry_is_kept_and_taken_back_on_the_page(lans, send, services):
    answer = send(lans, "/tu-dien", **VHHT)
    assert answer.status_code == 303
    page = lans.get(answer.location).text
    assert "Đã thêm “VHHT”" in page
    undo = re.search(r'action="(/tu-dien/hoan-tac/\d+)"', page)
    assert "Đã hoàn tác" in lans.get(send(lans, undo[1]).location).text
    assert services.rows.forms() == []
    assert "(đã hoàn tác)" in lans.get("/tu-dien").text


def test_the_preview_marks_what_changes_in_the_example_and_in_the_stations_texts(ask, station, lan):
    station.services.announcements.write(lan, "Họp", "Ban VHHT họp.")
    told = ask(**VHHT, sample="Ban VHHT")
    assert 'Ban <mark data-key="d1">vê hát hát tê</mark></div>' in told
    assert 'Ban <mark data-key="d1">văn hóa thông tin</mark></div>' in told
    assert ">Họp</a>" in told
    assert 'Ban <mark data-key="d1">văn hóa thông tin</mark> họp.' in told


def test_the_preview_of_nothing_yet_and_of_a_fault_says_what_to_do(ask):
    assert "Điền chữ viết và cách đọc" in ask(written="VHHT")
    assert "lại bị đọc thành “ủy ban nhân dân xã”" in ask(written="VHHT", said="UBND xã")
    assert "câu ví dụ" in ask(written=r"KP(\d)", said=r"khu phố \1", pattern="yes")


def test_without_javascript_a_button_shows_the_preview_and_keeps_nothing(lans, send, services):
    page = send(lans, "/tu-dien", **VHHT, sample="Ban VHHT", then="preview").text
    assert "Câu ví dụ sẽ đọc" in page
    assert 'value="VHHT"' in page
    assert services.rows.forms() == []


def test_a_refused_entry_stays_in_the_form_with_its_sentence(lans, send):
    answer = send(lans, "/tu-dien", written="VHHT", said="UBND xã", sample="Ban VHHT họp")
    assert answer.status_code == 422
    assert "hãy viết cách đọc đúng như khi nói" in answer.text
    assert 'value="UBND xã"' in answer.text
    assert 'value="Ban VHHT họp"' in answer.text


def test_an_entry_is_changed_with_its_form_filled_in(lans, send, services):
    send(lans, "/tu-dien", **VHHT)
    (kept,) = services.rows.forms()
    page = lans.get(f"/tu-dien?sua={kept.id}").text
    assert "Sửa cách đọc" in page
    assert 'value="văn hóa thông tin"' in page
    answer = send(lans, "/tu-dien", **VHHT | {"said": "văn hóa"}, id=str(kept.id), version=str(kept.version))
    assert answer.status_code == 303
    assert services.rows.of("VHHT").form == OwnForm("VHHT", "văn hóa")
    stale = send(lans, "/tu-dien", **VHHT, id=str(kept.id), version=str(kept.version))
    assert stale.status_code == 422
    assert "đã được người khác sửa trong lúc đó" in stale.text


def test_a_shipped_form_is_switched_off_and_on_from_its_row(lans, send, station):
    page = lans.get(send(lans, "/tu-dien/tat", written="HTX").location).text
    assert "Đã tắt “HTX”" in page
    assert station.services.reading.spoken_form("HTX").unknown == ("HTX",)
    row = re.search(r'action="(/tu-dien/\d+/bo)".*?name="version" value="(\d+)"', page)
    send(lans, row[1], version=row[2])
    assert station.services.reading.spoken_form("HTX").text == "hợp tác xã"


def test_a_word_an_announcement_does_not_know_opens_the_form_with_it(lans):
    page = lans.get("/tu-dien?viet=Zyxelq").text
    assert 'name="written" value="Zyxelq"' in page


def test_what_is_outdated_is_told_with_the_button_to_make_it_anew(lans, send, station, cast):
    announcement_id = station.services.announcements.write(cast.lan, "Họp", "Ban VHHT họp.")
    station.finish(station.services.announcements.make_speech(cast.lan, announcement_id))
    assert "Mọi bản đọc đều theo cách đọc bây giờ" in lans.get("/tu-dien/da-doi").text
    send(lans, "/tu-dien", **VHHT)
    part = lans.get("/tu-dien/da-doi", headers={"HX-Request": "true"}).text
    assert "1 bản tin có cách đọc đã đổi" in part
    assert "<html" not in part
    assert f'action="/ban-tin/{announcement_id}/giong-doc"' in part
    assert "Cách đọc đã đổi" in lans.get(f"/ban-tin/{announcement_id}").text
    assert send(lans, f"/ban-tin/{announcement_id}/giong-doc").status_code == 303
    while station.worker().work_once():
        pass
    assert "Mọi bản đọc đều theo cách đọc bây giờ" in lans.get("/tu-dien/da-doi").text


# Files


def test_a_list_is_seen_before_it_is_taken(lans, send, services, station, lan):
    station.services.announcements.write(lan, "Họp", "Ban VHHT họp.")
    page = upload(lans, send, TOWN).text
    assert "Danh sách “Thị xã” bản 1" in page
    assert "1 mục mới, 0 mục đổi" in page
    assert "văn hóa huyện</mark> họp." in page
    assert services.rows.lists() == []
    answer = send(lans, "/tu-dien/nhan", **confirmation(page))
    assert "Đã nhận danh sách “Thị xã”" in lans.get(answer.location).text
    assert [(one.name, one.version) for one in services.rows.lists()] == [("Thị xã", "1")]


def test_what_the_ward_says_otherwise_is_shown_as_a_conflict(lans, send):
    send(lans, "/tu-dien", **VHHT)
    page = upload(lans, send, TOWN).text
    assert "Trái với danh sách khác" in page
    assert "từ của phường" in page


def test_a_table_goes_among_the_own_words_and_wins_only_where_it_is_told_to(lans, send, services):
    send(lans, "/tu-dien", **VHHT)
    table = "viết;đọc\nVHHT;văn hóa huyện\nNTMX;nông thôn mới xã\n"
    page = upload(lans, send, table, "a.csv", where="own").text
    assert "Phường đang đọc khác" in page
    fields = confirmation(page)
    send(lans, "/tu-dien/nhan", **fields)
    assert {one.form.said for one in services.rows.forms()} == {"văn hóa thông tin", "nông thôn mới xã"}
    stale = send(lans, "/tu-dien/nhan", **fields)
    assert stale.status_code == 422
    again = confirmation(upload(lans, send, table, "a.csv", where="own").text)
    send(lans, "/tu-dien/nhan", **again, theirs="yes")
    assert services.rows.of("VHHT").form.said == "văn hóa huyện"


@pytest.mark.parametrize(
    ("text", "name", "fields", "told"),
    [
        ("", "a.toml", {}, "không có mục nào"),
        ("[[entry]", "a.toml", {}, "không phải TOML hợp lệ"),
        ("tên,tuổi\nA,b\n", "a.csv", {"where": "own"}, "cột “viết”"),
        ("viết,đọc\nA,a\n", "a.csv", {}, "phải có tên"),
        ("viết,đọc\nVHHT,UBND xã\n", "a.csv", {"where": "own"}, "lại bị đọc thành"),
    ],
    ids=["empty", "no toml", "no table", "no name", "unstable"],
)
def test_a_file_that_is_no_list_is_refused_with_its_sentence(lans, send, services, text, name, fields, told):
    page = upload(lans, send, text, name, **fields).text
    assert told in page
    assert 'action="/tu-dien/nhan"' not in page
    assert services.changes() == []


def test_no_file_at_all_is_refused_too(lans, send):
    assert "không có mục nào" in send(lans, "/tu-dien/tep", where="own").text


def test_a_list_that_grew_old_between_two_pages_is_not_taken(lans, send, services):
    fields = confirmation(upload(lans, send, TOWN).text)
    send(lans, "/tu-dien", written="NTMX", said="nông thôn mới xã")
    answer = send(lans, "/tu-dien/nhan", **fields)
    assert answer.status_code == 422
    assert services.rows.lists() == []


def test_a_taken_list_is_put_away_and_comes_back(lans, send, services):
    send(lans, "/tu-dien/nhan", **confirmation(upload(lans, send, TOWN).text))
    (kept,) = services.rows.lists()
    page = lans.get(send(lans, f"/tu-dien/danh-sach/{kept.id}/bo").location).text
    assert "Đã bỏ danh sách “Thị xã”" in page
    send(lans, re.search(r'action="(/tu-dien/hoan-tac/\d+)"', page)[1])
    assert len(services.rows.lists()) == 1


def test_lists_are_given_out_as_files(lans, send):
    send(lans, "/tu-dien", **VHHT)
    answer = lans.get("/tu-dien/tep", query_string={"ten": "Thị xã", "ban": "2"})
    assert answer.text.startswith('name = "Thị xã"\nversion = "2"\n')
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tu-dien.toml"'
    table = lans.get("/tu-dien/tep?dang=csv")
    assert table.get_data().startswith("\ufeffviết,đọc".encode())
    assert "UBND" in lans.get("/tu-dien/tep", query_string={"ds": "Có sẵn"}).text
    assert lans.get("/tu-dien/tep?ds=khac").status_code == 404


# What somebody may type


def test_nothing_typed_becomes_a_tag(lans, send, ask, services, lan, station):
    station.services.announcements.write(lan, EVIL, f"VHHT {EVIL}")
    services.keep(lan, OwnForm("VH" + EVIL, "vê hát"))
    send(lans, "/tu-dien", **VHHT)
    pages = [
        lans.get("/tu-dien", query_string={"q": EVIL, "ds": EVIL, "viet": EVIL, "doc": EVIL}).text,
        lans.get("/tu-dien").text,
        lans.get("/tu-dien/da-doi").text,
        ask(written="VHHT" + EVIL, said="vê", sample=EVIL),
        ask(written="họp", said="hội họp", sample=EVIL),
        upload(lans, send, TOWN.replace("Thị xã", "Thị <script>alert(1)</script>")).text,
    ]
    for page in pages:
        assert "<script>alert" not in page


@pytest.mark.parametrize(
    "fields", [{"id": "x"}, {"id": "9" * 30}, {"version": "99999999999999999999"}, {"case": "zzz"}]
)
def test_a_forged_form_is_answered_with_a_page(lans, send, fields):
    assert send(lans, "/tu-dien", **VHHT | fields).status_code in {303, 422}


def test_a_form_of_another_site_gets_no_preview(lans):
    answer = lans.post("/tu-dien/xem-truoc", data=VHHT, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 422
