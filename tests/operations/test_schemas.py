"""The structs of the API keep up with what the station's nouns have."""

from dataclasses import fields

from scheduler.core.delivery import Shape
from scheduler.core.model import Campaign as CampaignRow
from scheduler.operations.requests import CampaignIn, ShapeIn
from scheduler.operations.schemas import schema_of
from scheduler.operations.serializers import Announcement, Campaign


def names(kind):
    return set(schema_of(kind)[0]["properties"])


def test_every_field_of_a_shape_can_be_sent_and_is_told():
    assert names(ShapeIn) == {one.name for one in fields(Shape)}
    assert set(schema_of(Announcement)[1]["Shape"]["properties"]) == names(ShapeIn)


def test_every_field_of_a_campaign_is_told_and_those_an_act_makes_cannot_be_sent():
    told = {"min_gap_ms" if one.name == "min_gap" else one.name for one in fields(CampaignRow)}
    assert told <= names(Campaign)
    by_acts = {"id", "state", "pauses", "rank", "replaces", "stopped_at"}
    assert names(CampaignIn) == told - by_acts
