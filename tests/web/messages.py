"""Every message of the pages, read from the templates and the Python tables; and the catalogue with what is new added.

`python tests/web/messages.py` writes the catalogues anew, web/locale/en.po and that of each extra, which has what this
extra alone says: messages that are gone leave them, new ones stand there with an empty translation, all else is kept.
"""

import ast
import json
import re
import sys
from dataclasses import fields
from functools import cache
from inspect import cleandoc
from pathlib import Path

import click
from babel.messages import pofile
from babel.messages.catalog import Catalog

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
from scheduler.cli import loa  # noqa: E402
from scheduler.commands.language import HERE  # noqa: E402
from scheduler.config.keys import kind_of, section_names  # noqa: E402
from scheduler.core.words import phrases  # noqa: E402
from scheduler.core.words.phrases import read, word_folders  # noqa: E402
from scheduler.features import FEATURES  # noqa: E402
from scheduler.kernel.words import GAP, tables_of  # noqa: E402 - found from the repository
from tests.page_files import PYTHON, SCRIPTS, TEMPLATES  # noqa: E402
from web.translated import runs  # noqa: E402

VIETNAMESE = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ]"
)
PLAIN = re.compile(r"[A-Z][a-z]+(?: [a-z]+)*")
"""A Vietnamese word may have no mark at all: Kho, Ghi, Xem."""
LITERAL = re.compile(r"""(["'])((?:(?!\1).)*)\1""")
PLACES = (
    *PYTHON, "scheduler/core/words/wording.py", "scheduler/core/*/*_words.py",
    "scheduler/core/report/share_chart.py", "scheduler/core/report/chart.py", "scheduler/core/report/period.py", "scheduler/core/announcement/voices.py", "scheduler/core/air/output_kinds.py", "scheduler/core/voice_engines.py",
    "scheduler/extras/province/rules/bulletins.py", "scheduler/extras/inbox/rules.py", "scheduler/core/air/heard_back.py", "scheduler/core/air/standing.py", "scheduler/services/station/checkup.py", "scheduler/services/station/checkup_links.py", "scheduler/services/station/trials.py", "scheduler/services/announcement/lexicon.py", "scheduler/services/announcement/lexicon_preview.py",
    "scheduler/services/air/output_tests.py", "scheduler/services/station/readiness.py", "scheduler/services/report/reports.py",
    "scheduler/services/station/task_causes.py", "scheduler/store/people/people.py", "scheduler/kernel/encrypted_archive.py", "scheduler/config/page.py",
    "scheduler/services/dispatch/dispatches.py", "scheduler/services/planning/doubts.py", "scheduler/extras/*/service/adapter.py",
    "scheduler/extras/*/feature.py",
    "scheduler/extras/*/standing.py",
)  # fmt: skip
"""Modules whose Vietnamese comes to a page; what a command or a paper says, and what is said on the air, is elsewhere."""
TERMINAL = (
    "scheduler/cli.py", "scheduler/commands/*.py", "scheduler/supervisor.py", "scheduler/config/*.py",
    "scheduler/operations/*.py", "scheduler/playout/trials.py", "scheduler/core/air/volume.py",
    "scheduler/extras/*/commands.py", "scheduler/extras/*/commands/*.py", "scheduler/extras/*/keys.py",
    "scheduler/extras/simulate/*.py", "scheduler/extras/simulate/work/*.py",
)  # fmt: skip
"""Modules whose Vietnamese comes to a terminal alone. What of it the core says has a catalogue that no page reads."""
HELP = re.compile(r"\b(the|of|is|its|and|which|what|with|behind|says|than|are)\b")
"""In the tables of keys and operations help stands in English; it may quote a Vietnamese word."""
SAMPLES = {
    "hôm qua", "ngày mai", "Đài truyền thanh phường", "Đài truyền thanh phường (chạy thử)", "Ủy ban nhân dân phường",
    "BC-ĐTT", "Cán bộ truyền thanh", "Lãnh đạo phường", "Xin nhắc lại.", "Đây là {station}.",
    "Đây là diễn tập, không phải báo động thật.",
    "Đính chính. Bản tin khẩn vừa phát lúc {time} là không đúng. Xin bà con yên tâm và bỏ qua bản tin đó.",
    "[À-ỹ]", "Cách dùng:", "LỆNH [THAM SỐ]", "[TÙY CHỌN]", "Lỗi: {0}",
}  # fmt: skip
"""What may be typed, values of keys that are said on the air, and what stands round a help in Vietnamese."""
TABLES = ("scheduler/core/air/chimes.py", "scheduler/core/announcement/script_templates.py")
"""Of these only what stands in a table: the rest is spoken on the air."""
NOT_WORDS = re.compile(r"^\W*$|[$^]|\\[sSb(\[]|\(\?[:=!<P]|^SELECT|^[a-z_]+$|%[HMdmY]|<html|<text|<header")
HEAD = """# English words of the pages. The key of each is its Vietnamese text; see docs/language.md.

"""
FILES = phrases.FILES | {"commands": HERE / "en.po"}
"""Owner → its catalogue of English."""
HELP_FILES = {name: path.with_name("vi.po") for name, path in FILES.items() if name}
"""Owner → its catalogue of Vietnamese, of the help of commands and keys."""
HELP_HEAD = """# Vietnamese words of the help of commands and keys. The key of each is its English text; see docs/language.md.

"""


