"""What happens now: counts by the second, rates over windows, and alerts."""
