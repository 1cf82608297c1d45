"""Carts that things are tried with which nobody saved; nothing of them is recorded."""

from schemas.api import CustomerInput, OrderInput
from schemas.base import Metadata, Shape


class Cart(Shape, frozen=True):
    """Who would ask with which order, as a validation says it."""

    customer: CustomerInput | None = None
    order: OrderInput | None = None
    #: Of the redemption.
    metadata: Metadata | None = None
