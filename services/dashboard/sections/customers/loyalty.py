"""What a customer has in loyalty programs, by whom it came, and how many it brought."""

import asyncio
from collections.abc import Mapping
from typing import Any

from htpy import Node, p, table, tbody, td, th, thead, tr

from services.dashboard.parts.facts import block, link
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.customer_names import customer_link, customer_name, find_customers
from services.dashboard.sections.vouchers.campaigns import find_campaigns
from services.dashboard.web.visit import Visit, escape_segment


async def find_loyalty(visit: Visit, row: Row, held: Row | None) -> Node:
    """Both blocks; nothing where the customer is in no program and came by nobody."""
    programs, referrals = _programs(row), _referrals(row)
    cards = cards_of(held)
    ids = {*programs, *cards, *(each.get("campaign_id") for each in referrals)}
    campaigns, people = await asyncio.gather(
        find_campaigns(visit, ids),
        find_customers(visit, (each.get("referrer_id") for each in referrals)),
    )
    return loyalty_blocks(row, cards, campaigns, people, visit.show)


def loyalty_blocks(
    row: Row,
    cards: Mapping[str, Row],
    campaigns: Mapping[str, Row],
    people: Mapping[str, Row],
    show: Show,
) -> Node:
    """The same of what was answered; `cards` and `campaigns` by the ids of campaigns."""
    programs, referrals = _programs(row), _referrals(row)
    ids = list(dict.fromkeys([*programs, *cards]))
    brought = (row.get("loyalty") or {}).get("referred_customers") or 0
    return [
        ids
        and block(
            "Loyalty cards",
            _lines(
                "Loyalty cards",
                ("Program", "Card", "Tier", "Points"),
                [
                    _card(each, programs.get(each) or {}, cards.get(each) or {}, campaigns, show)
                    for each in ids
                ],
            ),
        ),
        (referrals or brought)
        and block(
            "Referrals",
            p[f"Brought {show.number(brought)} {'customer' if brought == 1 else 'customers'}."]
            if brought
            else None,
            referrals
            and _lines(
                "By whom the customer came",
                ("Program", "Came by", "When", "Whom it brought"),
                [_referral(each, str(row["id"]), campaigns, people, show) for each in referrals],
            ),
        ),
    ]


def cards_of(held: Row | None) -> dict[str, Row]:
    """The loyalty cards among what a customer holds, by their campaigns."""
    found: dict[str, Row] = {}
    for each in (held or {}).get("data") or []:
        voucher = (each.get("redeemable") or {}).get("voucher") or {}
        kind = each.get("campaign_type") or voucher.get("type") or each.get("voucher_type")
        if each.get("campaign_id") and ("loyalty_card" in voucher or kind == "LOYALTY_PROGRAM"):
            found[str(each["campaign_id"])] = voucher
    return found


def _programs(row: Row) -> Mapping[str, Row]:
    found: Mapping[str, Row] = (row.get("loyalty") or {}).get("campaigns") or {}
    return found


def _referrals(row: Row) -> list[Row]:
    found: list[Row] = (row.get("referrals") or {}).get("campaigns") or []
    return found


def _lines(label: str, heads: tuple[str, ...], rows: list[tuple[Node, ...]]) -> Node:
    return table(".lines", aria_label=label)[
        thead[tr[(th(scope="col")[each] for each in heads)]],
        tbody[(tr[(td[each] for each in cells)] for cells in rows)],
    ]


def _card(
    campaign: str, told: Row, voucher: Row, campaigns: Mapping[str, Row], show: Show
) -> tuple[Node, ...]:
    tier: Any = told.get("loyalty_tier")
    name = tier.get("name") if isinstance(tier, Mapping) else tier
    balance = (voucher.get("loyalty_card") or {}).get("balance")
    code = voucher.get("code")
    return (
        _campaign_link(campaign, campaigns),
        link(code, f"/vouchers/{escape_segment(str(code))}") if code else NOTHING,
        name or NOTHING,
        show.number(told.get("points", balance)),
    )


def _referral(
    referral: Row,
    customer: str,
    campaigns: Mapping[str, Row],
    people: Mapping[str, Row],
    show: Show,
) -> tuple[Node, ...]:
    campaign, by = str(referral.get("campaign_id")), str(referral.get("referrer_id") or "")
    known = people.get(by) or {"id": by}
    tree = f"/campaigns/{escape_segment(campaign)}/referrals?customer={escape_segment(customer)}"
    return (
        _campaign_link(campaign, campaigns),
        customer_link(known) if by else customer_name(None),
        show.day(referral.get("date")),
        link("Show", tree),
    )


def _campaign_link(campaign: str, campaigns: Mapping[str, Row]) -> Node:
    name = (campaigns.get(campaign) or {}).get("name") or campaign
    return link(name, f"/campaigns/{escape_segment(campaign)}")
