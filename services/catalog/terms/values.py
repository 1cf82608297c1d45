"""Bodies into the values that commands carry."""

from collections.abc import Callable
from typing import TypeVar

from schemas.campaigns import CodeConfig
from schemas.discounts import Discount, UnitOff
from schemas.validity import DailyHours, ValidityHours, ValidityTimeframe
from schemas.vouchers import Gift, LoyaltyCard
from services.catalog.terms.bodies import (
    CodeConfigBody,
    DiscountBody,
    GiftBody,
    HoursBody,
    LoyaltyCardBody,
    TimeframeBody,
)

#: Members by which a category is named.
CATEGORY = frozenset({"category", "category_id"})
T = TypeVar("T")
U = TypeVar("U")


def code_config(body: CodeConfigBody) -> CodeConfig:
    """How codes are made."""
    return CodeConfig(
        length=body.length,
        charset=body.charset,
        prefix=body.prefix,
        postfix=body.postfix,
        pattern=body.pattern,
        initial_count=body.initial_count,
    )


def make_if_given(make: Callable[[T], U], body: T | None) -> U | None:
    """What `make` makes of a body that was given."""
    return None if body is None else make(body)


def category_of(category_id: str | None, category: str | None) -> str | None:
    """The category that a body names, by id or name."""
    return category_id or category or None


def discount_of(body: DiscountBody) -> Discount:
    """The discount that a body describes; what its products are called is the catalogue's to say."""
    given = body.model_dump(exclude_none=True, exclude=_DERIVED)
    units = tuple(
        UnitOff(
            each.unit_type,
            each.effect or "ADD_NEW_ITEMS",
            each.unit_off,
            each.unit_off_formula,
        )
        for each in body.units or ()
    )
    return Discount(**given, units=units)


#: Members of a discount that are not copied.
_DERIVED = {"is_dynamic", "product", "sku", "units"}


def gift_of(body: GiftBody) -> Gift:
    """The gift that a body describes; the balance is the amount unless named."""
    balance = body.amount if body.balance is None else body.balance
    return Gift(amount=body.amount, balance=balance, effect=body.effect)


def card_of(body: LoyaltyCardBody) -> LoyaltyCard:
    """The loyalty card that a body describes; the balance is all points unless named."""
    return LoyaltyCard(body.points, body.points if body.balance is None else body.balance)


def timeframe_of(body: TimeframeBody) -> ValidityTimeframe:
    """The timeframe that a body describes."""
    return ValidityTimeframe(duration=body.duration, interval=body.interval)


def days_of(days: list[int] | None) -> tuple[int, ...] | None:
    """Days of the week, 0 = Sunday."""
    return None if days is None else tuple(days)


def hours_of(body: HoursBody) -> ValidityHours:
    """The hours that a body describes."""
    return ValidityHours(
        daily=tuple(
            DailyHours(each.start_time, each.expiration_time, tuple(each.days_of_week or ()))
            for each in body.daily or ()
        )
    )
