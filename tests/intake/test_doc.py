"""Word files of before 2007: with the real tools where the machine has them, with tools that misbehave everywhere."""

import shutil
from pathlib import Path

import pytest

from scheduler.intake import doc
from tests.intake.made import TEXT, as_tcvn3, doc_of, ole_of
from tests.intake.reading import lines, read, reason_of

TOOLS = [name for name in ("catdoc", "antiword") if shutil.which(name)]


def only(monkeypatch: pytest.MonkeyPatch, folder: Path, **scripts: str) -> None:
    """A machine that has these tools and no other: shell scripts by name."""
    folder.mkdir(exist_ok=True)
    for name, script in scripts.items():
        tool = folder / name
        tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        tool.chmod(0o755)
    for name in ("cat", "sleep", "yes", "python3"):
        found = shutil.which(name)
        if found and not (folder / name).exists():
            (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))


def machine_with(tool: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A machine that has this one of the real tools."""
    real = shutil.which(tool)
    assert real
    (folder / "bin").mkdir()
    (folder / "bin" / tool).symlink_to(real)
    monkeypatch.setenv("PATH", str(folder / "bin"))


def squeezed(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("wide", [True, False], ids=["Unicode", "one byte a letter"])
def test_a_doc_is_read_by_each_tool(tool, wide, monkeypatch, tmp_path):
    machine_with(tool, monkeypatch, tmp_path)
    text = TEXT if wide else "Kinh gui cac to dan pho.\nDe nghi phat thanh 3 lan moi ngay tu ngay 5 thang 7."
    assert squeezed(read(doc_of(text, wide=wide))) == squeezed(text)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_doc_under_tcvn3_fonts_is_read_by_each_tool(tool, monkeypatch, tmp_path):
    machine_with(tool, monkeypatch, tmp_path)
    told = squeezed(read(doc_of(as_tcvn3(TEXT), wide=False)))
    assert [line.lower() for line in told] == [line.lower() for line in squeezed(TEXT)]


def test_a_machine_without_a_tool_says_what_to_do(monkeypatch, tmp_path):
    only(monkeypatch, tmp_path / "bin")
    assert reason_of(doc_of(TEXT)) == "dispatch_doc_unsupported"


def test_an_encrypted_doc_is_refused_before_any_tool_sees_it(monkeypatch, tmp_path):
    seen = tmp_path / "seen"
    only(monkeypatch, tmp_path / "bin", catdoc=f"echo > {seen}; cat /dev/stdin")
    assert reason_of(doc_of(TEXT, flags=0x0100)) == "dispatch_encrypted"
    assert not seen.exists()


def test_the_next_tool_is_asked_when_one_fails(monkeypatch, tmp_path):
    only(monkeypatch, tmp_path / "bin", catdoc="exit 1", antiword="echo 'Kính gửi: Các tổ dân phố'")
    assert lines(doc_of("x")) == ["Kính gửi: Các tổ dân phố"]


def test_a_tool_that_says_nothing_leaves_a_damaged_file(monkeypatch, tmp_path):
    only(monkeypatch, tmp_path / "bin", catdoc="exit 0")
    assert reason_of(doc_of(TEXT)) == "dispatch_damaged"


def test_columns_drawn_by_a_tool_are_read_one_after_the_other(monkeypatch, tmp_path):
    drawn = "echo '|ỦY BAN NHÂN DÂN |CỘNG HÒA    |'; echo '|PHƯỜNG AN LẠC   |Độc lập     |'; echo 'Kính gửi'"
    only(monkeypatch, tmp_path / "bin", antiword=drawn)
    assert lines(doc_of("x")) == ["ỦY BAN NHÂN DÂN", "PHƯỜNG AN LẠC", "CỘNG HÒA", "Độc lập", "Kính gửi"]


def test_a_tool_that_never_ends_is_ended(monkeypatch, tmp_path):
    monkeypatch.setattr(doc, "TOOL_SECONDS", 0.3)
    only(monkeypatch, tmp_path / "bin", catdoc="exec sleep 600")
    with pytest.raises(Exception, match="dispatch_damaged"):
        lines(doc_of(TEXT))


def test_a_tool_that_floods_is_cut_off_by_the_limits_of_the_child(monkeypatch, tmp_path):
    only(monkeypatch, tmp_path / "bin", catdoc="exec yes Kinh gui cac to dan pho")
    assert reason_of(doc_of(TEXT)) in {"dispatch_damaged", "dispatch_too_long", "dispatch_too_heavy"}


def test_a_tool_that_eats_memory_meets_the_limit_of_the_child(monkeypatch, tmp_path):
    eater = "exec python3 -c 'x = bytearray(400_000_000); print(\"Kinh gui \" * 9)'"
    only(monkeypatch, tmp_path / "bin", catdoc=eater)
    assert reason_of(doc_of(TEXT)) == "dispatch_damaged"


@pytest.mark.parametrize("stream", ["Workbook", "PowerPoint Document"])
def test_another_document_of_old_office_is_told_apart(stream):
    assert reason_of(ole_of({stream: b"x" * 5000})) == "dispatch_unreadable"


def test_the_file_is_handed_over_without_a_name_on_the_disk(monkeypatch, tmp_path):
    only(monkeypatch, tmp_path / "bin", catdoc='cat "$6" > /dev/null; echo "Kính gửi $6"')
    assert lines(doc_of("x")) == ["Kính gửi /dev/stdin"]
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]
