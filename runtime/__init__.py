"""The only plumbing: Kafka, state store, ClickHouse, HTTP host, settings, logging."""
