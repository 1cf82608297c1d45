"""Async actions. Source: the API contract, section 10.

A failure names its row, counted from 1, the column where that is known, and a voucher's code. A
customer's source id is personal, so it is empty here: the row says whose it was. That of a product
or a SKU takes the place of the code.
"""

from types import MappingProxyType
from typing import Any

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered
from schemas.actions import ActionStarted, AsyncAction, RowFailure
from schemas.errors import CATALOGUE

#: The ends of the types whose result has `errors` in the place of `failed`.
_BULK = ("BULK_UPDATE", "METADATA_UPDATE")
#: The beginnings of the types whose rows go by source ids.
_BY_SOURCE = ("CUSTOMERS", "PRODUCTS", "SKUS")


def action_body(action: AsyncAction) -> Body:
    """The action as a list shows it."""
    updated_at = action.created_at if action.updated_at is None else action.updated_at
    body: Body = {
        "id": action.id,
        "type": action.type,
        # it begins by itself: whoever waits while it is under way must not take it for over
        "status": "IN_PROGRESS" if action.status == "ENQUEUED" else action.status,
        "operation_status": _operation_status(action),
        "created_at": iso(action.created_at),
        "updated_at": iso(updated_at),
        "processing_time": updated_at - action.created_at,
        "progress": _progress(action),
        "object": "async_action",
    }
    if action.request_id:
        body["request_id"] = action.request_id
    return body


def action_with_result(action: AsyncAction) -> Body:
    """The action with what came of it so far."""
    return action_body(action) | {"result": _result(action)}


def _operation_status(action: AsyncAction) -> str:
    if action.status == "FAILED":
        return "FAILED"
    if action.status != "DONE":
        return "UNKNOWN"
    return "FAILED" if action.failed and not action.done else "SUCCESS"


def _progress(action: AsyncAction) -> int:
    """Per cent; 100 only when it is done."""
    if action.status == "DONE":
        return 100
    if not action.total:
        return 0
    return min(100 * (action.done + action.failed) // action.total, 99)


def _result(action: AsyncAction) -> dict[str, Any]:
    result: dict[str, Any] = {
        "message": action.fault or f"{action.done} done, {action.failed} failed",
        "done_count": action.done,
        "failed_count": action.failed,
    }
    named = "source_id" if action.type.startswith(_BY_SOURCE) else "code"
    if action.type.endswith(_BULK):
        result["errors"] = [_error_body(each, named) for each in action.failures]
        result["reports"] = []
        result["reports_available_till"] = iso(action.updated_at or action.created_at)
    else:
        result["failed"] = [_failure_body(each, named) for each in action.failures]
    return result


def _failure_body(failure: RowFailure, named: str) -> dict[str, Any]:
    body: dict[str, Any] = {"row": failure.row, "reason": failure.reason}
    if failure.code:
        body[named] = failure.code
    if failure.column:
        body["column"] = failure.column
    return body


def _error_body(failure: RowFailure, named: str) -> dict[str, Any]:
    known = CATALOGUE.get(failure.key)
    return {
        "message": failure.reason if known is None else known.message,
        "details": failure.reason,
        "key": failure.key,
        named: failure.code,
        "row": failure.row,
    }


def _action_started(event: ActionStarted, *_: object) -> Rendered:
    return Rendered(202, {"async_action_id": event.action.id})


ANSWERS: Answers = MappingProxyType(
    {
        ActionStarted: _action_started,
    }
)
