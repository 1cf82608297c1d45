"""The tabs of the audit log."""

from typing import Final

TABS: Final = (
    ("Everything", "/audit-log"),
    ("API calls", "/api-calls"),
    ("Changes", "/changes"),
    ("Background tasks", "/tasks"),
    ("Webhook send-outs", "/send-outs"),
    ("Events", "/events"),
)
