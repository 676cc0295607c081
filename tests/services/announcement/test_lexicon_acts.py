"""Từ điển cách đọc: what may be kept, what it changes, and that everything can be taken back."""

from dataclasses import replace

import pytest

from audio_assets.speech.lexicon import DEFAULT_LEXICON, Entry, layered
from audio_assets.speech.lexicon_file import WordList
from scheduler.core.announcement.word_list import OwnForm
from scheduler.core.model import Person, Role
from scheduler.kernel.errors import NotFound, NotPermitted, Refused
from scheduler.services.announcement.lexicon import SHIPPED_NAME
from scheduler.services.announcement.lexicon_checks import faults_of

VHHT = OwnForm("VHHT", "văn hóa thông tin")


@pytest.fixture
def services(station):
    return station.services.lexicon


@pytest.fixture
def refused(services, lan):
    def call(act, *args, **more):
        with pytest.raises(Refused) as refusal:
            act(lan, *args, **more)
        return refusal.value

    return call


@pytest.fixture
def spoken(station, cast):
    """An announcement with its speech."""

    def act(text, title="Bản tin"):
        announcement_id = station.services.announcements.write(cast.lan, title, text)
        job = station.finish(station.services.announcements.make_speech(cast.lan, announcement_id))
        assert job.state in {"ready", "warning"}, job.reason
        return announcement_id

    return act


def state_of(services, written, source=SHIPPED_NAME):
    return next(one.state for one in services.listed() if one.entry.written == written and one.source == source)


# One form


def test_a_form_is_kept_and_said(station, services, lan):
    services.keep(lan, replace(VHHT, written=" VHHT ", said="văn  hóa thông tin"))
    assert [kept.form for kept in services.rows.forms()] == [VHHT]
    assert station.services.reading.spoken_form("Ban VHHT").text == "Ban văn hóa thông tin"


def test_the_same_again_changes_nothing(services, lan):
    services.keep(lan, VHHT)
    (kept,) = services.rows.forms()
    assert services.keep(lan, VHHT, form_id=kept.id, version=kept.version) == 0
    assert len(services.changes()) == 1


@pytest.mark.parametrize(
    ("form", "reason", "told"),
    [
        (OwnForm("VHHT", ""), "lexicon_entry_incomplete", None),
        (OwnForm("", "x"), "lexicon_entry_incomplete", None),
        (OwnForm("KP5", "khu phố 5"), "lexicon_said_has_digits", None),
        (OwnForm("VHHT", "UBND phường"), "lexicon_unstable", "ủy ban nhân dân phường"),
        (OwnForm("UBND", "UBND phường"), "lexicon_unstable", "UBND phường phường"),
        (OwnForm("VHHT", "!!!"), "lexicon_says_nothing", None),
        (OwnForm("VHHT", "文化"), "lexicon_says_nothing", None),
        (OwnForm("nghìn", "ngàn"), "lexicon_breaks_rules", "ngàn"),
        (OwnForm("mươi", "chục"), "lexicon_breaks_rules", None),
        (OwnForm("Mặt trận", "mặt trận thống nhất"), "lexicon_unstable", None),
        (OwnForm("Quốc hội", "cơ quan lập pháp"), "lexicon_breaks_rules", None),
        (OwnForm("bảo trợ xã hội", "cứu trợ"), "lexicon_breaks_other", None),
        (OwnForm(r"(\d+)+x", "x", pattern=True), "lexicon_pattern_too_slow", None),
        (OwnForm(r"KP(\d)", r"khu phố \1", pattern=True), "lexicon_sample_needed", None),
    ],
)
def test_what_would_not_read_well_is_refused_with_a_sentence(services, refused, form, reason, told):
    refusal = refused(services.keep, form)
    assert refusal.reason == reason
    assert told is None or refusal.details["told"] == told
    assert (services.rows.forms(), services.changes()) == ([], [])


def test_two_forms_may_not_lead_to_each_other(services, lan, refused):
    services.keep(lan, OwnForm("ban A", "ban của bê"))
    refusal = refused(services.keep, OwnForm("của bê", "ban A"))
    assert refusal.reason in {"lexicon_unstable", "lexicon_breaks_other"}


def test_a_pattern_is_judged_by_its_sample(station, services, lan, refused):
    form = OwnForm(r"KP(\d{1,2})", r"khu phố \1", pattern=True)
    services.keep(lan, form, sample="KP5 họp")
    assert station.services.reading.spoken_form("KP12").text == "khu phố mười hai"
    loop = OwnForm(r"tổ (\w+)", r"tổ dân phố \1", pattern=True)
    assert refused(services.keep, loop, sample="tổ Ba họp").reason in {"lexicon_unstable", "lexicon_breaks_other"}


