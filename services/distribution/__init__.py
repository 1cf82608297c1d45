"""What follows from the log: work in the background, and what is sent to the world outside."""
