"""What the settings of a program say besides those of every campaign: its points, and how one comes to a tier."""

from collections.abc import Mapping

from htpy import Node, fragment, p

from services.dashboard.parts.forms import Errors, field_area, field_switch, group
from services.dashboard.parts.show import Row
from services.dashboard.sections.campaigns.programs.expiry_words import say_expiring
from services.dashboard.sections.campaigns.programs.qualifying import qualifying_fields


def program_parts(
    row: Row, values: Mapping[str, str], errors: Errors, again: Mapping[str, str]
) -> Node:
    """What it is called and does, and how members come to tiers; `again` asks for the form anew."""
    card = (row.get("voucher") or {}).get("loyalty_card") or {}
    asked_again = {name: said for name, said in again.items() if name != "hx-trigger"}
    return fragment[
        group(
            "About",
            p[f"Its name, {row['name']}, stays as it is."],
            field_area(
                "description", "Description", values.get("description"), errors=errors, rows=2
            ),
        ),
        group(
            "Points",
            p(".sentence")[say_expiring(card.get("expiration_rules"))],
            p(".muted")[
                "When points expire is said once, as the program is made. An earning rule can say it otherwise for what it gives."
            ],
        ),
        group(
            "Tiers",
            qualifying_fields(values, errors, asked_again | {"hx-trigger": "change"}),
            field_switch(
                "recalculate",
                "Look at every member again at once",
                hint="Else a change counts from what happens to a member next",
            ),
        ),
    ]
