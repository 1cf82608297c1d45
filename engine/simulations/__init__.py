"""What-if: past requests asked again, with a promotion beside what they asked for."""
