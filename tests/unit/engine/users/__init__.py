"""Users, decided and folded."""
