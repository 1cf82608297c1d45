"""Tables in ClickHouse, and the sinks that fill them."""
