"""Validations of the last thirty days: what was asked, what was answered, and why not."""

from collections.abc import Sequence
from typing import Any, Final

from htpy import Node, a, b, fragment, li, span, ul
from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.fields import EACH_TEXT, Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Column, Empty, Resource, Row, list_of
from services.dashboard.parts.facts import (
    badge,
    block,
    code_text,
    facts,
    json_text,
    link,
    muted,
    not_known,
    raw_block,
)
from services.dashboard.parts.page import Details
from services.dashboard.parts.show import NOTHING, Show, first_of
from services.dashboard.sections.redemptions.fields import TABS
from services.dashboard.sections.redemptions.naming import (
    channel_name,
    redeemable_name,
    redemption_badge,
)
from services.dashboard.sections.trying import answer_validation, repeat_block, show_refused
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: How many redemptions of its session a validation shows, the first ones.
FOLLOWED_MAX: Final = 10
FIELDS: Final = (
    Field("result", "Result", "choice", (("VALID", "Valid"), ("INVALID", "Not valid"))),
    Field("code", "Code", "texts", ops=EACH_TEXT),
    Field("failure_code", "Failure code", "texts"),
    usual.CUSTOMER,
    Field("session_key", "Session"),
    usual.DATE,
    usual.ID,
)


def validation_badge(row: Row) -> Node:
    """What was answered."""
    return badge("Valid", "good") if row.get("result") == "VALID" else badge("Not valid", "bad")


def _names(rows: Any) -> str:
    return (
        ", ".join(str(each.get("id") or each.get("code") or "") for each in rows or []) or NOTHING
    )


def _customer(row: Row) -> str:
    return first_of(
        row.get("customer") or {"id": row.get("customer_id")}, "name", "source_id", "email", "id"
    )


COLUMNS: Final = (
    Column(
        "asked",
        "Asked for",
        lambda row, _: ", ".join(map(str, row.get("asked") or [])) or "Anything that suits",
        is_mono=True,
    ),
    Column("result", "Result", lambda row, _: validation_badge(row)),
    Column(
        "redeemables", "Applicable", lambda row, _: _names(row.get("redeemables")), is_shown=False
    ),
    Column(
        "inapplicable", "Not applicable", lambda row, _: _names(row.get("inapplicable_redeemables"))
    ),
    Column(
        "skipped", "Skipped", lambda row, _: _names(row.get("skipped_redeemables")), is_shown=False
    ),
    Column("why", "Why not", lambda row, _: muted(", ".join(row.get("failure_codes") or []))),
    Column("customer", "Customer", lambda row, _: _customer(row)),
    Column("session", "Session", lambda row, _: row.get("session_key") or NOTHING, is_mono=True),
    Column("channel", "Channel", lambda row, _: channel_name(row), is_shown=False),
    Column("amount", "Order", lambda row, show: show.money(row.get("amount")), is_number=True),
    Column(
        "discount",
        "Discount",
        lambda row, show: show.money(row.get("total_discount_amount")),
        is_number=True,
    ),
    usual_columns.DATE,
    usual_columns.ID,
)


async def tell_validation(visit: Visit, validation_id: str) -> Details:
    """One of them, with its request and its answer."""
    row = await visit.api.get(f"/v1/validations/{escape_segment(validation_id)}")
    if not row.get("session_key") or not visit.may("redemptions.read"):
        return validation_details(visit, row)
    params = {
        "filters[session_key][conditions][$is]": str(row["session_key"]),
        "created_at[after]": str(row["created_at"]),
        "order": "created_at",
        "limit": str(FOLLOWED_MAX),
    }
    answer = await ask_quietly(visit.api.get("/v1/redemptions", params))
    followed = None if answer is None else answer.get("redemptions") or []
    return validation_details(visit, row, block("What came of it", _followed(followed, visit.show)))


