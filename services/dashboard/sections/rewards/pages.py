"""The list of rewards: its columns, its filters, its addresses."""

from typing import Any, Final

from htpy import Node
from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.fields import EACH_TEXT, Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Empty, Resource, Row, Rows, rows_of
from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.rewards import form, offers
from services.dashboard.sections.rewards.details import tell_reward
from services.dashboard.sections.rewards.naming import (
    BACK,
    find_reward_names,
    say_parameters,
    say_stock,
    type_name,
)
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

FIELDS: Final = (
    Field("name", "Name", ops=EACH_TEXT),
    Field("id", "Id", ops=EACH_TEXT),
    usual.CREATED,
)


def _stock(row: Row, show: Show) -> Node:
    return badge("None left", "bad") if row.get("stock") == 0 else say_stock(row, show)


def _attributes(row: Row, show: Show) -> Node:
    del show
    told: dict[str, Any] = row.get("attributes") or {}
    return told.get("description") or ("A picture" if told.get("image_url") else NOTHING)


COLUMNS: Final = (
    Column("name", "Reward", lambda row, _: row.get("name") or row["id"]),
    Column("type", "Type", lambda row, _: type_name(row)),
    Column("gives", "What it is", lambda row, show: say_parameters(row, row["names"], show)),
    Column("stock", "Stock", _stock, is_number=True),
    Column(
        "redeemed", "Redeemed", lambda row, show: show.number(row.get("redeemed")), is_number=True
    ),
    Column("attributes", "Attributes", _attributes),
    usual_columns.CREATED,
    usual_columns.CHANGED,
    usual_columns.ID,
)


async def fetch_rewards(visit: Visit, query: Query) -> Rows:
    """A page of rewards, each with the `names` of what it is. Raises ApiFault."""
    params = query.for_api(FIELDS, visit.show)
    found = rows_of(await visit.api.get("/v1/rewards", params), "data")
    names = await find_reward_names(visit, found.rows)
    told = [{**each, "names": names} for each in found.rows]
    return Rows(told, found.total, found.has_more, found.cursor)


async def delete_one(visit: Visit) -> Response:
    """Deletes a reward that no program offers. Raises ApiFault."""
    await visit.api.delete(f"/v1/rewards/{escape_segment(visit.path('id'))}")
    return go_to(visit.request, BACK[1], "Deleted")


REWARDS: Final = Resource(
    title="Rewards",
    one="reward",
    lead="What members of loyalty programs redeem their points for. A program offers a reward at its own cost.",
    path="/rewards",
    needs="rewards.read",
    icon="gift",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_rewards,
    key=lambda row: str(row["id"]),
    tell=tell_reward,
    actions=(("Create a reward", "/rewards/new", "plus", "rewards.write"),),
    follows="rewards",
    empty=Empty(
        "There is no reward yet",
        "Points pay for an order, for a code of a campaign, or for a product. Make what they are good for, then let a program offer it.",
        action=("Create a reward", "/rewards/new"),
        curl='curl "$TESSERA/v1/rewards" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "Pay with points", "type": "COIN", "parameters": {"coin": {"exchange_ratio": 1, "points_ratio": 100}}}\'',
    ),
)
PAGES: Final[tuple[Page, ...]] = (
    *form.PAGES,
    *offers.PAGES,
    Page("/rewards/{id}/delete", delete_one, "rewards.write", "POST"),
    *list_pages(REWARDS),
)
