"""What feeds show of members of programs who move between tiers."""

from collections.abc import Callable, Iterable
from typing import Any

from engine.answers.told import Told
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.loyalty_tiers.body import loyalty_tier_body, program_body
from schemas.loyalty_tiers import (
    TierDowngraded,
    TierExpirationChanged,
    TierJoined,
    TierLeft,
    TierMove,
    TierProlonged,
    TierUpgraded,
)


def tell_tier(name: str) -> Callable[[Any], Iterable[Told]]:
    """That a member came to a tier or left it, or when it ends."""

    def tell(event: TierJoined | TierLeft | TierProlonged | TierExpirationChanged) -> list[Told]:
        standing = event.standing
        own = standing if standing.tier_id == event.tier.id else None
        data: Body = {"loyalty_tier": loyalty_tier_body(event.tier, own)}
        if name == "expiration.changed" and standing.expires_at is not None:
            data["expiration_date"] = iso(standing.expires_at)
        return [_told(event, name, data)]

    return tell


def tell_tier_change(name: str) -> Callable[[Any], Iterable[Told]]:
    """That a member came from one tier to another."""

    def tell(event: TierUpgraded | TierDowngraded) -> list[Told]:
        tiers = {
            "loyalty_tier_from": loyalty_tier_body(event.tier_from),
            "loyalty_tier_to": loyalty_tier_body(event.tier, event.standing),
        }
        return [_told(event, name, tiers)]

    return tell


def _told(event: TierMove, name: str, data: Body) -> Told:
    standing = event.standing
    data |= {"campaign": program_body(event)}
    if standing.updated_at is not None:
        data["created_at"] = iso(standing.updated_at)
    return Told(standing.customer_id, f"customer.loyalty.tier.{name}", data, standing)
