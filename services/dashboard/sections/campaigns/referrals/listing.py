"""Who referred whom: conversions, codes with their holders, and the tree below one customer."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, a, button, div, form, fragment, h2, li, p, section, span, ul

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import field_lookup
from services.dashboard.parts.grid import grid
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.prizes import say_given
from services.dashboard.sections.campaigns.referrals.naming import holders_href, state_of
from services.dashboard.sections.campaigns.referrals.overview import HELD
from services.dashboard.sections.customer_names import customer_name, find_customers, person_link
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

ROWS_MAX: Final = 25
#: How deep a tree is shown.
DEPTH: Final = 3
People = Mapping[str, Row]


async def referrals_tab(visit: Visit, row: Row) -> Node:
    """The newest conversions, the codes, and whom one customer brought. Raises ApiFault."""
    name = str(row["id"])
    wanted = visit.request.query_params.get("customer", "")
    events, codes, tree = await asyncio.gather(
        _events(visit, name), _codes(visit, name), _tree(visit, name, wanted)
    )
    ids = {wanted, *_people_in(tree)}
    ids |= {str(each.get("holder_id")) for each in (codes or {}).get("vouchers") or []}
    for each in (events or {}).get("data") or []:
        referral = (each.get("data") or {}).get("referral") or {}
        ids |= {str(referral.get("referrer_id")), str(referral.get("customer_id"))}
    people = await find_customers(visit, ids - {"", "None"})
    return fragment[
        _finder(row, wanted, people),
        wanted and tree_part(tree, people, visit.show),
        events is not None and conversions_part(row, events, people, visit.show),
        codes is not None and _codes_part(row, codes, people, visit.show),
    ]


async def _events(visit: Visit, name: str) -> Any:
    if not visit.may("audit.read"):
        return None
    asked = {"campaign": name, "type": "customer.referred", "limit": str(ROWS_MAX)}
    return await ask_quietly(visit.api.get("/v1/audit/events", asked))


async def _codes(visit: Visit, name: str) -> Any:
    if not visit.may("vouchers.read"):
        return None
    params = [("campaign_id", name), ("limit", str(ROWS_MAX)), ("order", "-created_at"), HELD]
    return await ask_quietly(visit.api.get("/v1/vouchers", params))


async def _tree(visit: Visit, name: str, customer: str) -> Any:
    if not customer:
        return None
    asked = {"customer": customer, "depth": str(DEPTH)}
    path = f"/v1/referrals/{escape_segment(name)}/tree"
    return await ask_quietly(visit.api.get(path, asked))


def _people_in(tree: Any) -> set[str]:
    if not tree:
        return set()
    found = {str(tree.get("customer_id")), str(tree.get("referrer_id"))}
    for each in tree.get("referees") or []:
        found |= _people_in(each)
    return found


def _finder(row: Row, wanted: str, people: People) -> Node:
    chosen = ((wanted, customer_name(people.get(wanted)) if wanted in people else wanted),)
    return form(".card.pad.row.asking", method="get", action=campaign_href(row, "referrals"))[
        field_lookup("customer", "Whom did somebody bring?", "customer", chosen if wanted else ()),
        button(".btn")[icon("search", 14), "Show"],
    ]


def tree_part(tree: Any, people: People, show: Show) -> Node:
    """A customer, by whom it came, and whom it brought, each with their own below."""
    if not tree:
        return section(".card.pad")[p(".muted")["This customer is not known here."]]
    by = tree.get("referrer_id")
    return section(".card.pad.stack", aria_label="Whom the customer brought")[
        h2["Whom ", person_link(tree.get("customer_id"), people), " brought"],
        p(".muted")["Came by ", person_link(by, people), "."]
        if by
        else p(".muted")["Came by nobody of this program."],
        div(".tree")[_below(tree, people, show)],
    ]


def _below(node: Row, people: People, show: Show) -> Node:
    rows = node.get("referees") or []
    if not rows and not node.get("has_more"):
        return p(".muted")["Nobody yet."] if "object" in node else None
    return ul[
        (
            li[
                person_link(each.get("customer_id"), people),
                " ",
                state_of(each),
                " ",
                span(".muted")[
                    show.day(each.get("date")) if each.get("date") else "",
                    f" with {each.get('code')}",
                ],
                _below(each, people, show),
            ]
            for each in rows
        ),
        node.get("has_more") and li(".muted")["and more"],
    ]


def conversions_part(row: Row, events: Row, people: People, show: Show) -> Node:
    """The newest conversions, with what both were given."""
    told: Sequence[Row] = events.get("data") or []
    total = events.get("total")
    every = f"/events?f=campaign:is:{row['id']}&f=type:is:customer.referred"
    return grid(
        "Who referred whom",
        ("Referrer", "Friend", "Code", "Friend got", "Referrer got", "When"),
        [_conversion(each, people, show) for each in told],
        empty="Nobody was referred yet.",
        actions=isinstance(total, int)
        and total > len(told)
        and a(".btn.small", href=every)[f"All {show.number(total)}"],
    )


def _conversion(event: Row, people: People, show: Show) -> tuple[Node, ...]:
    referral = (event.get("data") or {}).get("referral") or {}
    return (
        person_link(referral.get("referrer_id"), people),
        person_link(referral.get("customer_id"), people),
        span(".mono")[referral.get("code") or NOTHING],
        say_given(_plain(referral.get("referee_reward")), show),
        say_given(_plain(referral.get("referrer_reward")), show),
        show.when(event.get("created_at")),
    )


def _plain(given: Row | None) -> Row | None:
    """What was given, as the API's lists say it: an event keeps the prize in a member of its own."""
    return {**given, **(given.get("prize") or {})} if given else None


def _codes_part(row: Row, codes: Row, people: People, show: Show) -> Node:
    told: Sequence[Row] = codes.get("vouchers") or []
    total = codes.get("total")
    return grid(
        "Codes and who holds them",
        ("Code", "Referrer", "Redeemed", "Given", ""),
        [
            (
                span(".mono")[each.get("code")],
                person_link(each.get("holder_id"), people),
                show.number((each.get("redemption") or {}).get("redeemed_quantity") or 0),
                show.day(each.get("created_at")),
                a(".btn.quiet.small", href=holders_href(row, str(each.get("code"))))["Holders"],
            )
            for each in told
        ],
        empty="No customer holds a code yet. Give one with a publication.",
        actions=isinstance(total, int)
        and total > len(told)
        and a(".btn.small", href=campaign_href(row, "vouchers"))[f"All {show.number(total)}"],
    )


PAGES: Final = (tab_page("referrals", referrals_tab),)
