"""Words in files: in both languages, with the same gaps, each asked for and each there; and none in Python that has a code.

What may stand in Python is told by place (`ELSEWHERE`, decision 0047); what pages say besides is gettext's.
"""

import ast
import importlib
import re
from enum import Enum
from functools import cache
from pathlib import Path

from scheduler.core.words.phrases import word_folders
from scheduler.core.words.wording import REASONS
from scheduler.kernel.words import GAP, PART, Words, file_of, tables_of
from tests.docs.sources import nodes_of, tree_of
from tests.web.messages import VIETNAMESE, kept_messages

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for top in ("scheduler", "audio_assets", "web") for path in (ROOT / top).rglob("*.py"))
PARTLY = {"task_places", "task_presses", "boost_units", "ticket_steps", "spells", "statuses"}
"""Tables by member that say nothing of some members."""
BY_NAME = {"reasons", "audit_rights", "audit_subjects", "audit_events", "audit_vias"}
"""Tables that are read of every extra: sentences, and what the log of acts calls things."""
OFFERED = {"ready_reasons"}
"""Tables by code of which a form offers every row."""
ELSEWHERE = {
    "audio_assets/**/*": "what is spoken, and how it is read",
    "scheduler/cli.py": "the terminal",
    "scheduler/commands/**/*": "the terminal",
    "scheduler/extras/*/commands/**/*": "the terminal",
    "scheduler/extras/*/commands.py": "the terminal",
    "scheduler/extras/simulate/**/*": "the terminal",
    "scheduler/extras/*/keys.py": "faults of config.toml, told in the terminal with the key they are about",
    "scheduler/extras/*/operations.py": "the API's document and its examples",
    "scheduler/extras/*/rules/report.py": "papers, whose words are the law's and in one language",
    "scheduler/extras/hub/service/sums.py": "papers, whose words are the law's and in one language",
    "scheduler/extras/sms/rules/hand_over.py": "papers, whose words are the mobile networks' and in one language",
    "scheduler/extras/sms/rules/texts.py": "letters, and what each is called",
    "scheduler/extras/*/rules/*_words.py": "phrases put together of measured numbers",
    "scheduler/extras/*/rules/wording_air.py": "phrases put together of measured numbers",
    "scheduler/extras/sms/rules/numbers.py": "a network that is not known",
    "scheduler/extras/province/rules/bulletins.py": "titles of rows that the station itself writes",
    "scheduler/extras/*/service/**/*": "titles of rows that the station itself writes",
    "scheduler/extras/*/rows/**/*": "titles of rows that the station itself writes",
    "scheduler/extras/*/work.py": "titles of rows that the station itself writes",
    "scheduler/extras/*/standing.py": "titles of what the station looked at, phrases put together of a place and its number",
    "scheduler/extras/*/feature.py": "the record: what tabs, processes and keys are called",
    "scheduler/extras/*/pages/**/*": "what a page says besides: gettext's, no table",
    "scheduler/extras/*/pages.py": "what a page says besides: gettext's, no table",
    "scheduler/supervisor.py": "the terminal",
    "scheduler/fault_telling.py": "the line that goes to a telephone",
    "scheduler/config/**/*": "faults of config.toml, told in the terminal with the key they are about",
    "scheduler/operations/**/*": "the API's document and its examples; what a derived command says when it is done",
    "scheduler/paper/**/*": "papers, whose words are the law's and in one language",
    "scheduler/core/report/**/*": "papers, whose words are the law's and in one language",
    "scheduler/core/dispatch/**/*": "what is looked for in a dispatch, and what a draft of it says",
    "scheduler/intake/**/*": "what is looked for in a file",
    "scheduler/core/announcement/first_sentence.py": "greetings, which are looked for",
    "scheduler/core/announcement/script_templates.py": "what is said on the air",
    "scheduler/core/announcement/emergency_texts.py": "what is said on the air",
    "scheduler/core/vietnamese.py": "letters",
    "scheduler/core/written_times.py": "what is looked for in what people write",
    "scheduler/core/people/person_names.py": "names that nobody may take",
    "scheduler/core/words/wording.py": "what is said of a code without a sentence",
    "scheduler/core/air/share_words.py": "phrases put together of measured numbers",
    "scheduler/core/air/standing.py": "phrases put together of measured numbers",
    "scheduler/core/air/volume.py": "faults of config.toml",
    "scheduler/core/announcement/script_words.py": "phrases put together of a script's shape",
    "scheduler/core/planning/outlook_words.py": "days of the week",
    "scheduler/core/announcement/voices.py": "phrases put together of causes",
    "scheduler/core/station/*.py": "names of the parts of a machine",
    "scheduler/services/**/*": "titles of rows that the station itself writes, and of what it looked at",
    "scheduler/playout/**/*": "titles of rows that the station itself writes",
    "scheduler/station*.py": "titles of rows that the station itself writes, and what it says on the air",
    "scheduler/store/people/audit_tables.py": "marks in the rows of the log",
    "scheduler/kernel/*archive*.py": "parts of an archive, named in a fault",
    "web/**/*": "what a page says besides: gettext's, no table",
}
"""Places of Vietnamese in Python -> why it stands there."""


