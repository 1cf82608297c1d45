"""The addresses of a form that makes a campaign of a kind of its own: shown, changed, told, sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from htpy import Node
from starlette.responses import Response

from services.dashboard.parts.forms import Errors
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.making.bodies import Body, field_of_fault
from services.dashboard.sections.campaigns.making.draft import Draft
from services.dashboard.sections.campaigns.making.own_form import answer_form, begin_draft, read_own
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import Refused, Unreachable
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwnKind:
    """A kind of campaign that is made by a form of its own."""

    path: str
    title: str
    #: What the form holds at first.
    begins: Mapping[str, str]
    #: The body of `POST /v1/campaigns`, and what is wrong with it.
    body: Callable[[Draft, Show], Body]
    #: The form with what is wrong at its fields, under a key.
    form: Callable[[Draft, Show, Names, Errors | None, str | None], Node]
    #: The same in sentences.
    told: Callable[[Draft, Show, Names], Node]
    #: What is called how that it names.
    names: Callable[[Visit, Draft], Awaitable[Names]]
    #: The field that the details of a refusal are about; empty: none that the kind has alone.
    place: Callable[[str], str]


def own_pages(kind: OwnKind) -> tuple[Page, ...]:
    """Its four addresses."""

    async def show_form(visit: Visit) -> Response:
        shown = kind.form(begin_draft(**kind.begins), visit.show, {}, None, None)
        return answer_form(visit, kind.title, shown)

    async def change_form(visit: Visit) -> Response:
        form = await visit.form()
        draft, key = read_own(form), str(form.get("idempotency_key") or "") or None
        names = await kind.names(visit, draft)
        return answer_node(kind.form(draft, visit.show, names, None, key))

    async def tell_draft(visit: Visit) -> Response:
        draft = read_own(await visit.form())
        return answer_node(kind.told(draft, visit.show, await kind.names(visit, draft)))

    async def make(visit: Visit) -> Response:
        form = await visit.form()
        draft, key = read_own(form), str(form.get("idempotency_key") or "")
        made = kind.body(draft, visit.show)
        errors = dict(made.errors)
        if not errors:
            try:
                row = await visit.api.post("/v1/campaigns", made.body, key=key or None)
            except Refused as fault:
                place = kind.place(fault.details) or field_of_fault(fault)
                errors[place] = fault.beside_field if place else fault.sentence
                key = ""
            except Unreachable as fault:
                # nothing that was typed is lost, and sent once more it is the same request
                errors[""] = f"{fault.sentence}. Send it once more in a moment."
            else:
                return go_to(visit.request, f"/campaigns/{escape_segment(str(row['id']))}", "Made")
        names = await kind.names(visit, draft)
        return answer_form(
            visit, kind.title, kind.form(draft, visit.show, names, errors, key or None)
        )

    return (
        Page(kind.path, show_form, "campaigns.write"),
        Page(kind.path, make, "campaigns.write", "POST"),
        Page(f"{kind.path}/form", change_form, "campaigns.write", "POST"),
        Page(f"{kind.path}/told", tell_draft, "campaigns.write", "POST"),
    )