def templates():
    """The pages, but for the API's own, which are written in English."""
    return [path for path in TEMPLATES if path.parent.name != "api"]


def of_templates():
    """Message → where it stands, and what fills its gaps."""
    found = {}
    for path in templates():
        source = path.read_text(encoding="utf-8")
        place = str(path.relative_to(ROOT))
        for run in runs(source):
            if re.search(r"[^\W\d_]", GAP.sub("", run.text)):
                found.setdefault(run.text, []).append((place, run.gaps))
        for word in literals(source):
            found.setdefault(word, []).append((place, ()))
    return found


def literals(source):
    """Words written inside the expressions and statements of a template."""
    for code in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL), re.DOTALL):
        if re.match(r"\{%[-+]? *(include|extends|import|from)\b", code):
            continue
        for found in LITERAL.finditer(code):
            word = " ".join(found[2].split())
            if re.match(r"\s*~", code[found.end() :]):
                word += " {0}"
            if (VIETNAMESE.search(word) or PLAIN.fullmatch(word.removesuffix(" {0}"))) and not NOT_WORDS.search(word):
                yield word


def modules():
    return sorted({path for place in (*PLACES, *TABLES, *TERMINAL) for path in ROOT.glob(place)})


def of_python():
    found = {}
    terminal = {path for place in TERMINAL for path in ROOT.glob(place)}
    for path in modules():
        place = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = list(tabled(tree) if place in TABLES else strings(tree))
        for text in texts if path not in terminal else of_terminal([*texts, *in_gaps(tree)], place):
            found.setdefault(text, []).append((place, ()))
    return found


