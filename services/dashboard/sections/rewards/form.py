"""The form of a reward: what it is decides which fields there are."""

from collections.abc import Mapping
from typing import Final

from htpy import Node, a, fragment, nav
from htpy import input as input_
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_lookup,
    field_text,
    form_page,
    group,
)
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Show
from services.dashboard.sections.products.goods_fields import METADATA_HINT
from services.dashboard.sections.rewards.bodies import read_reward, values_of_reward
from services.dashboard.sections.rewards.naming import (
    BACK,
    TYPES,
    find_reward_names,
    parameters_of,
    type_name,
)
from services.dashboard.sections.saving import (
    key_of,
    place_fault,
    read_typed,
)
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

NAMES: Final = (
    "type", "name", "pays", "points_ratio", "campaign", "campaign_type", "balance", "item", "stock",
    "stock_before",
    "description", "image_url", "metadata",
)  # fmt: skip

#: By the type of a campaign's codes, the type of campaign that has such; a giveaway has any.
_CAMPAIGN_TYPES: Final[Mapping[str, str]] = {
    "DISCOUNT_VOUCHER": "DISCOUNT_COUPONS",
    "GIFT_VOUCHER": "GIFT_VOUCHERS",
    "LOYALTY_CARD": "LOYALTY_PROGRAM",
}


def reward_form(
    values: Mapping[str, str],
    names: Mapping[str, str],
    show: Show,
    *,
    row: Row | None = None,
    errors: Errors | None = None,
) -> Node:
    """Its fields; of one that there is the type stays."""
    path = f"/rewards/{escape_segment(str(row['id']))}" if row else "/rewards"
    kind = values.get("type") or "COIN"
    return form_page(
        f"{path}/edit" if row else "/rewards/new",
        row is None and _choose_type(kind),
        input_(type="hidden", name="type", value=kind),
        group(
            "Reward",
            field_text(
                "name",
                "Name",
                values.get("name"),
                errors=errors,
                autocomplete="off",
                required=True,
                maxlength="256",
            ),
        ),
        group("What it is", _parameters(kind, values, names, show, errors or {})),
        group(
            "How it is shown",
            field_area(
                "description", "Description", values.get("description"), errors=errors, rows=2
            ),
            field_text(
                "image_url",
                "Address of a picture",
                values.get("image_url"),
                errors=errors,
                kind="url",
            ),
            field_area(
                "metadata",
                "Metadata",
                values.get("metadata"),
                hint=METADATA_HINT,
                errors=errors,
                spellcheck="false",
            ),
        ),
        errors=errors or None,
        save="Save" if row else "Create the reward",
        cancel=path,
    )


def _choose_type(kind: str) -> Node:
    return nav(".segmented", aria_label="Type")[
        (
            a(
                href=f"/rewards/new?type={value}",
                aria_current="page" if value == kind else None,
            )[said]
            for value, said in TYPES
        )
    ]


def _parameters(
    kind: str, values: Mapping[str, str], names: Mapping[str, str], show: Show, errors: Errors
) -> Node:
    if kind == "CAMPAIGN":
        return campaign_fields(values, names, show, errors)
    if kind == "MATERIAL":
        item = values.get("item", "")
        return [
            field_lookup(
                "item",
                "Product or SKU",
                "line-item",
                ((item, names.get(item.partition(":")[2], item)),) if item else (),
                errors={"item": errors.get("item-find", "")},
            ),
            field_text(
                "stock",
                "Stock",
                values.get("stock"),
                hint="How many are left; empty: without limit",
                errors=errors,
                inputmode="numeric",
                autocomplete="off",
            ),
            input_(type="hidden", name="stock_before", value=values.get("stock_before", "")),
        ]
    return [
        field_text(
            "points_ratio",
            "So many points",
            values.get("points_ratio"),
            errors=errors,
            inputmode="numeric",
            autocomplete="off",
        ),
        field_text(
            "pays",
            f"pay so much of an order ({show.currency})",
            values.get("pays"),
            hint="Such as 100 points for 1.00",
            errors=errors,
            inputmode="decimal",
            autocomplete="off",
        ),
    ]


