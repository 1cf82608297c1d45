"""Combined promotions: the list, one of them, and deleting one."""

from typing import Final

from htpy import Node, a, fragment, li, ol, span
from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.fields import KNOWN, Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Empty, Resource, Rows, list_of
from services.dashboard.parts.facts import block, code_text, facts, link, raw_block
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING, Row
from services.dashboard.sections.campaign_tabs import TABS
from services.dashboard.sections.promotions.naming import (
    campaign_link,
    campaign_names,
    category_name,
    find_stack,
    tier_ids,
    tier_names,
)
from services.dashboard.sections.promotions.stack_trial import trial_form, try_stack
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

FIELDS: Final = (
    usual.NAME,
    Field("campaign_ids", "Promotion", "lookup", lookup="promotion"),
    Field("category_ids", "Category", "lookup", ops=KNOWN, lookup="category"),
    usual.CREATED,
    usual.CHANGED,
    usual.ID,
)


def _tiers(row: Row) -> Node:
    named = row.get("tier_names") or {}
    return ", ".join(named.get(each, each) for each in tier_ids(row)) or NOTHING


COLUMNS: Final = (
    Column("name", "Name", lambda row, _: row["name"], "name"),
    Column(
        "campaign",
        "Promotion",
        lambda row, _: row.get("campaign_name") or row.get("campaign_id") or NOTHING,
    ),
    Column("tiers", "Tiers, in order", lambda row, _: _tiers(row)),
    Column("category", "Category", lambda row, _: category_name(row)),
    usual_columns.CREATED,
    usual_columns.CHANGED,
    usual_columns.ID,
)

_fetch_plain = list_of("/v1/promotions/stacks", "data", FIELDS)


async def fetch_stacks(visit: Visit, query: Query) -> Rows:
    """A page of stacks, with the names of their promotions and tiers."""
    rows = await _fetch_plain(visit, query)
    campaigns = await campaign_names(visit, (each.get("campaign_id") for each in rows.rows))
    tiers = await tier_names(visit, (each for row in rows.rows for each in tier_ids(row)))
    named = [
        {
            **each,
            "campaign_name": campaigns.get(str(each.get("campaign_id"))),
            "tier_names": tiers,
        }
        for each in rows.rows
    ]
    return Rows(named, rows.total, rows.has_more, rows.cursor)


async def tell_stack(visit: Visit, key: str) -> Details:
    """One of them, with the names of its tiers."""
    row = await find_stack(visit, key)
    campaigns = await campaign_names(visit, [row["campaign_id"]])
    named = {**row, "campaign_name": campaigns.get(row["campaign_id"])}
    return stack_details(visit, named, await tier_names(visit, tier_ids(row)))


def stack_details(visit: Visit, row: Row, names: dict[str, str]) -> Details:
    """The same of what was answered."""
    show, path = visit.show, f"/promotion-stacks/{row['id']}"
    may_write = visit.may("promotions.write")
    return Details(
        title=row["name"],
        name=f"Combined promotion {row['name']}",
        href=path,
        body=fragment[
            block(
                "Tiers, in the order in which they apply",
                ol(".ladder")[
                    (
                        li[link(names.get(each, each), f"/promotion-tiers/{each}")]
                        for each in tier_ids(row)
                    )
                ]
                if tier_ids(row)
                else span(".muted")["None is left: it can be redeemed no more."],
            ),
            block(
                "Terms",
                facts(
                    ("Promotion", campaign_link(row)),
                    ("Category", category_name(row)),
                    ("Id", code_text(row["id"])),
                    ("Created", show.when(row.get("created_at"))),
                    ("Updated", show.when(row["updated_at"])) if row.get("updated_at") else None,
                ),
            ),
            visit.may("validations.validate") and trial_form(row),
            raw_block(
                {name: value for name, value in row.items() if name != "campaign_name"},
                f"/v1/promotions/{row['campaign_id']}/stacks/{row['id']}",
                "The combined promotion",
            ),
        ],
        actions=may_write
        and fragment[
            a(".btn", href=f"{path}/edit")[icon("edit", 14), "Edit"],
            dialog_button("Delete", "stack-delete", ".danger", "trash"),
        ],
        dialogs=may_write
        and confirm_dialog(
            "stack-delete",
            title=f"Delete {row['name']}?",
            what_happens="It is gone for good and can be redeemed no more. Its tiers stay and go on by themselves.",
            action=f"{path}/delete",
            do="Delete",
        ),
    )


async def delete(visit: Visit) -> Response:
    """Deletes it for good."""
    row = await find_stack(visit, visit.path("id"))
    await visit.api.delete(f"/v1/promotions/{row['campaign_id']}/stacks/{row['id']}")
    return go_to(visit.request, STACKS.path, "Deleted")


STACKS: Final = Resource(
    title="Combined promotions",
    one="combined promotion",
    lead="Tiers of one promotion that are redeemed together, in an order: all of them, or none.",
    path="/promotion-stacks",
    needs="promotions.read",
    icon="layers",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_stacks,
    key=lambda row: str(row["id"]),
    tell=tell_stack,
    tabs=TABS,
    actions=(("Combine tiers", "/promotion-stacks/new", "plus", "promotions.write"),),
    empty=Empty(
        "No tiers are combined yet",
        "A combined promotion applies several tiers of one promotion one after the other, as ten per cent off and then free delivery.",
        action=("Combine tiers", "/promotion-stacks/new"),
        curl='curl "$TESSERA/v1/promotions/$CAMPAIGN/stacks" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "Both", "tiers": {"ids": ["promo_1", "promo_2"]}}\'',
    ),
)

PAGES: Final = (
    Page("/promotion-stacks/{id}/delete", delete, "promotions.write", "POST"),
    Page("/promotion-stacks/{id}/try", try_stack, "validations.validate", "POST"),
    *list_pages(STACKS),
)
