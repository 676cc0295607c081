"""The ward's rule about the town: tables of who may what, and what holds whatever an envelope says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.model import DEFAULT_ZONE, Priority
from scheduler.extras.town.rules.envelope import Act, Clip, Envelope, Kind, Moment, Status
from scheduler.extras.town.rules.routing import Entry, Issuer, Policy, Way, entry_of, zones_of

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
KEY, ID = "a" * 64, "01930000-0000-7000-8000-000000000000"
ZONES = (DEFAULT_ZONE, "Ven sông", "Chợ")


def an_envelope(**changes: object) -> Envelope:
    told: dict[str, object] = {
        "id": ID,
        "kind": Kind.ANNOUNCEMENT,
        "act": Act.ALERT,
        "status": Status.ACTUAL,
        "sequence": 1,
        "issuer": KEY,
        "sent": NOW,
        "expires": NOW + timedelta(hours=1),
        "text": "Hồ xả lũ.",
    }
    return Envelope(**(told | changes))  # type: ignore[arg-type]  # a table of fields


def way(
    *, may: bool = True, override: bool = False, rule: str = "air", session: str = "next_session", caps: str = "tighten",
    hub: datetime | None = None, **changes: object,
) -> Entry:  # fmt: skip
    issuer = Issuer(KEY, "Thị xã", may_emergency=may, may_override=override)
    return entry_of(an_envelope(**changes), issuer, Policy(rule, session, caps, ZONES), Moment(NOW, hub))


E, P, N = Priority


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        pytest.param({"priority": E}, Way.AIR, id="trusted, and the ward lets it"),
        pytest.param({"priority": E, "may": False}, Way.INBOX, id="not trusted for it"),
        pytest.param({"priority": E, "rule": "ask"}, Way.INBOX, id="the ward asks"),
        pytest.param({"priority": E, "text": ""}, Way.INBOX, id="nothing to say"),
        pytest.param({"priority": E, "zones": ("Núi",)}, Way.AIR, id="an unknown zone holds up no emergency"),
        pytest.param({"priority": E, "zones": ("Chợ", "Ven sông")}, Way.AIR, id="nor do several"),
        pytest.param({"priority": P, "zones": ("Chợ", "Ven sông")}, Way.SESSION, id="priority in several zones"),
        pytest.param({"priority": P, "zones": ("Chợ", "Núi")}, Way.SESSION, id="priority in a zone it has and one it has not"),
        pytest.param({"priority": E, "status": Status.EXERCISE}, Way.DRILL, id="an exercise"),
        pytest.param({"priority": E, "status": Status.EXERCISE, "may": False}, Way.INBOX, id="an exercise, untrusted"),
        pytest.param({"priority": P, "status": Status.EXERCISE}, Way.DRILL, id="an exercise of less"),
        pytest.param({"status": Status.EXERCISE, "rule": "ask"}, Way.INBOX, id="an exercise, and the ward asks"),
        pytest.param({"priority": E, "status": Status.TEST}, Way.NOTE, id="a test"),
        pytest.param({"priority": P}, Way.SESSION, id="priority"),
        pytest.param({"priority": P, "may": False}, Way.SESSION, id="priority needs no trust for emergencies"),
        pytest.param({"priority": P, "session": "ask"}, Way.INBOX, id="priority, and the ward asks"),
        pytest.param({"priority": P, "zones": ("Núi",)}, Way.INBOX, id="priority with a doubt"),
        pytest.param({"priority": N}, Way.INBOX, id="normal"),
        pytest.param({"priority": N, "legal_basis": "QĐ 1"}, Way.INBOX, id="a basis without the right"),
        pytest.param({"priority": N, "legal_basis": "QĐ 1", "override": True}, Way.SESSION, id="a basis with the right"),
        pytest.param({"priority": N, "legal_basis": " ", "override": True}, Way.INBOX, id="a right without a basis"),
        pytest.param(
            {"priority": E, "legal_basis": "QĐ 1", "override": True, "may": False}, Way.INBOX,
            id="a basis is no right to emergencies",
        ),
        pytest.param({"kind": Kind.CAPS}, Way.TAKE, id="caps, by rule"),
        pytest.param({"kind": Kind.CAPS, "caps": "ask"}, Way.INBOX, id="caps, and the ward asks"),
        pytest.param({"kind": Kind.CAPS, "status": Status.EXERCISE}, Way.INBOX, id="caps of an exercise"),
        pytest.param({"kind": Kind.CAMPAIGN, "priority": E}, Way.INBOX, id="a campaign is a proposal"),
        pytest.param({"kind": Kind.LEXICON}, Way.INBOX, id="a word list"),
        pytest.param({"kind": Kind.GROUPS, "may": False, "caps": "ask"}, Way.TAKE, id="groups are the town's to say"),
        pytest.param({"kind": Kind.GROUPS, "hub": NOW + timedelta(days=1)}, Way.TAKE, id="groups, and a clock is wrong"),
        pytest.param({"kind": Kind.GROUPS, "status": Status.EXERCISE}, Way.NOTE, id="groups of an exercise"),
        pytest.param({"kind": Kind.STOP, "references": (ID,), "may": False, "rule": "ask"}, Way.STOP, id="a stop"),
        pytest.param({"act": Act.CANCEL, "references": (ID,), "may": False}, Way.STOP, id="a cancel"),
        pytest.param({"kind": Kind.TEST}, Way.NOTE, id="a test of the line"),
        pytest.param({"priority": E, "sent": NOW + timedelta(minutes=10)}, Way.AIR, id="just within the clocks' slack"),
        pytest.param({"priority": E, "sent": NOW + timedelta(minutes=11)}, Way.INBOX, id="sent in the future"),
        pytest.param(
            {"priority": E, "sent": NOW + timedelta(hours=3), "hub": NOW + timedelta(hours=3), "expires": NOW + timedelta(hours=4)}, Way.AIR,
            id="in the future of a hub whose clock is known to be ahead" ),
        pytest.param({"priority": E, "hub": NOW + timedelta(hours=1)}, Way.INBOX, id="expired by the hub's clock"),
    ],
)  # fmt: skip
def test_the_way_of_a_word_from_above(facts, found):
    assert way(**facts).way is found


def test_where_it_is_for():
    assert way(zones=("ven sông",)).zones == ("Ven sông",)
    assert way(zones=("Ven sông", "Chợ", "chợ")).zones == ("Ven sông", "Chợ")
    assert way(zones=("all", "Chợ")).zones == (DEFAULT_ZONE,)
    assert way(zones=("Núi",)).zones == (DEFAULT_ZONE,)
    assert [code for code, _ in way(zones=("Núi",)).doubts] == ["town_zone_unknown"]
    some = way(zones=("Ven sông", "Núi", "Đồi"))
    assert (some.zones, some.doubts) == (("Ven sông",), (("town_zones_some", {"zones": "Núi, Đồi"}),))


@pytest.mark.parametrize(
    ("heard_by", "zones", "doubts"),
    [
        pytest.param({"Ven sông": {"a"}, "Chợ": {"b"}}, ("Ven sông", "Chợ"), [], id="loudspeakers of their own"),
        pytest.param({"Ven sông": {"a"}, "Chợ": {"a", "b"}}, ("Chợ",), [], id="one lies in the other"),
        pytest.param({"Ven sông": {"a"}, "Chợ": {"a"}}, ("Ven sông",), [], id="the same loudspeakers"),
        pytest.param(
            {"Ven sông": {"a", "b"}, "Chợ": {"b", "c"}}, (DEFAULT_ZONE,), ["town_zones_many"],
            id="a loudspeaker in both, and each with one of its own",
        ),
        pytest.param({"Chợ": {"b"}}, ("Ven sông", "Chợ"), [], id="a zone that has none"),
    ],
)  # fmt: skip
def test_no_loudspeaker_says_it_twice_and_none_that_is_named_is_left_out(heard_by, zones, doubts):
    told = {zone: frozenset(heard) for zone, heard in heard_by.items()}
    policy = Policy("air", "next_session", "ask", ZONES, told)
    found, why = zones_of(an_envelope(zones=("Ven sông", "Chợ")), policy)
    assert (found, [code for code, _ in why]) == (zones, doubts)


def test_a_proposal_for_several_zones_is_for_the_whole_ward_and_says_so():
    entry = way(kind=Kind.CAMPAIGN, zones=("Ven sông", "Chợ"))
    assert (entry.zones, [code for code, _ in entry.doubts]) == ((DEFAULT_ZONE,), ["town_zones_many"])


ANY = st.builds(
    an_envelope,
    kind=st.sampled_from(Kind),
    act=st.sampled_from(Act),
    status=st.sampled_from(Status),
    priority=st.sampled_from(Priority),
    text=st.sampled_from(["", "Hồ xả lũ."]),
    clip=st.none() | st.just(Clip("b" * 64, 9, 1.0, "https://hub.example/b")),
    zones=st.lists(st.sampled_from(["Chợ", "Ven sông", "Núi"]), max_size=3).map(tuple),
    legal_basis=st.sampled_from(["", "QĐ 1"]),
    sent=st.sampled_from([NOW, NOW - timedelta(days=3), NOW + timedelta(days=3)]),
    references=st.just((ID,)),
)


@given(
    envelope=ANY,
    may=st.booleans(),
    override=st.booleans(),
    rule=st.sampled_from(["air", "ask"]),
    session=st.sampled_from(["next_session", "ask"]),
    caps=st.sampled_from(["tighten", "ask"]),
    hub=st.none() | st.sampled_from([NOW, NOW + timedelta(days=1), NOW - timedelta(days=1)]),
)
def test_nothing_airs_unasked_but_what_the_ward_has_allowed(envelope, may, override, rule, session, caps, hub):
    issuer = Issuer(KEY, "Thị xã", may_emergency=may, may_override=override)
    entry = entry_of(envelope, issuer, Policy(rule, session, caps, ZONES), Moment(NOW, hub))
    if entry.way is Way.AIR:
        assert may
        assert rule == "air"
        assert envelope.priority is Priority.EMERGENCY
        assert envelope.status is Status.ACTUAL
    if entry.way is Way.DRILL:
        assert may
        assert rule == "air"
        assert envelope.status is Status.EXERCISE
    if entry.way is Way.SESSION:
        assert (override and envelope.legal_basis) or (
            session == "next_session" and envelope.priority is Priority.PRIORITY
        )
        assert {code for code, _ in entry.doubts} <= {"town_zones_some"}
    if entry.way in {Way.AIR, Way.DRILL, Way.SESSION}:
        assert envelope.kind is Kind.ANNOUNCEMENT
        assert envelope.text or envelope.clip
    if entry.basis:
        assert override
        assert envelope.legal_basis
    if envelope.takes_back:
        assert entry.way is Way.STOP
    assert entry.zones
    assert set(entry.zones) <= set(ZONES)
