"""What each event changes in the state, feature by feature; see engine/evolve.py."""
