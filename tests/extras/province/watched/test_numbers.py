"""The line to the province in numbers: up only while its process lives and was answered last."""

from scheduler.extras.province.keys import ProvinceConfig
from scheduler.operations.numbers import station_numbers
from tests.services.station.test_checkup_links import beats


def test_the_line_is_up_while_its_process_lives_and_was_answered_last(opened, clock):
    station = opened(ProvinceConfig(url="https://tinh.example.vn"))

    def found(name):
        return next(one.values for one in station_numbers(station) if one.name == name)

    assert (found("loa_link_up"), found("loa_link_heard_timestamp_seconds")) == ({("province",): False}, {})
    beats(station, "province", reached_at=clock.now().isoformat())
    assert found("loa_link_up") == {("province",): True}
    assert found("loa_link_heard_timestamp_seconds") == {("province",): clock.now().timestamp()}
    assert found("loa_link_outbox") == {("province",): 0}
    clock.advance(100)
    assert found("loa_link_up") == {("province",): False}
