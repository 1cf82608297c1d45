"""The log: the interface, the chain of records, appending."""
