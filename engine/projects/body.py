"""Projects, as the management API shows them. What this system does not know yet is off."""

from typing import Final

from engine.codes.code import CHARSET
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.projects import Project
from schemas.tallies import Running

_SILENT: Final[Body] = {"enabled": False, "value": 90, "emails": [], "in_app": False}
_NO_CALLOUT: Final[Body] = {"email": False, "in_app": False, "emails": []}


def project_body(project: Project, webhook_token: str) -> Body:
    """The project; `webhook_token` is what its webhooks are signed with."""
    settings = project.terms
    return {
        "id": project.id,
        "name": project.name,
        "description": settings.description,
        "timezone": settings.timezone,
        "currency": settings.currency,
        "dial_code": settings.dial_code,
        "webhook_version": "v2024-01-01",
        "client_trusted_domains": project.trusted_origins,
        "client_redeem_enabled": settings.client_redeem_enabled,
        "client_publish_enabled": settings.client_publish_enabled,
        "client_list_vouchers_enabled": settings.client_list_vouchers_enabled,
        "client_create_customer_enabled": settings.client_create_customer_enabled,
        "client_loyalty_events_enabled": settings.client_loyalty_events_enabled,
        "client_set_voucher_expiration_date_enabled": (
            settings.client_set_voucher_expiration_date_enabled
        ),
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
        "case_sensitive_codes": project.case_sensitive_codes,
        "api_version": "v2018-08-01",
        "is_sandbox": False,
        "webhook_token": webhook_token,
        "default_code_config": {"charset": CHARSET},
        "limits": {"api_calls": [], "bulk_api_calls": []},
    }


def zone_change_body(running: Running) -> Body:
    """What a change of the time zone does to the budgets and times that run."""
    return {
        "running": {
            period: {
                "began_at": iso(getattr(running.began, period)),
                "until": iso(getattr(running.until, period)),
            }
            for period in ("day", "week", "month")
        },
        "message": (
            "Days of the week, hours, timeframes and dates without a time count in the new time zone "
            "from now on, also those of running campaigns. The day, week and month that run keep what "
            "their budgets have counted, and end when the new time zone ends them."
        ),
    }


def list_body(data: list[Body]) -> Body:
    """All of them, on one page."""
    return {"object": "list", "data_ref": "data", "data": data, "total": len(data)}