def _followed(rows: Sequence[Row] | None, show: Show) -> Node:
    """The redemptions that named the session of a validation since; None: they could not be asked."""
    if rows is None:
        return not_known()
    if not rows:
        return span(".muted")["Nothing was redeemed with its session since."]
    return ul(".stack")[
        (
            li(".row")[
                link(redeemable_name(each), f"/redemptions/{each['id']}"),
                redemption_badge(each),
                span(".muted")[show.when(each.get("date"))],
            ]
            for each in rows
        )
    ]


def validation_details(visit: Visit, row: Row, followed: Node = None) -> Details:
    """The same of what was answered; `followed` tells what came of it, where that is sure."""
    show = visit.show
    body = fragment[
        [show_refused(each, show, {}) for each in row.get("inapplicable_redeemables") or []],
        facts(
            ("Id", code_text(row["id"])),
            ("Date", show.when(row.get("created_at"))),
            ("Channel", channel_name(row)),
            (
                "Customer",
                link(_customer(row), f"/customers/{row['customer_id']}")
                if row.get("customer_id")
                else NOTHING,
            ),
            (
                "Session",
                link(row["session_key"], f"/sessions?f=key:is:{escape_segment(row['session_key'])}")
                if row.get("session_key")
                else NOTHING,
            ),
            ("Order", show.money(row.get("amount"))),
            ("Discount", show.money(row.get("total_discount_amount"))),
            ("Pays", b[show.money(row.get("total_amount"))]),
        ),
        followed,
        block(
            "Applicable",
            [
                _applicable(each, show)
                for each in row.get("redeemables") or []
                if each.get("status") == "APPLICABLE"
            ]
            or span(".muted")["None"],
        ),
        block("Skipped", [show_refused(each, show, {}) for each in row["skipped_redeemables"]])
        if row.get("skipped_redeemables")
        else None,
        repeat_block(
            "Would it work now?",
            f"/validations/{row['id']}/repeat",
            "Asks the same once more, as of now. Nothing is held.",
        )
        if visit.may("validations.validate") and row.get("request")
        else None,
        block("Request", json_text(row.get("request"), "The request as JSON")),
        block("Answer", json_text(row.get("answer"), "The answer as JSON")),
        raw_block(row, f"/v1/validations/{row['id']}", "The validation"),
    ]
    customer = row.get("customer_id")
    return Details(
        title=span(".mono")[", ".join(map(str, row.get("asked") or [])) or row["id"]],
        name=f"Validation {row['id']}",
        href=f"/validations/{row['id']}",
        badge=validation_badge(row),
        body=body,
        actions=a(".btn", href=f"/redemptions?f=customer_id:is:{customer}")[
            "Redemptions of the customer"
        ]
        if customer and visit.may("redemptions.read")
        else None,
    )


def _applicable(row: Row, show: Show) -> Node:
    order = row.get("order") or {}
    return facts(
        (
            str(row.get("id")),
            [
                "takes off ",
                show.money(
                    order.get("applied_discount_amount", order.get("total_discount_amount"))
                ),
            ],
        )
    )


async def repeat(visit: Visit) -> Response:
    """Asks the same again, as of now and without holding anything."""
    row = await visit.api.get(f"/v1/validations/{escape_segment(visit.path('id'))}")
    body = {name: value for name, value in (row.get("request") or {}).items() if name != "session"}
    return await answer_validation(visit, body)


VALIDATIONS: Final = Resource(
    title="Validations",
    one="validation",
    lead="What shops asked whether it would work, kept for thirty days.",
    path="/validations",
    needs="validations.read",
    icon="check",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=list_of("/v1/validations", "data", FIELDS),
    key=lambda row: str(row["id"]),
    tell=tell_validation,
    tabs=TABS,
    follows="validations",
    empty=Empty(
        "Nothing was validated yet",
        "When a shop asks whether a code works for a cart, it stands here with the answer.",
        curl='curl "$TESSERA/v1/validations" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"redeemables": [{"object": "voucher", "id": "WELCOME10"}], "order": {"amount": 10000}}\'',
    ),
)
PAGES: Final = (
    Page("/validations/{id}/repeat", repeat, "validations.validate", "POST"),
    *list_pages(VALIDATIONS),
)
