"""The worker of background actions."""
