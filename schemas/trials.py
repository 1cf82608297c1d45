"""Carts that things are tried with which nobody saved; nothing of them is recorded."""

from typing import Annotated

from msgspec import Meta

from schemas.api import REDEEMABLES_MAX, CustomerInput, OrderInput, Redeemable
from schemas.base import Metadata, Shape


class Cart(Shape, frozen=True):
    """Who would ask with which order, as a validation says it."""

    customer: CustomerInput | None = None
    order: OrderInput | None = None
    #: Of the redemption.
    metadata: Metadata | None = None


class Stack(Shape, frozen=True):
    """What would be asked for together."""

    redeemables: Annotated[tuple[Redeemable, ...], Meta(min_length=1, max_length=REDEEMABLES_MAX)]
