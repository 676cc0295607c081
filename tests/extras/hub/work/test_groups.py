"""Groups of a ward are changed at the town: the ward hears of it, follows, and is reached as one of its group."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.extras.hub.service.groups import HOLDS
from scheduler.extras.hub.service.issues import IssueOrder
from scheduler.extras.hub.service.wards import NewWard
from scheduler.extras.town.broker import keys
from scheduler.extras.town.keys import TownConfig
from scheduler.extras.town.rules.envelope import Kind
from scheduler.extras.town.service.town import TownService
from scheduler.kernel.errors import NotPermitted, Refused
from scheduler.station import Station
from tests.extras.hub.work.test_real_ward import linked, ward  # noqa: F401 - a fixture
from tests.waiting import until

WARD = "26734"


def told_of(town, ward_id=WARD):
    """What was issued to a ward about its groups, in order."""
    sql = "SELECT envelope FROM hub_issue WHERE kind = 'groups' ORDER BY sequence"
    found = [json.loads(json.loads(row["envelope"])["signed"]) for row in town.station.repos.store.rows(sql)]
    return [one["body"]["groups"] for one in found if one["targets"] == [f"ward.{ward_id}"]]


def test_a_real_ward_takes_its_new_groups_and_follows_them_without_a_restart(town, ward, cast):  # noqa: F811
    hub, number = town.services, cast.approved()
    with linked(ward):
        until(lambda: town.state(WARD) != "cut_off")
        hub.change_ward(town.admin, NewWard(WARD, "Phường Thật", ("nam", "bac")))
        until(lambda: not hub.ward(WARD).groups_untold)
        assert ward.config.get(TownConfig).groups == ("nam", "bac")
        assert hub.groups_answer(WARD).state == "approved"
        order = IssueOrder(Kind.ANNOUNCEMENT, town.station.clock.now() + timedelta(hours=1), number, ("group.nam",))
        issue = hub.issue(town.admin, order)
        assert hub.issued(issue)[0].issue.targets == ("group.nam",)  # as one message: every ward of it knows
        until(lambda: hub.issued(issue)[0].heard_of == 1)
        assert ward.services.get(TownService).rows.of_issue(issue).subject == "dispatch.group.nam"
        hub.put_groups(town.admin, WARD, ("bac",))
        until(lambda: hub.ward(WARD).told_groups == ("bac",))
        until(lambda: town.state(WARD) != "cut_off")
        assert ward.config.get(TownConfig).groups == ("bac",)
    assert told_of(town) == [["nam", "bac"], ["bac"]]


def test_until_it_has_taken_them_what_is_for_the_group_goes_to_it_by_name(town, ward, cast):  # noqa: F811
    hub, number = town.services, cast.approved()
    hub.put_groups(town.admin, WARD, ("nam",))
    order = IssueOrder(Kind.ANNOUNCEMENT, town.station.clock.now() + timedelta(hours=1), number, ("group.nam",))
    issue = hub.issue(town.admin, order)
    assert hub.issued(issue)[0].issue.targets == (f"ward.{WARD}",)
    assert hub.ward(WARD).groups_untold
    with linked(ward):  # it comes back, hears both
        until(lambda: hub.issued(issue)[0].heard_of == 1 and not hub.ward(WARD).groups_untold)
    assert ward.config.get(TownConfig).groups == ("nam",)


def test_a_place_in_the_accounts_that_is_written_late_is_asked_for_again(town, ward, cast, monkeypatch):  # noqa: F811
    """The ward knows of its group before the broker lets it listen: refused at first, heard live in the end."""
    from scheduler.extras.town.work import conversation

    monkeypatch.setattr(conversation, "LEAST_LOOK", 0.2)
    hub = town.services
    text = hub.conf.text()
    monkeypatch.setattr(hub.conf, "text", lambda: text)  # the file stays as it was
    with linked(ward) as link:
        link_look(link)
        until(lambda: town.state(WARD) != "cut_off")
        hub.put_groups(town.admin, WARD, ("bac", "nam"))
        until(lambda: any("live.dispatch.group.nam" in told for told in link.state.forbidden))
        monkeypatch.undo()
        until(hub.conf.is_current)
        until(lambda: look(link) and not link.state.forbidden)


def link_look(link):
    """The link looks at its log when it is asked, so that no test waits for its own half minute."""
    assert link.look_now() is None


def look(link):
    link.look_now()
    return True


def test_a_ward_whose_file_says_its_groups_answers_why(town, ward):  # noqa: F811
    told_by_file = Station.open(replace(ward.written, written=frozenset({"town.groups"})), ward.clock)
    with linked(told_by_file):
        town.services.put_groups(town.admin, WARD, ("nam",))
        until(lambda: town.services.groups_answer(WARD) and town.services.groups_answer(WARD).state == "refused")
    assert town.services.groups_answer(WARD).reason == "setting_in_file"
    assert town.services.ward(WARD).groups_untold
    told_by_file.close()


# Without a broker


def answered(town, ward_id, issue_id, state="approved", row=1):
    """The ward's word on an issue, as the process `hub` hears it."""
    from scheduler.extras.hub.service.intake import Up
    from scheduler.extras.town.rules.envelope import Told, UpKind, up_body

    body = {"id": issue_id, "state": state}
    raw = up_body(Told(ward_id, row, UpKind.ACK, town.station.clock.now(), body))
    town.services.intake.take([Up(f"up.{ward_id}.ack", raw)])


