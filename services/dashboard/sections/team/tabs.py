"""The tabs of the team settings, and where the API keeps a project."""

from typing import Final

from services.dashboard.web.visit import Visit

TABS: Final = (
    ("Members", "/team"),
    ("Roles", "/team/roles"),
    ("Projects", "/team/projects"),
    ("Security", "/team/security"),
    ("Data", "/team/data"),
    ("Usage", "/team/usage"),
)
NEEDS: Final = "team.manage"


def project_path(visit: Visit, rest: str = "") -> str:
    """The address of the visit's project in the management API."""
    return f"/management/v1/projects/{visit.project.id}{rest}"
