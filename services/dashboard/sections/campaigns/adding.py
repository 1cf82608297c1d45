"""Codes added to a campaign: made in numbers, one of a given text, or brought by a file."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from htpy import Node, a, button, dialog, div, form, fragment, h2, p, progress, span, strong
from htpy import input as input_
from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import field_text, idempotency
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice
from services.dashboard.parts.numbers import read_count
from services.dashboard.parts.show import Show, read_moment
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import ApiFault, Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: Bytes of an import, as docs/api.md limits them.
FILE_BYTES_MAX: Final = 10_485_760
#: How often the progress of what runs in the background is asked for.
_AGAIN: Final = "load delay:1s"
FAILED_SHOWN: Final = 100


def add_dialog(row: Row) -> Node:
    """Asks how many codes to add, or for one of them."""
    name = escape_segment(str(row["id"]))
    return _dialog(
        "add-codes",
        f"Add codes to {row['name']}",
        form(
            ".stack",
            {
                "hx-post": f"/campaigns/{name}/codes",
                "hx-target": "#add-codes-result",
                "hx-swap": "innerHTML",
                "hx-push-url": "false",
            },
            aria_label="Add codes",
        )[
            idempotency(),
            p(".muted")[
                "They are made by the campaign's terms and pattern. Large numbers are made in the background."
            ],
            div(".fields")[
                field_text("count", "How many", "100", inputmode="numeric", autocomplete="off"),
                field_text(
                    "code", "Or one code", hint="As it is to be written", autocomplete="off"
                ),
            ],
            div("#add-codes-result", aria_live="polite"),
            _acts("add-codes", "Add codes"),
        ],
    )


def import_dialog(row: Row) -> Node:
    """Asks for a file of codes, shows its first rows, and then what came of it."""
    name = escape_segment(str(row["id"]))
    return _dialog(
        "import-codes",
        f"Import codes into {row['name']}",
        form(
            ".stack",
            {
                "hx-post": f"/campaigns/{name}/import",
                "hx-target": "#import-result",
                "hx-swap": "innerHTML",
                "hx-push-url": "false",
                "hx-encoding": "multipart/form-data",
            },
            enctype="multipart/form-data",
            aria_label="Import codes",
        )[
            idempotency(),
            p(".muted")[
                "A CSV file with a header: Code, and if wanted Value, Category, Start Date, "
                "Expiration Date, Redemption Limit, Active. Any other column is metadata. "
                "A code that exists already fails alone."
            ],
            div(".dropzone", data_max_bytes=str(FILE_BYTES_MAX))[
                icon("upload", 22),
                strong(data_file_name=True)["Drop a file here, or choose one"],
                span["CSV in UTF-8, up to 10 MB and 100,000 rows"],
                input_(
                    type="file",
                    name="file",
                    accept=".csv,text/csv",
                    required=True,
                    aria_label="File of codes",
                ),
            ],
            div(".scroll", data_preview=True),
            div("#import-result", aria_live="polite"),
            _acts("import-codes", "Import"),
        ],
        ".broad",
    )


def _dialog(name: str, title: str, content: Node, kind: str = "") -> Node:
    return dialog(f"#{name}.modal{kind}", aria_labelledby=f"{name}-title", closedby="any")[
        div(".inner")[h2(id=f"{name}-title")[title], content]
    ]


def _acts(name: str, do: str) -> Node:
    return div(".acts")[
        button(".btn", type="button", commandfor=name, command="close")["Close"],
        button(".btn.primary")[do],
    ]


async def add_codes(visit: Visit) -> Response:
    """Adds codes; what is made in the background is followed."""
    form_, name = await visit.form(), visit.path("id")
    key = str(form_.get("idempotency_key") or "") or None
    code = str(form_.get("code") or "").strip()
    count = str(form_.get("count") or "").strip()
    path = f"/v1/campaigns/{escape_segment(name)}/vouchers"
    try:
        if code:
            await visit.api.post(f"{path}/{escape_segment(code)}", {}, key=key)
            return _answer(_done(f"{code} is there.", name))
        wanted = read_count(count)
        if not wanted:
            return answer_node(notice("bad", "Say how many, as a number from 1 on."))
        answer = await visit.api.post(path, {"vouchers_count": wanted}, key=key)
    except Refused as fault:
        return _answer(notice("bad", fault.sentence))
    action = (answer or {}).get("async_action_id")
    if action is None:
        return _answer(_done(f"{(answer or {}).get('code', 'One code')} is there.", name))
    return answer_node(task_part(visit, name, str(action), {"status": "IN_PROGRESS"}))


def _answer(result: Node) -> Response:
    """What came of it; what is sent next is another request, with a key of its own."""
    return answer_node(fragment[result, idempotency()])


async def import_codes(visit: Visit) -> Response:
    """Takes a file of codes in; what comes of it is followed."""
    form_, name = await visit.form(), visit.path("id")
    file = form_.get("file")
    if not isinstance(file, UploadFile) or not file.size:
        return answer_node(notice("bad", "Choose a file first."))
    if file.size > FILE_BYTES_MAX:
        return answer_node(notice("bad", "The file is larger than 10 MB. Take it apart."))
    content = await file.read()
    try:
        answer = await visit.api.ask(
            "POST",
            f"/v1/campaigns/{escape_segment(name)}/importCSV",
            files={"file": (file.filename or "codes.csv", content, "text/csv")},
            key=str(form_.get("idempotency_key") or "") or None,
        )
    except Refused as fault:
        return _answer(notice("bad", fault.sentence, ". Nothing was imported."))
    begun = {"status": "IN_PROGRESS"}
    return answer_node(task_part(visit, name, str(answer["async_action_id"]), begun))


async def show_task(visit: Visit) -> Response:
    """How far what runs in the background is."""
    name, action = visit.path("id"), visit.path("action")
    try:
        told = await visit.api.get(f"/v1/async-actions/{escape_segment(action)}")
    except ApiFault as fault:
        return answer_node(notice("bad", fault.sentence))
    return answer_node(task_part(visit, name, action, told))


def task_part(visit: Visit, campaign: str, action: str, told: Row) -> Node:
    """The progress of it; once done what came of it, with the rows that failed."""
    show = visit.show
    if told.get("status") == "IN_PROGRESS":
        share = told.get("progress") or 0
        again = {
            "hx-get": f"/campaigns/{escape_segment(campaign)}/tasks/{escape_segment(action)}",
            "hx-trigger": _AGAIN,
            "hx-swap": "outerHTML",
            "hx-target": "this",
            "hx-push-url": "false",
        }
        return div(".progress", again, role="status")[
            progress(max="100", value=str(share), aria_label="How far it is"), span[f"{share} %"]
        ]
    result = told.get("result") or {}
    failed = result.get("failed") or result.get("errors") or []
    count = result.get("failed_count") or 0
    is_good = told.get("operation_status") != "FAILED" and not count
    return div(role="status")[
        idempotency(),
        notice(
            "good" if is_good else "warn",
            f"{show.number(result.get('done_count') or 0)} done, {show.number(count)} failed. ",
            _made_links(visit, campaign, told),
        ),
        failed and _failed(failed, count),
    ]


def _made_links(visit: Visit, campaign: str, told: Row) -> Node:
    """The way to what was made, as a list and as a file: what was made while that ran."""
    since, until = _span_of(told, visit.show)
    made = (
        [("f", f"created_at:after:{since}"), ("f", f"created_at:before:{until}")] if since else []
    )
    listed = f"/campaigns/{escape_segment(campaign)}/vouchers"
    asked = [("object", "voucher"), ("f", f"campaign_id:is:{campaign}"), *made]
    return fragment[
        a(".link", href=f"{listed}?{urlencode(made)}" if made else listed)["Show the vouchers"],
        visit.may("exports.create")
        and fragment[
            " · ", a(".link", href=f"/exports/new?{urlencode(asked)}")["Get them as a file"]
        ],
    ]


def _span_of(told: Row, show: Show) -> tuple[str, str]:
    """The whole seconds within which something ran, in the project's zone; empty: not known."""
    begun, ended = read_moment(told.get("created_at")), read_moment(told.get("updated_at"))
    if begun is None or ended is None:
        return "", ""
    until = ended.replace(microsecond=0) + timedelta(seconds=1)
    # a filter leaves its own moment out
    since = (begun - timedelta(microseconds=1)).replace(microsecond=0)
    return show.local(since.isoformat()), show.local(until.isoformat())