def test_what_a_rule_or_another_list_says_is_overridden_and_comes_back(station, services, lan):
    said = station.services.reading.spoken_form
    services.keep(lan, OwnForm("HTX", "hội thơ xã"))
    assert said("HTX").text == "hội thơ xã"
    assert state_of(services, "HTX") == "overridden"
    (kept,) = services.rows.forms()
    services.remove(lan, kept.id, kept.version)
    assert said("TYT").text == "trạm y tế"
    assert state_of(services, "HTX") == "used"


def test_a_shipped_form_is_switched_off_and_on_again(station, services, lan, refused):
    services.switch_off(lan, "HTX")
    assert station.services.reading.spoken_form("HTX").unknown == ("HTX",)
    assert state_of(services, "HTX") == "off"
    assert refused(services.switch_off, "HTX").reason == "lexicon_exists"
    (kept,) = services.rows.forms()
    services.remove(lan, kept.id, kept.version)
    assert state_of(services, "HTX") == "used"
    assert refused(services.switch_off, "KHONGCO").reason == "lexicon_not_listed"


def test_a_form_that_was_off_may_be_said_otherwise_at_once(station, services, lan):
    services.switch_off(lan, "HTX")
    services.keep(lan, OwnForm("HTX", "hội thơ xã"))
    assert station.services.reading.spoken_form("HTX").text == "hội thơ xã"
    services.undo(lan, services.changes()[0].id)
    assert state_of(services, "HTX") == "off"


def test_a_form_is_given_other_letters(station, services, lan, refused):
    services.keep(lan, VHHT)
    services.keep(lan, OwnForm("NVHX", "nhà văn hóa xã"))
    kept = services.rows.of("VHHT")
    services.keep(lan, replace(VHHT, written="VHTTX"), form_id=kept.id, version=kept.version)
    assert {one.form.written for one in services.rows.forms()} == {"VHTTX", "NVHX"}
    other = services.rows.of("NVHX")
    clash = refused(services.keep, replace(VHHT, written="VHTTX"), form_id=other.id, version=other.version)
    assert clash.reason == "lexicon_exists"


# Two tabs, two people


def test_a_tab_that_has_seen_an_older_form_changes_nothing(services, lan, refused):
    services.keep(lan, VHHT)
    (seen,) = services.rows.forms()
    services.keep(lan, replace(VHHT, said="văn hóa"), form_id=seen.id, version=seen.version)
    again = refused(services.keep, replace(VHHT, said="văn hoá khác"), form_id=seen.id, version=seen.version)
    assert again.reason == "lexicon_changed_meanwhile"
    assert refused(services.remove, seen.id, seen.version).reason == "lexicon_changed_meanwhile"
    assert services.rows.of("VHHT").form.said == "văn hóa"


def test_two_tabs_that_add_the_same_form_make_one(services, lan, refused):
    services.keep(lan, VHHT)
    assert refused(services.keep, replace(VHHT, said="khác")).reason == "lexicon_exists"


def test_a_form_that_is_gone_is_not_found(services, lan):
    with pytest.raises(NotFound):
        services.remove(lan, 77, 1)


@pytest.mark.parametrize("act", ["keep", "remove", "switch_off", "undo", "take_own", "take_list", "end_list"])
def test_who_may_not_write_changes_no_word(services, lan, act):
    retired = Person(lan.id, "lan", "Lan", Role.EDITOR, active=False)
    words = WordList("A", "1", (Entry("VHHT", "văn hóa"),))
    arguments = {
        "keep": (VHHT,), "remove": (1, 1), "switch_off": ("HTX",), "undo": (1,), "take_own": (words.entries, 0),
        "take_list": (words, 0), "end_list": (1,),
    }  # fmt: skip
    more = {"theirs": True} if act == "take_own" else {}
    with pytest.raises(NotPermitted):
        getattr(services, act)(retired, *arguments[act], **more)
    assert services.changes() == []


# Undo


def test_every_act_is_recorded_with_its_person_and_can_be_taken_back(station, services, lan, minh):
    services.keep(lan, VHHT)
    services.switch_off(minh, "HTX")
    (kept,) = [one for one in services.rows.forms() if not one.form.off]
    services.remove(minh, kept.id, kept.version)
    assert [(one.act, one.told, one.by_id) for one in services.changes()] == [
        ("remove", "VHHT", minh.id),
        ("off", "HTX", minh.id),
        ("add", "VHHT", lan.id),
    ]
    for change in services.changes():
        services.undo(lan, change.id)
    assert services.rows.forms() == []
    assert station.services.reading.spoken_form("HTX").text == "hợp tác xã"
    assert all(change.undone for change in services.changes() if change.act != "undo")


