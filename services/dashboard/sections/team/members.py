"""Members of a project: who may enter it and as what, invitations, links for a new password."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import Node, a, button, div, form, fragment, label, option, p, select, span
from starlette.responses import Response

from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import Errors, field_choice, field_text, form_page, idempotency
from services.dashboard.parts.grid import grid
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, head, tabs
from services.dashboard.parts.secrets import shown_once
from services.dashboard.parts.show import Show
from services.dashboard.sections.team.tabs import NEEDS, TABS, project_path
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.callers import member_name
from services.dashboard.web.links import INVITATION_PATH, NEW_PASSWORD_PATH
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

Member = Mapping[str, Any]


def members_grid(
    members: Sequence[Member], roles: Sequence[tuple[str, str]], mine: str, show: Show
) -> Node:
    """Who belongs to the project."""
    return grid(
        "Members",
        ("Name", "E-mail", "Role", "Second factor", "Last seen", ""),
        ((*_told(each, roles, mine, show), _acts(each, mine)) for each in members),
    )


def _told(
    member: Member, roles: Sequence[tuple[str, str]], mine: str, show: Show
) -> tuple[Node, ...]:
    name = member_name(member)
    seen = show.when(member["last_sign_in_at"]) if member.get("last_sign_in_at") else "Never"
    return (
        span[name, member["id"] == mine and [" ", badge("You", "good")]],
        member.get("email") or member.get("login"),
        _role_form(member, roles, name),
        _factor(member, mine),
        seen,
    )


def _factor(member: Member, mine: str) -> Node:
    """Whether there is a second factor, and the way out for whoever lost it."""
    if not member.get("two_factor_enabled"):
        return badge("Off")
    return div(".row")[
        badge("On", "good"),
        member["id"] != mine
        and button(
            ".btn.small",
            type="button",
            commandfor=f"factor-{member['id']}",
            command="show-modal",
            aria_label=f"Take off the second factor of {member_name(member)}",
        )["Take off"],
    ]


def _role_form(member: Member, roles: Sequence[tuple[str, str]], name: str) -> Node:
    """A choice, and a button: nobody's role changes by a slip of the keys."""
    at = f"role-{member['id']}"
    return form(
        ".row", {"hx-post": f"/team/members/{escape_segment(member['id'])}/role"}, hx_swap="none"
    )[
        label(".sr", for_=at)[f"Role of {name}"],
        select(".input.small", id=at, name="role")[
            (option(value=each, selected=each == member.get("role"))[said] for each, said in roles)
        ],
        button(".btn.small", aria_label=f"Change the role of {name}")["Change"],
    ]


def _acts(member: Member, mine: str) -> Node:
    name = member_name(member)
    return div(".acts")[
        a(
            ".btn.small",
            href=f"/team/members/{escape_segment(member['id'])}/password",
            aria_label=f"Password link for {name}",
        )["Password link"],
        member["id"] != mine
        and button(
            ".btn.small.danger",
            type="button",
            commandfor=f"remove-{member['id']}",
            command="show-modal",
            aria_label=f"Remove {name}",
        )["Remove"],
    ]


def _dialogs(members: Sequence[Member], mine: str) -> Node:
    """What is asked before something is done to somebody else."""
    others = [each for each in members if each["id"] != mine]
    return [
        *(_remove_dialog(each) for each in others),
        *(_factor_dialog(each) for each in others if each.get("two_factor_enabled")),
    ]


def _remove_dialog(member: Member) -> Node:
    return confirm_dialog(
        f"remove-{member['id']}",
        title=f"Remove {member_name(member)}?",
        what_happens="The project is closed to this person within a second. What was done stays in the history under the name.",
        action=f"/team/members/{escape_segment(member['id'])}/remove",
        do="Remove",
    )


def _factor_dialog(member: Member) -> Node:
    return confirm_dialog(
        f"factor-{member['id']}",
        title=f"Take off the second factor of {member_name(member)}?",
        what_happens="For somebody who lost the device and the recovery codes. All sessions of this person end, and from then on the password alone opens the account, until a second factor is switched on anew. The person sees it under recent activity. Be sure first who asked you.",
        action=f"/team/members/{escape_segment(member['id'])}/two-factor",
        do="Take it off",
    )


def invitations_grid(
    invitations: Sequence[Mapping[str, Any]], roles: Mapping[str, str], show: Show
) -> Node:
    """Who was invited and has not come yet."""
    return grid(
        "Open invitations",
        ("E-mail", "Role", "Invited", "Link works until", ""),
        (
            (
                each["email"],
                roles.get(each["role"], each["role"]),
                show.when(each.get("created_at")),
                show.when(each.get("expires_at")),
                form(
                    ".plain",
                    {"hx-post": f"/team/invitations/{escape_segment(each['id'])}/withdraw"},
                    hx_swap="none",
                )[
                    idempotency(),
                    button(".btn.small", aria_label=f"Withdraw the invitation of {each['email']}")[
                        "Withdraw"
                    ],
                ],
            )
            for each in invitations
        ),
        empty="Nobody is invited at the moment.",
    )


async def find_roles(visit: Visit) -> list[tuple[str, str]]:
    """The roles of the project: id and name."""
    body = await visit.api.get(project_path(visit, "/roles"))
    return [(each["id"], each["name"]) for each in body["data"]]


