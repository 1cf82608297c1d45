"""The list of redemptions: its columns, its filters, its addresses."""

from typing import Final

from htpy import code

from services.dashboard.lists.callers import show_caller, with_callers
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Column, Empty, Resource, list_of
from services.dashboard.parts.facts import muted
from services.dashboard.parts.show import NOTHING, first_of
from services.dashboard.sections.redemptions.details import roll_back, tell_redemption
from services.dashboard.sections.redemptions.fields import FIELDS, TABS
from services.dashboard.sections.redemptions.naming import (
    caller_of,
    campaign_name,
    customer_name,
    redeemable_name,
    redemption_badge,
    show_discount,
)
from services.dashboard.sections.redemptions.repeating import repeat
from services.dashboard.web.routes import Page

COLUMNS: Final = (
    Column(
        "redeemable",
        "Redeemable",
        lambda row, _: redeemable_name(row),
        "voucher_code",
        is_mono=True,
    ),
    Column("status", "Status", lambda row, _: redemption_badge(row)),
    Column("reason", "Reason", lambda row, _: muted(row.get("reason"))),
    Column("campaign", "Campaign", lambda row, _: campaign_name(row)),
    Column("customer", "Customer", lambda row, _: customer_name(row), "customer_id"),
    Column("discount", "Discount", show_discount, "discount", is_number=True),
    Column(
        "amount",
        "Order",
        lambda row, show: show.money((row.get("order") or {}).get("amount")),
        "amount",
        is_number=True,
    ),
    Column(
        "channel",
        "Channel",
        lambda row, _: first_of(row.get("channel"), "channel_type"),
        "",
        is_shown=False,
    ),
    Column("by", "By", lambda row, _: show_caller(row, caller_of(row)), is_shown=False),
    Column(
        "date",
        "Date",
        lambda row, show: show.when(row.get("date") or row.get("created_at")),
        "created_at",
        is_number=True,
    ),
    Column("id", "Id", lambda row, _: row["id"], "id", is_shown=False, is_mono=True),
    Column(
        "tracking_id",
        "Tracking id",
        lambda row, _: row.get("tracking_id") or NOTHING,
        "tracking_id",
        is_shown=False,
        is_mono=True,
    ),
    Column(
        "code",
        "Failure code",
        lambda row, _: code[row["failure_code"]] if row.get("failure_code") else "",
        is_shown=False,
    ),
)


REDEMPTIONS: Final = Resource(
    title="Redemptions",
    one="redemption",
    lead="Every attempt to redeem, whether it succeeded, was refused or taken back.",
    path="/redemptions",
    needs="redemptions.read",
    icon="ticket",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=with_callers(list_of("/v1/redemptions", "redemptions", FIELDS), caller_of, column="by"),
    key=lambda row: str(row["id"]),
    tell=tell_redemption,
    tabs=TABS,
    export="redemption",
    follows="redemptions",
    empty=Empty(
        "Nothing was redeemed yet",
        "When a shop redeems a code, a gift card or a promotion, it stands here within a second.",
        curl='curl "$TESSERA/v1/redemptions" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"redeemables": [{"object": "voucher", "id": "WELCOME10"}], "order": {"amount": 10000}}\'',
    ),
)

PAGES: Final = (
    Page("/redemptions/{id}/rollback", roll_back, "redemptions.rollback", "POST"),
    Page("/redemptions/{id}/repeat", repeat, "validations.validate", "POST"),
    *list_pages(REDEMPTIONS),
)
