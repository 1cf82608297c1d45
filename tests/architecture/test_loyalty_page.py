"""The tables of docs/loyalty.md are what the engine computes and the code names."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final, get_args

import pytest

from engine.campaigns.decide import FIXED as FIXED_OF_CAMPAIGNS
from engine.campaigns.decide import UPDATABLE
from engine.earning.decide import FIXED as FIXED_OF_RULES
from engine.giveaways.drawing import commitment_of, draw_entries, entries_digest
from engine.kernel.calendar import iso, parse_iso
from engine.kernel.zones import zone_named
from engine.points.expiration import expires_at_of, invalid_expiration_rules
from schemas.campaigns import CampaignType
from schemas.loyalty_tiers import TierRounding, TiersExpiration
from schemas.points import PeriodType, PointsExpirationRules
from schemas.prize_terms import PrizeType
from schemas.referral_programs import ConversionType
from tests.architecture.markdown import codes, quoted, read_table
from tests.architecture.repository import ROOT
from tests.contract.shapes import SHAPES
from tests.unit.engine.loyalty_tiers.club import Club

PAGE: Final = "docs/loyalty.md"
EXPIRING: Final = read_table(PAGE, "`expiration_rules`", "time zone")
LASTING: Final = read_table(PAGE, "`qualification_type`", "`qualification_period`")
ZONE: Final = "Europe/Warsaw"
JOINED: Final = "2026-01-10T12:00:00.000Z"
GIVEN: Final = "2026-02-10T12:00:00.000Z"
#: Beyond every end of the table.
LATER: Final = "2030-01-01T00:00:00.000Z"
#: By the member of the page: the shape of the contract that has its values, and ours.
OWN: Final[dict[str, tuple[str, Any]]] = {
    "campaign_type": ("CampaignBase", CampaignType),
    "voucher.loyalty_card.expiration_rules.period_type": ("CampaignLoyaltyCard", PeriodType),
    "expiration_rules.period_type": ("EarningRuleExpirationRules", PeriodType),
    "referral_program.conversion_event_type": ("ReferralProgram", ConversionType),
    "referral_program.referee_reward.type": ("ReferralProgram", PrizeType),
}


@pytest.mark.parametrize(("rules", "zone", "earned", "until"), EXPIRING)
def test_points_last_until(rules: str, zone: str, earned: str, until: str) -> None:
    said = PointsExpirationRules(**json.loads(_code(rules)))
    assert invalid_expiration_rules(said) is None
    ends = expires_at_of(said, parse_iso(_code(earned)), zone_named(_code(zone)))
    assert ends is not None
    assert iso(ends) == _code(until)


@pytest.mark.parametrize(("kind", "period", "start", "end", "since", "until"), LASTING)
def test_a_tier_lasts_until(
    kind: str, period: str, start: str, end: str, since: str, until: str
) -> None:
    said = json.loads(_code(end))
    rounding = said.get("rounding")
    rules = TiersExpiration(
        _code(kind),  # type: ignore[arg-type]
        _code(start),  # type: ignore[arg-type]
        said["type"],
        _code(period) if period else None,  # type: ignore[arg-type]
        said.get("extend"),
        rounding and TierRounding(**rounding),
    )
    club = Club(rules, {"Gold": (100, None)}, zone=ZONE, at=parse_iso(JOINED))
    club.go_to(parse_iso(GIVEN))
    club.add(100)
    club.go_to(parse_iso(LATER))
    at, move, _, ends = club.told[0]
    assert (at, move) == (_code(since), "joined")
    assert ends == (_code(until) if codes(until) else None)


def test_the_draw_of_the_page() -> None:
    seed, commitment, digest = (_only(each) for each in _texts() if len(_only(each)) == 64)
    assert commitment_of(seed) == commitment
    ids = ["gve_ann", "gve_ben", "gve_cid", "gve_dan", "gve_eve"]
    told = ", ".join(f"`{each}`" for each in ids)
    assert told in (ROOT / PAGE).read_text("utf-8")
    assert entries_digest(ids) == digest
    rows = list(_indented("| counter |"))
    assert [_code(row[-1]) for row in rows] == draw_entries(seed, ids, len(rows))
    for counter, digits, number, left, remainder, _ in rows:
        block = sha256(f"{seed}/{counter}".encode()).hexdigest()
        assert _code(digits) == block[:16]
        assert int(number) == int(block[:16], 16) < 2**64 - 2**64 % int(left)
        assert (int(left), int(remainder)) == (5 - int(counter), int(number) % int(left))


def test_values_beside_the_contract() -> None:
    rows = read_table(PAGE, "member", "of the contract", "our own")
    assert [codes(member)[0] for member, _, _ in rows] == list(OWN)
    for member, contract, own in rows:
        shape, known = OWN[codes(member)[0]]
        path = codes(member)[0].split(".")
        wanted = _enum(SHAPES[shape], path[-1])
        if shape == "ReferralProgram" and path[-1] == "type":
            wanted = _enum(SHAPES[shape]["members"]["referee_reward"], "type")
        assert quoted(contract) == sorted(wanted)
        assert quoted(own) == sorted(set(get_args(known)) - wanted)


def test_what_does_not_change() -> None:
    """An update may name none of it."""
    assert not UPDATABLE & {"name", "campaign_type", "voucher", "giveaway"}
    assert {"name", "campaign_type"} <= set(FIXED_OF_CAMPAIGNS)
    assert {"event", "segment_id", "loyalty_tier_id", "schema_id"} <= set(FIXED_OF_RULES)


def _code(cell: str) -> str:
    (found,) = codes(cell)
    return found


def _texts() -> Iterator[str]:
    """What the page shows as text."""
    parts = (ROOT / PAGE).read_text("utf-8").split("```text\n")[1:]
    yield from (part.partition("```")[0] for part in parts)


def _only(block: str) -> str:
    return block.strip()


def _indented(head: str) -> Iterator[tuple[str, ...]]:
    """The rows of a table within a list."""
    lines = [line.strip() for line in (ROOT / PAGE).read_text("utf-8").splitlines()]
    (begin,) = (at for at, line in enumerate(lines) if line.startswith(head))
    for line in lines[begin + 2 :]:
        if not line.startswith("|"):
            return
        yield tuple(cell.strip() for cell in line.split("|")[1:-1])


def _enum(shape: Any, member: str) -> set[str]:
    """The values of a member, wherever it stands in a shape."""
    if isinstance(shape, dict):
        found = shape.get("members", {}).get(member)
        if isinstance(found, dict) and "enum" in found:
            return set(found["enum"])
        for each in shape.values():
            if values := _enum(each, member):
                return values
    if isinstance(shape, list):
        for each in shape:
            if values := _enum(each, member):
                return values
    return set()
