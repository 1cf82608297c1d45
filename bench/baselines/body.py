"""What the hand-written services take: the members of an attempt that its clients send."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(min_length=1, max_length=256)]


class Redeemable(BaseModel):
    """A voucher by its code."""

    object: Literal["voucher"]
    id: Id


class Item(BaseModel):
    """A line of an order."""

    product_id: Id | None = None
    sku_id: Id | None = None
    quantity: Annotated[int, Field(ge=0)] = 1
    price: Annotated[int, Field(ge=0)] | None = None
    amount: Annotated[int, Field(ge=0)] | None = None


class Order(BaseModel):
    """An order; `amount` is in minor units."""

    amount: Annotated[int, Field(ge=0)]
    items: list[Item] = []
    metadata: dict[str, Any] = {}


class Customer(BaseModel):
    """Whoever redeems."""

    source_id: Id
    email: str | None = None
    metadata: dict[str, Any] = {}


class Attempt(BaseModel):
    """The body of a redemption, and of a validation."""

    model_config = ConfigDict(extra="ignore")

    redeemables: Annotated[list[Redeemable], Field(min_length=1, max_length=1)]
    order: Order
    customer: Customer | None = None
    tracking_id: Id | None = None
    metadata: dict[str, Any] = {}
