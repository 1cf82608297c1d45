"""The tabs of the project settings: each with the privilege that it needs."""

from typing import Final

from htpy import Node

from services.dashboard.parts.page import head, tabs
from services.dashboard.web.visit import Visit

_TABS: Final = (
    ("General", "/settings", "project.read"),
    ("API keys", "/settings/keys", "keys.manage"),
    ("Client-side", "/settings/client-side", "project.read"),
    ("Brand", "/settings/brand", "project.read"),
    ("Metadata", "/settings/metadata", "project.read"),
    ("Event schemas", "/settings/event-schemas", "project.read"),
    ("API usage", "/settings/usage", "analytics.read"),
)
READ: Final = "project.read"
WRITE: Final = "project.write"


def project_path(visit: Visit, rest: str = "") -> str:
    """The address of the visit's project in the management API."""
    return f"/management/v1/projects/{visit.project.id}{rest}"


def settings_head(visit: Visit, path: str, lead: str, *actions: Node) -> Node:
    """The title, and the tabs that the role may open."""
    seen = [(name, href) for name, href, needs in _TABS if visit.may(needs)]
    return [head("Project settings", lead, *actions), tabs(seen, path)]
