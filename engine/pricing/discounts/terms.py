"""What a discount is calculated under, beside the order and what is in its scope."""

from collections.abc import Callable
from typing import NamedTuple

from schemas.products import CatalogItem


class Terms(NamedTuple):
    """How a redeemable calculates within its request."""

    #: Percentages are of what there was to pay before the request, else of what is left.
    initial: bool
    #: Lines that a redeemable of this request took from are left out.
    once: bool
    #: The product or SKU of that id or source id.
    price_of: Callable[[str], CatalogItem | None]
