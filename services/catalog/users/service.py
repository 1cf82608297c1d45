"""The endpoints of users, to be mounted in the host whose gate admits them."""

from runtime.http.service import Service
from services.catalog.projects.management import Management
from services.catalog.users.callers import caller_router
from services.catalog.users.control import Control
from services.catalog.users.guesses import Guesses
from services.catalog.users.links import Links, link_router
from services.catalog.users.me import Me, me_router
from services.catalog.users.roles import OwnRoles, role_router
from services.catalog.users.saved_views import SavedViews, saved_view_router
from services.catalog.users.security import Security, security_router
from services.catalog.users.sign_in import Guard, SigningIn, sign_in_router
from services.catalog.users.team import Team, team_router


def user_service(control: Control, guard: Guard) -> Service:
    """Signing in, the own account, and the members of projects."""
    management, guesses = Management(control.view_of), Guesses(control, guard.throttle)
    return Service(
        name="users",
        routers=(
            sign_in_router(SigningIn(control, guard, guesses)),
            me_router(Me(control, guard, guesses)),
            saved_view_router(SavedViews(control)),
            link_router(Links(control, guard.passwords)),
            team_router(Team(control, management)),
            caller_router(control, management),
            role_router(OwnRoles(control, management)),
            security_router(Security(control, management)),
        ),
    )
