"""`loa announcement`: templates, shapes, what is said, and words that have to be confirmed."""

import json

import pytest
from click.testing import CliRunner

from scheduler.commands.announcements import announcement
from scheduler.core.announcement.script_templates import TEMPLATES, ScriptKind
from scheduler.core.delivery import Shape
from scheduler.core.model import AnnouncementState
from scheduler.kernel.errors import Refused
from tests.cli.here import Here

STRANGE = "Mời bà con đi tiêm Abrysvo lúc 7h30."


@pytest.fixture
def loa(station, lan, minh):
    """Run `loa announcement …` as a person of the cast."""

    def run(*words, by="lan", refuses=None):
        done = CliRunner(mix_stderr=False).invoke(announcement, list(words), obj=Here(None, None, by, opened=station))
        if refuses:
            assert isinstance(done.exception, Refused), done.output
            assert done.exception.reason == refuses
        else:
            assert done.exit_code == 0, (done.output, done.exception)
        return done

    return run


@pytest.fixture
def made(loa):
    return lambda *words: int(loa("new", "--title", "Tiêm chủng", *words).stdout)


def test_a_template_is_printed_as_a_form(loa):
    told = loa("template", "meeting").stdout
    assert told.splitlines()[0] == TEMPLATES[ScriptKind.MEETING].title
    assert "[ngày, giờ]" in told


def test_a_new_announcement_takes_the_shape_of_its_kind_and_what_was_chosen(station, made):
    usual = made("--text", "Họp tối nay.")
    notice = made("--text", "Họp tối nay.", "--kind", "notice", "--times", "1", "--no-ident", "--closing", "Hết.")
    assert station.repos.programme.announcement(usual).shape == station.services.scripts.usual
    shape = station.repos.programme.announcement(notice).shape
    assert (shape.kind, shape.times, shape.ident, shape.heading, shape.closing) == (
        ScriptKind.NOTICE,
        1,
        False,
        True,
        "Hết.",
    )


def test_a_shape_is_told_and_changed(station, loa, made):
    number = made("--text", "Họp tối nay.", "--plain")
    assert loa("shape", str(number)).stdout == "đọc liền\n"
    assert loa("shape", str(number), "--paced", "--times", "2").stdout == "đọc chậm từng cụm, 2 lần\n"
    assert station.repos.programme.announcement(number).shape == Shape(paced=True, times=2)


def test_a_long_announcement_is_warned_of_beside_its_number(loa):
    done = loa("new", "--title", "Dài", "--text", "Mời bà con đi họp tối nay. " * 120)
    assert done.stdout.strip().isdecimal()
    assert "quá mức 3 phút" in done.stderr


def test_what_is_said_is_told_with_its_length_and_its_unknown_words(station, loa, made):
    number = made("--text", STRANGE, "--plain")
    told = loa("said", str(number)).stdout
    assert "lúc bảy giờ ba mươi" in told
    assert "khoảng 5 giây" in told
    assert "chưa biết đọc: Abrysvo" in told
    facts = json.loads(loa("said", str(number), "--json").stdout)
    assert (facts["unknown"], facts["confirmed"], facts["measured"]) == (["Abrysvo"], [], False)
    loa("speak", str(number))
    assert json.loads(loa("said", str(number), "--json").stdout)["measured"] is True


def test_an_unknown_word_is_confirmed_before_it_is_submitted(station, loa, made):
    number = made("--text", STRANGE)
    loa("confirm", str(number), "Abrysvo", "--heard", refuses="no_audio")
    loa("speak", str(number))
    loa("submit", str(number), "--heard", "--soon", refuses="word_unread")
    assert "Mọi từ đều đã có cách đọc" in loa("confirm", str(number), "Abrysvo").stdout
    assert "đọc như vậy: Abrysvo" in loa("said", str(number)).stdout
    loa("submit", str(number), "--soon")
    assert station.repos.programme.announcement(number).state is AnnouncementState.SUBMITTED


def test_a_word_is_not_confirmed_unheard_and_what_is_left_is_told(loa, made):
    number = made("--text", "Tiêm Abrysvo và Shingrix.")
    loa("speak", str(number))
    loa("confirm", str(number), "Abrysvo", refuses="not_heard")
    assert "còn chưa biết đọc: Shingrix" in loa("confirm", str(number), "Abrysvo", "--heard").stdout


def test_a_leader_lets_a_word_be_said_in_approving(station, loa, made):
    number = made("--text", STRANGE)
    loa("speak", str(number))
    loa("confirm", str(number), "Abrysvo", "--heard")
    loa("submit", str(number), "--soon")
    with station.repos.store.write() as db:
        db.execute("DELETE FROM confirmed_word")
    loa("approve", str(number), "--heard", by="minh", refuses="word_unread")
    loa("approve", str(number), "--heard", "--read-as", "Abrysvo", by="minh")
    assert station.repos.programme.announcement(number).state is AnnouncementState.APPROVED


def test_a_form_with_a_blank_is_not_spoken(loa, made):
    number = made("--text", TEMPLATES[ScriptKind.STORM].text)
    loa("speak", str(number), refuses="blank_left")