def campaign_fields(
    values: Mapping[str, str], names: Mapping[str, str], show: Show, errors: Errors
) -> Node:
    """Of whose codes, and with what on them."""
    chosen, kind = values.get("campaign", ""), values.get("campaign_type", "")
    return fragment[
        field_lookup(
            "campaign",
            "Campaign",
            "reward-campaign",
            ((chosen, names.get(chosen, chosen)),) if chosen else (),
            hint="Discount codes, gift cards, a giveaway's codes, or another loyalty program",
            errors={"campaign": errors.get("campaign-find", "")},
        ),
        field_text(
            "balance",
            "Points on the card"
            if kind == "LOYALTY_PROGRAM"
            else f"Credit on the card ({show.currency})"
            if kind == "GIFT_VOUCHERS"
            else f"Credit ({show.currency}) or points on the card",
            values.get("balance"),
            hint="Of gift cards and loyalty programs; a discount code takes none",
            errors=errors,
            inputmode="decimal",
            autocomplete="off",
        ),
    ]


async def show_new(visit: Visit) -> Response:
    """The form of a new one; `type` in the address chooses what it is."""
    kind = visit.request.query_params.get("type", "")
    values = {"type": kind if kind in dict(TYPES) else "COIN"}
    title = "Create a reward"
    return answer_page(visit, title, fragment[head(title), reward_form(values, {}, visit.show)])


async def show_edit(visit: Visit) -> Response:
    """The form of one that there is. Raises ApiFault."""
    row = await visit.api.get(f"/v1/rewards/{escape_segment(visit.path('id'))}")
    names = await find_reward_names(visit, [row])
    title = f"Edit {row.get('name') or row['id']}"
    content = fragment[
        head(title, type_name(row)), reward_form(values_of_reward(row), names, visit.show, row=row)
    ]
    return answer_page(visit, title, content)


async def save(visit: Visit) -> Response:
    """Creates or changes it. Raises ApiFault."""
    form = await visit.form()
    name = visit.request.path_params.get("id")
    path = f"/v1/rewards/{escape_segment(str(name))}"
    row = await visit.api.get(path) if name else None
    values = await _typed(visit, form, row)
    errors: dict[str, str] = {}
    body, saved = read_reward(values, row, values["campaign_type"], errors), None
    if not errors:
        try:
            if row is None:
                saved = await visit.api.post("/v1/rewards", body, key=key_of(form))
            else:
                saved = await visit.api.put(path, body, key=key_of(form))
        except Refused as fault:
            errors = place_fault(fault, ("name", "stock", "balance", "metadata"))
    if saved is None:
        names = await find_reward_names(visit, [{"parameters": body["parameters"]}])
        return answer_node(reward_form(values, names, visit.show, row=row, errors=errors))
    address = f"{BACK[1]}/{escape_segment(str(saved['id']))}"
    return go_to(visit.request, address, "Saved" if row else "Reward created")


async def _typed(visit: Visit, form: FormData, row: Row | None) -> dict[str, str]:
    """What was typed, with the kind of the chosen campaign and the product of a SKU."""
    values = read_typed(form, NAMES)
    if row is not None:
        values["type"] = str(row.get("type") or values["type"])
    if values["campaign"]:
        path = f"/v1/campaigns/{escape_segment(values['campaign'])}"
        found = await ask_quietly(visit.api.get(path))
        known = {} if row is None else parameters_of(row).get("campaign") or {}
        # a role that sees no campaigns keeps the kind that the reward says
        kind = known.get("type") if known.get("id") == values["campaign"] else ""
        template = (found or {}).get("voucher") or {}
        values["campaign_type"] = _CAMPAIGN_TYPES.get(template.get("type", ""), kind or "")
    what, _, name = values["item"].partition(":")
    if what == "sku" and name:
        found = await ask_quietly(visit.api.get(f"/v1/skus/{escape_segment(name)}"))
        values["product"] = str((found or {}).get("product_id") or "")
    return values


PAGES: Final[tuple[Page, ...]] = (
    Page("/rewards/new", show_new, "rewards.write"),
    Page("/rewards/new", save, "rewards.write", "POST"),
    Page("/rewards/{id}/edit", show_edit, "rewards.write"),
    Page("/rewards/{id}/edit", save, "rewards.write", "POST"),
)
