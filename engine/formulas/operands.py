"""What the operands of formulas stand for in a request. Amounts are minor units, dates texts.

Source of the names: the API contract, section 6. `ORDER_ITEMS_QUANTITY` counts lines,
`ORDER_UNITS_QUANTITY` their units. Of lines as cheap (or dear) as one another the first counts; a
line without a price is neither.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import Any, Final, Protocol

from engine.kernel.calendar import Zone, day_of, iso, iso_or_none
from engine.pricing.basket import Basket, Line
from schemas.base import Millis
from schemas.customers import Customer
from schemas.promotions import PromotionTier
from schemas.vouchers import Voucher

_Found = Decimal | str | None


class Sources(Protocol):
    """Where operands have their values from; what a request lacks is None."""

    @property
    def basket(self) -> Basket: ...
    @property
    def now(self) -> Millis: ...
    @property
    def zone(self) -> Zone: ...
    @property
    def customer(self) -> Customer | None: ...
    @property
    def voucher(self) -> Voucher | None: ...
    @property
    def tier(self) -> PromotionTier | None: ...
    @property
    def redemption_metadata(self) -> Mapping[str, Any] | None: ...
    @property
    def publication_metadata(self) -> Mapping[str, Any] | None: ...
    def product_metadata(self, line: Line) -> Mapping[str, Any] | None:
        """The metadata of the line's product."""


class RequestOperands:
    """The operands of a request, for one of its lines where a formula is for lines."""

    __slots__ = ("_line", "_sources")

    def __init__(self, sources: Sources, line: Line | None = None) -> None:
        self._sources = sources
        self._line = line

    @property
    def zone(self) -> Zone:
        """See `Operands.zone`."""
        return self._sources.zone

    def operand(self, name: str, argument: str | None) -> Decimal | str | None:
        plain = _PLAIN.get(name)
        if plain is not None:
            return plain(self._sources)
        if name in _METADATA:
            return _at(_METADATA[name](self._sources), argument)
        for prefix, choose in _LINES.items():
            if name.startswith(prefix):
                line = choose(self._sources.basket) if choose is not None else self._line
                return self._of_line(line, name.removeprefix(prefix), argument)
        return None

    def _of_line(self, line: Line | None, what: str, argument: str | None) -> _Found:
        if line is None:
            return None
        if what == "METADATA":
            return _at(line.item.metadata, argument)
        if what == "PRODUCT_METADATA":
            return _at(self._sources.product_metadata(line), argument)
        return _decimal(_LINE[what](line))


def property_of(metadata: Mapping[str, Any] | None, name: str) -> Any:
    """A property of metadata, by its name, else by the names on the way to it (`address.city`)."""
    if metadata is None:
        return None
    if name in metadata:
        return metadata[name]
    found: Any = metadata
    for part in name.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def cheapest_line(lines: list[Line]) -> Line | None:
    """The first of the lines with the lowest price."""
    return min(
        (line for line in lines if line.price is not None),
        key=lambda line: line.price or 0,
        default=None,
    )


def most_expensive_line(lines: list[Line]) -> Line | None:
    """The first of the lines with the highest price."""
    return max(
        (line for line in lines if line.price is not None),
        key=lambda line: line.price or 0,
        default=None,
    )


def _at(metadata: Mapping[str, Any] | None, name: str | None) -> _Found:
    found = property_of(metadata, name or "")
    if isinstance(found, bool):
        return Decimal(found)
    return found if isinstance(found, str) else _decimal(found)


def _decimal(number: Any) -> Decimal | None:
    """A number as JSON has it, by its shortest text where it is a float."""
    if number is None or isinstance(number, bool):
        return None
    try:
        found = Decimal(str(number))
    except DecimalException:
        return None
    return found if found.is_finite() else None


def _units(basket: Basket) -> int:
    return sum(line.quantity for line in basket.lines)


def _birthdate(sources: Sources) -> str | None:
    data = None if sources.customer is None else sources.customer.personal.data
    return None if data is None else data.birthdate or data.birthday


def _customer_metadata(sources: Sources) -> Mapping[str, Any] | None:
    data = None if sources.customer is None else sources.customer.personal.data
    return None if data is None else data.metadata


def _redeemable_metadata(sources: Sources) -> Mapping[str, Any] | None:
    offer = sources.voucher or sources.tier
    return None if offer is None else offer.metadata


def _of_voucher(value: Callable[[Voucher], _Found]) -> Callable[[Sources], _Found]:
    return lambda sources: None if sources.voucher is None else value(sources.voucher)


def _of_tier(value: Callable[[PromotionTier], _Found]) -> Callable[[Sources], _Found]:
    return lambda sources: None if sources.tier is None else value(sources.tier)


_PLAIN: Final[Mapping[str, Callable[[Sources], _Found]]] = MappingProxyType(
    {
        "ORDER_AMOUNT": lambda s: _decimal(s.basket.amount),
        "ORDER_ITEMS_QUANTITY": lambda s: Decimal(len(s.basket.lines)),
        "ORDER_UNITS_QUANTITY": lambda s: Decimal(_units(s.basket)),
        "VOUCHER_REDEMPTION_QUANTITY": _of_voucher(lambda v: _decimal(v.quantity)),
        "VOUCHER_REDEEMED_QUANTITY": _of_voucher(lambda v: Decimal(v.redeemed_quantity)),
        "VOUCHER_PUBLISH_COUNT": _of_voucher(lambda v: Decimal(v.published)),
        "VOUCHER_START_DATE": _of_voucher(lambda v: iso_or_none(v.start_date)),
        "VOUCHER_EXPIRATION_DATE": _of_voucher(lambda v: iso_or_none(v.expiration_date)),
        "PROMOTION_TIER_START_DATE": _of_tier(lambda t: iso_or_none(t.start_date)),
        "PROMOTION_TIER_EXPIRATION_DATE": _of_tier(lambda t: iso_or_none(t.expiration_date)),
        "CUSTOMER_BIRTHDATE": _birthdate,
        "TODAY": lambda s: iso(day_of(s.now, s.zone)),
        "NOW": lambda s: iso(s.now),
    }
)
_METADATA: Final[Mapping[str, Callable[[Sources], Mapping[str, Any] | None]]] = MappingProxyType(
    {
        "ORDER_METADATA": lambda s: s.basket.initial.metadata,
        "CUSTOMER_METADATA": _customer_metadata,
        "REDEMPTION_METADATA": lambda s: s.redemption_metadata,
        "REDEEMABLE_METADATA": _redeemable_metadata,
        "PUBLICATION_METADATA": lambda s: s.publication_metadata,
    }
)
#: None: the line that the formula is for.
_LINES: Final[Mapping[str, Callable[[Basket], Line | None] | None]] = MappingProxyType(
    {
        "ORDER_ITEM_": None,
        "CHEAPEST_ORDER_ITEM_": lambda basket: cheapest_line(basket.lines),
        "MOST_EXPENSIVE_ORDER_ITEM_": lambda basket: most_expensive_line(basket.lines),
    }
)
_LINE: Final[Mapping[str, Callable[[Line], int | None]]] = MappingProxyType(
    {
        "PRICE": lambda line: line.price,
        "AMOUNT": lambda line: line.amount,
        "SUBTOTAL": lambda line: None if line.amount is None else line.left,
        "UNITS_QUANTITY": lambda line: line.quantity,
    }
)
