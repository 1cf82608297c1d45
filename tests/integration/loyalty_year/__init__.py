"""A year of a loyalty program, decided by the engine and reckoned by ClickHouse."""
