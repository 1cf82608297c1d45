"""Finding: the search of everything, and the comboboxes of forms."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from htpy import Node, a, div, fragment, span
from starlette.responses import Response

from services.dashboard.parts.icons import icon
from services.dashboard.parts.navigation import ACCOUNT, NAV
from services.dashboard.sections.finding_items import ITEM_KINDS, find_items
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FOUND_MAX: Final = 10
TEXT_LENGTH_MAX: Final = 100
#: How many pages are looked through.
_PAGES_MAX: Final = 10


class Kind(NamedTuple):
    """Something that can be found by typing."""

    path: str
    rows: str
    #: Fields of its filters that hold the text, the first also at its beginning.
    fields: tuple[str, ...]
    label: Callable[[Mapping[str, Any]], str]
    value: Callable[[Mapping[str, Any]], str]
    needs: str
    icon: str
    page: Callable[[Mapping[str, Any]], str]
    #: What tells two of the same name apart.
    besides: tuple[str, ...] = ()
    #: What holds besides, for a part of the list.
    always: tuple[tuple[str, str], ...] = ()


def _named(row: Mapping[str, Any]) -> str:
    return str(row.get("name") or row.get("source_id") or row.get("email") or row["id"])


def _id(row: Mapping[str, Any]) -> str:
    return str(row["id"])


_CAMPAIGN: Final = Kind(
    "/v1/campaigns",
    "campaigns",
    ("campaign_name",),
    _named,
    _id,
    "campaigns.read",
    "percent",
    lambda row: f"/campaigns/{row['id']}",
)
KINDS: Final[Mapping[str, Kind]] = {
    "voucher": Kind(
        "/v1/vouchers",
        "vouchers",
        ("code",),
        lambda row: str(row["code"]),
        lambda row: str(row["code"]),
        "vouchers.read",
        "tag",
        lambda row: f"/vouchers/{escape_segment(row['code'])}",
    ),
    "campaign": _CAMPAIGN,
    "campaign-name": _CAMPAIGN._replace(value=_named),
    "promotion": _CAMPAIGN._replace(always=(("campaign_type", "PROMOTION"),)),
    "loyalty-program": _CAMPAIGN._replace(always=(("campaign_type", "LOYALTY_PROGRAM"),)),
    "gift-cards": _CAMPAIGN._replace(always=(("campaign_type", "GIFT_VOUCHERS"),)),
    "reward-campaign": _CAMPAIGN._replace(
        always=tuple(
            (f"filters[campaign_type][conditions][$in][{at}]", kind)
            for at, kind in enumerate(
                ("DISCOUNT_COUPONS", "GIFT_VOUCHERS", "LOYALTY_PROGRAM", "GIVEAWAY")
            )
        )
    ),
    "code-campaign": _CAMPAIGN._replace(always=(("campaign_type", "DISCOUNT_COUPONS"),)),
    "customer": Kind(
        "/v1/customers",
        "customers",
        ("name", "email", "source_id"),
        _named,
        _id,
        "customers.read",
        "users",
        lambda row: f"/customers/{row['id']}",
        ("email", "source_id"),
    ),
    "order": Kind(
        "/v1/orders",
        "orders",
        ("source_id", "id"),
        lambda row: str(row.get("source_id") or row["id"]),
        _id,
        "orders.read",
        "cart",
        lambda row: f"/orders/{row['id']}",
    ),
    "product": Kind(
        "/v1/products",
        "products",
        ("name", "source_id"),
        _named,
        _id,
        "products.read",
        "boxes",
        lambda row: f"/products/{row['id']}",
    ),
    "collection": Kind(
        "/v1/product-collections",
        "data",
        ("name",),
        _named,
        _id,
        "products.read",
        "layers",
        lambda row: f"/collections/{row['id']}",
    ),
    "validation-rule": Kind(
        "/v1/validation-rules",
        "data",
        ("name",),
        _named,
        _id,
        "rules.read",
        "shield",
        lambda row: f"/validation-rules/{row['id']}",
    ),
    "promotion-tier": Kind(
        "/v1/promotions/tiers",
        "tiers",
        ("name",),
        _named,
        _id,
        "promotions.read",
        "layers",
        lambda row: f"/promotion-tiers/{row['id']}",
    ),
}
#: Where one is made that was not found, what it is called, and the privilege that it takes.
MAKING: Final[Mapping[str, tuple[str, str, str]]] = {
    "validation-rule": ("/validation-rules/new", "validation rules", "rules.write"),
    "segment": ("/segments/new", "a segment", "segments.write"),
    "category": ("/categories", "a category", "categories.write"),
    "location": ("/locations/new", "a location", "locations.write"),
    "customer": ("/customers/new", "a customer", "customers.write"),
    "product": ("/products/new", "a product", "products.write"),
}
#: Those of which there are few enough to look through: 1,000 of a project at most.
SMALL: Final[Mapping[str, tuple[str, str]]] = {
    "segment": ("/v1/segments", "data"),
    "category": ("/v1/categories", "data"),
    "location": ("/v1/locations", "data"),
    "reward": ("/v1/rewards", "data"),
}


async def find_kind(
    visit: Visit, kind: Kind, text: str, limit: int = FOUND_MAX
) -> list[Mapping[str, Any]]:
    """Things whose name holds the text, in any of the fields. Raises ApiFault."""
    params = [("limit", str(limit)), *kind.always]
    if text:
        params.append(("filters[junction]", "or"))
        for each in kind.fields:
            operator = f"filters[{each}][conditions][$contains]"
            params += [(f"{operator}[{at}]", said) for at, said in enumerate(_spellings(text))]
    body = await visit.api.get(kind.path, params)
    found: list[Mapping[str, Any]] = body.get(kind.rows) or body.get("data") or []
    return found


def _spellings(text: str) -> list[str]:
    """The text as names and codes may have it: whoever types seldom minds capital letters."""
    ways = (text, text.lower(), text.upper(), text[:1].upper() + text[1:], text.title())
    return list(dict.fromkeys(ways))


def _told_apart(kind: Kind, row: Mapping[str, Any]) -> Node:
    label = kind.label(row)
    beside = next((row[each] for each in kind.besides if row.get(each) not in (None, label)), None)
    if beside is None:
        return label
    return fragment[span(".name")[label], " ", span(".muted")[str(beside)]]


async def _find_small(visit: Visit, name: str, text: str) -> list[Mapping[str, Any]]:
    """Those whose name holds the text, in capitals or not. Raises ApiFault."""
    path, rows = SMALL[name]
    found: list[Mapping[str, Any]] = []
    async for every in visit.api.pages(path, rows, {}, pages_max=_PAGES_MAX):
        found += [each for each in every if text.lower() in _named(each).lower()]
        if len(found) >= FOUND_MAX:
            break
    return found[:FOUND_MAX]


async def look_up(visit: Visit) -> Response:
    """The options of a combobox."""
    name = visit.path("kind")
    text = visit.request.query_params.get("q", "").strip()[:TEXT_LENGTH_MAX]
    kind = KINDS.get(name)
    options: Sequence[tuple[str, Node]]
    if kind is not None:
        options = [
            (kind.value(each), _told_apart(kind, each))
            for each in await find_kind(visit, kind, text)
        ]
    elif name in SMALL:
        options = [(_id(each), _named(each)) for each in await _find_small(visit, name, text)]
    elif name in ITEM_KINDS:
        options = await find_items(visit, name, text)
    else:
        options = []
    return answer_node(_options(options) if options else _nothing(visit, name))


def _nothing(visit: Visit, name: str) -> Node:
    """Nothing, and a way to make it beside the form, which stays as it is."""
    address, said, needs = MAKING.get(name, ("", "", ""))
    if not address or not visit.may(needs):
        return span(".item.muted")["Nothing found"]
    return a(
        ".item", id="option-0", role="option", aria_selected="false", href=address, target="_blank"
    )[icon("plus", 14), span[f"Nothing found. Make {said} in a new tab"]]


def _options(options: Sequence[tuple[str, Node]]) -> Node:
    return fragment[
        (
            div(".item", id=f"option-{at}", role="option", aria_selected="false", data_value=value)[
                label
            ]
            for at, (value, label) in enumerate(options)
        )
    ]


async def find_anything(visit: Visit) -> Response:
    """Pages, and what the API finds of each kind that may be seen."""
    text = visit.request.query_params.get("q", "").strip()[:TEXT_LENGTH_MAX]
    if not text:
        return answer_node(span(".item.muted")["Codes, customers, orders, campaigns and pages"])
    kinds = [
        (name, kind)
        for name, kind in KINDS.items()
        if name in ("voucher", "campaign", "customer", "order", "product") and visit.may(kind.needs)
    ]
    answers = await asyncio.gather(
        *(ask_quietly(find_kind(visit, kind, text, 4)) for _, kind in kinds)
    )
    found: list[tuple[str, Node, str, str]] = [*_pages(visit, text)]
    for (name, kind), rows in zip(kinds, answers, strict=True):
        found += [
            (name.capitalize(), _told_apart(kind, each), kind.page(each), kind.icon)
            for each in rows or ()
        ]
    return answer_node(_found(found))


def _pages(visit: Visit, text: str) -> list[tuple[str, str, str, str]]:
    every: list[tuple[str, str, str, str | None]] = [
        (label, href, sign, needs) for _, items in NAV for label, sign, href, needs, _ in items
    ]
    every += [(label, href, sign, needs) for label, sign, href, needs in ACCOUNT]
    return [
        ("Page", label, href, sign)
        for label, href, sign, needs in every
        if text.lower() in label.lower() and (needs is None or visit.may(needs))
    ]


def _found(rows: Sequence[tuple[str, Node, str, str]]) -> Node:
    if not rows:
        return span(".item.muted")["Nothing found"]
    return fragment[
        (
            a(".item", id=f"found-{at}", role="option", aria_selected="false", href=href)[
                icon(sign), span[name], span(".muted.kind")[kind]
            ]
            for at, (kind, name, href, sign) in enumerate(rows)
        )
    ]


PAGES: Final = (
    Page("/find", find_anything, None),
    Page("/lookup/{kind}", look_up, None),
)
