"""What a record tells: the answer to its command, activities, transactions, webhooks."""
