"""What is done with many vouchers: by chosen rows, by a whole filter, by a file; and how far it is."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import (
    Node,
    a,
    b,
    code,
    div,
    fragment,
    label,
    p,
    span,
)
from htpy import input as input_
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from services.dashboard.lists.handlers import chosen_filters, chosen_keys
from services.dashboard.lists.resource import Bulk, Resource
from services.dashboard.parts.forms import form_page, group, metadata_fields, read_metadata
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Show
from services.dashboard.sections.working import work_href, work_page
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Handler, Page
from services.dashboard.web.visit import Visit

#: Bytes of a file, as the API takes it.
FILE_BYTES_MAX: Final = 10_485_760
PATH: Final = "/vouchers"
_COLUMNS: Final = "Voucher Type, Value, Discount Type, Category, Start Date, Expiration Date, Redemption Limit, Active, Additional Info"
_EXAMPLE: Final = "Code,Voucher Type,Value,Discount Type,Redemption Limit\nWELCOME10,DISCOUNT_VOUCHER,10,PERCENT,100\n"

BULK: Final = (
    Bulk(
        "enable",
        "Enable",
        "vouchers.write",
        "They can be redeemed from now on, within their dates, limits and rules. It is done in the background.",
    ),
    Bulk(
        "disable",
        "Disable",
        "vouchers.write",
        "Nobody can redeem them until they are enabled again. It is done in the background.",
    ),
    Bulk(
        "metadata",
        "Change metadata",
        "vouchers.write",
        "What is named here is set; other metadata of the vouchers stays. It is done in the background.",
        fields=metadata_fields(None),
    ),
    Bulk(
        "export",
        "Export",
        "exports.create",
        "A CSV file of them is made. It is in the export manager when it is ready.",
    ),
    Bulk(
        "delete",
        "Delete",
        "vouchers.write",
        "They are found by nobody any more and lie in the bin, from which nothing comes back. Their codes stay taken until their entries there are deleted. It is done in the background.",
        is_dangerous=True,
    ),
)


def bulk_pages(resource: Resource) -> tuple[Page, ...]:
    """The addresses of what is done with chosen rows or all of a filter."""
    return (
        *(
            Page(f"{resource.path}/{name}", _act(resource, name), "vouchers.write", "POST")
            for name in ("enable", "disable", "delete", "metadata")
        ),
        Page(f"{resource.path}/export", _export(resource), "exports.create", "POST"),
        work_page(PATH, "vouchers.read", "To the vouchers"),
        Page("/vouchers/import", show_import, "imports.create"),
        Page("/vouchers/import/example", send_example, "imports.create"),
        Page("/vouchers/import", send_import, "imports.create", "POST"),
    )


def chosen(resource: Resource, form: FormData, show: Show) -> dict[str, Any]:
    """Which vouchers: `codes`, or `filters` where all of a filter were chosen. Raises Refused."""
    filters = chosen_filters(resource, form, show)
    if filters is not None:
        return {"filters": filters}
    codes = chosen_keys(form)
    if not codes:
        raise Refused(400, {"key": "invalid_payload", "message": "Choose vouchers first"})
    return {"codes": codes}


def _act(resource: Resource, action: str) -> Handler:
    async def act(visit: Visit) -> Response:
        form = await visit.form()
        body = {"action": action} | chosen(resource, form, visit.show)
        if action == "metadata":
            body["metadata"] = _metadata(form)
        key = str(form.get("idempotency_key") or "") or None
        answer = await visit.api.post("/v1/vouchers/bulk/filter/async", body, key=key)
        return go_to(visit.request, work_href(PATH, answer["async_action_id"]))

    return act


def _metadata(form: FormData) -> dict[str, Any]:
    try:
        found = read_metadata(str(form.get("metadata") or ""))
    except ValueError as fault:
        said = {"key": "invalid_payload", "message": f"This line says nothing: {fault}"}
        raise Refused(400, said) from None
    if not found:
        raise Refused(400, {"key": "invalid_payload", "message": "Name some metadata first"})
    return found


def _export(resource: Resource) -> Handler:
    async def export(visit: Visit) -> Response:
        form = await visit.form()
        which = chosen(resource, form, visit.show)
        filters = which.get("filters")
        if filters is None:
            filters = {"code": {"conditions": {"$in": which["codes"]}}}
        parameters: dict[str, Any] = {"order": "-created_at"}
        if filters:
            parameters["filters"] = filters
        body = {"exported_object": "voucher", "parameters": parameters}
        key = str(form.get("idempotency_key") or "") or None
        await visit.api.post("/v1/exports", body, key=key)
        return go_to(visit.request, "/exports", "The file is being made")

    return export


async def show_import(visit: Visit) -> Response:
    """The form that takes a file."""
    content = fragment[
        head("Import vouchers", "Each row of a CSV file becomes a voucher of its own."),
        import_form(),
    ]
    return answer_page(visit, "Import vouchers", content)


def import_form(errors: Mapping[str, str] | None = None) -> Node:
    """A file, its first ten rows, and what its columns may be."""
    wrong = (errors or {}).get("file", "")
    return form_page(
        "/vouchers/import",
        group(
            "File",
            div(".dropzone", data_max_bytes=str(FILE_BYTES_MAX))[
                icon("upload", 22),
                b(data_file_name=True)["Drop a CSV file here, or choose one"],
                span["UTF-8, commas, a header; at most 10 MB and 100,000 rows"],
                label(".sr", for_="file")["CSV file"],
                input_("#file", type="file", name="file", accept=".csv,text/csv", required=True),
            ],
            wrong and span(".error")[wrong],
            div(".scroll", data_preview=True, tabindex="0", role="region", aria_label="First rows"),
        ),
        group(
            "Columns",
            p[
                code["Code"],
                " is needed, others may be there: ",
                _COLUMNS,
                ". Any other is metadata.",
            ],
            p(".muted")[
                "Amounts are in minor units, so 5.00 is 500. A code that is taken already is told as failed; no voucher is changed. Rows that are wrong are told, the others are made."
            ],
            p[
                a(".link", href="/vouchers/import/example", download="vouchers.csv")[
                    "An example to begin with"
                ]
            ],
        ),
        errors=errors or None,
        save="Import",
        cancel="/vouchers",
        encoding="multipart/form-data",
    )


async def send_example(visit: Visit) -> Response:
    """A file to begin with."""
    del visit
    headers = {"content-disposition": 'attachment; filename="vouchers.csv"'}
    return Response(_EXAMPLE, media_type="text/csv", headers=headers)


async def send_import(visit: Visit) -> Response:
    """Hands the file to the API, and goes on to how far it is."""
    form = await visit.form()
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return answer_node(import_form({"file": "Choose a file first."}))
    content = await file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        return answer_node(import_form({"file": "The file is larger than 10 MB."}))
    sent = {"file": (file.filename, content, "text/csv")}
    key = str(form.get("idempotency_key") or "") or None
    try:
        answer = await visit.api.ask("POST", "/v1/vouchers/importCSV", files=sent, key=key)
    except Refused as fault:
        return answer_node(import_form({"file": fault.sentence}))
    return go_to(visit.request, work_href(PATH, answer["async_action_id"]))
