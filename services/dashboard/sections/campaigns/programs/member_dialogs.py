"""What is asked before something is done with a member's points; each says what will happen."""

from collections.abc import Sequence
from typing import Any

from htpy import Node, div, fragment

from services.dashboard.parts.forms import field_choice, field_lookup, field_text
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.campaigns.programs.naming import member_href, say_count
from services.dashboard.web.visit import Visit, escape_segment


def member_dialogs(visit: Visit, program: str, card: Row, rewards: Sequence[Row] | None) -> Node:
    """Those that the role may use."""
    may = visit.may("vouchers.write")
    return fragment[
        may and _points(program, card, visit.show),
        may and _transfer(program, card, visit.show),
        visit.may("redemptions.redeem")
        and bool(takeable(rewards))
        and _redeem(program, card, rewards or (), visit.show),
    ]


def _left(card: Row, show: Show) -> str:
    return say_count((card.get("loyalty_card") or {}).get("balance"), show)


def _points(program: str, card: Row, show: Show) -> Node:
    return confirm_dialog(
        "member-points",
        title="Add or take points?",
        what_happens=f"{_left(card, show)} on the card now. What is added expires as the program says, "
        "unless you say otherwise.",
        action=member_href(program, card["code"], "points"),
        do="Change the balance",
        kind=".primary",
        reason=True,
        fields=fragment[
            field_choice("way", "What", (("add", "Add to it"), ("take", "Take from it"))),
            field_text("points", "Points", inputmode="numeric", required=True, autocomplete="off"),
            field_choice(
                "expire",
                "What is added expires",
                (
                    ("PROGRAM_RULES", "As the program says"),
                    ("NON_EXPIRING", "Never"),
                    ("CUSTOM_DATE", "On a day"),
                ),
            ),
            field_text("expire_on", "Day", kind="date", hint="Only where it expires on a day"),
        ],
    )


def _transfer(program: str, card: Row, show: Show) -> Node:
    return confirm_dialog(
        "member-transfer",
        title="Transfer points?",
        what_happens=f"{_left(card, show)} on this card now. Points keep the time at which they expire.",
        action=member_href(program, card["code"], "transfer"),
        do="Transfer",
        kind=".primary",
        reason=True,
        fields=fragment[
            field_choice(
                "way",
                "Which way",
                (("out", "From this card to another"), ("in", "From another card to this one")),
            ),
            field_lookup("other_customer", "Other member", "customer"),
            field_text(
                "other",
                "Or the code of the other card",
                hint="Where a customer holds several",
                autocomplete="off",
                spellcheck="false",
            ),
            field_text(
                "amount", "Points to move", inputmode="numeric", required=True, autocomplete="off"
            ),
        ],
    )


def _redeem(program: str, card: Row, rewards: Sequence[Row], show: Show) -> Node:
    options = [
        (str(reward["id"]), _offer(each, reward, show)) for each, reward in takeable(rewards)
    ]
    return confirm_dialog(
        "member-redeem",
        title="Redeem a reward?",
        what_happens=f"{_left(card, show)} on the card now. The cost is taken off, and the reward is given at once. "
        "Rolling the redemption back gives both back.",
        action=member_href(program, card["code"], "redeem"),
        do="Redeem",
        kind=".primary",
        fields=field_choice("reward", "Reward", options),
    )


def takeable(rewards: Sequence[Row] | None) -> list[tuple[Row, Row]]:
    """Those with a cost of their own, each with its offer; with others the shop has orders paid."""
    found = [(each.get("assignment") or {}, each.get("reward") or {}) for each in rewards or ()]
    return [(offer, reward) for offer, reward in found if _cost(offer) is not None]


def _cost(offer: Row) -> Any:
    return ((offer.get("parameters") or {}).get("loyalty") or {}).get("points")


def _offer(offer: Row, reward: Row, show: Show) -> str:
    return f"{reward.get('name')}, {say_count(_cost(offer), show)}"


def pending_acts(program: str, card: Row, pending: Row, show: Show) -> Node:
    """What can be done with pending points."""
    name, points = str(pending["id"]), say_count(pending.get("points"), show)
    path = member_href(program, card["code"], f"pending/{escape_segment(name)}")
    return div(".acts")[
        dialog_button("Activate", f"activate-{name}", ".small"),
        dialog_button("Adjust", f"adjust-{name}", ".small"),
        dialog_button("Cancel", f"cancel-{name}", ".small.danger"),
        confirm_dialog(
            f"activate-{name}",
            title=f"Activate {points} now?",
            what_happens="They can be used from now on, before their time.",
            action=f"{path}/activate",
            do="Activate",
            kind=".primary",
        ),
        confirm_dialog(
            f"adjust-{name}",
            title=f"Adjust {points}?",
            what_happens="So many points more become active, or fewer.",
            action=f"{path}/adjust",
            do="Adjust",
            kind=".primary",
            fields=field_text(
                "points",
                "Change",
                hint="Such as 10, or -10 for fewer",
                id=f"points-{name}",
                inputmode="numeric",
                required=True,
                autocomplete="off",
            ),
        ),
        confirm_dialog(
            f"cancel-{name}",
            title=f"Cancel {points}?",
            what_happens="They never become active. Nothing brings them back.",
            action=f"{path}/cancel",
            do="Cancel them",
            keep="Keep them",
        ),
    ]
