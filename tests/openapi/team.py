"""People: invited, signed in, with a second factor and a role of the project's own."""

from typing import Final

from tests.openapi.steps import Step

_PROJECT = "/management/v1/projects/{project}"
_ME = "/users/v1/me"
_FIRST = "a long first password"
_LATER = "a long later password"
TEAM: Final = (
    Step("POST", f"{_PROJECT}/invitations", {"email": "dea@shop.example", "role": "USER", "name": "Dea Day"}, by="management", keep={"invitation": "id"}),
    Step("DELETE", f"{_PROJECT}/invitations/{{invitation}}", by="management"),
    Step("POST", f"{_PROJECT}/invitations", {"email": "cai@shop.example", "role": "ADMIN", "name": "Cai Cole"}, by="management", keep={"link": "url_token"}, shown=False),
    Step("GET", f"{_PROJECT}/invitations", by="management"),
    Step("POST", "/users/v1/invitations/look", {"token": "{link}"}, by=""),
    Step("POST", "/users/v1/invitations/accept", {"token": "{link}", "name": "Cai Cole", "password": _FIRST}, by="", keep={"user": "id"}),
    Step("POST", "/users/v1/sessions", {"email": "cai@shop.example", "password": _FIRST}, by="", keep={"session": "token"}),
    Step("GET", _ME, by="user"),
    Step("PUT", _ME, {"name": "Cai Cole", "language": "en", "theme": "dark", "density": "compact"}, by="user"),
    Step("POST", f"{_ME}/views", {"project_id": "{project}", "section": "redemptions", "name": "Refused", "query": "f=result%3Ais%3AFAILURE&size=50"}, by="user", keep={"view": "id"}),
    Step("GET", f"{_ME}/views", by="user"),
    Step("PUT", f"{_ME}/views/{{view}}", {"name": "Refused lately"}, by="user"),
    Step("DELETE", f"{_ME}/views/{{view}}", by="user"),
    Step("POST", f"{_ME}/password", {"current_password": _FIRST, "new_password": _LATER}, by="user"),
    Step("POST", f"{_ME}/two-factor", {"password": _LATER}, by="user", keep={"secret": "secret"}),
    Step("POST", f"{_ME}/two-factor/confirm", {"code": "{device_code}"}, by="user"),
    Step("DELETE", f"{_ME}/two-factor", {"password": _LATER}, by="user"),
    Step("POST", "/users/v1/sessions", {"email": "cai@shop.example", "password": _LATER}, by="", keep={"other_session": "session_id"}, shown=False),
    Step("GET", f"{_ME}/sessions", by="user"),
    Step("DELETE", f"{_ME}/sessions/{{other_session}}", by="user"),
    Step("DELETE", f"{_ME}/sessions", by="user"),
    Step("GET", f"{_ME}/activity", by="user"),
    Step("POST", f"{_PROJECT}/roles", {"name": "Support", "privileges": ["vouchers.read", "redemptions.read"]}, by="user", keep={"role": "id"}),
    Step("GET", f"{_PROJECT}/roles", by="user"),
    Step("GET", f"{_PROJECT}/roles/{{role}}", by="user"),
    Step("PUT", f"{_PROJECT}/roles/{{role}}", {"privileges": ["vouchers.read", "redemptions.read", "redemptions.rollback"]}, by="user"),
    Step("DELETE", f"{_PROJECT}/roles/{{role}}", by="user"),
    Step("GET", f"{_PROJECT}/security", by="user"),
    Step("PUT", f"{_PROJECT}/security", {"second_factor_required": False}, by="user"),
    Step("POST", "/management/v1/projects/users/invite", {"email": "eve@shop.example", "first_name": "Eve", "last_name": "Ely", "projects": {"{project}": "VIEWER"}}, by="management"),
    Step("POST", f"{_PROJECT}/invitations", {"email": "bo@shop.example", "role": "USER", "name": "Bo Bell"}, by="management", keep={"link": "url_token"}, shown=False),
    Step("POST", "/users/v1/invitations/accept", {"token": "{link}", "password": _FIRST}, by="", keep={"colleague": "id"}, shown=False),
    Step("GET", f"{_PROJECT}/users", by="management"),
    Step("GET", f"{_PROJECT}/callers", by="management"),
    Step("GET", f"{_PROJECT}/users/{{colleague}}", by="management"),
    Step("PUT", f"{_PROJECT}/users/{{colleague}}", {"role": "VIEWER"}, by="management"),
    Step("POST", f"{_PROJECT}/users/{{colleague}}/password-reset", by="management", keep={"reset": "url_token"}),
    Step("POST", "/users/v1/password-resets/accept", {"token": "{reset}", "password": _LATER}, by=""),
    Step("DELETE", f"{_PROJECT}/users/{{colleague}}/two-factor", by="management"),
    Step("DELETE", f"{_PROJECT}/users/{{colleague}}", by="management"),
    Step("POST", f"{_PROJECT}/users", {"login": "bo@shop.example", "role": "MERCHANT"}, by="management"),
    Step("POST", f"{_PROJECT}/users/{{colleague}}/permanent-deletion", by="management"),
    Step("DELETE", "/users/v1/sessions/current", by="user"),
)  # fmt: skip
