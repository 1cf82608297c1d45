"""What can be done with a customer, and what is said before."""

from htpy import Node, a, b, fragment, li, ul

from services.dashboard.parts.forms import field_lookup
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import Row
from services.dashboard.sections.customer_names import customer_name
from services.dashboard.web.visit import Visit, escape_segment


def customer_actions(visit: Visit, row: Row) -> Node:
    """The buttons that the role has."""
    path = f"/customers/{escape_segment(str(row['id']))}"
    return fragment[
        visit.may("customers.write") and a(".btn", href=f"{path}/edit")[icon("edit", 14), "Edit"],
        visit.may("publications.publish")
        and dialog_button("Give a code", "give-code", sign="send"),
        visit.may("customers.write")
        and dialog_button("Delete", "delete-customer", ".danger", "trash"),
        visit.may("customers.forget") and dialog_button("Forget for good", "forget", ".danger"),
    ]


def customer_dialogs(visit: Visit, row: Row) -> Node:
    """The dialogs of those buttons."""
    name, customer_id = customer_name(row), str(row["id"])
    path = f"/customers/{escape_segment(customer_id)}"
    return fragment[
        visit.may("publications.publish")
        and confirm_dialog(
            "give-code",
            title=f"Give {name} a code",
            what_happens="The next free code of the campaign becomes this customer's; nobody else is given it. Webhooks are told.",
            action=f"{path}/give",
            do="Give it",
            kind=".primary",
            fields=field_lookup("campaign", "Campaign", "campaign"),
            target="#drawer, #details",
        ),
        visit.may("customers.write")
        and confirm_dialog(
            "delete-customer",
            title=f"Delete {name}?",
            what_happens="Nobody finds the customer any more, and nothing can be redeemed in its name. The source id stays taken, orders and redemptions stay, and its personal data is kept in the bin. To remove that too, forget the customer instead.",
            action=f"{path}/delete",
            do="Delete",
        ),
        visit.may("customers.forget")
        and confirm_dialog(
            "forget",
            title=f"Forget {name} for good?",
            what_happens=fragment[
                "This cannot be undone.",
                ul[
                    li[
                        "Gone: name, e-mail, phone, address, birth date, metadata and its activity."
                    ],
                    li["Free again: the source id."],
                    li[
                        "Kept: redemptions, orders and publications, with an id that leads nowhere; they count for nobody."
                    ],
                    li["Told to webhooks, with the id alone: ", b["customer.deleted"], "."],
                ],
            ],
            action=f"{path}/forget",
            do="Forget for good",
            type_name=customer_id,
            target="#drawer, #details",
        ),
    ]
