"""The decision over a command: one function for each kind, in the file of its feature.

Pure: state through a `View`, time and randomness through the arguments. `decide` is total over
commands that decode; what cannot be done is a refusal, never an exception.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import structs

from engine.actions import stage_rows, start_action
from engine.assignments import with_assignments
from engine.balances import adjust_balance
from engine.bin import delete_bin_entry
from engine.campaigns import (
    add_vouchers,
    create_campaign,
    delete_campaign,
    disable_campaign,
    enable_campaign,
    update_campaign,
)
from engine.categories import (
    create_category,
    delete_category,
    update_category,
    with_categories,
)
from engine.custom_events import track_custom_event
from engine.customers import delete_customer, update_customer, upsert_customer
from engine.decision import Decision
from engine.erasures import end_erasures, forget_customer
from engine.expiry import expire_due
from engine.following import followed
from engine.locations import create_location, delete_location, update_location
from engine.metadata_checks import wrong_metadata
from engine.metadata_schemas import (
    create_metadata_schema,
    delete_metadata_schema,
    update_metadata_schema,
)
from engine.oauth import revoke_token
from engine.order_commands import create_order, update_order
from engine.product_collections import (
    create_collection,
    delete_collection,
    update_collection,
)
from engine.products import (
    create_product,
    create_sku,
    delete_product,
    delete_sku,
    update_product,
    update_sku,
)
from engine.projects import (
    change_trusted_origins,
    close_project,
    create_project,
    delete_project,
    open_project,
    replace_key,
    unknown_project,
    update_project,
)
from engine.promotion_stacks import create_stack, delete_stack, update_stack
from engine.promotions import create_tier, delete_tier, disable_tier, enable_tier, update_tier
from engine.publications import publish
from engine.redemptions import redeem_stack
from engine.reward_commands import create_reward, delete_reward, update_reward
from engine.rollbacks import roll_back
from engine.segment_commands import create_segment, delete_segment
from engine.sessions import lock_session, release_session
from engine.stacking_rules import (
    create_stacking_rules,
    delete_stacking_rules,
    update_stacking_rules,
)
from engine.state import View
from engine.summaries import summed
from engine.validation_rules import (
    assign_rule,
    create_validation_rule,
    delete_validation_rule,
    unassign_rule,
    update_validation_rule,
)
from engine.vouchers import (
    create_voucher,
    delete_voucher,
    disable_voucher,
    enable_voucher,
    update_voucher,
)
from engine.webhooks import (
    create_webhook,
    delete_webhook,
    disable_webhook,
    redeliver_event,
    update_webhook,
)
from engine.work import give_up_action, run_chunk
from schemas import commands as c
from schemas.actions import GiveUpAction, RunChunk, StageRows, StartAction
from schemas.base import Millis
from schemas.errors import Refusal

__all__ = ["DECISIONS", "Decision", "decide"]

#: Who decides what. A command without a line here fails a test (tests/unit/engine).
DECISIONS: Mapping[type[Any], Callable[[View, c.Command, Any, Millis], Decision]] = (
    MappingProxyType(
        {
            c.RedeemStack: redeem_stack,
            c.LockSession: lock_session,
            c.ReleaseSession: release_session,
            c.RollBackRedemption: roll_back,
            c.RollBackStack: roll_back,
            c.CreateVoucher: create_voucher,
            c.UpdateVoucher: update_voucher,
            c.EnableVoucher: enable_voucher,
            c.DisableVoucher: disable_voucher,
            c.DeleteVoucher: delete_voucher,
            c.CreateCampaign: create_campaign,
            c.UpdateCampaign: update_campaign,
            c.EnableCampaign: enable_campaign,
            c.DisableCampaign: disable_campaign,
            c.DeleteCampaign: delete_campaign,
            c.AddVouchers: add_vouchers,
            c.DeleteBinEntry: delete_bin_entry,
            c.AdjustBalance: adjust_balance,
            c.Publish: publish,
            c.UpsertCustomer: upsert_customer,
            c.UpdateCustomer: update_customer,
            c.DeleteCustomer: delete_customer,
            c.ForgetCustomer: forget_customer,
            c.EndErasures: end_erasures,
            c.TrackCustomEvent: track_custom_event,
            c.CreateOrder: create_order,
            c.UpdateOrder: update_order,
            StageRows: stage_rows,
            StartAction: start_action,
            RunChunk: run_chunk,
            GiveUpAction: give_up_action,
            c.ExpireDue: expire_due,
            c.CreateProject: create_project,
            c.OpenProject: open_project,
            c.UpdateProject: update_project,
            c.DeleteProject: delete_project,
            c.CloseProject: close_project,
            c.CreateMetadataSchema: create_metadata_schema,
            c.UpdateMetadataSchema: update_metadata_schema,
            c.DeleteMetadataSchema: delete_metadata_schema,
            c.CreateWebhook: create_webhook,
            c.UpdateWebhook: update_webhook,
            c.DeleteWebhook: delete_webhook,
            c.DisableWebhook: disable_webhook,
            c.RedeliverEvent: redeliver_event,
            c.CreateValidationRule: create_validation_rule,
            c.UpdateValidationRule: update_validation_rule,
            c.DeleteValidationRule: delete_validation_rule,
            c.AssignRule: assign_rule,
            c.UnassignRule: unassign_rule,
            c.CreateTier: create_tier,
            c.UpdateTier: update_tier,
            c.EnableTier: enable_tier,
            c.DisableTier: disable_tier,
            c.DeleteTier: delete_tier,
            c.CreateStack: create_stack,
            c.UpdateStack: update_stack,
            c.DeleteStack: delete_stack,
            c.CreateStackingRules: create_stacking_rules,
            c.UpdateStackingRules: update_stacking_rules,
            c.DeleteStackingRules: delete_stacking_rules,
            c.CreateCategory: create_category,
            c.UpdateCategory: update_category,
            c.DeleteCategory: delete_category,
            c.CreateProduct: create_product,
            c.UpdateProduct: update_product,
            c.DeleteProduct: delete_product,
            c.CreateSku: create_sku,
            c.UpdateSku: update_sku,
            c.DeleteSku: delete_sku,
            c.CreateCollection: create_collection,
            c.UpdateCollection: update_collection,
            c.DeleteCollection: delete_collection,
            c.CreateSegment: create_segment,
            c.DeleteSegment: delete_segment,
            c.CreateLocation: create_location,
            c.UpdateLocation: update_location,
            c.DeleteLocation: delete_location,
            c.CreateReward: create_reward,
            c.UpdateReward: update_reward,
            c.DeleteReward: delete_reward,
            c.ReplaceKey: replace_key,
            c.ChangeTrustedOrigins: change_trusted_origins,
            c.RevokeToken: revoke_token,
        }
    )
)


def decide(view: View, command: c.Command, now: Millis) -> Decision:
    """The facts of a command that `admit` let through."""
    refusal = unknown_project(view, command.body)
    if refusal is not None:
        return Decision(refusal=refusal)
    decision = DECISIONS[type(command.body)](view, command, command.body, now)
    if not isinstance(command.body, c.RunChunk):  # whose rows were looked at one by one
        wrong = wrong_metadata(view, decision)
        if wrong is not None:
            decision = _refused(view, command, wrong, now)
    decision = followed(view, summed(view, decision), now)
    decision = with_assignments(view, decision)
    return with_categories(view, decision)


def _refused(view: View, command: c.Command, refusal: Refusal, now: Millis) -> Decision:
    """A refusal after the fact; an attempt to redeem is recorded as failed with it."""
    if isinstance(command.body, c.RedeemStack):
        body = structs.replace(command.body, fault=refusal)
        return redeem_stack(view, command, body, now)
    return Decision(refusal=refusal)
