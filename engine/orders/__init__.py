"""Orders: calculated, saved, changed."""
