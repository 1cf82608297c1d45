"""What is decided of users: in the file of what it is about."""

from engine.kernel.room import Decisions, unite_tables
from engine.users import accounts, administering, members, roles, saved_views, sessions

DECISIONS: Decisions = unite_tables(
    accounts.DECISIONS,
    administering.DECISIONS,
    members.DECISIONS,
    roles.DECISIONS,
    saved_views.DECISIONS,
    sessions.DECISIONS,
)