def test_an_undo_is_taken_back_too(services, lan):
    services.undo(lan, services.keep(lan, VHHT))
    services.undo(lan, services.changes()[0].id)
    assert services.rows.of("VHHT").form == VHHT


def test_a_change_that_was_built_upon_is_not_taken_back_alone(services, lan, refused):
    first = services.keep(lan, VHHT)
    kept = services.rows.of("VHHT")
    services.keep(lan, replace(VHHT, said="văn hóa"), form_id=kept.id, version=kept.version)
    assert refused(services.undo, first).reason == "lexicon_changed_meanwhile"
    assert services.rows.of("VHHT").form.said == "văn hóa"


# What a change changes


def test_the_preview_shows_every_text_that_would_be_said_otherwise(station, services, cast):
    write = station.services.announcements.write
    touched = write(cast.lan, "Họp", "Ban VHHT họp lúc 8h.")
    write(cast.lan, "Khác", "Bà con ở nhà.")
    gone = write(cast.lan, "Bỏ", "VHHT nghỉ.")
    station.services.announcements.withdraw(cast.lan, gone)
    told = services.preview(VHHT, "VHHT phường")
    assert [side.text for side in told.sample] == ["vê hát hát tê phường", "văn hóa thông tin phường"]
    (change,) = told.changes
    assert (change.announcement.id, change.title) == (touched, "Họp")
    assert change.before.text == "Ban vê hát hát tê họp lúc tám giờ."
    assert change.after.text == "Ban văn hóa thông tin họp lúc tám giờ."
    assert services.changes() == []


def test_the_preview_names_the_running_campaign_that_says_a_text(station, services, cast, spoken):
    announcement_id = spoken("Ban VHHT họp.")
    sha256 = station.repos.programme.announcement(announcement_id).audio_sha256
    station.services.announcements.heard(cast.lan, announcement_id, sha256)
    station.services.announcements.confirm_words(cast.lan, announcement_id, sha256, ["VHHT"])
    station.services.announcements.submit(cast.lan, announcement_id)
    station.services.announcements.approve(cast.minh, announcement_id, sha256, heard=True)
    cast.running(announcement_id)
    (change,) = services.preview(VHHT).changes
    assert change.campaigns == ("Đợt tiêm chủng",)
    assert change.announcement.speech == sha256


def test_a_word_that_becomes_known_is_a_change_though_it_sounds_the_same(station, services, cast):
    station.services.announcements.write(cast.lan, "Quà", "Công ty Zyxelq tặng quà.")
    (change,) = services.preview(OwnForm("Zyxelq", "Zyxelq")).changes
    assert (change.before.unknown, change.after.unknown) == (("Zyxelq",), ())


def test_words_of_the_configuration_are_looked_at_too(services):
    (change,) = services.preview(OwnForm("diễn tập", "tập dượt")).changes
    assert change.announcement is None


def test_texts_written_in_decomposed_letters_are_found(station, services, cast):
    station.services.announcements.write(cast.lan, "Họp", "HĐTĐKTX ho\u0323p")
    assert len(services.preview(OwnForm("HĐTĐKTX", "hội đồng")).changes) == 1


def test_what_is_approved_stays_and_is_marked_until_its_speech_is_made_anew(station, services, cast, spoken):
    announcement_id, other = spoken("Ban VHHT họp."), spoken("Bà con ở nhà.", "Khác")
    programme, acts = station.repos.programme, station.services.announcements
    sha256 = programme.announcement(announcement_id).audio_sha256
    acts.heard(cast.lan, announcement_id, sha256)
    acts.confirm_words(cast.lan, announcement_id, sha256, ["VHHT"])
    acts.submit(cast.lan, announcement_id)
    acts.approve(cast.minh, announcement_id, sha256, heard=True)
    assert services.outdated() == ([], 0)
    services.keep(cast.lan, VHHT)
    assert [one.id for one in services.outdated()[0]] == [announcement_id]
    seen = programme.announcement(announcement_id)
    assert (seen.state.value, seen.approved_sha256, seen.audio_sha256) == ("approved", sha256, sha256)
    station.finish(acts.make_speech(cast.lan, announcement_id))
    seen = programme.announcement(announcement_id)
    assert (seen.state.value, seen.approved_sha256) == ("draft", None)
    assert "văn hóa thông tin" in programme.clip(seen.audio_sha256).said
    assert services.outdated() == ([], 0)
    assert other not in {one.id for one in services.outdated()[0]}


