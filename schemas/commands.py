"""The commands: what a front asks the ledger to decide. One command, one record."""

from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.actions import GiveUpAction, RunChunk, StageRows, StartAction
from schemas.api import CustomerInput, OrderInput, Redeemable, SessionInput
from schemas.balances import AdjustBalance
from schemas.base import Metadata, Millis, Shape
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
from schemas.customers import DeleteCustomer, TrackCustomEvent, UpdateCustomer
from schemas.entities import ApiKey, KeyKind, ProjectSettings, Voucher
from schemas.erasures import EndErasures, ForgetCustomer
from schemas.errors import Refusal
from schemas.locations import CreateLocation, DeleteLocation, UpdateLocation
from schemas.metadata import CreateMetadataSchema, DeleteMetadataSchema, UpdateMetadataSchema
from schemas.oauth import RevokeToken
from schemas.orders import CreateOrder, UpdateOrder
from schemas.products import (
    CreateCollection,
    CreateProduct,
    CreateSku,
    DeleteCollection,
    DeleteProduct,
    DeleteSku,
    UpdateCollection,
    UpdateProduct,
    UpdateSku,
)
from schemas.projects import CloseProject, DeleteProject, UpdateProject
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
from schemas.rewards import CreateReward, DeleteReward, UpdateReward
from schemas.rules import (
    AssignRule,
    CreateValidationRule,
    DeleteValidationRule,
    UnassignRule,
    UpdateValidationRule,
)
from schemas.segments import CreateSegment, DeleteSegment
from schemas.stacking import CreateStackingRules, DeleteStackingRules, UpdateStackingRules
from schemas.webhooks import (
    CreateWebhook,
    DeleteWebhook,
    DisableWebhook,
    RedeliverEvent,
    UpdateWebhook,
)


class CreateProject(Shape, tag="create_project", frozen=True):
    """Creates a tenant with its keys; belongs to the control project."""

    project_id: str
    name: str
    partition: int
    keys: tuple[ApiKey, ...]
    trusted_origins: tuple[str, ...] = ()
    settings: ProjectSettings | None = None
    #: The project whose management key asked for it.
    managed_by: str | None = None


class OpenProject(Shape, tag="open_project", frozen=True):
    """Makes a created project known in its own partition."""


class ReplaceKey(Shape, tag="replace_key", frozen=True):
    """Adds a key and revokes the project's other keys of the same kind; control project."""

    key: ApiKey


class ChangeTrustedOrigins(Shape, tag="change_trusted_origins", frozen=True):
    """Replaces the origins that may use a project's client-side keys; control project."""

    project_id: str
    trusted_origins: tuple[str, ...]


class CreateVoucher(Shape, tag="create_voucher", frozen=True):
    """Creates a voucher. `voucher.id`, a missing code and the times are filled in by `decide`."""

    voucher: Voucher
    #: The rule for a random code, where `voucher.code` is empty.
    code_length: int = 8
    code_charset: str = ""
    code_pattern: str | None = None
    code_prefix: str = ""
    code_postfix: str = ""
    #: The ids of the validation rules that are to bind it.
    validation_rules: tuple[str, ...] = ()


class UpdateVoucher(Shape, tag="update_voucher", frozen=True):
    """Sets the named fields of a voucher, null included; `changes` maps field names to values."""

    voucher: str
    #: Exactly the fields of `Voucher` that the caller named, in the encoding of the state.
    changes: msgspec.Raw


class EnableVoucher(Shape, tag="enable_voucher", frozen=True):
    """Makes a voucher usable."""

    voucher: str


class DisableVoucher(Shape, tag="disable_voucher", frozen=True):
    """Makes a voucher unusable until it is enabled."""

    voucher: str


class DeleteVoucher(Shape, tag="delete_voucher", frozen=True):
    """Moves a voucher to the bin; `force` removes it for good."""

    voucher: str
    force: bool = False


class UpsertCustomer(Shape, tag="upsert_customer", frozen=True):
    """Creates a customer or merges what is new about it."""

    customer: CustomerInput


class RequestContext(Shape, frozen=True):
    """What a validation and a redemption have in common."""

    redeemables: tuple[Redeemable, ...]
    order: OrderInput | None = None
    customer: CustomerInput | None = None
    session: SessionInput | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None


