"""Importing a file: chosen, looked at, handed to the API, which does it in the background."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from htpy import Node, a, b, code, div, fragment, label, p, span
from htpy import input as input_
from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.dashboard.parts.forms import form_page, group
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import head
from services.dashboard.parts.typed_json import parse_json
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: Bytes of a file, as the API takes it.
FILE_BYTES_MAX: Final = 10_485_760


@dataclass(frozen=True, slots=True)
class Import:
    """One kind of file that can be imported."""

    #: What the rows are, in words: `products`.
    what: str
    path: str
    #: Where the API takes it.
    api_path: str
    back: str
    columns: str
    #: What happens with rows, in words.
    happens: str
    example: str
    is_json: bool = False

    @property
    def file_name(self) -> str:
        """How the example is called."""
        return f"{self.what.replace(' ', '-')}.{'json' if self.is_json else 'csv'}"


def import_pages(kind: Import) -> tuple[Page, ...]:
    """The addresses of an import."""

    async def show_form(visit: Visit) -> Response:
        title = f"Import {kind.what}"
        content = fragment[head(title, kind.happens), import_form(kind)]
        return answer_page(visit, title, content)

    async def send_example(visit: Visit) -> Response:
        del visit
        headers = {"content-disposition": f'attachment; filename="{kind.file_name}"'}
        media = "application/json" if kind.is_json else "text/csv"
        return Response(kind.example, media_type=media, headers=headers)

    async def send_file(visit: Visit) -> Response:
        return await _send_file(kind, visit)

    return (
        Page(kind.path, show_form, "imports.create"),
        Page(f"{kind.path}/example", send_example, "imports.create"),
        Page(kind.path, send_file, "imports.create", "POST"),
    )


def import_form(kind: Import, errors: Mapping[str, str] | None = None) -> Node:
    """A file, its first ten rows, and what it may hold."""
    wrong = (errors or {}).get("file", "")
    says = "JSON" if kind.is_json else "CSV"
    return form_page(
        kind.path,
        group(
            "File",
            div(".dropzone", data_max_bytes=str(FILE_BYTES_MAX))[
                icon("upload", 22),
                b(data_file_name=True)[f"Drop a {says} file here, or choose one"],
                span[
                    "An array of orders; at most 10 MB"
                    if kind.is_json
                    else "UTF-8, commas, a header; at most 10 MB and 100,000 rows"
                ],
                label(".sr", for_="file")[f"{says} file"],
                input_(
                    "#file",
                    type="file",
                    name="file",
                    accept=".json,application/json" if kind.is_json else ".csv,text/csv",
                    required=True,
                ),
            ],
            wrong and span(".error")[wrong],
            None
            if kind.is_json
            else div(
                ".scroll", data_preview=True, tabindex="0", role="region", aria_label="First rows"
            ),
        ),
        group(
            "What it holds",
            p[kind.columns],
            p(".muted")[
                "Amounts are in minor units, so 5.00 is 500. What is wrong with single rows is told in the result, while the others are done."
            ],
            p[
                a(".link", href=f"{kind.path}/example", download=kind.file_name)[
                    "An example to begin with"
                ],
                ". Programs send the same to ",
                code[kind.api_path],
                ".",
            ],
        ),
        errors=errors or None,
        save="Import",
        cancel=kind.back,
        encoding="multipart/form-data",
    )


async def _send_file(kind: Import, visit: Visit) -> Response:
    form = await visit.form()
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return answer_node(import_form(kind, {"file": "Choose a file first."}))
    content = await file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        return answer_node(import_form(kind, {"file": "The file is larger than 10 MB."}))
    body: Any = None
    if kind.is_json:
        try:
            body = parse_json(content)
        except ValueError:
            return answer_node(import_form(kind, {"file": "The file is no JSON."}))
    files = None if kind.is_json else {"file": (file.filename, content, "text/csv")}
    try:
        answer = await visit.api.ask(
            "POST", kind.api_path, body=body, files=files, key=key_of(form)
        )
    except Refused as fault:
        return answer_node(import_form(kind, {"file": fault.sentence}))
    task = escape_segment(str(answer["async_action_id"]))
    address = f"/tasks/{task}" if visit.may("audit.read") else kind.back
    return go_to(visit.request, address, "The file is being imported")
