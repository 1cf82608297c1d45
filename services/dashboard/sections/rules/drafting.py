"""What a form of the builder says, after what its button asked for."""

from starlette.datastructures import FormData

from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.catalogue import Catalogue
from services.dashboard.sections.rules.draft import Draft
from services.dashboard.sections.rules.entries import Entry, read_entries, take_bundle
from services.dashboard.sections.rules.form_text import read_json, text_of
from services.dashboard.sections.rules.reading import do_asked, read_tree


def read_draft(form: FormData, catalogue: Catalogue, show: Show) -> Draft:
    """What a form of the builder says, after what its button asked for."""
    rules, errors = read_tree(form, catalogue, show)
    draft = Draft(
        rules,
        text_of(form, "name"),
        text_of(form, "type") or "expression",
        text_of(form, "context_type") or "global",
        text_of(form, "message"),
        read_entries(form),
        form.get("included_all") == "true",
        take_bundle(form, read_json(form, "bundle_raw")),
        errors,
        {name: text_of(form, name) for name in errors},
    )
    asked = text_of(form, "do")
    verb, _, rest = asked.partition(":")
    if verb == "entry" and rest in ("included", "excluded"):
        draft.entries.append(Entry(_next_id(draft), rest))
    elif verb == "drop_entry":
        draft.entries = [each for each in draft.entries if str(each.id) != rest]
    elif verb == "bundle":
        draft.bundle.parts.append(("", 1))
    elif verb == "drop_bundle":
        parts = draft.bundle.parts
        parts[:] = [each for at, each in enumerate(parts) if at != read_whole(rest)]
    elif asked:
        do_asked(draft.rules, asked)
    return draft


def _next_id(draft: Draft) -> int:
    return max((each.id for each in draft.entries), default=0) + 1
