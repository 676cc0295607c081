"""What config.toml may say of boxes: every fault at once, in words, before anything runs."""

import pytest

from scheduler.config.loading import parse
from scheduler.extras.boxes.keys import BoxConfig, ClusterConfig
from scheduler.kernel.errors import ConfigError

KEY = "ab" * 32
BOX = f'[mqtt]\nurl = "mqtt://127.0.0.1:1883"\n[box]\nid = "c1"\nward_id = "25771"\nward_key = "{KEY}"\npage_url = "http://127.0.0.1:8080"\n'
WARD = '[mqtt]\nurl = "mqtts://mqtt.phuong:8883"\n[[cluster]]\nid = "c1"\nzones = ["all"]\n'


def faults(text, tmp_path):
    with pytest.raises(ConfigError) as caught:
        parse(text, tmp_path)
    return "\n".join(caught.value.faults)


@pytest.mark.parametrize("text", [BOX, WARD])
def test_what_a_ward_and_a_box_write_is_read(text, tmp_path):
    config = parse(text, tmp_path)
    assert bool(config.get(BoxConfig).id) is (text is BOX)
    assert len(config.all(ClusterConfig)) == (text is WARD)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WARD.replace('"c1"', '""'), '"cluster.id" không được để trống'),
        (WARD.replace('"c1"', '"a/b"'), "chữ không dấu"),
        (WARD.replace('"c1"', '"+"'), "chữ không dấu"),
        (WARD + '[[cluster]]\nid = "c1"\n', "hai cụm loa cùng tên"),
        (WARD.replace("mqtts://mqtt.phuong:8883", "http://x"), "mqtt://192.168.1.2:1883"),
        (WARD + 'kind = "vendor"\n', '"mqtt.page_url"'),
        (WARD.replace('["all"]', '["dong"]'), 'kind = "null"'),
        (WARD.replace('["all"]', '[""]'), "không được để trống"),
        (WARD + 'public_key = "xyz"\n', "64 chữ số"),
        (BOX.replace('ward_id = "25771"\n', ""), '"box.ward_id"'),
        (BOX.replace(KEY, "short"), "64 chữ số"),
        (BOX + '[[cluster]]\nid = "c2"\n', "không thể là cả hai"),
        ('[[zone]]\nname = "a"\ndelay_seconds = 11\n', "delay_seconds"),
    ],
)
def test_what_cannot_be_is_told_in_words(text, told, tmp_path):
    assert told in faults(text, tmp_path)


def test_a_zone_where_only_a_box_sounds_has_an_output_that_keeps_the_plan(tmp_path):
    text = (
        WARD.replace('["all"]', '["dong"]')
        + '[[output]]\nname = "hop"\nkind = "null"\ncounts = true\nzones = ["dong"]\n'
    )
    assert "dong" in parse(text, tmp_path).zone_names


def test_an_output_starts_as_late_as_the_latest_of_its_zones(tmp_path):
    text = """
[[output]]
name = "a"
kind = "null"
counts = true
zones = ["nam", "bac"]
[[output]]
name = "b"
kind = "wavfile"
counts = true
zones = ["nam"]
[[zone]]
name = "bac"
delay_seconds = 1.5
[[zone]]
name = "nam"
"""
    config = parse(text, tmp_path)
    assert {name: delay.total_seconds() for name, delay in config.delays.items()} == {"a": 1.5}
    assert [config.rules.delay_of(zone).total_seconds() for zone in ("all", "bac", "nam")] == [1.5, 1.5, 0.0]
