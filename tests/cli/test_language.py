"""One call of `loa` speaks one language: help, output and errors; `--lang`, else the station's, and never LANG."""

import json
import re
import shlex
import unicodedata
from inspect import cleandoc

import click
import pytest
from click.testing import CliRunner

from scheduler.cli import _error_sentence, loa
from scheduler.commands.language import SPOKEN, in_words
from scheduler.kernel.words import GAP
from tests.docs.command_reference import commands
from tests.of_extras import each_of_extras
from tests.web.messages import FILES, HELP_FILES, HELP_HEAD, VIETNAMESE, help_catalogues, helps, kept_messages, write

TITLE = "Vệ sinh ngõ xóm"
"""What a person wrote, in a station that speaks English too."""
NAMES = {TITLE, "Lan", "Minh", "Đài truyền thanh phường", "cửa trước", "bàn phím"}
OF_ENGLISH = re.compile(r"\b(the|of|is|are|and|not|with|from|has|was)\b")
LOOKS = (
    "doctor", "status", "todo", "plan", "journal", "journal --verify", "announcement list", "campaign list",
    "dispatch list", "person list", "token list", "voice list", "output list", "now", "schedule next", "config check",
    "faults", "proof list", "relay list", "audio list", "duty list", "clock show", "database show",
    "announcement outlook 1", "announcement offer 1", "announcement shape 1", "voice get", "campaign order", "audit",
    *each_of_extras("looks", "LOOKS"),
)  # fmt: skip
"""What can be asked of a station without changing it."""
WRONG = (
    "doctr", "play", "play x", "plan --day 1", "now 1", "person add x --role king", "campaign list --json=1",
    "report log --format doc", "restore", "break-in", "token add", "audio check nowhere.wav", "journal --since 1/1/2026",
    "ledger apply 1 1 --none --campaign 1", "campaign new 1 --factor 2 --target 3",
)  # fmt: skip
REFUSED = (
    "play 99",
    "announcement approve 99",
    "person off nobody",
    "output sdp x",
    "--as nobody now",
    "campaign start 9",
)
WITHOUT_HELP = 0
"""Texts of help that are not Vietnamese yet. This number only sinks."""


@pytest.fixture
def call(station, cast, monkeypatch):
    """Runs one command on a station with an announcement; what it printed on both streams."""
    station.services.announcements.write(cast.lan, TITLE, "Bà con ra quét ngõ.")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("LANGUAGE", "fr")
    monkeypatch.delenv("LOA_LANG", raising=False)
    file = station.config.folder / "config.toml"
    file.write_text(f'[station]\ndata = "{station.config.data}"\n[[output]]\nname = "loa"\nkind = "wavfile"\n')

    def run(words: str, *before: str, language: str = "") -> str:
        if language:
            file.write_text(file.read_text().replace("[station]", f'[station]\nlanguage = "{language}"'))
        done = CliRunner().invoke(loa, ["--config", str(file), *before, *shlex.split(words)])
        failed = done.exception if not isinstance(done.exception, SystemExit) else None
        output = done.output.replace(str(station.config.folder), "")
        return output + (in_words(_error_sentence(failed)) if failed else "")

    return run


def own_words(text: str) -> str:
    """What is printed without what people wrote and what stands in quotation marks of a command line."""
    for name in NAMES:
        text = text.replace(name, "")
    return text


# The catalogues


def test_the_catalogues_of_help_are_as_the_generator_writes_them(tmp_path):
    made = help_catalogues()
    assert set(made) == {name for name, path in HELP_FILES.items() if path.exists()}, (
        "run: python tests/web/messages.py"
    )
    for name, one in made.items():
        write(one, tmp_path / "vi.po", HELP_HEAD)
        assert (tmp_path / "vi.po").read_text(encoding="utf-8") == HELP_FILES[name].read_text(encoding="utf-8"), name


def test_every_text_of_help_has_its_vietnamese():
    kept = kept_messages(HELP_FILES, "vi")
    lacking = [text for text in helps() if not (text in kept and kept[text].string)]
    assert len(lacking) <= WITHOUT_HELP, lacking
    wrong = [text for text in helps() if text not in lacking and not has_the_same_marks(text, kept[text].string)]
    assert wrong == []


