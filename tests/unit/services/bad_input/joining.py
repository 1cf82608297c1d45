"""What is bad about signing in, links, members and roles."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Rows, shown

_TEAM: Final = "tests/unit/services/catalog/users/test_team.py"
_ME: Final = "tests/unit/services/catalog/users/test_me.py"
_VIEWS: Final = "tests/unit/services/catalog/users/test_saved_views.py"
_SIGN_IN: Final = "tests/unit/services/catalog/users/test_sign_in.py"


def _manage(path: str, *bodies: Any) -> tuple[Ask, ...]:
    return tuple(Ask("POST", f"/management/v1/projects/{path}", body) for body in bodies)


def _users(path: str, *bodies: Any) -> tuple[Ask, ...]:
    return tuple(Ask("POST", f"/users/v1/{path}", body, key={}) for body in bodies)


_INVITED: Final = {"email": "e@shop.test", "first_name": "E", "last_name": "E"}
USERS: Final[Rows] = {
    "an address that is none, an unknown role or privilege, a name that shows nothing; both or neither of id and login; a member of the wrong type, or none": (
        *_manage("proj/invitations", {"email": "none", "role": "USER"}, {"email": "a@b", "role": 5},
                 {"email": "a@b", "role": "KING"}, {"email": "a@b", "role": "USER", "name": " "}),
        *_manage("proj/users", {"role": "USER"}, {"id": "x", "login": "a@b", "role": "USER"}),
        *_manage("proj/roles", {"name": "R", "privileges": ["fly"]}, {"name": "", "privileges": []}),
        *_manage("users/invite", _INVITED, _INVITED | {"projects": {}},
                 _INVITED | {"projects": {"proj": 1}}, _INVITED | {"projects": {"proj": "KING"}}),
        *(Ask("PUT", "/management/v1/projects/proj/security", body)
          for body in ({}, {"second_factor_required": "yes"}, {"second_factor_required": None})),
        *_users("sessions", {}, {"email": 5, "password": "x"}, {"email": "a@b", "password": None}),
        *_users("invitations/look", {}, {"token": ""}, {"token": "x" * 257}),
    ),
    "a wrong password, an unknown address": _users(
        "sessions", {"email": "nobody@shop.test", "password": "x"},
        {"email": "no address", "password": "x"},
    ),
    "a view that is to be saved with a section that no address has, a name of more than 60 characters, a query of more than 2,000 characters or with control characters": shown(
        f"{_VIEWS}::test_what_cannot_be_is_named"
    ),
    "a name that another view of the section has": shown(
        f"{_VIEWS}::test_a_name_is_new_in_its_section"
    ),
    "no session, or one that is over": (
        Ask("GET", "/users/v1/me", key={}),
        Ask("GET", "/users/v1/me", key={"X-Session-Token": "none"}),
        Ask("GET", "/v1/vouchers", key={"X-Session-Token": "none", "X-Project-Id": "proj"}),
        Ask("DELETE", "/users/v1/sessions/current", key={}),
    ),
    "a link that was used, is over, or never was": (
        *_users("invitations/look", {"token": "none"}),
        *_users("invitations/accept", {"token": "none", "name": "E", "password": "x" * 12}),
        *_users("password-resets/accept", {"token": "none", "password": "x" * 12}),
    ),
    "a password of fewer than 12 or more than 128 characters, the address, the one before": shown(
        f"{_ME}::test_a_password_that_is_easy_to_guess_is_refused"
    ),
    "a current password that is wrong": shown(f"{_ME}::test_guesses_at_the_password_before_are_slowed"),
    "a code that is wrong, or was used": shown(
        f"{_SIGN_IN}::test_a_second_factor_asks_for_a_code_that_is_used_once"
    ),
    "too many guesses": shown(f"{_SIGN_IN}::test_guesses_at_an_account_are_slowed_from_anywhere"),
    "the last administrator taken out, or given another role": shown(
        f"{_TEAM}::test_the_last_administrator_stays"
    ),
    "a role whose name is taken; an invitation of a member": _manage(
        "proj/roles", {"name": "ADMIN", "privileges": []}
    ),
}  # fmt: skip
