"""Lists: one value says columns, filters and actions of each, one piece of code serves them."""
