"""Fields for the items that a discount is for, and for bundles."""

from typing import Final

from htpy import Node, details, div, fieldset, fragment, label, legend, p, span, summary
from htpy import input as input_

from services.dashboard.parts.forms import field_choice, field_text, folded
from services.dashboard.parts.lookups import lookup
from services.dashboard.sections.rules.desk import Desk, do_button
from services.dashboard.sections.rules.entries import Entry, keep
from services.dashboard.sections.rules.naming import name_of

_EFFECTS: Final = {
    "APPLY_TO_EVERY": "Every one",
    "APPLY_TO_CHEAPEST": "The cheapest one",
    "APPLY_FROM_CHEAPEST": "From the cheapest on",
    "APPLY_TO_MOST_EXPENSIVE": "The most expensive one",
    "APPLY_FROM_MOST_EXPENSIVE": "From the most expensive on",
}
_TARGETS: Final = (("ITEM", "Lines of the order"), ("UNIT", "Single pieces"))
_LIMITS: Final = (
    ("quantity_limit", "Pieces of a line at most"),
    ("aggregated_quantity_limit", "Pieces at most"),
    ("amount_limit", "Amount of a line at most"),
    ("aggregated_amount_limit", "Amount at most"),
    ("price", "Price of a piece"),
    ("price_formula", "Formula of the price"),
    ("repeat", "Every so many"),
    ("skip_initially", "Passing over at first"),
)


def entries_view(desk: Desk) -> Node:
    """Both lists and the bundle, folded while they say nothing."""
    draft = desk.draft
    return div(".card.pad.stack")[
        folded(
            "Items that the discount is for",
            p(".muted")["Nothing named: the discount is for the whole order."],
            label(".switch")[
                input_(
                    type="checkbox",
                    role="switch",
                    id="included_all",
                    name="included_all",
                    value="true",
                    checked=draft.includes_all,
                ),
                span["All items, but for those left out"],
            ],
            (_list_view(desk, where) for where in ("included", "excluded")),
            is_open=bool(draft.entries) or draft.includes_all,
        ),
        folded("Bundle", _bundle_view(desk), is_open=bool(draft.bundle.parts)),
    ]


def _list_view(desk: Desk, where: str) -> Node:
    entries = [each for each in desk.draft.entries if each.where == where]
    title = "For these items" if where == "included" else "Not for these items"
    return fieldset(".rules")[
        legend(".strong")[title],
        (_entry_view(desk, each) for each in entries),
        div(".row")[do_button(f"entry:{where}", "Item", "plus")],
    ]


def _entry_view(desk: Desk, entry: Entry) -> Node:
    name = f"item-{entry.id}"
    chosen = [(entry.item, name_of(desk.names, entry.item))] if entry.item else []
    error = desk.draft.errors.get(f"entry-{entry.id}")
    return div(".stack.entry", id=f"entry-{entry.id}", tabindex="-1")[
        input_(type="hidden", name="entry", value=f"{entry.where}:{entry.id}"),
        input_(type="hidden", name=f"entry_raw-{entry.id}", value=keep(entry.raw)),
        div(".row")[lookup(name, "item", chosen), do_button(f"drop_entry:{entry.id}", "Drop", "x")],
        error and span(".error")[error],
        entry.where == "included" and _limits_view(desk, entry),
    ]


def _limits_view(desk: Desk, entry: Entry) -> Node:
    texts = entry.texts
    usual = {"", "1", "0", "APPLY_TO_EVERY", "ITEM"}
    said = any(text not in usual for text in texts.values())
    effects = [(each, _EFFECTS.get(each, each)) for each in desk.catalogue.effects]
    return details(".folded", open=said)[
        summary["Which of them, and how many"],
        div(".grid2")[
            field_choice(
                f"effect-{entry.id}", "Takes", effects, texts.get("effect") or "APPLY_TO_EVERY"
            ),
            field_choice(f"target-{entry.id}", "Counts", _TARGETS, texts.get("target") or "ITEM"),
            (
                field_text(f"{name}-{entry.id}", text, texts.get(name, ""), autocomplete="off")
                for name, text in _LIMITS
            ),
        ],
    ]


def _bundle_view(desk: Desk) -> Node:
    bundle = desk.draft.bundle
    error = desk.draft.errors.get("bundle_limit")
    return fragment[
        p(".muted")["The discount is for these items together, in these quantities."],
        input_(type="hidden", name="bundle_raw", value=keep(bundle.raw)),
        input_(type="hidden", name="bundle_parts", value=str(len(bundle.parts))),
        (
            div(".row")[
                lookup(
                    f"bundle_item-{at}",
                    "item",
                    [(item, name_of(desk.names, item))] if item else [],
                ),
                input_(
                    ".input.short",
                    id=f"bundle_quantity-{at}",
                    name=f"bundle_quantity-{at}",
                    type="number",
                    min="1",
                    value=str(quantity),
                    aria_label="Quantity",
                ),
                do_button(f"drop_bundle:{at}", "Drop", "x"),
            ]
            for at, (item, quantity) in enumerate(bundle.parts)
        ),
        div(".row")[do_button("bundle:", "Item of the bundle", "plus")],
        field_text(
            "bundle_limit",
            "How many bundles count at most",
            bundle.limit,
            errors={"bundle_limit": error} if error else None,
            inputmode="numeric",
        )
        if bundle.parts
        else input_(type="hidden", name="bundle_limit", value=bundle.limit),
    ]
