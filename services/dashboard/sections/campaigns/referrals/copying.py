"""What a copy of a referral program takes along: its rewards by number."""

from services.dashboard.lists.resource import Row
from services.dashboard.web.visit import Visit, escape_segment


async def copy_tiers(visit: Visit, row: Row, made: Row, key: str | None) -> None:
    """Makes the tiers of a program in its copy. Raises ApiFault."""
    path = "/v1/referrals/{}/tiers"
    found = await visit.api.get(path.format(escape_segment(str(row["id"]))))
    for number, tier in enumerate(found.get("data") or []):
        body = {**tier["parameters"], "banner": tier.get("banner")}
        own = f"{key}-{number}" if key else None
        await visit.api.post(path.format(escape_segment(str(made["id"]))), body, key=own)
