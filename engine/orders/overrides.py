"""What the items of an order say of products and SKUs with `override`: it goes to the catalogue.

An order that is saved, by a redemption or by the shop, brings it there in the same record; one that
is only validated does not. The product or SKU that the item names gets the name, price and
metadata that are said, as a creation would give them to it; where its source id is new, it is
created. Client-side keys change no catalogue: their word counts for the order alone.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from msgspec import structs

from engine.kernel.decision import Decision
from engine.kernel.ids import numbered_command
from engine.kernel.state import View
from engine.products.decide import create_product, create_sku
from engine.products.find import find_meant_item
from engine.products.fold import FOLDS
from schemas.api import OrderInput, OrderItemInput
from schemas.base import Millis
from schemas.blank import name_in
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.products import (
    CreateProduct,
    CreateSku,
    Product,
    Sku,
)

#: How many products and SKUs one order changes at most, so that they fit its record.
OVERRIDES_MAX: Final = 100


class OverriddenCatalogue(NamedTuple):
    """The state with what an order says of the catalogue, and the events that make it so."""

    view: View
    events: tuple[Event, ...] = ()


def override_catalogue(
    view: View, command: Command, order: OrderInput | None, now: Millis
) -> OverriddenCatalogue | Refusal:
    """The catalogue after an order that is saved. Refuses what names an unknown id."""
    if command.key_kind == "client" or order is None or not order.items:
        return OverriddenCatalogue(view)
    steps = list(_steps(order.items))
    if not steps:
        return OverriddenCatalogue(view)
    if len(steps) > OVERRIDES_MAX:
        reason = f"An order overrides at most {OVERRIDES_MAX} products and SKUs"
        told = {"rule": "overrides", "limit": OVERRIDES_MAX, "overrides": len(steps)}
        return refuse("invalid_order", reason, explanation=told)
    trial = view.trial()
    events: list[Event] = []
    for n, (step, item) in enumerate(steps):
        decision = step(trial, numbered_command(command, "override", n), item, now)
        if isinstance(decision, Refusal):
            return decision
        for event in decision.events:
            FOLDS[type(event)](trial, event, now)
        events.extend(decision.events)
    return OverriddenCatalogue(trial, tuple(events))


Step = Callable[[View, Command, OrderItemInput, Millis], Decision | Refusal]


def _steps(items: tuple[OrderItemInput, ...]) -> Iterator[tuple[Step, OrderItemInput]]:
    for item in items:
        if item.product is not None and item.product.override:
            yield _override_product, item
        if item.sku is not None and item.sku.override:
            yield _override_sku, item


def _override_product(
    view: View, command: Command, item: OrderItemInput, now: Millis
) -> Decision | Refusal:
    said = item.product
    assert said is not None
    source_id = said.source_id or (None if item.related_object == "sku" else item.source_id)
    product = Product(
        id=said.id or item.product_id or _product_of_sku(view, item, source_id),
        created_at=now,
        source_id=name_in(source_id),
        name=said.name,
        price=said.price,
        metadata=said.metadata or {},
    )
    return create_product(view, command, CreateProduct(product), now)


def _product_of_sku(view: View, item: OrderItemInput, source_id: str | None) -> str:
    """The product that only the item's SKU names; empty: another name tells."""
    meant = None if source_id else find_meant_item(view, item)
    return "" if meant is None else meant.product_id


def _override_sku(
    view: View, command: Command, item: OrderItemInput, now: Millis
) -> Decision | Refusal:
    said = item.sku
    assert said is not None
    meant = find_meant_item(view, item)
    if meant is None:
        named = item.product_id or item.sku_id or item.source_id or ""
        told = {"rule": "exists", "object": "product", "id": named}
        return structs.replace(not_found("product", named), explanation=told)
    source_id = said.source_id or (item.source_id if item.related_object == "sku" else None)
    sku = Sku(
        id=said.id or item.sku_id or "",
        product_id=meant.product_id,
        created_at=now,
        source_id=name_in(source_id),
        sku=said.sku,
        price=said.price,
        metadata=said.metadata or {},
    )
    return create_sku(view, command, CreateSku(meant.product_id, sku), now)
