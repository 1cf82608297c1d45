"""The running order: what is left of an order and of its lines while redeemables take from it.

A redeemable is calculated on the basket as those before it left it, which gives a `Taken`; then the
basket takes it. So every step between follows from the `Taken` of each, and the order at the end is
the order at the beginning with all of them, and the beginning the end with all of them taken back.
Lines that a redeemable adds stand at the end.

Source of the sums: the API contract, section 6. All amounts are minor units.
"""

from collections.abc import Iterable

from msgspec import structs

from schemas.evaluations import ItemTaken, Replacement, Taken
from schemas.orders import Order, OrderItem


class Line:
    """A line of a running order."""

    __slots__ = ("amount", "discount", "discounted", "item", "once", "price", "quantity")

    def __init__(self, item: OrderItem) -> None:
        self.item = item
        self.quantity = item.quantity or 0
        #: What the line costs before discounts; None: nobody said.
        self.amount = item.amount
        self.price = _price(item)
        self.discount = item.discount_amount
        self.discounted = item.discount_quantity
        #: Whether a redeemable of this request took from it.
        self.once = False

    @property
    def left(self) -> int:
        """What is left to pay of the line."""
        return (self.amount or 0) - self.discount

    def copy(self) -> "Line":
        """A line as this one, that changes on its own."""
        line = Line(self.item)
        line.quantity, line.amount = self.quantity, self.amount
        line.discount, line.discounted = self.discount, self.discounted
        line.once = self.once
        return line


class Basket:
    """An order while redeemables take from it; `initial` is what it was before the request."""

    __slots__ = ("_changed", "_lines", "amount", "discount", "initial", "items_discount")

    def __init__(self, order: Order) -> None:
        self.initial = order
        self.amount = order.amount
        #: Taken from the order as a whole, and from its lines, those of earlier requests included.
        self.discount = order.discount_amount
        self.items_discount = order.items_discount
        self._lines: list[Line] | None = None
        self._changed = False

    @property
    def lines(self) -> list[Line]:
        """The lines, made when first looked at: most requests only take from the whole."""
        if self._lines is None:
            self._lines = [Line(item) for item in self.initial.items or ()]
        return self._lines

    @property
    def left(self) -> int | None:
        """What is left to pay; None: the order has no amount."""
        if self.amount is None:
            return None
        return self.amount - self.discount - self.items_discount

    def fork(self) -> "Basket":
        """A basket as this one, that changes on its own."""
        fork = Basket(self.initial)
        fork.amount, fork.discount = self.amount, self.discount
        fork.items_discount = self.items_discount
        fork._lines = [line.copy() for line in self.lines]
        fork._changed = self._changed
        return fork

    def take(self, taken: Taken) -> None:
        """The basket after a redeemable."""
        self.discount += taken.order
        if not taken.items:
            return
        lines = self.lines
        self._changed = True
        lines.extend(Line(item) for item in taken.added)
        for each in taken.items:
            line = lines[each.index]
            line.quantity += each.quantity
            line.discount += each.discount
            line.discounted += each.discounted
            line.once = True
            if each.amount:
                line.amount = (line.amount or 0) + each.amount
                self.amount = (self.amount or 0) + each.amount
            self.items_discount += each.discount

    def order(self) -> Order:
        """The order as it is now."""
        order = self.initial
        if self._changed:
            items = tuple(map(_item, self.lines))
            return structs.replace(
                order, amount=self.amount, discount_amount=self.discount, items=items
            )
        return structs.replace(order, discount_amount=self.discount)


def _price(item: OrderItem) -> int | None:
    """A unit's price: what was said, else the amount by the units where that is whole."""
    if item.price is not None or item.amount is None or not item.quantity:
        return item.price
    price, rest = divmod(item.amount, item.quantity)
    return price if not rest else None


def _item(line: Line) -> OrderItem:
    item = line.item
    grown = (line.quantity, line.amount) != (item.quantity, item.amount)
    first = grown and item.initial_quantity is None
    return structs.replace(
        item,
        quantity=line.quantity,
        amount=line.amount,
        discount_amount=line.discount,
        discount_quantity=line.discounted,
        initial_quantity=item.quantity if first else item.initial_quantity,
        initial_amount=item.amount if first else item.initial_amount,
    )


def sum_taken(steps: Iterable[Taken]) -> Taken:
    """What several took, one after the other, as one; of the order and its lines only."""
    order = 0
    items: dict[int, ItemTaken] = {}
    added: list[OrderItem] = []
    replaced: list[Replacement] = []
    for taken in steps:
        order += taken.order
        added += taken.added
        replaced += taken.replaced
        for each in taken.items:
            before = items.get(each.index)
            items[each.index] = each if before is None else _sum(before, each)
    return Taken(
        order=order,
        items=tuple(items[n] for n in sorted(items)),
        added=tuple(added),
        replaced=tuple(replaced),
    )


def take_back_from_order(order: Order, taken: Taken) -> Order:
    """The order without what was taken from it and added to it: the inverse of `Basket.take`.

    It must not be built upon. Where later redemptions took from units that leave with this one,
    what they took of them counts for nothing from then on (`discount_void`). A line that was added
    leaves when it has no units and no line stands behind it, so that all are found by their places.
    """
    discount = order.discount_amount - taken.order
    if not taken.items:
        return structs.replace(order, discount_amount=discount)
    lines = list(order.items or ())
    amount = order.amount
    for each in taken.items:
        lines[each.index] = _undo_line(lines[each.index], each)
        if amount is not None:
            amount -= each.amount
    while lines and _is_empty(lines[-1]):
        lines.pop()
    if not amount and order.initial_amount is None:
        amount = None
    return structs.replace(order, amount=amount, discount_amount=discount, items=tuple(lines))


def is_built_upon(order: Order, taken: Taken) -> bool:
    """Whether later redemptions replaced units that came with it: they are to go first."""
    lines = order.items or ()
    return any(
        (lines[each.index].quantity or 0) < each.quantity
        or (lines[each.index].amount or 0) < each.amount
        for each in taken.items
    )


def _undo_line(line: OrderItem, taken: ItemTaken) -> OrderItem:
    quantity = (line.quantity or 0) - taken.quantity
    amount = (line.amount or 0) - taken.amount
    discount = line.discount_amount + line.discount_void - taken.discount
    shown = min(discount, amount)
    as_before = (quantity, amount) == (line.initial_quantity, line.initial_amount or 0)
    if as_before and quantity:
        before = structs.replace(line, initial_quantity=None, initial_amount=None)
        final = line.initial_amount
    else:
        before = line
        final = None if line.amount is None else amount
    return structs.replace(
        before,
        quantity=quantity,
        amount=final,
        discount_amount=shown,
        discount_void=discount - shown,
        discount_quantity=min(max(line.discount_quantity - taken.discounted, 0), quantity),
    )


def _is_empty(line: OrderItem) -> bool:
    """Whether a discount added the line, and nothing of it is left."""
    return line.quantity == 0 and line.initial_quantity == 0 and not line.discount_void


def _sum(one: ItemTaken, two: ItemTaken) -> ItemTaken:
    return ItemTaken(
        one.index,
        one.discount + two.discount,
        one.quantity + two.quantity,
        one.amount + two.amount,
        one.discounted + two.discounted,
    )
