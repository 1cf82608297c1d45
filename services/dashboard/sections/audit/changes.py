"""Changes: who changed what a shop set up, from what to what."""

from datetime import datetime, timedelta
from typing import Any, Final

from htpy import Node, dd, del_, div, dl, dt, fragment, ins, span

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.callers import show_caller, with_caller, with_callers
from services.dashboard.lists.fields import Field
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Column, Empty, Resource, Row, list_of
from services.dashboard.parts.facts import block, code_text, facts, link, muted, raw_block
from services.dashboard.parts.page import Details
from services.dashboard.parts.show import NOTHING
from services.dashboard.sections.audit.naming import caller_of
from services.dashboard.sections.audit.tabs import TABS
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: How many pages of changes of one moment are looked through.
PAGES_MAX: Final = 20
#: Kinds of things whose changes are told.
KINDS: Final = (
    "campaign",
    "voucher",
    "promotion_tier",
    "promotion_stack",
    "earning_rule",
    "loyalty_tier",
    "referral_tier",
    "validation_rule",
    "validation_rules_assignment",
    "stacking_rules",
    "category",
    "product",
    "sku",
    "products_collection",
    "reward",
    "reward_assignment",
    "segment",
    "location",
    "webhook",
    "alert_thresholds",
    "metadata_schema",
    "custom_event_schema",
    "branding",
    "project",
    "key",
    "trusted_origins",
)
#: Kinds of things that have a page → where one of them is shown.
PLACES: Final = {
    "reward": "/rewards/",
    "campaign": "/campaigns/",
    "voucher": "/vouchers/",
    "promotion_tier": "/promotion-tiers/",
    "promotion_stack": "/promotion-stacks/",
    "validation_rule": "/validation-rules/",
    "category": "/categories/",
    "product": "/products/",
    "sku": "/skus/",
    "products_collection": "/collections/",
    "segment": "/segments/",
    "location": "/locations/",
    "webhook": "/integrations/webhooks/",
}
FIELDS: Final = (
    Field(
        "object",
        "Kind",
        "choice",
        tuple((each, each.replace("_", " ").capitalize()) for each in KINDS),
        ops=("is",),
        parameter="object",
    ),
    usual.exact_field("entity", "Id"),
    usual.DATE_ALONE,
)


def entity_link(entity: Any) -> Node:
    """A way to what was changed."""
    if not isinstance(entity, dict):
        return NOTHING
    kind, name = str(entity.get("object")), str(entity.get("id"))
    said = f"{kind.replace('_', ' ')} {name}"
    return link(said, PLACES[kind] + name) if kind in PLACES else said


def _what(row: Row) -> str:
    entity = row.get("entity") or {}
    return f"{str(entity.get('object')).replace('_', ' ').capitalize()} {row.get('action')}"


def _who(row: Row) -> Node:
    return show_caller(row, caller_of(row), "By itself")


def _fields(row: Row) -> str:
    return ", ".join(each["path"] for each in row.get("changes") or []) or NOTHING


COLUMNS: Final = (
    Column("what", "Change", lambda row, _: _what(row)),
    Column("entity", "Of", lambda row, _: entity_link(row.get("entity"))),
    Column("fields", "What became different", lambda row, _: muted(_fields(row))),
    Column("who", "By", lambda row, _: _who(row)),
    Column("channel", "Channel", lambda row, _: row.get("channel") or NOTHING, is_shown=False),
    usual_columns.DATE,
)


def diff(changes: Any) -> Node:
    """From what to what, a line each."""
    rows = changes or []
    if not rows:
        return span(".muted")["Nothing that is shown became different."]
    return dl(".diff")[
        (
            (
                dt(".mono")[each["path"]],
                dd[del_[_said(each.get("from"))], " → ", ins[_said(each.get("to"))]],
            )
            for each in rows
        )
    ]


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


async def tell_change(visit: Visit, change_id: str) -> Details:
    """One change, looked for among those of its moment, which may be thousands."""
    event = await visit.api.get(f"/v1/audit/events/{escape_segment(change_id)}")
    params = {
        "created_at[after]": _moved(event["created_at"], -1),
        "created_at[before]": _moved(event["created_at"], 1),
        "order": "created_at",
    }
    async for rows in visit.api.pages("/v1/audit/changes", "data", params, pages_max=PAGES_MAX):
        row = next((each for each in rows if each["id"] == change_id), None)
        if row is not None:
            return change_details(visit, await with_caller(visit, row, caller_of(row)))
    raise Refused(404, {"key": "not_found", "message": "There is no such change"})


def _moved(moment: str, millis: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(milliseconds=millis)).isoformat()


def change_details(visit: Visit, row: Row) -> Details:
    """The same of what was answered."""
    calls = row.get("api_calls") or []
    return Details(
        title=_what(row),
        name=_what(row),
        href=f"/changes/{row['id']}",
        body=fragment[
            facts(
                ("Of", entity_link(row.get("entity"))),
                ("Date", visit.show.when(row.get("created_at"))),
                ("By", _who(row)),
                ("Channel", row.get("channel")),
                ("Event", link(row["id"], f"/events/{row['id']}")),
                ("Command", code_text(row.get("command"))),
            ),
            block("What became different", diff(row.get("changes"))),
            block(
                "Calls",
                [
                    div[link(f"{each['method']} {each['path']}", f"/api-calls/{each['id']}")]
                    for each in calls
                ]
                or span(".muted")["None"],
            ),
            raw_block(
                row, f"/v1/audit/changes?entity={(row.get('entity') or {}).get('id')}", "The change"
            ),
        ],
    )


CHANGES: Final = Resource(
    title="Changes",
    one="change",
    lead="Who changed what the shop set up, from what to what.",
    path="/changes",
    needs="audit.read",
    icon="history",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=with_callers(list_of("/v1/audit/changes", "data", FIELDS), caller_of),
    key=lambda row: str(row["id"]),
    tell=tell_change,
    tabs=TABS,
    empty=Empty(
        "Nothing was changed yet",
        "Each change of a campaign, a rule, a product and so on stands here.",
    ),
)
PAGES: Final[tuple[Page, ...]] = list_pages(CHANGES)
