from dataclasses import fields
from pathlib import Path

import pytest

from scheduler.config.loading import Config, kind_of, load, parse, section_names
from scheduler.core.model import Window
from scheduler.kernel.errors import ConfigError

ROOT = Path(__file__).parents[2]


def _faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        parse(text, Path("/nowhere"))
    return error.value.faults


def test_no_file_means_embedded_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(None) == Config(folder=tmp_path)


def test_the_shipped_file_is_valid_and_says_the_defaults():
    shipped = load(ROOT / "config.toml")
    assert shipped == Config(folder=ROOT)


def test_every_fault_is_said_at_once():
    faults = _faults(
        """
        stattion = 1
        [web]
        prot = 80
        port = 99999
        threads = "nhiều"
        [station]
        time_zone = "Hà Nội"
        [quiet_hours]
        windows = ["21:00-05:00", "đêm"]
        [[output]]
        kind = "loa"
        """
    )
    assert len(faults) == 7
    told = "\n".join(faults)
    for name in ("stattion", "web.prot", "web.port", "web.threads", "station.time_zone", "quiet_hours.windows", "kind"):
        assert name in told


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        pytest.param("[web]\nprot = 1", '"web.port"', id="key"),
        pytest.param("[quiet_hour]\nwindows = []", '"quiet_hours"', id="section"),
        pytest.param("[speech]\nengine = []", '"speech.engines"', id="missing_plural"),
    ],
)
def test_an_unknown_name_comes_with_a_guess(text, guess):
    (fault,) = _faults(text)
    assert f"; có phải muốn viết {guess}?" in fault


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[web]\nport = true", id="bool_is_no_number"),
        pytest.param('[web]\nport = "80"', id="text_is_no_number"),
        pytest.param("[web]\nport = 80.5", id="float_is_no_integer"),
        pytest.param("web = 1", id="section_is_no_value"),
        pytest.param("[[web]]\nport = 80", id="section_stands_once"),
        pytest.param("[output]\nkind = 'null'", id="output_is_a_list"),
        pytest.param("output = []", id="no_output_at_all"),
        pytest.param("[quiet_hours]\nwindows = '21:00-05:00'", id="list_wanted"),
        pytest.param("[quiet_hours]\nwindows = ['05:00-05:00']", id="zero_length"),
        pytest.param("[quiet_hours]\nwindows = ['25:00-05:00']", id="no_such_hour"),
        pytest.param("[cap]\nweekdays = [7]", id="no_such_weekday"),
        pytest.param("[speech]\nengines = ['robot']", id="no_such_voice"),
        pytest.param("[audio]\ntarget_lufs = 3", id="too_loud"),
        pytest.param("this is not toml", id="no_toml"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(text):
    assert len(_faults(text)) == 1


def test_two_outputs_that_pace_are_refused_with_both_names():
    text = "[[output]]\nname = 'a'\nkind = 'soundcard'\n[[output]]\nname = 'b'\nkind = 'auto'"
    (fault,) = _faults(text)
    assert "a, b" in fault


def test_two_outputs_of_one_name_are_refused():
    (fault,) = _faults("[[output]]\nname = 'a'\nkind = 'null'\n[[output]]\nname = 'a'\nkind = 'wavfile'")
    assert '"a"' in fault


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read_is_said_so(tmp_path, content):
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError):
        load(path)


def test_a_file_with_a_byte_order_mark_reads(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("\ufeff[web]\nport = 8000\n", encoding="utf-8")
    assert load(path).web.port == 8000


def test_the_data_folder_is_relative_to_the_file(tmp_path):
    (tmp_path / "config.toml").write_text("[station]\ndata = 'kho'\n")
    assert load(tmp_path / "config.toml").data == tmp_path / "kho"


def test_rules_are_what_planner_and_gate_get(tmp_path):
    config = parse("[quiet_hours]\nwindows = ['21:30-05:15']\n[cap]\nsessions_a_day = 2\n", tmp_path)
    assert [str(window) for window in config.rules.quiet_hours.windows] == ["21:30-05:15"]
    assert isinstance(config.rules.quiet_hours.windows[0], Window)
    assert (config.rules.cap.sessions_a_day, config.rules.cap.minutes_a_session) == (2, None)


@pytest.mark.parametrize("name", section_names())
def test_every_key_has_a_help_sentence_and_a_valid_default(name):
    for item in fields(kind_of(name)):
        assert item.metadata["help"].endswith("."), item.name
        check = item.metadata["check"]
        assert check is None or check(item.default) is None, item.name
