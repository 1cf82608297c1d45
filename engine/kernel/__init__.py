"""What every room stands on: state, ids, decisions, money, time, and how a body becomes JSON."""
