"""What can be exported: columns, orders and filters of each kind of object.

Source: the API contract's schemas of exports; products and SKUs are additions. Filters are those of
the lists. This is all that a front needs, which does without ClickHouse; what each filter is there,
is in `sources.py`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from schemas.exports import ExportedObject
from services.audit.exports.columns import (
    CUSTOMER_COLUMNS,
    ORDER_COLUMNS,
    POINTS_COLUMNS,
    PRODUCT_COLUMNS,
    PUBLICATION_COLUMNS,
    REDEMPTION_COLUMNS,
    SKU_COLUMNS,
    TRANSACTION_COLUMNS,
    VOUCHER_COLUMNS,
    Column,
)
from services.audit.lists.filters import ANY_METADATA, METADATA_PREFIX, Field

METADATA: Final = "metadata"
_STATES: Final = ("active", "expired", "enabled", "disabled")


class Exported(NamedTuple):
    """What an export of one kind may ask for."""

    columns: Mapping[str, Column]
    #: The columns of one that names none.
    default: tuple[str, ...]
    #: What it is sorted by, the newest first unless it says otherwise.
    orders: tuple[str, ...]
    #: What filters may name, and of which kind it is; the texts are blank here.
    filters: Mapping[str, Field]
    #: What shows a person; of customers all metadata does, too.
    personal: frozenset[str] = frozenset()


def _filters(
    time: str = "", text: str = "", texts: str = "", number: str = "", *, metadata: bool = True
) -> dict[str, Field]:
    found = {name: Field("time", "") for name in time.split()}
    found |= {name: Field("text", "") for name in text.split()}
    found |= {name: Field("texts", "") for name in texts.split()}
    found |= {name: Field("number", "") for name in number.split()}
    return found | ({METADATA_PREFIX: ANY_METADATA} if metadata else {})


_ACTIVE: Final = Field("state", "", states={f"${name}": "1" for name in _STATES})
_FLAG: Final = Field("flag", "")
_TIMES: Final = ("created_at", "updated_at")

OBJECTS: Final[Mapping[ExportedObject, Exported]] = MappingProxyType(
    {
        "voucher": Exported(
            VOUCHER_COLUMNS,
            ("code", "voucher_type", "value", "discount_type"),
            (*_TIMES, "code"),
            _filters(
                time="created_at created_date updated_at start_date expiration_date",
                text="category categories category_id category_ids code id vouchers campaign "
                "campaign_name campaign_id campaign_ids type voucher_type discount.type "
                "discount_type holder_id published_for_customer_id",
                number="redemption.quantity redemption.redeemed_quantity gift.amount gift.balance "
                "loyalty_card.points loyalty_card.balance",
            )
            | {"active": _ACTIVE, "is_referral_code": _FLAG},
            frozenset({"customer_source_id"}),
        ),
        "redemption": Exported(
            REDEMPTION_COLUMNS,
            ("id", "object", "voucher_code", "customer_id", "date", "result"),
            ("created_at", "id", "voucher_code", "tracking_id", "customer_id"),
            _filters(
                time="created_at",
                text="voucher_code related_object related_object_id related_object_parent_id "
                "parent_redemption_id failure_code reason result object status customer "
                "customer_id campaign_name user_id user_login channel channel_id session_key",
                texts="campaign voucher product validation_rule_id",
                number="amount discount",
            ),
            frozenset({"customer_source_id", "customer_name", "customer", "user_login"}),
        ),
        "customer": Exported(
            CUSTOMER_COLUMNS,
            ("name", "source_id"),
            ("created_at", "updated_at", "source_id", "id", "name", "email"),
            _filters(
                time="created_at updated_at", text="id source_id", texts="name email phone city"
            ),
            frozenset(
                [
                    "name",
                    "description",
                    "email",
                    "source_id",
                    "phone",
                    "birthday",
                    "birthdate",
                    "city",
                    "address_city",
                    "address_state",
                    "address_line_1",
                    "address_line_2",
                    "address_country",
                    "address_postal_code",
                ]
            ),
        ),
        "publication": Exported(
            PUBLICATION_COLUMNS,
            ("voucher_code", "customer_id", "date", "channel"),
            ("created_at", "id", "voucher_code", "tracking_id", "customer_id", "channel"),
            _filters(
                time="created_at",
                text="customer customer_id campaign_name campaign_id parent_object_id "
                "voucher_type is_referral_code result source_id",
                texts="campaign voucher related_object_id voucher_code failure_code channel",
            ),
            frozenset({"customer_source_id", "customer", "source_id"}),
        ),
        "order": Exported(
            ORDER_COLUMNS,
            ("id", "source_id", "status"),
            (*_TIMES, "status"),
            _filters(
                time="created_at updated_at",
                text="id source_id status customer_id",
                number="amount total_amount discount_amount items_discount_amount "
                "total_discount_amount",
            ),
        ),
        "points_expiration": Exported(
            POINTS_COLUMNS,
            tuple(POINTS_COLUMNS),
            ("expires_at",),
            _filters(text="campaign_id voucher_id", metadata=False),
        ),
        "voucher_transactions": Exported(
            TRANSACTION_COLUMNS,
            ("id", "type", "source_id", "reason", "balance", "amount", "created_at"),
            ("created_at",),
            _filters(time="created_at", text="id voucher_id campaign_id", metadata=False),
        ),
        "product": Exported(
            PRODUCT_COLUMNS,
            ("id", "source_id", "name", "price"),
            _TIMES,
            _filters(
                time="created_at updated_at",
                text="id source_id",
                texts="name attributes",
                number="price",
            ),
        ),
        "sku": Exported(
            SKU_COLUMNS,
            ("id", "source_id", "sku", "product_id", "price"),
            _TIMES,
            _filters(
                time="created_at updated_at",
                text="id source_id",
                texts="sku product_id",
                number="price",
            ),
        ),
    }
)


def column_of(kind: ExportedObject, name: str) -> Column | None:
    """How a cell of that column is read from an object; None where there is no such column."""
    columns = OBJECTS[kind].columns
    key = name.removeprefix(METADATA_PREFIX)
    if key in ("", name) or METADATA not in columns:
        return columns.get(name)
    return lambda body: (body.get(METADATA) or {}).get(key)


def columns_of(kind: ExportedObject, fields: tuple[str, ...] | None) -> tuple[str, ...]:
    """The columns of a file, in their order."""
    return fields or OBJECTS[kind].default


def is_personal(kind: ExportedObject, name: str) -> bool:
    """Whether a column or a filter of that name shows or names a person."""
    of_metadata = name == METADATA or name.startswith(METADATA_PREFIX)
    return name in OBJECTS[kind].personal or (kind == "customer" and of_metadata)
