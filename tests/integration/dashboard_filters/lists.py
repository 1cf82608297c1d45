"""Every list of the dashboard."""

import sys
from collections.abc import Mapping

from services.dashboard.lists.resource import Resource
from services.dashboard.routes import PAGES
from services.dashboard.sections.campaigns.embedded import publications_of, vouchers_of


def every_list(campaign: str) -> Mapping[str, Resource]:
    """Address in the table of all pages → the list; those within a campaign of one campaign."""
    found = {
        value.path: value
        for name, module in list(sys.modules.items())
        if name.startswith("services.dashboard.sections")
        for value in vars(module).values()
        if isinstance(value, Resource)
    }
    for tab, make in (("vouchers", vouchers_of), ("publications", publications_of)):
        found[f"/campaigns/{{id}}/{tab}"] = make(campaign)
    return {path: each for path, each in found.items() if each.fields}


def filtered_addresses() -> set[str]:
    """The addresses of lists that have a form for filters."""
    return {page.path.removesuffix("/filter") for page in PAGES if page.path.endswith("/filter")}
