"""Giveaways: made, entered, drawn, checked."""
