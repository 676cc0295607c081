"""A marked word put right where it stands: for all bulletins or for one, with its sentence to hear first."""

import re

import pytest

from scheduler.core.announcement.word_list import OwnForm

TEXT = "Mời bà con đi tiêm Abrysvo. Mang theo phiếu hẹn."


@pytest.fixture
def ask(lans):
    """What the page's script sends."""
    csrf = re.search(r'name="csrf" value="([^"]*)"', lans.get("/ban-tin/moi").text)[1]

    def post(path, client=lans, token=csrf, **fields):
        data = {"title": "", "text": TEXT, "written": "Abrysvo", "said": "a bờ rít vô"} | fields
        return client.post(path, data=data, headers={"X-CSRF-Token": token})

    return post


def announcement(station, number=1):
    return station.repos.programme.announcement(number)


def heard(station, lan):
    """Spoken, and heard to its end."""
    assert station.worker().work_once()
    station.services.announcements.heard(lan, 1, announcement(station).audio_sha256)


def test_a_reading_for_all_bulletins_goes_into_the_list_and_the_sound_is_made_anew(station, lan, ask):
    first = ask("/ban-tin/giu").json
    heard(station, lan)
    told = ask("/ban-tin/chu", ban_tin="1", version=str(first["version"]), words=first["words"]).json
    assert told["text"] == TEXT
    assert "Không còn chữ nào chưa biết đọc" in told["pieces"]
    assert 'data-sound="working"' in told["pieces"]
    assert [one.said for one in station.services.lexicon.own()] == ["a bờ rít vô"]
    assert station.worker().work_once()
    seen = announcement(station)
    assert "a bờ rít vô" in station.repos.programme.clip(seen.audio_sha256).said
    assert not seen.heard


def test_a_reading_for_one_bulletin_is_written_out_in_its_text_alone(station, lan, ask):
    first = ask("/ban-tin/giu", text=f"{TEXT} Abrysvonia không đổi.").json
    heard(station, lan)
    told = ask("/ban-tin/chu", ban_tin="1", version=str(first["version"]), words=first["words"], scope="here").json
    assert told["text"] == "Mời bà con đi tiêm a bờ rít vô. Mang theo phiếu hẹn."
    assert station.services.lexicon.own() == []
    assert not announcement(station).heard


def test_what_the_ward_says_otherwise_already_is_changed_and_not_doubled(station, lan, ask):
    station.services.lexicon.keep(lan, OwnForm("Abrysvo", "áp rít"))
    assert ask("/ban-tin/chu").status_code == 200
    assert [one.said for one in station.services.lexicon.own()] == ["a bờ rít vô"]


@pytest.mark.parametrize("said", ["", "12", "x" * 300])
def test_a_reading_that_cannot_be_is_told_and_nothing_is_kept(station, ask, said):
    answer = ask("/ban-tin/chu", said=said)
    assert answer.status_code == (200 if len(said) > 200 else 422)
    if answer.status_code == 422:
        assert "Abrysvo" in answer.json["told"] or "cách đọc" in answer.json["told"]
        assert station.services.lexicon.own() == []


def test_a_contributor_puts_a_word_right_in_their_own_bulletin_alone(station, client_of, tu, ask):
    tus = client_of(tu)
    token = re.search(r'name="csrf" value="([^"]*)"', tus.get("/ban-tin/moi").text)[1]
    page = tus.get("/ban-tin/moi").text
    assert 'name="scope" value="all"' not in page
    assert ask("/ban-tin/chu", tus, token).status_code == 403
    assert ask("/ban-tin/chu", tus, token, scope="here").json["text"].startswith("Mời bà con đi tiêm a bờ rít vô.")


def test_one_sentence_is_read_with_the_reading_and_is_nobodys_sound(station, lans, minhs, ask):
    ask("/ban-tin/giu")
    assert station.worker().work_once()
    before = announcement(station)
    address = ask("/ban-tin/cau", ban_tin="1").json["address"]
    assert lans.get(address).json == {"src": ""}
    assert minhs.get(address).status_code == 404
    assert station.worker().work_once()
    src = lans.get(address).json["src"]
    clip = station.services.recordings.clip(re.search(r"/am-thanh/(\w+)\.wav", src)[1])
    assert clip.said == "Mời bà con đi tiêm a bờ rít vô."
    assert announcement(station) == before
    assert ask("/ban-tin/cau", ban_tin="1").json["address"] == address


def test_a_sentence_of_nothing_is_refused(ask):
    ask("/ban-tin/giu")
    assert ask("/ban-tin/cau", ban_tin="1", written="…", said="…", text="…").status_code == 422


def test_readings_are_offered(lans):
    told = lans.get("/ban-tin/chu?viet=DN200").json
    assert told["said"] == "doanh nghiệp hai trăm"
    assert told["offered"] == ["doanh nghiệp hai trăm", "dê nờ hai trăm", "hai trăm"]
