"""Which validation rules bind what."""
