"""Combining tiers: a name, a promotion, and its tiers in the order in which they apply."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, button, div, fragment, option, p, select, span
from htpy import input as input_
from starlette.datastructures import FormData, QueryParams
from starlette.responses import Response

from services.dashboard.parts.forms import (
    Errors,
    field,
    field_lookup,
    field_text,
    form_page,
    group,
)
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row, Show
from services.dashboard.parts.sorting import sortable_item, sortable_list
from services.dashboard.sections.promotions.naming import (
    campaign_names,
    find_stack,
    tier_given,
    tier_ids,
    tier_name,
    tiers_of,
)
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import ApiFault, Refused, field_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

TIERS_MAX: Final = 30
PATHS: Final[Mapping[str, str]] = {
    "name": "name",
    "tiers": "add-tier",
    "category": "category_id-find",
}


def stack_form(
    action: str,
    values: Mapping[str, str],
    tiers: Sequence[Row],
    order: Sequence[str],
    show: Show,
    *,
    errors: Errors | None = None,
    campaign_name: str = "",
    is_new: bool = True,
    key: str | None = None,
) -> Node:
    """The whole form. `tiers`: those of the promotion; `order`: those that are combined."""
    wrong = errors or {}
    campaign, category = values.get("campaign", ""), values.get("category_id", "")
    return form_page(
        action,
        group(
            "What it is",
            field_text(
                "name", "Name", values.get("name"), errors=wrong, required=True, maxlength="512"
            ),
            field_lookup(
                "category_id",
                "Category",
                "category",
                [(category, values.get("category_name") or category)] if category else (),
                errors=wrong,
            ),
        ),
        group(
            "Tiers",
            div(
                {
                    "hx-get": "/promotion-stacks/tiers",
                    "hx-trigger": "change",
                    "hx-sync": "this:replace",
                    "hx-target": "#stack-tiers",
                    "hx-swap": "outerHTML",
                    "hx-include": "[name=campaign]",
                    "hx-push-url": "false",
                }
            )[
                field_lookup(
                    "campaign",
                    "Promotion",
                    "promotion",
                    [(campaign, campaign_name or campaign)] if campaign else (),
                    hint="Only tiers of one promotion can be combined",
                    errors=wrong,
                )
            ]
            if is_new
            else input_(type="hidden", name="campaign", value=campaign),
            tiers_editor(tiers, order, show, wrong),
        ),
        errors=wrong or None,
        save="Combine them" if is_new else "Save",
        cancel="/promotion-stacks",
        key=key,
    )


def tiers_editor(
    tiers: Sequence[Row], order: Sequence[str], show: Show, errors: Errors | None = None
) -> Node:
    """The tiers in their order, and the way to add one; shown anew after each change."""
    known = {str(each["id"]): each for each in tiers}
    chosen = [each for each in order if each in known]
    left = [each for each in tiers if each["id"] not in chosen]
    error = (errors or {}).get("add-tier", "")
    return div("#stack-tiers.stack")[
        sortable_list(
            "Tiers in the order in which they apply",
            (
                sortable_item(
                    each,
                    tier_name(known[each]),
                    at,
                    tier_name(known[each]),
                    span(".muted")[f" {tier_given(known[each], show)}"],
                    more=_part(
                        "remove",
                        each,
                        f"Take {tier_name(known[each])} out",
                        icon("x", 14),
                        ".quiet.icon.small",
                    ),
                )
                for at, each in enumerate(chosen, 1)
            ),
        )
        if chosen
        else p(".muted")[
            "None yet." if tiers else "Choose the promotion first; its tiers stand here then."
        ],
        len(chosen) < TIERS_MAX
        and bool(left)
        and field(
            "add-tier",
            "Add a tier",
            div(".row")[
                select("#add-tier.input", name="adding")[
                    (
                        option(value=each["id"])[f"{tier_name(each)}: {tier_given(each, show)}"]
                        for each in left
                    )
                ],
                _part("add", "true", "", [icon("plus", 14), "Add"], ""),
            ],
            error=error,
        ),
        error and not left and span(".error")[error],
    ]


def _part(name: str, value: str, said: str, content: Node, kind: str) -> Node:
    """A button that changes the editor alone."""
    return button(
        f".btn{kind}",
        {
            "hx-get": "/promotion-stacks/tiers",
            "hx-target": "#stack-tiers",
            "hx-swap": "outerHTML",
            "hx-include": "#stack-tiers, [name=campaign]",
            "hx-push-url": "false",
        },
        type="button",
        name=name,
        value=value,
        data_part=True,
        aria_label=said or None,
    )[content]


def read_order(asked: QueryParams | FormData) -> list[str]:
    """The tiers in their order, with what was added and without what was taken out."""
    order = [str(each) for each in asked.getlist("order")]
    if asked.get("add") and asked.get("adding"):
        order.append(str(asked.get("adding")))
    gone = asked.get("remove")
    return list(dict.fromkeys(each for each in order if each != gone))[:TIERS_MAX]


async def show_tiers(visit: Visit) -> Response:
    """The editor of the tiers after a change."""
    asked = visit.request.query_params
    campaign = asked.get("campaign", "")
    tiers = await _tiers(visit, campaign)
    return answer_node(tiers_editor(tiers, read_order(asked), visit.show))


async def _tiers(visit: Visit, campaign: str) -> Sequence[Row]:
    """Those of a promotion; none of what is no promotion."""
    if not campaign:
        return []
    try:
        return await tiers_of(visit, campaign)
    except ApiFault:
        return []


async def show_new(visit: Visit) -> Response:
    """The empty form; `campaign` in the address fills that in."""
    campaign = visit.request.query_params.get("campaign", "")
    tiers = await _tiers(visit, campaign)
    names = await campaign_names(visit, [campaign])
    content = fragment[
        head("Combine tiers", "They are redeemed together, one after the other: all or none."),
        stack_form(
            "/promotion-stacks/new",
            {"campaign": campaign},
            tiers,
            [],
            visit.show,
            campaign_name=names.get(campaign, ""),
        ),
    ]
    return answer_page(visit, "Combine tiers", content)


async def show_edit(visit: Visit) -> Response:
    """The form of one that there is."""
    row = await find_stack(visit, visit.path("id"))
    tiers = await tiers_of(visit, row["campaign_id"])
    categories = row.get("categories") or []
    values = {
        "name": row["name"],
        "campaign": row["campaign_id"],
        "category_id": row.get("category_id") or "",
        "category_name": categories[0]["name"] if categories else "",
    }
    content = fragment[
        head(f"Edit {row['name']}", "The tiers apply in this order."),
        stack_form(
            f"/promotion-stacks/{row['id']}/edit",
            values,
            tiers,
            tier_ids(row),
            visit.show,
            is_new=False,
        ),
    ]
    return answer_page(visit, f"Edit {row['name']}", content)


async def create(visit: Visit) -> Response:
    """Combines them."""
    form = await visit.form()
    campaign = str(form.get("campaign") or "")
    return await _send(visit, form, "POST", f"/v1/promotions/{escape_segment(campaign)}/stacks")


async def save(visit: Visit) -> Response:
    """Changes one."""
    form, name = await visit.form(), visit.path("id")
    row = await find_stack(visit, name)
    path = f"/v1/promotions/{row['campaign_id']}/stacks/{escape_segment(name)}"
    return await _send(visit, form, "PUT", path)


async def _send(visit: Visit, form: FormData, method: str, path: str) -> Response:
    """Sends the form; what is wrong is told at its field, everything as it was typed."""
    values = {
        each: str(form.get(each) or "").strip() for each in ("name", "campaign", "category_id")
    }
    order, errors = read_order(form), dict[str, str]()
    if not values["name"]:
        errors["name"] = "It needs a name."
    if not values["campaign"]:
        errors["campaign"] = "Choose the promotion first."
    elif not order:
        errors["add-tier"] = "Add at least one tier."
    key = str(form.get("idempotency_key") or "") or None
    body: dict[str, Any] = {
        "name": values["name"],
        "tiers": {"ids": order},
        "category_id": values["category_id"] or None,
    }
    if not errors:
        try:
            made = await visit.api.ask(method, path, body=body, key=key)
        except Refused as fault:
            found = field_of(fault, PATHS)
            errors[PATHS[found] if found else ""] = fault.sentence
        else:
            said = "They are combined" if method == "POST" else "Saved"
            return go_to(visit.request, f"/promotion-stacks?open={made['id']}", said)
    shown = stack_form(
        visit.request.url.path,
        values,
        await _tiers(visit, values["campaign"]),
        order,
        visit.show,
        errors=errors,
        is_new=method == "POST",
        key=key,
    )
    return answer_node(shown)


PAGES: Final = (
    Page("/promotion-stacks/new", show_new, "promotions.write"),
    Page("/promotion-stacks/new", create, "promotions.write", "POST"),
    Page("/promotion-stacks/tiers", show_tiers, "promotions.read"),
    Page("/promotion-stacks/{id}/edit", show_edit, "promotions.write"),
    Page("/promotion-stacks/{id}/edit", save, "promotions.write", "POST"),
)
