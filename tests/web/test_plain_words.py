"""What an editor and a leader come upon says nothing technical: that stands under Kỹ thuật alone.

Every page that a link leads to is walked, from Hôm nay on, as each of them sees it.
"""

import re
from html import unescape

import pytest

TECHNICAL = {
    "a measure of loudness": re.compile(r"LUFS|dBTP"),
    "the file of settings": re.compile(r"config\.toml"),
    "a hash": re.compile(r"(?<![\w/-])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}(?![\w-])"),
    "a path": re.compile(r"(?<![\w/.:])/(?:[\w.-]+/)+[\w.-]+|\b(?:data|library|backup)/[\w./-]+|[A-Z]:\\\\"),
    "an old word": re.compile(r"Trình duyệt"),
}
KY_THUAT = ("/cai-dat", "/nguoi-dung", "/bat-dau", "/metrics", "/healthz")
"""What belongs to who looks after the machine."""
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
        ahead += [one for one in links if not one.startswith(KY_THUAT) and not NO_PAGE.search(one.partition("?")[0])]
    return found


@pytest.fixture
def everything(station, cast, lan, minh):
    """Something of each kind: spoken and recorded, waiting, approved, running, and six templates."""
    acts = station.services.announcements
    cast.running(cast.approved(title="Thu gom rác thải", pitch=310.0))
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