def in_gaps(tree):
    """Vietnamese texts inside the gaps of f-strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue):
            yield from strings(node.value)


def of_terminal(texts, place):
    """Line by line, as it is printed; the samples of operations and what may be typed left out."""
    for text in texts:
        for line in map(str.strip, text.split("\n")):
            bare = re.sub(r"^[\s!-]*", "", line)
            if not VIETNAMESE.search(bare) or HELP.search(bare) or bare in SAMPLES or "=" in bare.split(" ")[-1]:
                continue
            if place.startswith("scheduler/operations") and not SAYS.match(bare):
                continue
            yield bare


def strings(tree):
    """Vietnamese texts of a module, its docstrings left out; an f-string is a text with gaps."""
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = formed(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents | inside:
            text = node.value
        else:
            continue
        text = text.strip()
        if VIETNAMESE.search(text) and not NOT_WORDS.search(text):
            yield text


def tabled(tree):
    """Vietnamese texts inside the tables of a module."""
    for node in ast.walk(tree):
        for value in node.values if isinstance(node, ast.Dict) else ():
            for part in value.elts if isinstance(value, ast.Tuple) else (value,):
                if isinstance(part, ast.Constant):
                    yield from strings(part)


def formed(node):
    text, number = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += part.value
            continue
        text += f"{{{number}}}"
        number += 1
    return text


SAYS = re.compile(r"(Đã|Đợt|Không|Lượt|“|\{0\}) ?")
"""How the words begin that a derived command prints when it is done: all else of an operation is its document."""
SCRIPT_WORDS = ROOT / "web" / "static" / "words.en.js"
SCRIPT = """/* English of what the scripts say; written by tests/web/messages.py, loaded before them on English pages. */
window.loaWords = {words};
"""


def of_scripts():
    found = {}
    for path in SCRIPTS:
        if path == SCRIPT_WORDS:
            continue
        code = re.sub(r"/\*.*?\*/|(?<=[;{},] )//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for text in re.findall(r'"((?:[^"\\\n]|\\.)*)"', code):
            if VIETNAMESE.search(text):
                found.setdefault(text, []).append((str(path.relative_to(ROOT)), ()))
    return found


def script_words():
    """The file that scripts read their English from."""
    wanted = of_scripts()
    words = {text: told[0] for text, told in sorted(read().items()) if text in wanted}
    return SCRIPT.format(words=json.dumps(words, ensure_ascii=False, indent=1))


PLAIN_WORDS = {"phút": "scheduler/core/report/chart.py", "Kho": "web/sections.py"}
"""Words that no rule above sees: inside a drawing, or without any mark."""


def messages():
    found = of_templates()
    for word, place in PLAIN_WORDS.items():
        found.setdefault(word, []).append((place, ()))
    for text, places in (*of_python().items(), *of_scripts().items()):
        found.setdefault(text, []).extend(places)
    return {text: places for text, places in found.items() if text not in worded(owner(places))}


@cache
def worded(name):
    """What stands in the words of core and pages, and of this extra: it has its English there."""
    folders = [one for one in word_folders() if one.parent.name != "extras" or one.name == name]
    return {word for one in folders for table in tables_of(one).values() for word in table.values()}


def owner(places):
    """The extra that alone says a message; "commands" = the terminal alone; empty = the core, or several."""
    owners = {_owner(place) for place, _ in places}
    return owners.pop() if len(owners) == 1 else ""


def _owner(place):
    if place.startswith("scheduler/extras/"):
        return place.split("/")[2]
    return "commands" if any(Path(place).match(one) for one in TERMINAL) else ""


def kept_messages(files=FILES, language="en"):
    kept = {}
    for path in files.values():
        if path.exists():
            with path.open("rb") as source:
                for message in pofile.read_po(source, locale=language):
                    if message.id:
                        kept[message.id if isinstance(message.id, str) else message.id[0]] = message
    return kept


def catalogues():
    """Each catalogue as it should be, by its owner, with the translations there are."""
    kept = kept_messages()
    made = {name: Catalog(locale="en", project="loa-phuong", charset="utf-8", fuzzy=False) for name in FILES}
    for text, places in sorted(messages().items()):
        old = kept.get(text)
        gaps = next((gaps for _, gaps in places if gaps), ())
        made[owner(places)].add(
            old.id if old else text,
            old.string if old else "",
            locations=[(place, None) for place in sorted({place for place, _ in places})],
            auto_comments=[f"{{{number}}} = {' '.join(one.split())}" for number, one in enumerate(gaps)],
        )
    return {name: one for name, one in made.items() if len(one)}


CLICK = (
    "Options", "Commands", "Show this message and exit.", "Show the version and exit.", "required", "default: {0}",
    "No such option: {0}", "No such option: {0} Did you mean {1}?", "No such option: {0} (Possible options: {1})",
    "No such command '{0}'.", "Missing command.", "Missing argument '{0}'.", "Missing option '{0}'.",
    "Missing option '{0}'. Choose from: {1}", "Missing argument '{0}'. Choose from: {1}",
    "Option '{0}' requires an argument.", "Option '{0}' requires {1} arguments.", "Option '{0}' does not take a value.",
    "Got unexpected extra argument ({0})", "Got unexpected extra arguments ({0})", "Invalid value for '{0}': {1}",
    "Invalid value for '{0}': '{1}' is not a valid integer.", "Invalid value for '{0}': '{1}' is not a valid float.",
    "Invalid value for '{0}': '{1}' is not a valid integer range.",
    "Invalid value for '{0}': '{1}' is not a valid float range.",
    "Invalid value for '{0}': {1} is not in the range {2}.", "Invalid value for '{0}': '{1}' is not one of {2}.",
    "Invalid value for '{0}': File '{1}' does not exist.", "Invalid value for '{0}': Path '{1}' does not exist.",
    "Invalid value for '{0}': Directory '{1}' does not exist.",
)  # fmt: skip
"""What click says of a command line, as it stands in its source."""


def helps():
    """English text of the help of commands and keys, and of wrong usage → the owner of what says it."""
    extras = {word: feature.name for feature in FEATURES for word in feature.commands}
    found = {text: {"commands"} for text in CLICK}
    for word, command in tree(loa, ""):
        name = extras.get(word, "commands")
        told = [command.help or "", *(one.help or "" for one in command.params if isinstance(one, click.Option))]
        for part in (" ".join(part.split()) for text in told for part in cleandoc(text).split("\n\n")):
            if part:
                found.setdefault(part, set()).add(name)
    for text, name in explanations():
        found.setdefault(text, set()).add(name)
    for path in sorted(path for place in TERMINAL for path in ROOT.glob(place)):
        name = _owner(str(path.relative_to(ROOT)))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "click.UsageError":
                text = formed(node.args[0]) if isinstance(node.args[0], ast.JoinedStr) else _literal(node.args[0])
                if text and not VIETNAMESE.search(text):
                    found.setdefault(text, set()).add(name)
    return {text: names.pop() if len(names) == 1 else "commands" for text, names in found.items()}


def explanations():
    """What each key of config.toml means, as the tables of keys say it in English, and whose key it is."""
    owners = {section.name: feature.name for feature in FEATURES for section in feature.keys}
    for name in section_names():
        for item in fields(kind_of(name)):
            yield item.metadata["help"], owners.get(name, "commands")


def _literal(node):
    return node.value if isinstance(node, ast.Constant) else ""


def tree(command, word):
    """A command and all below it, each with the first word that leads there."""
    yield word, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from tree(command.get_command(context, name), word or name)


def help_catalogues():
    """Each catalogue of the help as it should be, by its owner, with the translations there are."""
    kept = kept_messages(HELP_FILES, "vi")
    made = {name: Catalog(locale="vi", project="loa-phuong", charset="utf-8", fuzzy=False) for name in HELP_FILES}
    for text, name in sorted(helps().items()):
        made[name].add(text, kept[text].string if text in kept else "")
    return {name: one for name, one in made.items() if len(one)}


def write(made, path, head=HEAD):
    with path.open("wb") as target:
        target.write(head.encode())
        pofile.write_po(target, made, width=0, sort_output=True, include_lineno=False, omit_header=True)


def main():
    made, told = catalogues(), help_catalogues()
    for files, texts, head in ((FILES, made, HEAD), (HELP_FILES, told, HELP_HEAD)):
        for name, path in files.items():
            path.unlink(missing_ok=True)
            if name in texts:
                path.parent.mkdir(exist_ok=True)
                write(texts[name], path, head)
    SCRIPT_WORDS.write_text(script_words(), encoding="utf-8")
    found = [message for one in made.values() for message in one if message.id]
    left = sum(not (message.string if isinstance(message.string, str) else all(message.string)) for message in found)
    print(f"{len(found)} messages, {left} without English")
    lacking = [message.id for one in told.values() for message in one if message.id and not message.string]
    print(f"{sum(map(len, told.values()))} texts of help, {len(lacking)} without Vietnamese")


if __name__ == "__main__":
    main()
