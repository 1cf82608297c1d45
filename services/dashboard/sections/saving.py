"""What forms of the shop's things have in common: what was typed, and where a refusal belongs."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.datastructures import FormData

from services.dashboard.parts.forms import read_metadata, write_metadata
from services.dashboard.parts.show import read_minor
from services.dashboard.web.asking import ApiFault, field_of


def read_typed(form: FormData, names: Iterable[str]) -> dict[str, str]:
    """What was typed in the named fields, without space around it."""
    return {name: str(form.get(name) or "").strip() for name in names}


def key_of(form: FormData) -> str | None:
    """The Idempotency-Key of a form."""
    return str(form.get("idempotency_key") or "") or None


def place_fault(fault: ApiFault, names: Iterable[str]) -> dict[str, str]:
    """The refusal at the field that it names, else at none."""
    return {field_of(fault, names) or "": fault.sentence}


def read_price(typed: str, name: str, errors: dict[str, str]) -> int | None:
    """An amount in minor units; None where nothing was typed or it is none, which `errors` then says."""
    if not typed:
        return None
    amount = read_minor(typed)
    if amount is None or amount < 0:
        errors[name] = "An amount, as 5 or 12.50."
        return None
    return amount


def read_lines(typed: str, name: str, errors: dict[str, str]) -> dict[str, Any]:
    """Lines of `name = value`; `errors` says which line says nothing."""
    try:
        return read_metadata(typed)
    except ValueError as fault:
        errors[name] = f"This line says nothing: {fault}"
        return {}


def change_metadata(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> dict[str, Any]:
    """What an update names, since the API merges: what is no longer there is set to null."""
    return {**{name: None for name in (old or {}) if name not in new}, **new}


def show_metadata(metadata: Mapping[str, Any] | None) -> str:
    """Metadata as the lines of a form; what was removed is null in the API, and not shown."""
    return write_metadata({k: value for k, value in (metadata or {}).items() if value is not None})
