"""Image and compose files, held against rules; test_image.py builds and runs them."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from scheduler.config import loading as config
from scheduler.core.model import DEFAULT_ZONE

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
SECRET = re.compile(r"(?i)(pass(word|phrase)?|secret|token|mat.khau)\s*[:=]\s*\S|-----BEGIN|\bSU[A-Z2-7]{56}\b")


def instructions(text):
    """The Dockerfile's (word, rest), continuation lines joined."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^\s*#.*\n", "", text))
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def image():
    return instructions((DEPLOY / "Dockerfile").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def last_stage(image):
    start = max(number for number, (word, _) in enumerate(image) if word == "FROM")
    return image[start:]


class TestImage:
    def test_knows_only_words_of_a_dockerfile(self, image):
        known = {"FROM", "WORKDIR", "RUN", "COPY", "LABEL", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK"}
        assert {word for word, _ in image} <= known | {"ENTRYPOINT", "CMD"}

    def test_stands_on_a_base_of_one_exact_version(self, image):
        bases = [rest.split()[0] for word, rest in image if word == "FROM"]
        assert len(set(bases)) == 1
        assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases[0])

    def test_does_not_run_as_root(self, image):
        stage = last_stage(image)
        users = [rest for word, rest in stage if word == "USER"]
        assert users == ["10640:10640"], "by number: whoever runs it can see that it is not root"
        behind = [word for word, _ in stage[[word for word, _ in stage].index("USER") :]]
        assert "RUN" not in behind
        assert re.search(r"useradd --uid 10640 --gid loa ", "".join(rest for word, rest in stage if word == "RUN"))

    def test_says_how_to_see_whether_it_lives_and_how_it_ends(self, image):
        words = dict(last_stage(image))
        asked = json.loads(words["HEALTHCHECK"].partition("CMD ")[2])
        files = [
            yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
            for name in ("compose.yaml", "ward.compose.yaml")
        ]
        tests = [
            file["services"][name]["healthcheck"]["test"] for file, name in zip(files, ("hub", "ward"), strict=True)
        ]
        assert tests == [["CMD", *asked]] * 2, "an image of the kind that podman makes holds none of its own"
        assert words["ENTRYPOINT"] == '["tini", "--", "loa"]'
        assert words["CMD"] == '["run"]'

    def test_keeps_no_lists_of_packages_and_installs_nothing_that_is_not_asked_for(self, image):
        for word, rest in image:
            if word == "RUN" and "apt-get install" in rest:
                assert "--no-install-recommends" in rest
                assert "rm -rf /var/lib/apt/lists/*" in rest
            if word == "RUN" and "pip install" in rest:
                assert "--no-cache-dir" in rest
                assert "--no-deps" in rest

    def test_copies_what_is_there_and_nothing_else_reaches_it(self, image):
        copied = [rest.split()[:-1] for word, rest in image if word == "COPY" and "--from" not in rest]
        names = [name for names in copied for name in names]
        assert [name for name in names if not (ROOT / name).exists()] == []
        let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        assert "*" in let_in
        assert sorted(line[1:] for line in let_in if line.startswith("!")) == sorted(names)

    def test_holds_no_secret(self):
        assert not SECRET.search((DEPLOY / "Dockerfile").read_text(encoding="utf-8"))


class TestCompose:
    @pytest.mark.parametrize("name", ["hub", "broker"])
    def test_gives_a_service_nothing_it_does_not_need(self, compose, name):
        service = compose["services"][name]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["read_only"] is True
        assert service["restart"] == "unless-stopped"
        assert "privileged" not in service
        assert service.get("network_mode") != "host"

    def test_names_every_image_by_an_exact_version(self, compose):
        images = {name: service["image"] for name, service in compose["services"].items()}
        assert images["hub"] == f"loa-phuong:{VERSION}"
        assert re.fullmatch(r"nats:2\.\d+\.\d+-alpine", images["broker"])

    def test_opens_the_page_to_this_machine_only_and_the_monitor_to_nobody(self, compose):
        assert all(port.startswith("127.0.0.1:") for port in compose["services"]["hub"]["ports"])
        assert compose["services"]["broker"]["ports"] == ["4222:4222"]

    def test_runs_the_broker_as_a_user_who_may_read_the_accounts_and_not_write_them(self, compose):
        broker = compose["services"]["broker"]
        user, group = broker["user"].split(":")
        assert user != "0"
        made = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
        assert f"groupadd --gid {group} loa" in made
        assert f"-o {user} -g loa -m 750 /var/lib/loa-broker-js" in made
        assert "accounts:/var/lib/loa-broker:ro" in broker["volumes"]

    def test_holds_no_secret(self):
        assert not SECRET.search((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


class TestWard:
    @pytest.fixture
    def whole(self):
        return yaml.safe_load((DEPLOY / "ward.compose.yaml").read_text(encoding="utf-8"))

    @pytest.fixture
    def ward(self, whole):
        return whole["services"]["ward"]

    def test_gets_a_sound_card_and_nothing_else_it_does_not_need(self, ward):
        assert (ward["devices"], ward["group_add"]) == (["/dev/snd:/dev/snd"], ["29"])
        assert ward["cap_drop"] == ["ALL"]
        assert ward["security_opt"] == ["no-new-privileges:true"]
        assert ward["read_only"] is True
        assert "privileged" not in ward
        assert all(port.startswith("127.0.0.1:") for port in ward["ports"])

    def test_is_the_image_of_this_release(self, ward):
        assert ward["image"] == f"loa-phuong:{VERSION}"

    def test_keeps_its_data_in_a_volume(self, whole, ward):
        assert "ward-data:/var/lib/loa-phuong" in ward["volumes"]
        assert "ward-data" in whole["volumes"]

    def test_finds_the_libraries_of_both_sound_systems_in_the_image(self, image):
        installed = " ".join(rest for word, rest in last_stage(image) if word == "RUN").split()
        assert {"libasound2", "libpulse0"} <= set(installed)


def test_the_example_of_a_hub_is_a_configuration_without_a_fault():
    read = config.load(DEPLOY / "hub.example.toml")
    assert read.value("hub", "url").startswith("tls://")
    assert read.backup.passphrase_file, "a hub's backups hold the key its wards trust"
    assert read.outputs[0].zones == (DEFAULT_ZONE,)


class TestProxy:
    """Its file held against what the page needs; test_proxy.py runs it."""

    @pytest.fixture
    def text(self):
        return (DEPLOY / "Caddyfile").read_text(encoding="utf-8")

    def test_has_as_many_opening_braces_as_closing_ones_each_at_its_place(self, text):
        depth = 0
        for line in text.splitlines():
            bare = re.sub(r"#.*", "", line).strip()
            depth -= bare == "}"
            if bare and depth >= 0:
                indent = len(line) - len(line.lstrip("\t"))
                assert indent == depth, line
            depth += bare.endswith("{")
        assert depth == 0

    def test_passes_the_live_line_on_at_once_and_lets_it_stay_open(self, text):
        assert re.search(r"flush_interval -1", text)
        assert re.search(r"read_timeout 1h", text)

    def test_lets_the_largest_upload_through(self, text):
        from scheduler.config.loading import AudioConfig

        most = int(re.search(r"max_size (\d+)MB", text)[1])
        assert most > AudioConfig().max_upload_mb

    def test_reaches_the_page_where_it_listens(self, text):
        from scheduler.config.loading import WebConfig

        assert f"reverse_proxy 127.0.0.1:{WebConfig().port} " in text
