"""What happened: activities, transactions, calls, deliveries."""
