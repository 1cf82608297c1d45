"""Validation rules: conditions, compiled once, and the items that a discount is for.

What they look at is in `facts.py`, the names and operators of conditions in `names.py` and
`operators.py`, their logic in `logic.py`; `compile.py` makes closures of a set, `refusals.py`
refusals of what fails; `items.py` says which items a discount is for, and `check.py` whether a
definition is well formed.
"""