class LockSession(RequestContext, tag="lock_session", frozen=True):
    """Validates and, if valid, holds what the redeemables would take."""


class RedeemStack(RequestContext, tag="redeem_stack", frozen=True):
    """Redeems all redeemables or none."""

    #: What is wrong with the request beyond its redeemables; the attempt is recorded as failed.
    fault: Refusal | None = None


class ReleaseSession(Shape, tag="release_session", frozen=True):
    """Frees what a session holds of a voucher."""

    voucher: str
    session_key: str


class RollBack(Shape, frozen=True):
    """What the two rollbacks have in common."""

    redemption_id: str
    reason: str | None = None
    tracking_id: str | None = None
    customer: CustomerInput | None = None
    order: OrderInput | None = None
    metadata: Metadata | None = None


class RollBackRedemption(RollBack, tag="roll_back_redemption", frozen=True):
    """Takes one redemption back."""


class RollBackStack(RollBack, tag="roll_back_stack", frozen=True):
    """Takes a stack back, or a single redemption through the stack's endpoint."""


class ExpireDue(Shape, tag="expire_due", frozen=True):
    """Sweeps what is over: sessions past their time, redemptions past the rollback window."""


CommandBody = (
    CreateProject
    | OpenProject
    | ReplaceKey
    | ChangeTrustedOrigins
    | RevokeToken
    | CreateVoucher
    | UpdateVoucher
    | EnableVoucher
    | DisableVoucher
    | DeleteVoucher
    | CreateCampaign
    | UpdateCampaign
    | EnableCampaign
    | DisableCampaign
    | DeleteCampaign
    | AddVouchers
    | DeleteBinEntry
    | AdjustBalance
    | Publish
    | UpsertCustomer
    | UpdateCustomer
    | DeleteCustomer
    | ForgetCustomer
    | EndErasures
    | TrackCustomEvent
    | CreateOrder
    | UpdateOrder
    | LockSession
    | RedeemStack
    | ReleaseSession
    | RollBackRedemption
    | RollBackStack
    | StageRows
    | StartAction
    | RunChunk
    | GiveUpAction
    | UpdateProject
    | DeleteProject
    | CloseProject
    | CreateMetadataSchema
    | UpdateMetadataSchema
    | DeleteMetadataSchema
    | CreateWebhook
    | UpdateWebhook
    | DeleteWebhook
    | DisableWebhook
    | RedeliverEvent
    | ExpireDue
    | CreateStackingRules
    | UpdateStackingRules
    | DeleteStackingRules
    | CreateCategory
    | UpdateCategory
    | DeleteCategory
    | CreateTier
    | UpdateTier
    | DeleteTier
    | EnableTier
    | DisableTier
    | CreateStack
    | UpdateStack
    | DeleteStack
    | CreateSegment
    | DeleteSegment
    | CreateLocation
    | UpdateLocation
    | DeleteLocation
    | CreateProduct
    | UpdateProduct
    | DeleteProduct
    | CreateSku
    | UpdateSku
    | DeleteSku
    | CreateCollection
    | UpdateCollection
    | DeleteCollection
    | CreateValidationRule
    | UpdateValidationRule
    | DeleteValidationRule
    | AssignRule
    | UnassignRule
    | CreateReward
    | UpdateReward
    | DeleteReward
)


class Command(Shape, frozen=True):
    """A command in its envelope, as it lies in the topic `commands`."""

    id: Annotated[str, Meta(min_length=1, max_length=100)]
    project: Annotated[str, Meta(min_length=1, max_length=100)]
    #: The front's clock when it sent the command, and when it stops waiting.
    sent_at: Millis
    deadline: Millis
    #: 16 random bytes, hex: the source of every id and code that the decision needs.
    seed: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    key_kind: KeyKind
    #: Keyed hash of the plain request: the same id with another fingerprint is refused.
    fingerprint: str
    body: CommandBody
    channel: str = "API"
    #: The api key's public id.
    channel_id: str = ""
    #: The keyed hash of the e-mail address by which alone `body` names a customer.
    guest_key: str | None = None


#: The project of projects, keys and roles; it lies in partition 0.
CONTROL_PROJECT = "control"