def ids(town):
    sql = "SELECT id FROM hub_issue WHERE kind = 'groups' ORDER BY sequence"
    return [row["id"] for row in town.station.repos.store.rows(sql)]


def test_only_who_manages_wards_changes_them_and_only_groups_that_can_be(desk_of_town, cast):
    town = desk_of_town
    town.ward("1", "bac")
    with pytest.raises(NotPermitted):
        town.services.put_groups(cast.lan, "1", ("nam",))
    with pytest.raises(Refused, match="group_invalid"):
        town.services.put_groups(town.admin, "1", ("Nam *",))
    assert told_of(town, "1") == []


def test_another_name_or_the_same_groups_tell_nothing_and_a_ward_that_never_came_in_is_told_when_it_does(desk_of_town):
    town = desk_of_town
    town.ward("1", "bac")
    town.services.change_ward(town.admin, NewWard("1", "Tên Khác", ("bac",)))
    town.services.add_ward(town.admin, NewWard("2", "Chưa vào", ("bac",)))
    town.services.put_groups(town.admin, "2", ("nam",))
    town.services.revoke(town.admin, "1")
    town.services.put_groups(town.admin, "1", ("nam",))
    assert ids(town) == []


def test_an_answer_to_an_older_word_does_not_count_for_the_newer(desk_of_town):
    town = desk_of_town
    town.ward("1", "bac")
    town.services.put_groups(town.admin, "1", ("nam",))
    town.services.put_groups(town.admin, "1", ("dong",))
    first, second = ids(town)
    answered(town, "1", first, row=1)
    assert town.services.ward("1").told_groups == ("nam",)
    assert town.services.ward("1").groups_untold
    answered(town, "1", second, row=2)
    assert town.services.ward("1").told_groups == ("dong",)
    answered(town, "1", first, row=3)  # published again after a loss, and answered again
    assert town.services.ward("1").told_groups == ("dong",)


def test_the_word_of_another_ward_counts_for_nothing(desk_of_town):
    town = desk_of_town
    town.ward("1", "bac")
    town.ward("2", "bac")
    town.services.put_groups(town.admin, "1", ("nam",))
    answered(town, "2", *ids(town))
    assert town.services.ward("1").groups_untold
    assert town.services.ward("2").told_groups == ("bac",)


def test_a_ward_that_comes_in_anew_is_told_anew_where_an_older_word_still_lies_in_the_broker(desk_of_town):
    town = desk_of_town
    town.ward("1", "bac")
    town.services.put_groups(town.admin, "1", ("nam",))
    town.services.revoke(town.admin, "1")
    town.services.put_groups(town.admin, "1", ("dong",))
    town.services.join(town.services.new_code(town.admin, "1"), keys.public_of(keys.new_seed()))
    assert told_of(town, "1") == [["nam"], ["dong"]]
    answered(town, "1", ids(town)[0])  # of before it came in
    assert town.services.ward("1").told_groups == ("dong",)


def test_a_word_that_was_never_answered_is_told_again_when_it_holds_no_longer(desk_of_town):
    town = desk_of_town
    town.ward("1", "bac")
    town.services.put_groups(town.admin, "1", ("nam",))
    assert town.services.tell_groups() == 0  # it is under way
    old = (town.station.clock.now() - timedelta(seconds=1)).isoformat(timespec="microseconds")
    with town.station.repos.store.write() as db:
        db.conn.execute("UPDATE hub_issue SET expires = ?", (old,))
    assert (town.services.tell_groups(), town.services.tell_groups()) == (1, 0)
    assert told_of(town, "1") == [["nam"], ["nam"]]
    assert timedelta(days=30) == HOLDS


def test_words_on_groups_do_not_push_what_was_issued_off_the_list(desk_of_town):
    town = desk_of_town
    town.ward("1", "bac")
    town.services.put_groups(town.admin, "1", ("nam",))
    test = town.services.issue_test(town.admin)
    assert [one.issue.id for one in town.services.issues()] == [test]
