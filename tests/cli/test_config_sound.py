"""[[horn]] and [chime]: what is taken, what is refused and how, and which output gets which profile."""

import pytest

from scheduler.config.loading import parse
from scheduler.kernel.errors import ConfigError

HEP = "[[horn]]\nname = 'hep'\nhigh_hz = 3500\n"


def horns(text, tmp_path):
    return {output: profile.name for output, profile in parse(text, tmp_path).horn_of.items()}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", {}, id="nobody_has_one_unless_told"),
        pytest.param("[[output]]\nhorn = 'loa-nen'\n", {"loa": "loa-nen"}, id="the_built_in_one_needs_no_table"),
        pytest.param(HEP + "[[output]]\nhorn = 'hep'\n", {"loa": "hep"}, id="one_of_ones_own"),
        pytest.param(HEP + "[[output]]\nhorn = 'loa-nen'\n", {"loa": "loa-nen"}, id="the_built_in_one_beside_it"),
        pytest.param(
            HEP + "[[output]]\nzones = ['bac']\n[[zone]]\nname = 'bac'\nhorn = 'hep'\n", {"loa": "hep"}, id="the_zones"
        ),
        pytest.param(
            HEP + "[[output]]\nzones = ['bac']\nhorn = 'none'\n[[zone]]\nname = 'bac'\nhorn = 'hep'\n", {}, id="none"
        ),
    ],
)
def test_outputs_have_the_profiles_that_the_configuration_says(text, told, tmp_path):
    assert horns(text, tmp_path) == told


def test_a_profile_is_levelled_to_the_stations_loudness_and_what_it_is_louder_by(tmp_path):
    text = (
        "[audio]\ntarget_lufs = -18\nmax_true_peak_dbtp = -2\n[[horn]]\nlouder_db = 3\n[[output]]\nhorn = 'loa-nen'\n"
    )
    profile = parse(text, tmp_path).horn_of["loa"]
    assert (profile.target_lufs, profile.max_true_peak_dbtp) == (-15.0, -2.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[output]]\nhorn = 'hep'\n", 'kiểu loa nén lạ "hep"; có: loa-nen, none'),
        ("[[zone]]\nname = 'bac'\nhorn = 'hep'\n", '"zone.horn" của "bac"'),
        (HEP + HEP, 'hai kiểu loa nén cùng tên "hep"'),
        ("[[horn]]\nname = 'none'\n", '"horn.name" không được là "none"'),
        ("[[horn]]\nlow_hz = 20\n", "phải từ 50 đến 1000"),
        ("[[horn]]\nratio = 0.5\n", "phải từ 1 đến 6"),
        ("[horn]\nlow_hz = 300\n", "phải viết là [[horn]]"),
        ("[[horn]]\nlow = 300\n", 'có phải muốn viết "horn 1.low_hz"'),
    ],
)
def test_a_fault_is_said_so_that_it_can_be_mended(text, told, tmp_path):
    with pytest.raises(ConfigError) as raised:
        parse(text, tmp_path)
    assert told in str(raised.value)


def test_config_show_tells_the_built_in_profile(config, tmp_path):
    from click.testing import CliRunner

    from scheduler.cli import loa

    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    told = CliRunner().invoke(loa, ["--config", str(tmp_path / "config.toml"), "config", "show"])
    assert told.exit_code == 0, told.output
    assert "[[horn]]\nname = 'loa-nen'" in told.output
    assert "[chime]\nopen = 'three-notes'" in told.output
