"""Cards that are redeemed for a reward by themselves."""
