"""What everything stands on: settings, secrets, clock, disk, logging."""