def test_a_change_taken_back_leaves_nothing_outdated(station, services, cast, spoken):
    announcement_id = spoken("Ban VHHT họp.")
    change = services.keep(cast.lan, VHHT)
    assert [one.id for one in services.outdated()[0]] == [announcement_id]
    services.undo(cast.lan, change)
    assert services.outdated() == ([], 0)


def test_what_is_outdated_is_found_in_pieces_when_asked_so(station, services, cast, spoken):
    for number in range(3):
        spoken(f"Ban VHHT họp lần {number}.", f"Họp {number}")
    services.keep(cast.lan, VHHT)
    lefts = []
    while not lefts or lefts[-1]:
        found, left = services.outdated(most_read=1)
        lefts.append(left)
    assert lefts == [2, 1, 0]
    assert len(found) == 3


def test_a_recording_is_never_outdated(services, cast):
    cast.submitted()
    services.keep(cast.lan, VHHT)
    assert services.outdated() == ([], 0)


# Lists from outside

TOWN = WordList("Thị xã", "1", (Entry("VHHT", "văn hóa huyện"), Entry("NTMX", "nông thôn mới xã")))


def take(services, person, words):
    return services.take_list(person, words, services.rows.revision())


def test_a_list_of_the_town_stands_between_the_wards_words_and_the_shipped_ones(station, services, lan):
    said = station.services.reading.spoken_form
    town = WordList("Thị xã", "1", (*TOWN.entries, Entry("HTX", "hội thơ xã")))
    services.keep(lan, VHHT)
    take(services, lan, town)
    assert said("VHHT").text == "văn hóa thông tin"
    assert said("HTX").text == "hội thơ xã"
    assert said("TYT").text == "trạm y tế"
    assert (state_of(services, "VHHT", "Thị xã"), state_of(services, "NTMX", "Thị xã")) == ("overridden", "used")
    assert state_of(services, "HTX") == "overridden"
    (kept,) = services.rows.lists()
    assert (kept.name, kept.version, kept.entries) == ("Thị xã", "1", 3)


def test_a_new_version_takes_the_place_of_the_old_and_can_be_taken_back(station, services, lan):
    said = station.services.reading.spoken_form
    take(services, lan, TOWN)
    made = take(services, lan, WordList("Thị xã", "2", (Entry("VHHT", "văn hóa tỉnh"),)))
    assert [one.version for one in services.rows.lists()] == ["2"]
    assert (said("VHHT").text, said("NTMX").unknown) == ("văn hóa tỉnh", ("NTMX",))
    services.undo(lan, made)
    assert [one.version for one in services.rows.lists()] == ["1"]
    assert said("VHHT").text == "văn hóa huyện"


def test_a_list_put_away_is_not_used_and_comes_back_by_undo(station, services, lan):
    take(services, lan, TOWN)
    made = services.end_list(lan, services.rows.lists()[0].id)
    assert station.services.reading.spoken_form("NTMX").unknown == ("NTMX",)
    services.undo(lan, made)
    assert station.services.reading.spoken_form("NTMX").unknown == ()


def test_a_form_of_the_towns_is_switched_off_by_the_ward(station, services, lan):
    take(services, lan, TOWN)
    services.switch_off(lan, "VHHT")
    assert station.services.reading.spoken_form("VHHT").unknown == ("VHHT",)
    assert state_of(services, "VHHT", "Thị xã") == "off"


def test_a_form_that_is_off_can_be_put_on_again_though_its_list_has_gone(services, lan):
    made = take(services, lan, TOWN)
    services.switch_off(lan, "NTMX")
    services.undo(lan, made)
    (left,) = [one for one in services.listed() if one.own]
    assert (left.entry.written, left.source, left.state) == ("NTMX", "", "off")
    assert services.entries_of("") == []
    services.remove(lan, left.own.id, left.own.version)
    assert [one for one in services.listed() if one.own] == []


def test_a_list_is_held_against_what_its_words_can_change_and_against_no_other(services):
    """Of each text that some word list says by itself nothing is read again that holds none of its words."""
    before, told = services._reading.lexicon, []

    def read(lexicon, text):
        told.append((lexicon is before, text))
        return services._read(lexicon, text)

    new = (Entry("bảo trợ xã hội", "cứu trợ"), Entry("nghìn", "ngàn"), Entry("QZX", "quận"))
    after = layered((new, before.entries))
    found = {(fault.reason, fault.details["written"]) for fault in faults_of(read, before, after, new)}
    assert found >= {("lexicon_breaks_other", "bảo trợ xã hội"), ("lexicon_breaks_rules", "nghìn")}
    asked_of_both = [text.casefold() for was, text in told if was]
    assert asked_of_both
    assert all(any(one.written.casefold() in text for one in new) for text in asked_of_both)


