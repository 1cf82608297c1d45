"""The audit log: calls of the API, changes, work in the background, webhook send-outs, events."""
