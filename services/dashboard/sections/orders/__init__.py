"""Orders: what was bought, what was taken off, and by which redemptions."""
