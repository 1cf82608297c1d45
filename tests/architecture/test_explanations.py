"""Whoever refuses or skips a redeemable says why: the rule, and what it compared."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.repository import ROOT

#: What decides about the redeemables of a request.
DECIDING = (
    "evaluation/eligibility.py",
    "evaluation/payable.py",
    "evaluation/offers.py",
    "evaluation/rewarding.py",
    "redemptions/rewarding.py",
    "redemptions/unrewarding.py",
    "orders/lines.py",
    "orders/calculation.py",
    "orders/overrides.py",
    "rewards/payment.py",
    "rewards/refusals.py",
    "rules/refusals.py",
    "evaluation/skips.py",
)


@pytest.mark.parametrize("name", DECIDING)
def test_every_refusal_of_a_redeemable_is_explained(name: str) -> None:
    tree = ast.parse((ROOT / "engine" / name).read_text("utf-8"))
    explained = {id(each) for call in _calls(tree, "replace") for each in _explained_in(call)}
    bare = [
        call.lineno
        for call in (*_calls(tree, "refuse"), *_calls(tree, "not_found"))
        if not _explains(call) and id(call) not in explained
    ]
    assert bare == [], f"engine/{name} refuses without an explanation in lines {bare}"


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name in (
            getattr(node.func, "id", None),
            getattr(node.func, "attr", None),
        ):
            yield node


def _explains(call: ast.Call) -> bool:
    return any(each.arg == "explanation" for each in call.keywords)


def _explained_in(call: ast.Call) -> list[ast.expr]:
    """What `structs.replace` gives an explanation."""
    return list(call.args) if _explains(call) else []
