"""The endpoints of users, to be mounted in the host whose gate admits them."""

from runtime.http.service import Service
from services.catalog.users.control import Control
from services.catalog.users.me import Me, me_router
from services.catalog.users.sign_in import Guard, SigningIn, sign_in_router


def user_service(control: Control, guard: Guard) -> Service:
    """Signing in and the own account."""
    return Service(
        name="users",
        routers=(
            sign_in_router(SigningIn(control, guard)),
            me_router(Me(control, guard)),
        ),
    )
