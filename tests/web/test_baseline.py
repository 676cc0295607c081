"""The page keeps to what Chrome 109 and Firefox 115 can do, to its own host, and to its own policy: read from the files."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
OURS = sorted(path for path in (WEB / "static").iterdir() if path.suffix in {".css", ".js", ".svg"})
STYLES = [path for path in OURS if path.suffix == ".css"]
SCRIPTS = [path for path in OURS if path.suffix == ".js"]
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))

NEW_CSS = {
    ":has()": r":has\(", "color-mix": r"color-mix\(", "subgrid": r"\bsubgrid\b", "popover": r"popover", "oklch": r"\bok?l(ch|ab)\(",
    "light-dark": r"light-dark\(", "starting-style": r"@starting-style", "scope": r"@scope", "text-wrap": r"text-wrap",
    "field-sizing": r"field-sizing", "anchors": r"anchor-name|position-anchor", "relative colours": r"\(from ",
}  # fmt: skip
NEW_JS = {
    "copying array methods": r"\.(toSorted|toReversed|toSpliced)\(|\.with\(\d", "Array.fromAsync": r"Array\.fromAsync",
    "grouping": r"(Object|Map)\.groupBy", "withResolvers": r"withResolvers", "URL.canParse": r"URL\.canParse",
    "import attributes": r"import .* (with|assert) *\{", "view transitions": r"startViewTransition", "popover": r"showPopover",
    "regexp v flag": r"/[a-z]*v[a-z]*\.(test|exec)\(",
}  # fmt: skip
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


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_style_is_newer_than_the_baseline(path):
    css = bare(path)
    assert [name for name, pattern in NEW_CSS.items() if re.search(pattern, css)] == []
    assert nested(css) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_is_newer_than_the_baseline_or_unsafe(path):
    script = bare(path)
    assert [name for name, pattern in (NEW_JS | UNSAFE_JS).items() if re.search(pattern, script)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_holds_what_the_policy_forbids(path):
    text = bare(path)
    assert [name for name, pattern in INLINE.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", [*OURS, *TEMPLATES], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_we_wrote_names_another_host(path):
    text = bare(path).replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?://[^\s\"'<)]+|[\"'(]//[a-z][^\s\"')]+", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_form_that_acts_carries_its_keys(path):
    for form in re.findall(r"<form\b.*?</form>", bare(path), flags=re.DOTALL):
        if 'method="post"' in form.split(">")[0]:
            assert any(key in form for key in ("act_fields()", 'name="csrf"', 'name="form_token"', 'name="ma"')), form[
                :120
            ]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_button_says_what_it_does_when_pressed_in_a_form(path):
    for button in re.findall(r"<button\b[^>]*>", bare(path)):
        assert re.search(r"type=\"(submit|button|reset)\"", button), button


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
