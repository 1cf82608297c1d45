"""Redemptions: every attempt, why it was refused, what it brought about, taking it back."""
