"""Vouchers: the list, one of them, making them one by one or by a file, and what is done with many."""
