"""The page keeps to what Chrome 109 and Firefox 115 can do, to its own host, and to its own policy: read from the files."""

import re
from pathlib import Path

import pytest

from tests.page_files import STATIC, TEMPLATES

WEB = Path(__file__).parents[2] / "web"
OURS = [path for path in STATIC if path.suffix in {".css", ".js", ".svg"}]
STYLES = [path for path in OURS if path.suffix == ".css"]
SCRIPTS = [path for path in OURS if path.suffix == ".js"]

NEW_CSS = {
    ":has()": r":has\(", "color-mix": r"color-mix\(", "subgrid": r"\bsubgrid\b", "popover": r"popover", "oklch": r"\bok?l(ch|ab)\(",
    "light-dark": r"light-dark\(", "starting-style": r"@starting-style", "scope": r"@scope", "text-wrap": r"text-wrap",
    "field-sizing": r"field-sizing", "anchors": r"anchor-name|position-anchor", "relative colours": r"\(from ",
    "motion by scrolling": r"(animation|scroll|view)-timeline", "sizes to and from auto": r"calc-size|interpolate-size",
    "curves": r"\blinear\(", "rounding": r"\b(round|mod|rem)\(", "images to choose from": r"(?<!-webkit-)image-set\(",
    "states since": r":(user-(in)?valid|open|state)\b", "text box": r"text-box(-trim|-edge)?:", "mask": r"(?<![\w-])mask(-image)?:",
    "kept on removal": r"transition-behavior|allow-discrete", "view names": r"view-transition",
}  # fmt: skip
NEW_JS = {
    "copying array methods": r"\.(toSorted|toReversed|toSpliced)\(|\.with\(\d", "Array.fromAsync": r"Array\.fromAsync",
    "grouping": r"(Object|Map)\.groupBy", "withResolvers": r"withResolvers", "URL.canParse": r"URL\.canParse",
    "import attributes": r"import .* (with|assert) *\{", "view transitions": r"startViewTransition", "popover": r"showPopover",
    "regexp v flag": r"/[a-z]*v[a-z]*\.(test|exec)\(", "sets": r"\.(isSubsetOf|isSupersetOf|symmetricDifference)\(",
    "signals": r"AbortSignal\.any", "end of a scroll": r"scrollend", "promises": r"Promise\.try", "well formed": r"WellFormed\(",
    "iterators": r"Iterator\.from", "moving": r"moveBefore", "markup": r"(set|parse)HTMLUnsafe|setHTML\(",
}  # fmt: skip
MADE_BY_STATE = ("s-", "m-")
"""Classes of marks in a strip and on the town's map: a state's word stands behind it."""
UNSAFE_JS = {
    "eval": r"\beval\(|new Function", "inner markup": r"\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write",
    "string timers": r"set(Timeout|Interval)\(\s*[\"']", "only over https": r"randomUUID|crypto\.subtle|navigator\.clipboard",
}  # fmt: skip
INLINE = {
    "a style attribute": r"\sstyle\s*=", "a style element": r"<style\b", "an inline handler": r"\son[a-z]+\s*=",
    "an inline script": r"<script\b(?![^>]*\bsrc=)", "a javascript address": r"javascript:", "htmx script": r"hx-on\b|hx-on:|js:",
    "a trigger filter": r"hx-trigger=\"[^\"]*\[", "unescaped text": r"\|\s*safe(?!\s*\}\}</svg>)",
}  # fmt: skip


