"""What is told and kept: values, faults, what was typed."""
