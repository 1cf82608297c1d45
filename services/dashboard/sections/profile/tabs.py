"""The tabs of the profile."""

from typing import Final

TABS: Final = (("General", "/profile"), ("Security", "/profile/security"))
