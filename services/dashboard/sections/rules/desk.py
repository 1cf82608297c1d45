"""What every part of the builder is shown from, and the buttons that change what is edited."""

from dataclasses import dataclass
from typing import Final

from htpy import Node, button

from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import Show
from services.dashboard.sections.rules.catalogue import Catalogue
from services.dashboard.sections.rules.draft import Draft
from services.dashboard.sections.rules.naming import Names

EDIT: Final = "/validation-rules/edit"


@dataclass(frozen=True, slots=True)
class Desk:
    """What every part of the builder needs to be shown."""

    draft: Draft
    catalogue: Catalogue
    names: Names
    show: Show


def do_button(asked: str, text: str, sign: str) -> Node:
    """A button that changes the editor, by what it asks for."""
    return button(
        ".btn.small",
        {"hx-post": EDIT},
        id=f"do-{asked.replace(':', '-')}",
        name="do",
        value=asked,
        data_part=True,
    )[icon(sign, 14), text]