def has_the_same_marks(english: str, told: str) -> bool:
    """Gaps, and what a person types as it stands: options and commands."""
    typed = re.compile(r"--[a-z-]+|`[^`]+`")
    same = set(GAP.findall(english)) == set(GAP.findall(told)) and set(typed.findall(english)) == set(
        typed.findall(told)
    )
    return same and unicodedata.is_normalized("NFC", told)


def test_every_message_of_a_command_has_its_english():
    kept = kept_messages({"commands": FILES["commands"]})
    assert [text for text, one in kept.items() if not one.string] == []
    assert [text for text, one in kept.items() if set(GAP.findall(text)) != set(GAP.findall(one.string))] == []
    assert [one.string for one in kept.values() if VIETNAMESE.search(one.string)] == []


# One call


def test_the_help_of_every_command_is_in_one_language():
    english, vietnamese = {}, {}
    for language, pages in (("en", english), ("vi", vietnamese)):
        for path, _ in commands():
            done = CliRunner().invoke(loa, ["--lang", language, *path.split()[1:], "--help"])
            assert done.exit_code == 0, path
            pages[path] = done.output
    assert [
        path for path, page in vietnamese.items() if not page.startswith("Cách dùng: loa") or "Options:" in page
    ] == []
    assert [path for path, page in vietnamese.items() if "Show this message" in page] == []
    assert [path for path, page in english.items() if "Cách dùng" in page or "Options:" not in page] == []
    assert len(english) > 100
    assert [path for path, page in vietnamese.items() if page == english[path]] == []


def test_the_first_page_is_vietnamese_without_a_word_and_names_every_command(call):
    page = call("--help")
    assert "Bàn phát thanh" in page or "bàn phát thanh" in page
    assert "Xem mọi thứ trạm cần" in page
    assert "the broadcast desk" in call("--help", "--lang", "en")
    assert "the broadcast desk" in call("--lang en --help"), "also where the language stands behind"


@pytest.mark.parametrize("words", LOOKS)
def test_what_a_command_prints_is_in_the_language_that_is_asked_for(call, words):
    english, vietnamese = own_words(call(words, "--lang", "en")), own_words(call(words))
    assert [line for line in english.splitlines() if VIETNAMESE.search(line)] == []
    assert [line for line in vietnamese.splitlines() if OF_ENGLISH.search(line)] == []
    assert "Lỗi:" not in vietnamese


@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage_is_told_in_the_language_that_is_asked_for(call, words):
    english, vietnamese = call(words, "--lang", "en"), call(words)
    assert "Error: " in english
    assert not VIETNAMESE.search(english.replace("“words”", ""))
    assert "Lỗi: " in vietnamese
    assert not OF_ENGLISH.search(vietnamese)


@pytest.mark.parametrize("words", REFUSED)
def test_a_refusal_is_told_in_the_language_that_is_asked_for(call, words):
    english, vietnamese = call(words, "--lang", "en"), call(words)
    assert english.strip()
    assert not VIETNAMESE.search(english)
    assert VIETNAMESE.search(vietnamese)
    assert not OF_ENGLISH.search(vietnamese)


def test_the_station_says_its_language_and_the_call_goes_before_it(call):
    assert "There is nothing" in call("todo", language="en") or "To do:" in call("todo")
    assert "To do:" not in call("todo", "--lang", "vi")
    assert "Usage: loa now" in call("now --help")


def test_a_language_that_is_none_is_a_fault_of_the_configuration(call):
    assert '"station.language" phải là một trong: vi, en' in " ".join(call("todo", language="fr").split())


def test_what_people_wrote_stays_and_json_is_the_same_in_both_languages(call):
    assert TITLE in call("announcement list", "--lang", "en")
    told = [json.loads(call("announcement list --json", *before)) for before in ((), ("--lang", "en"))]
    assert told[0] == told[1]


def test_the_reference_is_made_of_the_help_as_it_is_written():
    context = click.Context(loa)
    assert SPOKEN not in context.meta
    doctor = loa.get_command(context, "doctor")
    assert cleandoc(doctor.help).startswith("Look at everything")
