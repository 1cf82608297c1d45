"""The decision over a command: one function for each kind, in the file of its feature.

Pure: state through a `View`, time and randomness through the arguments. `decide` is total over
commands that decode; what cannot be done is a refusal, never an exception.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import structs

from engine.assignments.decide import with_assignments
from engine.background.decide import stage_rows, start_action
from engine.balances.decide import adjust_balance
from engine.bin.decide import delete_bin_entry
from engine.campaigns.decide import (
    add_vouchers,
    create_campaign,
    delete_campaign,
    disable_campaign,
    enable_campaign,
    update_campaign,
)
from engine.campaigns.stacks.decide import create_stack, delete_stack, update_stack
from engine.campaigns.tiers.decide import (
    create_tier,
    delete_tier,
    disable_tier,
    enable_tier,
    update_tier,
)
from engine.categories.decide import (
    create_category,
    delete_category,
    update_category,
    with_categories,
)
from engine.collections.decide import create_collection, delete_collection, update_collection
from engine.custom_events.decide import track_custom_event
from engine.customers.decide import delete_customer, update_customer, upsert_customer
from engine.customers.summaries import summed
from engine.erasures.decide import end_erasures, forget_customer
from engine.expiry import expire_due
from engine.kernel.decision import Decision
from engine.kernel.state import View
from engine.locations.decide import create_location, delete_location, update_location
from engine.metadata.checks import wrong_metadata
from engine.metadata.decide import (
    create_metadata_schema,
    delete_metadata_schema,
    update_metadata_schema,
)
from engine.oauth.decide import revoke_token
from engine.orders.decide import create_order, update_order
from engine.products.decide import (
    create_product,
    create_sku,
    delete_product,
    delete_sku,
    update_product,
    update_sku,
)
from engine.projects.decide import (
    change_trusted_origins,
    close_project,
    create_project,
    delete_project,
    open_project,
    replace_key,
    unknown_project,
    update_project,
)
from engine.publications.decide import publish
from engine.redemptions.decide import redeem_stack
from engine.redemptions.rollback import roll_back
from engine.rewards.decide import create_reward, delete_reward, update_reward
from engine.rules.decide import (
    assign_rule,
    create_validation_rule,
    delete_validation_rule,
    unassign_rule,
    update_validation_rule,
)
from engine.segments.decide import create_segment, delete_segment
from engine.segments.following import followed
from engine.sessions.decide import lock_session, release_session
from engine.stacking_rules.decide import (
    create_stacking_rules,
    delete_stacking_rules,
    update_stacking_rules,
)
from engine.vouchers.decide import (
    create_voucher,
    delete_voucher,
    disable_voucher,
    enable_voucher,
    update_voucher,
)
from engine.webhooks.decide import (
    create_webhook,
    delete_webhook,
    disable_webhook,
    redeliver_event,
    update_webhook,
)
from engine.work import give_up_action, run_chunk
from schemas.actions import GiveUpAction, RunChunk, StageRows, StartAction
from schemas.assignments import AssignRule, UnassignRule
from schemas.balances import AdjustBalance
from schemas.base import Millis
from schemas.bin import DeleteBinEntry
from schemas.campaigns import (
    AddVouchers,
    CreateCampaign,
    DeleteCampaign,
    DisableCampaign,
    EnableCampaign,
    UpdateCampaign,
)
from schemas.categories import CreateCategory, DeleteCategory, UpdateCategory
from schemas.collections import CreateCollection, DeleteCollection, UpdateCollection
from schemas.commands import Command
from schemas.custom_events import TrackCustomEvent
from schemas.customers import DeleteCustomer, UpdateCustomer, UpsertCustomer
from schemas.erasures import EndErasures, ForgetCustomer
from schemas.errors import Refusal
from schemas.expiry import ExpireDue
from schemas.locations import CreateLocation, DeleteLocation, UpdateLocation
from schemas.metadata import CreateMetadataSchema, DeleteMetadataSchema, UpdateMetadataSchema
from schemas.oauth import RevokeToken
from schemas.orders import CreateOrder, UpdateOrder
from schemas.products import (
    CreateProduct,
    CreateSku,
    DeleteProduct,
    DeleteSku,
    UpdateProduct,
    UpdateSku,
)
from schemas.projects import (
    ChangeTrustedOrigins,
    CloseProject,
    CreateProject,
    DeleteProject,
    OpenProject,
    ReplaceKey,
    UpdateProject,
)
from schemas.promotions import (
    CreateStack,
    CreateTier,
    DeleteStack,
    DeleteTier,
    DisableTier,
    EnableTier,
    UpdateStack,
    UpdateTier,
)
from schemas.publications import Publish
from schemas.redemptions import RedeemStack, RollBackRedemption, RollBackStack
from schemas.rewards import CreateReward, DeleteReward, UpdateReward
from schemas.rules import CreateValidationRule, DeleteValidationRule, UpdateValidationRule
from schemas.segments import CreateSegment, DeleteSegment
from schemas.sessions import LockSession, ReleaseSession
from schemas.stacking import CreateStackingRules, DeleteStackingRules, UpdateStackingRules
from schemas.vouchers import (
    CreateVoucher,
    DeleteVoucher,
    DisableVoucher,
    EnableVoucher,
    UpdateVoucher,
)
from schemas.webhooks import (
    CreateWebhook,
    DeleteWebhook,
    DisableWebhook,
    RedeliverEvent,
    UpdateWebhook,
)

__all__ = ["DECISIONS", "Decision", "decide"]

#: Who decides what. A command without a line here fails a test (tests/unit/engine).
DECISIONS: Mapping[type[Any], Callable[[View, Command, Any, Millis], Decision]] = MappingProxyType(
    {
        RedeemStack: redeem_stack,
        LockSession: lock_session,
        ReleaseSession: release_session,
        RollBackRedemption: roll_back,
        RollBackStack: roll_back,
        CreateVoucher: create_voucher,
        UpdateVoucher: update_voucher,
        EnableVoucher: enable_voucher,
        DisableVoucher: disable_voucher,
        DeleteVoucher: delete_voucher,
        CreateCampaign: create_campaign,
        UpdateCampaign: update_campaign,
        EnableCampaign: enable_campaign,
        DisableCampaign: disable_campaign,
        DeleteCampaign: delete_campaign,
        AddVouchers: add_vouchers,
        DeleteBinEntry: delete_bin_entry,
        AdjustBalance: adjust_balance,
        Publish: publish,
        UpsertCustomer: upsert_customer,
        UpdateCustomer: update_customer,
        DeleteCustomer: delete_customer,
        ForgetCustomer: forget_customer,
        EndErasures: end_erasures,
        TrackCustomEvent: track_custom_event,
        CreateOrder: create_order,
        UpdateOrder: update_order,
        StageRows: stage_rows,
        StartAction: start_action,
        RunChunk: run_chunk,
        GiveUpAction: give_up_action,
        ExpireDue: expire_due,
        CreateProject: create_project,
        OpenProject: open_project,
        UpdateProject: update_project,
        DeleteProject: delete_project,
        CloseProject: close_project,
        CreateMetadataSchema: create_metadata_schema,
        UpdateMetadataSchema: update_metadata_schema,
        DeleteMetadataSchema: delete_metadata_schema,
        CreateWebhook: create_webhook,
        UpdateWebhook: update_webhook,
        DeleteWebhook: delete_webhook,
        DisableWebhook: disable_webhook,
        RedeliverEvent: redeliver_event,
        CreateValidationRule: create_validation_rule,
        UpdateValidationRule: update_validation_rule,
        DeleteValidationRule: delete_validation_rule,
        AssignRule: assign_rule,
        UnassignRule: unassign_rule,
        CreateTier: create_tier,
        UpdateTier: update_tier,
        EnableTier: enable_tier,
        DisableTier: disable_tier,
        DeleteTier: delete_tier,
        CreateStack: create_stack,
        UpdateStack: update_stack,
        DeleteStack: delete_stack,
        CreateStackingRules: create_stacking_rules,
        UpdateStackingRules: update_stacking_rules,
        DeleteStackingRules: delete_stacking_rules,
        CreateCategory: create_category,
        UpdateCategory: update_category,
        DeleteCategory: delete_category,
        CreateProduct: create_product,
        UpdateProduct: update_product,
        DeleteProduct: delete_product,
        CreateSku: create_sku,
        UpdateSku: update_sku,
        DeleteSku: delete_sku,
        CreateCollection: create_collection,
        UpdateCollection: update_collection,
        DeleteCollection: delete_collection,
        CreateSegment: create_segment,
        DeleteSegment: delete_segment,
        CreateLocation: create_location,
        UpdateLocation: update_location,
        DeleteLocation: delete_location,
        CreateReward: create_reward,
        UpdateReward: update_reward,
        DeleteReward: delete_reward,
        ReplaceKey: replace_key,
        ChangeTrustedOrigins: change_trusted_origins,
        RevokeToken: revoke_token,
    }
)


def decide(view: View, command: Command, now: Millis) -> Decision:
    """The facts of a command that `admit` let through."""
    refusal = unknown_project(view, command.body)
    if refusal is not None:
        return Decision(refusal=refusal)
    decision = DECISIONS[type(command.body)](view, command, command.body, now)
    if not isinstance(command.body, RunChunk):  # whose rows were looked at one by one
        wrong = wrong_metadata(view, decision)
        if wrong is not None:
            decision = _refused(view, command, wrong, now)
    decision = followed(view, summed(view, decision), now)
    decision = with_assignments(view, decision)
    return with_categories(view, decision)


def _refused(view: View, command: Command, refusal: Refusal, now: Millis) -> Decision:
    """A refusal after the fact; an attempt to redeem is recorded as failed with it."""
    if isinstance(command.body, RedeemStack):
        body = structs.replace(command.body, fault=refusal)
        return redeem_stack(view, command, body, now)
    return Decision(refusal=refusal)
