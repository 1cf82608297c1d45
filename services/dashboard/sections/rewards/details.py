"""One reward: what it is, how often it was redeemed, and which programs offer it for how many points."""

import asyncio
from collections.abc import Mapping
from typing import Final

from htpy import Node, a, button, div, fragment, p, span, table, tbody, td, th, thead, tr

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import (
    badge,
    block,
    code_text,
    facts,
    link,
    metadata_facts,
    not_known,
    raw_block,
)
from services.dashboard.parts.forms import field_lookup
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import Show
from services.dashboard.sections.products.naming import picture_link
from services.dashboard.sections.rewards.naming import (
    find_reward_names,
    leads_to,
    say_cost,
    say_stock,
    type_name,
)
from services.dashboard.sections.rewards.offer_terms import (
    OfferRules,
    auto_redeem_badge,
    find_offer_rules,
    say_whom,
    terms_fields,
)
from services.dashboard.sections.vouchers.campaigns import find_campaigns
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

OFFERS_MAX: Final = 100


async def tell_reward(visit: Visit, key: str) -> Details:
    """One of them by its id. Raises ApiFault."""
    path = f"/v1/rewards/{escape_segment(key)}"
    row, offers = await asyncio.gather(
        visit.api.get(path),
        ask_quietly(visit.api.get(f"{path}/assignments", {"limit": str(OFFERS_MAX)})),
    )
    told = (offers or {}).get("data") or []
    names, campaigns, rules = await asyncio.gather(
        find_reward_names(visit, [row]),
        find_campaigns(visit, (each.get("related_object_id") for each in told)),
        find_offer_rules(visit, [str(each["id"]) for each in told]),
    )
    return reward_details(visit, row, offers, names, campaigns, rules)


def reward_details(
    visit: Visit,
    row: Row,
    offers: Row | None,
    names: Mapping[str, str],
    campaigns: Mapping[str, Row],
    rules: OfferRules | None,
) -> Details:
    """The same of what was answered; `offers` None: they could not be asked."""
    show, name, may = visit.show, str(row.get("name") or row["id"]), visit.may("rewards.write")
    path = f"/rewards/{escape_segment(str(row['id']))}"
    attributes = row.get("attributes") or {}
    told = (offers or {}).get("data") or []
    stock = row.get("stock")
    body = fragment[
        facts(
            ("Id", code_text(row["id"])),
            ("Type", type_name(row)),
            ("What it is", leads_to(row, names, show)),
            ("Stock", say_stock(row, show)) if row.get("type") == "MATERIAL" else None,
            ("Redeemed", show.number(row.get("redeemed") or 0))
            if row.get("type") != "COIN"
            else None,
            ("Description", attributes.get("description")),
            ("Picture", picture_link(attributes.get("image_url"))),
            ("Created", show.when(row.get("created_at"))),
            ("Changed", show.when(row["updated_at"])) if row.get("updated_at") else None,
        ),
        block(
            "Offered by",
            not_known() if offers is None else _offers(visit, row, told, campaigns, rules),
            _more_offers(offers, len(told), show),
            action=may and dialog_button("Offer in a program", "offer-reward", ".small", "plus"),
        ),
        block("Metadata", metadata_facts(row.get("metadata"))),
        raw_block(
            {key: value for key, value in row.items() if key != "names"},
            f"/v1/rewards/{row['id']}",
            "The reward",
        ),
    ]
    return Details(
        title=name,
        name=f"Reward {name}",
        href=path,
        badge=badge("None left", "bad") if stock == 0 else None,
        body=body,
        actions=may
        and fragment[
            a(".btn", href=f"{path}/edit")[icon("edit", 14), "Edit"],
            dialog_button("Delete", "delete-reward", ".danger", "trash"),
        ],
        dialogs=may and _dialogs(row, name, told, campaigns),
    )


def _more_offers(offers: Row | None, shown: int, show: Show) -> Node:
    """Says that not all of them are there, which nobody should take for all."""
    total = (offers or {}).get("total") or 0
    if total <= shown:
        return None
    return p(".muted")[f"The first {shown} of {show.number(total)}; the API lists the rest."]


