"""The form that makes a campaign, and the one that changes it."""