def bare(path):
    """A file without its comments."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->", "", text, flags=re.DOTALL)


def nested(css):
    """Style rules that open inside another style rule."""
    found, stack = [], []
    for head, mark in re.findall(r"([^{}]*)([{}])", css):
        if mark == "}":
            stack.pop()
            continue
        selector = head.split(";")[-1].strip()
        if stack and not stack[-1].startswith("@"):
            found.append(f"{stack[-1]} > {selector}")
        stack.append(selector)
    assert stack == []
    return found


def found_in(paths, patterns):
    """(file, what of the patterns stands in it), for every file in which one does."""
    texts = {f"{path.parent.name}/{path.name}": bare(path) for path in paths}
    return [
        (name, what) for name, text in texts.items() for what, pattern in patterns.items() if re.search(pattern, text)
    ]


def tags_of(pattern):
    """(file, element) of every template."""
    return [(path.name, found) for path in TEMPLATES for found in re.findall(pattern, bare(path), flags=re.DOTALL)]


def test_there_is_something_to_read():
    assert len(STYLES) > 1
    assert len(SCRIPTS) > 10
    assert len(TEMPLATES) > 100


def test_no_style_is_newer_than_the_baseline():
    assert found_in(STYLES, NEW_CSS) == []
    assert {path.name: rules for path in STYLES if (rules := nested(bare(path)))} == {}


def test_no_script_is_newer_than_the_baseline_or_unsafe():
    assert found_in(SCRIPTS, NEW_JS | UNSAFE_JS) == []


def test_the_lint_reads_every_style_and_script_that_a_page_may_carry():
    """None lies in a folder below, where nobody would look at it; what others wrote lies in `vendor`."""
    places = [WEB / "static", *(WEB.parent / "scheduler" / "extras").glob("*/static")]
    all_of_them = {path for place in places for path in place.rglob("*.*") if path.is_file()}
    assert {path for path in all_of_them if "vendor" not in path.parts} == set(STATIC)


def test_every_rule_of_a_style_is_for_something_that_a_page_has():
    """What no template and no script names any more leaves the styles with it."""
    pages = "".join(bare(path) for path in TEMPLATES) + "".join(bare(path) for path in SCRIPTS)
    rest = [
        path for place in ("web", "scheduler/extras", "scheduler/paper") for path in (WEB.parent / place).rglob("*.py")
    ]
    named = set(re.findall(r"[\w-]+", pages + "".join(path.read_text(encoding="utf-8") for path in rest)))
    found = {}
    for path in STYLES:
        selectors = " ".join(re.findall(r"(?:^|[{},;])\s*([^{}@;]+?)\s*\{", bare(path)))
        names = set(re.findall(r"[.#]([A-Za-z][\w-]*)", selectors))
        if unused := {one for one in names - named if not one.startswith(MADE_BY_STATE)}:
            found[path.name] = sorted(unused)
    assert found == {}


def test_every_thing_that_a_script_looks_for_is_in_a_page():
    pages = "".join(bare(path) for path in TEMPLATES)
    found = {}
    for path in SCRIPTS:
        asked = set(re.findall(r"\[(data-[a-z-]+)", bare(path)))
        written = set(re.findall(r"dataset\.(\w+) *=[^=]", bare(path)))
        own = {"data-" + re.sub(r"[A-Z]", lambda one: f"-{one[0].lower()}", name) for name in written}
        if unused := {one for one in asked - own if not re.search(rf"{one}\b", pages)}:
            found[path.name] = sorted(unused)
    assert found == {}


def test_no_template_holds_what_the_policy_forbids():
    assert found_in(TEMPLATES, INLINE) == []


def test_nothing_we_wrote_names_another_host():
    hosts = r"https?://[^\s\"'<)]+|[\"'(]//[a-z][^\s\"')]+"
    texts = {path: bare(path).replace("http://www.w3.org/2000/svg", "") for path in [*OURS, *TEMPLATES]}
    assert {path.name: named for path, text in texts.items() if (named := re.findall(hosts, text))} == {}


def test_every_form_that_acts_carries_its_keys():
    forms = [(name, form) for name, form in tags_of(r"<form\b.*?</form>") if 'method="post"' in form.split(">")[0]]
    keys = ("act_fields()", 'name="csrf"', 'name="form_token"', 'name="ma"')
    assert forms
    assert [(name, form[:120]) for name, form in forms if not any(key in form for key in keys)] == []


def test_every_button_says_what_it_does_when_pressed_in_a_form():
    buttons = tags_of(r"<button\b[^>]*>")
    assert buttons
    assert [one for one in buttons if not re.search(r"type=\"(submit|button|reset)\"", one[1])] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('<p style="color:red">', "a style attribute"), ("<style>p{}</style>", "a style element"), ('<a onclick="x()">', "an inline handler"),
        ("<script>x()</script>", "an inline script"), ('<a href="javascript:x()">', "a javascript address"),
        ('<p hx-on:click="x">', "htmx script"), ('<p hx-trigger="click[ctrlKey]">', "a trigger filter"), ("{{ title | safe }}", "unescaped text"),
    ],
)  # fmt: skip
def test_the_lint_sees_each_fault(text, name):
    assert re.search(INLINE[name], text)


@pytest.mark.parametrize("css", ["a{b{c:d}}", "@media print{a{&:hover{c:d}}}", "a{x:y;.b{c:d}}"])
def test_the_lint_sees_nested_rules(css):
    assert nested(css)


@pytest.mark.parametrize(
    "css", ["a{b:c}", "@media print{a{b:c}}", "@media print{@supports (a:b){a{b:c}}}", "@keyframes p{50%{a:b}}"]
)
def test_the_lint_lets_ordinary_rules_pass(css):
    assert nested(css) == []


def test_no_page_restyles_the_bar_by_a_class_that_means_something_else_there():
    """A line of faults in the bar once took the light ground of a form's faults: light letters on it."""
    bar = "".join(path.read_text(encoding="utf-8") for path in (WEB / "templates/live").glob("bar*.html"))
    used = {word for classes in re.findall(r'class="([^"{]*)', bar) for word in classes.split()}
    shared = {"btn", "st", "num", "small", "mut", "vh"}
    found = {}
    for sheet in sorted((WEB / "static").glob("*.css")):
        if sheet.name in {"app.css", "public.css"}:
            continue
        selectors = re.findall(r"(?:^|[},])\s*([^{}@]+?)\s*(?=[{,])", sheet.read_text(encoding="utf-8"))
        own = {one[1:] for one in selectors if re.fullmatch(r"\.[\w-]+", one)}
        if both := own & (used - shared):
            found[sheet.name] = sorted(both)
    assert found == {}
