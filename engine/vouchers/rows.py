"""The rows of vouchers' imports and bulk updates: each is decided like a request of its own."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import field, structs

from engine.background.decode import decode_row
from engine.campaigns.generation import campaign_without_vouchers, template_of
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.lookup import category_id_of, find_campaign, find_voucher
from engine.kernel.state import View, encode
from engine.vouchers.decide import (
    create_voucher,
    delete_voucher,
    disable_voucher,
    enable_voucher,
    update_voucher,
)
from schemas.actions import ChangeVouchers, ImportVouchers, UpdateVouchers
from schemas.base import Metadata, Millis, Shape
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.discounts import Discount
from schemas.errors import Refusal, not_found
from schemas.vouchers import (
    CreateVoucher,
    DeleteVoucher,
    DisableVoucher,
    EnableVoucher,
    Gift,
    LoyaltyCard,
    UpdateVoucher,
    Voucher,
)


class ImportedVoucher(Shape, frozen=True):
    """What a row of an import says: a voucher, as far as its campaign does not say it."""

    code: str
    type: str | None = None
    discount: Discount | None = None
    gift: Gift | None = None
    loyalty_card: LoyaltyCard | None = None
    #: The other fields of `Voucher` that the row names, in the encoding of the state.
    fields: dict[str, Any] = field(default_factory=dict)
    #: The category that the voucher is in, by id or name, if there is one; else it is in none.
    category_if_any: str | None = None


class UpdatedVoucher(Shape, frozen=True):
    """What a row of a bulk update says."""

    code: str
    metadata: Metadata


class ChangedVoucher(Shape, frozen=True):
    """Which voucher a row of a bulk change names, by `id`, or else by `code`."""

    id: str | None = None
    code: str = ""
    #: For the change of that name.
    metadata: Metadata = field(default_factory=dict)


def import_voucher_row(
    view: View, command: Command, work: ImportVouchers, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Creates the row's voucher; one whose code is taken is refused."""
    said = decode_row(ImportedVoucher, row)
    if isinstance(said, Refusal):
        return said
    campaign: Campaign | None = None
    if work.campaign_id is not None:
        campaign = find_campaign(view, work.campaign_id)
        if campaign is None:
            return not_found("campaign", work.campaign_id)
        if campaign.voucher is None:
            return campaign_without_vouchers(campaign)
    fields = said.fields | _in_category(view, said) | _terms(said, campaign, now)
    voucher = decode_row(Voucher, fields)
    if isinstance(voucher, Refusal):
        return voucher
    return create_voucher(view, command, CreateVoucher(voucher), now)


def _in_category(view: View, said: ImportedVoucher) -> dict[str, Any]:
    """The category of a file's row; a name that none has fails no row."""
    category_id = category_id_of(view, said.category_if_any)
    return {"category_id": category_id} if isinstance(category_id, str) else {}


def _terms(said: ImportedVoucher, campaign: Campaign | None, now: Millis) -> dict[str, Any]:
    """What kind of voucher it is; its campaign says what the row leaves out."""
    type_, discount, gift, card = said.type, said.discount, said.gift, said.loyalty_card
    terms: dict[str, Any] = {"id": "", "code": said.code, "created_at": now}
    if campaign is not None:
        template = template_of(campaign, now)
        type_ = type_ or template.type
        if discount is None and gift is None and card is None:
            discount, gift, card = template.discount, template.gift, template.loyalty_card
        terms |= {"campaign": campaign.name, "campaign_id": campaign.id}
        if "quantity" not in said.fields:
            terms["quantity"] = template.quantity
    own = "DISCOUNT_VOUCHER" if card is None else "LOYALTY_CARD"
    terms["type"] = type_ or ("GIFT_VOUCHER" if gift is not None else own)
    given = {"discount": discount, "gift": gift, "loyalty_card": card}
    said_terms: dict[str, Any] = msgspec.to_builtins(given)
    return terms | said_terms


def update_voucher_row(
    view: View, command: Command, _: UpdateVouchers, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Merges the row's metadata into the voucher of its code."""
    said = decode_row(UpdatedVoucher, row)
    if isinstance(said, Refusal):
        return said
    changes = msgspec.Raw(encode({"metadata": said.metadata}))
    return update_voucher(view, command, UpdateVoucher(said.code, changes), now)


def change_voucher_row(
    view: View, command: Command, work: ChangeVouchers, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Does what the work says with the row's voucher.

    One that was chosen is named by its id, so another that has its code by now is left alone.
    """
    said = decode_row(ChangedVoucher, row)
    if isinstance(said, Refusal):
        return said
    if said.id is None:
        voucher = find_voucher(view, said.code)
    else:
        voucher = view.get(tables.VOUCHERS, said.id)
    if voucher is None:
        return not_found("voucher", said.id or said.code)
    if work.asked_by is not None:
        asker = work.asked_by
        command = structs.replace(command, key_kind=asker.kind, channel_id=asker.id)
    return _CHANGES[work.change](view, command, voucher.code, said, now)


def _change_metadata(
    view: View, command: Command, code: str, said: ChangedVoucher, now: Millis
) -> Decision | Refusal:
    changes = msgspec.Raw(encode({"metadata": said.metadata}))
    return update_voucher(view, command, UpdateVoucher(code, changes), now)


_Change = Callable[[View, Command, str, ChangedVoucher, Millis], Decision | Refusal]
_CHANGES: Final[Mapping[str, _Change]] = MappingProxyType(
    {
        "enable": lambda view, command, code, _, now: enable_voucher(
            view, command, EnableVoucher(code), now
        ),
        "disable": lambda view, command, code, _, now: disable_voucher(
            view, command, DisableVoucher(code), now
        ),
        "delete": lambda view, command, code, _, now: delete_voucher(
            view, command, DeleteVoucher(code), now
        ),
        "metadata": _change_metadata,
    }
)
