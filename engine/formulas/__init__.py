"""Formulas of discounts and limits: the language, its functions, its operands."""
