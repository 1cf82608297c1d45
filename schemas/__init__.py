"""The contracts between the services: commands, events, records, entities, errors and topics. No I/O."""
