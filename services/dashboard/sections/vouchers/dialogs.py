"""The dialogs of a voucher: each says what will happen before it happens."""

from typing import Any

from htpy import Node, fragment, output, p

from services.dashboard.parts.forms import field_choice, field_lookup, field_switch, field_text
from services.dashboard.parts.page import confirm_dialog
from services.dashboard.parts.show import Row, Show
from services.dashboard.web.visit import Visit

#: Where the answer of a dialog goes: the drawer of a list, or the details of a page.
PLACE = "#drawer, #details"


def voucher_dialogs(row: Row, visit: Visit) -> Node:
    """Those that the role may use for a voucher as it stands."""
    may_write = visit.may("vouchers.write")
    return fragment[
        may_write and _switch(row),
        may_write and _delete(row),
        may_write and _balance(row, visit.show),
        visit.may("publications.publish") and _publish(row),
        visit.may("sessions.release") and _release(row),
    ]


def _switch(row: Row) -> Node:
    code, path = row["code"], f"/vouchers/{row['id']}"
    if row.get("active") is not False:
        return confirm_dialog(
            "voucher-disable",
            title=f"Disable {code}?",
            what_happens="Nobody can validate or redeem it until it is enabled again. What was redeemed stays so, and sessions keep what they hold.",
            action=f"{path}/disable",
            do="Disable",
            target=PLACE,
        )
    return confirm_dialog(
        "voucher-enable",
        title=f"Enable {code}?",
        what_happens="It can be redeemed from now on, within its dates, limits and rules.",
        action=f"{path}/enable",
        do="Enable",
        target=PLACE,
        kind=".primary",
    )


def _delete(row: Row) -> Node:
    return confirm_dialog(
        "voucher-delete",
        title=f"Delete {row['code']}?",
        what_happens="It is found by nobody any more and cannot be redeemed. It lies in the bin, from which nothing comes back, and its code stays taken until its entry there is deleted. Redemptions stay listed.",
        action=f"/vouchers/{row['id']}/delete",
        do="Delete",
        fields=field_switch(
            "force", "Delete for good, past the bin", hint="The code is free for another then"
        ),
    )


def _balance(row: Row, show: Show) -> Node:
    card = row.get("gift") or row.get("loyalty_card")
    if not isinstance(card, dict):
        return None
    is_gift = row.get("type") == "GIFT_VOUCHER"
    path = f"/vouchers/{row['id']}/balance"
    left = show.money(card.get("balance")) if is_gift else show.number(card.get("balance"))
    again: dict[str, Any] = {
        "hx-get": path,
        "hx-trigger": "input delay:120ms",
        "hx-sync": "this:replace",
        "hx-target": "#balance-after",
        "hx-swap": "innerHTML",
        "hx-include": "closest form",
        "hx-push-url": "false",
    }
    return confirm_dialog(
        "voucher-balance",
        title=f"Change the balance of {row['code']}?",
        what_happens=f"{left} is on it now. What is added or taken is a transaction of its own.",
        action=path,
        do="Change it",
        reason=True,
        target=PLACE,
        kind=".primary",
        fields=fragment[
            field_choice(
                "balance_way", "What", (("add", "Add to it"), ("take", "Take from it")), **again
            ),
            field_text(
                "balance_amount",
                f"Amount in {show.currency}" if is_gift else "Points",
                inputmode="decimal",
                required=True,
                autocomplete="off",
                **again,
            ),
            output("#balance-after.strong", for_="balance_way balance_amount")[
                p[f"Afterwards {left} is on it."]
            ],
        ],
    )


def _publish(row: Row) -> Node:
    is_held = bool(row.get("holder_id"))
    return confirm_dialog(
        "voucher-publish",
        title=f"Publish {row['code']} to a customer?",
        what_happens="It has a holder already: it can be published to the same customer again, to another one never."
        if is_held
        else "The customer becomes its holder, for good: it is never given to another one. A webhook tells your systems, which send it.",
        action=f"/vouchers/{row['id']}/publish",
        do="Publish",
        target=PLACE,
        kind=".primary",
        fields=field_lookup("publish_customer", "Customer", "customer"),
    )


def _release(row: Row) -> Node:
    return confirm_dialog(
        "voucher-release",
        title="Release the sessions?",
        what_happens=f"What open carts hold of {row['code']} is given back at once. Those carts may find it used up when they pay.",
        action=f"/vouchers/{row['id']}/release",
        do="Release",
        target=PLACE,
    )
