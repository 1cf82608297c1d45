"""The head of a page, its tabs, its dialogs, and the drawer."""

from collections.abc import Sequence
from dataclasses import dataclass

from htpy import Node, a, button, dialog, div, footer, form, h1, h2, header, nav, p, span
from htpy import input as input_

from services.dashboard.parts.forms import field_text, idempotency
from services.dashboard.parts.icons import icon


def head(title: str, lead: Node = "", *actions: Node) -> Node:
    """The title of a page, a sentence about it, and what can be done."""
    return div(".head")[div[h1[title], lead and p[lead]], span(".spacer"), actions]


def tabs(items: Sequence[tuple[str, str]], current: str, label: str = "Sections") -> Node:
    """Tabs, each an address of its own."""
    return nav(".tabs", aria_label=label)[
        (
            a(href=href, aria_current="page" if href == current else None)[name]
            for name, href in items
        )
    ]


@dataclass(frozen=True, slots=True)
class Details:
    """One thing, told in a drawer beside a list or on a page of its own."""

    title: Node
    body: Node
    #: The address of its own page.
    href: str
    badge: Node = None
    actions: Node = None
    #: What the title is called for who listens, and the name of the page.
    name: str = "Details"
    dialogs: Node = None


def drawer_content(details: Details) -> Node:
    """What is in the drawer while it shows details."""
    return div(".inner")[
        header[
            h2[details.title],
            details.badge,
            span(".spacer"),
            _link_button(details),
            a(".btn.quiet.icon", href=details.href, aria_label="Open as a page")[
                icon("external", 16)
            ],
            button(
                ".btn.quiet.icon",
                type="button",
                commandfor="drawer",
                command="close",
                aria_label="Close",
            )[icon("x", 17)],
        ],
        div(".body")[details.body],
        details.actions and footer[details.actions],
        details.dialogs,
    ]


def _link_button(details: Details) -> Node:
    """Copies the address of its page, to be sent to somebody."""
    return button(
        ".btn.quiet.icon", type="button", data_copy_link=details.href, aria_label="Copy link"
    )[icon("link", 16)]


def drawer(details: Details | None, label: str) -> Node:
    """The drawer of a list, open where something is shown."""
    return dialog("#drawer.drawer", closedby="any", aria_label=label)[
        None if details is None else drawer_content(details)
    ]


def details_page(details: Details, back: tuple[str, str]) -> Node:
    """Details as a page."""
    return div("#details.details")[
        a(".back", href=back[1])[icon("left", 14), back[0]],
        div(".head")[
            h1[details.title],
            details.badge,
            span(".spacer"),
            _link_button(details),
            details.actions,
        ],
        div(".details-body")[details.body],
        details.dialogs,
    ]


def dialog_button(text: str, dialog_id: str, kind: str = "", sign: str = "") -> Node:
    """A button that opens a dialog."""
    return button(f".btn{kind}", type="button", commandfor=dialog_id, command="show-modal")[
        sign and icon(sign, 14), text
    ]


def confirm_dialog(
    dialog_id: str,
    *,
    title: str,
    what_happens: Node,
    action: str,
    do: str,
    method: str = "post",
    reason: bool = False,
    fields: Node = None,
    type_name: str = "",
    keep: str = "Cancel",
    target: str | None = None,
    include: str | None = None,
    kind: str = ".danger",
) -> Node:
    """Asks before something is done and tells what will happen.

    `type_name`: what has to be typed, for what is for good. `target`: the element that the answer
    goes into; None: the page goes on to where the answer says. `include`: what is sent besides, as a selector. `kind`: of the
    button that does it.
    """
    send = {f"hx-{method}": action, "hx-swap": "none"}
    if target is not None:
        send = {f"hx-{method}": action, "hx-target": target, "hx-swap": "innerHTML"}
    if include is not None:
        send["hx-include"] = include
    send["hx-push-url"] = "false"
    return dialog(f"#{dialog_id}.modal", aria_labelledby=f"{dialog_id}-title", closedby="any")[
        form(send)[
            idempotency(),
            h2(id=f"{dialog_id}-title")[title],
            p(".muted")[what_happens],
            fields,
            reason and field_text("reason", "Reason", hint="Kept in the history"),
            type_name
            and div(".field")[
                span(".label")[f"Type {type_name} to go on"],
                input_(
                    ".input",
                    name="typed",
                    required=True,
                    autocomplete="off",
                    data_match=type_name,
                    aria_label=f"Type {type_name}",
                ),
            ],
            div(".acts")[
                button(".btn", type="button", commandfor=dialog_id, command="close")[keep],
                button(f".btn{kind}")[do],
            ],
        ]
    ]
