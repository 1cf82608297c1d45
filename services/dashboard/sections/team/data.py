"""Team settings, data: how what is personal of a customer or a member of the team goes for good."""

from collections.abc import Sequence
from typing import Final

from htpy import Node, a, button, div, fragment, li, p, ul
from starlette.responses import Response

from services.dashboard.parts.facts import block
from services.dashboard.parts.grid import grid
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import confirm_dialog, head, tabs
from services.dashboard.sections.team.members import Member
from services.dashboard.sections.team.tabs import NEEDS, TABS, project_path
from services.dashboard.web.answers import answer_page, go_to
from services.dashboard.web.callers import member_name
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

PATH: Final = "/team/data"


def customers_told(*, may_forget: bool) -> Node:
    """How a customer's data is taken away."""
    return div(".card.pad.stack")[
        block(
            "Delete a customer",
            p[
                "Everything personal of a customer is kept under a key of its own. Forgetting a customer destroys that key: name, address and metadata cannot be read again, in no copy. Numbers stay, without the person."
            ],
            ul(".prose")[
                li["Find the customer by name, e-mail or id."],
                li["Open the customer and choose to forget for good."],
                li["The page shows how far it is."],
            ],
            a(".btn", href="/customers")["Find a customer"],
            not may_forget and notice("info", "Your role does not allow to forget customers."),
        ),
    ]


def members_to_delete(members: Sequence[Member], mine: str) -> Node:
    """Members other than oneself; the installation's first user stays."""
    others = [each for each in members if each["id"] != mine and not each.get("is_owner")]
    return fragment[
        grid(
            "Delete a member of the team",
            ("Name", "E-mail", ""),
            (
                (
                    member_name(each),
                    each.get("email") or each.get("login"),
                    button(
                        ".btn.small.danger",
                        type="button",
                        commandfor=f"forget-{each['id']}",
                        command="show-modal",
                        aria_label=f"Delete for good: {member_name(each)}",
                    )["Delete for good"],
                )
                for each in others
            ),
            empty="There is nobody else whom you could delete.",
        ),
        (_forget_dialog(each) for each in others),
    ]


def _forget_dialog(member: Member) -> Node:
    return confirm_dialog(
        f"forget-{member['id']}",
        title=f"Delete {member_name(member)} for good?",
        what_happens="The account ends in every project, within a second, and cannot be brought back. Name, e-mail and places of sign-ins become unreadable, in no copy. What this person did stays in the history under an id. You have to administer every project that this person belongs to.",
        action=f"{PATH}/members/{escape_segment(member['id'])}/delete",
        do="Delete for good",
        type_name=str(member.get("email") or member["id"]),
    )


async def show_data(visit: Visit) -> Response:
    """Whose data can be taken away, and how."""
    members = (await visit.api.get(project_path(visit, "/users")))["data"]
    content = fragment[
        head("Team settings", "Personal data, and how it goes."),
        tabs(TABS, PATH),
        div(".stack")[
            customers_told(may_forget=visit.may("customers.forget")),
            members_to_delete(members, visit.me.id),
        ],
    ]
    return answer_page(visit, "Data", content)


async def delete_member(visit: Visit) -> Response:
    """Deletes somebody for good, once the address is typed."""
    path = project_path(visit, f"/users/{escape_segment(visit.path('id'))}")
    member = await visit.api.get(path)
    form = await visit.form()
    if str(form.get("typed") or "") != str(member.get("email") or member["id"]):
        return go_to(visit.request, PATH, "The address did not match; nobody was deleted")
    await visit.api.post(f"{path}/permanent-deletion")
    return go_to(visit.request, PATH, "Deleted for good")


PAGES: Final = (
    Page(PATH, show_data, NEEDS),
    Page(f"{PATH}/members/{{id}}/delete", delete_member, NEEDS, "POST"),
)
