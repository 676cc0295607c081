"""The shapes of the document keep up with what the station's nouns have."""

from dataclasses import fields

import web.api  # noqa: F401 - fills the table
from scheduler.core.delivery import Shape
from scheduler.core.model import Campaign
from web.api.shapes import COMPONENTS


def test_every_field_of_a_shape_can_be_sent_and_is_told():
    names = {one.name for one in fields(Shape)}
    assert set(COMPONENTS["ShapeIn"]["properties"]) == names
    assert set(COMPONENTS["Shape"]["properties"]) == names


def test_every_field_of_a_campaign_is_told_and_those_an_act_makes_cannot_be_sent():
    told = {"min_gap_ms" if one.name == "min_gap" else one.name for one in fields(Campaign)}
    assert told <= set(COMPONENTS["Campaign"]["properties"])
    by_acts = {"id", "state", "pauses", "rank", "replaces", "stopped_at"}
    assert set(COMPONENTS["CampaignIn"]["properties"]) == told - by_acts