def _offers(
    visit: Visit, row: Row, told: list[Row], campaigns: Mapping[str, Row], rules: OfferRules | None
) -> Node:
    if not told:
        return p(".muted")["No program offers it yet, so nobody can redeem points for it."]
    return div(".scroll")[
        table(".lines", aria_label="Programs that offer it")[
            thead[
                tr[
                    th(scope="col")["Program"],
                    th(scope="col")["Costs"],
                    th(scope="col")["For whom"],
                    th(scope="col")[span(".sr")["What can be done"]],
                ]
            ],
            tbody[(_offer(visit, row, each, campaigns, rules) for each in told)],
        ]
    ]


def _offer(
    visit: Visit,
    row: Row,
    offer: Row,
    campaigns: Mapping[str, Row],
    rules: OfferRules | None,
) -> Node:
    show, may, name = visit.show, visit.may("rewards.write"), str(offer["id"])
    program = program_name(offer, campaigns)
    return tr[
        td[_program_link(offer, campaigns)],
        td[say_cost(offer, show), " ", auto_redeem_badge(offer)],
        td[say_whom(offer, rules)],
        td(".last")[
            may
            and row.get("type") != "COIN"
            and _sign_button(f"What it costs in {program}", f"cost-{name}", "edit"),
            may and _sign_button(f"Take it out of {program}", f"take-{name}", "x"),
        ],
    ]


def _sign_button(said: str, opens: str, sign: str) -> Node:
    return button(
        ".btn.quiet.small.icon",
        type="button",
        commandfor=opens,
        command="show-modal",
        aria_label=said,
    )[icon(sign, 14)]


def program_name(offer: Row, campaigns: Mapping[str, Row]) -> str:
    """What the program of an offer is called."""
    name = str(offer.get("related_object_id"))
    return str((campaigns.get(name) or {}).get("name") or name)


def _program_link(offer: Row, campaigns: Mapping[str, Row]) -> Node:
    name = escape_segment(str(offer.get("related_object_id")))
    return link(program_name(offer, campaigns), f"/campaigns/{name}")


def _dialogs(row: Row, name: str, told: list[Row], campaigns: Mapping[str, Row]) -> Node:
    path = f"/rewards/{escape_segment(str(row['id']))}"
    return fragment[
        _offer_dialog(row, name, path),
        (_cost_dialog(each, path, campaigns) for each in told if row.get("type") != "COIN"),
        (_take_dialog(each, path, name, campaigns) for each in told),
        confirm_dialog(
            "delete-reward",
            title=f"Delete {name}?",
            what_happens=_what_deleting_does(told, campaigns),
            action=f"{path}/delete",
            do="Delete",
        ),
    ]


def _what_deleting_does(told: list[Row], campaigns: Mapping[str, Row]) -> str:
    if not told:
        return "It is gone at once. Redemptions keep showing it, and what was given stays given."
    names = ", ".join(program_name(each, campaigns) for each in told[:3])
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    return (
        f"It cannot be deleted while a program offers it: {names}{more}. Take it out there first."
    )


def _offer_dialog(row: Row, name: str, path: str) -> Node:
    costs = row.get("type") != "COIN" and terms_fields(label="Costs so many points")
    return confirm_dialog(
        "offer-reward",
        title=f"Offer {name} in a program",
        what_happens="Members of the program can redeem their points for it from now on.",
        action=f"{path}/offers",
        do="Offer it",
        kind=".primary",
        fields=fragment[
            field_lookup("campaign", "Program", "loyalty-program"),
            costs,
            field_lookup(
                "rule",
                "Only where these rules hold",
                "validation-rule",
                is_multiple=True,
                hint="Empty: for every member",
            ),
        ],
    )


def _cost_dialog(offer: Row, path: str, campaigns: Mapping[str, Row]) -> Node:
    name = str(offer["id"])
    return confirm_dialog(
        f"cost-{name}",
        title=f"What it costs in {program_name(offer, campaigns)}",
        what_happens="For whoever redeems it from now on.",
        action=f"{path}/offers/{escape_segment(name)}",
        do="Save",
        kind=".primary",
        fields=terms_fields(offer),
    )


def _take_dialog(offer: Row, path: str, reward: str, campaigns: Mapping[str, Row]) -> Node:
    name = str(offer["id"])
    return confirm_dialog(
        f"take-{name}",
        title=f"Take {reward} out of {program_name(offer, campaigns)}?",
        what_happens="Members can redeem no more points for it there. What they have already they keep.",
        action=f"{path}/offers/{escape_segment(name)}/delete",
        do="Take out",
    )
