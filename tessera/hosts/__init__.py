"""The hosts: which services live in which process, and what they are made of."""
