"""The answer to marking notifications: there is nothing to say."""

from types import MappingProxyType

from engine.kernel.room import Answers, shows_nothing
from schemas.notifications import NotificationsRead

ANSWERS: Answers = MappingProxyType({NotificationsRead: shows_nothing})