def codes(folder):
    return {(table, code): word for table, words in tables_of(folder).items() for code, word in words.items()}


def name(folder):
    return folder.relative_to(ROOT).as_posix()


def test_every_word_stands_in_both_languages_with_the_same_gaps():
    wrong = []
    for folder in word_folders():
        told = {
            language: [(t, *words) for t, words in tables_of(folder, language).items()] for language in ("vi", "en")
        }
        if told["vi"] != told["en"]:
            wrong.append((name(folder), set(told["vi"]) ^ set(told["en"])))
            continue
        for (table, code), word in codes(folder).items():
            english = tables_of(folder, "en")[table][code]
            for form in [english] if isinstance(english, str) else english:
                same = set(GAP.findall(form)) == set(GAP.findall(word))
                if not same or len(PART.findall(form)) != len(PART.findall(word)) or bool(form) != bool(word):
                    wrong.append((name(folder), table, code))
    assert wrong == []


def test_a_text_has_one_english_wherever_it_stands():
    english = {}
    for folder in word_folders():
        for (table, code), word in codes(folder).items():
            told = tables_of(folder, "en")[table][code]
            english.setdefault(word, set()).add((told,) if isinstance(told, str) else tuple(told))
    for text, one in kept_messages().items():
        english.setdefault(text, set()).add((one.string,) if isinstance(one.string, str) else tuple(one.string))
    assert {text: told for text, told in english.items() if len(told) > 1} == {}


@cache
def modules():
    """Every module of the product, imported, by its file."""
    names = {path: path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in SOURCES}
    return {path: importlib.import_module(one.removesuffix(".__init__")) for path, one in names.items()}


@cache
def asked():
    """Every table that a module asks for."""
    return [one for module in modules().values() for one in vars(module).values() if isinstance(one, Words)]


def test_every_table_is_asked_for_and_there():
    there = {(name(folder), table) for folder in word_folders() for table in tables_of(folder)}
    named = {(name(one.folder), one.table) for one in asked()}
    assert sorted(named - there) == []
    assert sorted((folder, table) for folder, table in there - named if table not in BY_NAME) == []


def test_every_member_of_an_enumeration_has_its_word():
    by_member = [one for one in asked() if issubclass(one.kind, Enum) and one.table not in PARTLY]
    assert len(by_member) > 10
    assert {(one.table, member) for one in by_member for member in one.kind if member not in one} == set()


def test_every_code_asked_for_has_its_word():
    """By a literal, of a table that the module has."""
    missing = []
    for path, module in modules().items():
        if not any(isinstance(one, Words) for one in vars(module).values()):
            continue
        for node in nodes_of(path):
            match node:
                case ast.Subscript(value=ast.Name(id=table), slice=ast.Constant(value=str(code))):
                    pass
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=table), attr="say"), args=[ast.Constant(value=str(code)), *_]
                ):
                    pass
                case _:
                    continue
            words = getattr(module, table, None)
            if isinstance(words, Words) and code not in words:
                missing.append((path.name, table, code))
    assert missing == []


def test_every_word_belongs_to_a_code_that_stands_in_the_source():
    """A number or a member is its own source; of reasons `test_reasons.py` asks the same."""
    files = [
        *SOURCES, *(ROOT / "scheduler").rglob("*.sql"), *(ROOT / "web/templates").rglob("*.html"),
        *(ROOT / "scheduler/extras").glob("*/templates/**/*.html"), *(ROOT / "web/static").glob("*.js"),
        *(ROOT / "audio_assets").rglob("*.toml"),
    ]  # fmt: skip
    said = {word for path in files for word in re.findall(r"[\w-]+", path.read_text(encoding="utf-8"))}
    by_code = [one for one in asked() if one.kind is str and one.table not in OFFERED]
    assert {(one.table, code) for one in by_code for code in one if code and code not in said} == set()


def test_no_code_has_two_sentences():
    found = [code for folder in word_folders() for code in tables_of(folder).get("reasons", {})]
    assert sorted(found) == sorted(REASONS)


def vietnamese(nodes):
    """Vietnamese texts of a module, docstrings and patterns left out."""
    documents = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = (node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.value for node in texts if id(node) not in documents and VIETNAMESE.search(node.value)]


def test_no_word_with_a_code_stands_in_python():
    places = {pattern: set(ROOT.glob(pattern)) for pattern in ELSEWHERE}
    allowed = set().union(*places.values())
    found = {
        path.relative_to(ROOT).as_posix(): told
        for path in SOURCES
        if path not in allowed and (told := vietnamese(nodes_of(path)))
    }
    assert found == {}


def test_no_page_has_a_table_of_words_in_python():
    pages = [path for pattern, why in ELSEWHERE.items() if "gettext" in why for path in ROOT.glob(pattern)]
    found = []
    for path in [path for path in pages if path.suffix == ".py"]:
        for node in tree_of(path).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
                texts = [one for one in node.value.values if isinstance(one, ast.Constant)]
                if any(isinstance(one.value, str) and VIETNAMESE.search(one.value) for one in texts):
                    found.append((path.relative_to(ROOT).as_posix(), node.lineno))
    assert found == []


def test_the_files_lie_beside_each_other():
    assert [name(folder) for folder in word_folders() if not file_of(folder, "en").is_file()] == []