async def show_members(visit: Visit) -> Response:
    """Members and invitations."""
    members = (await visit.api.get(project_path(visit, "/users")))["data"]
    invitations = (await visit.api.get(project_path(visit, "/invitations")))["data"]
    roles = await find_roles(visit)
    content = fragment[
        head(
            "Team settings",
            f"Who may enter {visit.project.name}, and as what.",
            a(".btn.primary", href="/team/invite")[icon("plus", 15), "Invite"],
        ),
        tabs(TABS, "/team"),
        div(".stack")[
            members_grid(members, roles, visit.me.id, visit.show),
            invitations_grid(invitations, dict(roles), visit.show),
        ],
        _dialogs(members, visit.me.id),
    ]
    return answer_page(visit, "Team settings", content)


async def change_role(visit: Visit) -> Response:
    """Gives another role."""
    form = await visit.form()
    path = project_path(visit, f"/users/{escape_segment(visit.path('id'))}")
    await visit.api.put(path, {"role": str(form.get("role") or "")})
    return go_to(visit.request, "/team", "The role is changed")


async def remove_member(visit: Visit) -> Response:
    """Takes somebody out of the project."""
    await visit.api.delete(project_path(visit, f"/users/{escape_segment(visit.path('id'))}"))
    return go_to(visit.request, "/team", "Removed")


async def remove_two_factor(visit: Visit) -> Response:
    """Takes off a second factor that was lost."""
    path = project_path(visit, f"/users/{escape_segment(visit.path('id'))}/two-factor")
    await visit.api.delete(path)
    return go_to(visit.request, "/team", "The second factor is off, and all sessions have ended")


async def withdraw_invitation(visit: Visit) -> Response:
    """The link works no more."""
    path = project_path(visit, f"/invitations/{escape_segment(visit.path('id'))}")
    await visit.api.delete(path)
    return go_to(visit.request, "/team", "The invitation is withdrawn")


def invite_form(
    roles: Sequence[tuple[str, str]], said: Mapping[str, str], errors: Errors | None = None
) -> Node:
    """An address and a role."""
    return form_page(
        "/team/invite",
        field_text(
            "email", "E-mail", said.get("email"), kind="email", autocomplete="off", errors=errors
        ),
        field_choice(
            "role",
            "Role",
            roles,
            said.get("role") or "USER",
            errors=errors,
            hint=a(".link", href="/team/roles", target="_blank")["What each may do, in a new tab"],
        ),
        p(".muted")[
            "You get a link to pass on; no mail is sent. Inviting the same address once more makes a new link, and the one before works no more."
        ],
        errors=errors,
        save="Make the link",
        cancel="/team",
    )


async def show_invite(visit: Visit) -> Response:
    """The form."""
    lead = "The link works once, for seven days."
    content = fragment[head("Invite", lead), invite_form(await find_roles(visit), {})]
    return answer_page(visit, "Invite", content)


def link_of(visit: Visit, page: str, token: str) -> str:
    """The address of a page for somebody who is not signed in, with what opens it.

    It stands behind the `#`, which browsers send to nobody: no log and no `Referer` has it.
    """
    return f"{visit.request.url.scheme}://{visit.request.url.netloc}{page}#token={token}"


async def invite(visit: Visit) -> Response:
    """Invites, and shows the link this once."""
    form = await visit.form()
    said = {name: str(form.get(name) or "").strip() for name in ("email", "role")}
    key = str(form.get("idempotency_key") or "") or None
    try:
        made = await visit.api.post(project_path(visit, "/invitations"), said, key=key)
    except Refused as fault:
        roles = await find_roles(visit)
        return answer_node(invite_form(roles, said, errors_of(fault, said)))
    link = link_of(visit, INVITATION_PATH, made["url_token"])
    return answer_node(
        shown_once(
            f"{made['email']} is invited",
            [("Link", link)],
            back=("To the members", "/team"),
            more=p(".muted")["Works until ", visit.show.when(made.get("expires_at")), "."],
        )
    )


async def show_password_link(visit: Visit) -> Response:
    """Asks first, since all sessions end when the link is used."""
    path = project_path(visit, f"/users/{escape_segment(visit.path('id'))}")
    member = await visit.api.get(path)
    content = fragment[
        head(f"A new password for {member_name(member)}", "For somebody who lost the old one."),
        form_page(
            f"/team/members/{escape_segment(member['id'])}/password",
            p[
                "The link opens a page where a new password is chosen. It works once, within a day; then all sessions of that person end."
            ],
            save="Make the link",
            cancel="/team",
        ),
    ]
    return answer_page(visit, "Password link", content)


async def make_password_link(visit: Visit) -> Response:
    """Makes it, and shows it this once."""
    form = await visit.form()
    path = project_path(visit, f"/users/{escape_segment(visit.path('id'))}/password-reset")
    made = await visit.api.post(path, key=str(form.get("idempotency_key") or "") or None)
    return answer_node(
        shown_once(
            "The link is made",
            [("Link", link_of(visit, NEW_PASSWORD_PATH, made["url_token"]))],
            back=("To the members", "/team"),
            more=p(".muted")["Works until ", visit.show.when(made.get("expires_at")), "."],
        )
    )


PAGES: Final = (
    Page("/team", show_members, NEEDS),
    Page("/team/invite", show_invite, NEEDS),
    Page("/team/invite", invite, NEEDS, "POST"),
    Page("/team/invitations/{id}/withdraw", withdraw_invitation, NEEDS, "POST"),
    Page("/team/members/{id}/role", change_role, NEEDS, "POST"),
    Page("/team/members/{id}/remove", remove_member, NEEDS, "POST"),
    Page("/team/members/{id}/two-factor", remove_two_factor, NEEDS, "POST"),
    Page("/team/members/{id}/password", show_password_link, NEEDS),
    Page("/team/members/{id}/password", make_password_link, NEEDS, "POST"),
)
