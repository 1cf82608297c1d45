"""The bin: what was deleted and can be deleted for good."""

from typing import Final

from starlette.responses import Response

from services.dashboard.lists.callers import show_caller, with_callers
from services.dashboard.lists.chosen import do_with_each
from services.dashboard.lists.fields import EACH_TEXT, Field
from services.dashboard.lists.handlers import chosen_filters, chosen_keys, list_pages
from services.dashboard.lists.resource import Bulk, Column, Empty, Resource, Row, list_of
from services.dashboard.sections.saving import key_of
from services.dashboard.sections.working import work_href, work_page
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

PATH: Final = "/bin"
FIELDS: Final = (
    Field(
        "resource_type",
        "Kind",
        "choice",
        (("voucher", "Voucher"), ("campaign", "Campaign"), ("product", "Product"), ("sku", "SKU")),
    ),
    Field("resource_name", "Name", ops=EACH_TEXT),
    Field("resource_id", "Id", "texts", ops=EACH_TEXT),
)


def caller_of(row: Row) -> str:
    """The id of who deleted it; empty where that was not kept."""
    return str((row.get("deleted_by") or {}).get("id") or "")


COLUMNS: Final = (
    Column("name", "Name", lambda row, _: row.get("resource_name") or row.get("resource_id")),
    Column(
        "type", "Kind", lambda row, _: str(row.get("resource_type")).replace("_", " ").capitalize()
    ),
    Column("id", "Id", lambda row, _: row.get("resource_id"), is_mono=True),
    Column("by", "Deleted by", lambda row, _: show_caller(row, caller_of(row))),
    Column(
        "date",
        "Deleted",
        lambda row, show: show.when(row.get("created_at")),
        "created_at",
        is_number=True,
    ),
)


async def delete_chosen(visit: Visit) -> Response:
    """Deletes the chosen ones for good; all of a filter in the background."""
    form = await visit.form()
    filters = chosen_filters(BIN, form, visit.show)
    if filters is not None:
        path, body = "/v1/trash-bin/bulk/async", {"filters": filters}
        answer = await visit.api.post(path, body, key=key_of(form))
        return go_to(visit.request, work_href(PATH, answer["async_action_id"]))
    keys = chosen_keys(form)
    said = await do_with_each(
        keys,
        lambda each: visit.api.delete(f"/v1/trash-bin/{escape_segment(each)}"),
        "deleted for good",
    )
    return go_to(visit.request, PATH, said)


BIN: Final = Resource(
    title="Bin",
    one="entry",
    lead="What was deleted. Codes and names of what lies here are still taken; deleted for good, they are free.",
    path=PATH,
    needs="bin.read",
    icon="trash",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=with_callers(list_of("/v1/trash-bin", "data", FIELDS), caller_of),
    key=lambda row: str(row["id"]),
    bulk=(
        Bulk(
            "delete",
            "Delete for good",
            "bin.write",
            "They cannot be brought back. Their codes and names become free for something new; the history keeps what was redeemed.",
            is_dangerous=True,
        ),
    ),
    bulk_of_filter=True,
    empty=Empty(
        "The bin is empty", "Vouchers and campaigns that are deleted without force come here first."
    ),
)
PAGES: Final = (
    Page(f"{PATH}/delete", delete_chosen, "bin.write", "POST"),
    work_page(PATH, "bin.read", "To the bin"),
    *list_pages(BIN),
)