def test_there_is_an_end_to_lists(services, lan, refused):
    for number in range(10):
        take(services, lan, WordList(f"Danh sách {number}", "", (Entry(f"QZX{'ABCDEGHIKL'[number]}", "quận"),)))
    eleventh = WordList("Nữa", "", TOWN.entries)
    assert refused(services.take_list, eleventh, services.rows.revision()).reason == "lexicon_too_many_lists"
    take(services, lan, WordList("Danh sách 3", "2", TOWN.entries))


def test_what_a_list_would_bring_is_told_before_it_is_taken(station, services, cast):
    station.services.announcements.write(cast.lan, "Nông thôn", "Họp NTMX lúc 8h.")
    services.keep(cast.lan, VHHT)
    told = services.examine(TOWN, as_layer=True)
    assert ([entry.written for entry in told.new], told.same, told.dropped) == (["VHHT", "NTMX"], 0, ())
    assert [(now.said, then.said, source) for now, then, source in told.conflicts] == [
        ("văn hóa thông tin", "văn hóa huyện", "")
    ]
    assert [change.title for change in told.preview.changes] == ["Nông thôn"]
    assert services.rows.lists() == []
    take(services, cast.lan, TOWN)
    newer = WordList("Thị xã", "2", (replace(TOWN.entries[1], said="nông thôn mới"), Entry("XDX", "xây dựng xã")))
    told = services.examine(newer, as_layer=True)
    assert [entry.written for entry in told.new] == ["XDX"]
    assert [(now.said, then.said) for now, then in told.changed] == [("nông thôn mới xã", "nông thôn mới")]
    assert [entry.written for entry in told.dropped] == ["VHHT"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (WordList("", "1", TOWN.entries), "lexicon_name_missing"),
        (WordList("x" * 81, "1", TOWN.entries), "lexicon_name_too_long"),
        (WordList("A", "1", (Entry("VHHT", "UBND xã"),)), "lexicon_unstable"),
        (WordList("A", "1", (Entry("nghìn", "ngàn"),)), "lexicon_breaks_rules"),
        (WordList("A", "1", (Entry("bảo trợ xã hội", "cứu trợ"),)), "lexicon_breaks_other"),
        (WordList("A", "1", (Entry("VHHT", "文"),)), "lexicon_says_nothing"),
    ],
)
def test_a_list_that_would_not_read_well_is_refused_whole(services, refused, words, reason):
    refusal = refused(services.take_list, words, 0)
    assert refusal.reason == reason
    if words.name == "A":
        assert services.examine(words, as_layer=True).faults[0].reason == reason
    assert (services.rows.lists(), services.changes()) == ([], [])


def test_a_list_examined_before_somebody_changed_a_word_is_examined_again(services, lan, refused):
    told = services.examine(TOWN, as_layer=True)
    services.keep(lan, VHHT)
    assert refused(services.take_list, TOWN, told.revision).reason == "lexicon_changed_meanwhile"
    assert refused(services.take_own, TOWN.entries, told.revision, theirs=False).reason == "lexicon_changed_meanwhile"


def test_the_same_version_again_is_no_news(services, lan, refused):
    take(services, lan, TOWN)
    assert refused(services.take_list, TOWN, services.rows.revision()).reason == "lexicon_same_list"


def test_a_file_goes_among_the_own_words_and_the_ward_keeps_its_own(station, services, lan):
    services.keep(lan, VHHT)
    made = services.take_own(lan, TOWN.entries, services.rows.revision(), theirs=False)
    assert {one.form.said for one in services.rows.forms()} == {"văn hóa thông tin", "nông thôn mới xã"}
    services.undo(lan, made)
    assert [one.form for one in services.rows.forms()] == [VHHT]
    services.take_own(lan, TOWN.entries, services.rows.revision(), theirs=True)
    assert {one.form.said for one in services.rows.forms()} == {"văn hóa huyện", "nông thôn mới xã"}
    assert services.take_own(lan, TOWN.entries, services.rows.revision(), theirs=True) == 0


def test_the_shipped_list_could_be_taken_as_a_list_and_changes_nothing(station, services, lan):
    told = services.examine(WordList("Bản sao", "1", DEFAULT_LEXICON.entries), as_layer=True)
    assert told.faults == ()
    assert told.preview.changes == ()
