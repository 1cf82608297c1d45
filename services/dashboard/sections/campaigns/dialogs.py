"""What is asked, and told, before a campaign is switched, deleted or copied."""

from collections.abc import Mapping
from typing import Any

from htpy import Node, fieldset, label, legend, small, span
from htpy import input as input_

from services.dashboard.parts.forms import field_text
from services.dashboard.parts.page import confirm_dialog
from services.dashboard.sections.campaigns.naming import campaign_href, has_codes, said_parts

#: Where a deletion ends, as the form asks.
WHERE_TO = fieldset(".field.checks")[
    legend(".label")["Where to"],
    label(".check")[
        input_(type="radio", name="force", value="", checked=True),
        span["The bin", small(".muted")["Names and codes stay taken until they leave the bin"]],
    ],
    label(".check")[
        input_(type="radio", name="force", value="true"),
        span[
            "Gone for good", small(".muted")["Names and codes are free again, nothing comes back"]
        ],
    ],
]


def switch_dialog(row: Mapping[str, Any]) -> Node:
    """Switches it on or off."""
    what = said_parts(row)
    is_on = row.get("active") is not False
    happens = (
        f"None of its {what} works until it is switched on again; whoever tries is refused. "
        "What was redeemed stays."
        if is_on
        else f"Its {what} work from now on, within its dates and rules."
    )
    return confirm_dialog(
        "switch-campaign",
        title=f"Switch {row['name']} {'off' if is_on else 'on'}?",
        what_happens=happens,
        action=campaign_href(row, "disable" if is_on else "enable"),
        do="Switch off" if is_on else "Switch on",
    )


def delete_dialog(row: Mapping[str, Any]) -> Node:
    """Deletes it, once its name is typed."""
    count = row.get("vouchers_count")
    has_many = has_codes(row) or said_parts(row) == "cards"
    what = f"its {count} {said_parts(row)}" if has_many and count else "all that it gives"
    return confirm_dialog(
        "delete-campaign",
        title=f"Delete {row['name']}?",
        what_happens=f"The campaign and {what} are not found from this moment. "
        "What was redeemed stays listed and can be rolled back. Nothing comes back from the bin.",
        action=campaign_href(row, "delete"),
        do="Delete",
        type_name=str(row["name"]),
        fields=WHERE_TO,
    )


def copy_dialog(row: Mapping[str, Any]) -> Node:
    """Makes it again under another name."""
    what = "as many new codes are made" if has_codes(row) else "its tiers are made again"
    if said_parts(row) == "cards":
        what = "its earning rules, rewards and tiers are made again, without members"
    elif row.get("referral_program"):
        what = "its rewards by number are made again, without codes and who holds them"
    return confirm_dialog(
        "copy-campaign",
        title="Copy this campaign",
        what_happens=f"A campaign with the same terms and rules; {what}. It is switched on or off as this one is.",
        action=campaign_href(row, "copy"),
        do="Copy",
        fields=field_text("copy_name", "Name of the copy", f"Copy of {row['name']}", required=True),
    )
