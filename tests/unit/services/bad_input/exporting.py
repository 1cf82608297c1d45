"""What is bad about exports and notifications."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Ask, Rows, delete, get, post, shown


def _export(kind: Any = "voucher", **parameters: Any) -> dict[str, Any]:
    return {"exported_object": kind, "parameters": parameters}


def _filtered(kind: str = "voucher", **filters: Any) -> dict[str, Any]:
    return _export(kind, filters=filters)


def _is(value: Any, operator: str = "$is") -> dict[str, Any]:
    return {"conditions": {operator: [value]}}


EXPORTS: Final[Rows] = {
    "a body of the wrong type; an unknown exported_object or order; a column that comes twice; campaign_id of anything but vouchers": post(
        "exports", {}, {"exported_object": 1}, _export("odd"), _export(order="odd"),
        _export(fields="code"), _export(fields=["code", "code"]), _export(filters=[1]),
        _export("order", order="-code"), _export("order", campaign_id="camp_1"),
        _export(fields=[f"metadata.{n}" for n in range(201)]),
    ),
    "a column that there is not": post(
        "exports", _export(fields=["odd"]), _export(fields=["metadata."]), _export("order", fields=["code"]),
        _export("points_expiration", fields=["metadata.a"]),
    ),
    "filters with a field, an operator or a value that the list does not take, or of another form; junction other than and, or the path's own field, where the path says whose transactions": (
        *post("exports", _filtered(odd=_is(1)), _filtered(code=_is("A", "$odd")),
              _filtered(created_at=_is("soon", "$after")), _filtered(code="A"), _filtered(code=_is({})),
              _filtered(code=_is("x" * 513)), _filtered(junction="xor"), _filtered(junction=1),
              _filtered("voucher_transactions", **{"metadata.a": _is("b")}), _filtered("customer", birthday=_is("1")),
              _filtered(active=_is(1, "$more_than")),
              _export(filters={"code": {"conditions": {"$in": ["x"] * 1001}}})),
        *post("vouchers/A/transactions/export", {"parameters": {"filters": {"junction": "or"}}},
              {"parameters": {"filters": {"voucher_id": _is("v_1")}}}, {"parameters": {"order": "id"}}),
        *post("orders/export", {"parameters": {"filters": {"odd": _is(1)}}}),
    ),
    "more than ten exports that are not finished": shown(
        "tests/unit/services/audit/exports/test_front.py::test_so_many_are_open_at_once"
    ),
    "an unknown export; transactions of an unknown voucher or campaign": (
        *get("exports/none"), *delete("exports/none"), *post("vouchers/none/transactions/export", {}),
        *post("campaigns/none/transactions/export", {}),
    ),
    "a token of a file that is wrong, over, or another file's": (
        Ask("GET", "/v1/exports/exp_1?token=odd", key={}), Ask("GET", "/v1/exports/exp_1", key={}),
    ),
    "a list with an unknown parameter or order": get("exports?odd=1", "exports?order=id", "exports?page=0"),
    "no ids of notifications in a list, or more than 100": post(
        "notifications/read", {"ids": []}, {"ids": ["ntf_1"] * 101}, {"ids": "ntf_1"},
    ),
}  # fmt: skip
