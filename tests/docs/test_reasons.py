"""Every reason code that the source can give has its sentence, and every sentence has a source that gives it."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from scheduler.core.words.wording import REASONS
from tests.docs.sources import nodes_of

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for top in ("scheduler", "audio_assets", "web") for path in (ROOT / top).rglob("*.py"))
CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")

PLACES = {
    "Refused": (0,),
    "AudioError": (0,),
    "DispatchError": (0,),
    "Verdict": (1,),
    "_no": (0,),
    "Refusal": (2,),
    "Ending": (1,),
    "Close": (2,),
    "Cut": (1,),
    "_refuse": (1,),
    "_refused": (0,),
    "note": (2,),
}
"""What takes a reason code -> at which of its places."""
NAMES = {"reason", "refusal", "blocked", "warning"}
"""Keywords and variables that hold a reason code."""
INNER = {"no_output", "stopped", "opus"}
"""Not codes: words between engine and service, which become output_failed and station_stopping before anybody reads
them, and a codec that an encoder names in its refusal."""
PREFIX = "relay_"
CHANGES = ROOT / "scheduler" / "playout" / "relay" / "source_selector.py"
"""Where the word stands that playout puts the prefix before: why a relay changed its source."""


def literals(node: ast.expr) -> Iterator[str]:
    """The code literals an expression may give: itself, or either side of a condition."""
    match node:
        case ast.Constant(value=str(text)) if CODE.fullmatch(text):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)
        case ast.BoolOp(values=values):
            for value in values:
                yield from literals(value)


def called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def given_in_call(node: ast.Call) -> Iterator[str]:
    for place in PLACES.get(called(node), ()):
        if place < len(node.args):
            yield from literals(node.args[place])
    for keyword in node.keywords:
        if keyword.arg in NAMES:
            yield from literals(keyword.value)


def given(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every reason code that a module hands on, by the shapes in which ours do."""
    for node in nodes:
        match node:
            case ast.Call():
                yield from given_in_call(node)
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value) if name in NAMES:
                yield from literals(value)
            case ast.Yield(value=ast.Tuple(elts=[first, ast.Dict()])):
                yield from literals(first)
            case ast.Return(value=ast.Tuple(elts=[ast.List(elts=[]), last])):
                yield from literals(last)


@cache
def places_of_codes() -> dict[str, set[str]]:
    """Every reason code that the source hands on -> the modules that do."""
    places: dict[str, set[str]] = {}
    for source in SOURCES:
        for code in given(nodes_of(source)):
            places.setdefault(code, set()).add(source.relative_to(ROOT).as_posix())
    return places


def test_every_code_of_the_source_has_its_sentence():
    """What is missing here needs a sentence in words.vi.toml of its subject, table `reasons`."""
    found = {code: sorted(places) for code, places in places_of_codes().items() if code not in INNER}
    assert {code: places for code, places in found.items() if code not in REASONS} == {}


def test_the_search_finds_codes_in_every_shape():
    known = {
        "unapproved": "scheduler/core/air/gate.py",  # _no("…")
        "wrong_state": "scheduler/core/announcement/approval.py",  # Refused("…")
        "audio_video_only": "audio_assets/decode.py",  # either side of a condition
        "no_windows": "scheduler/core/planning/campaign_faults.py",  # yield "…", {}
        "no_room": "scheduler/core/planning/planner.py",  # return [], "…"
        "live_failed": "scheduler/playout/active_airings.py",  # Ending(…, "…")
        "pre_empted": "scheduler/core/air/timeline.py",  # Cut(…, "…")
        "clock_step": "scheduler/playout/service.py",  # journal.note(…, "…")
        "cap_weekday": "scheduler/core/air/gate.py",  # reason = "…"
        "no_voice": "scheduler/worker.py",  # _refuse(…, "…")
    }
    assert {code: place for code, place in known.items() if place not in places_of_codes().get(code, ())} == {}


def test_every_sentence_belongs_to_a_code_that_stands_in_the_source():
    texts = [path.read_text(encoding="utf-8") for path in SOURCES if not path.name.startswith("wording")]
    quoted = {word for text in texts for word in re.findall(r"[\"']([a-z0-9_]+)(?=[\"'])", text)}
    changes = {PREFIX + word for word in re.findall(r'"([a-z_]+)"', CHANGES.read_text(encoding="utf-8"))}
    assert [code for code in REASONS if code not in changes | quoted] == []


def test_the_page_of_reasons_has_every_code():
    page = (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")
    assert [code for code in REASONS if f"| `{code}` |" not in page] == []
