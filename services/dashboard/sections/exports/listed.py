"""Which filters of lists files can be made by."""

from typing import Final

from services.dashboard.lists.fields import Field
from services.dashboard.sections.customers.fields import FIELDS as CUSTOMERS
from services.dashboard.sections.orders.fields import FIELDS as ORDERS
from services.dashboard.sections.products.fields import FIELDS as PRODUCTS
from services.dashboard.sections.products.fields import SKU_FIELDS
from services.dashboard.sections.redemptions.fields import FIELDS as REDEMPTIONS
from services.dashboard.sections.vouchers.fields import FIELDS as VOUCHERS

#: Kind of thing → the fields of its list; a list adds its line when it offers exports.
FIELDS: Final[dict[str, tuple[Field, ...]]] = {
    "redemption": REDEMPTIONS,
    "order": ORDERS,
    "customer": CUSTOMERS,
    "product": PRODUCTS,
    "sku": SKU_FIELDS,
    "voucher": VOUCHERS,
}


def fields_of(kind: str) -> tuple[Field, ...]:
    """Those of a kind; none where its list offers no exports."""
    return FIELDS.get(kind, ())
