"""What points of a program are for: its rewards, what each costs, how many are left, whom they are for."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, a, fragment, p, section
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import field_lookup
from services.dashboard.parts.grid import grid
from services.dashboard.parts.notices import empty_state
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.frame import tab_page
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.naming import LIST_MAX, program_path, say_count
from services.dashboard.sections.campaigns.programs.tier_words import find_rewards
from services.dashboard.sections.rewards.offer_terms import (
    OfferRules,
    auto_redeem_badge,
    find_offer_rules,
    is_by_itself,
    loyalty_of,
    read_changed_terms,
    read_terms,
    refused,
    say_whom,
    terms_fields,
)
from services.dashboard.sections.rewards.rates import say_rate
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

TAB: Final = "rewards"
KINDS: Final[Mapping[str, str]] = {
    "CAMPAIGN": "A code or card of a campaign",
    "COIN": "Points pay orders",
    "MATERIAL": "A product",
}


async def rewards_tab(visit: Visit, row: Row) -> Node:
    """The catalogue of the program. Raises ApiFault."""
    body = await visit.api.get(f"{program_path(row)}/rewards", {"limit": str(LIST_MAX)})
    offers: list[Row] = body.get("data") or []
    rewards, rules = await asyncio.gather(
        find_rewards(visit, (str(each.get("reward_id")) for each in offers)),
        find_offer_rules(visit, [str(each["id"]) for each in offers]),
    )
    rows = [
        {**each, "reward": rewards.get(str(each.get("reward_id"))) or {"id": each.get("reward_id")}}
        for each in offers
    ]
    return rewards_part(visit, row, rows, rules)


def rewards_part(visit: Visit, row: Row, offers: Sequence[Row], rules: OfferRules | None) -> Node:
    """The same as nodes; who may, offers one more."""
    may = visit.may("campaigns.write")
    assign = may and dialog_button("Offer a reward", "offer-reward", ".primary", "plus")
    if not offers:
        return fragment[
            section(".card")[
                empty_state(
                    "gift",
                    "Points are for nothing yet",
                    "Offer a reward, and say how many points it costs. Members take it for points of their cards.",
                ),
                may and p(".center.pad")[assign],
            ],
            may and offer_dialog(row),
        ]
    show = visit.show
    heads = ("Reward", "What it is", "Cost", "Left", "For whom", *([""] if may else []))
    return fragment[
        grid(
            "Rewards",
            heads,
            [
                [
                    _name(each),
                    KINDS.get(str(each["reward"].get("type")), "Not known"),
                    [_say_cost(each, show), " ", auto_redeem_badge(each)],
                    _say_stock(each["reward"], show),
                    say_whom(each, rules),
                    *([_acts(row, each, show)] if may else []),
                ]
                for each in offers
            ],
            actions=assign,
            lead="What a tier makes of the costs stands with the tiers.",
        ),
        may and offer_dialog(row),
    ]


def _name(offer: Row) -> Node:
    reward = offer["reward"]
    href = f"/rewards/{escape_segment(str(reward.get('id')))}"
    return a(".link", href=href)[reward.get("name") or reward.get("id")]


def _say_cost(offer: Row, show: Show) -> str:
    cost = loyalty_of(offer).get("points")
    if cost is not None:
        return say_count(cost, show)
    coin = (offer["reward"].get("parameters") or {}).get("coin")
    return say_rate(coin, show) if coin else "By its rate"


def _say_stock(reward: Row, show: Show) -> Node:
    stock = reward.get("stock")
    if stock is None:
        return "No limit"
    redeemed = reward.get("redeemed") or 0
    if not stock:
        return badge("None left", "bad")
    return f"{show.number(stock)}, {show.number(redeemed)} taken"


def _acts(row: Row, offer: Row, show: Show) -> Node:
    name, called = str(offer["id"]), offer["reward"].get("name") or "the reward"
    path = campaign_href(row, f"{TAB}/{escape_segment(name)}")
    cost = loyalty_of(offer).get("points")
    return fragment[
        cost is not None and dialog_button("Change the cost", f"cost-{name}", ".small"),
        dialog_button("Take out", f"remove-{name}", ".small.danger"),
        cost is not None
        and confirm_dialog(
            f"cost-{name}",
            title=f"What does {called} cost?",
            what_happens=f"{say_count(cost, show)} now. Who redeems it from now on pays the new cost.",
            action=f"{path}/cost",
            do="Save",
            kind=".primary",
            fields=terms_fields(offer),
        ),
        confirm_dialog(
            f"remove-{name}",
            title=f"Take {called} out of {row['name']}?",
            what_happens="Nobody gets it for points of this program any more. What was redeemed stays, "
            "and the reward itself too.",
            action=f"{path}/remove",
            do="Take out",
        ),
    ]


def offer_dialog(row: Row) -> Node:
    """Asks for a reward, and for its cost."""
    return confirm_dialog(
        "offer-reward",
        title=f"Offer a reward in {row['name']}",
        what_happens="Members get it for points of their cards.",
        action=campaign_href(row, f"{TAB}/offer"),
        do="Offer it",
        kind=".primary",
        fields=fragment[
            field_lookup("reward", "Reward", "reward"),
            terms_fields(
                hint="Of one that pays orders leave it empty: it has a rate", is_wanted=False
            ),
            field_lookup("rule", "Only where a set of validation rules holds", "validation-rule"),
        ],
    )


def _back(visit: Visit, say: str) -> Response:
    name = escape_segment(visit.path("id"))
    return go_to(visit.request, f"/campaigns/{name}/{TAB}", say)


async def offer(visit: Visit) -> Response:
    """Offers a reward."""
    form = await visit.form()
    reward = str(form.get("reward") or "")
    if not reward:
        raise refused("Choose a reward first")
    body: dict[str, Any] = {"reward": reward}
    # what has no cost of its own pays orders, which nothing does by itself
    if str(form.get("points") or "").strip() or is_by_itself(form):
        body["parameters"] = read_terms(form)
    if form.get("rule"):
        body["validation_rules"] = [str(form["rule"])]
    path = f"/v1/loyalties/{escape_segment(visit.path('id'))}/rewards"
    await visit.api.post(path, [body], key=key_of(form))
    return _back(visit, "Offered")


def _path(visit: Visit) -> str:
    name, offered = (escape_segment(visit.path(each)) for each in ("id", "offer"))
    return f"/v1/loyalties/{name}/rewards/{offered}"


async def change_cost(visit: Visit) -> Response:
    """Has a reward cost more points, or fewer, and be redeemed by itself or not."""
    form = await visit.form()
    body = {"parameters": read_changed_terms(form)}
    await visit.api.put(_path(visit), body, key=key_of(form))
    return _back(visit, "Changed")


async def remove(visit: Visit) -> Response:
    """Offers a reward no longer."""
    await visit.api.delete(_path(visit))
    return _back(visit, "Taken out")


PAGES: Final = (
    tab_page(TAB, rewards_tab),
    Page(f"/campaigns/{{id}}/{TAB}/offer", offer, "campaigns.write", "POST"),
    Page(f"/campaigns/{{id}}/{TAB}/{{offer}}/cost", change_cost, "campaigns.write", "POST"),
    Page(f"/campaigns/{{id}}/{TAB}/{{offer}}/remove", remove, "campaigns.write", "POST"),
)
