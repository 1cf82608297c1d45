"""Vouchers: created with a given or a random code, changed, switched on and off, deleted."""

from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import structs

from engine.assignments.decide import assign_rules, drop_assignments_of, rule_ids_of
from engine.campaigns.generation import no_free_code, voucher_joined_event
from engine.codes.code import code_rule, draw_free_codes
from engine.kernel import tables
from engine.kernel.bin_entries import bin_entry_added_event
from engine.kernel.changes import named_changes, unchangeable_member, with_changes
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import (
    find_campaign,
    find_voucher,
    taken_code,
    tells_case,
    unify_category,
    with_named_category,
)
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.terms.discounts import with_items
from engine.terms.validity import invalid_voucher
from schemas.base import Millis
from schemas.campaigns import CodeConfig
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import (
    CreateVoucher,
    DeleteVoucher,
    DisableVoucher,
    EnableVoucher,
    Gift,
    UpdateVoucher,
    Voucher,
)

#: What an update may name. The type may be named, but not changed.
UPDATABLE = frozenset(
    {
        "type",
        "discount",
        "gift",
        "category",
        "category_id",
        "start_date",
        "expiration_date",
        "validity_timeframe",
        "validity_day_of_week",
        "validity_hours",
        "active",
        "additional_info",
        "metadata",
        "quantity",
    }
)
#: What may be named as it is: official clients send back what they read.
FIXED = ("id", "code", "campaign", "campaign_id", "is_referral_code")


def create_voucher(
    view: View, command: Command, body: CreateVoucher, now: Millis
) -> Decision | Refusal:
    """Creates a voucher; a given code must be free, a random one is drawn until it is.

    One that names a campaign, by id or name, becomes that campaign's.
    """
    named = body.voucher.campaign_id or body.voucher.campaign
    campaign = find_campaign(view, named) if named else None
    if named and campaign is None:
        return not_found("campaign", named)
    code = body.voucher.code or _free_code(view, command, body)
    if isinstance(code, Refusal):
        return code
    voucher = structs.replace(
        body.voucher,
        id=new_id(command.seed, "v_"),
        code=code,
        discount=body.voucher.discount and with_items(view, body.voucher.discount),
        created_at=now,
        updated_at=None,
        holds=0,
        rule_ids=(),
    )
    refusal = invalid_voucher(voucher) or taken_code(view, code)
    if refusal is not None:
        return refusal
    within = with_named_category(view, voucher)
    if isinstance(within, Refusal):
        return within
    voucher = within
    assigned = assign_rules(view, command, body.validation_rules, voucher, now)
    if isinstance(assigned, Refusal):
        return assigned
    voucher = structs.replace(voucher, rule_ids=rule_ids_of(assigned))
    if campaign is None:
        return Decision((*assigned, VoucherCreated(voucher)))
    event = voucher_joined_event(campaign, voucher)
    return event if isinstance(event, Refusal) else Decision((*assigned, event))


def update_voucher(view: View, _: Command, body: UpdateVoucher, now: Millis) -> Decision | Refusal:
    """Sets the named fields. Metadata is merged; a gift's new amount moves its balance along."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return not_found("voucher", body.voucher)
    changed = _change_voucher(view, voucher, body.changes)
    if isinstance(changed, Refusal):
        return changed
    if changed.discount is not None and changed.discount != voucher.discount:
        changed = structs.replace(changed, discount=with_items(view, changed.discount))
    changed = structs.replace(changed, updated_at=now)
    refusal = invalid_voucher(changed)
    if refusal is not None:
        return refusal
    return Decision((VoucherUpdated(changed),))


def enable_voucher(view: View, _: Command, body: EnableVoucher, now: Millis) -> Decision | Refusal:
    """Makes a voucher usable."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return not_found("voucher", body.voucher)
    return Decision((VoucherEnabled(structs.replace(voucher, active=True, updated_at=now)),))


def disable_voucher(
    view: View, _: Command, body: DisableVoucher, now: Millis
) -> Decision | Refusal:
    """Makes a voucher unusable."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return not_found("voucher", body.voucher)
    return Decision((VoucherDisabled(structs.replace(voucher, active=False, updated_at=now)),))


def delete_voucher(
    view: View, command: Command, body: DeleteVoucher, now: Millis
) -> Decision | Refusal:
    """Moves a voucher to the bin, or removes it for good; sessions hold nothing of it any more."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return not_found("voucher", body.voucher)
    campaign = voucher.campaign_id and view.get(tables.CAMPAIGNS, voucher.campaign_id)
    if campaign:
        campaign = structs.replace(campaign, vouchers_count=campaign.vouchers_count - 1)
    deleted = VoucherDeleted(
        voucher.id,
        voucher.code,
        force=body.force,
        campaign=campaign or None,
        campaign_number=voucher.campaign_number,
        credits=voucher.gift.balance if voucher.gift else 0,
        points=voucher.loyalty_card.balance if voucher.loyalty_card else 0,
    )
    dropped = drop_assignments_of(view, voucher)
    if body.force:
        return Decision((*dropped, deleted))
    parent = voucher.campaign_id
    entry = bin_entry_added_event(
        command, "voucher", voucher.id, voucher.code, now, parent_id=parent
    )
    return Decision((*dropped, deleted, entry))


def _free_code(view: View, command: Command, body: CreateVoucher) -> str | Refusal:
    config = CodeConfig(
        length=body.code_length,
        charset=body.code_charset,
        prefix=body.code_prefix,
        postfix=body.code_postfix,
        pattern=body.code_pattern,
    )
    rule = code_rule(config, tells_case=tells_case(view))
    if isinstance(rule, Refusal):
        return rule
    codes = draw_free_codes(view, command.seed, rule, 1)
    return codes[0] if codes else no_free_code(rule)


def _change_voucher(view: View, voucher: Voucher, given: msgspec.Raw) -> Voucher | Refusal:
    changes = named_changes(voucher, given, UPDATABLE | {"points"}, FIXED)
    if isinstance(changes, Refusal):
        return changes
    card = voucher.loyalty_card
    if changes.pop("points", None) not in (None, card and card.points):
        return unchangeable_member("loyalty_card.points")
    # Official clients send null for what a voucher does not have.
    for name in ("discount", "gift"):
        if name in changes and changes[name] is None and getattr(voucher, name) is not None:
            return refuse("invalid_payload", f"Property `.{name}` should not be null")
    if voucher.gift is not None and isinstance(changes.get("gift"), dict):
        changes["gift"] = _merged_gift(voucher.gift, changes["gift"])
    named_category = unify_category(changes)
    changed = with_changes(voucher, changes)
    if isinstance(changed, Refusal):
        return changed
    if changed.type != voucher.type:
        return refuse("invalid_voucher", f"The type of a {voucher.type} cannot be changed")
    return with_named_category(view, changed) if named_category else changed


def _merged_gift(stored: Gift, given: dict[str, Any]) -> dict[str, Any]:
    """The gift after an update; a new amount moves the balance along where none is named."""
    amount = given.get("amount")
    if isinstance(amount, int) and "balance" not in given:
        given = given | {"balance": stored.balance + amount - stored.amount}
    return {**msgspec.to_builtins(stored), **given}


DECISIONS: Decisions = MappingProxyType(
    {
        CreateVoucher: create_voucher,
        UpdateVoucher: update_voucher,
        EnableVoucher: enable_voucher,
        DisableVoucher: disable_voucher,
        DeleteVoucher: delete_voucher,
    }
)
