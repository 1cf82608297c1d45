"""Every list of the dashboard."""

import sys
from collections.abc import Mapping
from dataclasses import replace

from services.dashboard.lists.resource import Resource
from services.dashboard.routes import PAGES
from services.dashboard.sections.campaigns.embedded import publications_of, vouchers_of
from services.dashboard.sections.campaigns.programs.members import fields_with, members_of


def every_list(
    *, vouchers: str, publications: str, members: str, tiers: Mapping[str, str]
) -> Mapping[str, Resource]:
    """Address in the table of all pages → the list; those within a campaign of the named ones.

    `tiers`: ids by name, of the program whose members are listed.
    """
    found = {
        value.path: value
        for name, module in list(sys.modules.items())
        if name.startswith("services.dashboard.sections")
        for value in vars(module).values()
        if isinstance(value, Resource)
    }
    found["/campaigns/{id}/vouchers"] = vouchers_of(vouchers)
    found["/campaigns/{id}/publications"] = publications_of(publications)
    fields = fields_with([{"id": each, "name": name} for name, each in tiers.items()])
    found["/campaigns/{id}/members"] = replace(members_of(members), fields=fields)
    return {path: each for path, each in found.items() if each.fields}


def filtered_addresses() -> set[str]:
    """The addresses of lists that have a form for filters."""
    return {page.path.removesuffix("/filter") for page in PAGES if page.path.endswith("/filter")}