def _failed(failed: list[Any], count: int) -> Node:
    shown = failed[:FAILED_SHOWN]
    return div(".scroll.own")[
        div(".facts.failed", role="list", aria_label="Rows that failed")[
            (
                div(role="listitem")[
                    span(".mono")[_which(each)],
                    " ",
                    span(".muted")[
                        str(each.get("reason") or each.get("details") or each.get("key") or "")
                    ],
                ]
                for each in shown
            )
        ],
        count > len(shown) and p(".muted")[f"and {count - len(shown)} more"],
    ]


def _which(failure: Row) -> str:
    row = f"Row {failure['row']}" if failure.get("row") is not None else ""
    column = f", {failure['column']}" if failure.get("column") else ""
    code = str(failure.get("code") or "")
    return f"{row}{column}{': ' if row and code else ''}{code}"


def _done(text: str, campaign: str) -> Node:
    return notice(
        "good",
        f"{text} ",
        a(".link", href=f"/campaigns/{escape_segment(campaign)}/vouchers")["Show the vouchers"],
    )


PAGES: Final = (
    Page("/campaigns/{id}/codes", add_codes, "campaigns.write", "POST"),
    Page("/campaigns/{id}/import", import_codes, "imports.create", "POST"),
    Page("/campaigns/{id}/tasks/{action}", show_task, "campaigns.read"),
)
