"""Errors of the API put where they belong: at the rule, the entry or the field they name."""

import re
from typing import Final

from services.dashboard.sections.rules.draft import Draft
from services.dashboard.sections.rules.tree import find_by_path
from services.dashboard.web.asking import ApiFault

_PATH: Final = re.compile(r"`\.?([^`]+)`")
_ENTRY: Final = re.compile(r"applicable_to\.(included|excluded)\[(\d+)\]")


def put_fault(draft: Draft, fault: ApiFault) -> None:
    """Adds what the API says to the errors of a draft, by the field that it is about."""
    found = _PATH.search(fault.details)
    path = found[1] if found else ""
    draft.errors[_place_of(draft, path)] = fault.sentence


def _place_of(draft: Draft, path: str) -> str:
    if path.startswith("rules."):
        rule = find_by_path(draft.rules, path)
        if rule is not None:
            return f"rule-{rule.id}"
    if entry := _ENTRY.match(path):
        listed = [each for each in draft.entries if each.where == entry[1] and each.item]
        if int(entry[2]) < len(listed):
            return f"entry-{listed[int(entry[2])].id}"
    if path.startswith("bundle_rules"):
        return "bundle_limit"
    if path.startswith("error"):
        return "message"
    return path if path in ("name", "context_type") else ""
