"""Who becomes a member of a loyalty program without having been asked to."""
