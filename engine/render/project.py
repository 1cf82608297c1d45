"""Projects, as the management API shows them. What this system does not know yet is off."""

from typing import Final

from engine.ids import CHARSET
from engine.render.encode import Body
from schemas.entities import Project

_SILENT: Final[Body] = {"enabled": False, "value": 90, "emails": [], "in_app": False}
_NO_CALLOUT: Final[Body] = {"email": False, "in_app": False, "emails": []}


def project_body(project: Project) -> Body:
    """The project; it has no secrets to show."""
    return {
        "id": project.id,
        "name": project.name,
        "description": "",
        "timezone": "Etc/UTC",
        "currency": "USD",
        "dial_code": None,
        "webhook_version": "v2024-01-01",
        "client_trusted_domains": project.trusted_origins,
        "client_redeem_enabled": True,
        "client_publish_enabled": False,
        "client_list_vouchers_enabled": False,
        "client_create_customer_enabled": False,
        "client_loyalty_events_enabled": False,
        "client_set_voucher_expiration_date_enabled": False,
        "webhooks_callout_notifications": {
            "distributions": _NO_CALLOUT,
            "webhooks": _NO_CALLOUT,
        },
        "api_usage_notifications": dict.fromkeys(
            (
                "redemptions",
                "messages",
                "api_calls",
                "bulk_api_calls",
                "webhook_calls",
                "cycle_calls",
            ),
            _SILENT,
        ),
        "cluster_id": "self-hosted",
        "case_sensitive_codes": True,
        "api_version": "v2018-08-01",
        "is_sandbox": False,
        "webhook_token": "",
        "default_code_config": {"charset": CHARSET},
        "limits": {"api_calls": [], "bulk_api_calls": []},
    }


def project_list_body(projects: list[Project]) -> Body:
    """All of them, on one page."""
    data = [project_body(each) for each in projects]
    return {"object": "list", "data_ref": "data", "data": data, "total": len(data)}
