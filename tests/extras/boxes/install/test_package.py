"""A station that names a broker and no box."""

from scheduler.config.loading import load


def test_a_station_that_names_none_of_them_needs_none(without, tmp_path, monkeypatch, capsys):
    without("nats")
    without("paho")
    path = tmp_path / "config.toml"
    path.write_text('[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n', encoding="utf-8")
    assert load(path)
