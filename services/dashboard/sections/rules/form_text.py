"""Fields of a form of the builder, as texts and as what hidden ones keep."""

import json
from typing import Any

from starlette.datastructures import FormData


def text_of(form: FormData, name: str) -> str:
    """A field of a form, without what surrounds it."""
    return str(form.get(name) or "").strip()


def read_json(form: FormData, name: str) -> dict[str, Any]:
    """An object that a hidden field keeps."""
    try:
        found = json.loads(str(form.get(name) or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
