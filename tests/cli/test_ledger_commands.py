"""`loa ledger`, `loa duty` and the answers of `loa dispatch` on a real station: tables and one JSON document."""

import json

import pytest
from click.testing import CliRunner

from scheduler.cli import loa
from scheduler.core.model import AiringOutcome
from scheduler.kernel.errors import Refused
from scheduler.store import Ending
from tests.conftest import DAY
from tests.services.dispatch.test_dispatch_answers import DOUBTFUL, FIRST, STOP, took_in


@pytest.fixture
def told(station, tmp_path):
    """What a command prints for the station of the test."""
    (tmp_path / "config.toml").write_text("[station]\ndata = 'data'\n")

    def run(*words: str) -> str:
        done = CliRunner().invoke(
            loa, ["--config", str(tmp_path / "config.toml"), "--as", "lan", *words], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


@pytest.fixture
def dispatch_id(station, lan):
    return took_in(station, lan, FIRST)


def test_the_account_of_a_dispatch_as_a_table_and_as_json(station, cast, told, dispatch_id):
    cast.running(cast.approved(), base=2, dispatch_id=dispatch_id)
    first = station.repos.slots.of_day(DAY)[0]
    station.repos.slots.close(first.id, Ending(AiringOutcome.PLAYED, "", first.start, first.end, 3000), first.end)
    whole = json.loads(told("ledger", "show", str(dispatch_id), "--json"))
    [day] = whole["days"]
    assert (day["day"], day["ordered"], day["aired"]) == (DAY.isoformat(), 2, 1)
    assert day["ordered"] == day["aired"] + day["made_good"] + day["owed"] + sum(day["written_off"].values())
    assert day["aired_minutes"] == 0.05
    assert whole["number_symbol"] == "12/UBND-VHXH"
    assert whole["baseline"]["source"] == "none"
    table = told("ledger", "show", str(dispatch_id))
    assert "02/12/2026" in table
    assert "Cộng" in table
    assert "hãy khai bằng loa ledger baseline" in table


def test_what_was_before_is_stated_and_told_with_its_source(told, dispatch_id):
    told("ledger", "baseline", str(dispatch_id), "12.5", "--note", "sổ tháng 10")
    assert "12.5 phút mỗi ngày, do Lan khai" in told("ledger", "show", str(dispatch_id))
    baseline = json.loads(told("ledger", "show", str(dispatch_id), "--json"))["baseline"]
    assert (baseline["source"], baseline["minutes_a_day"], baseline["stated_by"]) == ("stated", 12.5, "Lan")


def test_duties_are_listed_and_marked(told, dispatch_id):
    duties = json.loads(told("duty", "list", str(dispatch_id), "--json"))
    assert duties[0]["channel"] == "loudspeaker"
    assert "đang làm" in told("duty", "mark", str(dispatch_id), "1", "doing", "--note", "đã lập đợt")
    assert "đã lập đợt" in told("duty", "list")
    told("duty", "mark", str(dispatch_id), "1", "done")
    assert json.loads(told("duty", "list", "--open", "--json")) == duties[1:]


def test_doubts_are_told_and_confirmed(station, lan, told):
    doubtful = took_in(station, lan, DOUBTFUL)
    found = json.loads(told("dispatch", "doubts", str(doubtful), "--json"))
    assert "number" in {one["field"] for one in found}
    assert "chưa xác nhận" in told("dispatch", "doubts", str(doubtful))
    ordinals = [str(one["ordinal"]) for one in found]
    assert "Còn chưa xác nhận: không" in told("dispatch", "confirm", str(doubtful), *ordinals)
    assert {one["answered_by"] for one in json.loads(told("dispatch", "doubts", str(doubtful), "--json"))} == {"Lan"}


def test_an_order_about_an_earlier_dispatch_is_shown_and_obeyed(station, cast, lan, told, dispatch_id):
    campaign_id = cast.running(cast.approved(), title="Đợt cũ", dispatch_id=dispatch_id)
    stop = took_in(station, lan, STOP)
    [act] = json.loads(told("dispatch", "acts", str(stop), "--json"))
    assert (act["kind"], act["campaign_ids"], act["done_at"]) == ("stop", [campaign_id], None)
    assert "Đợt cũ" in told("dispatch", "acts", str(stop))
    assert str(campaign_id) in told("dispatch", "obey", str(stop), "1")
    assert json.loads(told("dispatch", "acts", str(stop), "--json"))[0]["done_by"] == "Lan"


def test_an_order_that_hits_nothing_wants_an_answer(station, lan, told):
    stop = took_in(station, lan, STOP)
    with pytest.raises(Refused, match="act_no_campaign"):
        told("dispatch", "obey", str(stop), "1")
    assert "không có" in told("dispatch", "obey", str(stop), "1", "--none")
